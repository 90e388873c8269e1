"""Evaluated structures found again, in all runs: by a part, by similarity, by the value of a property.

A run that is over has columns (:mod:`tools.structures.columns`), which worker processes make when they have nothing else to do. In a run without
them every candidate is read and looked at, which takes some hundred times as long.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from app.services.finding_memory import ANSWERED, Facts, FindingMemory
from core.candidate import Candidate
from core.errors import NotFoundError, UsageError
from core.interfaces import RunFilter, RunRecord, RunStore

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from tools.catalogue.catalogue import Catalogue
    from tools.structures.columns import Columns
    from tools.structures.finding import StructureQuery

How = Literal["substructure", "similarity"]
#: What one question costs at most, about a tenth of a second each: structures whose columns it reads, structures that it reads as molecules because
#: their fingerprint does not rule the part out, and structures of runs without columns. Of some it may look at a few more, to end with a run.
LOOKED, READ, UNPREPARED = 200_000, 1500, 300
#: Seconds after which it ends with what it has, whatever it costs; the next one goes on there.
SECONDS = 10.0
#: Most hits that it gives, structures that are read at once, runs whose columns are.
HITS, PAGE, RUNS = 100, 100, 50


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
        hits: the most similar first, else in the order of the runs, the newest first; no more than were asked for.
        found: how many fit of those that were looked at; where a part or a property is looked for that ends with the last that is given.
        looked: how many structures were looked at.
        runs: how many runs they are from.
        after: where to go on, as ``RUN.NUMBER``, or ``RUN.NUMBER:HITS`` where the same structures have more hits than are given at once; empty where
            nothing is left.
        passed: how many hits among the same structures stand before the first of these.
    """

    hits: list[Hit]
    found: int
    looked: int
    runs: int
    after: str
    passed: int = 0


@dataclass
class _Look:
    """One question while it is answered: what was found, at which place of which run, and what it has cost so far.

    ``most``: hits that are wanted. ``contained``: which structures contain the part, as far as it is known; ``read``: how many were read for that.
    """

    wanted: Wanted
    query: StructureQuery | None
    most: int
    contained: dict[str, bool]
    found: list[tuple[RunRecord, int, float]] = field(default_factory=list)
    looked: int = 0
    unprepared: int = 0
    read: int = 0
    until: float = field(default_factory=lambda: time.monotonic() + SECONDS)

    @property
    def late(self) -> bool:
        """Whether it has taken as long as one may; never before something was looked at, so that each question comes further."""
        return self.looked > 0 and time.monotonic() > self.until

    @property
    def full(self) -> bool:
        """Whether no more is to be looked at."""
        many = len(self.found) >= self.most and not self.resembles
        return many or self.late or self.looked >= LOOKED or self.unprepared >= UNPREPARED or self.read >= READ

    @property
    def resembles(self) -> bool:
        """Whether all that was looked at has to be put in an order before the first can be shown."""
        return self.query is not None and self.query.how == "similarity"

    def through(self, run: RunRecord, columns: Columns, start: int) -> int:
        """Look at a run by its columns from a place on; the place where to go on, their number where nothing is left."""
        rows = _in_range(columns, self.wanted, start)
        if self.query is not None and self.resembles:
            alike = columns.similarities(self.query.print)[rows]
            near = alike >= self.query.least
            self.found += [(run, row, s) for row, s in zip(rows[near].tolist(), alike[near].tolist(), strict=True)]
            return self._end(columns, start, len(columns))
        if self.query is not None:
            rows = rows[columns.may_contain(self.query.part)[rows]]
        for row in rows.tolist():
            if self.query is None or self._contains(columns.smiles[row]):
                self.found.append((run, row, 1.0))
            if len(self.found) >= self.most or self.read >= READ or time.monotonic() > self.until:
                return self._end(columns, start, row + 1)
        return self._end(columns, start, len(columns))

    def _end(self, columns: Columns, start: int, end: int) -> int:
        self.looked += end - min(start, end)
        return end

    def _contains(self, smiles: str) -> bool:
        assert self.query is not None
        known = self.contained.get(smiles)  # the same structure stands in many runs
        if known is None:
            known = self.query.contained(smiles)
            self.read += 1
            if len(self.contained) < ANSWERED:
                self.contained[smiles] = known
        return known

    def take(self, run: RunRecord, place: int, facts: Facts) -> None:
        """Look at one structure of a run without columns."""
        self.looked += 1
        self.unprepared += 1
        similarity = _fits(facts, self.wanted, self.query)
        if similarity is not None:
            self.found.append((run, place, similarity))


