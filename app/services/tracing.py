"""A run's trace for whoever judges it: the timeline, events found again, one event with all that it holds, the lives of structures."""

from __future__ import annotations

import threading
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from app import wiring
from app.services.event_words import event_words
from core.candidate import Candidate
from core.errors import NotFoundError
from core.interfaces import RunRecord, RunStore
from core.life import CandidateLife, Whereabouts
from core.model import canonical_json
from core.report import FINISHED
from core.run_difference import RunDifference
from core.settings import Settings
from core.timeline import CLOSING, LOOP, Cost, TimedStep, Timeline, TimelinePart
from core.trace import EventKind, TraceEvent

if TYPE_CHECKING:
    from agent.models.plan import RolePlan
    from evals.run_book import RunBook
    from tools.calculators.collection import Calculators

#: Runs of which the orders are kept for the next candidate that is asked about.
KEPT_BOOKS = 4


@dataclass(frozen=True)
class EventFilter:
    """Which events are looked for. What is empty does not count.

    Attributes:
        kind: of this kind.
        node: of this node.
        generation: of this generation; None for all.
        text: with these words in what was asked, what came, the model or the place, in any case.
    """

    kind: EventKind | str = ""
    node: str = ""
    generation: int | None = None
    text: str = ""

    def fits(self, event: TraceEvent) -> bool:
        """Whether ``event`` is one of those."""
        if self.kind and event.kind != self.kind:
            return False
        if self.node and event.node != self.node:
            return False
        if self.generation is not None and event.generation != self.generation:
            return False
        if not self.text:
            return True
        whole = (event.node, event.index, event.model, event.endpoint, canonical_json([event.inputs, event.outputs]))
        return any(self.text.casefold() in part.casefold() for part in whole)


@dataclass(frozen=True)
class EventLine:
    """An event in a list: what it holds in a few words, and what it cost."""

    event: TraceEvent
    what: str
    cost: Cost


@dataclass(frozen=True)
class ShownEvent(EventLine):
    """One event with its neighbours. ``of``: how many events the run has; ``step``: number of the step that it belongs to, None for a step itself."""

    before: int | None
    after: int | None
    of: int
    step: int | None


@dataclass(frozen=True)
class Loss:
    """One reason for which structures are not listed: the rule as it is stored, in words, and the keys of those that it kept out."""

    rule: str
    words: str
    keys: list[str]


