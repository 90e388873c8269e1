"""What the server says, as the typed client (:mod:`app.client`) gives it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from core.candidate import Candidate
from core.evaluation import CaseHistory, CaseResult, EvalGroup, EvalSummary
from core.events import NumberedEvent
from core.replays import ReplayJob
from core.report import Report, RunStatus
from core.spec import DesignSpec
from core.timeline import Cost
from core.trace import TraceEvent


class Document(BaseModel):
    """What the server says; members that a later server adds are passed over."""

    model_config = ConfigDict(extra="ignore")


class Reading(Document):
    """What a goal means."""

    spec: DesignSpec = Field(description="The spec.")
    described: str = Field(description="The spec in plain words.")
    marked: str = Field(description="The goal with its unread words between [? and ?].")
    wishes_checked: int = Field(description="Number of wishes that are checked.")
    wishes_unchecked: int = Field(description="Number of wishes that nothing is held against.")
    objections: list[str] = Field(description="Why a person has to look before it may run.")


class Run(Document):
    """A run."""

    run_id: str = Field(description="Its id.")
    goal: str = Field(description="The goal sentence.")
    status: RunStatus = Field(description="Its status.")
    created_at: str = Field(description="When it was started, ISO 8601 UTC.")
    finished_at: str = Field(description="When it ended; empty while it has not.")
    approved_by: str = Field(description="Who approved its spec.")
    error: str = Field(description="What went wrong.")
    archived_at: str = Field(default="", description="When somebody put it out of sight; empty where nobody has.")
    user: str = Field(default="", description="Who started it; empty where that was not kept.")
    spec: DesignSpec | None = Field(default=None, description="The spec in force; None in a list and while there is none.")
    structures: dict[str, int] = Field(default_factory=dict, description="Number of evaluated structures by status; empty in a list.")
    position: int | None = Field(default=None, description="Place in the queue, from 1.")
    objections: list[str] = Field(default_factory=list, description="Why it waits for a person.")
    parent: str = Field(default="", description="The run from whose decisions it was started; empty for none.")
    rounds: list[str] = Field(
        default_factory=list, description="Ids of the runs that were started from the decisions on it; empty in a list."
    )


class Page(Document):
    """Some of many."""

    total: int = Field(description="Number of all that fit.")
    next: str | None = Field(description="Address of the next page.")


class SavedSpec(Document):
    """A spec that is kept under a name."""

    template_id: str = Field(description="Under which it is found.")
    name: str = Field(description="What it is called.")
    saved_at: str = Field(description="When it was saved, ISO 8601 UTC.")
    spec: DesignSpec = Field(description="The spec.")
    shared_by: str = Field(description="Who lets everybody with an account use it; empty for one's own.")


class SavedSpecPage(Page):
    """Some of the saved specs."""

    templates: list[SavedSpec] = Field(description="The saved specs, newest first.")


class RunPage(Page):
    """Some of the runs."""

    runs: list[Run] = Field(description="The runs, newest first.")


class CandidatePage(Page):
    """Some of a run's candidates."""

    candidates: list[Candidate] = Field(description="The candidates, in the order of evaluation.")


class FoundStructure(Document):
    """A structure that fits, in its run."""

    run_id: str = Field(description="Its run.")
    goal: str = Field(description="The goal of that run.")
    similarity: float = Field(description="Tanimoto similarity to what was looked for; 1 where a part was.")
    candidate: Candidate = Field(description="What is known of it.")


class FoundPage(Document):
    """Structures that fit, of so many looked at."""

    hits: list[FoundStructure] = Field(description="At most 100: the most similar first, else the newest runs first.")
    found: int = Field(description="Number of all that fit among those looked at.")
    looked: int = Field(description="Number of structures looked at.")
    runs: int = Field(description="Number of runs that these are from.")
    next: str | None = Field(description="Address that looks on.")


class TracePage(Page):
    """Some of a run's trace."""

    events: list[TraceEvent] = Field(description="The events, in order.")


