"""Seals over what is stored of a run. Each function works inside the caller's transaction.

Every event has a seal, the hash of its columns and of the seal before; the first follows from the run's id, goal, options and time. Feedback
is chained in the same way. When a finished run is let go, every other table is sealed: a digest for each column over the run's rows, so that a
change names its table and column. What comes after that (feedback, the next answer of a conversation) adds a seal that covers the one before.

There is no key: who can write to the database and rewrites the rows *and* every seal leaves no trace in it. A head that was kept elsewhere
tells that too.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from sqlalchemy import Connection, insert, select, type_coerce, update
from sqlalchemy.types import NullType

from core.report import FINISHED
from core.verification import Verification
from memory.sql.models import (
    Base,
    CandidateRow,
    CitationRow,
    Event,
    Feedback,
    ProgressRow,
    PropertyValueRow,
    Ranking,
    ReportRow,
    Run,
    RunSeal,
    Spec,
    json_text,
)

#: The tables that a run's seal covers, each with the order of its rows.
SEALED: tuple[tuple[type[Base], tuple[str, ...]], ...] = (
    (Run, ("run_id",)),
    (Spec, ("version",)),
    (CandidateRow, ("key",)),
    (PropertyValueRow, ("key", "name")),
    (Ranking, ("key",)),
    (CitationRow, ("key", "position")),
    (ReportRow, ("run_id",)),
    (Event, ("node", "generation", "place")),
    (ProgressRow, ("number",)),
)
#: Columns that older seals do not cover: they are empty in what those seals cover.
_ADDED_SINCE = {"candidates": ("content",), "runs": ("losses",)}
_EVENT = tuple(column.name for column in Event.__table__.columns if column.name != "seal")
_FEEDBACK = tuple(column.name for column in Feedback.__table__.columns if column.name not in ("seal", "content"))
_GENESIS = ("run_id", "goal", "options", "created_at")


def event_seal(connection: Connection, run_id: str, row: Mapping[str, Any], previous: str | None) -> str:
    """The seal of an event with the columns ``row``; ``previous`` is that of the event before, if it has one."""
    return _hash([previous or _genesis(connection, run_id), *(_bytes(row[name]) for name in _EVENT)])


def seal_feedback(connection: Connection, run_id: str, after: int, previous: str | None, at: str) -> None:
    """Seal what was just stored of people's remarks, all behind number ``after``; ``previous`` is the seal of that one. A sealed run gets one more seal."""
    for row in _raw(connection, Feedback, run_id, ("sequence",))[after:]:
        previous = _hash([previous or _genesis(connection, run_id), *_sealed_of(Feedback, row)])
        connection.execute(update(Feedback).where(Feedback.feedback_id == row["feedback_id"]).values(seal=previous))
    if _last_seal(connection, run_id) is not None:
        _add(connection, run_id, "feedback", at, _ends(connection, run_id))


def seal_run(connection: Connection, run_id: str, at: str) -> None:
    """Seal a run that is finished and that nobody holds. One that is sealed already keeps its seal unless its events went on."""
    run = connection.execute(select(Run.status, Run.owner).where(Run.run_id == run_id).with_for_update()).one_or_none()
    if run is None or run.owner or run.status not in FINISHED:
        return
    last = _last_seal(connection, run_id, kind="run")
    if last is not None and last.content["events"] == _chain_end(connection, Event, run_id):
        return
    content = {"tables": {model.__tablename__: _digests(connection, model, order, run_id) for model, order in SEALED}}
    _add(connection, run_id, "run", at, content | _ends(connection, run_id))


def verify(connection: Connection, run_id: str, head: str = "") -> Verification:
    """Hold what is stored of a run against its seals, and against a ``head`` that was kept elsewhere. The run must exist."""
    run = _raw(connection, Run, run_id, ("run_id",))[0]
    seals = _raw(connection, RunSeal, run_id, ("number",))
    heads, faults = _check_seals(run_id, seals)
    unsealed, event_faults, known = _check_chain(connection, Event, run_id)
    faults += event_faults + _check_chain(connection, Feedback, run_id)[1]
    notes = [f"the first {unsealed} events were stored by a molwright that did not seal"] if known and unsealed else []
    if seals and _goes_on(run, seals, known):
        notes.append("the conversation goes on: what is not an event is sealed again after its next answer")
    elif seals:
        faults += _check_content(connection, run_id, seals)
    elif known and run["status"] in FINISHED and run["owner"]:
        notes.append(
            f"{run['owner']} has ended the run and not let it go: it is sealed when it is let go or, if that process died, taken over"
        )
    elif known and run["status"] in FINISHED:
        faults.append("run_seals: the run is finished and has no seal: it was removed, or the process that ended the run died before it")
    if head and head not in heads + known:
        faults.append(f"the seal {head[:64]} is none of this run's: what is stored is not what it was made for")
    elif head and (head in heads[:-1] or (heads and head in known)):
        notes.append("the seal given is an earlier one of this run: what it covers is unchanged, and more was added since")
    state = "broken" if faults else "sealed" if seals else "open" if known else "not sealed"
    newest = heads[-1] if heads else known[-1] if known else ""
    found = {"run_id": run_id, "state": state, "head": newest, "events": len(known), "faults": faults, "notes": notes}
    return Verification.model_validate(found)


