"""Repeat units joined into short chains, so that groups which cross the frame of the unit are seen and no end group is invented."""

from __future__ import annotations

from rdkit import Chem
from rdkit.rdBase import BlockLogs

#: Repeat units of at most this many atoms ('*' included) are joined three times instead of twice.
SMALL_UNIT = 12
_STAR = Chem.MolFromSmarts("[#0]")


def joined_units(unit: Chem.Mol, count: int = 0) -> Chem.Mol:
    """``count`` repeat units joined head to tail; the outer '*' stay. 0: three for a small unit, else two.

    ``unit`` has two '*', each with one bond. Returns a sanitised molecule; where the joined units cannot be sanitised (unusual bonds at
    the '*'), or there are not two '*', the unit itself.
    """
    if len(_stars(unit)) != 2:
        return unit
    chain = unit
    times = count or (3 if unit.GetNumAtoms() <= SMALL_UNIT else 2)
    try:
        with BlockLogs():
            for _ in range(times - 1):
                chain = _append(chain, unit)
            Chem.SanitizeMol(chain)
    except (ValueError, RuntimeError):
        return unit
    return chain


def _stars(mol: Chem.Mol) -> list[int]:
    """The attachment points, in the order of the atoms: found by a pattern, since going through the atoms takes longer than all else here."""
    return [match[0] for match in mol.GetSubstructMatches(_STAR, maxMatches=mol.GetNumAtoms())]


def _append(chain: Chem.Mol, unit: Chem.Mol) -> Chem.Mol:
    """``unit`` joined by its first '*' to the last '*' of ``chain``."""
    joined = Chem.RWMol(Chem.CombineMols(chain, unit))
    stars = _stars(joined)
    tail, head = (joined.GetAtomWithIdx(star) for star in (stars[1], stars[2]))
    bonds = (tail.GetBonds()[0], head.GetBonds()[0])
    ends = (bonds[0].GetOtherAtomIdx(tail.GetIdx()), bonds[1].GetOtherAtomIdx(head.GetIdx()))
    joined.AddBond(ends[0], ends[1], bonds[0].GetBondType())
    for star in sorted((stars[1], stars[2]), reverse=True):
        joined.RemoveAtom(star)
    return joined.GetMol()
