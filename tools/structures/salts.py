"""Salts: which piece of a structure is meant, and which of its charges a proton transfer made."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cache, lru_cache

from rdkit import Chem
from rdkit.Chem import rdMolDescriptors

from core import data
from tools.structures.atoms import atoms

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


@cache
def _companions() -> tuple[dict[str, str], dict[str, str]]:
    """Names of the organic and of the inorganic companions by canonical SMILES, as ``_written`` writes them."""
    table = data.table("tools.structures", "companions.toml")
    return table["organic"], table["inorganic"]


@dataclass(frozen=True)
class Split:
    """What of a structure in several pieces is meant.

    Attributes:
        parent: the piece that is meant, or the whole where none alone is.
        ion_removed: whether an ion was left out, so that charges which a proton transfer made may be undone.
        part: whether ``parent`` is less than the whole.
    """

    parent: Chem.Mol
    ion_removed: bool
    part: bool


def split_parent(mol: Chem.Mol, notes: list[str]) -> Split:
    """The piece of ``mol`` that is meant; ``notes`` says what is left out, or why the structure is kept whole.

    The piece with the attachment points of a polymer; else the largest piece with carbon that is no known companion; else the
    largest. Ties go to more molar mass, then to the SMILES. Inorganic salts, metal complexes, ionic liquids and salts of two organic ions
    of which none is a known companion are kept whole.
    """
    pieces = [(piece, _written(piece)) for piece in Chem.GetMolFrags(mol, asMols=True)]
    reason = _kept_whole(pieces)
    if reason:
        notes.append(f"{reason}, kept whole")
        return Split(mol, ion_removed=False, part=False)
    ranked = sorted(pieces, key=lambda item: _rank(*item))
    parent, meant = ranked[0]
    others = [(piece, smiles) for piece, smiles in ranked[1:] if smiles != meant]
    counts = Counter(_label(piece, smiles) for piece, smiles in others)
    notes += [f"left out: {label}" if number == 1 else f"left out, {number} times: {label}" for label, number in counts.items()]
    copies = len(ranked) - len(others)
    if copies > 1:
        notes.append(f"written {copies} times, kept once")
    if any(smiles not in _companions()[0] and _carbons(piece) >= 4 for piece, smiles in others):
        notes.append("a mixture: only the largest component is considered")
    return Split(parent, any(Chem.GetFormalCharge(piece) for piece, _ in others), part=True)


def _label(piece: Chem.Mol, smiles: str) -> str:
    """What a piece that is left out is called: its kind, its name where it is known, its SMILES and its formula."""
    organic, inorganic = _companions()
    kind = "counter-ion" if Chem.GetFormalCharge(piece) else "component"
    drawn = Chem.MolToSmiles(piece)
    name = organic.get(smiles) or inorganic.get(smiles)
    formula = rdMolDescriptors.CalcMolFormula(piece)
    return f"{kind} {name}, {drawn} ({formula})" if name else f"{kind} {drawn} ({formula})"


def _kept_whole(pieces: list[tuple[Chem.Mol, str]]) -> str:
    """Why no piece alone is what is meant; empty where one is."""
    if not any(_carbons(piece) for piece, _ in pieces):
        return "an inorganic salt or mixture"
    if any(piece.GetNumAtoms() == 1 and _is_complex_metal(piece.GetAtomWithIdx(0)) for piece, _ in pieces):
        return "a metal complex or salt"
    return "an ionic liquid or organic salt, of which no ion alone is the structure" if _is_organic_salt(pieces) else ""


def _is_organic_salt(pieces: list[tuple[Chem.Mol, str]]) -> bool:
    """Whether an organic cation stands with an organic (or BF4, PF6) anion, and neither is the companion of the other.

    That is so where both or none of them are known companions, and for the cations of ionic liquids with any such anion.
    """
    if any(atom.GetAtomicNum() == 0 for piece, _ in pieces for atom in piece.GetAtoms()):
        return False
    charged = [(piece, smiles, Chem.GetFormalCharge(piece)) for piece, smiles in pieces]
    cations = [(piece, smiles) for piece, smiles, charge in charged if charge > 0 and _carbons(piece)]
    anions = [(piece, smiles) for piece, smiles, charge in charged if charge < 0 and (_carbons(piece) or smiles in _WEAKLY_BOUND)]
    if not cations or not anions:
        return False
    meant = {smiles for piece, smiles in [*cations, *anions] if smiles not in _companions()[0] and _carbons(piece)}
    return len(meant) != 1 or any(smiles in meant and _makes_ionic_liquids(piece) for piece, smiles in cations)


#: Inorganic anions that bind their cation so weakly that they make ionic liquids: tetrafluoroborate and hexafluorophosphate.
_WEAKLY_BOUND = frozenset({"F[B-](F)(F)F", "F[P-](F)(F)(F)(F)F"})


def _makes_ionic_liquids(cation: Chem.Mol) -> bool:
    """Whether an organic cation has a charge that no proton made and no dye's conjugation: aliphatic, or in its one unsaturated ring.

    Alkylammonium, -phosphonium and -sulfonium, imidazolium, pyridinium, pyrrolidinium and the like.
    """
    if Chem.GetFormalCharge(neutralise(cation, [])) <= 0:
        return False
    unsaturated = {
        i for bond in cation.GetBonds() if bond.GetBondTypeAsDouble() > 1 for i in (bond.GetBeginAtomIdx(), bond.GetEndAtomIdx())
    }
    if len(unsaturated) <= 2:
        return True
    positive = {atom.GetIdx() for atom in atoms(cation) if atom.GetFormalCharge() > 0}
    return any(len(ring) in (5, 6) and unsaturated <= set(ring) and positive & set(ring) for ring in cation.GetRingInfo().AtomRings())


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
    return (not polymer, _carbons(piece) == 0, smiles in _companions()[0], -piece.GetNumHeavyAtoms(), -weight, smiles)


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
