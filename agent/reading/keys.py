"""The form in which words and phrases are looked up."""

from __future__ import annotations

import re

from agent.reading.normalise import JOINT, written_out

_PIECE = re.compile(r"[^\W_]+|.")


def first_piece(key: str) -> str:
    """The first run of letters and digits of ``key``, or its first sign: phrases are looked up by it."""
    match = _PIECE.match(key)
    return match.group() if match else ""


def key_of(phrase: str) -> str:
    """The form in which phrases are compared: lower case, hyphens as spaces, single spaces, no contracted negations."""
    return " ".join(written_out(phrase.lower()).replace("-", " ").replace(JOINT, " ").split())
