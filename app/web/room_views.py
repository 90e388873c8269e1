"""What the API takes and gives of structures, libraries, models and the fleet."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import ConfigDict, Field, StrictBool, StrictInt

from app.services.fleet import FleetView
from app.services.jobs import Job, JobStatus
from app.services.own_lists import KeptList
from app.services.profiles import LONGEST
from app.services.reports import with_measured
from app.services.screens import MOST_CALLS, MOST_LISTED
from app.web.views import FileContent, FoundStructure, GivenSpec, UnreadRecord
from core.candidate import Candidate, Route, SafetyRuleHit
from core.model import Model
from core.spec import DesignSpec

_TABLE = "smiles,solubility\nCCO,1.2\nCCC,-1.9"


class ProfileRequest(Model):
    """A structure that is to be looked at from every side."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"structure": "paracetamol", "goal": "a molecule with MW < 300", "route": True}]}
    )

    structure: str = Field(min_length=1, max_length=LONGEST, description="A SMILES, a mol block, or the name of a common compound.")
    goal: str = Field(default="", max_length=20_000, description="A goal to hold it against; empty: none.")
    accept_unread: StrictBool = Field(default=False, description="Hold it against the goal although much of that was not read.")
    route: StrictBool = Field(default=False, description="Whether a route is looked for, which takes some seconds.")
    runs: StrictBool = Field(default=False, description="Whether stored runs are looked through for similar structures.")


class NearStructure(Model):
    """A structure that ships with molwright and resembles the one asked about."""

    smiles: str = Field(description="The structure.")
    similarity: float = Field(ge=0, le=1, description="Tanimoto similarity (Morgan fingerprints, radius 2).")
    source: str = Field(description="Where it stands.")
    name: str = Field(default="", description="Its name, where one ships.")
    measured: dict[str, str] = Field(default_factory=dict, description="What was measured of it, by property, with its unit.")


class ProfileView(Model):
    """What is known of one structure."""

    name: str = Field(description="What it was called, where it was given by name.")
    candidate: Candidate = Field(description="Its property values, the safety guard's verdict with its rules, its standing to named lists.")
    alerts: list[SafetyRuleHit] = Field(description="PAINS and Brenk alerts; none for polymers.")
    known: list[str] = Field(description="In which shipped sets it stands, in words.")
    near: list[NearStructure] = Field(description="The most similar structures that ship.")
    route: Route | None = Field(default=None, description="How it could be made from the shipped building blocks; null where nobody asked.")
    no_route: str = Field(default="", description="Why no route is shown.")
    in_runs: list[FoundStructure] = Field(default_factory=list, description="The most similar structures of stored runs.")
    checked: Candidate | None = Field(default=None, description="How it stands to each requirement of the goal; null without a goal.")


