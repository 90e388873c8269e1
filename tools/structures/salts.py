"""Salts: which piece of a structure is meant, and which of its charges a proton transfer made."""

from __future__ import annotations

from functools import lru_cache

from rdkit import Chem
from rdkit.Chem import rdMolDescriptors

from tools.structures.atoms import atoms

#: Counter-ions and companions that are not what is meant, as canonical SMILES of the neutral acid or of the ion; name for the notes.
COMPANIONS: dict[str, str] = {
    "O": "water",
    "CO": "methanol",
    "CCO": "ethanol",
    "CC#N": "acetonitrile",
    "CN(C)C=O": "DMF",
    "CS(C)=O": "DMSO",
    "CC(=O)O": "acetate",
    "O=CO": "formate",
    "O=C(O)C(F)(F)F": "trifluoroacetate",
    "O=C(O)C(=O)O": "oxalate",
    "CS(=O)(=O)O": "mesylate",
    "Cc1ccc(S(=O)(=O)O)cc1": "tosylate",
    "O=S(=O)(O)c1ccccc1": "besylate",
    "COS(=O)(=O)O": "methyl sulfate",
    "CCOS(=O)(=O)O": "ethyl sulfate",
    "O=S(=O)(O)C(F)(F)F": "triflate",
    "O=C(O)/C=C/C(=O)O": "fumarate",
    "O=C(O)/C=C\\C(=O)O": "maleate",
    "O=C(O)CCC(=O)O": "succinate",
    "O=C(O)C(O)C(O)C(=O)O": "tartrate",
    "O=C(O)CC(O)(CC(=O)O)C(=O)O": "citrate",
    "CCN(CC)CC": "triethylammonium",
    "CCN(C(C)C)C(C)C": "diisopropylethylammonium",
    "C[N+](C)(C)C": "tetramethylammonium",
    "CC[N+](CC)(CC)CC": "tetraethylammonium",
    "CCCC[N+](CCCC)(CCCC)CCCC": "tetrabutylammonium",
    "c1ccc([B-](c2ccccc2)(c2ccccc2)c2ccccc2)cc1": "tetraphenylborate",
    "c1ccc([P+](c2ccccc2)(c2ccccc2)c2ccccc2)cc1": "tetraphenylphosphonium",
    "O=S(=O)([N-]S(=O)(=O)C(F)(F)F)C(F)(F)F": "bis(triflyl)imide",
    "O=S(=O)(NS(=O)(=O)C(F)(F)F)C(F)(F)F": "bis(triflyl)imide",
    "FC(F)(F)c1cc([B-](c2cc(C(F)(F)F)cc(C(F)(F)F)c2)(c2cc(C(F)(F)F)cc(C(F)(F)F)c2)c2cc(C(F)(F)F)cc(C(F)(F)F)c2)cc(C(F)(F)F)c1": "BArF",
}

#: Names of inorganic companions for the notes.
INORGANIC: dict[str, str] = {
    "Cl": "hydrogen chloride",
    "Br": "hydrogen bromide",
    "I": "hydrogen iodide",
    "[Cl-]": "chloride",
    "[Br-]": "bromide",
    "[I-]": "iodide",
    "[F-]": "fluoride",
    "[Li+]": "lithium",
    "[Na+]": "sodium",
    "[K+]": "potassium",
    "[Cs+]": "caesium",
    "[Mg+2]": "magnesium",
    "[Ca+2]": "calcium",
    "[NH4+]": "ammonium",
    "N": "ammonia",
    "O=S(=O)(O)O": "sulfate",
    "O=P(O)(O)O": "phosphate",
    "O=[N+]([O-])O": "nitrate",
    "[O-][Cl+3]([O-])([O-])[O-]": "perchlorate",
    "[O-][Cl](=O)(=O)=O": "perchlorate",
    "O=[Cl](=O)(=O)[O-]": "perchlorate",
    "O=[Cl](=O)(=O)O": "perchlorate",
    "F[P-](F)(F)(F)(F)F": "hexafluorophosphate",
    "F[B-](F)(F)F": "tetrafluoroborate",
}

_ALKALI = frozenset({3, 4, 11, 12, 19, 20, 37, 38, 55, 56})
_METAL_BOND_PARTNERS = frozenset({7, 8, 9, 16, 17, 35, 53})