class TraceService:
    """Reads traces. Nothing here changes any run."""

    def __init__(self, settings: Settings, store: Callable[[], RunStore]) -> None:
        self._settings = settings
        self._store = store
        self._books: OrderedDict[tuple[str, str], RunBook] = OrderedDict()
        self._lock = threading.Lock()

    def events(self, run_id: str, wanted: EventFilter, limit: int, offset: int) -> tuple[list[EventLine], int]:
        """The events that fit, in order: ``limit`` after the first ``offset``, and the number of all that fit. NotFoundError."""
        run = self._store().run(run_id)
        plan = wiring.stored_plan(run.options)
        found = [e for e in self._store().events(run.run_id) if wanted.fits(e)]
        return [EventLine(e, event_words(e), _cost([e], plan)) for e in found[offset : offset + limit]], len(found)

    def event(self, run_id: str, number: int) -> ShownEvent:
        """The event with this number. NotFoundError."""
        run = self._store().run(run_id)
        events = self._store().events(run.run_id)
        at = next((n for n, e in enumerate(events) if e.sequence == number), None)
        if at is None:
            last = events[-1].sequence if events else 0
            raise NotFoundError(f"run {run.run_id} has no event {number}; its events are numbered up to {last}")
        event = events[at]
        step = next((e.sequence for e in events if e.kind == "step" and (e.node, e.generation) == (event.node, event.generation)), None)
        return ShownEvent(
            event,
            event_words(event),
            _cost([event], wiring.stored_plan(run.options)),
            before=events[at - 1].sequence if at else None,
            after=events[at + 1].sequence if at + 1 < len(events) else None,
            of=len(events),
            step=step if event.kind != "step" else None,
        )

    def lines(self, run_id: str) -> Iterator[str]:
        """Every event as a line of JSON. NotFoundError."""
        for event in self._store().events(self._store().run(run_id).run_id):
            yield event.model_dump_json() + "\n"

    def timeline(self, run_id: str) -> Timeline:
        """The run in the order of time. NotFoundError."""
        run = self._store().run(run_id)
        return _timeline(run, self._store().events(run.run_id), wiring.stored_plan(run.options))

    def life(self, run_id: str, candidate: str) -> CandidateLife:
        """The life of one candidate, named by key, rank or SMILES; see :func:`evals.life.life`. NotFoundError."""
        from evals.life import life

        run = self._store().run(run_id)
        return life(self._store(), run.run_id, candidate, calculators=self._calculators(run), book=self._book(run))

    def _book(self, run: RunRecord) -> RunBook | None:
        """What the lives of the run's candidates rest on, kept for the last few runs that are over; None for one that goes on."""
        from evals.run_book import book_of

        if run.status not in FINISHED or not run.spec_version:
            return None
        which = (run.run_id, run.created_at)  # a deleted run's id may come again
        with self._lock:
            if which not in self._books:
                self._books[which] = book_of(self._store(), run.run_id, calculators=self._calculators(run))
            self._books.move_to_end(which)
            while len(self._books) > KEPT_BOOKS:
                self._books.popitem(last=False)
            return self._books[which]

    def whereabouts(self, run_id: str, structure: str) -> Whereabouts:
        """Where a structure is in a run; see :func:`evals.whereabouts.whereabouts`. NotFoundError, UsageError."""
        from evals.whereabouts import whereabouts

        run = self._store().run(run_id)
        return whereabouts(self._store(), run.run_id, structure, calculators=self._calculators(run))

    def difference(self, a: str, b: str) -> RunDifference:
        """Run ``b`` against run ``a``; see :func:`evals.run_difference.run_difference`. NotFoundError, UsageError.

        What steps took is told as the timelines of the two runs tell it.
        """
        from evals.run_difference import run_difference

        found = run_difference(self._store(), a, b)
        whole_a, whole_b = self.timeline(found.a.run_id), self.timeline(found.b.run_id)
        by_a, by_b = whole_a.by_node(), whole_b.by_node()
        nodes = [n.model_copy(update={"seconds_a": by_a.get(n.node, 0.0), "seconds_b": by_b.get(n.node, 0.0)}) for n in found.nodes]
        sides = {
            "a": found.a.model_copy(update={"seconds": whole_a.cost.seconds}),
            "b": found.b.model_copy(update={"seconds": whole_b.cost.seconds}),
        }
        return found.model_copy(update={**sides, "nodes": nodes})

    def lost(self, run_id: str) -> list[Loss]:
        """Why structures of a run are not listed, by reason, the most frequent first. NotFoundError."""
        store = self._store()
        run = store.run(run_id)
        by: dict[str, list[str]] = {}
        for outline in store.outlines(run.run_id):
            by.setdefault(outline.rejected_by or f"{_NOT_LISTED}{outline.status}", []).append(outline.key)
        listed = {c.key for c in store.report(run.run_id).candidates} if run.status == "success" else set()
        texts = {f"requirement:{r.id}": r.text for r in store.spec(run.run_id).requirements} if run.spec_version else {}
        found = [Loss(rule, _loss_words(rule, texts), [k for k in keys if k not in listed]) for rule, keys in by.items()]
        return sorted((loss for loss in found if loss.keys), key=lambda loss: (-len(loss.keys), loss.rule))

    def candidates(self, run_id: str, keys: Sequence[str]) -> list[Candidate]:
        """The candidates with these keys, in this order. NotFoundError if there is no such run."""
        found = {c.key: c for c in self._store().candidates(self._store().run(run_id).run_id, keys=keys)}
        return [found[key] for key in keys if key in found]

    def _calculators(self, run: RunRecord) -> Calculators:
        return wiring.workspace_of(self._settings, run).calculators


#: What the rule of a structure that no rule rejected begins with.
_NOT_LISTED = "status:"


def _loss_words(rule: str, texts: Mapping[str, str]) -> str:
    """A rule that keeps structures out, in words."""
    stage, _, name = rule.partition(":")
    if stage == "requirement":
        return f"misses “{texts.get(rule, name)}”"
    if stage == "safety":
        return f"blocked by the safety guard, rule {name}"
    if stage == "structure":
        return "cannot be read" if name == "invalid" else f"implausible structure: {name.replace('_', ' ')}"
    return "meets every requirement, not listed" if name == "kept" else "not judged to the end"


# what it cost ---------------------------------------------------------------------------------------------------------


def _cost(events: Sequence[TraceEvent], plan: RolePlan | None, seconds: float | None = None) -> Cost:
    """What events took together; ``seconds``: of the step that they belong to, where it is known."""
    calls = [e for e in events if e.kind == "model"]
    return Cost(
        seconds=sum(e.seconds for e in events) if seconds is None else seconds,
        calls=sum(_sent(e) for e in calls),
        tokens_in=sum(e.tokens_in for e in calls),
        tokens_out=sum(e.tokens_out for e in calls),
        tokens_estimated=any(e.outputs["tokens_estimated"] for e in calls),
        money=_money(calls, plan),
    )


