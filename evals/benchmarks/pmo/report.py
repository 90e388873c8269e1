"""The PMO tables of docs/engine.md from the saved results."""

from __future__ import annotations

import json
from collections.abc import Sequence
from math import sqrt
from pathlib import Path
from statistics import mean, stdev

from scipy.special import stdtrit

from evals.benchmarks.pmo.accounting import BUDGET
from evals.benchmarks.pmo.oracles import TASKS, answers_in
from evals.benchmarks.pmo.run import RunResult
from evals.sections import ResultTable, Section
from tools.optimise.start import shipped_start_set

_NAMES = {"ours": "molwright", "graph_ga": "plain graph GA", "random": "random screening"}
_IDEAS = Path(__file__).resolve().parents[2] / "data" / "pmo_ideas.json"

#: Seeds from which the spread of a task is told; of fewer the page says how many there are.
SEEDS = 5
#: Share of further seeds that the stated spread covers.
COVERED = 0.9

Cell = str | int | float | None


def _of(results: Sequence[RunResult], engine: str, task: str, budget: int) -> list[RunResult]:
    """The whole runs of a task; where there is none, those that were ended early and padded."""
    found = [r for r in results if r.engine == engine and r.task == task and r.budget == budget]
    return [r for r in found if r.stop is None] or found


def sums(results: Sequence[RunResult], budget: int = BUDGET) -> list[str]:
    """One line an engine: the sum over tasks of the mean over seeds, and how many tasks and seeds there are."""
    lines = []
    for engine in _NAMES:
        found = [rs for task in TASKS if (rs := _of(results, engine, task, budget))]
        if found:
            plain, made = sum(mean(r.auc for r in rs) for rs in found), sum(mean(r.auc_makeable for r in rs) for rs in found)
            early = sum(any(r.stop for r in rs) for rs in found)
            bound = f"; {early} of the tasks ended early, so a lower bound" if early else ""
            least, most = min(len(rs) for rs in found), max(len(rs) for rs in found)
            seeds = f"{most} seed{'s' * (most != 1)} a task" if least == most else f"{least} to {most} seeds a task"
            totals = _totals(found)
            spread = f" ± {further(totals):.3f} for a further seed" if len(totals) > 1 else ""
            lines.append(
                f"{engine}: sum of {len(found)} tasks {plain:.3f}{spread}, makeable {made:.3f} ({made / plain:.1%}), {seeds}{bound}"
            )
    return lines


def _totals(found: Sequence[Sequence[RunResult]]) -> list[float]:
    """The sum over tasks of each seed that every task was run with."""
    common = set.intersection(*({r.seed for r in rs} for rs in found))
    return [sum(r.auc for rs in found for r in rs if r.seed == seed) for seed in sorted(common)]


def further(values: Sequence[float]) -> float:
    """Half the width of the interval about the mean of ``values`` in which nine of ten further ones fall, if they are normally distributed.

    Infinite for fewer than two values. The prediction interval of Student's t: t sd sqrt(1 + 1/n), with n - 1 degrees of freedom.
    """
    n = len(values)
    if n < 2:
        return float("inf")
    return float(stdtrit(n - 1, (1 + COVERED) / 2)) * stdev(values) * sqrt(1 + 1 / n)


def _spread(runs: Sequence[RunResult]) -> str:
    values = [r.auc for r in runs]
    text = f"{mean(values):.3f} ± {further(values):.3f}" if len(values) > 1 else f"{values[0]:.3f}"
    return f"≥ {text} ({min(r.calls for r in runs):,} calls)" if any(r.stop for r in runs) else text


def _main_table(results: Sequence[RunResult]) -> ResultTable:
    rows: list[list[Cell]] = []
    totals = {e: [0.0, 0.0] for e in _NAMES}
    complete = dict.fromkeys(_NAMES, True)
    for task in TASKS:
        row: list[Cell] = [task]
        for engine in _NAMES:
            rs = _of(results, engine, task, BUDGET)
            complete[engine] &= bool(rs)
            row += [_spread(rs) if rs else None, mean(r.auc_makeable for r in rs) if rs else None]
            if rs:
                totals[engine][0] += mean(r.auc for r in rs)
                totals[engine][1] += mean(r.auc_makeable for r in rs)
        rows.append(row)
    last: list[Cell] = ["**sum**"]
    for engine in _NAMES:
        last += [f"{t:.2f}" if complete[engine] else None for t in totals[engine]]
    rows.append(last)
    columns = ["oracle"] + [f"{name}{part}" for name in _NAMES.values() for part in ("", ", makeable")]
    return ResultTable(
        caption="AUC of the top 10 over 10,000 calls, mean ± where 90 % of further seeds would fall; makeable: all others count as 0",
        columns=columns,
        rows=rows,
    )


