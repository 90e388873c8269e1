"""How the runs of a suite stand beside each other: repeats of one measurement, one version against the version before."""

from __future__ import annotations

import json
from collections.abc import Sequence
from statistics import fmean, stdev

from core.evaluation import ChangedCase, EvalChange, EvalGroup, EvalRun, EvalSummary
from evals.compare import compare

#: At most so many cases that came out otherwise are named, for better and for worse.
NAMED = 50


def groups(runs: Sequence[EvalSummary]) -> list[EvalGroup]:
    """Runs, given newest first, by suite, version, models and options; suites by name, the newest version of each first."""
    by: dict[tuple[str, str, str, str], list[EvalSummary]] = {}
    for run in runs:
        by.setdefault((run.suite, run.models, _options(run), run.version), []).append(run)
    made: list[EvalGroup] = []
    for key in sorted(by, key=lambda key: (key[0], key[1] != "none", key[1], key[2])):  # each in the order given: newest first
        made.append(_group(by[key]))
    return [_with_change(group, made[n + 1 :]) for n, group in enumerate(made)]


def _options(run: EvalSummary) -> str:
    return json.dumps({k: v for k, v in sorted(run.options.items()) if v is not None})


def _group(runs: Sequence[EvalSummary]) -> EvalGroup:
    newest = runs[0]
    scores = [score for run in runs for score in (run.seed_scores.values() if run.seed_scores else [run.score])]
    return EvalGroup(
        suite=newest.suite,
        version=newest.version,
        models=newest.models,
        options={k: v for k, v in newest.options.items() if v is not None},
        runs=list(runs),
        scores=scores,
        mean=fmean(scores),
        spread=stdev(scores) if len(scores) > 1 else None,
    )


def _with_change(group: EvalGroup, later: Sequence[EvalGroup]) -> EvalGroup:
    """``group`` against the version before it: the next of the same suite, models and options."""
    same = (group.suite, group.models, group.options)
    before = next((g for g in later if (g.suite, g.models, g.options) == same), None)
    if before is None:
        return group
    return group.model_copy(update={"before": before.runs[0].eval_id, "change": group.mean - before.mean})


def change(a: EvalRun, b: EvalRun) -> EvalChange:
    """What changed from run ``a`` of a suite to run ``b``. UsageError if they are of different suites or have no case in common."""
    compared = compare(a, b)
    before = {(c.case, c.seed): c.score for c in a.cases}
    moved = [
        ChangedCase(case=c.case, seed=c.seed, a=before[c.case, c.seed], b=c.score, number=n)
        for n, c in enumerate(b.cases, 1)
        if (c.case, c.seed) in before and before[c.case, c.seed] != c.score
    ]
    names = sorted(a.versions.keys() | b.versions.keys())
    versions = {n: (a.versions.get(n, ""), b.versions.get(n, "")) for n in names if a.versions.get(n) != b.versions.get(n)}
    return EvalChange(
        comparison=compared,
        versions=versions,
        asked_alike=a.schemas == b.schemas,
        worse=sorted((m for m in moved if m.b < m.a), key=lambda m: m.b - m.a)[:NAMED],
        better=sorted((m for m in moved if m.b > m.a), key=lambda m: m.a - m.b)[:NAMED],
    )
