"""The greatest numbers that a person may ask for."""

from __future__ import annotations

MAX_CANDIDATES = 1000
MAX_BUDGET = 10_000_000
#: A number of 64 bits with its sign, as databases, checkpoints and model servers hold it.
MAX_SEED = 2**63 - 1
