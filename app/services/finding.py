"""Evaluated structures found again, in all runs: by a part, by similarity, by the value of a property."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from core.candidate import Candidate
from core.errors import NotFoundError, UsageError
from core.interfaces import RunFilter, RunRecord, RunStore

if TYPE_CHECKING:
    from tools.catalogue.catalogue import Catalogue
    from tools.structures.finding import StructureQuery

How = Literal["substructure", "similarity"]
#: Structures that one question looks at (about two seconds), hits that it gives, structures and runs that are read at once.
LOOKED, HITS, PAGE, RUNS = 5000, 100, 500, 200


@dataclass(frozen=True)
class Wanted:
    """What is looked for. What is empty or None does not count; a structure has to fit all that does.

    Attributes:
        structure: SMILES, or SMARTS for a part.
        how: whether it is to be contained or resembled.
        least: least similarity, 0 to 1.
        value_of: registered name of a property whose value is a number.
        low, high: its value lies between these, both included, in the property's unit.
        kept: only structures that met every requirement of their run.
    """

    structure: str = ""
    how: How = "substructure"
    least: float = 0.5
    value_of: str = ""
    low: float | None = None
    high: float | None = None
    kept: bool = False

    @property
    def asks(self) -> bool:
        """Whether anything is looked for."""
        return bool(self.structure or self.value_of)


@dataclass(frozen=True)
class Hit:
    """A structure that fits, its run, and how similar it is (1 where a part was looked for)."""

    run: RunRecord
    candidate: Candidate
    similarity: float


@dataclass(frozen=True)
class Hits:
    """What was found.

    Attributes:
        hits: the most similar first, else in the order of the runs, the newest first; at most 100.
        found: how many fit of those that were looked at.
        looked: how many structures were looked at.
        runs: how many runs they are from.
        after: where to go on, as ``RUN.NUMBER``; empty where nothing is left.
    """

    hits: list[Hit]
    found: int
    looked: int
    runs: int
    after: str


class FindingService:
    """Looks through stored structures, so many at a time."""

    def __init__(self, store: RunStore, catalogue: Catalogue) -> None:
        self._store = store
        self._catalogue = catalogue

    def find(self, wanted: Wanted, runs: RunFilter, after: str = "") -> Hits:
        """The structures of the runs that fit, after the place where an earlier question stopped; 5000 structures are looked at.

        Raises UsageError for what cannot be looked for, SpecError for a property that does not exist, NotFoundError for a place that is gone.
        """
        from tools.structures.finding import structure_query

        query = structure_query(wanted.structure, wanted.how, wanted.least) if wanted.structure else None
        if not wanted.asks:
            raise UsageError("say what to look for: a structure or a property")
        if wanted.value_of and self._catalogue[wanted.value_of].kind == "level":
            raise UsageError(f"{wanted.value_of} has levels; a range needs numbers")
        hits: list[Hit] = []
        looked, seen, place = 0, set(), ""
        for run, number, candidate in self._each(wanted, runs, after):
            if looked == LOOKED:
                place = f"{run.run_id}.{number}"
                break
            looked += 1
            seen.add(run.run_id)
            similarity = _fits(candidate, wanted, query)
            if similarity is not None:
                hits.append(Hit(run, candidate, similarity))
        if wanted.how == "similarity" and wanted.structure:
            hits.sort(key=lambda hit: -hit.similarity)  # stable: the newest first where two are alike
        return Hits(hits[:HITS], len(hits), looked, len(seen), place)

    def _each(self, wanted: Wanted, runs: RunFilter, after: str) -> Iterator[tuple[RunRecord, int, Candidate]]:
        """Every structure of the runs with its number in its run, from the place ``after`` on."""
        begin, _, number = after.partition(".")
        if after and not number.isdigit():
            raise UsageError(f"after: {after[:80]!r} is not of the form RUN.NUMBER")
        waiting, status = bool(after), "kept" if wanted.kept else None
        for run in self._runs(runs):
            if waiting and run.run_id != begin:
                continue
            offset, waiting = int(number) if waiting else 0, False
            while True:
                page, total = self._store.page_of_candidates(run.run_id, status, PAGE, offset)
                yield from ((run, offset + place, candidate) for place, candidate in enumerate(page))
                offset += len(page)
                if not page or offset >= total:
                    break
        if waiting:
            raise NotFoundError(f"there is no run {begin!r} to go on from; look from the beginning")

    def _runs(self, wanted: RunFilter) -> Iterator[RunRecord]:
        offset = 0
        while True:
            page, total = self._store.search_runs(wanted, RUNS, offset)
            yield from page
            offset += len(page)
            if not page or offset >= total:
                return


def _fits(candidate: Candidate, wanted: Wanted, query: StructureQuery | None) -> float | None:
    """How similar the structure is; None where it does not fit."""
    if wanted.value_of:
        value = candidate.properties.get(wanted.value_of)
        number = value.number if value is not None else None
        if number is None or (wanted.low is not None and number < wanted.low) or (wanted.high is not None and number > wanted.high):
            return None
    return query.fits(candidate.smiles) if query is not None else 1.0
