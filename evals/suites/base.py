"""What a suite is, and what it is given."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.evaluation import CaseResult
from core.replays import ReplayResult
from core.report import Report

DATA = Path(__file__).resolve().parent.parent / "data"


@dataclass(frozen=True)
class EvalContext:
    """What a suite works with.

    Attributes:
        run_design: runs a goal with options (budget, seed, candidates) to its report; raises what the run raises.
        replay: replays a run by its id.
        seeds: seeds to use, one pass each.
        limit: at most so many cases; None for all.
        budget: evaluations of each design run; None for the default.
        progress: receives one line of text a case.
    """

    run_design: Callable[[str, dict[str, Any]], Report]
    replay: Callable[[str], ReplayResult]
    seeds: Sequence[int] = (0,)
    limit: int | None = None
    budget: int | None = None
    progress: Callable[[str], None] = field(default=lambda line: None)


@dataclass(frozen=True)
class Suite:
    """A named suite. ``run`` gives one result a case and seed; a case that raises scores 0 with the error in its detail.

    ``runs_designs``: whether it executes design runs, which may ask language models.
    """

    name: str
    description: str
    run: Callable[[EvalContext], list[CaseResult]]
    runs_designs: bool = False


def failed(case: str, seed: int, error: Exception) -> CaseResult:
    """The result of a case that raised."""
    return CaseResult(case=case, seed=seed, score=0.0, detail={"error": f"{type(error).__name__}: {error}"[:1000]})
