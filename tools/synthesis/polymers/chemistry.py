"""Polymerisations run forward: from monomers to the repeat unit."""

from __future__ import annotations

from functools import lru_cache

from rdkit import Chem, rdBase

from tools.synthesis.polymers.library import End, Modification, Polymerisation
from tools.synthesis.polymers.structure import canonical, dummies, read, run

_MAX_VARIANTS = 16


@lru_cache(maxsize=16384)
def residues(end: End, smiles: str) -> tuple[str, ...]:
    """Residues of the monomer ``smiles``: canonical SMILES with two labelled ends, made by applying ``end`` to both its groups.

    Several where the ends can be made in different ways (tautomers, directions). () if the monomer has not two such groups.
    """
    level = [read(smiles)]
    for _ in range(2):
        following: dict[str, Chem.Mol] = {}
        for mol in level:
            for product in run(end.forward, mol):
                following.setdefault(canonical(product), product)
        done = tuple(sorted(text for text, mol in following.items() if len(dummies(mol)) == 2))
        if done:
            return done[:_MAX_VARIANTS]
        level = [following[text] for text in sorted(following)][:_MAX_VARIANTS]
    return ()


@lru_cache(maxsize=4096)
def mixed_residues(first: End, second: End, smiles: str) -> tuple[str, ...]:
    """Residues of a monomer that carries one group of each kind: labels 1 and 2 on one residue."""
    found = set()
    for mol in run(first.forward, read(smiles)):
        for product in run(second.forward, mol):
            if sorted(product.GetAtomWithIdx(i).GetIsotope() for i in dummies(product)) == [1, 2]:
                found.add(canonical(product))
    return tuple(sorted(found)[:_MAX_VARIANTS])


@lru_cache(maxsize=8192)
def _residue_mol(residue: str) -> Chem.Mol:
    return Chem.MolFromSmiles(residue)


def join(first: str, second: str) -> list[str]:
    """Repeat units of the chain -first-second-: canonical SMILES with two '*', one for each way round that differs."""
    mol_a, mol_b = _residue_mol(first), _residue_mol(second)
    offset = mol_a.GetNumAtoms()
    ends_a, ends_b = dummies(mol_a), dummies(mol_b)
    found = set()
    ways = [(ends_a[0], ends_b[0])]
    ways += [(a, b) for a in ends_a for b in ends_b if (a, b) != ways[0]] if not (_symmetric(first) or _symmetric(second)) else []
    for a, b in ways:
        editable = Chem.RWMol(Chem.CombineMols(mol_a, mol_b))
        left = editable.GetAtomWithIdx(a).GetNeighbors()[0].GetIdx()
        right = editable.GetAtomWithIdx(b + offset).GetNeighbors()[0].GetIdx()
        editable.AddBond(left, right, Chem.BondType.SINGLE)
        for index in sorted((a, b + offset), reverse=True):
            editable.RemoveAtom(index)
        for atom in editable.GetAtoms():
            if atom.GetAtomicNum() == 0:
                atom.SetIsotope(0)
        found.add(canonical(editable.GetMol()))
    return sorted(found)


@lru_cache(maxsize=8192)
def _symmetric(residue: str) -> bool:
    """Whether both ends of a residue are equivalent, so that turning it round changes nothing."""
    mol = _residue_mol(residue)
    ranks = list(Chem.CanonicalRankAtoms(mol, breakTies=False))
    a, b = dummies(mol)
    return bool(ranks[a] == ranks[b])


def _unlabelled(residue: str) -> str:
    mol = Chem.Mol(_residue_mol(residue))
    for atom in mol.GetAtoms():
        if atom.GetAtomicNum() == 0:
            atom.SetIsotope(0)
    text: str = Chem.MolToSmiles(mol)
    return text


def polymerise(polymerisation: Polymerisation, smiles: tuple[str, ...]) -> list[str]:
    """Repeat units (canonical SMILES with two '*', sorted) that ``polymerisation`` makes from these monomers, one for each slot.

    More than one where the monomers can be built in in different ways; [] if they do not react. The first is the one shown.
    """
    with rdBase.BlockLogs():
        if polymerisation.whole:
            units = {canonical(m) for m in run(polymerisation.whole, read(smiles[0])) if len(dummies(m)) == 2}
            return sorted(units)
        if polymerisation.slots == 1:
            return sorted({_unlabelled(r) for r in mixed_residues(*polymerisation.ends, smiles[0])})
        units = set()
        for first in residues(polymerisation.ends[0], smiles[0]):
            for second in residues(polymerisation.ends[1], smiles[1]):
                units.update(join(first, second))
        return sorted(units)


def first_unit(polymerisation: Polymerisation, smiles: tuple[str, ...]) -> str:
    """The first of :func:`polymerise`, made without the others; an empty string if the monomers do not react."""
    if polymerisation.slots == 1:
        units = polymerise(polymerisation, smiles)
        return units[0] if units else ""
    first, second = residues(polymerisation.ends[0], smiles[0]), residues(polymerisation.ends[1], smiles[1])
    if not first or not second:
        return ""
    return join(first[0], second[0])[0]


def modify(modification: Modification, psmiles: str) -> list[str]:
    """Repeat units that ``modification`` makes from a repeat unit; [] if it does not apply."""
    with rdBase.BlockLogs():
        return sorted({canonical(m) for m in run(modification.forward, read(psmiles)) if len(dummies(m)) == 2})
