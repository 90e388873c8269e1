"""What a next round of design would be started from: the decisions on a run, and what was measured."""

from __future__ import annotations

from pydantic import Field

from core.model import Model, new_list
from core.review import CandidateReview
from core.spec import DesignSpec


class NextRound(Model):
    """What the decisions on a run, and on those that it was itself started from, make of its spec."""

    run_id: str = Field(description="The run.")
    earlier: list[str] = Field(default_factory=new_list, description="The runs that led to it, the newest first; empty for a first one.")
    spec: DesignSpec = Field(
        description="The spec that the next round would have: that of the run, with another seed, near what was accepted."
    )
    accepted: list[CandidateReview] = Field(description="Accepted, and by nobody rejected or held: they are resembled and started from.")
    rejected: list[CandidateReview] = Field(description="Rejected: they are not listed again.")
    open: list[CandidateReview] = Field(description="On hold, or disputed: they are not listed again either, and nothing is made of them.")
    measured: int = Field(ge=0, description="Number of structures whose measured values take the place of predictions.")
    notes: list[str] = Field(default_factory=new_list, description="What a person should know before starting it.")
