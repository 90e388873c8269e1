"""Counts in sentences: '1 structure meets', '1,204 structures meet'."""

from __future__ import annotations


def counted(number: int, noun: str, plural: str = "") -> str:
    """``number``, a count without a unit, with thousands marked, and ``noun`` in the form that fits; ``plural`` where that is not formed with an s. Never empty."""
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"


def verb(number: int, singular: str, plural: str) -> str:
    """The form of a verb that fits ``number`` things, a count without a unit. Never empty."""
    return singular if number == 1 else plural
