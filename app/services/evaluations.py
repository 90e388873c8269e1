"""Evaluation suites: run, kept, compared."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from app import wiring
from app.services.runs import RunService
from core.errors import NotFoundError
from core.interfaces import RunStore
from core.options import given_options
from core.report import Report
from core.settings import Settings

if TYPE_CHECKING:
    from evals.cases import EvalRun
    from evals.compare import Comparison


class EvaluationService:
    """Runs suites on what users run, and keeps the results beside the runs. ``store`` is opened when a suite needs it."""

    def __init__(self, settings: Settings, store: Callable[[], RunStore], *, clock: Callable[[], datetime] = wiring.now) -> None:
        self.settings = settings
        self._store = store
        self.clock = clock

    def suites(self) -> dict[str, str]:
        """What each suite measures, by name."""
        from evals.suites import SUITES

        return {suite.name: suite.description for suite in SUITES.values()}

    def list(self) -> list[EvalRun]:
        """The stored results, newest first."""
        return wiring.open_eval_store(self.settings).runs()

    def find(self, eval_id: str) -> EvalRun:
        """A stored result; a prefix of its id is enough. NotFoundError."""
        return wiring.open_eval_store(self.settings).run(eval_id)

    def compare(self, a: str, b: str) -> Comparison:
        """Two stored results of a suite, paired by case and seed. NotFoundError, UsageError for different suites."""
        from evals.compare import compare

        store = wiring.open_eval_store(self.settings)
        return compare(store.run(a), store.run(b))

    def run(
        self, suite: str, *, seeds: int = 1, limit: int | None = None, budget: int | None = None, progress: Callable[[str], None]
    ) -> EvalRun:
        """Run a suite with seeds from 0 and keep its result. ``budget``: evaluations of each design run. NotFoundError."""
        from evals.cases import EvalRun
        from evals.schemas import schema_hash
        from evals.suites import SUITES, EvalContext
        from tools.versions import versions

        if suite not in SUITES:
            raise NotFoundError(f"there is no suite {suite!r}; there are {', '.join(SUITES)}")
        runs = RunService(self.settings, self._store(), clock=self.clock)

        def run_design(goal: str, options: dict[str, Any]) -> Report:
            return runs.execute(runs.start(goal, given_options({**options, "yes": True})))

        context = EvalContext(run_design=run_design, replay=runs.replay, seeds=range(seeds), limit=limit, budget=budget, progress=progress)
        created, start = self.clock().isoformat(), time.monotonic()
        cases = SUITES[suite].run(context)
        result = EvalRun(
            eval_id=uuid.uuid4().hex[:12],
            suite=suite,
            created_at=created,
            seconds=round(time.monotonic() - start, 3),
            seeds=list(range(seeds)),
            options={"limit": limit, "budget": budget},
            versions=versions(calculators=wiring.open_workspace(self.settings).calculators),
            schemas=schema_hash(),
            cases=cases,
        )
        wiring.open_eval_store(self.settings).save(result)
        return result
