"""Which candidates a sentence speaks of: by rank, by name, by structure, or with "it"."""

from __future__ import annotations

import re

from agent.roles.fact_check.facts import Facts
from agent.roles.fact_check.numbers import Number, blank

_SUBJECT = re.compile(r"(?:candidates?|ranks?|ranked|number|no\.|#|compounds?|structures?|molecules?|polymers?)\s*#?\s*(\d{1,4})\b", re.I)
_RANKED = re.compile(
    r"(?:\bcandidates?\s+#?|\branks?\s+|\branked\s+|\bno\. ?|#)(\d{1,4})\b(?! (?:candidates|structures|of|were|are)|[-,]\d|-[A-Za-z])", re.I
)
#: In a text about one candidate, 'rank 3' at the start of a sentence or after 'it' is a claim about that candidate.
_OWN_RANK = re.compile(
    r"(?:^|\b(?:it|candidate|structure|compound|molecule|one) (?:has |is |holds |takes |stands )?(?:at |on |in )?)(?:ranks?|ranked|place)\s+"
    r"(\d{1,4})\b",
    re.I,
)
_MORE = re.compile(r"\s*(?:,|and|or|to|-|–|&)\s*#?(\d{1,4})\b(?!\s*[%°]|\.?\d)")
_FIRST = re.compile(
    r"\b(?:the )?(?:best|top|leading|first|top-ranked|highest-ranked|best-ranked) (?:candidate|structure|compound|molecule|polymer|dye)\b|^first is\b",
    re.I,
)


def subjects_in(sentence: str, facts: Facts) -> list[tuple[int, str]]:
    """(place, key) of every candidate that the sentence names, by rank, name or structure."""
    found: list[tuple[int, str]] = []
    for label, key in facts.subjects.items():
        if label not in sentence:
            continue
        found += [(m.start(), key) for m in re.finditer(rf"(?<![A-Za-z0-9]){re.escape(label)}(?![A-Za-z0-9])", sentence)]
    masked = blank(sentence, [*facts.subjects, *facts.names])
    for match in _SUBJECT.finditer(masked):
        place, end = match.start(1), match.end(1)
        if not is_rank(masked, end):
            continue
        found.append((place, facts.ranks.get(int(match[1]), "")))
        while re.match(r"\w*s\b", match[0]) and (more := _MORE.match(masked, end)):
            found.append((more.start(1), facts.ranks.get(int(more[1]), "")))
            end = more.end(1)
    if 1 in facts.ranks:
        found += [(m.start(), facts.ranks[1]) for m in _FIRST.finditer(masked)]
    return sorted({(place, key) for place, key in found if key})


def is_rank(masked: str, end: int) -> bool:
    """Whether the number that ends here is a rank and not the beginning of a value ('candidate 3 ...', not 'ranks 2.5')."""
    return not re.match(r"\s*(?:[%°±]|\.\d)", masked[end:])


def is_about(subject: str, number: Number, plain: str, subjects: list[tuple[int, str]], facts: Facts) -> bool:
    """Whether the number can belong to ``subject``: the candidate named last before it (unless 'its' leads back to the text's own), else
    the text's own, else any that the sentence names, else any."""
    before = [(place, key) for place, key in subjects if place <= number.start]
    if before:
        place, key = before[-1]
        back = bool(facts.about) and re.search(r"\b(?:its?|this one|here)\b", plain[place : number.start], re.I)
        return subject == (facts.about if back else key)
    if facts.about:
        return subject == facts.about
    named = {key for _, key in subjects}
    return subject in named if named else True


def wrong_rank(plain: str, facts: Facts) -> str:
    """A rank in the sentence that no candidate has, or that the candidate the text is about does not have, in words; '' if there is none."""
    nobody = [m for m in _RANKED.finditer(plain) if is_rank(plain, m.end()) and int(m[1]) not in facts.ranks]
    if nobody:
        return f"there is no candidate {nobody[0][1]}"
    own = [m for m in _OWN_RANK.finditer(plain) if facts.about and is_rank(plain, m.end())]
    if own and facts.ranks.get(int(own[0][1])) != facts.about:
        return f"its rank is not {own[0][1]}"
    return ""
