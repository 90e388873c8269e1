"""Evaluation results in SQL, beside the runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, case, delete, func, insert, or_, select

from core.errors import NotFoundError
from core.evaluation import CaseHistory, CaseResult, EvalCasePage, EvalRun, EvalSummary
from memory.sql.engine import Database, for_reading, normalise_url
from memory.sql.models import EvalCaseRow, EvalRunRow
from memory.sql.schema import upgrade

_CASE = (EvalCaseRow.position, EvalCaseRow.case, EvalCaseRow.seed, EvalCaseRow.score, EvalCaseRow.detail)


class EvalStore:
    """Evaluation runs in the database at ``url`` (SQLite or PostgreSQL). StoreError if it cannot be used."""

    def __init__(self, url: str) -> None:
        parsed = for_reading(normalise_url(url))
        upgrade(parsed)
        self.database = Database(parsed)

    def save(self, run: EvalRun) -> None:
        """Store ``run`` with its cases; storing it again replaces it."""
        content = run.model_dump(mode="json", exclude={"cases"})
        cases = [
            {"eval_id": run.eval_id, "position": n, "case": c.case, "seed": c.seed, "score": c.score, "detail": c.detail}
            for n, c in enumerate(run.cases)
        ]
        with self.database.write() as connection:
            connection.execute(delete(EvalRunRow).where(EvalRunRow.eval_id == run.eval_id))
            connection.execute(
                insert(EvalRunRow), [{"eval_id": run.eval_id, "suite": run.suite, "created_at": run.created_at, "content": content}]
            )
            if cases:
                connection.execute(insert(EvalCaseRow), cases)

    def run(self, eval_id: str) -> EvalRun:
        """The run with this id, or the only one whose id begins so. NotFoundError if there is none or more than one."""
        with self.database.read() as connection:
            found = _found(connection, eval_id)
            return self._with_cases(connection, found.content)

    def runs(self) -> list[EvalRun]:
        """Every run with its cases, newest first."""
        with self.database.read() as connection:
            found = connection.execute(select(EvalRunRow.content).order_by(EvalRunRow.created_at.desc(), EvalRunRow.eval_id)).scalars()
            return [self._with_cases(connection, content) for content in found.all()]

    def summaries(self, suite: str = "") -> list[EvalSummary]:
        """Every run in numbers, newest first; those of one suite, if it is given. The cases are counted, not read."""
        with self.database.read() as connection:
            return _summaries(connection, [EvalRunRow.suite == suite] if suite else [])

    def summary(self, eval_id: str) -> EvalSummary:
        """The run with this id in numbers, or the only one whose id begins so. NotFoundError."""
        with self.database.read() as connection:
            return _summaries(connection, [EvalRunRow.eval_id == _found(connection, eval_id).eval_id])[0]

    def cases(self, eval_id: str, *, wrong: bool = False, text: str = "", limit: int = 100, offset: int = 0) -> EvalCasePage:
        """Some cases of a run: those that are not entirely right, those with ``text`` in their name. NotFoundError."""
        with self.database.read() as connection:
            wanted = [EvalCaseRow.eval_id == _found(connection, eval_id).eval_id]
            wanted += [EvalCaseRow.score < 1] if wrong else []
            wanted += [func.lower(EvalCaseRow.case).contains(text.lower(), autoescape=True)] if text else []
            total = connection.execute(select(func.count()).select_from(EvalCaseRow).where(*wanted)).scalar_one()
            rows = connection.execute(select(*_CASE).where(*wanted).order_by(EvalCaseRow.position).limit(limit).offset(offset)).all()
            return EvalCasePage(cases=[_case(row) for row in rows], numbers=[row.position + 1 for row in rows], total=total)

    def one_case(self, eval_id: str, number: int) -> CaseResult:
        """One case of a run by its number, from 1. NotFoundError."""
        with self.database.read() as connection:
            found = _found(connection, eval_id).eval_id
            wanted = (EvalCaseRow.eval_id == found, EvalCaseRow.position == number - 1)
            row = connection.execute(select(*_CASE).where(*wanted)).one_or_none()
            if row is None:
                raise NotFoundError(f"evaluation run {found} has no case {number}")
            return _case(row)

    def history(self, suite: str, name: str, seed: int) -> list[CaseHistory]:
        """The case with this name and seed in every run of a suite, newest first."""
        columns = (EvalRunRow.eval_id, EvalRunRow.created_at, EvalCaseRow.position, EvalCaseRow.score)
        wanted = (EvalRunRow.suite == suite, EvalCaseRow.case == name, EvalCaseRow.seed == seed)
        query = select(*columns).join(EvalCaseRow, EvalCaseRow.eval_id == EvalRunRow.eval_id).where(*wanted)
        with self.database.read() as connection:
            rows = connection.execute(query.order_by(EvalRunRow.created_at.desc(), EvalRunRow.eval_id)).all()
        return [CaseHistory(eval_id=r.eval_id, created_at=r.created_at, number=r.position + 1, score=r.score) for r in rows]

    def _with_cases(self, connection: Connection, content: dict[str, Any]) -> EvalRun:
        run = EvalRun.model_validate(content)
        rows = connection.execute(select(*_CASE).where(EvalCaseRow.eval_id == run.eval_id).order_by(EvalCaseRow.position))
        return run.model_copy(update={"cases": [_case(row) for row in rows]})


def _case(row: Row[Any]) -> CaseResult:
    return CaseResult(case=row.case, seed=row.seed, score=row.score, detail=row.detail)


def _found(connection: Connection, eval_id: str) -> Row[Any]:
    """Id and content of the run with this id, or of the only one whose id begins so. NotFoundError."""
    beginning = or_(EvalRunRow.eval_id == eval_id, EvalRunRow.eval_id.startswith(eval_id, autoescape=True))
    found = connection.execute(select(EvalRunRow.eval_id, EvalRunRow.content).where(beginning)).all() if eval_id else []
    matches = [r for r in found if r.eval_id == eval_id] or found
    if len(matches) != 1:
        raise NotFoundError(
            f"there {'is no' if not matches else 'is more than one'} evaluation run {eval_id!r}; `molwright eval list` shows them"
        )
    return matches[0]


def _summaries(connection: Connection, wanted: Sequence[Any]) -> list[EvalSummary]:
    rows = connection.execute(select(EvalRunRow.content).where(*wanted).order_by(EvalRunRow.created_at.desc(), EvalRunRow.eval_id)).all()
    right = func.sum(case((EvalCaseRow.score >= 1, 1), else_=0)).label("right")
    columns = (EvalCaseRow.eval_id, EvalCaseRow.seed, func.count().label("cases"), func.sum(EvalCaseRow.score).label("sum"), right)
    ids = [row.content["eval_id"] for row in rows]
    counted = connection.execute(
        select(*columns).where(EvalCaseRow.eval_id.in_(ids)).group_by(EvalCaseRow.eval_id, EvalCaseRow.seed).order_by(EvalCaseRow.seed)
    ).all()
    by: dict[str, list[Any]] = {}
    for row in counted:
        by.setdefault(row.eval_id, []).append(row)
    return [_summary(row.content, by.get(row.content["eval_id"], [])) for row in rows]


def _summary(content: Mapping[str, Any], seeds: Sequence[Any]) -> EvalSummary:
    cases = sum(int(row.cases) for row in seeds)
    numbers = {
        "cases": cases,
        "right": sum(int(row.right) for row in seeds),
        "score": min(1.0, sum(float(row.sum) for row in seeds) / cases) if cases else 0.0,
        "seed_scores": {row.seed: float(row.sum) / int(row.cases) for row in seeds},
    }
    return EvalSummary.model_validate({**content, **numbers})