#: Charges that a proton transfer made. Not in it: iminium and pyridinium of dyes, phenolates that are part of a chromophore.
_PROTONATED = (
    "[NX4;H1,H2,H3;+1]",  # ammonium
    "[NX3;H1,H2;+1]=[CX3]([#6,#1])[NX3;!$(N[CX3]=[NX3+])]",  # amidinium
    "[NX3;H1,H2;+1]=[CX3]([NX3])[NX3]",  # guanidinium
    "[PX4;H1,H2,H3;+1]",
)
_PYRIDINIUM = "[nX3;H1;+1]"
_PHENOLATE = "[OX1;-1]-c"
_DEPROTONATED = (
    "[OX1;-1]-[C,S,P,B,Si]=[O,S,N]",
    "[OX1;-1]-[CX4]",
    "[SX1;-1]-[#6]",
    "[OX1;-1]-[P,S,As,Si]",
    "[NX2;-1](-[C,S]=O)-[C,S]=O",
    "[n;-1]",
    "[OX1;-1]-[NX3]",
)
_DONOR = "[NX3;H0,H1,H2;!$(N-C=[O,S,N]);!$(N-S=O)]-[$(c),$(C=C)]"
_ACCEPTOR = "[$(C=[O,N,C]),$(N=N),$([N+](=O)[O-])]-,=[c,C]"


@lru_cache(maxsize=64)
def _pattern(smarts: str) -> Chem.Mol:
    return Chem.MolFromSmarts(smarts)


def disconnect_alkali(mol: Chem.Mol) -> Chem.Mol:
    """``mol`` with single bonds from an alkali or alkaline earth metal to O, N, S or halogen written as ions (``C(=O)O[Na]``)."""
    metals = [atom for atom in atoms(mol) if atom.GetAtomicNum() in _ALKALI and atom.GetDegree()]
    if not metals:
        return mol
    editable = Chem.RWMol(mol)
    for metal in metals:
        for neighbour in metal.GetNeighbors():
            bond = mol.GetBondBetweenAtoms(metal.GetIdx(), neighbour.GetIdx())
            if neighbour.GetAtomicNum() in _METAL_BOND_PARTNERS and bond.GetBondType() == Chem.BondType.SINGLE:
                editable.RemoveBond(metal.GetIdx(), neighbour.GetIdx())
                for index, change in ((metal.GetIdx(), 1), (neighbour.GetIdx(), -1)):
                    atom = editable.GetAtomWithIdx(index)
                    atom.SetFormalCharge(atom.GetFormalCharge() + change)
                    atom.SetNoImplicit(atom.GetAtomicNum() in _ALKALI)
    result = editable.GetMol()
    Chem.SanitizeMol(result)
    return result


def uncharge_oxides(mol: Chem.Mol) -> Chem.Mol:
    """``mol`` with charge-separated sulfoxides, sulfones and phosphine oxides written with a double bond."""
    matches = mol.GetSubstructMatches(_pattern("[O-;X1]-[$([S+;X3,X4]),$([S+2;X4]),$([P+;X4]),$([As+;X4])]"))
    if not matches:
        return mol
    editable = Chem.RWMol(mol)
    for oxygen, center in matches:
        editable.GetBondBetweenAtoms(oxygen, center).SetBondType(Chem.BondType.DOUBLE)
        for index, change in ((oxygen, 1), (center, -1)):
            atom = editable.GetAtomWithIdx(index)
            atom.SetFormalCharge(atom.GetFormalCharge() + change)
    result = editable.GetMol()
    try:
        Chem.SanitizeMol(result)
    except (Chem.KekulizeException, Chem.AtomValenceException):
        return mol
    return result


def split_parent(mol: Chem.Mol, notes: list[str]) -> tuple[Chem.Mol, bool]:
    """The piece that is meant, and whether an ion was removed; ``notes`` says what was removed.

    The piece with the attachment points of a polymer; else the largest piece with carbon that is no known companion; else the
    largest. Ties go to more molar mass, then to the SMILES.
    """
    parts = Chem.GetMolFrags(mol, asMols=True)
    if not any(_carbons(piece) for piece in parts):
        notes.append("an inorganic salt or mixture, kept whole")
        return mol, False
    if any(piece.GetNumAtoms() == 1 and _is_complex_metal(piece.GetAtomWithIdx(0)) for piece in parts):
        notes.append("a metal complex or salt, kept whole")
        return mol, False
    pieces = [(piece, _written(piece)) for piece in parts]
    ranked = sorted(pieces, key=lambda item: _rank(*item))
    parent, parent_smiles = ranked[0]
    counts: dict[str, int] = {}
    ion = False
    others = 0
    for piece, smiles in ranked[1:]:
        if smiles == parent_smiles:
            others += 1
            continue
        charge = Chem.GetFormalCharge(piece)
        ion = ion or charge != 0
        kind = "counter-ion" if charge else "component"
        label = f"{kind} {COMPANIONS.get(smiles) or INORGANIC.get(smiles) or Chem.MolToSmiles(piece)}"
        counts[label] = counts.get(label, 0) + 1
    for label, number in counts.items():
        notes.append(f"{label} removed" if number == 1 else f"{label} removed ({number} times)")
    if others:
        notes.append(f"written {others + 1} times, kept once")
    large = [smiles for piece, smiles in ranked[1:] if smiles != parent_smiles and smiles not in COMPANIONS and _carbons(piece) >= 4]
    if large:
        notes.append("a mixture: only the largest component is considered")
    return parent, ion