class ComputationRequest(Model):
    """A structure of which what costs seconds to hours is to be computed."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"structure": "paracetamol", "goal": "a molecule with HOMO below -5 eV"}, {"structure": "CCO", "names": ["homo"]}]
        },
    )

    structure: str = Field(min_length=1, max_length=LONGEST, description="A SMILES, a mol block, or the name of a common compound.")
    goal: str = Field(default="", max_length=20_000, description="A goal: what it needs is computed, and the structure held against it.")
    names: list[Annotated[str, Field(max_length=200)]] = Field(
        default_factory=list,
        max_length=100,
        description="Or the properties that are computed; without a goal and names all that cost a call.",
    )
    accept_unread: StrictBool = Field(default=False, description="Hold it against the goal although much of that was not read.")


class JobView(Model):
    """Long work beside the requests."""

    job_id: str = Field(description="Under which it is found.")
    title: str = Field(description="What people call it.")
    status: JobStatus = Field(description="How it stands: 'waiting' for a person's yes, 'queued' for a worker, ...")
    user: str = Field(description="Who asked.")
    created_at: str = Field(description="When, ISO 8601 UTC.")
    started_at: str = Field(description="When a worker began; empty while none has.")
    finished_at: str = Field(description="When it was over; empty while it is not.")
    error: str = Field(description="Why it failed.")
    position: int = Field(ge=0, description="Place among the jobs that wait for a worker, from 1; 0 where it does not.")
    executed: bool = Field(description="Whether a worker is at it now.")

    @classmethod
    def plain(cls, job: Job) -> dict[str, Any]:
        """What every kind of job has."""
        return {name: getattr(job, name) for name in JobView.model_fields}


class ComputationView(JobView):
    """What costs seconds to hours, computed for one structure."""

    smiles: str = Field(description="The structure as it was given.")
    goal: str = Field(description="The goal that it is held against; empty for none.")
    names: list[str] = Field(description="The properties that are computed; those that a goal needs are not named here.")
    takes: list[str] = Field(description="What a call of each calculator takes on one core, in words.")
    candidate: Candidate | None = Field(
        default=None, description="The structure with its values, and how it stands to each requirement of the goal; null before the end."
    )

    @classmethod
    def of(cls, job: Job) -> ComputationView:
        """The job as a computation."""
        found = job.result.get("candidate")
        asked = {name: job.asked[name] for name in ("smiles", "goal", "names", "takes")}
        return cls(**cls.plain(job), **asked, candidate=None if found is None else with_measured(Candidate.model_validate(found)))


class ComputationPage(Model):
    """Some of the computations."""

    computations: list[ComputationView] = Field(description="The computations, newest first.")
    total: int = Field(ge=0, description="Number of all.")
    next: str | None = Field(description="Address of the next page; null on the last.")


class LibraryRequest(Model):
    """A library that a worker is to hold against a goal."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"goal": "a molecule with MW < 150", "library": {"name": "two.smi", "text": "CCO ethanol\nCCCCCCCCCCCCO"}}]
        },
    )

    library: FileContent = Field(
        description="The structures, at most 1,000,000 records in at most 20 MB, perhaps compressed by gzip (200 MB unpacked)."
    )
    goal: str = Field(default="", max_length=20_000, description="What is wanted, in a sentence.")
    spec: GivenSpec | None = Field(default=None, description="Or the spec to hold them against.")
    listed: StrictInt = Field(default=100, ge=1, le=MOST_LISTED, description="How many of those that meet it are ranked.")
    column: str = Field(default="", max_length=200, description="Column of a table that holds the structures; empty: found by itself.")
    calls: StrictInt | None = Field(
        default=None,
        ge=1,
        le=MOST_CALLS,
        description="Where the goal needs what costs seconds to hours a structure: for how many structures it is computed at most; null: by what a call costs.",
    )
    accept_unread: StrictBool = Field(default=False, description="Screen although much of the goal was not read.")


class LibraryView(JobView):
    """A screen of a library."""

    library: str = Field(description="Name of the file.")
    spec: DesignSpec = Field(description="What the library is held against.")
    part: float = Field(ge=0, le=1, description="Share of the file that was read.")
    read: int = Field(ge=0, description="Records read so far.")
    hits: int = Field(ge=0, description="Records that meet every requirement so far.")
    unreadable: int = Field(ge=0, description="Records that could not be read so far.")
    blocked: int | None = Field(default=None, description="Records that the safety guard blocks; null before the end.")
    failed: dict[str, int] = Field(default_factory=dict, description="Rejected records by reason; empty before the end.")
    calls: int = Field(default=0, ge=0, description="Calls of a costly calculator so far, where the goal needs one.")
    allowed: int = Field(default=0, ge=0, description="How many calls of it may be made.")
    notes: list[str] = Field(default_factory=list, description="How the file was read, and what costly calculators did.")
    not_read: list[UnreadRecord] = Field(default_factory=list, description="The first records that could not be read.")
    ended: str = Field(default="", description="How the reading ended, in words.")
    tables: list[str] = Field(default_factory=list, description="Tables that can be fetched: hits, unreadable, blocked, not_computed.")

    @classmethod
    def of(cls, job: Job) -> LibraryView:
        """The job as a screen."""
        seen = {**job.progress, **job.result}
        not_read = [UnreadRecord(line=line, name=name, reason=reason) for line, name, reason in seen.get("not_read", [])]
        return cls(
            **cls.plain(job),
            library=job.asked["library"],
            spec=DesignSpec.model_validate(job.asked["spec"]),
            part=1.0 if job.result else min(1.0, float(seen.get("part", 0.0))),
            not_read=not_read,
            **{name: seen.get(name, 0) for name in ("read", "hits", "unreadable")},
            **{name: seen[name] for name in ("blocked", "failed", "notes", "ended", "tables", "calls", "allowed") if name in seen},
        )


class LibraryPage(Model):
    """Some of the screens."""

    libraries: list[LibraryView] = Field(description="The screens, newest first.")
    total: int = Field(ge=0, description="Number of all.")
    next: str | None = Field(description="Address of the next page; null on the last.")


