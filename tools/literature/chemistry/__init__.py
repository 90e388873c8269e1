"""Substances and numbers in the text of a paper."""

from __future__ import annotations

from collections.abc import Sequence

from core.papers import Mention, ReportedValue
from core.passages import Passage


def chemistry_of(text: str, passages: Sequence[Passage]) -> tuple[tuple[Mention, ...], tuple[ReportedValue, ...]]:
    """The substances that a text mentions and the numbers that it reports, in its order; () for none."""
    return (), ()
