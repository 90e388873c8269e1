"""Where a search stands, as a value, and how a generation changes it."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypedDict

from core.candidate import Candidate, Route
from core.spec import DesignSpec
from tools.calculators.collection import Calculators
from tools.evaluation.fitness import fitness
from tools.proposers.base import Parent
from tools.search.policy import SearchPolicy

#: Decimals to which fitness is rounded before ties go to the key.
DECIMALS = 9


class FrontierEntry(TypedDict):
    """One parent for the next generation; ``score`` is its fitness, 0 to 1."""

    key: str
    smiles: str
    score: float
    proposer: str


@dataclass(frozen=True)
class SearchState:
    """Where a search stands.

    Attributes:
        generation: number of the generation that is next, or being worked on; 0 for the seeds.
        evaluated: distinct structures whose properties were estimated.
        frontier: the best structures so far, best first.
        best: highest mean fitness of the best few that a generation ended with.
        stale: generations in a row without an improvement of ``best``.
        empty: generations in a row that brought nothing new.
        stop_reason: why the search ended, in words; empty while it goes on.
    """

    generation: int = 0
    evaluated: int = 0
    frontier: tuple[FrontierEntry, ...] = ()
    best: float = 0.0
    stale: int = 0
    empty: int = 0
    stop_reason: str = ""


def advance(
    search: SearchState,
    new: Sequence[Candidate],
    spec: DesignSpec,
    policy: SearchPolicy,
    again: Sequence[Candidate] = (),
    *,
    calculators: Calculators,
) -> SearchState:
    """The state after a generation that brought the checked candidates ``new``, which ``search.evaluated`` counts already.

    ``again``: members of the frontier whose values are others now.
    """
    changed = {c.key for c in again}
    kept = [entry for entry in search.frontier if entry["key"] not in changed]
    frontier = merged(kept, entries([*new, *again], spec, calculators=calculators), policy.frontier)
    reached = mean_fitness(frontier, policy.top)
    stale = 0 if reached > search.best + policy.improvement else search.stale + 1
    empty = 0 if new else search.empty + 1
    return SearchState(
        generation=search.generation + 1,
        evaluated=search.evaluated,
        frontier=frontier,
        best=max(reached, search.best),
        stale=stale,
        empty=empty,
        stop_reason=stop_reason(spec, search.evaluated, stale, empty, policy),
    )


def entries(candidates: Iterable[Candidate], spec: DesignSpec, *, calculators: Calculators) -> list[FrontierEntry]:
    """The candidates as entries of the frontier, in their order, with their fitness."""
    return [
        {
            "key": c.key,
            "smiles": c.smiles,
            "score": round(fitness(c, spec, calculators=calculators), DECIMALS),
            "proposer": c.origin.proposer,
        }
        for c in candidates
    ]


def merged(frontier: Sequence[FrontierEntry], new: Sequence[FrontierEntry], size: int) -> tuple[FrontierEntry, ...]:
    """The best ``size`` of both, best first; ties go to the key."""
    return tuple(sorted([*frontier, *new], key=lambda e: (-e["score"], e["key"]))[:size])


def mean_fitness(frontier: Sequence[FrontierEntry], top: int) -> float:
    """Mean fitness of the first ``top`` of the frontier; 0 for an empty one."""
    scores = [entry["score"] for entry in frontier[:top]]
    return round(sum(scores) / len(scores), DECIMALS) if scores else 0.0


def stop_reason(spec: DesignSpec, evaluated: int, stale: int, empty: int, policy: SearchPolicy) -> str:
    """Why a search ends that stands like this, in words; '' where it goes on."""
    if evaluated >= spec.budget:
        return f"the budget of {spec.budget} evaluations is spent"
    if spec.exhaustive and empty:
        return f"every structure that the proposers can list was judged ({evaluated} of them)"
    if empty >= policy.empty:
        return f"the proposers have nothing new after {evaluated} evaluations"
    if stale >= policy.patience and not spec.exhaustive:
        return f"the ten best did not improve in {policy.patience} generations ({evaluated} of {spec.budget} evaluations used)"
    return ""


def parents_of(frontier: Iterable[FrontierEntry], routes: Mapping[str, Route | None]) -> tuple[Parent, ...]:
    """The frontier as proposers take it; ``routes`` by key."""
    return tuple(Parent(entry["key"], entry["smiles"], entry["score"], routes.get(entry["key"])) for entry in frontier)


def fittest(candidates: Iterable[Candidate], spec: DesignSpec, count: int, *, calculators: Calculators) -> list[Candidate]:
    """The ``count`` fittest, as if none had a route, best first; ties go to the key. No more than these are held at once."""

    def place(candidate: Candidate) -> tuple[float, str]:
        bare = candidate.model_copy(update={"route": None})
        return -round(fitness(bare, spec, calculators=calculators), DECIMALS), candidate.key

    return heapq.nsmallest(count, candidates, key=place)
