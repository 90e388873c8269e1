"""The part of the run store that finished runs' structures are searched in. ``memory/sql/columns.py`` has it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from core.candidate import Candidate


class ColumnStore(Protocol):
    """Columns of numbers beside the candidates of a finished run, packed in bytes; each method raises StoreError where the store cannot be used."""

    def columns(self, run_ids: Sequence[str], names: Sequence[str]) -> dict[str, dict[str, bytes]]:
        """Those of the columns ``names`` that are stored of the runs, by run and name; a run of which none is stored is left out."""
        ...

    def save_columns(self, run_id: str, columns: Mapping[str, bytes]) -> None:
        """Store the columns of a run that is over, in place of those that it has. StatusError for one that is not over, NotFoundError."""
        ...

    def without_columns(self, name: str) -> str | None:
        """The newest run that is over and has candidates, but no column ``name``; None if there is none."""
        ...

    def candidates_at(self, places: Sequence[tuple[str, int]]) -> dict[tuple[str, int], Candidate]:
        """The candidates at these places: a run and the index of a candidate, from 0 as that run stored them. Never raises; a place without one is left out."""
        ...
