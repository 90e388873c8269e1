"""From SMILES to what a predictor describes, or the reason why it refuses."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from rdkit import Chem
from rdkit.rdBase import BlockLogs

from core.errors import StructureError
from core.spec import CandidateClass
from tools.predictors.specs import FeatureKind
from tools.structures.parse import parse_polymer, parse_smiles

MAX_HEAVY_ATOMS = 150
#: Smallest conjugated system that the dye models accept, in atoms.
MIN_CONJUGATED_ATOMS = 4


@dataclass(frozen=True)
class Prepared:
    """A structure ready to be described.

    ``smiles`` is its canonical form, ``mol`` what is described, ``elements`` the symbols in it (without H), ``note`` what was left out.
    """

    smiles: str
    mol: Chem.Mol
    elements: frozenset[str]
    note: str = ""


def prepare(smiles: str, kind: FeatureKind, candidate_class: CandidateClass) -> Prepared | str:
    """``smiles`` made ready for the predictors of ``kind``, or the reason why they cannot be used for it. Never raises."""
    if (kind == "polymer") != (candidate_class == "polymer"):
        return "defined for polymers, not for molecules" if kind == "polymer" else "defined for molecules, not for polymers"
    parsed = _parsed(smiles, polymer=kind == "polymer")
    if isinstance(parsed, str):
        return parsed
    with BlockLogs():
        mol = _without_isotopes(Chem.Mol(parsed))
        heavy = mol.GetNumHeavyAtoms()
        if heavy > MAX_HEAVY_ATOMS:
            return f"more heavy atoms ({heavy}) than the {MAX_HEAVY_ATOMS} that the model covers"
        if not any(mol.GetAtomWithIdx(i).GetAtomicNum() == 6 for i in range(mol.GetNumAtoms())):
            return "an inorganic substance (no carbon) is outside what the model covers"
        if kind == "polymer":
            return _polymer(mol)
        return _dye(mol) if kind == "dye" else _molecule(mol)


@lru_cache(maxsize=2048)
def _parsed(smiles: str, *, polymer: bool) -> Chem.Mol | str:
    """The structure or why it cannot be read; kept for the next predictor that asks (not to be changed in place)."""
    try:
        return parse_polymer(smiles) if polymer else parse_smiles(smiles)
    except StructureError as error:
        return str(error)


def _prepared(mol: Chem.Mol, note: str = "") -> Prepared:
    atoms = map(mol.GetAtomWithIdx, range(mol.GetNumAtoms()))
    return Prepared(Chem.MolToSmiles(mol), mol, frozenset(atom.GetSymbol() for atom in atoms if atom.GetAtomicNum() > 1), note)


def _without_isotopes(mol: Chem.Mol) -> Chem.Mol:
    atoms = map(mol.GetAtomWithIdx, range(mol.GetNumAtoms()))
    labelled = [atom for atom in atoms if atom.GetIsotope() or atom.GetAtomMapNum()]
    if not labelled:
        return mol
    for atom in labelled:
        atom.SetIsotope(0)
        atom.SetAtomMapNum(0)
    return Chem.RemoveHs(mol)


def _molecule(mol: Chem.Mol) -> Prepared | str:
    if len(Chem.GetMolFrags(mol)) > 1:
        return "a salt or a mixture (several pieces) is outside what the model covers"
    if Chem.GetFormalCharge(mol) != 0:
        return "an ion is outside what the model covers"
    return _prepared(mol)


def _polymer(mol: Chem.Mol) -> Prepared | str:
    if len(Chem.GetMolFrags(mol)) > 1:
        return "a repeat unit with counter-ions is outside what the model covers"
    return _prepared(mol)


def _dye(mol: Chem.Mol) -> Prepared | str:
    """The piece with the largest conjugated system (ties: the larger piece, then the SMILES)."""
    pieces = [mol] if len(Chem.GetMolFrags(mol)) == 1 else list(Chem.GetMolFrags(mol, asMols=True))
    sizes = {id(piece): conjugated_atoms(piece) for piece in pieces}
    ranked = pieces if len(pieces) == 1 else sorted(pieces, key=lambda p: (-sizes[id(p)], -p.GetNumHeavyAtoms(), Chem.MolToSmiles(p)))
    dye = ranked[0]
    if sizes[id(dye)] < MIN_CONJUGATED_ATOMS:
        return "no conjugated chromophore: the model covers conjugated molecules only"
    left_out = " and ".join(sorted(Chem.MolToSmiles(piece) for piece in ranked[1:]))
    return _prepared(dye, f"counter-ion or companion not described: {left_out}" if left_out else "")


def conjugated_atoms(mol: Chem.Mol) -> int:
    """Number of atoms in the largest system of connected conjugated bonds."""
    linked: dict[int, list[int]] = {}
    for bond in map(mol.GetBondWithIdx, range(mol.GetNumBonds())):
        if bond.GetIsConjugated():
            a, b = bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()
            linked.setdefault(a, []).append(b)
            linked.setdefault(b, []).append(a)
    best = 0
    seen: set[int] = set()
    for start in linked:
        if start in seen:
            continue
        seen.add(start)
        stack, size = [start], 0
        while stack:
            size += 1
            fresh = [i for i in linked[stack.pop()] if i not in seen]
            seen.update(fresh)
            stack.extend(dict.fromkeys(fresh))
        best = max(best, size)
    return best
