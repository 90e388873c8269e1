"""The configuration of the stereocentres and double bonds of a kept part, compared with and written into another structure."""

from __future__ import annotations

from dataclasses import dataclass

from rdkit import Chem

_OTHER, _HYDROGEN = -1, -2
"""Stand in a list of neighbours for a substituent that is not kept, and for a hydrogen or lone pair; the only one of both is always _OTHER."""
_CW, _CCW = Chem.ChiralType.CHI_TETRAHEDRAL_CW, Chem.ChiralType.CHI_TETRAHEDRAL_CCW
_CIS = (Chem.BondStereo.STEREOZ, Chem.BondStereo.STEREOCIS)
_TRANS = (Chem.BondStereo.STEREOE, Chem.BondStereo.STEREOTRANS)


@dataclass(frozen=True)
class KeptStereo:
    """What is given in the reference, by place in the kept part.

    Attributes:
        centres: (centre, its neighbours with _OTHER and _HYDROGEN for what is not kept, whether they are clockwise in this order).
        bonds: (one end, the other, a neighbour of the first, one of the second, whether these are on one side); a neighbour is a kept one, or
            _OTHER for the only one that is not hydrogen.
    """

    centres: tuple[tuple[int, tuple[int, ...], bool], ...]
    bonds: tuple[tuple[int, int, int, int, bool], ...]

    def __bool__(self) -> bool:
        return bool(self.centres or self.bonds)


def kept_stereo(mol: Chem.Mol, number: dict[int, int]) -> KeptStereo:
    """The configurations that ``mol`` gives and its kept atoms determine; ``number``: place of each kept atom."""
    centres = []
    for atom in mol.GetAtoms():
        if atom.GetIdx() in number and atom.GetChiralTag() in (_CW, _CCW):
            around = _around(atom, number)
            if around.count(_OTHER) <= 1:
                centres.append((number[atom.GetIdx()], tuple(around), atom.GetChiralTag() == _CW))
    bonds = []
    for bond in mol.GetBonds():
        begin, end = bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()
        if bond.GetStereo() not in (*_CIS, *_TRANS) or begin not in number or end not in number:
            continue
        first, second = _beside(mol, begin, end, number), _beside(mol, end, begin, number)
        if first is not None and second is not None:
            places = number.get(first, _OTHER), number.get(second, _OTHER)
            bonds.append((number[begin], number[end], *places, _same_side(bond, first, second)))
    return KeptStereo(tuple(centres), tuple(bonds))


def _around(atom: Chem.Atom, number: dict[int, int]) -> list[int]:
    """Places of the neighbours in the order that RDKit's tag refers to: that of the bonds, a hydrogen that is not an atom last.

    Three bonds and a hydrogen: seen from the first neighbour the order (b, c, H) turns the same way as (H, b, c).
    """
    found = [number.get(bond.GetOtherAtomIdx(atom.GetIdx()), _OTHER) for bond in atom.GetBonds()]
    found += [_HYDROGEN] if len(found) == 3 else []
    return [_OTHER if place == _HYDROGEN and _OTHER not in found else place for place in found]


def _beside(mol: Chem.Mol, atom: int, other: int, number: dict[int, int]) -> int | None:
    """A kept neighbour of ``atom`` beside ``other``; where there is none, the only other one, or None."""
    beside = sorted(n.GetIdx() for n in mol.GetAtomWithIdx(atom).GetNeighbors() if n.GetIdx() != other)
    kept = [index for index in beside if index in number]
    return kept[0] if kept else beside[0] if len(beside) == 1 else None


def _pair(mol: Chem.Mol, match: tuple[int, ...], ends: tuple[int, int], places: tuple[int, int]) -> tuple[int, int] | None:
    """The two neighbours of a double bond that the reference's ``places`` mean; None where one is not there, or not the only one."""
    inside, found = set(match), []
    for end, other, place in ((*ends, places[0]), (*ends[::-1], places[1])):
        if place >= 0:
            found.append(match[place])
            continue
        outside = [n.GetIdx() for n in mol.GetAtomWithIdx(end).GetNeighbors() if n.GetIdx() != other and n.GetIdx() not in inside]
        if len(outside) != 1:
            return None
        found += outside
    return found[0], found[1]


