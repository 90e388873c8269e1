"""The critic with a language model: it remarks on the shortlist; what a remark may do to the order is in ``order``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from agent.models import ModelSession, Place
from agent.roles.critic.order import lowered
from agent.roles.critic.protocol import ROLE, Critic, Critique, ReviewRequest
from agent.roles.fact_check.check import check_text
from agent.roles.fact_check.facts import candidate_facts
from agent.roles.fact_check.readable import readable, tidy
from agent.roles.prompting import conditions, described, fewer, goal_kind
from core.candidate import Candidate
from core.model import Model
from core.report import Remark
from core.spec import DesignSpec
from tools.catalogue.catalogue import Catalogue
from tools.workspace import Workspace

#: Candidates that are shown to the critic, and remarks that are kept.
SHOWN, MOST_REMARKS = 20, 20
#: Longest reason of a remark, characters.
LONGEST = 300


class Criticism(Model):
    """One remark on one candidate."""

    candidate: int = Field(description="Number of the candidate in the list.")
    severity: Literal["note", "question", "lower"] = Field(description="note, question, or lower.")
    reason: str = Field(max_length=600, description="One or two plain sentences that name the group or feature.")


class Review(Model):
    """What a critic has to say about a shortlist."""

    remarks: list[Criticism] = Field(max_length=40, description="Only for candidates that have a problem.")


class ModelBackedCritic:
    """Asks a language model for remarks. Without a usable answer the built-in form's stands."""

    def __init__(self, session: ModelSession, built_in: Critic, workspace: Workspace) -> None:
        self._session = session
        self._built_in = built_in
        self._workspace = workspace

    def review(self, request: ReviewRequest, place: Place) -> Critique:
        """See :class:`Critic`."""
        ranked, spec = request.ranked, request.spec
        if not ranked or spec.concerns:
            return self._built_in.review(request, place)
        shown = [described(c, catalogue=self._workspace.catalogue) for c in ranked[:SHOWN]]
        self._session.about(goal_kind(spec))
        variables = {"goal": spec.goal, "conditions": conditions(spec), "candidates": shown}
        numbers = {"remarks[].candidate": [c.rank for c in ranked[:SHOWN] if c.rank is not None]}
        outcome = self._session.structured(place, ROLE, "critic/review", variables, Review, shorten=fewer, choices=numbers)
        if outcome.value is None:
            return self._built_in.review(request, place)
        return judged(ranked, spec, outcome.value.remarks, catalogue=self._workspace.catalogue)


def judged(ranked: Sequence[Candidate], spec: DesignSpec, criticism: Sequence[Criticism], *, catalogue: Catalogue) -> Critique:
    """What an answer of a model comes to: the remarks that hold, and the order that follows. Pure."""
    by_rank = {c.rank: c for c in ranked[:SHOWN]}
    kept: dict[tuple[str, str], Criticism] = {}
    dropped: Counter[str] = Counter()
    for remark in criticism:
        candidate = by_rank.get(remark.candidate)
        if candidate is None:
            dropped["on a candidate that is not in the list"] += 1
            continue
        text = tidy(remark.reason, LONGEST)
        checked = (
            check_text(text, candidate_facts(candidate, ranked, spec, [], catalogue=catalogue), catalogue=catalogue).text
            if readable(text, _names(candidate), catalogue=catalogue)
            else ""
        )
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
    return Critique(order, sorted(remarks, key=lambda r: r.rank_after), note)


def _names(candidate: Candidate) -> list[str]:
    return [n for n in (candidate.name,) if n]