class TableRequest(Model):
    """A file of structures whose properties are asked for."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"file": {"name": "two.smi", "text": "CCO ethanol\nCC(=O)O acid"}}]}
    )

    file: FileContent = Field(description="The structures, at most 5,000 records.")


class TableView(JobView):
    """The properties of the records of a file."""

    read: int = Field(ge=0, description="Records read so far.")
    unreadable: int = Field(ge=0, description="Records that could not be read so far.")
    notes: list[str] = Field(default_factory=list, description="How the file was read.")
    ended: str = Field(default="", description="How the reading ended, in words.")

    @classmethod
    def of(cls, job: Job) -> TableView:
        """The job as a table."""
        seen = {"read": 0, "unreadable": 0, **job.progress, **job.result}
        return cls(**cls.plain(job), **{name: seen[name] for name in ("read", "unreadable", "notes", "ended") if name in seen})


class TablePage(Model):
    """Some of the tables."""

    tables: list[TableView] = Field(description="The tables, newest first.")
    total: int = Field(ge=0, description="Number of all.")
    next: str | None = Field(description="Address of the next page; null on the last.")


class TableRow(Model):
    """One record of a file."""

    line: int = Field(description="Its line in the file, from 1.")
    name: str = Field(description="What it is called there.")
    smiles: str = Field(description="The structure that was judged; empty where none could be read.")
    key: str = Field(description="Its InChIKey or polymer key.")
    safety: str = Field(description="The safety guard's verdict.")
    rules: list[str] = Field(description="Safety rules that fired.")
    notes: list[str] = Field(description="What standardisation changed.")
    fault: str = Field(description="Why it could not be read.")
    values: dict[str, list[Any]] = Field(description="By property: value in its registered unit, one standard deviation, method, mark.")


class RowPage(Model):
    """Some rows of a table."""

    rows: list[TableRow] = Field(description="The rows, in the order of the file.")
    total: int = Field(ge=0, description="Number of all that are there.")
    next: str | None = Field(description="Address of the next page; null on the last.")


class ModelList(Model):
    """The predictors, and which language model each reasoning role asks."""

    models: list[dict[str, Any]] = Field(
        description="A summary of each model card, the shipped ones first: name, kind, unit, rows, licence, metrics, ..."
    )
    problems: dict[str, str] = Field(description="What is wrong with own models that cannot be used.")
    language_models: dict[str, dict[str, Any]] = Field(
        description="For each reasoning role its language model with context, longest reply and deadline; empty for the built-in form."
    )
    fault: str = Field(description="Why the configuration of the language models cannot be used.")


class TrainingRequest(Model):
    """An own property that is to be learnt from a table of measurements."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"name": "my_solubility", "unit": "g/L", "log": True, "table": {"name": "own.csv", "text": _TABLE}}]
        },
    )

    name: str = Field(min_length=2, max_length=40, description="Its name: lower-case letters, digits and '_'.")
    table: FileContent = Field(description="The measurements: structures and values, at most 20,000 rows.")
    unit: str = Field(default="", max_length=100, description="Unit of the measured numbers.")
    log: StrictBool = Field(default=False, description="Whether the decimal logarithm is learnt.")
    label: str = Field(default="", max_length=300, description="Name in reports.")
    description: str = Field(default="", max_length=300, description="One sentence about it.")
    synonyms: list[str] = Field(default_factory=list, max_length=20, description="Further words for goals.")
    smiles: str = Field(default="", max_length=300, description="Column of the structures; empty: found by itself.")
    target: str = Field(default="", max_length=300, description="Column of the measured values; empty: found by itself.")
    replace: StrictBool = Field(default=False, description="Train one that there is again; runs that used it no longer replay.")
    confirm: StrictBool = Field(default=False, description="A person's yes; without it the training waits for one.")


class TrainingView(JobView):
    """The training of an own model."""

    name: str = Field(description="The property.")
    seen: dict[str, Any] = Field(
        description="What was read of the table: rows read and used, substances, range of the values, rows left out, warnings."
    )
    told: list[str] = Field(default_factory=list, description="What the training said so far, the last lines.")
    version: str = Field(default="", description="Version of the model; empty before the end.")

    @classmethod
    def of(cls, job: Job) -> TrainingView:
        """The job as a training."""
        seen = {**job.progress, **job.result}
        more = {name: seen[name] for name in ("told", "version") if name in seen}
        return cls(**cls.plain(job), name=job.asked["name"], seen=job.asked["seen"], **more)


class TrainingPage(Model):
    """Some of the trainings."""

    trainings: list[TrainingView] = Field(description="The trainings, newest first.")
    total: int = Field(ge=0, description="Number of all.")
    next: str | None = Field(description="Address of the next page; null on the last.")


class UndecidedEntry(Model):
    """An entry of a list that structure does not decide here, or only in part."""

    line: int = Field(description="Its line in the file, from 1.")
    entry: str = Field(description="As the list names it.")
    why: str = Field(description="What of it is not decided.")


