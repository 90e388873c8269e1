"""More offspring than are wanted, and the promising ones of them: how a search uses the surrogate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tools.proposers.base import Parent
from tools.surrogate.promise import can_learn, promise


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
