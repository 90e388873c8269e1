"""What the API takes and gives, beside the words of ``core``: requests, and runs and readings as documents."""

from __future__ import annotations

import base64
import json
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field, StrictBool, StrictFloat, StrictInt

from app.services.libraries import AT_ONCE
from app.services.lists import Upload
from app.web.problems import Problem
from core.candidate import Candidate
from core.errors import SpecError, UsageError
from core.events import NumberedEvent
from core.interfaces import RunRecord
from core.limits import MAX_BUDGET, MAX_CANDIDATES, MAX_SEED
from core.model import Model
from core.novelty import Novelty
from core.report import Report, RunStatus
from core.spec import DesignSpec
from core.spec_file import read_spec_text
from core.trace import TraceEvent

#: Most runs of a batch.
MOST_RUNS = 50
EXAMPLE_GOAL = "a molecule with MW < 300 that's stable at 200 °C"


def _read_strictly(value: Any) -> DesignSpec:
    """A spec out of a request, read as one out of a file is: "5" is no number. SpecError names the place."""
    if isinstance(value, DesignSpec):
        return value
    try:
        text = json.dumps(value)
    except (ValueError, RecursionError) as error:
        raise SpecError(f"the request's spec is not a spec: {error}") from error
    return read_spec_text(text, "the request's spec")


#: A spec that somebody hands in.
GivenSpec = Annotated[DesignSpec, BeforeValidator(_read_strictly)]


class FileContent(Model):
    """A file that comes along with a request: its content, never a path."""

    name: str = Field(
        max_length=200, description="What it is called; the ending tells the format: .smi, .csv, .sdf, .mol, .xlsx, each also .gz."
    )
    text: str = Field(default="", description="Its content, for a text.")
    base64: str = Field(default="", description="Its content in base64, for anything else.")

    def upload(self) -> Upload:
        """The file as the services take it. UsageError for what is no base64."""
        try:
            return Upload(self.name, base64.b64decode(self.base64, validate=True) if self.base64 else self.text.encode())
        except ValueError as error:  # binascii.Error is one, and so is what a sign beyond ASCII raises
            raise UsageError(f"the file {self.name!r} is not in base64") from error


class Beside(Model):
    """What is asked for beside the sentence."""

    core: str | None = Field(
        default=None,
        max_length=100_000,
        description="What stays of the compound in the goal: SMILES, mol block, or words such as 'scaffold'.",
    )
    like: list[str] = Field(default_factory=list, max_length=50, description="Structures to resemble: names of common compounds or SMILES.")
    unlike: list[str] = Field(default_factory=list, max_length=50, description="Structures not to resemble, in the same way.")
    like_files: list[FileContent] = Field(default_factory=list, max_length=10, description="Files of structures to resemble.")
    unlike_files: list[FileContent] = Field(default_factory=list, max_length=10, description="Files of structures not to resemble.")


class GoalRequest(Beside):
    """A goal that is to be read."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"goal": EXAMPLE_GOAL}]})

    goal: str = Field(description="What is wanted, in a sentence.")


class SpecRequest(Model):
    """A spec that a person edited."""

    spec: GivenSpec = Field(description="The spec.")


class RunSettings(Model):
    """How a run is to be executed."""

    candidates: StrictInt | None = Field(default=None, ge=1, le=MAX_CANDIDATES, description="How many candidates to list.")
    budget: StrictInt | None = Field(default=None, ge=1, le=MAX_BUDGET, description="How many distinct structures may be evaluated.")
    seed: StrictInt | None = Field(default=None, ge=0, le=MAX_SEED, description="Seed of every random choice.")
    max_similarity: StrictFloat | None = Field(
        default=None, gt=0, le=1, description="Largest similarity of two listed candidates; 1: no limit."
    )
    list_known: StrictBool | None = Field(default=None, description="Whether known structures are listed too.")
    novelty: Novelty | None = Field(
        default=None, description="What the list is made of: 'half new' (the default), 'new only', 'known first' or 'known only'."
    )
    approve: StrictBool = Field(default=False, description="Whether the spec counts as approved; without it the run waits for approval.")
    accept_unread: StrictBool = Field(default=False, description="Whether it is approved although much of the goal was not read.")
    use_models: StrictBool = Field(default=True, description="Whether the configured language models may be asked.")


class RunRequest(Beside, RunSettings):
    """A run that is to be started."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"goal": EXAMPLE_GOAL, "budget": 300, "candidates": 5, "seed": 1, "approve": True}]}
    )

    goal: str = Field(default="", description="What is wanted, in a sentence; empty: the goal of the spec.")
    spec: GivenSpec | None = Field(default=None, description="The spec to run instead of reading the goal.")
    blocks: FileContent | None = Field(default=None, description="The user's building blocks.")
    blocks_mode: Literal["extend", "replace"] = Field(default="extend", description="Add them to the shipped blocks, or use them alone.")
    known: FileContent | None = Field(default=None, description="Structures that the user knows already.")
    measured: StrictBool = Field(default=False, description="Whether what the team has measured takes the place of predictions.")