class SubstanceListRequest(Model):
    """A named, dated list of substances that a team brings."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "name": "REACH candidate list",
                    "date": "2025-11-05",
                    "words": ["SVHC"],
                    "file": {"name": "list.csv", "text": "name,smiles\nAnthracene,c1ccc2cc3ccccc3cc2c1"},
                }
            ]
        },
    )

    name: str = Field(min_length=3, max_length=80, description="What reports and goals call it.")
    date: str = Field(max_length=40, description="The date of the edition, as YYYY-MM-DD.")
    file: FileContent = Field(description="The list: a table with names and CAS numbers, InChIKeys, SMILES or SMARTS.")
    source: str = Field(default="", max_length=300, description="Where the list stands: law, address.")
    words: list[str] = Field(default_factory=list, max_length=20, description="Further words of goals for it.")
    replace: StrictBool = Field(
        default=False, description="Put this edition in the place of one of the same name; runs that used it no longer replay."
    )


class SubstanceListView(Model):
    """A list of substances that a team brought."""

    name: str = Field(description="What reports and goals call it.")
    date: str = Field(description="The date of the edition.")
    source: str = Field(description="Where the list stands, as the team says.")
    words: list[str] = Field(description="Further words of goals for it.")
    file: str = Field(description="The file that it was read from.")
    version: str = Field(description="Changes with anything of it.")
    property: str = Field(description="The property that counts its entries, by which goals ask.")
    entries: int = Field(ge=0, description="Number of its entries.")
    decided: int = Field(ge=0, description="Entries that structure decides, at least in part.")
    not_decided: list[UndecidedEntry] = Field(description="Entries that structure does not decide here, or only in part.")

    @classmethod
    def of(cls, kept: KeptList) -> SubstanceListView:
        """What is kept as a document."""
        told = {name: value for name, value in vars(kept).items() if name in cls.model_fields}
        undecided = [UndecidedEntry(line=line, entry=entry, why=why) for line, entry, why in kept.undecided]
        return cls(**{**told, "words": list(kept.words)}, date=kept.issued, not_decided=undecided)


class SubstanceLists(Model):
    """The lists of substances that a team brought."""

    lists: list[SubstanceListView] = Field(description="The lists, by name.")
    problems: dict[str, str] = Field(description="What is wrong with lists that are kept but cannot be used.")


class EndpointView(Model):
    """One configured model server. Keys are never shown."""

    name: str = Field(description="Its name.")
    address: str = Field(description="Its base URL, without anything secret.")
    models: list[str] = Field(description="Models that it is configured for.")
    loaded: list[str] = Field(description="Models that it says it has.")
    contexts: dict[str, int] = Field(description="Longest prompt with its reply by model, tokens.")
    answers: bool = Field(description="Whether it answered within some seconds.")
    seconds: float | None = Field(description="How long that took.")
    detail: str = Field(description="What is wrong with it.")
    measured: dict[str, Any] = Field(description="Its last measured speed: at, first_token_s, tokens_per_s, tokens, estimated, fault.")


class SpeedView(Model):
    """How fast a model was in stored runs."""

    model: str = Field(description="The model.")
    role: str = Field(description="The reasoning role that asked.")
    calls: int = Field(description="Number of calls.")
    tokens_in: int = Field(description="Tokens of the prompts.")
    tokens_out: int = Field(description="Tokens of the replies.")
    seconds: float = Field(description="Seconds of the calls, waits included.")
    rate: float | None = Field(description="Tokens of replies a second.")


class LocalServerView(Model):
    """A server that `molwright fleet up` keeps running on this machine."""

    topology: str = Field(description="Name of the topology.")
    host: str = Field(description="Name of the host in it.")
    name: str = Field(description="Name of the deployment.")
    state: str = Field(description="How it is.")
    port: int = Field(description="Its port.")
    restarts: int = Field(description="How often it was started again.")
    reason: str = Field(description="Why it was last ended.")


class FleetDocument(Model):
    """The fleet."""

    sentence: str = Field(description="How things stand, in words.")
    fault: str = Field(description="Why the configuration cannot be used.")
    endpoints: list[EndpointView] = Field(description="The configured servers.")
    roles: dict[str, str] = Field(description="The model that each reasoning role asks.")
    speeds: list[SpeedView] = Field(description="What stored runs tell of speed.")
    local: list[LocalServerView] = Field(description="Servers of this machine.")
    measuring: bool = Field(description="Whether the servers are being measured.")

    @classmethod
    def of(cls, view: FleetView) -> FleetDocument:
        """The view as a document."""
        return cls(
            sentence=view.sentence,
            fault=view.fault,
            endpoints=[EndpointView(**vars(e)) for e in view.endpoints],
            roles=view.roles,
            speeds=[SpeedView(**vars(s), rate=s.rate) for s in view.speeds],
            local=[LocalServerView(**vars(s)) for s in view.local],
            measuring=view.measuring,
        )
