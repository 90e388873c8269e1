"""The critic's model-backed form: an opinion on the shortlist, and what little an opinion may do.

A remark with the severity 'lower' moves a candidate down by this rule, and by nothing else: it changes places with the next one in the list
as long as

- both stay within their own 90 % rank interval, which is what the prediction errors leave open; what the arithmetic tells apart stays,
- the next one has no such remark itself,
- it has moved by less than MOST_PLACES places.

Probability, score and requirements are never touched, nothing is added to the list or taken from it, and no candidate gets above its own
rank interval. The rule is pure: the recorded remarks give the same order in a replay.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, Literal

from pydantic import Field

from agent.models import ModelSession, Place
from agent.reporter import format_value
from agent.roles.fact_check import check_text
from agent.roles.facts import candidate_facts
from agent.roles.readable import readable, tidy
from agent.roles.researcher import conditions
from core.candidate import Candidate
from core.model import Model
from core.report import Remark
from core.spec import DesignSpec
from tools.catalogue.registry import REGISTRY

ROLE = "critic"
#: Candidates that are shown to the critic, remarks that are kept, and places that a candidate may be moved down.
SHOWN, MOST_REMARKS, MOST_PLACES = 20, 20, 3
#: Longest reason, characters.
LONGEST = 300


class Criticism(Model):
    """One remark on one candidate."""

    candidate: int = Field(description="Number of the candidate in the list.")
    severity: Literal["note", "question", "lower"] = Field(description="note, question, or lower.")
    reason: str = Field(max_length=600, description="One or two plain sentences that name the group or feature.")


class Review(Model):
    """What a critic has to say about a shortlist."""

    remarks: list[Criticism] = Field(max_length=40, description="Only for candidates that have a problem.")


def review(ranked: Sequence[Candidate], spec: DesignSpec, session: ModelSession, place: Place) -> tuple[list[Candidate], list[Remark], str]:
    """The candidates in their new order with new ranks, the remarks that count, and a note on those that were dropped, or ''.

    Without a usable answer: the candidates as they came, no remarks.
    """
    if not ranked:
        return list(ranked), [], ""
    shown = [described(c) for c in ranked[:SHOWN]]
    variables = {"goal": spec.goal, "conditions": conditions(spec), "candidates": shown}
    outcome = session.structured(place, ROLE, "critic/review", variables, Review, shorten=fewer)
    if outcome.value is None:
        return list(ranked), [], ""
    return judged(ranked, spec, outcome.value.remarks)


def judged(ranked: Sequence[Candidate], spec: DesignSpec, criticism: Sequence[Criticism]) -> tuple[list[Candidate], list[Remark], str]:
    """What :func:`review` makes of an answer. Pure."""
    by_rank = {c.rank: c for c in ranked[:SHOWN]}
    kept: dict[tuple[str, str], Criticism] = {}
    dropped: Counter[str] = Counter()
    for remark in criticism:
        candidate = by_rank.get(remark.candidate)
        if candidate is None:
            dropped["on a candidate that is not in the list"] += 1
            continue
        text = tidy(remark.reason, LONGEST)
        checked = check_text(text, candidate_facts(candidate, ranked, spec, [])).text if readable(text, _names(candidate)) else ""
        if not checked:
            dropped["without a reason in plain words and stored numbers"] += 1
        elif (candidate.key, checked) in kept or len(kept) >= MOST_REMARKS:
            dropped["one too many, or said already"] += 1
        else:
            kept[candidate.key, checked] = remark.model_copy(update={"reason": checked})
    order = lowered(ranked, {key for (key, _), r in kept.items() if r.severity == "lower"})
    before, after = {c.key: c.rank or 0 for c in ranked}, {c.key: c.rank or 0 for c in order}
    remarks = [
        Remark(key=key, severity=r.severity, reason=r.reason, rank_before=before[key], rank_after=after[key])
        for (key, _), r in kept.items()
    ]
    said = "; ".join(f"{count} {reason}" for reason, count in sorted(dropped.items()))
    note = f"{sum(dropped.values())} of {len(criticism)} remarks were dropped: {said}" if dropped else ""
    return order, sorted(remarks, key=lambda r: r.rank_after), note


def lowered(ranked: Sequence[Candidate], marked: set[str]) -> list[Candidate]:
    """``ranked`` (ranks 1 to n, in order) after moving the ``marked`` keys down by the rule of this module, with new ranks."""
    order = list(ranked)
    for start in range(len(order) - 1, -1, -1):
        if order[start].key not in marked:
            continue
        place = start
        while place + 1 < len(order) and place - start < MOST_PLACES and _may_swap(order[place], order[place + 1], place, marked):
            order[place], order[place + 1] = order[place + 1], order[place]
            place += 1
    return [c if c.rank == rank else c.model_copy(update={"rank": rank}) for rank, c in enumerate(order, 1)]


def _may_swap(upper: Candidate, lower: Candidate, place: int, marked: set[str]) -> bool:
    """Whether the candidate at index ``place`` (rank ``place`` + 1) may change places with the next one."""
    if lower.key in marked or upper.rank_interval is None or lower.rank_interval is None:
        return False
    return place + 2 <= upper.rank_interval[1] and place + 1 >= lower.rank_interval[0]


def described(candidate: Candidate) -> str:
    """One line about a candidate: rank, structure, values, what the rules say, route. For prompts; to be fenced as data."""
    values = "; ".join(
        f"{REGISTRY[n].label if n in REGISTRY else n} {format_value(v)}{' (outside the domain)' if v.in_domain is False else ''}"
        for n, v in candidate.properties.items()
        if v.value is not None
    )
    alerts = "; ".join(hit.reason for hit in candidate.safety.rules) if candidate.safety else ""
    probability = "" if candidate.p_meets is None else f"; probability that all requirements hold {100 * candidate.p_meets:.0f} %"
    missed = "; ".join(r.text for r in candidate.requirements if not r.met)
    parts = [
        f"{candidate.rank if candidate.rank is not None else 'close'}. {candidate.smiles}",
        f"name: {candidate.name}" if candidate.name else "",
        values + probability,
        f"misses: {missed}" if missed else "",
        f"rules: {alerts}" if alerts else "",
        f"route: {candidate.route.status}" if candidate.route else "",
    ]
    return " | ".join(p for p in parts if p)


def fewer(variables: dict[str, Any]) -> dict[str, Any] | None:
    """The same prompt with the first half of the candidates: the rule for prompts that do not fit."""
    shown = variables["candidates"]
    return {**variables, "candidates": shown[: len(shown) // 2]} if len(shown) > 1 else None


def _names(candidate: Candidate) -> list[str]:
    return [n for n in (candidate.name,) if n]
