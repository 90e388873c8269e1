"""Whether what a sentence cites is among the references and speaks of the same thing."""

from __future__ import annotations

import re

from agent.roles.fact_check.facts import Facts
from agent.roles.fact_check.words import POINTERS
from tools.literature.terms import words

#: A citation of numbered references: [1], [1, 3], [2-4].
CITED = re.compile(r"\[\s*\d+(?:\s*[,;–-]\s*\d+)*\s*\]")
#: A source that is named outside the references: an address, a DOI, "Author et al".
OUTSIDE = re.compile(r"https?://\S+|www\.\S+|\bdoi\b\s*:?\s*\S*|\b10\.\d{4,9}/\S+|\b[A-Z][a-z]+ et al\b\.?|\barxiv\b\S*", re.I)


def wrong_source(sentence: str, masked: str, facts: Facts) -> str:
    """What is wrong with the sources of a sentence, in words; '' if nothing is.

    Wrong are a citation that does not resolve, one whose passage speaks of something else, and a source outside the references.
    """
    said = set(words(CITED.sub(" ", sentence)))
    for match in CITED.finditer(masked):
        for number in _cited_numbers(match[0]):
            citation = facts.citations.get(number)
            if citation is None:
                return f"[{number}] has no reference here"
            if said - POINTERS and not said & set(words(f"{citation.title} {citation.passage}")):
                return f"[{number}] does not speak of this"
    for match in OUTSIDE.finditer(masked):
        known = any(c.doi and c.doi.lower() in match[0].lower() for c in facts.citations.values())
        authors = match[0].split()[0].lower()
        known = known or ("et al" in match[0].lower() and any(authors in c.authors.lower() for c in facts.citations.values()))
        if not known:
            return f"'{match[0].strip()}' is not among the references"
    return ""


def _cited_numbers(text: str) -> list[int]:
    """The numbers in a citation; a range gives at most 101 numbers."""
    numbers: list[int] = []
    for part in re.split(r"[,;]", text.strip("[] ")):
        ends = [int(n) for n in re.findall(r"\d{1,6}", part)]
        numbers += range(ends[0], min(ends[-1], ends[0] + 100) + 1) if len(ends) == 2 else ends
    return numbers
