"""Two runs side by side: their specs, what they list, where their records part. Read from what is stored; nothing is computed again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from core.candidate import Candidate
from core.errors import NotFoundError, UsageError
from core.interfaces import RunRecord, RunStore
from core.report import Report
from core.run_difference import EventDifference, NodeUse, RankedTwice, RunDifference, RunSide
from core.timeline import CLOSING, LOOP
from core.trace import TraceEvent
from evals.fork import OWN_NODES
from evals.spec_difference import spec_changes
from memory.hashing import changes

#: Kinds of events that are compared; the others are notes.
_COMPARED = ("record", "model", "tool", "step")

Place = tuple[str, int, str]


def run_difference(store: RunStore, a: str, b: str) -> RunDifference:
    """Run ``b`` against run ``a``. NotFoundError for a run that is unknown, UsageError for one run twice or what is no design run."""
    first, second = store.run(a), store.run(b)
    if first.run_id == second.run_id:
        raise UsageError(f"run {first.run_id} is compared with itself; name two runs")
    for run in (first, second):
        if run.kind != "design":
            raise UsageError(f"run {run.run_id} is a conversation; only design runs are compared")
    reports = [_report(store, run) for run in (first, second)]
    events = [store.events(run.run_id) for run in (first, second)]
    specs = [store.spec(run.run_id) if run.spec_version else None for run in (first, second)]
    notes = [f"run {run.run_id} has no spec yet" for run, spec in zip((first, second), specs, strict=True) if spec is None]
    notes += [
        f"run {run.run_id} has no report: {run.status}" for run, report in zip((first, second), reports, strict=True) if report is None
    ]
    spec = spec_changes(specs[0], specs[1], first, second)
    ranking = _ranking(store, (first, second), (reports[0], reports[1]))
    agree, differ, place = _events(events[0], events[1], forks=_is_fork(first) or _is_fork(second))
    found = RunDifference(
        a=_side(first, reports[0], events[0]),
        b=_side(second, reports[1], events[1]),
        same_spec=not spec and None not in specs,
        spec=spec,
        both=sum(r.rank_a is not None and r.rank_b is not None for r in ranking),
        only_a=sum(r.rank_b is None for r in ranking),
        only_b=sum(r.rank_a is None for r in ranking),
        moved=sum(bool(r.moved) for r in ranking),
        ranking=ranking,
        agree=agree,
        differ=differ,
        first=place,
        kinds_a=dict(Counter(e.kind for e in events[0])),
        kinds_b=dict(Counter(e.kind for e in events[1])),
        nodes=_nodes(_own(first, events[0]), _own(second, events[1])),
        notes=notes,
    )
    return found


def _report(store: RunStore, run: RunRecord) -> Report | None:
    try:
        return store.report(run.run_id)
    except NotFoundError:
        return None


def _is_fork(run: RunRecord) -> bool:
    return bool(run.given.forked_from)


def _side(run: RunRecord, report: Report | None, events: Sequence[TraceEvent]) -> RunSide:
    return RunSide(
        run_id=run.run_id,
        goal=run.goal,
        status=run.status,
        created_at=run.created_at,
        forked_from=run.given.forked_from or "",
        evaluated=report.evaluated if report else 0,
        listed=len(report.candidates) if report else 0,
        events=len(events),
        seconds=report.timings.get("total") if report else None,
    )


# what is listed -------------------------------------------------------------------------------------------------------


def _ranking(store: RunStore, runs: tuple[RunRecord, RunRecord], reports: tuple[Report | None, Report | None]) -> list[RankedTwice]:
    """What either lists, by the rank in the second run, then by that in the first."""
    listed = [{c.key: c for c in report.candidates} if report else {} for report in reports]
    missing = [[key for key in listed[1 - n] if key not in listed[n]] for n in (0, 1)]
    stored = [{c.key: c for c in store.candidates(run.run_id, keys=keys)} if keys else {} for run, keys in zip(runs, missing, strict=True)]
    rows = []
    for key in dict.fromkeys([*listed[1], *listed[0]]):
        one, two = listed[0].get(key), listed[1].get(key)
        shown = two or one
        assert shown is not None
        left_out = None if one and two else 0 if two else 1
        rows.append(
            RankedTwice(
                key=key,
                smiles=shown.smiles,
                name=shown.name,
                rank_a=one.rank if one else None,
                rank_b=two.rank if two else None,
                score_a=one.score if one else None,
                score_b=two.score if two else None,
                elsewhere="" if left_out is None else _elsewhere(stored[left_out].get(key), reports[left_out]),
            )
        )
    return rows


def _elsewhere(candidate: Candidate | None, report: Report | None) -> str:
    """What became of a candidate in the run that does not list it."""
    if candidate is None:
        return "not evaluated there" if report else "there is no report"
    if candidate.status == "kept":
        return "meets every requirement there, not listed"
    if candidate.rejected_by:
        missed = next((r.text for r in candidate.requirements if candidate.rejected_by == f"requirement:{r.id}"), "")
        return f"rejected there: misses {missed}" if missed else f"rejected there: {candidate.rejected_reason or candidate.rejected_by}"
    return f"{candidate.status} there"


# events ---------------------------------------------------------------------------------------------------------------


def _events(a: Sequence[TraceEvent], b: Sequence[TraceEvent], *, forks: bool) -> tuple[int, int, EventDifference | None]:
    """Number of events that agree and that do not, and the first of these by the order of the first run, then of the second."""
    first, second = _comparable(a, forks), _comparable(b, forks)
    agree, differ, found = 0, 0, None
    for place in dict.fromkeys([*first, *second]):
        difference = _difference(first.get(place), second.get(place))
        if difference is None:
            agree += 1
            continue
        differ += 1
        found = found or difference
    return agree, differ, found


def _comparable(events: Sequence[TraceEvent], forks: bool) -> Mapping[Place, TraceEvent]:
    """Events by their place, in the order of the search: what a fork copied stands before the steps that used it.

    Approvals are decisions of a person at a time and never alike; a fork does not read its goal anew.
    """
    left_out = OWN_NODES if forks else ("approve",)
    kept = [e for e in events if e.kind in _COMPARED and e.node not in left_out]
    return {(e.node, e.generation, e.index): e for e in sorted(kept, key=lambda e: (_turn(e), e.sequence))}


def _turn(event: TraceEvent) -> tuple[int, int, int]:
    """When an event's step has its turn in a run: part, generation, place in the loop."""
    if event.node in LOOP:
        return 1, event.generation, LOOP.index(event.node)
    return (2, 0, CLOSING.index(event.node)) if event.node in CLOSING else (0, 0, 0)


