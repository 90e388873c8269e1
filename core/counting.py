"""Counts in sentences: '1 structure meets', '1,204 structures meet'."""

from __future__ import annotations


def counted(number: int, noun: str, plural: str = "") -> str:
    """``number`` with thousands marked and ``noun`` in the form that fits; ``plural`` where it is not formed with an s."""
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"


def verb(number: int, singular: str, plural: str) -> str:
    """The form of a verb that fits ``number`` things."""
    return singular if number == 1 else plural
