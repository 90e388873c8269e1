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
    """One case a structure or sentence. 'block' must block; 'pass' must not; 'warn' must warn."""
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
    """(kind, text, expected, note) from every table in ``evals/data/guard``."""
    for path in sorted((DATA / "guard").glob("*.tsv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader((line for line in file if not line.startswith("#")), delimiter="\t"):
                yield row["kind"], row["text"], row["expected"], row.get("note", "")


SUITE = Suite("guard", "block and pass sets of structures and goal sentences", run)
