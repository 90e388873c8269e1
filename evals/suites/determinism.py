"""Determinism: the same seed gives the same ranking, another seed another search, and a replay is identical."""

from __future__ import annotations

from core.errors import MolwrightError
from core.evaluation import CaseResult
from core.report import Report
from evals.suites.base import EvalContext, Suite, failed
from evals.suites.design import goals

BUDGET = 300


def ranking(report: Report) -> list[tuple[str, int | None, float | None]]:
    """What must be equal: key, rank and score of every listed candidate."""
    return [(c.key, c.rank, c.score) for c in report.candidates]


def run(context: EvalContext) -> list[CaseResult]:
    """Three cases a goal and seed: same seed twice, replay, other seed differs in what was evaluated."""
    results = []
    for seed, goal in context.counted([(seed, goal) for seed in context.seeds for goal in goals()[: min(3, context.limit or 3)]]):
        results += _cases(goal, seed, context)
    return results


def _cases(goal: str, seed: int, context: EvalContext) -> list[CaseResult]:
    options = {"seed": seed, "budget": context.budget or BUDGET}
    try:
        first, second = context.run_design(goal, options), context.run_design(goal, options)
        other = context.run_design(goal, {**options, "seed": seed + 1})
        replayed = context.replay(first.run_id)
    except MolwrightError as error:
        return [failed(goal, seed, error)]
    same = ranking(first) == ranking(second) and first.rejected == second.rejected
    differs = {p.key for p in first.points} != {p.key for p in other.points}
    found = {"same seed": (same, f"runs {first.run_id} and {second.run_id}"), "replay": (replayed.identical, replayed.text)}
    found["other seed"] = (differs, f"runs {first.run_id} and {other.run_id}")
    for name, (right, _) in found.items():
        context.progress(f"{'yes' if right else 'NO '}  {name}: {goal}")
    expected = {"same seed": "the same ranking twice", "replay": "identical", "other seed": "other structures are evaluated"}
    return [
        CaseResult(case=f"{name}: {goal}", seed=seed, score=float(right), detail={"expected": expected[name], "what": what})
        for name, (right, what) in found.items()
    ]


SUITE = Suite("determinism", "same seed, same ranking; replay identical; another seed searches elsewhere", run, runs_designs=True)
