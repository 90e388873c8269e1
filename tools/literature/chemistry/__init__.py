"""Substances and numbers in the text of a paper."""

from __future__ import annotations

from collections.abc import Sequence

from core.papers import Mention, ReportedValue
from core.passages import Passage


def chemistry_of(text: str, passages: Sequence[Passage]) -> tuple[tuple[Mention, ...], tuple[ReportedValue, ...]]:
    """The substances that the passages of a text mention and the numbers that they report, in its order; () for none.

    What stands outside of every passage (the list of references) is passed over.
    """
    from tools.literature.chemistry.mentions import find_mentions
    from tools.literature.chemistry.values import find_values

    spans = sorted((p.start, p.end) for p in passages)
    mentions = [m for m in find_mentions(text) if _within(m, spans)]
    return tuple(mentions), tuple(find_values(text, passages, mentions))


def _within(mention: Mention, spans: Sequence[tuple[int, int]]) -> bool:
    from bisect import bisect_right

    n = bisect_right(spans, (mention.start, 1 << 60)) - 1
    return any(start <= mention.start and mention.end <= end for start, end in spans[max(0, n - 1) : n + 1])
