"""The same chain written in other ways: its frames, its primitive unit, a longer piece of it."""

from __future__ import annotations

from itertools import pairwise

from rdkit import Chem

from tools.synthesis.polymers.structure import canonical, dummies, reaction_form

_MAX_FRAMES = 60


def unit(psmiles: str) -> Chem.Mol:
    """The repeat unit in reaction form, its ends labelled [1*] and [2*]. Raises ValueError if it is none with single-bonded ends."""
    mol = Chem.MolFromSmiles(psmiles)
    if mol is None or len(dummies(mol)) != 2:
        raise ValueError(f"not a repeat unit: {psmiles!r}")
    for label, index in enumerate(dummies(mol), start=1):
        atom = mol.GetAtomWithIdx(index)
        if atom.GetDegree() != 1 or atom.GetBonds()[0].GetBondType() != Chem.BondType.SINGLE:
            raise ValueError("the ends of the repeat unit must be single bonds")
        atom.SetIsotope(label)
    return reaction_form(mol)


def end(mol: Chem.Mol, label: int) -> int:
    """Index of the attachment point with this label."""
    return next(int(a.GetIdx()) for a in mol.GetAtoms() if a.GetAtomicNum() == 0 and a.GetIsotope() == label)


def backbone_bonds(mol: Chem.Mol) -> list[tuple[int, int]]:
    """Acyclic single bonds on the way from end 1 to end 2, without those to the attachment points: (atom before, atom after)."""
    path = Chem.GetShortestPath(mol, end(mol, 1), end(mol, 2))
    found = []
    for before, after in pairwise(path[1:-1]):
        bond = mol.GetBondBetweenAtoms(before, after)
        if bond.GetBondType() == Chem.BondType.SINGLE and not bond.IsInRing():
            found.append((before, after))
    return found


def chain(mol: Chem.Mol, copies: int) -> tuple[Chem.Mol, list[int]]:
    """``copies`` units in a row (reaction form, ends labelled) and for each atom its index in the single unit (-1 for none)."""
    first, last = end(mol, 1), end(mol, 2)
    head = mol.GetAtomWithIdx(first).GetNeighbors()[0].GetIdx()
    tail = mol.GetAtomWithIdx(last).GetNeighbors()[0].GetIdx()
    size = mol.GetNumAtoms()
    combined = mol
    for _ in range(copies - 1):
        combined = Chem.CombineMols(combined, mol)
    editable = Chem.RWMol(combined)
    origin = [i % size for i in range(size * copies)]
    remove = []
    for copy in range(copies - 1):
        editable.AddBond(tail + copy * size, head + (copy + 1) * size, Chem.BondType.SINGLE)
        remove += [last + copy * size, first + (copy + 1) * size]
    for index in sorted(remove, reverse=True):
        editable.RemoveAtom(index)
        del origin[index]
    return reaction_form(editable.GetMol()), origin


def _piece(mol: Chem.Mol, bonds: list[tuple[int, int]]) -> list[Chem.Mol]:
    """``mol`` cut at backbone bonds; each piece has [1*] at its left and [2*] at its right end."""
    indices, labels = [], []
    for before, after in bonds:
        bond = mol.GetBondBetweenAtoms(before, after)
        indices.append(bond.GetIdx())
        labels.append((1, 2) if bond.GetBeginAtomIdx() == before else (2, 1))
    cut = Chem.FragmentOnBonds(mol, indices, dummyLabels=labels) if indices else mol
    return list(Chem.GetMolFrags(cut, asMols=True, sanitizeFrags=False))


def primitive(mol: Chem.Mol) -> Chem.Mol:
    """The shortest unit whose repetition is the chain of ``mol``; both have labelled ends."""
    bonds = backbone_bonds(mol)
    places = len(bonds) + 1
    for parts in range(places, 1, -1):
        if places % parts:
            continue
        step = places // parts
        pieces = _piece(mol, bonds[step - 1 :: step])
        if len(pieces) == parts and len({canonical(p) for p in pieces}) == 1:
            return reaction_form(pieces[0])
    return mol


def frames(mol: Chem.Mol) -> list[Chem.Mol]:
    """Every way of cutting the chain of the primitive unit ``mol`` at an acyclic single backbone bond (reaction form)."""
    doubled, _ = chain(mol, 3)
    bonds = backbone_bonds(doubled)
    places = len(backbone_bonds(mol)) + 1
    found: dict[str, Chem.Mol] = {canonical(mol): mol}
    for start in range(min(places, _MAX_FRAMES)):
        if start + places >= len(bonds) + 1:
            break
        for piece in _piece(doubled, [bonds[start], bonds[start + places]] if start + places < len(bonds) else []):
            labels = sorted(piece.GetAtomWithIdx(i).GetIsotope() for i in dummies(piece))
            if labels == [1, 2] and piece.GetNumAtoms() == mol.GetNumAtoms():
                frame = reaction_form(piece)
                found.setdefault(canonical(frame), frame)
    return list(found.values())


def unlabelled(mol: Chem.Mol) -> Chem.Mol:
    """A copy of ``mol`` whose attachment points have no labels."""
    copy = Chem.Mol(mol)
    for atom in copy.GetAtoms():
        if atom.GetAtomicNum() == 0:
            atom.SetIsotope(0)
    return copy