def _same_side(bond: Chem.Bond, first: int, second: int) -> bool:
    """Whether the neighbours ``first`` of the begin atom and ``second`` of the end atom are on one side of the double bond."""
    stated = list(bond.GetStereoAtoms())
    same = bond.GetStereo() in _CIS
    for neighbour, reference in ((first, stated[0]), (second, stated[1])):
        if neighbour != reference:
            same = not same
    return same


def _odd(order: list[int], other: tuple[int, ...]) -> bool:
    """Whether ``order`` is an odd permutation of ``other``."""
    places = [order.index(x) for x in other]
    return sum(places[i] > places[j] for i in range(len(places)) for j in range(i + 1, len(places))) % 2 == 1


def matches_stereo(stereo: KeptStereo, mol: Chem.Mol, match: tuple[int, ...]) -> bool:
    """Whether ``mol`` gives every configuration as the reference does; one that is not given does not match.

    Where hydrogen has taken the place of the substituent that made a centre or a geometry, there is none to compare.
    """
    if not stereo:
        return True
    number = {atom: place for place, atom in enumerate(match)}
    for place, around, clockwise in stereo.centres:
        atom = mol.GetAtomWithIdx(match[place])
        order = _around(atom, number)
        if atom.GetTotalNumHs() > 1:  # hydrogen has taken the place of a substituent: no centre any more
            continue
        if atom.GetChiralTag() not in (_CW, _CCW) or sorted(order) != sorted(around):
            return False
        if (atom.GetChiralTag() == _CW) == (clockwise == _odd(order, around)):
            return False
    for begin, end, first, second, same in stereo.bonds:
        bond = mol.GetBondBetweenAtoms(match[begin], match[end])
        pair = _pair(mol, match, (match[begin], match[end]), (first, second))
        if pair is None:
            if any(mol.GetAtomWithIdx(match[one]).GetTotalNumHs() > 1 for one in (begin, end)):
                continue
            return False  # two new substituents at one end: which of them stands where the old one stood?
        if (
            bond.GetStereo() not in (*_CIS, *_TRANS)
            or len(bond.GetStereoAtoms()) != 2
            or _same_side(bond, *_in_order(bond, match[begin], pair)) != same
        ):
            return False
    return True


def with_stereo(stereo: KeptStereo, mol: Chem.Mol, match: tuple[int, ...]) -> Chem.Mol | None:
    """A copy of ``mol`` that has the configurations of the kept part, read back from its SMILES; None where it cannot have them."""
    work = Chem.RWMol(mol)
    number = {atom: place for place, atom in enumerate(match)}
    for place, around, clockwise in stereo.centres:
        atom = work.GetAtomWithIdx(match[place])
        order = _around(atom, number)
        if atom.GetTotalNumHs() > 1:
            continue
        if sorted(order) != sorted(around):
            return None
        atom.SetChiralTag(_CW if clockwise != _odd(order, around) else _CCW)
    for begin, end, first, second, same in stereo.bonds:
        bond = work.GetBondBetweenAtoms(match[begin], match[end])
        pair = _pair(work, match, (match[begin], match[end]), (first, second))
        if pair is not None:
            bond.SetStereoAtoms(*_in_order(bond, match[begin], pair))
            bond.SetStereo(Chem.BondStereo.STEREOCIS if same else Chem.BondStereo.STEREOTRANS)
    try:
        return Chem.MolFromSmiles(Chem.MolToSmiles(work))
    except RuntimeError:
        return None


def _in_order(bond: Chem.Bond, begin: int, pair: tuple[int, int]) -> tuple[int, int]:
    """``pair``, stated for an order in which the atom ``begin`` comes first, in the bond's own order."""
    return pair if bond.GetBeginAtomIdx() == begin else (pair[1], pair[0])
