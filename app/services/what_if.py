"""A report as it would read under other weights of the objectives. The stored ranking stays as it is."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from app.wiring import workspace_of
from core.candidate import Candidate
from core.errors import UsageError
from core.interfaces import RunStore
from core.report import Choice, Point, Report
from core.settings import Settings
from core.spec import DesignSpec

if TYPE_CHECKING:
    from tools.calculators.collection import Calculators
    from tools.ranking.contributions import Factor
    from tools.ranking.what_if import Pool, Reweighted

#: Runs whose numbers are kept for the next question.
KEPT_POOLS = 4
#: A run in which more structures meet every requirement is not ranked anew: 20,000 take about 100 MB.
MOST_KEPT = 20_000


class ReweightingService:
    """What other weights would do to the lists of finished runs. The numbers of the last few runs are kept in memory."""

    def __init__(self, settings: Settings, store: Callable[[], RunStore]) -> None:
        self._settings = settings
        self._store = store
        self._pools: OrderedDict[tuple[str, str], Pool] = OrderedDict()
        self._lock = threading.Lock()

    def report(self, stored: Report, weights: Mapping[str, float]) -> Report:
        """``stored`` with the list that ``weights`` (by the id of the objective; the others keep theirs) would give.

        Nothing is estimated: a candidate that was not listed before has only the values that the run stored of it, and no text says why it
        ranks where it does. ``stored`` itself where the weights are those of its spec. Raises UsageError for weights that cannot be used and
        for a run of which too many structures meet every requirement.
        """
        from tools.ranking.what_if import checked_weights, rescored, reweighted, weighted_spec

        own = {o.id: o.weight for o in stored.spec.objectives}
        asked = checked_weights(stored.spec, weights)
        if asked == own:
            return stored
        spec = weighted_spec(stored.spec, asked)
        closest = rescored(stored.closest, spec, calculators=self._calculators(stored))
        changed = stored.model_copy(update={"spec": spec, "closest": closest})
        if stored.candidates:
            changed = self._merged(changed, reweighted(self._pool(stored), asked))
        return _said(changed, stored, asked)

    def factors(self, report: Report) -> dict[str, list[Factor]]:
        """The factors of the score of each listed and each closest candidate of ``report``, by key; see :mod:`tools.ranking.contributions`."""
        from tools.ranking.contributions import contributions

        shown = [*report.candidates, *report.closest]
        found = contributions(shown, report.spec, calculators=self._calculators(report))
        return {c.key: factors for c, factors in zip(shown, found, strict=True)}

    def _calculators(self, report: Report) -> Calculators:
        return workspace_of(self._settings, self._store().run(report.run_id)).calculators

    def _pool(self, report: Report) -> Pool:
        """The run's numbers, read from the store once."""
        which = (report.run_id, report.created_at)  # a deleted run's id may come again, from the same idempotency key
        with self._lock:
            if which not in self._pools:
                self._pools[which] = self._read(report)
            self._pools.move_to_end(which)
            while len(self._pools) > KEPT_POOLS:
                self._pools.popitem(last=False)
            return self._pools[which]

    def _read(self, report: Report) -> Pool:
        from graphs.user_inputs import KNOWN, NODE
        from tools.calculators.costly.adapter import wanted
        from tools.ranking.novelty import KnownSet, what_is_known
        from tools.ranking.what_if import pool
        from tools.search.costly import may_be_listed

        store, run_id = self._store(), report.run_id
        number = store.candidate_counts(run_id).get("kept", 0)
        if number > MOST_KEPT:
            raise UsageError(f"{number:,} structures of this run meet every requirement; at most {MOST_KEPT:,} are ranked anew at once")
        calculators = self._calculators(report)
        needed = wanted(report.spec, calculators)
        kept = [c for c in store.each_candidate(run_id, status="kept") if may_be_listed(c, needed)]
        event = store.event(run_id, NODE, 0, KNOWN)
        own = KnownSet.model_validate(event.outputs) if event is not None else None
        return pool(kept, report.spec, what_is_known(kept, report.spec, own), calculators=calculators)

    def _merged(self, report: Report, found: Reweighted) -> Report:
        from tools.ranking.lean import restored

        known = {c.key: c for c in report.candidates}
        new = [c.key for c in found.ranked if c.key not in known]
        known |= {c.key: c for c in self._store().candidates(report.run_id, keys=new)}
        ranked = [_reasoned(restored(c, known[c.key]).model_copy(update={"rationale": ""}), report.spec) for c in found.ranked]
        listed = {c.key for c in ranked}
        changes = {
            "candidates": ranked,
            "tied": found.tied,
            "choice": _chosen(report.choice, found.choice),
            "points": _points(report.points, ranked, listed),
            "proposers": {
                name: {**counts, "listed": sum(c.origin.proposer == name for c in ranked)} for name, counts in report.proposers.items()
            },
        }
        return report.model_copy(update=changes)


def _reasoned(candidate: Candidate, spec: DesignSpec) -> Candidate:
    """``candidate`` with the reasons against it, where it was not listed before."""
    from tools.against.reasons import with_reasons

    return candidate if candidate.against else with_reasons(candidate, spec)


def _chosen(before: Choice | None, now: Choice) -> Choice:
    """What was passed over now, compared with the same lists as before."""
    if before is None:
        return now
    names = ("shipped", "user_source", "user_sha256", "user_structures", "user_unreadable", "user_faults")
    return now.model_copy(update={name: getattr(before, name) for name in names})


def _points(points: Sequence[Point], ranked: Sequence[Candidate], listed: set[str]) -> list[Point]:
    """The sample of the plots with what is listed now; one that the sample lacks is added with its stored numbers."""
    names = {name for p in points for name in p.values}
    known = {p.key for p in points}
    added = [
        Point(
            key=c.key,
            smiles=c.smiles,
            status=c.status,
            listed=True,
            values={n: round(v.number, 4) for n, v in c.properties.items() if n in names and v.number is not None},
        )
        for c in ranked
        if c.key not in known
    ]
    return [*(p.model_copy(update={"listed": p.key in listed}) for p in points), *added]


def _said(report: Report, stored: Report, weights: Mapping[str, float]) -> Report:
    """The report with a text that says what it is."""
    said = ", ".join(
        f"{o.id} ({o.text}) {weights[o.id]:g}{f' in place of {o.weight:g}' if weights[o.id] != o.weight else ''}"
        for o in stored.spec.objectives
    )
    before = {c.key for c in stored.candidates}
    new = [c for c in report.candidates if c.key not in before]
    same = sum(a.key == b.key for a, b in zip(report.candidates, stored.candidates, strict=False))
    summary = (
        f"A what-if, not the result of the run: the list under other weights, {said}. {same} of {len(report.candidates)} candidates keep their"
        f" rank, {len(new)} were not listed before. The stored ranking is untouched. Nothing was estimated anew: a candidate that was not"
        " listed has only the values and the route that the search needed."
    )
    return report.model_copy(update={"summary": summary, "remarks": [], "sensitivity": [], "warnings": [summary, *report.warnings]})
