"""Structures in series: a common core, and what stands at each of its positions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from rdkit import Chem, DataStructs, rdBase
from rdkit.Chem import rdRGroupDecomposition
from rdkit.Chem.Scaffolds import rdScaffoldNetwork

from tools.structures.similarity import morgan_fingerprint

#: Structures that are sorted into series at once; the further ones are left out.
MOST = 60
#: A core makes up at least this part of each structure's heavy atoms, and has at least so many.
SHARED, LEAST = 0.5, 6
#: What stands at a position where nothing else does.
HYDROGEN = "[H]"
_WHOLE_RINGS = Chem.AdjustQueryParameters.NoAdjustments()
_WHOLE_RINGS.adjustRingCount = True
_WHOLE_RINGS.adjustRingCountFlags = Chem.AdjustQueryWhichFlags.ADJUST_IGNORENONE


@dataclass(frozen=True)
class Series:
    """Structures with a common core.

    Attributes:
        members: places of the structures in what was given, the first of the series first.
        core: SMILES of what all of them share.
        labelled: the core with R1, R2, ... at its open positions, as SMILES; empty where it could not be taken apart.
        groups: for each member what stands at each position, SMILES by label ('[H]' for hydrogen); empty where it could not be taken apart.
    """

    members: tuple[int, ...]
    core: str
    labelled: str = ""
    groups: Sequence[Mapping[str, str]] = field(default_factory=tuple)

    @property
    def labels(self) -> list[str]:
        """The positions at which something stands, in order."""
        found = {label for group in self.groups for label in group}
        return sorted(found, key=lambda label: int(label[1:]))


def series(smiles: Sequence[str]) -> list[Series]:
    """The series among ``smiles``, of at least two structures each, the largest first; each structure is in one at most.

    A core is a framework of rings (Bemis and Murcko, J. Med. Chem. 1996, 39, 2887) or a part of one with whole ring systems. A structure
    belongs to it if it has at least six atoms and makes up at least half of the structure. The core with the most structures is taken
    first, of these the largest. Of more than 60 structures the first 60 are looked at; what cannot be read is passed over.
    """
    mols = _read(smiles[:MOST])
    left = {i: mol for i, mol in enumerate(mols) if mol is not None and mol.GetNumHeavyAtoms()}
    cores = {core: query for mol in left.values() for core, query in _cores(mol).items()}
    fits = {
        core: {i for i, mol in left.items() if query.GetNumAtoms() >= SHARED * mol.GetNumHeavyAtoms() and mol.HasSubstructMatch(query)}
        for core, query in cores.items()
    }
    found = []
    while fits:
        core = max(fits, key=lambda c: (len(fits[c]), cores[c].GetNumAtoms(), c))
        members = tuple(sorted(fits[core]))
        if len(members) < 2:
            break
        found.append(Series(members, core, *_taken_apart([mols[i] for i in members], cores[core])))
        fits = {c: rest for c, places in fits.items() if (rest := places - set(members))}
    return found


@lru_cache(maxsize=64)
def shared_cores(smiles: tuple[str, ...]) -> Mapping[str, str]:
    """For each of ``smiles`` that is in a :func:`series`, its core with the numbered positions, by which all of the series are drawn alike."""
    return {smiles[place]: found.labelled or found.core for found in series(smiles) for place in found.members}


def _read(smiles: Sequence[str]) -> list[Chem.Mol | None]:
    with rdBase.BlockLogs():
        return [Chem.MolFromSmiles(s) for s in smiles]


def _cores(mol: Chem.Mol) -> dict[str, Chem.Mol]:
    """The frameworks of a structure and their parts that are large enough for it, by SMILES; each matches whole ring systems alone."""
    parameters = rdScaffoldNetwork.ScaffoldNetworkParams()
    parameters.includeGenericScaffolds = parameters.includeScaffoldsWithoutAttachments = False
    parameters.keepOnlyFirstFragment = False
    found = {}
    with rdBase.BlockLogs():
        try:
            nodes = list(rdScaffoldNetwork.CreateScaffoldNetwork([_with_hydrogen(mol)], parameters).nodes)
        except (RuntimeError, ValueError):  # a structure whose parts cannot be made sense of
            return {}
        for smiles in nodes:
            node = Chem.MolFromSmiles(smiles)
            core = _with_hydrogen(node) if node is not None else None
            if core is not None and core.GetNumAtoms() >= max(LEAST, SHARED * mol.GetNumHeavyAtoms()) and core.GetRingInfo().NumRings():
                found[str(Chem.MolToSmiles(core))] = Chem.AdjustQueryProperties(core, _WHOLE_RINGS)
    return found


def _with_hydrogen(mol: Chem.Mol, keep: frozenset[int] = frozenset()) -> Chem.Mol:
    """``mol`` with hydrogen in the place of its attachment points, but of those with these map numbers."""
    editable = Chem.RWMol(mol)
    for atom in editable.GetAtoms():
        if atom.GetAtomicNum() == 0 and atom.GetAtomMapNum() not in keep:
            atom.SetAtomicNum(1)
            atom.SetAtomMapNum(0)
            atom.SetIsotope(0)
    return Chem.RemoveHs(editable.GetMol())


def _taken_apart(mols: Sequence[Chem.Mol | None], core: Chem.Mol) -> tuple[str, tuple[dict[str, str], ...]]:
    """The core with its labels, and what each structure has at each position at which one of them has something; "", () if it cannot be."""
    with rdBase.BlockLogs():
        rows, unmatched = rdRGroupDecomposition.RGroupDecompose([core], list(mols), asSmiles=True)
        if unmatched or len(rows) != len(mols):
            return "", ()
        groups = [{label: _plain(value) for label, value in row.items() if label != "Core"} for row in rows]
        used = {label for group in groups for label, value in group.items() if value != HYDROGEN}
        labelled = Chem.MolFromSmiles(rows[0]["Core"])
        if labelled is None:
            return "", ()
        shown = Chem.MolToSmiles(_with_hydrogen(labelled, frozenset(int(label[1:]) for label in used)))
    return str(shown), tuple({label: value for label, value in group.items() if label in used} for group in groups)


def _plain(group: str) -> str:
    """A group's SMILES as RDKit writes it, several at one position divided by dots; :data:`HYDROGEN` where nothing else stands there."""
    parts = group.split(".")
    return HYDROGEN if all(part.startswith("[H]") for part in parts) else group


