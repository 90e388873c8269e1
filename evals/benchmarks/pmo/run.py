"""One run of the benchmark: an engine against an oracle, and what came of it."""

from __future__ import annotations

import time
from collections.abc import Sequence

from pydantic import Field

from core.model import Model
from evals.benchmarks.pmo.accounting import BUDGET, Ledger, auc_top, only_good
from evals.benchmarks.pmo.engines import ENGINES
from evals.benchmarks.pmo.oracles import oracle
from evals.benchmarks.pmo.quality import is_makeable, quality


class RunResult(Model):
    """What one engine reached on one task with one seed."""

    engine: str = Field(description="engine: ours, graph_ga or random")
    task: str = Field(description="name of the oracle")
    seed: int = Field(description="seed of the engine")
    budget: int = Field(description="calls that could be spent")
    stop: int | None = Field(
        default=None, description="calls after which the run was ended on purpose, the rest being padded; None for a whole run"
    )
    calls: int = Field(description="calls spent")
    auc: float = Field(description="area under the curve of the mean of the ten best, 0..1")
    auc_makeable: float = Field(description="the same with every structure that is not makeable counted as 0")
    top10: float = Field(description="mean of the ten best at the end")
    top10_makeable: float = Field(description="mean of the ten best makeable ones at the end")
    sa: float = Field(description="mean synthetic accessibility score (1..10) of the hundred best")
    diversity: float = Field(description="1 - mean pairwise Tanimoto similarity of the hundred best")
    makeable: float = Field(description="share of makeable structures among the hundred best")
    alerts: float = Field(description="share of the hundred best with a PAINS or BRENK alert")
    curve: list[float] = Field(description="mean of the ten best after 100, 300, 1,000, 3,000 and 10,000 calls, as far as reached")
    engine_seconds: float = Field(description="processor time of the engine")
    oracle_seconds: float = Field(description="processor time of the oracle and its accounting")
    wall_seconds: float = Field(description="wall time of the run")
    best: str = Field(description="SMILES of the best structure")


def _top(scores: Sequence[float], k: int = 10) -> float:
    best = sorted(scores, reverse=True)[:k]
    return sum(best) / len(best) if best else 0.0


def play(engine: str, task: str, seed: int, start: Sequence[str], budget: int = BUDGET, stop: int | None = None) -> RunResult:
    """Run ``engine`` blind against ``task``, to the end of the budget or to ``stop`` calls. Raises KeyError for an unknown engine or task."""
    ledger = Ledger(oracle(task), budget)
    began = time.perf_counter()
    cpu = time.process_time()
    spent = 0.0
    player = ENGINES[engine](start, seed, budget)
    idle = 0
    while not ledger.done and idle < 20 and ledger.calls < (stop or budget):
        batch = player.ask()
        if not batch:
            break
        before, calls = time.process_time(), ledger.calls
        scores = ledger(batch)
        spent += time.process_time() - before
        idle = 0 if ledger.calls > calls else idle + 1
        player.tell(batch, scores)
    engine_seconds = time.process_time() - cpu - spent
    good = only_good(ledger.smiles, ledger.scores, is_makeable)
    ranked = sorted(range(ledger.calls), key=lambda i: (-ledger.scores[i], ledger.smiles[i]))
    hundred = quality([ledger.smiles[i] for i in ranked[:100]])
    return RunResult(
        engine=engine,
        task=task,
        seed=seed,
        budget=budget,
        stop=stop,
        calls=ledger.calls,
        auc=round(auc_top(ledger.scores, budget=budget), 5),
        auc_makeable=round(auc_top(good, budget=budget), 5),
        top10=round(_top(ledger.scores), 5),
        top10_makeable=round(_top(good), 5),
        curve=[round(_top(ledger.scores[:n]), 5) for n in (100, 300, 1000, 3000, 10_000) if n <= ledger.calls],
        engine_seconds=round(engine_seconds, 1),
        oracle_seconds=round(spent, 1),
        wall_seconds=round(time.perf_counter() - began, 1),
        best=ledger.smiles[ranked[0]] if ranked else "",
        **{k: round(v, 4) for k, v in hundred.items()},
    )
