"""A run as the store knows it: its record, the right to write to it, and which runs are looked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core.options import DESIGN, RunOptions, stored_options
from core.people import Person
from core.report import RunStatus


@dataclass(frozen=True)
class Lease:
    """The right to write to one run. ``fence`` grows each time the run changes hands; older fences are rejected."""

    run_id: str
    owner: str
    fence: int


@dataclass(frozen=True)
class RunRecord:
    """What the store knows about a run. ``options`` are as stored, word for word; :attr:`given` reads them.

    ``queued_at``: when it was last put into the queue; empty for one that whoever started it executes. ``archived_at``: when somebody put it
    out of sight; empty for one that is in sight.
    """

    run_id: str
    goal: str
    status: RunStatus
    created_at: str
    finished_at: str
    owner: str
    fence: int
    spec_version: int
    approved_by: str
    options: dict[str, Any]
    error: str
    queued_at: str = ""
    archived_at: str = ""

    @property
    def kind(self) -> str:
        """What kind of run it is: 'design', 'chat' for a conversation, or 'ask' for a question to the team's papers."""
        return str(self.options.get("kind", DESIGN))

    @property
    def user(self) -> str:
        """Who started it; empty where that was not kept."""
        return str(self.options.get("user") or "")

    @property
    def given(self) -> RunOptions:
        """What the run was started with. StoreError if this version of molwright cannot read it."""
        return stored_options(self.options, self.run_id)


@dataclass(frozen=True)
class RunFilter:
    """Which runs are looked for. What is empty does not count.

    Attributes:
        text: a part of the goal, in any case, or the beginning of the run's id.
        statuses: the run has one of these.
        since: created at this moment or later, ISO 8601 UTC.
        until: created before this moment, ISO 8601 UTC.
        archived: whether somebody put the run out of sight; None for both.
        person: only runs that this person may see; None for all.
        user: a part of the name of who started it, in any case.
    """

    text: str = ""
    statuses: tuple[RunStatus, ...] = ()
    since: str = ""
    until: str = ""
    archived: bool | None = None
    person: Person | None = None
    user: str = ""
