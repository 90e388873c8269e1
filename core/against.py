"""Why a candidate should perhaps not be made: the reasons that code finds, in words, the strongest first."""

from typing import Literal

from pydantic import Field

from core.model import Model

ReasonKind = Literal[
    "safety",
    "unfit",
    "named list",
    "probably unfit",
    "requirement",
    "stability",
    "plausibility",
    "domain",
    "route",
    "use not checked",
    "synthesis",
    "near the limit",
    "unproven",
]


class Reason(Model):
    """One reason against a candidate."""

    kind: ReasonKind = Field(
        description="What it comes from. 'unfit': it lacks what the use rests on; 'probably unfit': its kind seldom suits the use; 'unproven': nothing else speaks against it."
    )
    text: str = Field(description="The reason in a sentence, without a capital and a full stop.")
    source: str = Field(default="", exclude_if=lambda value: not value, description="What it rests on, where that is a reference.")
    rule: str = Field(default="", exclude_if=lambda value: not value, description="Id of the rule that found it, where one did.")


#: What keeps a candidate from the badge 'good'.
UNFIT: tuple[ReasonKind, ...] = ("unfit", "probably unfit")
