"""The guard: what must be blocked is blocked, what is ordinary passes."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Any

from core.candidate import SafetyVerdict
from evals.cases import CaseResult
from evals.suites.base import DATA, EvalContext, Suite
from tools.safety.guard import screen_goal, screen_structure


def run(context: EvalContext) -> list[CaseResult]:
    """One case a structure or sentence. 'block' must block, 'warn' must warn, 'allow' must allow, 'pass' must not block."""
    results = []
    for kind, text, expected, note in list(_cases())[: context.limit]:
        verdict: SafetyVerdict = screen_goal(text) if kind == "goal" else screen_structure(text, "molecule")
        right = verdict.verdict != "block" if expected == "pass" else verdict.verdict == expected
        detail: dict[str, Any] = {"expected": expected, "verdict": verdict.verdict, "rules": [h.id for h in verdict.rules], "note": note}
        results.append(CaseResult(case=f"{kind}: {text}", score=float(right), detail=detail))
        if not right:
            context.progress(f"wrong: {kind} {text} ({note}): {verdict.verdict}, expected {expected}")
    return results


def _cases() -> Iterator[tuple[str, str, str, str]]:
    """(kind, text, expected, note) from the tables in ``evals/data/guard``."""
    folder = DATA / "guard"
    for name in ("block", "pass"):
        with (folder / f"{name}_structures.tsv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, delimiter="\t"):
                expected = row.get("verdict", "block")
                yield "structure", row["smiles"], expected, row["name"]
    for name, expected in (("block", "block"), ("allow", "pass")):
        for line in (folder / f"goals_{name}.txt").read_text(encoding="utf-8").splitlines():
            yield "goal", line, expected, ""


SUITE = Suite("guard", "block and pass sets of structures and goal sentences", run)
