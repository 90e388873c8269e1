"""The interpreter: are the fields of the spec right, sentence by sentence?"""

from __future__ import annotations

import tomllib
from typing import Any

from agent.reading import interpret
from core import errors
from core.errors import MolwrightError
from core.evaluation import CaseResult
from evals.judges.spec_fields import fields, judge_spec
from evals.suites.base import DATA, EvalContext, Suite


def sentences(name: str) -> list[dict[str, Any]]:
    """The sentences of ``evals/data/interpreter/NAME.toml`` with what is expected of each."""
    found: list[dict[str, Any]] = tomllib.loads((DATA / "interpreter" / f"{name}.toml").read_text(encoding="utf-8"))["goal"]
    return found


def judge_sentence(expected: dict[str, Any]) -> CaseResult:
    """The case for one sentence: the share of its fields that are right."""
    goal = expected["goal"]
    try:
        spec = interpret(goal)
    except MolwrightError as error:
        wanted = getattr(errors, expected["error"], None) if "error" in expected else None
        right = wanted is not None and isinstance(error, wanted)
        return CaseResult(
            case=goal,
            score=float(right),
            detail={"raised": f"{type(error).__name__}: {error}"[:500], "expected": expected.get("error", "a spec")},
        )
    if "error" in expected:
        return CaseResult(case=goal, score=0.0, detail={"expected": expected["error"], "got": "a spec"})
    wrong = judge_spec(expected, spec)
    asked = {name: value for name, value in expected.items() if name != "goal"}
    got = "as expected" if not wrong else f"{len(wrong)} of {fields(expected)} fields otherwise"
    return CaseResult(case=goal, score=1.0 - len(wrong) / fields(expected), detail={"expected": asked, "got": got, "wrong": wrong})


def _run(name: str, context: EvalContext) -> list[CaseResult]:
    results = [judge_sentence(expected) for expected in context.counted(sentences(name)[: context.limit])]
    for result in results:
        if result.score < 1:
            context.progress(f"{result.score:.2f}  {result.case}: {result.detail}")
    return results


SUITE = Suite(
    "interpreter",
    "goals read: is each part of what a sentence asks for understood? On the sentences that the reading was tuned with",
    lambda c: _run("sentences", c),
)
HELD_OUT_SUITE = Suite(
    "interpreter-held-out", "the same on sentences that were written before and never tuned on", lambda c: _run("held_out", c)
)
