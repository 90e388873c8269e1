"""Trace events. Each function works inside the caller's transaction."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, insert, select

from core.trace import EventKind, TraceEvent
from memory.sql.models import Event, json_text
from memory.sql.packing import packed_text
from memory.sql.runs import require_run
from memory.sql.seals import event_seal

_FIELDS = [
    "schema_version",
    "kind",
    "request_hash",
    "inputs",
    "outputs",
    "output_hash",
    "endpoint",
    "model",
    "prompt_hash",
    "tokens_in",
    "tokens_out",
    "seconds",
    "at",
]


def _event(row: Row[Any]) -> TraceEvent:
    fields = {name: getattr(row, name) for name in _FIELDS}
    return TraceEvent(run_id=row.run_id, sequence=row.sequence, node=row.node, generation=row.generation, index=row.place, **fields)


def find_event(connection: Connection, run_id: str, node: str, generation: int, index: str) -> TraceEvent | None:
    """The event at this place of the run, or None."""
    place = (Event.run_id == run_id, Event.node == node, Event.generation == generation, Event.place == index)
    row = connection.execute(select(Event.__table__).where(*place)).one_or_none()
    return None if row is None else _event(row)


def add_event(connection: Connection, run_id: str, event: TraceEvent) -> TraceEvent:
    """Store an event and return it with its sequence number; if its place is taken, return the one stored there.

    The caller holds the run's row, so that no two transactions give out the same number.
    """
    if event.run_id != run_id:
        raise ValueError(f"an event of run {event.run_id} cannot be stored under run {run_id}")
    known = find_event(connection, run_id, event.node, event.generation, event.index)
    if known is not None:
        return known
    last = connection.execute(
        select(Event.sequence, Event.seal).where(Event.run_id == run_id).order_by(Event.sequence.desc()).limit(1)
    ).one_or_none()
    number, previous = (1, None) if last is None else (last.sequence + 1, last.seal)
    fields = {name: getattr(event, name) for name in _FIELDS} | {"seconds": float(event.seconds)}
    row = {"run_id": run_id, "node": event.node, "generation": event.generation, "place": event.index, "sequence": number, **fields}
    written = row | {"inputs": json_text(row["inputs"]), "outputs": packed_text(row["outputs"])}
    connection.execute(insert(Event).values(**row, seal=event_seal(connection, run_id, written, previous)))
    return event.model_copy(update={"sequence": number})


def event_places(connection: Connection, run_id: str, node: str) -> list[tuple[int, str]]:
    """(generation, index) of each event of a node that is no step, by generation, in the order in which they were stored."""
    wanted = (Event.run_id == run_id, Event.node == node, Event.kind != "step")
    rows = connection.execute(select(Event.generation, Event.place).where(*wanted).order_by(Event.generation, Event.sequence))
    return [(row.generation, row.place) for row in rows]


def list_events(connection: Connection, run_id: str, kind: EventKind | None) -> list[TraceEvent]:
    """The run's events, those of one kind if it is given, in the order in which they were stored. NotFoundError if there is no such run."""
    wanted = [Event.run_id == run_id, *([] if kind is None else [Event.kind == kind])]
    rows = connection.execute(select(Event.__table__).where(*wanted).order_by(Event.sequence)).all()
    if not rows:
        require_run(connection, run_id)
    return [_event(row) for row in rows]
