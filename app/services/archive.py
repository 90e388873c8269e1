"""Runs put out of sight and back. Nothing of them changes, and each keeps its address."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from core.errors import UsageError
from core.interfaces import RunStore


class ArchiveService:
    """The archive of a store."""

    def __init__(self, store: RunStore, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock

    def put_away(self, run_id: str) -> None:
        """Put a run that is over out of sight; ``run_id`` is the whole id. StatusError for one that is not over, NotFoundError."""
        self._store.archive_run(self._whole(run_id), self._clock().isoformat())

    def bring_back(self, run_id: str) -> None:
        """Put it back among the others. NotFoundError."""
        self._store.archive_run(self._whole(run_id), "")

    def _whole(self, run_id: str) -> str:
        found = self._store.run(run_id).run_id
        if found != run_id:
            raise UsageError(f"a run is archived by its whole id: {found}")
        return found
