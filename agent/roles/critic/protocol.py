"""What a critic is asked and what it answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from agent.models import Place
from core.candidate import Candidate
from core.report import Remark
from core.spec import DesignSpec

ROLE = "critic"


@dataclass(frozen=True)
class ReviewRequest:
    """The candidates as the arithmetic ranks them (ranks 1 to n, in order), and the spec that they are for."""

    ranked: Sequence[Candidate]
    spec: DesignSpec


@dataclass(frozen=True)
class Critique:
    """The answer.

    Attributes:
        ranked: the same candidates in their new order with new ranks; nothing else of them is changed.
        remarks: the remarks that count, by the new rank.
        note: how many remarks were dropped and why, or ''.
    """

    ranked: list[Candidate]
    remarks: list[Remark]
    note: str = ""


class Critic(Protocol):
    """Questions a shortlist."""

    def review(self, request: ReviewRequest, place: Place) -> Critique:
        """What there is to say about the shortlist, and the order that follows by the rule of :mod:`agent.roles.critic.order`."""
        ...
