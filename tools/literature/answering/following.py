"""A question that follows another one in a conversation, read together with what was asked before where it points back."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from tools.literature.analysis import passage_words

#: A question with fewer words that mean something leans on the one before.
_FEWEST = 3
#: What a word counts that is taken over, against 1 for a word of the question itself.
_TAKEN_OVER = 0.25
#: Longest question that is put together, in characters.
LONGEST = 1000
_BEGINS = re.compile(r"^\W*(?:and|but|so|then|also|why|what about|how about|what else|which (?:one|of))\b", re.IGNORECASE)
_POINTS_BACK = re.compile(r"\b(?:it|its|they|them|their|this|these|those|the same|the (?:former|latter|other|others))\b", re.IGNORECASE)
_TOKEN = re.compile(r"[^\s,;?!\"“”]+")


def whole_question(question: str, earlier: Sequence[str]) -> str:
    """``question`` with the words of the questions before it, oldest first, that it leans on; itself where it stands alone."""
    whole = ""
    for asked in (*earlier, question):
        whole = _joined(asked, whole)
    return whole


def leaning(rarity: Mapping[str, float], question: str) -> dict[str, float]:
    """How rare each word of a question is, those that it only takes over from the questions before it counting a quarter; {} for no words."""
    own = set(passage_words(question))
    return {word: weight if word in own else _TAKEN_OVER * weight for word, weight in rarity.items()}


def _joined(question: str, before: str) -> str:
    if not before or not _leans(question):
        return question
    have = set(passage_words(question))
    added = [token for token in _TOKEN.findall(before) if (mine := set(passage_words(token))) and not mine & have]
    # in the order of the alphabet, since words that stand side by side count as a phrase
    return " ".join([question, *sorted(dict.fromkeys(added), key=str.lower)])[:LONGEST]


def _leans(question: str) -> bool:
    return len(passage_words(question)) < _FEWEST or bool(_BEGINS.search(question) or _POINTS_BACK.search(question))