@dataclass(frozen=True)
class SimilarityMap:
    """Structures as points of a plane: the nearer, the more similar.

    Attributes:
        points: (n, 2), from classical scaling of the distances 1 - Tanimoto similarity (Torgerson, Psychometrika 1952, 17, 401).
        kept: the share of the squared distances about their centre that the plane holds, 0 to 1.
    """

    points: NDArray[np.float64]
    kept: float


def similarity_map(smiles: Sequence[str]) -> SimilarityMap | None:
    """Where ``smiles`` lie to each other; None for fewer than three, or where one cannot be read, or where all are the same."""
    mols = _read(smiles)
    if len(mols) < 3 or any(m is None for m in mols):
        return None
    prints = [morgan_fingerprint(m) for m in mols]
    distances = np.array([[1.0 - s for s in DataStructs.BulkTanimotoSimilarity(p, prints)] for p in prints])
    n = len(mols)
    centre = np.eye(n) - 1.0 / n
    values, vectors = np.linalg.eigh(-0.5 * centre @ distances**2 @ centre)
    positive = values[values > 1e-12].sum()
    if positive <= 0:
        return None
    best = np.maximum(values[[-1, -2]], 0.0)
    plane = vectors[:, [-1, -2]] * np.sqrt(best)
    plane *= np.where(plane[np.abs(plane).argmax(axis=0), [0, 1]] < 0, -1.0, 1.0)  # the sign of a vector is arbitrary
    return SimilarityMap(plane, float(best.sum() / positive))