def _goes_on(run: Mapping[str, Any], seals: Sequence[Mapping[str, Any]], known: Sequence[str]) -> bool:
    """Whether a conversation was gone on with since it was sealed. A design run never is."""
    try:
        chat = json.loads(run["options"]).get("kind") is not None
        sealed = json.loads(seals[-1]["content"])["events"]["rows"]
    except (ValueError, TypeError, KeyError, AttributeError):
        return False
    return chat and run["status"] not in FINISHED and (bool(run["owner"]) or len(known) > sealed)


# chains ---------------------------------------------------------------------------------------------------------------


def _check_chain(connection: Connection, model: type[Event] | type[Feedback], run_id: str) -> tuple[int, list[str], list[str]]:
    """(rows before the first that is sealed, faults, the seals that agree) of a table whose rows seal one another."""
    rows = _raw(connection, model, run_id, ("sequence",))
    table = model.__tablename__
    faults: list[str] = []
    good: list[str] = []
    previous: str | None = None
    unsealed = 0
    for place, row in enumerate(rows, 1):
        if row["sequence"] != place:
            faults.append(f"{table}: row {place} is missing or out of its place (its sequence is {row['sequence']!r})")
            break
        if not row["seal"] and previous is None:
            unsealed += 1  # of a molwright that did not seal
            continue
        expected = _hash([previous or _genesis(connection, run_id), *_sealed_of(model, row)])
        if row["seal"] != expected:
            faults.append(f"{table}: number {place} or what it follows was changed: {_named(row)}")
        else:
            good.append(expected)
        previous = str(row["seal"])
    return unsealed, faults, good


def _sealed_of(model: type[Event] | type[Feedback], row: Mapping[str, Any]) -> list[bytes]:
    """What the seal of a row covers. The content of a remark came later: where there is none, the seal is what it was before."""
    if model is Event:
        return [_bytes(row[name]) for name in _EVENT]
    return [_bytes(row[name]) for name in (*_FEEDBACK, *(("content",) if row["content"] is not None else ()))]


def _named(row: Mapping[str, Any]) -> str:
    return ", ".join(str(row[name])[:80] for name in ("node", "generation", "place", "key", "author") if row.get(name) not in (None, ""))


def _chain_end(connection: Connection, model: type[Event] | type[Feedback], run_id: str) -> dict[str, Any]:
    """How many rows a chain has, and its last seal."""
    rows = connection.execute(select(model.seal).where(model.run_id == run_id).order_by(model.sequence)).scalars().all()
    return {"rows": len(rows), "seal": rows[-1] if rows else ""}


def _ends(connection: Connection, run_id: str) -> dict[str, Any]:
    return {"events": _chain_end(connection, Event, run_id), "feedback": _chain_end(connection, Feedback, run_id)}


def _genesis(connection: Connection, run_id: str) -> str:
    """What the first seal of a run's chains follows: what the run was started with."""
    table = Run.__table__
    row = connection.execute(select(*(type_coerce(table.c[name], NullType()) for name in _GENESIS)).where(table.c.run_id == run_id)).one()
    return _hash(["molwright run 1", *(_bytes(value) for value in row)])


# seals over tables ----------------------------------------------------------------------------------------------------


def _add(connection: Connection, run_id: str, kind: str, at: str, content: dict[str, Any]) -> None:
    last = _last_seal(connection, run_id)
    number, previous = (1, "") if last is None else (last.number + 1, last.head)
    head = _head(previous, run_id, number, kind, at, json_text(content))
    connection.execute(insert(RunSeal).values(run_id=run_id, number=number, kind=kind, at=at, content=content, head=head))


def _last_seal(connection: Connection, run_id: str, kind: str = "") -> Any:
    wanted = [RunSeal.run_id == run_id, *([RunSeal.kind == kind] if kind else [])]
    return connection.execute(select(RunSeal.__table__).where(*wanted).order_by(RunSeal.number.desc()).limit(1)).one_or_none()


