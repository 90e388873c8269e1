"""What a list is made of: new structures, known ones, or both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from core.spec import DesignSpec

Novelty = Literal["half new", "new only", "known first", "known only"]
"""What a list is made of. Known is what ships as a known compound, stands in a training set or the user's list, or is named by the goal."""
HALF_NEW: Novelty = "half new"
#: Each rule in words.
NOVELTY_WORDS: dict[Novelty, str] = {
    "half new": "at least half of the list is new, unless too few new structures meet the requirements",
    "new only": "only structures that are not known are listed",
    "known first": "known structures take the first places",
    "known only": "only known structures are listed",
}


def is_default(value: object) -> bool:
    """Whether a rule is the default one, which a spec does not store."""
    return value == HALF_NEW


def novelty_rule(spec: DesignSpec) -> str:
    """What the list of ``spec`` is made of, in words."""
    if spec.exhaustive:
        return "all structures that meet the requirements are wanted, known or new"
    return "known structures are listed like new ones" if spec.list_known else NOVELTY_WORDS[spec.novelty]
