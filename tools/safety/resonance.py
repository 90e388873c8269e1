"""One way of writing charges: a rule must see a group however its electrons are drawn."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from rdkit import Chem, rdBase

from tools.structures.atoms import atoms

if TYPE_CHECKING:
    from rdkit.Chem.MolStandardize import rdMolStandardize

#: Charges that belong to the usual way of writing a group: nitro, N-oxide, azide, diazo, isonitrile, nitrile oxide, sulfoxide.
_USUAL = (
    "[NX3+](=O)[O-]",
    "[#7+]-[O-]",
    "[NX2]=[NX2+]=[NX1-]",
    "[#6]=[NX2+]=[NX1-]",
    "[NX2+]#[CX1-]",
)
#: (as drawn, atoms whose charge changes, bonds whose order changes): rare ways of writing cumulated nitrogen, and single bonds between charges.
_SHIFTS: tuple[tuple[str, dict[int, int], dict[tuple[int, int], Chem.BondType]], ...] = (
    ("[NX2-]-[NX2+]#[NX1;+0]", {0: 0, 2: -1}, {(0, 1): Chem.BondType.DOUBLE, (1, 2): Chem.BondType.DOUBLE}),
    ("[NX1;-2]-[NX2+]#[NX1;+0]", {0: -1, 2: -1}, {(0, 1): Chem.BondType.DOUBLE, (1, 2): Chem.BondType.DOUBLE}),
    ("[#6;-;X3]-[NX2+]#[NX1;+0]", {0: 0, 2: -1}, {(0, 1): Chem.BondType.DOUBLE, (1, 2): Chem.BondType.DOUBLE}),
    ("[#7,#8,#16;-]-[#6;+;X3]", {0: 0, 1: 0}, {(0, 1): Chem.BondType.DOUBLE}),
    ("[#7,#8,#16;-]-[#15,#16;+]", {0: 0, 1: 0}, {(0, 1): Chem.BondType.DOUBLE}),
    ("[#6;-]-[#6;+]", {0: 0, 1: 0}, {(0, 1): Chem.BondType.DOUBLE}),
    ("[O-]-[NX2;+0]=O", {}, {}),
)


@lru_cache(maxsize=32)
def _pattern(smarts: str) -> Chem.Mol:
    return Chem.MolFromSmarts(smarts)


@lru_cache(maxsize=1)
def _normalizer() -> rdMolStandardize.Normalizer:
    from rdkit.Chem.MolStandardize import rdMolStandardize  # few structures need it

    return rdMolStandardize.Normalizer()


def usual(mol: Chem.Mol) -> Chem.Mol:
    """``mol`` with its charges where they are usually drawn; the same object where they are already, or where nothing better is known."""
    charged = [atom for atom in atoms(mol) if atom.GetFormalCharge()]
    if len(charged) < 2 or not any(a.GetFormalCharge() > 0 for a in charged) or not any(a.GetFormalCharge() < 0 for a in charged):
        return mol
    known: set[int] = set()
    for smarts in _USUAL:
        known |= {i for match in mol.GetSubstructMatches(_pattern(smarts)) for i in match}
    odd = [atom for atom in charged if atom.GetIdx() not in known]
    if not any(_beside_charge(atom) for atom in odd):
        return mol
    shifted = mol
    for smarts, charges, orders in _SHIFTS:
        shifted = _shifted(shifted, smarts, charges, orders) if charges else shifted
    try:
        with rdBase.BlockLogs():
            normal = _normalizer().normalize(shifted)
            Chem.GetSymmSSSR(normal)  # what looks at rings asks for them; the normalizer does not say which there are
            return normal
    except (RuntimeError, ValueError):
        return shifted


def _beside_charge(atom: Chem.Atom) -> bool:
    """Whether an opposite charge is one or two bonds away."""
    sign = atom.GetFormalCharge()
    for neighbour in atom.GetNeighbors():
        if neighbour.GetFormalCharge() * sign < 0:
            return True
        if any(other.GetFormalCharge() * sign < 0 for other in neighbour.GetNeighbors()):
            return True
    return False


def _shifted(mol: Chem.Mol, smarts: str, charges: dict[int, int], orders: dict[tuple[int, int], Chem.BondType]) -> Chem.Mol:
    """``mol`` with every match of ``smarts`` redrawn; ``mol`` itself where that gives no possible molecule."""
    result = mol
    for _ in range(8):
        match = result.GetSubstructMatch(_pattern(smarts))
        if not match:
            return result
        editable = Chem.RWMol(result)
        for index, charge in charges.items():
            editable.GetAtomWithIdx(match[index]).SetFormalCharge(charge)
        for (one, other), order in orders.items():
            editable.GetBondBetweenAtoms(match[one], match[other]).SetBondType(order)
        redrawn = editable.GetMol()
        try:
            with rdBase.BlockLogs():
                Chem.SanitizeMol(redrawn)
        except (Chem.KekulizeException, Chem.AtomValenceException):
            return result
        result = redrawn
    return result
