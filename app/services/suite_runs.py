"""Evaluation suites that are asked for in a request and run by a worker."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app import wiring
from app.services.evaluations import EvaluationService
from app.services.jobs import HeldJob, Job, JobStore
from core.errors import UsageError
from core.limits import MAX_BUDGET
from core.settings import Settings

#: Most seeds of one run of a suite; cases that a form proposes, so that a first look takes minutes; most cases that may be asked for.
MOST_SEEDS, FIRST_CASES, MOST_CASES = 20, 20, 100_000
#: Messages that are kept of one that is under way.
_TOLD = 50


class SuiteRunService:
    """Queues runs of suites. Their results are the team's, like those of ``molwright eval run``.

    ``has_account``: whether who asks has an account, whose design runs they are then.
    """

    def __init__(self, settings: Settings, jobs: JobStore, evaluations: EvaluationService, *, has_account: bool) -> None:
        self._settings, self._jobs, self._evaluations, self._has_account = settings, jobs, evaluations, has_account

    def start(self, suite: str, *, seeds: int = 1, limit: int | None = None, budget: int | None = None) -> Job:
        """Queue a run of a suite; arguments as :meth:`app.services.evaluations.EvaluationService.run` takes them.

        NotFoundError for a suite that does not exist, UsageError for numbers out of bounds, StatusError where too many jobs wait.
        """
        self._evaluations.require(suite)
        bounds = (
            ("the number of seeds", seeds, MOST_SEEDS),
            ("the number of cases", limit, MOST_CASES),
            ("the budget", budget, MAX_BUDGET),
        )
        for called, number, most in bounds:
            if number is not None and not 1 <= number <= most:
                raise UsageError(f"{called} is between 1 and {most:,}, not {number:,}")
        asked = {"suite": suite, "seeds": seeds, "limit": limit, "budget": budget, "has_account": self._has_account}
        return self._jobs.create("suite", suite, asked, wiring.user_name(self._settings), {})

    def work(self, held: HeldJob) -> Mapping[str, Any]:
        """Run the suite; one that was interrupted begins anew. The id of its result and its numbers."""
        asked, told, at = held.job.asked, list[str](), {"done": 0, "of": 0}

        def done(number: int, of: int) -> None:
            at.update(done=number, of=of)
            held.go_on({**at, "told": told[-_TOLD:]}, whole=True)

        result = self._evaluations.run(
            asked["suite"],
            seeds=asked["seeds"],
            limit=asked["limit"],
            budget=asked["budget"],
            progress=lambda line: told.append(line[:500]),
            done=done,
            owner=held.job.user if asked["has_account"] else "",
        )
        right = sum(case.score == 1 for case in result.cases)
        return {"eval_id": result.eval_id, "score": result.score, "cases": len(result.cases), "right": right, "told": told[-_TOLD:]}
