"""The greatest numbers that a person may ask for, and what counts where nobody asks."""

from __future__ import annotations

MAX_CANDIDATES = 1000
MAX_BUDGET = 10_000_000
#: A number of 64 bits with its sign, as databases, checkpoints and model servers hold it.
MAX_SEED = 2**63 - 1
#: Generations in a row without a better ten best that end a design run.
PATIENCE = 4
