"""Whether one way to answer the same questions is better than another: an exact test over the cases, and a rule that was fixed before any result."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from math import comb
from statistics import fmean

from core.evaluation import AbResult, CaseResult, EvalRun, KindChange
from evals.compare import compare
from evals.kinds import took

#: A difference with a smaller probability under 'no difference' counts.
LEVEL = 0.05
RULE = (
    f"better: B is right in more cases, the exact two-sided sign test over the cases that differ gives p <= {LEVEL:g}, and in no kind of question is B worse "
    f"at p <= {LEVEL:g} divided by the number of kinds; worse: the same with fewer cases, or one kind that is worse so; else cannot tell. A case that was asked "
    "with several seeds counts once, by its mean."
)


def judged(a: EvalRun, b: EvalRun, named_a: str = "", named_b: str = "") -> AbResult:
    """B against A. UsageError if they are of different suites or have no case in common."""
    compared = compare(a, b)
    first, second = _means(a.cases), _means(b.cases)
    common = [case for case in first if case in second]
    gained, lost, p = _moved(common, first, second)
    kinds = _kinds(a.cases, common, first, second)
    verdict, why = _verdict(gained, lost, p, kinds, fmean(second[c] - first[c] for c in common))
    costs_a, costs_b = took(a.cases), took(b.cases)
    return AbResult(
        comparison=compared,
        a=named_a or a.models,
        b=named_b or b.models,
        verdict=verdict,  # type: ignore[arg-type]
        why=why,
        rule=RULE,
        p=p,
        gained=gained,
        lost=lost,
        kinds=kinds,
        took={name: (costs_a[name], costs_b[name]) for name in costs_a if name in costs_b},
    )


def sign_test(gained: int, lost: int) -> float:
    """Exact two-sided probability of a split at least as uneven where either side is as likely; 1 where nothing differs."""
    n, fewer = gained + lost, min(gained, lost)
    return min(1.0, 2 * sum(comb(n, k) for k in range(fewer + 1)) / 2**n) if n else 1.0


def _means(cases: Sequence[CaseResult]) -> dict[str, float]:
    """The mean score of each case over its seeds."""
    by: dict[str, list[float]] = defaultdict(list)
    for case in cases:
        by[case.case].append(case.score)
    return {name: fmean(scores) for name, scores in by.items()}


def _moved(names: Sequence[str], first: Mapping[str, float], second: Mapping[str, float]) -> tuple[int, int, float]:
    gained, lost = sum(second[n] > first[n] for n in names), sum(second[n] < first[n] for n in names)
    return gained, lost, sign_test(gained, lost)


def _kinds(cases: Sequence[CaseResult], common: Sequence[str], first: Mapping[str, float], second: Mapping[str, float]) -> list[KindChange]:
    kind_of = {c.case: str(c.detail["kind"]) for c in cases if "kind" in c.detail}
    made = []
    for kind in dict.fromkeys(kind_of.values()):
        names = [n for n in common if kind_of.get(n) == kind]
        if names:
            gained, lost, p = _moved(names, first, second)
            a, b = (fmean(scores[n] for n in names) for scores in (first, second))
            made.append(KindChange(kind=kind, cases=len(names), a=a, b=b, gained=gained, lost=lost, p=p))
    return made


def _verdict(gained: int, lost: int, p: float, kinds: Sequence[KindChange], difference: float) -> tuple[str, str]:
    harmed = [k for k in kinds if k.lost > k.gained and k.p <= LEVEL / len(kinds)]
    moved = f"{gained} case{'' if gained == 1 else 's'} better, {lost} worse, p = {p:.2g}"
    if harmed:
        named = ", ".join(f"{k.kind} ({k.gained} better, {k.lost} worse, p = {k.p:.2g})" for k in harmed)
        return "worse", f"B is worse on {named}; of all: {moved}"
    if p <= LEVEL and difference and (gained > lost) == (difference > 0):
        return ("better" if gained > lost else "worse"), moved
    return "cannot tell", moved
