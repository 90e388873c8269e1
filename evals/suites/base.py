"""What a suite is, and what it is given."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from core.errors import UsageError
from core.evaluation import CaseResult
from core.replays import ReplayResult
from core.report import Report

T = TypeVar("T")
DATA = Path(__file__).resolve().parent.parent / "data"


@dataclass(frozen=True)
class CallMade:
    """A call of a tool: its name, its arguments and what it answered."""

    name: str
    arguments: dict[str, Any]
    answer: Any


@dataclass(frozen=True)
class Answered:
    """What the assistant answered to one question in a conversation of its own.

    Attributes:
        text: the answer; the reason where it was refused.
        calls: the calls of its tools, in order.
        refused: whether the safety guard refused the question; problem: why there is no answer.
        by: the model that answered; '' for code alone.
        steps: turns; invalid: replies of the model with a call or an answer that could not be used.
        tokens_in, tokens_out, seconds: what it cost.
    """

    text: str
    calls: Sequence[CallMade] = ()
    refused: bool = False
    problem: str = ""
    by: str = ""
    steps: int = 0
    invalid: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    seconds: float = 0.0


def nobody(question: str) -> Answered:
    """In place of an assistant where a suite needs none."""
    raise UsageError("this suite asks no assistant")


@dataclass(frozen=True)
class EvalContext:
    """What a suite works with.

    Attributes:
        run_design: runs a goal with options (budget, seed, candidates) to its report; raises what the run raises.
        replay: replays a run by its id.
        ask: asks the assistant a question in a new conversation; raises what the service raises, but for a refusal.
        seeds: seeds to use, one pass each.
        limit: at most so many cases; None for all.
        budget: evaluations of each design run; None for the default.
        progress: receives one line of text a case.
        done: told before each case how many are done, of how many; what it raises ends the suite.
    """

    run_design: Callable[[str, dict[str, Any]], Report]
    replay: Callable[[str], ReplayResult]
    seeds: Sequence[int] = (0,)
    limit: int | None = None
    budget: int | None = None
    ask: Callable[[str], Answered] = nobody
    progress: Callable[[str], None] = field(default=lambda line: None)
    done: Callable[[int, int], None] = field(default=lambda number, of: None)

    def counted(self, cases: Sequence[T]) -> Iterator[T]:
        """The cases, one after the other; ``done`` hears before each how far the suite is."""
        for number, case in enumerate(cases):
            self.done(number, len(cases))
            yield case


@dataclass(frozen=True)
class Suite:
    """A named suite. ``run`` gives one result a case and seed; a case that raises scores 0 with the error in its detail.

    ``runs_designs``: whether it executes design runs, which may ask language models. ``role``: the one role whose model it asks.
    """

    name: str
    description: str
    run: Callable[[EvalContext], list[CaseResult]]
    runs_designs: bool = False
    role: str = ""


def failed(case: str, seed: int, error: Exception) -> CaseResult:
    """The result of a case that raised."""
    return CaseResult(case=case, seed=seed, score=0.0, detail={"error": f"{type(error).__name__}: {error}"[:1000]})
