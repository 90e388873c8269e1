"""Random generators that depend on where they are used, never on what ran before."""

from __future__ import annotations

import hashlib
import random


def generator(seed: int, node: str, generation: int, proposer: str) -> random.Random:
    """A fresh generator for one place of one run. ``seed`` is any whole number, ``generation`` at least 0.

    The state is made from SHA-256 of the four arguments, so the same place always draws the same numbers, whatever was drawn elsewhere and
    in whatever order. Generators are never stored or passed between nodes.
    """
    digest = hashlib.sha256(f"{seed}\x1f{node}\x1f{generation}\x1f{proposer}".encode()).digest()
    return random.Random(int.from_bytes(digest[:16], "big"))
