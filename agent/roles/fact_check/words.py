"""The word tables of the checker, read once from ``words.toml``. What the keys mean is said there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal, get_args

from core import data
from tools.literature.terms import words

FactKind = Literal[
    "value", "spread", "interval", "nearest", "similarity", "change", "limit", "probability", "score", "rank", "count", "year"
]
_TABLE = data.table("agent.roles.fact_check", "words.toml")

#: Spellings that follow a number and make it a quantity that is never stored here.
FOREIGN_UNITS: tuple[str, ...] = tuple(_TABLE["foreign_units"].split())
#: Words that state a factor or a part ('twice', 'half').
FACTORS: tuple[str, ...] = tuple(_TABLE["factors"].split())
#: Numbers that are written as words, by the word.
NUMBER_WORDS: Mapping[str, int] = _TABLE["numbers"]
#: Claims that no arithmetic here supports; they make a sentence an advertisement.
OVERCLAIMS = re.compile(rf"\b(?:{'|'.join(_TABLE['overclaims'])})\b", re.I)
#: Stems of the words of a sentence that points to a source and says nothing about it.
POINTERS = frozenset(words(_TABLE["pointers"]))
#: Words that reports and remarks use beside those of the shipped notes.
REPORT_WORDS: str = _TABLE["report_words"]
#: The nouns of what is counted, as one text each.
COUNTED: Mapping[str, str] = _TABLE["counted"]
#: By kind of number, the pattern that the sentence must match; None where nothing is needed.
CUES: Mapping[FactKind, re.Pattern[str] | None] = {
    kind: re.compile(_TABLE["cues"][kind], re.I) if kind in _TABLE["cues"] else None for kind in get_args(FactKind)
}
#: Patterns of the words right before a number, with the kinds that the number can then be of.
KIND_WORDS: tuple[tuple[re.Pattern[str], frozenset[FactKind]], ...] = tuple(
    (re.compile(row["pattern"], re.I), frozenset(row["kinds"])) for row in _TABLE["kind_words"]
)