class BatchRequest(Model):
    """Several runs that are to be started."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"runs": [{"goal": EXAMPLE_GOAL, "seed": n} for n in (1, 2)]}]}
    )

    runs: list[RunRequest] = Field(min_length=1, max_length=MOST_RUNS, description="The runs.")


class CopyRequest(RunSettings):
    """A run that is to be started with the spec of another one."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"seed": 2, "approve": True}]})


class ApprovalRequest(Model):
    """A person's answer to a run that waits."""

    spec: GivenSpec | None = Field(default=None, description="The edited spec to run in place of the one that waits.")
    accept_suggestions: StrictBool = Field(default=False, description="Ask also for what could be read of the unread words.")
    accept_unread: StrictBool = Field(default=False, description="Go on although much of the goal was not read.")


class StructureRequest(Model):
    """A structure whose properties are asked for."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"smiles": "CCO"}, {"smiles": "*CC(*)c1ccccc1"}]})

    smiles: str = Field(min_length=1, max_length=10_000, description="The structure; two '*' for a polymer repeat unit.")


class CheckRequest(StructureRequest):
    """A structure that is held against a goal."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"smiles": "CCO", "goal": "a molecule with MW < 300"}]})

    goal: str = Field(description="The goal.")
    accept_unread: StrictBool = Field(default=False, description="Answer although much of the goal was not read.")


