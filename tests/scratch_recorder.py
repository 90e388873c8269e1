"""A record that is kept in memory: for conversations and tests that belong to no stored run."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any, Literal, TypeVar, cast

from core.errors import StoreError
from core.model import content_hash
from core.trace import CallRecord, TraceEvent
from memory.hashing import plain

T = TypeVar("T")


class ScratchRecorder:
    """Implements ``core.interfaces.Recorder`` without a store. ``events`` is everything that was recorded, in order."""

    def __init__(self, run_id: str = "scratch") -> None:
        self.run_id = run_id
        self.events: list[TraceEvent] = []

    def record(self, node: str, generation: int, index: str, inputs: dict[str, Any], produce: Callable[[], T]) -> T:
        """The outcome recorded for this place, or that of ``produce()``, as JSON gives it back."""
        return cast(T, self._kept(node, generation, index, "record", inputs, lambda: CallRecord(produce())).outputs)

    def call(
        self,
        node: str,
        generation: int,
        index: str,
        kind: Literal["model", "tool"],
        inputs: dict[str, Any],
        produce: Callable[[], CallRecord],
    ) -> TraceEvent:
        """As :meth:`record`, for an exchange with a model server or a tool that reads outside: the whole event."""
        return self._kept(node, generation, index, kind, inputs, produce)

    def calls(self) -> list[TraceEvent]:
        """Every ``model`` event so far, in order."""
        return [event for event in self.events if event.kind == "model"]

    def recorded(self, node: str, generation: int, index: str) -> Any:
        """The outcome recorded for this place. Raises StoreError if there is none."""
        event = self._find(node, generation, index)
        if event is None or event.kind == "step":
            raise StoreError(f"{node}, generation {generation}, {index}: nothing is recorded")
        return copy.deepcopy(event.outputs)

    def recorded_all(self, node: str) -> Iterator[tuple[str, Any]]:
        """(index, outcome) of everything recorded for ``node``, by generation, in order."""
        found = [e for e in self.events if e.node == node and e.kind != "step"]
        yield from [(e.index, copy.deepcopy(e.outputs)) for e in sorted(found, key=lambda e: (e.generation, e.sequence))]

    def begin(self) -> None:
        """Seconds are not kept."""

    def step(self, node: str, generation: int, outputs: Any) -> None:
        """Keep what a node computed; StoreError if it computed something else before."""
        event = self._kept(node, generation, "step", "step", {}, lambda: CallRecord(outputs))
        if event.output_hash != content_hash(plain(outputs, f"what {node} computed")):
            raise StoreError(f"{node}, generation {generation}: computed another result than recorded")

    def _kept(
        self,
        node: str,
        generation: int,
        index: str,
        kind: Literal["record", "model", "tool", "step"],
        inputs: dict[str, Any],
        produce: Callable[[], CallRecord],
    ) -> TraceEvent:
        asked = plain(inputs, f"the request of {node}, {index}")
        event = self._find(node, generation, index)
        if event is None:
            made = produce()
            outputs = plain(made.outputs, f"the outcome of {node}, {index}")
            event = TraceEvent(
                run_id=self.run_id,
                sequence=len(self.events) + 1,
                node=node,
                generation=generation,
                index=index,
                kind=kind,
                request_hash=content_hash(asked),
                inputs=asked,
                outputs=outputs,
                output_hash=content_hash(outputs),
                endpoint=made.endpoint,
                model=made.model,
                prompt_hash=made.prompt_hash,
                tokens_in=made.tokens_in,
                tokens_out=made.tokens_out,
                seconds=made.seconds,
            )
            self.events.append(event)
        if event.request_hash != content_hash(asked) or event.kind != kind:
            raise StoreError(f"{node}, generation {generation}, {index}: another request than recorded")
        return event.model_copy(deep=True)

    def _find(self, node: str, generation: int, index: str) -> TraceEvent | None:
        return next((e for e in self.events if (e.node, e.generation, e.index) == (node, generation, index)), None)
