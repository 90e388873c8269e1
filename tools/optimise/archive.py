"""The scored structures that an optimisation works with: a bounded number of them, the best and the newest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from rdkit import Chem

from tools.calculators.drug_likeness import sa_score
from tools.proposers.evolution.graph import working_form
from tools.structures.plausibility import first_violation
from tools.surrogate.features import Features

#: Highest synthetic accessibility score (Ertl and Schuffenhauer 2009, doi 10.1186/1758-2946-1-8; 1 easy to 10 hard) of a makeable structure.
MAX_SA = 4.0


def makeable(mol: Chem.Mol) -> bool:
    """Whether ``mol`` breaks no plausibility rule and has a synthetic accessibility score of at most 4."""
    return not first_violation(mol) and sa_score(mol) <= MAX_SA


@dataclass
class Structure:
    """A structure and what is known of it: ``mean`` and ``deviation`` as the surrogate predicts, ``score`` once it was told.

    ``given`` is its molecule, which :meth:`rest` packs: RDKit's objects take up to 40 kB a structure, packed they take 0.3.
    """

    smiles: str
    given: Chem.Mol | bytes
    features: Features
    score: float | None = None
    mean: float = 0.0
    deviation: float = 0.0
    _makeable: bool | None = None
    _workable: bool | None = None
    _work: Chem.RWMol | None = None

    @property
    def mol(self) -> Chem.Mol:
        """The molecule, its atoms in the order in which it was made."""
        if isinstance(self.given, bytes):
            self.given = Chem.Mol(self.given)
        return self.given

    def rest(self) -> None:
        """Pack what is only needed when the structure is varied."""
        if not isinstance(self.given, bytes):
            self.given = self.given.ToBinary()
        self._work = None

    @property
    def makeable(self) -> bool:
        """See :func:`makeable`; computed when first asked for."""
        if self._makeable is None:
            self._makeable = makeable(self.mol)
        return self._makeable

    @property
    def work(self) -> Chem.RWMol | None:
        """The editable form, shared: copy before editing. None if there is none."""
        if self._work is None:
            self._work = working_form(self.mol)
            self._workable = self._work is not None
        return self._work

    @property
    def workable(self) -> bool:
        """Whether there is an editable form."""
        return self.work is not None if self._workable is None else self._workable

    @property
    def charge(self) -> int:
        """Formal charge."""
        return int(Chem.GetFormalCharge(self.mol))


class Archive:
    """Scored structures in the order in which they were told; at most ``capacity`` are kept: the best half, then the newest."""

    def __init__(self, capacity: int = 4000) -> None:
        self.capacity = capacity
        self.held: list[Structure] = []
        self.told = 0

    def add(self, structure: Structure) -> None:
        """Take in a structure with its score; over a tenth above the capacity, the archive is trimmed."""
        self.held.append(structure)
        self.told += 1
        if len(self.held) > self.capacity * 1.1:
            keep = set(self.ranked()[: self.capacity // 2].tolist())
            newest = [i for i in range(len(self.held)) if i not in keep][-(self.capacity - len(keep)) :]
            keep.update(newest)
            self.held = [s for i, s in enumerate(self.held) if i in keep]

    def scores(self) -> npt.NDArray[np.float64]:
        """The scores in the order in which they were told."""
        return np.array([s.score for s in self.held], dtype=np.float64)

    def ranked(self) -> npt.NDArray[np.int64]:
        """Positions of the held structures, best score first, the older one first among equals."""
        return np.argsort(-self.scores(), kind="stable")

    def parents(self, count: int, only_makeable: bool = False) -> list[Structure]:
        """At most ``count`` of the best that score more than the lowest score held; all that are held while no score stands out."""
        if not self.held:
            return []
        lowest = min(s.score or 0.0 for s in self.held)
        found: list[Structure] = []
        for position in self.ranked():
            structure = self.held[int(position)]
            if (structure.score or 0.0) <= lowest or len(found) >= count:
                break
            if structure.workable and (not only_makeable or structure.makeable):
                found.append(structure)
        return found

    def sample(self, most: int, rng: np.random.Generator) -> npt.NDArray[np.int64]:
        """Positions to learn from, at most ``most``: the best half, the newest quarter, and any others, in order."""
        if len(self.held) <= most:
            return np.arange(len(self.held))
        chosen = set(self.ranked()[: most // 2].tolist())
        chosen.update(range(len(self.held) - most // 4, len(self.held)))
        rest = np.array([i for i in range(len(self.held)) if i not in chosen])
        chosen.update(rng.choice(rest, size=min(len(rest), most - len(chosen)), replace=False).tolist())
        return np.array(sorted(chosen))