class EventDocument(Document):
    """One event of a trace with its neighbours."""

    event: TraceEvent = Field(description="The event.")
    what: str = Field(description="What it holds, in a few words.")
    cost: Cost = Field(description="What it took.")
    of: int = Field(description="Number of all events of the run.")
    before: int | None = Field(description="Number of the event before.")
    after: int | None = Field(description="Number of the event after.")
    step: int | None = Field(description="Number of the result of the step that it belongs to.")


class ReplayPage(Document):
    """The replays of a run."""

    replays: list[ReplayJob] = Field(description="The replays, newest first.")


class EvaluationPage(Document):
    """The suites and their stored results."""

    suites: dict[str, str] = Field(description="What each suite measures, by name.")
    groups: list[EvalGroup] = Field(description="Results by suite, version, language models and options.")


class EvaluationRunPage(Page):
    """Some runs of suites."""

    runs: list[EvalSummary] = Field(description="The runs, newest first.")


class CasePage(Page):
    """Some cases of a run of a suite."""

    cases: list[CaseResult] = Field(description="The cases, in the order of the suite.")
    numbers: list[int] = Field(description="Their numbers in the run, from 1.")


class ShownCase(Document):
    """One case of a run of a suite."""

    eval_id: str = Field(description="The run.")
    suite: str = Field(description="Its suite.")
    number: int = Field(description="Its number in the run.")
    case: str = Field(description="What was given.")
    seed: int = Field(description="Seed used.")
    score: float = Field(description="1 right, 0 wrong, in between a share.")
    expected: Any = Field(description="What was expected; None where the suite did not keep it.")
    got: Any = Field(description="What came; None where the suite did not keep it.")
    rest: dict[str, Any] = Field(description="What else the suite kept.")
    run_id: str = Field(description="The design run that it is about; empty for none.")
    history: list[CaseHistory] = Field(description="The same case in all runs of the suite, newest first.")


class UnreadRecord(Document):
    """A record of a library that could not be read."""

    line: int = Field(description="Its line in the library, from 1.")
    name: str = Field(description="What it is called there.")
    reason: str = Field(description="What is wrong with it.")


class Screen(Document):
    """What a screen came to."""

    report: Report = Field(description="Those that meet every requirement, ranked.")
    read: int = Field(description="Number of records read.")
    hits: int = Field(description="Number of those that meet every requirement.")
    unreadable: int = Field(description="Number of those that could not be read.")
    blocked: int = Field(description="Number of those that the safety guard blocks.")
    failed: dict[str, int] = Field(description="Number of rejected ones by reason.")
    notes: list[str] = Field(description="How the library was read.")
    not_read: list[UnreadRecord] = Field(description="The first of those that could not be read.")


class Progress(Document):
    """What a run told."""

    events: list[NumberedEvent] = Field(description="Progress events after the number asked for.")
    last: int = Field(description="Number to ask with next.")
    under_way: bool = Field(description="Whether more may come.")
    status: RunStatus = Field(description="The run's status.")


class Drawing:
    """A structure drawn; a notebook shows it where it is the last thing in a cell."""

    def __init__(self, svg: str) -> None:
        self.svg = svg

    def __repr__(self) -> str:
        return f"<Drawing of {len(self.svg)} characters of SVG>"

    def _repr_svg_(self) -> str:
        return self.svg


class Gallery:
    """Drawings side by side, each with a line of text beneath; a notebook shows it as :class:`Drawing`."""

    def __init__(self, drawings: Sequence[tuple[Drawing, str]]) -> None:
        self.drawings = list(drawings)

    def __repr__(self) -> str:
        return f"<Gallery of {len(self.drawings)} drawings>"

    def _repr_html_(self) -> str:
        frame = "display:inline-block;vertical-align:top;max-width:320px;margin:8px;padding:8px;background:#fff;color:#1c2430"
        return "".join(f'<figure style="{frame}">{d.svg}<figcaption>{escape(text)}</figcaption></figure>' for d, text in self.drawings)
