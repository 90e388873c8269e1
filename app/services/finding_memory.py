"""What searches for structures have read, for the next ones: nothing of it changes any more, and all of it is bounded."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from core.candidate import Candidate
from core.interfaces import RunRecord, RunStore
from core.kept import Kept
from core.report import FINISHED

#: Runs without columns of which is kept what was read, most of which have no or few structures, and structures of all these.
KEPT_RUNS, KEPT_FACTS = 500, 15_000
#: Bytes of columns that are kept; a run of a thousand structures has some 200,000.
COLUMNS_BYTES = 64_000_000
#: Questions for parts whose answers are kept, and structures that each keeps; together some 20 MB.
PARTS, ANSWERED = 32, 5000


@dataclass(frozen=True)
class Facts:
    """What a question asks of a structure: its SMILES, whether it met every requirement, and its numbers by property, in the property's unit."""

    smiles: str
    kept: bool
    numbers: Mapping[str, float]

    @classmethod
    def of(cls, candidate: Candidate) -> Facts:
        """The facts of a candidate."""
        numbers = {name: value.number for name, value in candidate.properties.items() if value.number is not None}
        return cls(candidate.smiles, candidate.status == "kept", numbers)


class FactsKept:
    """The facts of structures of the last few runs without columns, so that the next question does not read them again. For all threads of a process.

    A structure is kept once nothing more happens to it, and with all before it; of a run that is over it is kept too that there are no more.
    """

    def __init__(self) -> None:
        self._runs: OrderedDict[tuple[str, str, int], tuple[list[Facts], bool]] = OrderedDict()
        self._lock = threading.Lock()

    def page(self, store: RunStore, run: RunRecord, start: int, size: int) -> tuple[list[Facts], int]:
        """``size`` structures of a run from a place on, and how many it has; where these are at hand and it may have more, one more than these."""
        which = (run.run_id, run.created_at, run.fence)  # a deleted run's id may come again, and a run may go on
        with self._lock:
            known, whole = self._runs.get(which, ([], False))
            if which in self._runs:
                self._runs.move_to_end(which)
            if whole:
                return known[start : start + size], len(known)
            if len(known) >= start + size:
                return known[start : start + size], start + size + 1
        if run.status == "queued" and not run.spec_version:
            return [], 0  # nobody has begun it
        begin = max(start, len(known))
        page, total = store.page_of_candidates(run.run_id, None, start + size - begin, begin)
        found = [Facts.of(candidate) for candidate in page]
        with self._lock:
            settled = list(self._runs.get(which, ([], False))[0])
            for place, (candidate, facts) in enumerate(zip(page, found, strict=True), begin):
                if place == len(settled) and candidate.status in ("kept", "rejected"):
                    settled.append(facts)
            self._runs[which] = settled, run.status in FINISHED and len(settled) == total
            self._runs.move_to_end(which)
            while len(self._runs) > KEPT_RUNS or sum(len(facts) for facts, _ in self._runs.values()) > KEPT_FACTS:
                self._runs.popitem(last=False)
        return [*known[start:begin], *found], total


class ColumnsKept:
    """Columns of the runs that were looked through last: reading them from the database takes longer than looking through them. For all threads of a process.

    The columns of a run that is over say what its candidates say, which do not change any more.
    """

    def __init__(self, most: int = COLUMNS_BYTES) -> None:
        self._kept: Kept[bytes] = Kept(most)

    def of(self, store: RunStore, runs: Sequence[RunRecord], names: Sequence[str]) -> dict[str, dict[str, bytes]]:
        """The columns ``names`` of the runs, by run and name, as :meth:`RunStore.columns` gives them; one that a run has not is left out."""
        found: dict[str, dict[str, bytes]] = {}
        for run in runs:
            known = {name: self._kept.get(_column(run, name)) for name in names}
            if None not in known.values():
                found[run.run_id] = {name: content for name, content in known.items() if content}
        missing = {run.run_id: run for run in runs if run.run_id not in found}
        read = store.columns(list(missing), names) if missing else {}
        for run_id, columns in read.items():
            found[run_id] = columns
            for name in names:
                content = columns.get(name, b"")
                self._kept.put(_column(missing[run_id], name), content, len(content) + 200)
        return found


def _column(run: RunRecord, name: str) -> tuple[str, str, int, str]:
    """What a column is kept by: a deleted run's id may come again."""
    return run.run_id, run.created_at, run.fence, name


class PartsKept:
    """Which structures contain the parts that were asked for last: the next page of an answer, and the same part in other runs, read none of them again.

    Whether a structure contains a part never changes. For all threads of a process.
    """

    def __init__(self) -> None:
        self._parts: OrderedDict[str, dict[str, bool]] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, part: str) -> dict[str, bool]:
        """What is known for a part, by SMILES as RDKit writes it; what is learnt is added to it, no more than ``ANSWERED``."""
        with self._lock:
            known = self._parts.setdefault(part, {})
            self._parts.move_to_end(part)
            while len(self._parts) > PARTS:
                self._parts.popitem(last=False)
            return known


@dataclass(frozen=True)
class FindingMemory:
    """What the questions of a process read, for the next ones."""

    facts: FactsKept = field(default_factory=FactsKept)
    columns: ColumnsKept = field(default_factory=ColumnsKept)
    parts: PartsKept = field(default_factory=PartsKept)
