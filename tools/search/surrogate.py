"""More offspring than are wanted, and the promising ones of them: how a search uses the surrogate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from rdkit import Chem, rdBase

from tools.proposers.base import Parent
from tools.surrogate.features import block, features
from tools.surrogate.process import Surrogate

#: Fewer scored structures than this teach the surrogate nothing.
ENOUGH = 30


@dataclass(frozen=True)
class PromisingHalf:
    """Half of what is kept are the structures that the surrogate finds most promising, half the first ones made, so that no idea of the
    surrogate shuts out the others. Fulfils :class:`tools.proposers.base.Prescreen`.

    Attributes:
        labelled: SMILES and scores that the surrogate learns from.
        oversampling: how many times as many structures are made as are kept.
    """

    labelled: tuple[tuple[str, float], ...]
    oversampling: int = 3

    def choose(self, made: Sequence[str], wanted: int) -> list[int]:
        """Positions in ``made`` (SMILES) of the at most ``wanted`` that are kept: the promising ones, best first, then the others as made."""
        hopes = promise(self.labelled, made)
        order = sorted(range(len(made)), key=lambda i: (-hopes[i], i))
        best = order[: (wanted + 1) // 2]
        chosen = set(best)
        others = [i for i in range(len(made)) if i not in chosen]
        return best + others[: wanted - len(best)]


def prescreen(parents: Sequence[Parent]) -> PromisingHalf | None:
    """The prescreen that learns from scored ``parents``; None where there is not enough to learn from."""
    return PromisingHalf(tuple((p.smiles, p.score) for p in parents)) if can_learn([p.score for p in parents]) else None


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
