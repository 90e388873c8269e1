"""The record of a run: what came from outside the arithmetic is stored before it is used, and given back later.

:class:`SqlRecorder` serves a run and its resumption, :class:`ReplayRecorder` a replay. Both implement
``core.interfaces.Recorder``.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeVar, cast

from core.errors import ReplayDiffers, StoreError
from core.interfaces import Lease, RunStore
from core.model import content_hash
from core.trace import CallRecord, TraceEvent
from memory.hashing import changes, condensed, plain
from memory.sql.leases import held_lease, stamp

__all__ = ["Difference", "ReplayRecorder", "SqlRecorder", "held_lease"]

T = TypeVar("T")

STEP = "step"
"""Index of the event that holds the hash of what a node computed."""

_RECORDED_KINDS = ("record", "model", "tool")
_HASH_SHOWN = 12


def _place(node: str, generation: int, index: str) -> str:
    return f"{node}, generation {generation}, {index}"


class SqlRecorder:
    """Records a run under its lease; in a resumed run, gives back what is recorded already."""

    def __init__(self, store: RunStore, lease: Lease, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._lease = lease
        self._clock = clock
        self._calls: dict[int, TraceEvent] | None = None
        self._begun: datetime | None = None

    def begin(self) -> None:
        """A node begins: the seconds of the step that it records count from here."""
        self._begun = self._clock()

    def record(self, node: str, generation: int, index: str, inputs: dict[str, Any], produce: Callable[[], T]) -> T:
        """The recorded outcome for this place, or that of ``produce()``, committed before it is returned.

        The outcome is a JSON value and always comes back as JSON gives it (tuples as lists, keys as text), so that the
        first run and a replay go on with the same. Raises StoreError if it is no JSON value, or if something else was
        asked for at this place before; LeaseLost if another process owns the run now. What ``produce`` raises passes
        through, and nothing is recorded then.
        """

        def timed() -> CallRecord:
            begun = self._clock()
            outputs = produce()
            return CallRecord(outputs, seconds=self._since(begun))

        return cast(T, self._kept(node, generation, index, "record", inputs, timed).outputs)

    def call(
        self,
        node: str,
        generation: int,
        index: str,
        kind: Literal["model", "tool"],
        inputs: dict[str, Any],
        produce: Callable[[], CallRecord],
    ) -> TraceEvent:
        """As :meth:`record`, for an exchange with a model server or a tool that reads outside: the whole event comes back."""
        event = self._kept(node, generation, index, kind, inputs, produce)
        if kind == "model" and self._calls is not None and event.sequence not in self._calls:
            self._calls[event.sequence] = event
        return event

    def calls(self) -> list[TraceEvent]:
        """Every recorded ``model`` event of the run so far, in the order of recording."""
        if self._calls is None:
            self._calls = {e.sequence: e for e in self._store.events(self._lease.run_id, "model")}
        return [self._calls[number] for number in sorted(self._calls)]

    def _kept(
        self,
        node: str,
        generation: int,
        index: str,
        kind: Literal["record", "model", "tool"],
        inputs: dict[str, Any],
        produce: Callable[[], CallRecord],
    ) -> TraceEvent:
        """The event stored at this place, made by ``produce`` if there is none."""
        asked = plain(inputs, f"the request of {_place(node, generation, index)}")
        request_hash = content_hash(asked)
        stored = self._store.event(self._lease.run_id, node, generation, index)
        if stored is None:
            made = produce()
            outputs = plain(made.outputs, f"the outcome of {_place(node, generation, index)}")
            event = TraceEvent(
                run_id=self._lease.run_id,
                node=node,
                generation=generation,
                index=index,
                kind=kind,
                request_hash=request_hash,
                inputs=_as_object(condensed(asked)),
                outputs=outputs,
                output_hash=content_hash(outputs),
                endpoint=made.endpoint,
                model=made.model,
                prompt_hash=made.prompt_hash,
                tokens_in=made.tokens_in,
                tokens_out=made.tokens_out,
                seconds=made.seconds,
                at=stamp(self._clock()),
            )
            stored = self._store.add_event(self._lease, event)
        if stored.request_hash != request_hash or stored.kind != kind:
            raise StoreError(_asked_before(stored, request_hash, asked))
        return stored.model_copy(deep=True)

    def _since(self, begun: datetime) -> float:
        """Seconds from ``begun`` to now; 0 where the clock was put back."""
        return max((self._clock() - begun).total_seconds(), 0.0)

    def recorded(self, node: str, generation: int, index: str) -> Any:
        """The outcome recorded for this place. Raises StoreError if there is none."""
        event = self._store.event(self._lease.run_id, node, generation, index)
        if event is None or event.kind not in _RECORDED_KINDS:
            raise StoreError(f"{_place(node, generation, index)}: nothing is recorded in run {self._lease.run_id}")
        return event.outputs

    def recorded_all(self, node: str) -> Iterator[tuple[str, Any]]:
        """(index, outcome) of everything recorded for ``node`` in this run, by generation, in the order of recording, one after the other."""
        for generation, index in self._store.event_places(self._lease.run_id, node):
            event = self._store.event(self._lease.run_id, node, generation, index)
            if event is not None and event.kind in _RECORDED_KINDS:
                yield index, event.outputs

    def step(self, node: str, generation: int, outputs: Any) -> None:
        """Record the hash of what a node computed (and the outputs themselves where they are short).

        Its seconds count from :meth:`begin`; 0 where no node began. In a resumed run the same outputs change nothing; others raise
        StoreError, because the run would no longer be the one that was recorded.
        """
        computed = plain(outputs, f"what {node} computed")
        digest = content_hash(computed)
        event = TraceEvent(
            run_id=self._lease.run_id,
            node=node,
            generation=generation,
            index=STEP,
            kind="step",
            outputs=condensed(computed),
            output_hash=digest,
            seconds=0.0 if self._begun is None else self._since(self._begun),
            at=stamp(self._clock()),
        )
        stored = self._store.add_event(self._lease, event)
        if stored.output_hash != digest:
            raise StoreError(_computed_otherwise(stored, digest, computed) + "; the run cannot go on from its record")

    def note(self, node: str, generation: int, index: str, kind: str, what: dict[str, Any]) -> None:
        """Add a decision or an error to the trace (``kind``: 'decision' or 'error'). It is never compared in a replay."""
        if kind not in ("decision", "error"):
            raise ValueError(f"{kind!r} is not a kind of note")
        outputs = plain(what, f"the {kind} of {_place(node, generation, index)}")
        event = TraceEvent(
            run_id=self._lease.run_id,
            node=node,
            generation=generation,
            index=index,
            kind="decision" if kind == "decision" else "error",
            outputs=outputs,
            output_hash=content_hash(outputs),
            at=stamp(self._clock()),
        )
        self._store.add_event(self._lease, event)


def _as_object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {"inputs": value}


def _differences(expected: Any, got: Any) -> str:
    found = changes(expected, got)
    return f" ({'; '.join(found)})" if found else ""


def _asked_before(stored: TraceEvent, request_hash: str, asked: Any) -> str:
    where = _place(stored.node, stored.generation, stored.index)
    hashes = f"recorded {stored.request_hash[:_HASH_SHOWN]}, now {request_hash[:_HASH_SHOWN]}"
    return f"{where}: another request than recorded: {hashes}{_differences(stored.inputs, _as_object(condensed(asked)))}"


def _computed_otherwise(stored: TraceEvent, digest: str, computed: Any) -> str:
    where = f"{stored.node}, generation {stored.generation}"
    hashes = f"recorded {stored.output_hash[:_HASH_SHOWN]}, now {digest[:_HASH_SHOWN]}"
    return f"{where}: computed another result than recorded: {hashes}{_differences(stored.outputs, condensed(computed))}"


@dataclass(frozen=True)
class Difference:
    """The first place where a replay leaves its record. Hashes are empty where that side has no event."""

    node: str
    generation: int
    index: str
    expected_hash: str
    got_hash: str
    what: str
    changes: tuple[str, ...] = ()


class ReplayRecorder:
    """Gives back the record of a finished run and compares; never calls ``produce`` and never writes.

    ``compared`` lists the recorded events that were asked for and agreed, in the order asked; ``difference`` is set
    when ReplayDiffers is raised. The events are read once, when the recorder is made; NotFoundError if there is no such run.
    """

    def __init__(self, store: RunStore, run_id: str) -> None:
        recorded = [event for event in store.events(run_id) if event.kind in (*_RECORDED_KINDS, "step")]
        self._events = {(event.node, event.generation, event.index): event for event in recorded}
        self._consumed: set[tuple[str, int, str]] = set()
        self.compared: list[TraceEvent] = []
        self.difference: Difference | None = None

    def record(self, node: str, generation: int, index: str, inputs: dict[str, Any], produce: Callable[[], T]) -> T:
        """The recorded outcome. Raises ReplayDiffers if nothing is recorded here, for another request, or if it was changed since."""
        return cast(T, self._kept(node, generation, index, "record", inputs).outputs)

    def call(
        self,
        node: str,
        generation: int,
        index: str,
        kind: Literal["model", "tool"],
        inputs: dict[str, Any],
        produce: Callable[[], CallRecord],
    ) -> TraceEvent:
        """The recorded event, as :meth:`record` gives the outcome."""
        return self._kept(node, generation, index, kind, inputs)

    def calls(self) -> list[TraceEvent]:
        """Every ``model`` event of the record, in the order of recording."""
        return [event.model_copy(deep=True) for event in self._events.values() if event.kind == "model"]

    def _kept(self, node: str, generation: int, index: str, kind: str, inputs: dict[str, Any]) -> TraceEvent:
        asked = plain(inputs, f"the request of {_place(node, generation, index)}")
        digest = content_hash(asked)
        event = self._events.get((node, generation, index))
        if event is None or event.kind != kind:
            raise self._differs(Difference(node, generation, index, "", digest, "asked for now, not in the record"))
        if event.request_hash != digest:
            found = tuple(changes(event.inputs, _as_object(condensed(asked))))
            raise self._differs(Difference(node, generation, index, event.request_hash, digest, "another request than recorded", found))
        kept = content_hash(event.outputs)
        if kept != event.output_hash:
            raise self._differs(Difference(node, generation, index, event.output_hash, kept, "its outcome was changed in the record"))
        self._agreed(event)
        return event.model_copy(deep=True)

    def recorded(self, node: str, generation: int, index: str) -> Any:
        """The outcome recorded for this place; it counts as asked for only once ``record`` was. Raises ReplayDiffers."""
        event = self._events.get((node, generation, index))
        if event is None or event.kind == "step":
            raise self._differs(Difference(node, generation, index, "", "", "read back now, not in the record"))
        return copy.deepcopy(event.outputs)

    def recorded_all(self, node: str) -> Iterator[tuple[str, Any]]:
        """(index, outcome) of everything recorded for ``node``, by generation, in the order of recording, one after the other."""
        found = [event for event in self._events.values() if event.node == node and event.kind in _RECORDED_KINDS]
        for event in sorted(found, key=lambda event: (event.generation, event.sequence)):
            yield event.index, copy.deepcopy(event.outputs)

    def begin(self) -> None:
        """Seconds are not compared."""

    def step(self, node: str, generation: int, outputs: Any) -> None:
        """Compare what a node computed with the record. Raises ReplayDiffers."""
        computed = plain(outputs, f"what {node} computed")
        digest = content_hash(computed)
        event = self._events.get((node, generation, STEP))
        if event is None or event.kind != "step":
            raise self._differs(Difference(node, generation, STEP, "", digest, "computed now, not in the record"))
        if event.output_hash != digest:
            found = tuple(changes(event.outputs, condensed(computed)))
            raise self._differs(Difference(node, generation, STEP, event.output_hash, digest, "another result than recorded", found))
        self._agreed(event)

    def note(self, node: str, generation: int, index: str, kind: str, what: dict[str, Any]) -> None:
        """Decisions and errors are not compared."""

    def finish(self, after: int = 0) -> None:
        """Check that every recorded event was asked for. Raises ReplayDiffers naming the first that was not.

        Events up to number ``after`` may be left over: a fork that stops earlier than its origin does not need all it copied.
        """
        for place, event in self._events.items():
            if place not in self._consumed and event.sequence > after:
                expected = event.request_hash or event.output_hash
                raise self._differs(Difference(*place, expected, "", "in the record, not asked for now"))

    def _agreed(self, event: TraceEvent) -> None:
        self._consumed.add((event.node, event.generation, event.index))
        self.compared.append(event)

    def _differs(self, difference: Difference) -> ReplayDiffers:
        self.difference = difference
        expected = difference.expected_hash[:_HASH_SHOWN] or "nothing"
        got = difference.got_hash[:_HASH_SHOWN] or "nothing"
        found = f": {'; '.join(difference.changes)}" if difference.changes else ""
        where = _place(difference.node, difference.generation, difference.index)
        return ReplayDiffers(f"the replay differs at {where}: {difference.what} (recorded {expected}, now {got}){found}")
