"""What the surrogate hopes of structures that are not scored yet."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from rdkit import Chem, rdBase

from tools.surrogate.features import block, features
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
        known = [(mol, score) for smiles, score in labelled if (mol := Chem.MolFromSmiles(smiles)) is not None]
        mols = [Chem.MolFromSmiles(s) for s in asked]
        readable = [i for i, mol in enumerate(mols) if mol is not None]
        found = [float("-inf")] * len(mols)
        if not readable or not known:
            return found
        surrogate = Surrogate()
        surrogate.fit(block([features(m) for m, _ in known]), np.array([s for _, s in known], dtype=np.float64))
        mean, deviation = surrogate.predict(block([features(mols[i]) for i in readable]))
    for i, a, b in zip(readable, mean, deviation, strict=True):
        found[i] = round(float(a + b), 4)
    return found
