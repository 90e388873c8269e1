"""The part of the run store that knows whose a run is. ``memory/sql/sharing.py`` has it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from core.people import Person, RunAccess

if TYPE_CHECKING:
    from core.interfaces import RunStore


class SharedStore(Protocol):
    """Who started a run and who else may see it. Each method raises StoreError where the store cannot be used."""

    def seen_by(self, person: Person, *, most: int) -> RunStore:
        """The store as ``person`` has it: only runs that the person may see are there. Whoever sits at this machine sees all.

        ``most``: number of runs that one person may have under way at once, at least 0, unless the account says otherwise. Never raises.
        """
        ...

    def access(self, run_id: str) -> RunAccess:
        """Who may see a run. Raises NotFoundError if there is no such run."""
        ...

    def set_access(self, run_id: str, wanted: RunAccess, person: Person | None = None) -> None:
        """Write who may see a run. ``person`` (None: whoever sits at this machine) shares with projects of their own only.

        Raises UsageError for a visibility that does not exist, NotFoundError for a run, project or owner that does not exist.
        """
        ...

    def owned(self, run_ids: Sequence[str]) -> set[str]:
        """Those of the runs that may be changed from here: on this machine all, over the network the person's own; empty for none. Never raises."""
        ...

    def give_unowned(self, owner: str) -> int:
        """Give every run that has no owner to an account; the number of them, 0 for none. Raises NotFoundError without the account."""
        ...
