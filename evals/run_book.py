"""What the lives of all candidates of a run rest on: its orders, worked out once, with no more than a page of candidates in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.candidate import Candidate
from core.interfaces import RunStore
from core.model import content_hash
from core.spec import DesignSpec
from core.trace import TraceEvent
from evals.standing import Ranking, ranking_of
from tools.calculators.collection import Calculators
from tools.ranking.lean import lean
from tools.search.policy import DEFAULT
from tools.search.state import FrontierEntry, entries, mean_fitness, merged


@dataclass(frozen=True)
class RunBook:
    """What is known of a run as a whole.

    Attributes:
        spec: what was asked for; events: its trace, in order.
        smiles: of every candidate by its key, in stored order.
        ranks: the key at each rank of the list.
        children: keys of what was made from a candidate, by its key.
        frontiers: the parents after each generation, best first; None where the record does not tell.
        ranking: the ranking computed again; None for a run that was not ranked.
    """

    spec: DesignSpec
    events: Sequence[TraceEvent]
    smiles: Mapping[str, str]
    ranks: Mapping[int, str]
    children: Mapping[str, Sequence[str]]
    frontiers: Mapping[int, Sequence[FrontierEntry] | None]
    ranking: Ranking | None


def book_of(store: RunStore, run_id: str, *, calculators: Calculators) -> RunBook:
    """The book of a run with a spec. Every candidate is read once, page by page. NotFoundError."""
    spec, events = store.spec(run_id), store.events(run_id)
    names = spec.property_names()
    smiles: dict[str, str] = {}
    ranks: dict[int, str] = {}
    children: dict[str, list[str]] = {}
    judged: dict[int, list[FrontierEntry]] = {}
    kept: list[Candidate] = []
    for candidate in store.each_candidate(run_id):
        smiles[candidate.key] = candidate.smiles
        if candidate.rank is not None:
            ranks[candidate.rank] = candidate.key
        for parent in dict.fromkeys(candidate.origin.parents):
            children.setdefault(parent, []).append(candidate.key)
        if candidate.requirements:
            judged.setdefault(candidate.origin.generation, []).extend(entries([candidate], spec, calculators=calculators))
        if candidate.status == "kept":
            kept.append(lean(candidate, names))
    return RunBook(
        spec, events, smiles, ranks, children, _frontiers(events, judged), ranking_of(kept, spec, events, calculators=calculators)
    )


def _frontiers(events: Sequence[TraceEvent], judged: Mapping[int, Sequence[FrontierEntry]]) -> dict[int, Sequence[FrontierEntry] | None]:
    """The parents after each generation: as recorded, or computed again if that has the recorded hash; None if neither."""
    found: dict[int, Sequence[FrontierEntry] | None] = {}
    before: Sequence[FrontierEntry] | None = ()
    for event in (e for e in events if e.node == "select" and e.kind == "step"):
        before = found[event.generation] = _frontier(event.outputs, event.output_hash, before, judged.get(event.generation, ()))
    return found


def _frontier(
    outputs: Any, recorded: str, before: Sequence[FrontierEntry] | None, new: Sequence[FrontierEntry]
) -> Sequence[FrontierEntry] | None:
    kept = outputs.get("frontier") if isinstance(outputs, dict) else None
    if isinstance(kept, list):
        return kept
    if before is None:
        return None
    again = merged(before, new, DEFAULT.frontier)
    digest = content_hash({"frontier": list(again), "best": mean_fitness(again, DEFAULT.top)})
    return again if digest == recorded else None