def _quality_table(results: Sequence[RunResult]) -> ResultTable:
    rows: list[list[Cell]] = []
    for task in TASKS:
        rs = _of(results, "ours", task, BUDGET)
        if rs:
            means = [mean(getattr(r, f) for r in rs) for f in ("sa", "diversity", "makeable", "alerts")]
            seconds = [mean(getattr(r, f) for r in rs) for f in ("engine_seconds", "oracle_seconds", "wall_seconds")]
            curve: list[Cell] = [mean(r.curve[i] for r in rs) if all(len(r.curve) > i for r in rs) else None for i in (1, 2, 3, 4)]
            rows.append([task, *curve, *[f"{m:.2f}" for m in means], *[f"{s:.0f}" for s in seconds], len(rs)])
    return ResultTable(
        caption="molwright: mean of the ten best after so many calls; the hundred best at the end; processor and wall seconds a run",
        columns=[
            "oracle",
            "300",
            "1,000",
            "3,000",
            "10,000",
            "SA",
            "diversity",
            "makeable",
            "alerts",
            "engine s",
            "oracle s",
            "wall s",
            "seeds",
        ],
        rows=rows,
    )


def _spread_text(results: Sequence[RunResult]) -> str:
    fewest = min((len(rs) for e in _NAMES for task in TASKS if (rs := _of(results, e, task, BUDGET))), default=0)
    most = max((len(rs) for e in _NAMES for task in TASKS if (rs := _of(results, e, task, BUDGET))), default=0)
    seeds = f"{fewest} only" if fewest == most else f"{fewest} to {most} only (the second table says how many)"
    few = f" The figures below are of {seeds}: too few to tell engines apart where these intervals overlap." if fewest < SEEDS else ""
    return (
        "What stands after ± is not the spread of the seeds that were run but that of one more: nine of ten further seeds fall so near to the"
        f" mean (Student's prediction interval). The command runs {SEEDS} seeds.{few}"
    )


def _void_text() -> str:
    held = answers_in(shipped_start_set())
    return (
        "A start file is needed: without one the engine starts from the compounds that ship with molwright, among which are"
        f" {len(held)} of the oracles' own targets ({', '.join(held)}), so that figures without one are void."
    )


def pmo_section(results: Sequence[RunResult]) -> Section:
    """The section: the comparison, the quality of what was found, the log of ideas (``evals/data/pmo_ideas.json``)."""
    ideas = json.loads(_IDEAS.read_text(encoding="utf-8")) if _IDEAS.exists() else {}
    tables = [_main_table(results), _quality_table(results)]
    if ideas.get("ideas"):
        tables.append(ResultTable(caption=ideas["caption"], columns=["idea", "worth"], rows=ideas["ideas"]))
    return Section(
        title="Optimisation: the PMO benchmark",
        order=10,
        command="python -m evals.benchmarks.pmo --start-file zinc250k.smi --engine ours graph_ga random --seeds 0 1 2 3 4 && python -m evals.benchmarks.pmo --section",
        path="the optimiser behind `molwright optimise` (`tools/optimise/optimiser.py`); seeds 0 to 2 before it left out what the safety guard blocks, seed 3 since",
        text=(
            "Practical Molecular Optimization (Gao et al. 2022, arXiv 2206.12411) on its 20 oracles that need RDKit only. Every new canonical SMILES"
            " costs a call; nothing is labelled beside that; the engine sees scores, not the task. Makeable means an SA score of at most 4 and no"
            " broken plausibility rule. Alerts are PAINS and BRENK. Published sums over these 20: Genetic GFN 13.59, InVirtuoGen without"
            f" prescreening 13.91. {_spread_text(results)} {_void_text()}"
        ),
        tables=tables,
        notes=[*sums(results), *ideas.get("notes", [])],
    )