def _sent(event: TraceEvent) -> bool:
    from agent.models.account import UNSENT

    return event.outputs["kind"] not in UNSENT


def _money(calls: Sequence[TraceEvent], plan: RolePlan | None) -> float | None:
    """What exchanges cost; 0 without any, None where a price is not known."""
    if not calls:
        return 0.0
    from agent.models.account import price

    prices = [price(event, plan.budget) if plan is not None else None for event in calls if _sent(event)]
    return None if None in prices else sum(p for p in prices if p is not None)


def _sum(costs: Sequence[Cost]) -> Cost:
    known = [c.money for c in costs]
    return Cost(
        seconds=sum(c.seconds for c in costs),
        calls=sum(c.calls for c in costs),
        tokens_in=sum(c.tokens_in for c in costs),
        tokens_out=sum(c.tokens_out for c in costs),
        tokens_estimated=any(c.tokens_estimated for c in costs),
        money=None if None in known else sum(m for m in known if m is not None),
    )


# the order of time ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Span:
    node: str
    generation: int
    events: list[TraceEvent]
    begun: datetime
    ended: datetime


def _timeline(run: RunRecord, events: Sequence[TraceEvent], plan: RolePlan | None) -> Timeline:
    """``events`` by step. A fork's copied events took their time in another run and are counted, not shown."""
    copied = run.given.copied_events or 0
    own = [e for e in events if e.sequence > copied]
    spans = sorted(_spans(own), key=lambda s: (s.begun, s.ended, s.events[0].sequence))
    parts: list[tuple[str, int, list[TimedStep]]] = []
    worked = between = 0.0
    before: datetime | None = None
    for span in spans:
        gap = max((span.begun - before).total_seconds(), 0.0) if before else 0.0
        begun = max(span.begun, before) if before else span.begun  # two clocks may disagree
        seconds = max((span.ended - begun).total_seconds(), 0.0)
        name, generation = _part(run.kind, span)
        if not parts or parts[-1][:2] != (name, generation):
            parts.append((name, generation, []))
        parts[-1][2].append(_step(span, worked, gap, seconds, plan))
        worked, between, before = worked + seconds, between + gap, max(span.ended, before) if before else span.ended
    made = [TimelinePart.model_validate({"name": n, "generation": g, "steps": s, "cost": _sum([t.cost for t in s])}) for n, g, s in parts]
    return Timeline(
        run_id=run.run_id,
        begun=spans[0].begun.isoformat() if spans else "",
        ended=before.isoformat() if before else "",
        events=len(events),
        nodes=list(dict.fromkeys(e.node for e in events)),
        copied=len(events) - len(own),
        between=between,
        cost=_sum([p.cost for p in made]),
        parts=made,
    )


def _spans(events: Sequence[TraceEvent]) -> list[_Span]:
    """Events by node and generation, each with the time from its first beginning to its last end. What has no time is left out."""
    grouped: dict[tuple[str, int], list[TraceEvent]] = {}
    for event in events:
        if event.at:
            grouped.setdefault((event.node, event.generation), []).append(event)
    found = []
    for (node, generation), group in grouped.items():
        ends = [datetime.fromisoformat(e.at) for e in group]
        begins = [end - timedelta(seconds=e.seconds) for e, end in zip(group, ends, strict=True)]
        found.append(_Span(node, generation, group, min(begins), max(ends)))
    return found


def _part(kind: str, span: _Span) -> tuple[str, int]:
    if kind != "design":
        return "turn", span.generation
    if span.node in LOOP:
        return "generation", span.generation
    return ("closing", 0) if span.node in CLOSING else ("opening", 0)


def _step(span: _Span, start: float, between: float, seconds: float, plan: RolePlan | None) -> TimedStep:
    told = next((e for e in span.events if e.kind == "step"), None)
    words = (
        event_words(told)
        if told
        else "; ".join(filter(None, (event_words(e) for e in span.events if e.kind in ("record", "decision") and e.index != "clock")))
    )
    return TimedStep(
        node=span.node,
        generation=span.generation,
        number=(told or span.events[-1]).sequence,
        start=start,
        between=between,
        cost=_cost(span.events, plan, seconds),
        kinds=dict(Counter(e.kind for e in span.events)),
        what=words[:200],
    )
