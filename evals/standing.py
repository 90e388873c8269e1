"""Where a candidate stands in the ranking of its run, computed again from what is stored and held against the stored list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rdkit import DataStructs

from core.candidate import Candidate
from core.spec import DesignSpec
from core.trace import TraceEvent
from graphs.user_inputs import KNOWN, NODE
from tools.calculators.collection import Calculators
from tools.ranking.diversity import fingerprint
from tools.ranking.novelty import KnownSet, what_is_known
from tools.ranking.rank import rank
from tools.ranking.shortlist import Known


@dataclass(frozen=True)
class Place:
    """A candidate in the ranking.

    Attributes:
        closest: keys of those that were shown as the closest.
        meeting: how many meet every requirement; None if the ranking, computed again, is not the stored one.
        place: the candidate's place among them by score; None if it is not one of them or ``meeting`` is None.
        score: its score there.
        why: why it is not listed, in words; '' where that is not known or it is listed.
    """

    closest: list[str]
    meeting: int | None = None
    place: int | None = None
    score: float | None = None
    why: str = ""


@dataclass(frozen=True)
class Ranking:
    """The ranking of a run, computed again from what is stored.

    Attributes:
        closest: keys of those that were shown as the closest.
        recorded: what the record keeps of the ranking beside the lists.
        listed: the listed candidates in their lean form.
        order: key and score of each candidate that meets every requirement, best first; None if the ranking, computed again, is not the stored one.
        known: what was known already.
    """

    closest: list[str]
    recorded: Mapping[str, Any]
    listed: Sequence[Candidate]
    order: Sequence[tuple[str, float]] | None
    known: Known


def ranking_of(kept: Sequence[Candidate], spec: DesignSpec, events: Sequence[TraceEvent], *, calculators: Calculators) -> Ranking | None:
    """The ranking of the candidates that meet every requirement, in their lean form; None for a run that was not ranked."""
    outputs = next((e.outputs for e in events if e.node == "rank" and e.kind == "step"), None)
    if outputs is None:
        return None
    recorded = outputs[0] if isinstance(outputs, list) and outputs and isinstance(outputs[0], dict) else {}
    listed = [c for c in kept if c.rank is not None]
    known = what_is_known(kept, spec, _own(events))
    result = rank([_before_ranking(c) for c in kept], spec, len(kept), known=known, calculators=calculators)
    order = result.order if {c.key for c in result.ranked} == {c.key for c in listed} else None
    return Ranking([str(key) for key in recorded.get("closest", [])], recorded, listed, order, known)


def standing(candidate: Candidate, ranking: Ranking | None) -> Place | None:
    """Where ``candidate`` stands; None for a run that was not ranked."""
    if ranking is None:
        return None
    if candidate.status != "kept" or ranking.order is None:
        return Place(ranking.closest)
    order = [key for key, _ in ranking.order]
    at = order.index(candidate.key)
    why = "" if candidate.rank is not None else _passed_over(candidate, at, order, ranking.known, ranking.listed, ranking.recorded)
    return Place(ranking.closest, len(order), at + 1, ranking.order[at][1], why)


def _before_ranking(candidate: Candidate) -> Candidate:
    """``candidate`` without what the ranking itself wrote."""
    notes = [n for n in candidate.notes if not n.startswith("Known already: ")]
    cleared: dict[str, Any] = {"rank": None, "rank_interval": None, "pareto_front": None, "score": None, "p_meets": None}
    return candidate.model_copy(update={**cleared, "desirability": None, "notes": notes})


def _own(events: Sequence[TraceEvent]) -> KnownSet | None:
    content = next((e.outputs for e in events if (e.node, e.index) == (NODE, KNOWN)), None)
    return KnownSet.model_validate(content) if content is not None else None


def _passed_over(
    candidate: Candidate, at: int, order: Sequence[str], known: Known, listed: Sequence[Candidate], ranking: Mapping[str, Any]
) -> str:
    """Why a candidate that meets every requirement is not listed."""
    met = f"it meets every requirement and is number {at + 1} of {len(order)} by score"
    if candidate.key in known.user and not _lists_known(ranking):
        return f"{met}; left out because it is in your list of known structures ({known.user[candidate.key]})"
    if candidate.key in known.shipped and not _lists_known(ranking):
        return f"{met}; left out because it is known already ({known.shipped[candidate.key]})"
    better = [c for c in listed if order.index(c.key) < at]
    limit = (ranking.get("choice") or {}).get("relaxed_to") or (ranking.get("choice") or {}).get("similarity_limit", 1.0)
    likeness = _most_similar(candidate, better)
    if likeness and likeness[0] > limit:
        return f"{met}; passed over because it is {likeness[0]:.2f} similar to rank {likeness[1].rank} (limit {limit:g})"
    if likeness and likeness[1].dedup_key and likeness[1].dedup_key == candidate.dedup_key:
        return f"{met}; passed over because it is another form of rank {likeness[1].rank}"
    return f"{met}; the list was full before its turn came"


def _lists_known(ranking: Mapping[str, Any]) -> bool:
    """Whether known structures were listed like new ones: the ranking left none out for being known."""
    choice = ranking.get("choice") or {}
    return not any(choice.get(name) for name in ("known_left_out", "user_known_left_out", "measured_left_out"))


def _most_similar(candidate: Candidate, others: Sequence[Candidate]) -> tuple[float, Candidate] | None:
    if not others:
        return None
    own = fingerprint(candidate)
    likeness = DataStructs.BulkTanimotoSimilarity(own, [fingerprint(c) for c in others])
    best = max(range(len(others)), key=likeness.__getitem__)
    return float(likeness[best]), others[best]
