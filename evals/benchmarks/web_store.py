"""A store as it is after years of use: many finished runs with all their candidates, made in minutes and the same for the same numbers.

Three design runs are really executed in it. Every other run is one of these three under another id, day and goal: its spec, its report, what it
told, its listed candidates, and beside them a sample (without repetition) of the structures that those three evaluated and of the reference
structures of the forecast, each judged against that spec. So what a row holds is what a run would have stored; only that the runs are many is made up.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import Connection, Table, func, insert, literal, select

from core.candidate import Candidate, Proposal
from core.errors import MolwrightError
from core.report import Report
from evals.suites.design import goals
from memory.sql import SqlRunStore
from memory.sql.candidates import candidate_row
from memory.sql.models import Base, CandidateRow, CitationRow, Event, ProgressRow, ReportRow, Run, Spec, StructureColumn
from memory.sql.packing import unpack
from tools.evaluation.judge import judge
from tools.forecast.reference import reference
from tools.reporting.pictures import PICTURES, pictures_of
from tools.structures.columns import Columns, columns_of, taken
from tools.workspace import Workspace, builtin

#: Evaluations of the runs that are executed, and reference structures that are judged for each.
BUDGET, JUDGED = 300, 1700
#: Tables of a run that are copied as they are, with the run's id changed.
_COPIED: tuple[type[Base], ...] = (Spec, CitationRow, Event, ProgressRow)
#: Runs that are written in one transaction.
_RUNS = 20


@dataclass(frozen=True)
class Executed:
    """A run that was really executed.

    Attributes:
        run: its row in the table of runs.
        report: its row in the table of reports.
        listed: rows of the candidates that its report shows.
        pool: rows of all other structures that a copy may have.
        columns: what all of these are searched by, the listed ones first.
        pictures: the drawings of the report.
    """

    run: dict[str, Any]
    report: dict[str, Any]
    listed: list[dict[str, Any]] = field(default_factory=list)
    pool: list[dict[str, Any]] = field(default_factory=list)
    columns: Columns = field(default_factory=lambda: Columns({}))
    pictures: bytes = b""


def has(home: Path, runs: int, each: int) -> bool:
    """Whether the store in ``home`` has at least so many runs and candidates already."""
    if not (home / "molwright.db").exists():
        return False
    with _opened(home) as store, store.database.read() as connection:
        found = [connection.execute(select(func.count()).select_from(t)).scalar_one() for t in (Run, CandidateRow)]
    return bool(found[0] >= runs and found[1] >= runs * each)


def complete(home: Path) -> None:
    """Give every finished run the drawings of its report, as idle workers would: a store that an earlier molwright made has others, or none."""
    made: dict[tuple[str, ...], bytes] = {}
    with _opened(home) as store:
        with store.database.read() as connection:
            has_them = select(StructureColumn.run_id).where(StructureColumn.name == PICTURES)
            left = list(connection.execute(select(Run.run_id).where(Run.status == "success", Run.run_id.not_in(has_them))).scalars())
        for first in range(0, len(left), _RUNS):
            rows = []
            for run_id in left[first : first + _RUNS]:
                report = store.report(run_id)
                listed = tuple(c.smiles for c in [*report.candidates, *report.closest])
                if listed not in made:
                    made[listed] = pictures_of(report).packed()
                rows.append({"run_id": run_id, "name": PICTURES, "content": made[listed]})
            with store.database.write() as connection:
                connection.execute(insert(StructureColumn), rows)


def build(home: Path, runs: int, each: int, seed: int) -> None:
    """Fill the store in ``home`` with ``runs`` runs of ``each`` candidates. Raises MolwrightError where a run cannot be executed."""
    home.mkdir(parents=True, exist_ok=True)
    executed = [_execute(home, goal) for goal in goals()[:3]]
    chance, workspace = random.Random(seed), builtin()
    with _opened(home) as store:
        known = [_read(store, run_id, workspace, chance) for run_id in executed]
        begun = datetime(2024, 1, 1, tzinfo=UTC)
        for first in range(0, runs, _RUNS):
            with store.database.write() as connection:
                for number in range(first, min(first + _RUNS, runs)):
                    at = begun + timedelta(minutes=731 * number)
                    _copy(connection, known[number % len(known)], f"{number:06x}{chance.getrandbits(24):06x}", at, each, chance)


def _opened(home: Path) -> SqlRunStore:
    return SqlRunStore(f"sqlite:///{home / 'molwright.db'}")


def _execute(home: Path, goal: str) -> str:
    """The id of a run for ``goal`` that was executed in ``home``."""
    options = ["--yes", "--seed", "0", "--budget", str(BUDGET), "--no-models", "--json", "-"]
    done = subprocess.run(
        [sys.executable, "-m", "app.cli", "design", goal, *options], capture_output=True, env=environment(home), check=False
    )
    with suppress(ValueError):
        return Report.model_validate_json(done.stdout).run_id
    raise MolwrightError(f"the run for {goal!r} ended with {done.returncode}: {done.stderr.decode(errors='replace')[-300:]}")


def environment(home: Path) -> dict[str, str]:
    """The environment of a molwright that works in ``home``, with nothing else configured."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MOLWRIGHT_")}
    return {**kept, "MOLWRIGHT_HOME": str(home), "PYTHONPATH": str(Path(__file__).resolve().parents[2]), "OMP_NUM_THREADS": "1"}


