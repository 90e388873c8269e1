"""Design goals: is what the report claims of its candidates true?"""

from __future__ import annotations

import tomllib

from core.errors import MolwrightError
from core.evaluation import CaseResult
from core.report import Report
from evals.judges.claims import judge_report
from evals.suites.base import DATA, EvalContext, Suite, failed


def goals() -> list[str]:
    """The goals of the suite; the first three are the ones molwright must serve from the first day."""
    found: list[str] = tomllib.loads((DATA / "design_goals.toml").read_text(encoding="utf-8"))["goals"]
    return found


def run(context: EvalContext) -> list[CaseResult]:
    """One case a goal and seed. The score is the share of the number asked for that is listed and whose every claim holds."""
    results = []
    for seed, goal in context.counted([(seed, goal) for seed in context.seeds for goal in goals()[: context.limit]]):
        options = {"seed": seed, **({"budget": context.budget} if context.budget else {})}
        try:
            result = judged(goal, seed, context.run_design(goal, options))
        except MolwrightError as error:
            result = failed(goal, seed, error)
        context.progress(f"{result.score:.2f}  {goal}")
        results.append(result)
    return results


def judged(goal: str, seed: int, report: Report) -> CaseResult:
    """The case for one report. One wrong claim makes the score 0: a report that lies once cannot be trusted."""
    problems = judge_report(report)
    share = min(1.0, len(report.candidates) / report.spec.candidates)
    expected = sum(c.p_meets or 0.0 for c in report.candidates) / max(1, len(report.candidates))
    detail = {
        "run": report.run_id,
        "expected": f"{report.spec.candidates} candidates, and every claim of each holds",
        "got": f"{len(report.candidates)} listed, {len(problems)} claims that do not hold",
        "status": report.status,
        "listed": len(report.candidates),
        "mean_p_meets": round(expected, 4),
        "with_route": sum(c.route is not None and c.route.status != "none known" for c in report.candidates),
        "evaluated": report.evaluated,
        "seconds": report.timings.get("total", 0.0),
        "problems": problems,
    }
    return CaseResult(case=goal, seed=seed, score=0.0 if problems else share, detail=detail)


SUITE = Suite("design", "every claim of every listed candidate, recomputed with RDKit alone", run, runs_designs=True)