def _head(previous: str, run_id: str, number: int, kind: str, at: str, content: str) -> str:
    return _hash([previous, *(_bytes(value) for value in (run_id, number, kind, at, content))])


def _check_seals(run_id: str, seals: Sequence[Mapping[str, Any]]) -> tuple[list[str], list[str]]:
    """The heads of the seals that follow one another, and what is wrong with them."""
    heads: list[str] = []
    for place, seal in enumerate(seals, 1):
        previous = heads[-1] if heads else ""
        head = _hash([previous, *(_bytes(value) for value in (run_id, place, seal["kind"], seal["at"], seal["content"]))])
        if seal["number"] != place or seal["head"] != head:
            return heads, [f"run_seals: seal {place} was changed or is missing"]
        heads.append(head)
    return heads, []


def _check_content(connection: Connection, run_id: str, seals: Sequence[Mapping[str, Any]]) -> list[str]:
    """What the tables of a run hold that its newest seals do not."""
    try:
        sealed = [json.loads(seal["content"]) for seal in seals]
        of_run = next(content for content in reversed(sealed) if "tables" in content)
        ends = sealed[-1]["feedback"], of_run["events"]
        tables = {name: (int(kept["rows"]), dict(kept["columns"])) for name, kept in of_run["tables"].items()}
    except (ValueError, TypeError, KeyError, StopIteration):
        return ["run_seals: the content of a seal cannot be read"]
    faults: list[str] = []
    for model, order in SEALED:
        rows, columns = tables.get(model.__tablename__, (0, {}))
        faults += _check_table(model.__tablename__, rows, columns, _digests(connection, model, order, run_id))
    if ends[0] != _chain_end(connection, Feedback, run_id):
        faults.append("feedback: rows were added or removed, or the newest of run_seals was")
    if ends[1] != _chain_end(connection, Event, run_id):
        faults.append("trace_events: rows were added or removed")
    return faults


def _check_table(name: str, rows: int, columns: Mapping[str, str], now: Mapping[str, Any]) -> list[str]:
    if now["rows"] != rows:
        return [f"{name}: rows were added or removed: {rows} were sealed, {now['rows']} are there"]
    empty = hashlib.sha256(_bytes(None) * rows).hexdigest()  # of a column that came after the seal, where nothing may stand
    added = {column: empty for column in _ADDED_SINCE.get(name, ()) if column not in columns}
    return [f"{name}.{column}" for column, digest in {**columns, **added}.items() if now["columns"].get(column) != digest]


def _digests(connection: Connection, model: type[Base], order: Sequence[str], run_id: str) -> dict[str, Any]:
    """The number of a run's rows in a table, and the digest of each column over them."""
    names = [column.name for column in model.__table__.columns]
    hashes = {name: hashlib.sha256() for name in names}
    count = 0
    for row in _rows(connection, model, run_id, order):
        count += 1
        for name, value in zip(names, row, strict=True):
            hashes[name].update(_bytes(value))
    return {"rows": count, "columns": {name: digest.hexdigest() for name, digest in hashes.items()}}


# values ---------------------------------------------------------------------------------------------------------------


def _rows(connection: Connection, model: type[Base], run_id: str, order: Sequence[str]) -> Iterable[Sequence[Any]]:
    """A run's rows of a table as the driver gives them, without a look at what they mean: whatever stands there can be hashed."""
    table = model.__table__
    plain = connection.dialect.name == "postgresql"
    by = [table.c[name].collate("C") if plain and table.c[name].type.python_type is str else table.c[name] for name in order]
    query = select(*(type_coerce(column, NullType()) for column in table.columns)).where(table.c.run_id == run_id).order_by(*by)
    return cast(Iterable[Sequence[Any]], connection.execute(query.execution_options(yield_per=500)))


def _raw(connection: Connection, model: type[Base], run_id: str, order: Sequence[str]) -> list[dict[str, Any]]:
    names = [column.name for column in model.__table__.columns]
    return [dict(zip(names, row, strict=True)) for row in _rows(connection, model, run_id, order)]


def _bytes(value: Any) -> bytes:
    """A value with its kind and length, so that no two rows give the same bytes."""
    if isinstance(value, bool):
        value = int(value)
    if isinstance(value, bytes):
        data = value
    else:
        text = value.isoformat() if hasattr(value, "isoformat") else value if isinstance(value, str) else repr(value)
        data = text.encode("utf-8", "surrogatepass")
    return f"{type(value).__name__[:1]}{len(data)}:".encode() + data


def _hash(parts: Iterable[str | bytes]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.encode() if isinstance(part, str) else part)
    return digest.hexdigest()