def _rows(connection: Connection, model: type[Base], run_id: str) -> list[dict[str, Any]]:
    table = model.__table__
    assert isinstance(table, Table)
    found = connection.execute(select(*[c for c in table.columns if c.name != "stored_at"]).where(table.c.run_id == run_id))
    return [dict(row._mapping) for row in found]


def _read(store: SqlRunStore, run_id: str, workspace: Workspace, chance: random.Random) -> Executed:
    """The run, and the rows that its copies are made from."""
    with store.database.read() as connection:
        run = _rows(connection, Run, run_id)[0]
        report = _rows(connection, ReportRow, run_id)[0]
        own = {row["key"]: row for row in _rows(connection, CandidateRow, run_id)}
    shown = [c["key"] for c in [*report["content"]["candidates"], *report["content"]["closest"]]]
    spec = store.spec(run_id)
    references = list(reference(spec.candidate_class).smiles)
    chance.shuffle(references)
    proposals = [Proposal(smiles=smiles, proposer="library", operator="known") for smiles in references[:JUDGED]]
    judged = judge(proposals, spec, score=True, calculators=workspace.calculators)
    pool = {row["key"]: row for row in map(_row_of, judged)} | {key: row for key, row in own.items() if key not in shown}
    listed = [own[key] for key in dict.fromkeys(shown)]
    others = [row for key, row in pool.items() if key not in set(shown)]
    stored = [Candidate.model_validate_json(unpack(row["content"])) for row in [*listed, *others]]
    pictures = pictures_of(store.report(run_id)).packed()
    return Executed(run, report, listed, others, Columns(columns_of(stored)), pictures)


def _row_of(candidate: Candidate) -> dict[str, Any]:
    return candidate_row("", 0, candidate)


def _copy(connection: Connection, executed: Executed, run_id: str, at: datetime, each: int, chance: random.Random) -> None:
    """One more run like ``executed``, with ``each`` candidates."""
    ended = at + timedelta(minutes=2)
    goal = f"{executed.run['goal']}, series {chance.choice('ABCDEFGH')}{chance.randrange(1000)}"
    times = {"created_at": at.isoformat(), "finished_at": ended.isoformat(), "queued_at": ""}
    connection.execute(insert(Run), [{**executed.run, **times, "run_id": run_id, "goal": goal}])
    content = {**executed.report["content"], "run_id": run_id, "goal": goal, "created_at": ended.isoformat()}
    connection.execute(insert(ReportRow), [{**executed.report, "run_id": run_id, "content": content}])
    for model in _COPIED:
        _copy_rows(connection, model, executed.run["run_id"], run_id)
    first = len(executed.listed)
    places = [*range(first), *chance.sample(range(first, first + len(executed.pool)), max(0, each - first))]
    rows = [*executed.listed, *executed.pool]
    connection.execute(insert(CandidateRow), list(_placed([rows[place] for place in places], run_id)))
    columns = {**taken(executed.columns, np.array(places)), PICTURES: executed.pictures}
    connection.execute(insert(StructureColumn), [{"run_id": run_id, "name": n, "content": c} for n, c in columns.items()])


def _copy_rows(connection: Connection, model: type[Base], of: str, run_id: str) -> None:
    """The rows that run ``of`` has in a table once more, under another run's id."""
    table = model.__table__
    assert isinstance(table, Table)
    names = [c.name for c in table.columns if c.name != "run_id"]
    rows = select(literal(run_id), *(table.c[name] for name in names)).where(table.c.run_id == of)
    connection.execute(insert(table).from_select(["run_id", *names], rows))


def _placed(rows: Sequence[dict[str, Any]], run_id: str) -> Iterator[dict[str, Any]]:
    names = [c.name for c in CandidateRow.__table__.columns]
    for position, row in enumerate(rows):
        yield {**dict.fromkeys(names), **row, "run_id": run_id, "position": position}
