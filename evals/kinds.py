"""The cases of a run by the kind that the suite gave them, with 95 % intervals."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean
from typing import Any

from core.evaluation import CaseResult, KindScore
from evals.reported_values import wilson

#: What cases of conversations keep of what each took: flags are shares, numbers are means; the names are those of the cases' details.
_TOOK = ("right call", "invalid calls", "steps", "tokens", "seconds")


def by_kind(cases: Sequence[CaseResult]) -> list[KindScore]:
    """How many cases of each kind are entirely right, in the order of the suite, then all; [] where the suite gives no kinds."""
    kinds = list(dict.fromkeys(str(c.detail["kind"]) for c in cases if "kind" in c.detail))
    if not kinds:
        return []
    made = [_score(kind, [c for c in cases if c.detail.get("kind") == kind]) for kind in kinds]
    return [*made, _score("all", cases)]


def _score(kind: str, cases: Sequence[CaseResult]) -> KindScore:
    right = sum(c.score == 1 for c in cases)
    low, high = wilson(right, len(cases))
    return KindScore(kind=kind, cases=len(cases), right=right, low=low, high=high, took=took(cases))


def took(cases: Sequence[CaseResult]) -> dict[str, float]:
    """What the cases took on average, by name; what the suite did not keep is left out."""
    return {name: round(fmean(values), 4) for name in _TOOK if (values := [_number(c.detail[name]) for c in cases if name in c.detail])}


def _number(value: Any) -> float:
    return float(value)
