"""Comparing two evaluation runs, paired by case and seed."""

from __future__ import annotations

import math
import random

from core.errors import UsageError
from core.evaluation import Comparison, EvalRun

#: Resamples of the bootstrap, and its seed: the same two runs always give the same interval.
RESAMPLES, SEED = 10_000, 20_261_121
#: z(0.975) + z(0.8): the smallest true difference that a two-sided 5 % test finds with 80 % probability, in standard errors.
DETECTABLE = 1.959964 + 0.841621


def compare(a: EvalRun, b: EvalRun) -> Comparison:
    """B against A, paired by case and seed, with a percentile bootstrap over the pairs.

    UsageError if they are of different suites or have no pair in common. With identical scores in every pair the interval is a point
    and the verdict 'cannot tell'.
    """
    if a.suite != b.suite:
        raise UsageError(f"{a.eval_id} ran the suite {a.suite!r}, {b.eval_id} the suite {b.suite!r}")
    first = {(c.case, c.seed): c.score for c in a.cases}
    second = {(c.case, c.seed): c.score for c in b.cases}
    common = sorted(first.keys() & second.keys())
    if not common:
        raise UsageError(f"{a.eval_id} and {b.eval_id} have no case and seed in common")
    differences = [second[k] - first[k] for k in common]
    n = len(differences)
    mean = sum(differences) / n
    low, high = _bootstrap(differences)
    spread = math.sqrt(sum((d - mean) ** 2 for d in differences) / (n - 1)) if n > 1 else 0.0
    warnings = []
    if n < len(first) or n < len(second):
        warnings.append(f"only {n} pairs: A has {len(first)} cases, B has {len(second)}")
    if a.schemas != b.schemas:
        warnings.append("the tools or prompts differ between the two runs")
    changed = sorted(k for k in a.versions.keys() | b.versions.keys() if a.versions.get(k) != b.versions.get(k))
    if changed:
        warnings.append(f"versions differ: {', '.join(changed)}")
    return Comparison(
        suite=a.suite,
        a=a.eval_id,
        b=b.eval_id,
        pairs=n,
        mean_a=sum(first[k] for k in common) / n,
        mean_b=sum(second[k] for k in common) / n,
        difference=mean,
        low=low,
        high=high,
        verdict="better" if low > 0 else "worse" if high < 0 else "cannot tell",
        detectable=DETECTABLE * spread / math.sqrt(n),
        warnings=warnings,
    )


def _bootstrap(differences: list[float]) -> tuple[float, float]:
    generator = random.Random(SEED)
    n = len(differences)
    means = sorted(sum(generator.choices(differences, k=n)) / n for _ in range(RESAMPLES))
    return means[int(0.025 * RESAMPLES)], means[int(0.975 * RESAMPLES) - 1]
