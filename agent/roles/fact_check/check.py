"""The checker itself: a text without the sentences that say what is not stored."""

from __future__ import annotations

import re
from dataclasses import dataclass

from agent.roles.fact_check.bearing import idle, said_already
from agent.roles.fact_check.facts import Facts
from agent.roles.fact_check.numbers import blank, factors, odd_digits
from agent.roles.fact_check.sentences import sentences
from agent.roles.fact_check.sources import CITED, OUTSIDE, wrong_source
from agent.roles.fact_check.stated import wrong_number
from agent.roles.fact_check.structures import unknown_structure
from agent.roles.fact_check.words import OVERCLAIMS
from tools.catalogue.catalogue import Catalogue

#: Smallest share of the sentences that must be left for a text to be worth showing.
LEAST_KEPT = 0.5
#: 'the 90 % interval': the level at which all intervals here are given.
_LEVEL = re.compile(r"\b90 ?(?:%|percent|per cent)(?= (?:\w+ )?(?:interval|range|limits))", re.I)


@dataclass(frozen=True)
class Removed:
    """A sentence that was removed, and why."""

    sentence: str
    reason: str


@dataclass(frozen=True)
class Checked:
    """The sentences of a text that hold, joined, and those that were removed. ``enough``: whether it is worth showing."""

    text: str
    kept: int
    removed: tuple[Removed, ...]

    @property
    def enough(self) -> bool:
        """Whether anything is left, and at least LEAST_KEPT of the sentences."""
        return self.kept > 0 and self.kept >= LEAST_KEPT * (self.kept + len(self.removed))


def check_text(text: str, facts: Facts, *, catalogue: Catalogue, bearing: bool = False) -> Checked:
    """``text`` without the sentences that say what is not stored. Pure: the same text and facts give the same result.

    ``bearing``: also without those that name nothing of this run, or say again what is said.
    """
    kept: list[str] = []
    removed: list[Removed] = []
    for sentence in sentences(text, facts):
        reason = problem(sentence, facts, catalogue=catalogue)
        if bearing and not reason:
            reason = idle(sentence, facts, catalogue=catalogue) or ("it is said already" if said_already(sentence, kept) else "")
        if reason:
            removed.append(Removed(sentence, reason))
        else:
            kept.append(sentence)
    return Checked(" ".join(kept), len(kept), tuple(removed))


def problem(sentence: str, facts: Facts, *, catalogue: Catalogue) -> str:
    """What is wrong with one sentence; '' if nothing."""
    masked = blank(sentence, [*facts.subjects, *facts.names])
    wrong = _wrong_claim(masked) or wrong_source(sentence, masked, facts)
    if wrong:
        return wrong
    plain = masked
    for pattern in (CITED, OUTSIDE, _LEVEL):
        plain = pattern.sub(lambda m: " " * len(m[0]), plain)
    unknown = unknown_structure(plain)
    if unknown:
        return f"the structure {unknown} is not one of this run"
    if odd_digits(plain):
        return "it writes numbers in unusual signs"
    derived = factors(plain)
    if derived:
        return f"'{derived[0]}' is no stored value"
    return wrong_number(sentence, plain, facts, catalogue=catalogue)


def _wrong_claim(masked: str) -> str:
    """A claim in the sentence that nothing here supports, in words; '' if there is none."""
    match = OVERCLAIMS.search(masked)
    return f"nothing here supports '{match[0]}'" if match else ""
