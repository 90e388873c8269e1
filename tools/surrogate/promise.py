"""What the surrogate hopes of structures that are not scored yet."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from rdkit import Chem, rdBase

from tools.surrogate.features import Features, block, features
from tools.surrogate.process import Surrogate

#: Fewer scored structures than this teach the surrogate nothing.
ENOUGH = 30


def can_learn(scores: Sequence[float]) -> bool:
    """Whether there are enough scores, and not all the same."""
    return len(scores) >= ENOUGH and max(scores) > min(scores)


def promise(labelled: Sequence[tuple[str, float]], asked: Sequence[str]) -> list[float]:
    """What a surrogate that learned from ``labelled`` (SMILES, score) hopes of each SMILES in ``asked``: mean plus one deviation, higher is better.

    The scale is the surrogate's own. Unreadable labelled structures are left out; an unreadable asked one gets minus infinity. [] for none asked.
    """
    with rdBase.BlockLogs():
        known = [(seen, score) for smiles, score in labelled if (seen := _seen(smiles)) is not None]
        wanted = [_seen(smiles) for smiles in asked]
        readable = [i for i, seen in enumerate(wanted) if seen is not None]
        found = [float("-inf")] * len(wanted)
        if not readable or not known:
            return found
        surrogate = Surrogate()
        surrogate.fit(block([seen for seen, _ in known]), np.array([s for _, s in known], dtype=np.float64))
        mean, deviation = surrogate.predict(block([seen for seen in wanted if seen is not None]))
    for i, a, b in zip(readable, mean, deviation, strict=True):
        found[i] = round(float(a + b), 4)
    return found


@lru_cache(maxsize=1024)
def _seen(smiles: str) -> Features | None:
    """What the surrogate sees of a structure, remembered: it learns from the same ones generation after generation. None if it cannot be read."""
    mol = Chem.MolFromSmiles(smiles)
    return None if mol is None else features(mol)
