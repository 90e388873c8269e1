"""Whether a structure has kept the atoms that it was to keep, by a matcher of the judge's own.

It assigns atom by atom, compares elements, charges, aromaticity and bonds, and looks at what is left over: each piece of that may hang on an
open atom only, and on one of them. RDKit reads structures and says which bonds are aromatic; its substructure search is not used.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from rdkit import Chem
from rdkit.Chem import rdCIPLabeler

#: Steps of one search, after which a structure counts as changed: it is too large to be judged.
MOST_STEPS = 400_000


@dataclass(frozen=True)
class Keep:
    """What is kept: atoms of ``reference`` by number, the open ones among them, and what is allowed beside.

    Attributes:
        elements: other element symbols that an atom may be, its own included.
        new_rings: whether rings may be built onto open atoms.
        largest: most heavy atoms of a piece that hangs on an open atom; None: no limit.
    """

    reference: Chem.Mol
    fixed: Sequence[int]
    open: frozenset[int]
    elements: Mapping[int, Sequence[str]] = field(default_factory=dict)
    new_rings: bool = False
    largest: int | None = None


def keep_of(text: str) -> Keep:
    """What a SMILES with '*' says: every other atom is fixed, those next to a '*' are open."""
    mol = Chem.MolFromSmiles(text)
    fixed = [a.GetIdx() for a in mol.GetAtoms() if a.GetAtomicNum()]
    opened = {n.GetIdx() for a in mol.GetAtoms() if not a.GetAtomicNum() for n in a.GetNeighbors()}
    return Keep(mol, fixed, frozenset(opened))


def changed(keep: Keep, mol: Chem.Mol) -> str:
    """'' if ``mol`` (a molecule, or several repeat units joined) has kept the atoms, else what is wrong."""
    reason = "the kept atoms are not there"
    for place in _places(keep, mol):
        reason = _wrong(keep, mol, place)
        if not reason:
            return ""
    return reason


def _places(keep: Keep, mol: Chem.Mol) -> Iterator[dict[int, int]]:
    """Every assignment of the kept atoms to atoms of ``mol`` that fits atoms and bonds."""
    order, steps = _order(keep), 0
    stack: list[dict[int, int]] = [{}]
    while stack:
        place = stack.pop()
        steps += 1
        if steps > MOST_STEPS:
            return
        if len(place) == len(order):
            yield place
            continue
        atom = keep.reference.GetAtomWithIdx(order[len(place)])
        used = set(place.values())
        placed = [n for n in atom.GetNeighbors() if n.GetIdx() in place]
        near = mol.GetAtomWithIdx(place[placed[0].GetIdx()]).GetNeighbors() if placed else mol.GetAtoms()
        for other in near:
            if other.GetIdx() not in used and _same_atom(keep, atom, other) and _same_bonds(keep, mol, atom, other, place):
                stack.append({**place, atom.GetIdx(): other.GetIdx()})


def _order(keep: Keep) -> list[int]:
    """The kept atoms, each next to an earlier one where that is possible."""
    left, order = set(keep.fixed), []
    while left:
        near = [i for i in sorted(left) if any(n.GetIdx() in order for n in keep.reference.GetAtomWithIdx(i).GetNeighbors())]
        order.append((near or sorted(left))[0])
        left.discard(order[-1])
    return order


def _same_atom(keep: Keep, atom: Chem.Atom, other: Chem.Atom) -> bool:
    symbols = keep.elements.get(atom.GetIdx())
    if other.GetSymbol() not in symbols if symbols else other.GetAtomicNum() != atom.GetAtomicNum():
        return False
    if other.GetFormalCharge() != atom.GetFormalCharge() or other.GetIsAromatic() != atom.GetIsAromatic():
        return False
    if atom.GetIdx() in keep.open:
        return True
    same = other.GetDegree() == atom.GetDegree()
    return bool(same and (symbols or other.GetTotalNumHs() == atom.GetTotalNumHs()))


def _same_bonds(keep: Keep, mol: Chem.Mol, atom: Chem.Atom, other: Chem.Atom, place: dict[int, int]) -> bool:
    for mine, theirs in place.items():
        before = keep.reference.GetBondBetweenAtoms(atom.GetIdx(), mine)
        after = mol.GetBondBetweenAtoms(other.GetIdx(), theirs)
        if (before is None) != (after is None) or (before is not None and before.GetBondType() != after.GetBondType()):
            return False
    return True


def _wrong(keep: Keep, mol: Chem.Mol, place: dict[int, int]) -> str:
    inside = {there: here for here, there in place.items()}
    allowed = max([1, *(ties for _, ties in _pieces(keep.reference, set(keep.fixed)))])
    for piece, ties in _pieces(mol, set(inside)):
        at = {inside[n.GetIdx()] for i in piece for n in mol.GetAtomWithIdx(i).GetNeighbors() if n.GetIdx() in inside}
        if not at <= keep.open:
            return "something is bonded to a closed position"
        if ties > allowed and not keep.new_rings:
            return "a new ring is built onto the kept atoms"
        if keep.largest is not None and len(piece) > keep.largest:
            return "a substituent is too large"
    return _turned(keep, mol, place)


def _pieces(mol: Chem.Mol, without: set[int]) -> list[tuple[set[int], int]]:
    """The pieces that are left without some atoms, each with the number of bonds that tie it to these."""
    found, seen = [], set(without)
    for start in range(mol.GetNumAtoms()):
        if start in seen:
            continue
        piece, queue = {start}, [start]
        while queue:
            for n in mol.GetAtomWithIdx(queue.pop()).GetNeighbors():
                if n.GetIdx() not in without and n.GetIdx() not in piece:
                    piece.add(n.GetIdx())
                    queue.append(n.GetIdx())
        seen |= piece
        found.append((piece, sum(n.GetIdx() in without for i in piece for n in mol.GetAtomWithIdx(i).GetNeighbors())))
    return found


def _turned(keep: Keep, mol: Chem.Mol, place: dict[int, int]) -> str:
    """A closed stereocentre must keep its label, and a double bond between kept atoms its geometry.

    The label of a closed centre may change with the rank of what hangs further out, so it is compared after everything that is not kept has
    been cut off on both sides. Hydrogen in the place of the substituent that made it leaves none to compare.
    """
    before = _labels(keep.reference, {i: i for i in keep.fixed})
    after = _labels(mol, place)
    bare = {here for here, there in place.items() if _bare(mol.GetAtomWithIdx(there))}
    wrong = [key for key in before if before[key] != after.get(key) and not bare & key]
    return "the configuration of a kept atom or bond is another, or is not given" if wrong else ""


def _bare(atom: Chem.Atom) -> bool:
    """Whether an atom has so many hydrogens that it can have no configuration: a CH2, or the CH2 end of a double bond."""
    return bool(atom.GetTotalNumHs() > 1)


def _labels(mol: Chem.Mol, place: Mapping[int, int]) -> dict[frozenset[int], str]:
    """R and S of the centres, E and Z of the double bonds, of the kept atoms alone; what hung on them becomes hydrogen."""
    work = Chem.RWMol(mol)
    for here, there in place.items():
        work.GetAtomWithIdx(there).SetAtomMapNum(here + 1)
    gone = [i for i in range(mol.GetNumAtoms()) if i not in set(place.values())]
    for bond in mol.GetBonds():
        ends = (bond.GetBeginAtomIdx(), bond.GetEndAtomIdx())
        for kept, out in (ends, ends[::-1]):
            if kept in place.values() and out not in place.values():
                work.GetAtomWithIdx(out).SetAtomicNum(0)
                work.GetAtomWithIdx(out).SetFormalCharge(0)
    border = {i for i in gone if any(n.GetIdx() in place.values() for n in mol.GetAtomWithIdx(i).GetNeighbors())}
    for index in sorted(set(gone) - border, reverse=True):
        work.RemoveAtom(index)
    for atom in work.GetAtoms():
        atom.SetNoImplicit(atom.GetAtomicNum() == 0 or atom.GetNoImplicit())
    part = Chem.MolFromSmiles(Chem.MolToSmiles(work), sanitize=False)
    part.UpdatePropertyCache(strict=False)
    Chem.GetSymmSSSR(part)
    maps = {a.GetIdx(): a.GetAtomMapNum() - 1 for a in part.GetAtoms()}
    for atom in part.GetAtoms():
        atom.SetAtomMapNum(0)
    Chem.AssignStereochemistry(part, cleanIt=True, force=True)
    rdCIPLabeler.AssignCIPLabels(part)
    found: dict[frozenset[int], str] = {}
    for atom in part.GetAtoms():
        if atom.HasProp("_CIPCode") and sum(n.GetAtomicNum() == 0 for n in atom.GetNeighbors()) <= 1:
            found[frozenset({maps[atom.GetIdx()]})] = atom.GetProp("_CIPCode")
    for bond in part.GetBonds():
        if bond.HasProp("_CIPCode"):
            found[frozenset((maps[bond.GetBeginAtomIdx()], maps[bond.GetEndAtomIdx()]))] = bond.GetProp("_CIPCode")
    return found
