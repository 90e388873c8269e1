"""What the server says of structures, libraries, models and the fleet, as the typed client gives it."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from app.client_documents import Document, FoundStructure, Page, UnreadRecord
from core.candidate import Candidate, Route, SafetyRuleHit
from core.spec import DesignSpec


class NearStructure(Document):
    """A structure that ships with molwright and resembles the one asked about."""

    smiles: str = Field(description="The structure.")
    similarity: float = Field(description="Tanimoto similarity (Morgan fingerprints, radius 2).")
    source: str = Field(description="Where it stands.")
    name: str = Field(description="Its name, where one ships.")
    measured: dict[str, str] = Field(description="What was measured of it, by property, with its unit.")


class Profile(Document):
    """All that is known of one structure."""

    name: str = Field(description="What it was called, where it was given by name.")
    candidate: Candidate = Field(description="Its values, the safety guard's verdict, its standing to named lists.")
    alerts: list[SafetyRuleHit] = Field(description="PAINS and Brenk alerts.")
    known: list[str] = Field(description="In which shipped sets it stands, in words.")
    near: list[NearStructure] = Field(description="The most similar structures that ship.")
    route: Route | None = Field(description="How it could be made; None where nobody asked, or why: ``no_route``.")
    no_route: str = Field(description="Why no route is shown.")
    in_runs: list[FoundStructure] = Field(description="The most similar structures of stored runs.")
    checked: Candidate | None = Field(description="How it stands to each requirement of the goal.")


class JobDocument(Document):
    """Long work beside the requests."""

    job_id: str = Field(description="Under which it is found.")
    title: str = Field(description="What people call it.")
    status: str = Field(description="'waiting', 'queued', 'running', 'cancelling', 'cancelled', 'finished' or 'failed'.")
    user: str = Field(description="Who asked.")
    created_at: str = Field(description="When, ISO 8601 UTC.")
    started_at: str = Field(description="When a worker began.")
    finished_at: str = Field(description="When it was over.")
    error: str = Field(description="Why it failed.")
    position: int = Field(description="Place in the queue, from 1.")
    executed: bool = Field(description="Whether a worker is at it now.")


class Computation(JobDocument):
    """What costs seconds to hours, computed for one structure."""

    smiles: str = Field(description="The structure as it was given.")
    goal: str = Field(description="The goal that it is held against; empty for none.")
    names: list[str] = Field(description="The properties that are computed; those that a goal needs are not named here.")
    takes: list[str] = Field(description="What a call of each calculator takes, in words.")
    candidate: Candidate | None = Field(description="The structure with its values; None before the end.")


class ComputationPage(Page):
    """Some of the computations."""

    computations: list[Computation] = Field(description="The computations, newest first.")


class Library(JobDocument):
    """A screen of a library."""

    library: str = Field(description="Name of the file.")
    spec: DesignSpec = Field(description="What the library is held against.")
    part: float = Field(description="Share of the file that was read.")
    read: int = Field(description="Records read so far.")
    hits: int = Field(description="Records that meet every requirement so far.")
    unreadable: int = Field(description="Records that could not be read so far.")
    blocked: int | None = Field(description="Records that the safety guard blocks; None before the end.")
    failed: dict[str, int] = Field(description="Rejected records by reason; empty before the end.")
    calls: int = Field(default=0, description="Calls of a costly calculator so far, where the goal needs one.")
    allowed: int = Field(default=0, description="How many calls of it may be made.")
    notes: list[str] = Field(description="How the file was read, and what costly calculators did.")
    not_read: list[UnreadRecord] = Field(description="The first records that could not be read.")
    ended: str = Field(description="How the reading ended, in words.")
    tables: list[str] = Field(description="Tables that can be fetched.")


class LibraryPage(Page):
    """Some of the screens."""

    libraries: list[Library] = Field(description="The screens, newest first.")


class UndecidedEntry(Document):
    """An entry of a list that structure does not decide here, or only in part."""

    line: int = Field(description="Its line in the file, from 1.")
    entry: str = Field(description="As the list names it.")
    why: str = Field(description="What of it is not decided.")


class SubstanceList(Document):
    """A named, dated list of substances that a team brought."""

    name: str = Field(description="What reports and goals call it.")
    date: str = Field(description="The date of the edition.")
    source: str = Field(description="Where the list stands, as the team says.")
    words: list[str] = Field(description="Further words of goals for it.")
    file: str = Field(description="The file that it was read from.")
    version: str = Field(description="Changes with anything of it.")
    property: str = Field(description="The property that counts its entries, by which goals ask.")
    entries: int = Field(description="Number of its entries.")
    decided: int = Field(description="Entries that structure decides, at least in part.")
    not_decided: list[UndecidedEntry] = Field(description="Entries that structure does not decide here, or only in part.")


class SubstanceLists(Document):
    """The lists of substances that a team brought."""

    lists: list[SubstanceList] = Field(description="The lists, by name.")
    problems: dict[str, str] = Field(description="What is wrong with lists that are kept but cannot be used.")


class StructureTable(JobDocument):
    """The properties of the records of a file."""

    read: int = Field(description="Records read so far.")
    unreadable: int = Field(description="Records that could not be read so far.")
    notes: list[str] = Field(description="How the file was read.")
    ended: str = Field(description="How the reading ended, in words.")


class TableRow(Document):
    """One record of a file."""

    line: int = Field(description="Its line in the file, from 1.")
    name: str = Field(description="What it is called there.")
    smiles: str = Field(description="The structure that was judged; empty where none could be read.")
    safety: str = Field(description="The safety guard's verdict.")
    fault: str = Field(description="Why it could not be read.")
    values: dict[str, list[Any]] = Field(description="By property: value, one standard deviation, method, mark.")


class TableRows(Page):
    """Some rows of a table."""

    rows: list[TableRow] = Field(description="The rows, in the order of the file.")


class Models(Document):
    """The predictors, and which language model each reasoning role asks."""

    models: list[dict[str, Any]] = Field(description="A summary of each model card.")
    problems: dict[str, str] = Field(description="What is wrong with own models that cannot be used.")
    language_models: dict[str, dict[str, Any]] = Field(
        description="The language model of each reasoning role; empty for the built-in form."
    )
    fault: str = Field(description="Why the configuration of the language models cannot be used.")


class Training(JobDocument):
    """The training of an own model."""

    name: str = Field(description="The property.")
    seen: dict[str, Any] = Field(description="What was read of the table.")
    told: list[str] = Field(description="What the training said so far.")
    version: str = Field(description="Version of the model; empty before the end.")


class SuiteJob(JobDocument):
    """The run of an evaluation suite that was asked for."""

    suite: str = Field(description="The suite.")
    limit: int | None = Field(description="At most so many cases; None for all.")
    seeds: int = Field(description="Number of seeds.")
    budget: int | None = Field(description="Evaluations of each design run; None as usual.")
    done: int = Field(description="Cases that are done.")
    of: int = Field(description="Cases in all; 0 before the first.")
    told: list[str] = Field(description="What the suite said so far.")
    eval_id: str = Field(description="Its result; empty before the end.")


class Fleet(Document):
    """The model servers."""

    sentence: str = Field(description="How things stand, in words.")
    fault: str = Field(description="Why the configuration cannot be used.")
    endpoints: list[dict[str, Any]] = Field(
        description="The configured servers: name, address, models, loaded, answers, seconds, measured, ..."
    )
    roles: dict[str, str] = Field(description="The model that each reasoning role asks.")
    speeds: list[dict[str, Any]] = Field(description="What stored runs tell of speed.")
    local: list[dict[str, Any]] = Field(description="Servers of this machine.")
    measuring: bool = Field(description="Whether the servers are being measured.")
