"""ROUGE-L: how much of an answer's words stand in a written answer in the same order, and the other way round."""

from __future__ import annotations

import re

_WORD = re.compile(r"[^\W_]+")


def rouge_l(answer: str, written: str) -> float:
    """F1 of the longest common subsequence of the words in lower case, 0 to 1, as C.-Y. Lin defined it (2004); 0 where either has no word."""
    one, other = _WORD.findall(answer.lower()), _WORD.findall(written.lower())
    if not one or not other:
        return 0.0
    before = [0] * (len(other) + 1)
    for word in one:
        now = [0]
        for at, theirs in enumerate(other):
            now.append(before[at] + 1 if word == theirs else max(before[at + 1], now[-1]))
        before = now
    return 2.0 * before[-1] / (len(one) + len(other))
