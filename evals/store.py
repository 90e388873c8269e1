"""Evaluation results in SQL, beside the runs."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, delete, insert, select

from core.errors import NotFoundError
from evals.cases import CaseResult, EvalRun
from memory.sql.engine import Database, for_reading, normalise_url
from memory.sql.models import EvalCaseRow, EvalRunRow
from memory.sql.schema import upgrade


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
            found = connection.execute(select(EvalRunRow.eval_id, EvalRunRow.content)).all()
            matches = [r for r in found if r.eval_id == eval_id] or [r for r in found if eval_id and r.eval_id.startswith(eval_id)]
            if len(matches) != 1:
                raise NotFoundError(
                    f"there {'is no' if not matches else 'is more than one'} evaluation run {eval_id!r}; `molwright eval list` shows them"
                )
            return self._with_cases(connection, matches[0].content)

    def runs(self) -> list[EvalRun]:
        """Every run with its cases, newest first."""
        with self.database.read() as connection:
            found = connection.execute(select(EvalRunRow.content).order_by(EvalRunRow.created_at.desc(), EvalRunRow.eval_id)).scalars()
            return [self._with_cases(connection, content) for content in found.all()]

    def _with_cases(self, connection: Connection, content: dict[str, Any]) -> EvalRun:
        run = EvalRun.model_validate(content)
        columns = (EvalCaseRow.case, EvalCaseRow.seed, EvalCaseRow.score, EvalCaseRow.detail)
        rows = connection.execute(select(*columns).where(EvalCaseRow.eval_id == run.eval_id).order_by(EvalCaseRow.position))
        cases = [CaseResult(case=case, seed=seed, score=score, detail=detail) for case, seed, score, detail in rows]
        return run.model_copy(update={"cases": cases})