def _written(piece: Chem.Mol) -> str:
    """Canonical SMILES of ``piece`` without the charges that a proton transfer made and without stereo of the sp3 atoms."""
    neutral = neutralise(piece, []) if Chem.GetFormalCharge(piece) else piece
    smiles: str = Chem.MolToSmiles(neutral)
    flat = smiles.replace("@", "")
    if flat != smiles:
        smiles = Chem.MolToSmiles(Chem.MolFromSmiles(flat)) if Chem.MolFromSmiles(flat) else smiles
    return smiles


def _is_complex_metal(atom: Chem.Atom) -> bool:
    """Whether ``atom`` is a metal that binds its ligands (not an alkali or alkaline earth metal)."""
    number = atom.GetAtomicNum()
    return number not in _ALKALI and (number == 13 or 21 <= number <= 31 or 39 <= number <= 50 or 57 <= number <= 84 or number >= 87)


def _carbons(piece: Chem.Mol) -> int:
    return sum(atom.GetAtomicNum() == 6 for atom in piece.GetAtoms())


def _rank(piece: Chem.Mol, smiles: str) -> tuple[bool, bool, bool, int, float, str]:
    """Sort key: the piece that is meant comes first."""
    polymer = any(atom.GetAtomicNum() == 0 for atom in piece.GetAtoms())
    weight = round(rdMolDescriptors.CalcExactMolWt(piece), 4)
    return (not polymer, _carbons(piece) == 0, smiles in COMPANIONS, -piece.GetNumHeavyAtoms(), -weight, smiles)


def neutralise(mol: Chem.Mol, notes: list[str]) -> Chem.Mol:
    """``mol`` with the charges undone that a proton transfer made; quaternary and chromophore charges stay.

    In a zwitterion with a fixed charge as many opposite charges stay as are needed to balance it.
    """
    plus, minus = _proton_sites(mol)
    if not plus and not minus:
        return mol
    fixed = Chem.GetFormalCharge(mol) - len(plus) + len(minus)
    plus = plus[max(0, -fixed) :]
    minus = minus[max(0, fixed) :]
    if not plus and not minus:
        return mol
    editable = Chem.RWMol(mol)
    for index, change in [*((i, -1) for i in plus), *((i, 1) for i in minus)]:
        atom = editable.GetAtomWithIdx(index)
        hydrogens = atom.GetTotalNumHs() + change
        atom.SetFormalCharge(atom.GetFormalCharge() + change)
        atom.SetNoImplicit(atom.GetIsAromatic())
        atom.SetNumExplicitHs(hydrogens if atom.GetIsAromatic() else 0)
    result = editable.GetMol()
    try:
        Chem.SanitizeMol(result)
    except (Chem.KekulizeException, Chem.AtomValenceException):
        return mol
    notes.append("neutralised")
    return result


def _proton_sites(mol: Chem.Mol) -> tuple[list[int], list[int]]:
    """Atoms that are charged because they took up, and because they lost, a proton; in canonical order."""
    charged = [atom for atom in atoms(mol) if atom.GetFormalCharge()]
    if not charged:
        return [], []
    plus: set[int] = set()
    minus: set[int] = set()
    if any(atom.GetFormalCharge() > 0 for atom in charged):
        for smarts in _PROTONATED:
            plus |= {match[0] for match in mol.GetSubstructMatches(_pattern(smarts))}
        if not mol.HasSubstructMatch(_pattern(_DONOR)):
            plus |= {match[0] for match in mol.GetSubstructMatches(_pattern(_PYRIDINIUM))}
    if any(atom.GetFormalCharge() < 0 for atom in charged):
        for smarts in _DEPROTONATED:
            minus |= {match[0] for match in mol.GetSubstructMatches(_pattern(smarts))}
        if not mol.HasSubstructMatch(_pattern(_ACCEPTOR)):
            minus |= {match[0] for match in mol.GetSubstructMatches(_pattern(_PHENOLATE))}
        minus -= {index for index in minus if _paired(mol.GetAtomWithIdx(index))}
    if len(plus) + len(minus) > 1:
        ranks = list(Chem.CanonicalRankAtoms(mol, breakTies=True))
        return sorted(plus, key=ranks.__getitem__), sorted(minus, key=ranks.__getitem__)
    return sorted(plus), sorted(minus)


def _paired(atom: Chem.Atom) -> bool:
    """Whether a negative atom is bonded to a positive one (nitro group, N-oxide, ylide): that is a drawing, not a salt."""
    return any(neighbour.GetFormalCharge() > 0 for neighbour in atom.GetNeighbors())
