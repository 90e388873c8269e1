"""Who may see a run: its owner alone, the members of a project, or everybody with an account."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

from core.errors import NotFoundError, UsageError
from core.interfaces import RunStore
from core.people import VISIBILITIES, Person, RunAccess


class SharingService:
    """The sharing of the runs in one store. ``person`` (None: whoever sits at this machine) is who shares."""

    def __init__(self, store: RunStore, person: Person | None) -> None:
        self._store = store
        self._person = person

    def of(self, run_id: str) -> RunAccess:
        """Who may see a run. NotFoundError."""
        return self._store.access(self._store.run(run_id).run_id)

    def changeable(self, run_ids: Iterable[str]) -> set[str]:
        """Those of the runs that whoever asks may change: the own ones, at this machine all."""
        return self._store.owned(list(run_ids))

    def share(self, run_id: str, visibility: str, project: str = "") -> RunAccess:
        """Let others see a run, or no longer. UsageError for a visibility that does not exist, NotFoundError for a run or a project."""
        found = self._store.run(run_id).run_id
        wanted = next((v for v in VISIBILITIES if v == visibility), None)
        if wanted is None:
            raise UsageError(f"a run is {', '.join(VISIBILITIES)}, not {visibility[:40]!r}")
        project = project.strip() if wanted == "project" else ""
        if wanted == "project" and not project:
            raise UsageError("say with which project the run is to be shared")
        made = RunAccess(self._store.access(found).owner, wanted, project)
        self._store.set_access(found, made, self._person)
        return made

    def share_like(self, run_id: str, other: str) -> None:
        """Let a new run of one's own be seen by those who see another run; private where that belongs to a project that one has left. NotFoundError."""
        there = self.of(other)
        if there.visibility != "private":
            with suppress(NotFoundError):
                self.share(run_id, there.visibility, there.project)

    def give(self, run_id: str, owner: str) -> RunAccess:
        """Make an account the owner of a run. On this machine alone: over the network a run stays its owner's. NotFoundError."""
        found = self._store.run(run_id).run_id
        before = self._store.access(found)
        made = RunAccess(owner, before.visibility, before.project)
        self._store.set_access(found, made, self._person)
        return made

    def give_all(self, owner: str) -> int:
        """Make an account the owner of every run of this machine that has none; their number. NotFoundError."""
        return self._store.give_unowned(owner)
