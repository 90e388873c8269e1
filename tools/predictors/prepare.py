"""From SMILES to what a predictor describes, or the reason why it refuses."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

from rdkit import Chem
from rdkit.rdBase import BlockLogs

from core.errors import StructureError
from core.spec import CandidateClass
from tools.predictors.specs import FeatureKind
from tools.structures.parse import parse_polymer, parse_smiles

MAX_HEAVY_ATOMS = 150
#: Smallest conjugated system that the dye models accept, in atoms.
MIN_CONJUGATED_ATOMS = 4
_NO_CHROMOPHORE = "no conjugated chromophore: the model covers conjugated molecules only"


@dataclass(frozen=True)
class Prepared:
    """A structure ready to be described.

    ``smiles`` is its canonical form, ``mol`` what is described, ``elements`` the symbols in it (without H), ``note`` what was left out.
    """

    smiles: str
    mol: Chem.Mol
    elements: frozenset[str]
    note: str = ""


def prepare(smiles: str, kind: FeatureKind, candidate_class: CandidateClass, read: Chem.Mol | None = None) -> Prepared | str:
    """``smiles`` made ready for the predictors of ``kind``, or the reason why they cannot be used for it. Never raises.

    ``read``: the molecule that RDKit has read from this very SMILES, where it is at hand; it is not modified.
    """
    if (kind == "polymer") != (candidate_class == "polymer"):
        return "defined for polymers, not for molecules" if kind == "polymer" else "defined for molecules, not for polymers"
    whole = _whole(smiles, polymer=kind == "polymer") if read is None else _looked_at(read)
    if isinstance(whole, str):
        return whole
    with BlockLogs():
        if kind == "polymer":
            return _polymer(whole)
        return _dye(whole) if kind == "dye" else _molecule(whole)


@dataclass(frozen=True)
class _Whole:
    """A structure as it was written, without isotopes: what every kind needs to know about it."""

    mol: Chem.Mol
    pieces: int
    charge: int

    @cached_property
    def ready(self) -> tuple[str, frozenset[str]]:
        """Canonical SMILES and elements."""
        return Chem.MolToSmiles(self.mol), _elements(self.mol)


@lru_cache(maxsize=256)
def _whole(smiles: str, *, polymer: bool) -> _Whole | str:
    """The structure or why no predictor can use it; kept for the next kind that asks (its molecule is not to be handed out)."""
    try:
        parsed = parse_polymer(smiles) if polymer else parse_smiles(smiles)
    except StructureError as error:
        return str(error)
    return _looked_at(parsed)


def _looked_at(parsed: Chem.Mol) -> _Whole | str:
    with BlockLogs():
        mol = _without_isotopes(parsed)
        heavy = mol.GetNumHeavyAtoms()
        if heavy > MAX_HEAVY_ATOMS:
            return f"more heavy atoms ({heavy}) than the {MAX_HEAVY_ATOMS} that the model covers"
        if not any(mol.GetAtomWithIdx(i).GetAtomicNum() == 6 for i in range(mol.GetNumAtoms())):
            return "an inorganic substance (no carbon) is outside what the model covers"
        return _Whole(mol, len(Chem.GetMolFrags(mol)), Chem.GetFormalCharge(mol))


def _elements(mol: Chem.Mol) -> frozenset[str]:
    numbers = {mol.GetAtomWithIdx(i).GetAtomicNum() for i in range(mol.GetNumAtoms())}
    return frozenset(Chem.GetPeriodicTable().GetElementSymbol(number) for number in numbers if number > 1)


def _prepared(whole: _Whole) -> Prepared:
    return Prepared(whole.ready[0], Chem.Mol(whole.mol), whole.ready[1])


def _without_isotopes(mol: Chem.Mol) -> Chem.Mol:
    atoms = map(mol.GetAtomWithIdx, range(mol.GetNumAtoms()))
    labelled = [atom.GetIdx() for atom in atoms if atom.GetIsotope() or atom.GetAtomMapNum()]
    if not labelled:
        return mol
    plain = Chem.Mol(mol)
    for index in labelled:
        atom = plain.GetAtomWithIdx(index)
        atom.SetIsotope(0)
        atom.SetAtomMapNum(0)
    return Chem.RemoveHs(plain)


def _molecule(whole: _Whole) -> Prepared | str:
    if whole.pieces > 1:
        return "a salt or a mixture (several pieces) is outside what the model covers"
    if whole.charge != 0:
        return "an ion is outside what the model covers"
    return _prepared(whole)


def _polymer(whole: _Whole) -> Prepared | str:
    if whole.pieces > 1:
        return "a repeat unit with counter-ions is outside what the model covers"
    return _prepared(whole)


def _dye(whole: _Whole) -> Prepared | str:
    """The piece with the largest conjugated system (ties: the larger piece, then the SMILES)."""
    if whole.pieces == 1:
        return _prepared(whole) if conjugated_atoms(whole.mol, enough=MIN_CONJUGATED_ATOMS) >= MIN_CONJUGATED_ATOMS else _NO_CHROMOPHORE
    pieces = list(Chem.GetMolFrags(whole.mol, asMols=True))
    sizes = {id(piece): conjugated_atoms(piece) for piece in pieces}
    ranked = sorted(pieces, key=lambda p: (-sizes[id(p)], -p.GetNumHeavyAtoms(), Chem.MolToSmiles(p)))
    dye = ranked[0]
    if sizes[id(dye)] < MIN_CONJUGATED_ATOMS:
        return _NO_CHROMOPHORE
    left_out = " and ".join(sorted(Chem.MolToSmiles(piece) for piece in ranked[1:]))
    return Prepared(Chem.MolToSmiles(dye), dye, _elements(dye), f"counter-ion or companion not described: {left_out}")


def conjugated_atoms(mol: Chem.Mol, enough: int = MAX_HEAVY_ATOMS) -> int:
    """Number of atoms in the largest system of connected conjugated bonds, or in the first found with ``enough`` atoms. 0 without any."""
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
        if best >= enough:
            break
    return best