class ScreenRequest(Model):
    """A library that is to be held against a goal."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"goal": "a molecule with MW < 150", "library": {"name": "two.smi", "text": "CCO ethanol\nCCCCCCCCCCCCO"}}]
        },
    )

    library: FileContent = Field(description="The structures, at most 500 records.")
    goal: str = Field(default="", description="What is wanted, in a sentence.")
    spec: GivenSpec | None = Field(default=None, description="Or the spec to hold them against.")
    listed: StrictInt = Field(default=100, ge=1, le=AT_ONCE, description="How many of those that meet it are listed.")
    accept_unread: StrictBool = Field(default=False, description="Answer although much of the goal was not read.")


class UnreadRecord(Model):
    """A record that could not be read."""

    line: int = Field(description="Its line in the library, from 1.")
    name: str = Field(description="What it is called there.")
    reason: str = Field(description="What is wrong with it.")


class ScreenView(Model):
    """What a screen came to."""

    report: Report = Field(description="Those that meet every requirement, ranked.")
    read: int = Field(ge=0, description="Number of records read.")
    hits: int = Field(ge=0, description="Number of those that meet every requirement.")
    unreadable: int = Field(ge=0, description="Number of those that could not be read.")
    blocked: int = Field(ge=0, description="Number of those that the safety guard blocks.")
    failed: dict[str, int] = Field(description="Number of rejected ones by reason.")
    notes: list[str] = Field(description="How the library was read.")
    not_read: list[UnreadRecord] = Field(description="The first of those that could not be read.")


class Reading(Model):
    """What a goal means, and what of it was not read."""

    spec: DesignSpec = Field(
        description="The spec: requirements, objectives, assumptions; `reading` says what each word became, `unchecked` what was not read, with suggestions."
    )
    described: str = Field(description="The spec in plain words.")
    marked: str = Field(description="The goal with its unread words between [? and ?].")
    wishes_checked: int = Field(ge=0, description="Number of wishes that are checked.")
    wishes_unchecked: int = Field(ge=0, description="Number of wishes that nothing is held against.")
    objections: list[str] = Field(default_factory=list, description="Why a person has to look before it may run; empty: nobody has to.")


class TemplateRequest(Model):
    """A spec that is to be kept."""

    name: str = Field(min_length=1, max_length=100, description="What it is to be called.")
    spec: GivenSpec = Field(description="The spec.")
    shared: StrictBool = Field(default=False, description="Whether everybody with an account finds it.")


class TemplateView(Model):
    """A spec that is kept under a name."""

    template_id: str = Field(description="Under which it is found; the same name and spec have the same.")
    name: str = Field(description="What it is called.")
    saved_at: str = Field(description="When it was saved, ISO 8601 UTC.")
    spec: DesignSpec = Field(description="The spec.")
    shared_by: str = Field(default="", description="Who lets everybody with an account use it; empty for one's own.")


class TemplatePage(Model):
    """Some of the saved specs, newest first."""

    templates: list[TemplateView] = Field(description="The saved specs.")
    total: int = Field(ge=0, description="Number of all.")
    next: str | None = Field(description="Address of the next page; null on the last.")


class RunView(Model):
    """A run."""

    run_id: str = Field(description="Its id.")
    goal: str = Field(description="The goal sentence.")
    status: RunStatus = Field(description="Its status.")
    created_at: str = Field(description="When it was started, ISO 8601 UTC.")
    finished_at: str = Field(description="When it ended; empty while it has not.")
    approved_by: str = Field(description="Who approved its spec; empty while nobody has.")
    error: str = Field(description="What went wrong; empty where nothing did.")
    archived_at: str = Field(description="When somebody put it out of sight; empty where nobody has.")
    user: str = Field(description="Who started it; empty where that was not kept.")

    @classmethod
    def of(cls, record: RunRecord) -> RunView:
        """The record without who executes it."""
        return cls.model_validate({name: getattr(record, name) for name in RunView.model_fields})


class RunPage(Model):
    """Some of the runs, newest first."""

    runs: list[RunView] = Field(description="The runs.")
    total: int = Field(ge=0, description="Number of all that fit.")
    next: str | None = Field(description="Address of the next page; null on the last.")


class RunDocument(RunView):
    """A run with its spec and what was evaluated."""

    spec: DesignSpec | None = Field(description="The spec in force; null while there is none.")
    structures: dict[str, int] = Field(description="Number of evaluated structures by status.")
    position: int | None = Field(description="Place in the queue, from 1; null where it does not wait there.")
    objections: list[str] = Field(default_factory=list, description="Why it waits for a person.")
    parent: str = Field(default="", description="The run from whose decisions it was started; empty for none.")
    rounds: list[str] = Field(
        default_factory=list, description="Ids of the runs that were started from the decisions on it, the oldest first."
    )


class BatchOutcome(Model):
    """What became of one run of a batch: the run, or why it was not started."""

    run: RunDocument | None = Field(default=None, description="The run; null where it was not started.")
    problem: Problem | None = Field(default=None, description="What is wrong with it; null where it was started.")


class BatchAnswer(Model):
    """What became of a batch."""

    outcomes: list[BatchOutcome] = Field(description="In the order of the request.")


class CandidatePage(Model):
    """Some of a run's candidates, in the order of their evaluation."""

    candidates: list[Candidate] = Field(description="The candidates.")
    total: int = Field(ge=0, description="Number of all that fit.")
    next: str | None = Field(description="Address of the next page; null on the last.")


class FoundStructure(Model):
    """A structure that fits, in its run."""

    run_id: str = Field(description="Its run.")
    goal: str = Field(description="The goal of that run.")
    similarity: float = Field(ge=0, le=1, description="Tanimoto similarity to what was looked for; 1 where a part was.")
    candidate: Candidate = Field(description="What is known of it.")


class FoundPage(Model):
    """Structures that fit, of so many looked at."""

    hits: list[FoundStructure] = Field(description="At most 100: the most similar first, else the newest runs first.")
    found: int = Field(
        ge=0,
        description="Number of all that fit among those looked at; where a part or a property is looked for that ends with the hundredth.",
    )
    looked: int = Field(ge=0, description="Number of structures looked at, about 200,000 at most.")
    runs: int = Field(ge=0, description="Number of runs that these are from.")
    next: str | None = Field(description="Address that looks on; null where nothing is left.")


class TracePage(Model):
    """Some of a run's trace."""

    events: list[TraceEvent] = Field(description="The events, in order.")
    total: int = Field(ge=0, description="Number of all.")
    next: str | None = Field(description="Address of the next page; null on the last.")


class Progress(Model):
    """What a run told."""

    events: list[NumberedEvent] = Field(description="Progress events after the number asked for.")
    last: int = Field(ge=0, description="Number to ask with next.")
    under_way: bool = Field(
        description="Whether the run is executed, waits for a worker or will be taken over by one; if not, nothing more comes."
    )
    status: RunStatus = Field(description="The run's status.")