class FindingService:
    """Looks through stored structures, so many at a time. ``memory``: what earlier questions of the process read."""

    def __init__(self, store: RunStore, catalogue: Catalogue, memory: FindingMemory | None = None) -> None:
        self._store = store
        self._catalogue = catalogue
        self._memory = memory or FindingMemory()

    def find(self, wanted: Wanted, runs: RunFilter, after: str = "", most: int | None = None) -> Hits:
        """The structures of the runs that fit, after the place where an earlier question stopped; about 200,000 are looked at.

        ``most``: hits that are wanted, at most and unless given 100. Raises UsageError for what cannot be looked for, SpecError for a property that does not exist, NotFoundError for a place that is gone.
        """
        from tools.structures.finding import structure_query

        query = structure_query(wanted.structure, wanted.how, wanted.least) if wanted.structure else None
        if not wanted.asks:
            raise UsageError("say what to look for: a structure or a property")
        if wanted.value_of and self._catalogue[wanted.value_of].kind == "level":
            raise UsageError(f"{wanted.value_of} has levels; a range needs numbers")
        begin, _, number = after.partition(":")
        if number and not number.isdigit():
            raise UsageError(f"after: {after[:80]!r} is not of the form RUN.NUMBER or RUN.NUMBER:HITS")
        most = min(most or HITS, HITS)
        known = self._memory.parts.of(wanted.structure) if query is not None and query.how == "substructure" else {}
        look, seen, place, passed = _Look(wanted, query, most, known), set(), "", int(number or 0)
        for run, columns, start in self._each(look, runs, begin):
            if look.full:
                place = f"{run.run_id}.{start}"
                break
            before = look.looked
            end, size = self._through(look, run, columns, start)
            seen |= {run.run_id} if look.looked > before else set()
            if end < size:
                place = f"{run.run_id}.{end}"
                break
        if look.resembles:
            look.found.sort(key=lambda hit: -hit[2])  # stable: the newest first where two are alike
        if len(look.found) > passed + most:
            place = f"{begin}:{passed + most}"
        return Hits(self._shown(look.found[passed : passed + most]), len(look.found), look.looked, len(seen), place, passed)

    def prepare(self) -> str | None:
        """Make the columns of one run that is over and has none, and the drawings of its report; its id, or None where every run has them. Raises StoreError."""
        from tools.reporting.pictures import PICTURES, Pictures, pictures_of
        from tools.structures.columns import columns_of

        run_id = self._store.without_columns(PICTURES)
        if run_id is not None:
            try:
                pictures = pictures_of(self._store.report(run_id))
            except NotFoundError:  # cancelled before there was one
                pictures = Pictures()
            self._store.save_columns(run_id, {**columns_of(self._store.each_candidate(run_id)), PICTURES: pictures.packed()})
        return run_id

    def _through(self, look: _Look, run: RunRecord, columns: Columns | None, start: int) -> tuple[int, int]:
        """Look at a run from a place on: the place where to go on, and how many structures the run has."""
        if columns is not None:
            return look.through(run, columns, start), len(columns)
        while True:
            page, total = self._memory.facts.page(self._store, run, start, PAGE)
            for facts in page:
                if look.full:
                    return start, total
                look.take(run, start, facts)
                start += 1
            if not page or start >= total:
                return start, total

    def _each(self, look: _Look, runs: RunFilter, after: str) -> Iterator[tuple[RunRecord, Columns | None, int]]:
        """Every run with its columns (None: it has none) and the place to begin at, from the place ``after`` on."""
        from tools.structures.columns import ALIKE, KEPT, PART, SMILES, VALUE, Columns

        begin, _, number = after.partition(".")
        if after and not number.isdigit():
            raise UsageError(f"after: {after[:80]!r} is not of the form RUN.NUMBER")
        names = [KEPT, *([VALUE + look.wanted.value_of] if look.wanted.value_of else [])]
        names += [] if look.query is None else [ALIKE] if look.resembles else [PART, SMILES]
        waiting = bool(after)
        for batch in self._runs(runs):
            if waiting:
                batch = batch[next((i for i, run in enumerate(batch) if run.run_id == begin), len(batch)) :]
            packed = self._memory.columns.of(self._store, batch, names) if batch else {}
            for run in batch:
                known = packed.get(run.run_id)
                yield run, Columns(known) if known and KEPT in known else None, int(number) if waiting else 0
                waiting = False
        if waiting:
            raise NotFoundError(f"there is no run {begin!r} to go on from; look from the beginning")

    def _runs(self, wanted: RunFilter) -> Iterator[Sequence[RunRecord]]:
        offset = 0
        while True:
            page, total = self._store.search_runs(wanted, RUNS, offset)
            if page:
                yield page
            offset += len(page)
            if not page or offset >= total:
                return

    def _shown(self, found: Sequence[tuple[RunRecord, int, float]]) -> list[Hit]:
        """The hits with what is stored of them; one that was deleted meanwhile is left out."""
        stored = self._store.candidates_at([(run.run_id, place) for run, place, _ in found])
        return [Hit(run, stored[at], s) for run, place, s in found if (at := (run.run_id, place)) in stored]


def _in_range(columns: Columns, wanted: Wanted, start: int) -> NDArray[np.int64]:
    """The places from ``start`` on of the structures that met what they have to and have the value that they have to have."""
    import numpy as np

    fits = columns.kept.copy() if wanted.kept else np.ones(len(columns), dtype=bool)
    if wanted.value_of:
        numbers = columns.values(wanted.value_of)
        fits &= ~np.isnan(numbers)
        fits &= True if wanted.low is None else numbers >= wanted.low
        fits &= True if wanted.high is None else numbers <= wanted.high
    return np.flatnonzero(fits[start:]) + start


def _fits(facts: Facts, wanted: Wanted, query: StructureQuery | None) -> float | None:
    """How similar the structure is; None where it does not fit."""
    if wanted.kept and not facts.kept:
        return None
    if wanted.value_of:
        number = facts.numbers.get(wanted.value_of)
        if number is None or (wanted.low is not None and number < wanted.low) or (wanted.high is not None and number > wanted.high):
            return None
    return query.fits(facts.smiles) if query is not None else 1.0
