"""Whether every number of a sentence is a stored one, of the property and the candidate that the sentence speaks of."""

from __future__ import annotations

import re

from agent.roles.fact_check.facts import Fact, Facts
from agent.roles.fact_check.mentions import Mention, bound_to, may_belong_to, mentions_in, text_before
from agent.roles.fact_check.numbers import Number, numbers_in
from agent.roles.fact_check.rounding import equal
from agent.roles.fact_check.subjects import is_about, subjects_in, wrong_rank
from agent.roles.fact_check.words import CUES, KIND_WORDS, FactKind
from tools.catalogue.catalogue import Catalogue
from tools.literature.terms import words

#: Characters before and after a number in which the word must stand that says what is counted.
REACH = (30, 40)


def wrong_number(sentence: str, plain: str, facts: Facts, *, catalogue: Catalogue) -> str:
    """The first rank or number of a sentence that is not a stored one, in words; '' if all are.

    ``plain`` is the sentence without the names, references and interval levels that hold digits, at the same positions.
    """
    subjects = subjects_in(sentence, facts)
    mentions = mentions_in(plain, catalogue=catalogue)
    wrong = wrong_rank(plain, facts)
    if wrong:
        return wrong
    placed = {place for place, _ in subjects}
    for number in numbers_in(plain, catalogue=catalogue):
        if number.start in placed and not number.unit:
            continue
        if not any(_explains(f, number, plain, mentions, subjects, facts, catalogue=catalogue) for f in facts.facts):
            return f"{number.text.strip()} is no stored value"
    return ""


def _explains(
    fact: Fact, number: Number, plain: str, mentions: list[Mention], subjects: list[tuple[int, str]], facts: Facts, *, catalogue: Catalogue
) -> bool:
    """Whether ``fact`` is what ``number`` states."""
    if not equal(fact, number, catalogue=catalogue):
        return False
    if number.spread != (fact.kind == "spread") and (number.spread or not _cued("spread", plain)):
        return False
    if not _cued(fact.kind, plain) or fact.kind not in _kinds(number, plain):
        return False
    if fact.near and not fact.near & _close_words(number, plain):
        return False
    if fact.subject and not is_about(fact.subject, number, plain, subjects, facts):
        return False
    bound = bound_to(number, plain, mentions)
    if bound and fact.what not in bound:
        return False
    if fact.kind == "limit" and not number.unit and fact.what not in {m.property for m in mentions} | {""}:
        return False
    return fact.what not in catalogue or fact.kind == "limit" or may_belong_to(fact.what, number, mentions)


def _close_words(number: Number, plain: str) -> set[str]:
    """Stems of the words around a number, in its own clause."""
    before = re.split(r"[;:()]", plain[max(0, number.start - REACH[0]) : number.start])[-1]
    after = re.split(r"[;:()]", plain[number.end : number.end + REACH[1]])[0]
    return set(words(f"{before} {after}"))


def _kinds(number: Number, plain: str) -> frozenset[FactKind]:
    """The kinds that the words right before a number allow: 'a probability of 0.7' states no rank."""
    before = text_before(plain, number)
    return next((kinds for pattern, kinds in KIND_WORDS if pattern.search(before)), frozenset(CUES))


def _cued(kind: FactKind, plain: str) -> bool:
    """Whether the sentence has a word that a number of this ``kind`` needs."""
    pattern = CUES[kind]
    return pattern is None or bool(pattern.search(plain))
