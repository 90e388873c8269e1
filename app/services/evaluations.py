"""Evaluation suites: run, kept, compared, looked into down to the single case."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app import wiring
from app.services.examining import examined
from app.services.runs import RunService
from core.errors import NotFoundError, UsageError
from core.evaluation import (
    AbResult,
    CaseHistory,
    CaseResult,
    Comparison,
    EvalCasePage,
    EvalChange,
    EvalGroup,
    EvalRun,
    EvalSummary,
    KindScore,
)
from core.interfaces import RunStore
from core.options import given_options
from core.people import RunAccess
from core.report import Report
from core.settings import Settings

if TYPE_CHECKING:
    from agent.models import RolePlan
    from app.services.registry import RegistryService
    from evals.store import EvalStore
    from evals.suites import Suite

#: Under which names suites keep what was expected of a case and what came.
EXPECTED, GOT = ("expected",), ("got", "verdict", "outcome", "answer", "raised", "error", "what")


@dataclass(frozen=True)
class ShownCase:
    """One case for a reader. ``expected`` and ``got``: None where the suite did not keep it; ``rest``: everything else that it kept.

    ``run_id``: the design run that it is about; '' for none. ``history``: the same case in all runs of the suite, newest first.
    """

    summary: EvalSummary
    number: int
    case: CaseResult
    expected: Any
    got: Any
    rest: dict[str, Any]
    run_id: str
    history: list[CaseHistory]


class EvaluationService:
    """Runs suites on what users run, and keeps the results beside the runs. ``store`` and ``results`` are opened when they are needed."""

    def __init__(
        self,
        settings: Settings,
        store: Callable[[], RunStore],
        results: Callable[[], EvalStore],
        *,
        clock: Callable[[], datetime] = wiring.now,
    ) -> None:
        self.settings = settings
        self._store = store
        self._open_results = results
        self.clock = clock

    @property
    def _results(self) -> EvalStore:
        return self._open_results()

    @property
    def registry(self) -> RegistryService:
        """The language models, adapters and prompts that were promoted on the evidence of these results."""
        from app.services.registry import RegistryService

        return RegistryService(self.settings, lambda: self, clock=self.clock)

    def suites(self) -> dict[str, str]:
        """What each suite measures, by name."""
        from evals.suites import SUITES

        return {suite.name: suite.description for suite in SUITES.values()}

    def list(self, suite: str = "") -> Sequence[EvalSummary]:
        """The stored results in numbers, newest first; those of one suite, if it is given."""
        return self._results.summaries(suite)

    def groups(self, suite: str = "") -> Sequence[EvalGroup]:
        """The stored results by suite, version and language models, repeats together, with the change against the version before."""
        from evals.history import groups

        return groups(self._results.summaries(suite))

    def find(self, eval_id: str) -> EvalRun:
        """A stored result; a prefix of its id is enough. NotFoundError."""
        return self._results.run(eval_id)

    def summary(self, eval_id: str) -> EvalSummary:
        """A stored result in numbers; a prefix of its id is enough. NotFoundError."""
        return self._results.summary(eval_id)

    def cases(self, eval_id: str, *, wrong: bool = False, text: str = "", limit: int = 100, offset: int = 0) -> EvalCasePage:
        """Some cases of a stored result: those that are not entirely right, those with ``text`` in their name. NotFoundError."""
        return self._results.cases(eval_id, wrong=wrong, text=text.strip(), limit=limit, offset=offset)

    def case(self, eval_id: str, number: int) -> ShownCase:
        """One case of a stored result by its number, from 1. NotFoundError."""
        store = self._results
        summary, case = store.summary(eval_id), store.one_case(eval_id, number)
        kept = dict(case.detail)
        expected = next((kept.pop(name) for name in EXPECTED if name in kept), None)
        got = next((kept.pop(name) for name in GOT if name in kept), None)
        run_id = str(kept.pop("run", ""))
        return ShownCase(summary, number, case, expected, got, kept, run_id, store.history(summary.suite, case.case, case.seed))

    def kinds(self, run: EvalRun) -> Sequence[KindScore]:
        """The cases of a result by kind, with intervals; [] where its suite gives no kinds."""
        from evals.kinds import by_kind

        return by_kind(run.cases)

    def compare(self, a: str, b: str) -> Comparison:
        """Two stored results of a suite, paired by case and seed. NotFoundError, UsageError for different suites."""
        from evals.compare import compare

        store = self._results
        return compare(store.run(a), store.run(b))

    def change(self, a: str, b: str) -> EvalChange:
        """What changed from one stored result of a suite to another: scores, versions, cases. NotFoundError, UsageError."""
        from evals.history import change

        store = self._results
        return change(store.run(a), store.run(b))

    def judged(self, a: str, b: str) -> AbResult:
        """Whether stored result ``b`` is better than ``a``, by the rule of :mod:`evals.ab`. NotFoundError, UsageError for different suites."""
        from evals.ab import judged

        store = self._results
        return judged(store.run(a), store.run(b))

    def ab(self, a: str, b: str, *, seeds: int = 1, limit: int | None = None, progress: Callable[[str], None]) -> AbResult:
        """Whether ``b`` is better than ``a`` on the suite of the assistant; what is no stored result is run first and kept.

        Each is the id of a stored result, or a way to answer: see :meth:`answering`. NotFoundError, UsageError, ConfigurationError.
        """
        from evals.ab import judged

        ways = [way if _is_way(way) else "" for way in (a, b)]
        plans = [self.answering(way) if way else None for way in ways]  # what is wrong with either is said before anything is run
        runs = [
            self._run_agent(plan, seeds, limit, progress) if way else self._results.run(text)
            for way, plan, text in zip(ways, plans, (a, b), strict=True)
        ]
        return judged(runs[0], runs[1], a, b)

    def export_inspect(self, eval_id: str, folder: Path) -> Path:
        """Write a stored result as a log of Inspect into ``folder``, which is made; the file. NotFoundError, UsageError where it cannot be written."""
        from evals.inspect_log import file_name, inspect_log

        run = self._results.run(eval_id)
        path = folder / file_name(run)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(inspect_log(run), ensure_ascii=False, indent=1), encoding="utf-8")
        except OSError as error:
            raise UsageError(f"{path} cannot be written: {error.strerror or error}") from error
        return path

    def answering(self, way: str) -> RolePlan | None:
        """The plan of a way to answer: 'none', 'current', or 'model:NAME', 'adapter:NAME', 'prompt:FILE' with commas between."""
        from app.services.ways import plan_of_way

        return plan_of_way(self.settings, way)

    def _run_agent(self, plan: RolePlan | None, seeds: int, limit: int | None, progress: Callable[[str], None]) -> EvalRun:
        return self.run("agent", seeds=seeds, limit=limit, progress=progress, plan=lambda: plan)

    def require(self, suite: str) -> None:
        """NotFoundError unless there is such a suite."""
        from evals.suites import SUITES

        if suite not in SUITES:
            raise NotFoundError(f"there is no suite {suite[:80]!r}; there are {', '.join(SUITES)}")

    def run(
        self,
        suite: str,
        *,
        seeds: int = 1,
        limit: int | None = None,
        budget: int | None = None,
        progress: Callable[[str], None],
        plan: Callable[[], RolePlan | None] | None = None,
        done: Callable[[int, int], None] = lambda number, of: None,
        owner: str = "",
    ) -> EvalRun:
        """Run a suite with seeds from 0 and keep its result. NotFoundError; what ``done`` raises, which hears before each case how far it is.

        ``budget``: evaluations of each design run. ``plan``: which models the assistant uses, in place of what is configured and promoted. ``owner``:
        the account whose design runs they are, which everybody may see; '' for none.
        """
        from evals.schemas import schema_hash
        from evals.suites import SUITES, EvalContext
        from tools.versions import versions

        self.require(suite)
        runs = RunService(self.settings, self._store(), clock=self.clock)

        def run_design(goal: str, options: dict[str, Any]) -> Report:
            run_id = runs.start(goal, given_options({**options, "yes": True}))
            if owner:
                self._store().set_access(run_id, RunAccess(owner, "open"))
            return runs.execute(run_id)

        created, start = self.clock().isoformat(), time.monotonic()
        used = (plan or (lambda: wiring.plan_of(self.settings)))()
        with examined(self.settings, plan=used, clock=self.clock) as ask:
            context = EvalContext(
                run_design=run_design,
                replay=runs.replay,
                ask=ask,
                seeds=range(seeds),
                limit=limit,
                budget=budget,
                progress=progress,
                done=done,
            )
            cases = SUITES[suite].run(context)
        result = EvalRun(
            eval_id=uuid.uuid4().hex[:12],
            suite=suite,
            created_at=created,
            seconds=round(time.monotonic() - start, 3),
            seeds=list(range(seeds)),
            options={"limit": limit, "budget": budget, **_asked(used, SUITES[suite])},
            versions=versions(calculators=wiring.open_workspace(self.settings).calculators),
            schemas=schema_hash(),
            models=_models(used, SUITES[suite]),
            cases=cases,
        )
        self._results.save(result)
        return result


def _is_way(text: str) -> bool:
    """Whether a text says how to answer, and is no id of a stored result."""
    return text in ("none", "current") or ":" in text


def _models(plan: RolePlan | None, suite: Suite) -> str:
    """The language models that a suite asks, by role; 'none' without any."""
    if (not suite.runs_designs and not suite.role) or plan is None or not plan.roles:
        return "none"
    by: dict[str, str] = {}
    for role, model in plan.roles.items():
        if role == suite.role if suite.role else role != "assistant":  # which takes no part in a design run
            by[model.model] = f"{by[model.model]}, {role}" if model.model in by else role
    return "; ".join(f"{model} ({roles})" for model, roles in by.items()) or "none"


def _asked(plan: RolePlan | None, suite: Suite) -> dict[str, Any]:
    """Of a suite that asks one role: its model, and the prompts that replace the program's by their SHA-256; {} without a model."""
    if plan is None or suite.role not in plan.roles:
        return {}
    prompts = {name: sha256(text.encode()).hexdigest() for name, text in plan.prompts.items() if name.startswith(f"{suite.role}/")}
    return {"asked": {"model": plan.roles[suite.role].model, "prompts": prompts}}