def _difference(a: TraceEvent | None, b: TraceEvent | None) -> EventDifference | None:
    shown = a or b
    assert shown is not None
    what, found = _said(a, b)
    if not what:
        return None
    return EventDifference(
        node=shown.node,
        generation=shown.generation,
        index=shown.index,
        kind=shown.kind,
        number_a=a.sequence if a else None,
        number_b=b.sequence if b else None,
        what=what,
        changes=found,
    )


def _said(a: TraceEvent | None, b: TraceEvent | None) -> tuple[str, list[str]]:
    if a is None or b is None:
        return ("only in the second run" if a is None else "only in the first run"), []
    if a.kind != b.kind:
        return f"{a.kind} in the first run, {b.kind} in the second", []
    if a.request_hash != b.request_hash:
        return "asked for something else", changes(a.inputs, b.inputs)
    if a.output_hash != b.output_hash:
        return ("computed another result" if a.kind == "step" else "brought something else"), changes(a.outputs, b.outputs)
    return "", []


def _own(run: RunRecord, events: Sequence[TraceEvent]) -> Sequence[TraceEvent]:
    """The events without those that a fork copied, which took their time in another run."""
    return [e for e in events if e.sequence > (run.given.copied_events or 0)]


def _nodes(a: Sequence[TraceEvent], b: Sequence[TraceEvent]) -> list[NodeUse]:
    rows: dict[str, dict[str, Any]] = {}
    for side, events in (("a", a), ("b", b)):
        timed = {(e.node, e.generation) for e in events if e.kind == "step"}  # a step's seconds hold those of what it brought
        for event in events:
            row = rows.setdefault(
                event.node, {"node": event.node, **{f"{n}_{s}": 0 for n in ("events", "seconds", "tokens") for s in "ab"}}
            )
            row[f"events_{side}"] += 1
            row[f"tokens_{side}"] += event.tokens_in + event.tokens_out
            if event.kind == "step" or (event.node, event.generation) not in timed:
                row[f"seconds_{side}"] += event.seconds
    return [NodeUse.model_validate(row) for row in rows.values()]
