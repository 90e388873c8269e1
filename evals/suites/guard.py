"""The guard: what must be blocked is blocked, what is ordinary passes."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from core.candidate import SafetyVerdict
from core.evaluation import CaseResult
from evals.suites.base import DATA, EvalContext, Suite
from tools.safety.guard import goal_verdict, outcome, structure_verdict


def run(context: EvalContext) -> list[CaseResult]:
    """One case a structure or sentence. 'block' must block, 'warn' must warn, 'allow' must allow, 'pass' must not block.

    A sentence of a batch (see ``evals/data/guard/README.md``) that is to be blocked or stopped may be either: it is not accepted.
    """
    results = []
    for kind, text, expected, note in context.counted(list(_cases())[: context.limit]):
        if kind.startswith("batch"):
            results.append(_sentence(kind, text, expected, note, context))
            continue
        verdict: SafetyVerdict = goal_verdict(text) if kind == "goal" else structure_verdict(text, "molecule")
        right = verdict.verdict != "block" if expected == "pass" else verdict.verdict == expected
        detail: dict[str, Any] = {"expected": expected, "verdict": verdict.verdict, "rules": [h.id for h in verdict.rules], "note": note}
        results.append(CaseResult(case=f"{kind}: {text}", score=float(right), detail=detail))
        if not right:
            context.progress(f"wrong: {kind} {text} ({note}): {verdict.verdict}, expected {expected}")
    return results


def _sentence(batch: str, text: str, expected: str, language: str, context: EvalContext) -> CaseResult:
    """A sentence of a batch: right if it is allowed where it should be, and refused or stopped where it should not go on unseen."""
    got = outcome(text)
    right = got == "allow" if expected == "allow" else got != "allow"
    if not right:
        context.progress(f"wrong: {batch} {language} {text}: {got}, expected {expected}")
    detail: dict[str, Any] = {"expected": expected, "outcome": got, "language": language}
    return CaseResult(case=f"{batch}, {language}: {text}", score=float(right), detail=detail)


def batches(folder: Path = DATA / "guard" / "batches") -> Iterator[tuple[str, str, str, str]]:
    """(batch, sentence, expected, language) of every file of a folder of batches. Raises ValueError for an expectation that is not known."""
    for path in sorted(folder.glob("*.tsv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
                if row["expected"] not in ("allow", "stop", "block"):
                    raise ValueError(f"{path.name}: {row['expected']!r} is not allow, stop or block")
                yield f"batch {path.stem}", row["sentence"], row["expected"], row["language"]


def _cases() -> Iterator[tuple[str, str, str, str]]:
    """(kind, text, expected, note) from the tables in ``evals/data/guard``."""
    folder = DATA / "guard"
    for name in ("block", "pass"):
        with (folder / f"{name}_structures.tsv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, delimiter="\t"):
                expected = row.get("verdict", "block")
                yield "structure", row["smiles"], expected, row["name"]
    with (folder / "families.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            yield "family member", row["smiles"], row["verdict"], row["name"]
    with (folder / "fragrances.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            yield "fragrance", row["smiles"], "pass", row["name"]
    yield from batches()
    for name, expected in (("block", "block"), ("allow", "pass")):
        for line in (folder / f"goals_{name}.txt").read_text(encoding="utf-8").splitlines():
            yield "goal", line, expected, ""


SUITE = Suite("guard", "block and pass sets of structures and goal sentences", run)
