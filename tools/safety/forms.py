"""What of a structure is screened: every piece, without isotopes and salt charges, so that no way of writing hides anything."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from rdkit import Chem, rdBase

from core.errors import StructureError
from core.spec import CandidateClass
from tools.safety.resonance import usual
from tools.safety.unmask import unmasked
from tools.structures.atoms import atoms
from tools.structures.parse import parse_polymer, parse_smiles
from tools.structures.salts import disconnect_alkali, neutralise, uncharge_oxides
from tools.structures.standardise import inchikey

#: Largest unmasked molecule that is looked for among the listed precursors, in heavy atoms.
LARGEST_LISTED = 16


@dataclass(frozen=True)
class Form:
    """A molecule to screen."""

    mol: Chem.Mol
    """Sanitised, without isotopes and atom maps."""
    keys: tuple[str, ...]
    """InChIKeys under which it may be listed."""
    whole: bool
    """Whether it is the whole structure: what looks at salts looks at it."""
    piece: bool
    """Whether it is one connected molecule: what looks at families looks at it."""
    present: frozenset[int]
    """Atomic numbers of its elements, 1 included."""
    masked: bool = False
    """Whether it is what the structure becomes without its protecting groups: a precursor of it is what was given."""


def forms(smiles: str, candidate_class: CandidateClass, read: Chem.Mol | None = None) -> list[Form]:
    """The molecules that stand for ``smiles``: the whole, then each piece of more than one atom, neutral and as drawn, then what they become
    without protecting groups.

    A repeat unit is screened as three units in a row, so that every bond of the chain is seen; its open ends stay dummy atoms. It has
    no keys: the monomers are screened as the materials of the route. ``read``: the molecule that RDKit has read from this very SMILES,
    where it is at hand; it is not modified.
    Raises StructureError for what cannot be read.
    """
    with rdBase.BlockLogs():
        if candidate_class == "polymer":
            unit = _unit(_plain(parse_polymer(smiles)))
            return [_form(_chain(unit), whole=True, piece=True, keyed=False)]
        if candidate_class != "molecule":
            raise StructureError(f"{candidate_class!r} is not a candidate class")
        whole = _plain(parse_smiles(smiles, read=read))
        pieces = Chem.GetMolFrags(whole, asMols=True) if len(Chem.GetMolFrags(whole)) > 1 else (whole,)
        reduced = [less for piece in pieces if (less := _without_amine_oxide(piece)) is not None]
        bare = [
            _form(less, whole=False, piece=True, keyed=less.GetNumHeavyAtoms() <= LARGEST_LISTED, masked=True)
            for piece in [*pieces, *reduced]
            for less in unmasked(piece)
        ]
        if len(pieces) == 1:
            return [_form(whole, whole=True, piece=True), *(_form(less, whole=False, piece=True) for less in reduced), *bare]
        seen: dict[str, Chem.Mol] = {}
        for piece in [*pieces, *reduced]:
            if piece.GetNumHeavyAtoms() > 1 or piece.GetAtomWithIdx(0).GetAtomicNum() == 6:
                seen.setdefault(Chem.MolToSmiles(piece), piece)
        return [_form(whole, whole=True, piece=False), *(_form(piece, whole=False, piece=True) for piece in seen.values()), *bare]


@lru_cache(maxsize=1)
def _amine_oxide() -> Chem.Mol:
    return Chem.MolFromSmarts("[OX1-]-[NX4+]")


def _without_amine_oxide(mol: Chem.Mol) -> Chem.Mol | None:
    """``mol`` with its amine oxides reduced to the amines that they are made from and go back to; None if it has none."""
    matches = mol.GetSubstructMatches(_amine_oxide())
    if not matches:
        return None
    editable = Chem.RWMol(mol)
    for _, nitrogen in matches:
        editable.GetAtomWithIdx(nitrogen).SetFormalCharge(0)
    for oxygen in sorted((match[0] for match in matches), reverse=True):
        editable.RemoveAtom(oxygen)
    amine = editable.GetMol()
    Chem.SanitizeMol(amine)
    return amine


def _plain(mol: Chem.Mol) -> Chem.Mol:
    """``mol`` without isotopes, maps and covalently drawn salts."""
    plain = Chem.RWMol(mol)
    isotopes = False
    for atom in atoms(plain):
        if atom.GetAtomMapNum():
            atom.SetAtomMapNum(0)
        if atom.GetIsotope():
            isotopes = True
            atom.SetIsotope(0)
    result = Chem.RemoveHs(plain) if isotopes else plain.GetMol()
    return uncharge_oxides(usual(disconnect_alkali(result)))


def _form(mol: Chem.Mol, *, whole: bool, piece: bool, keyed: bool = True, masked: bool = False) -> Form:
    """The neutral form of ``mol``, which its keys (neutral and as drawn) belong to."""
    charged = any(atom.GetFormalCharge() for atom in atoms(mol))
    neutral = neutralise(mol, []) if charged else mol
    keys: tuple[str, ...] = ()
    if keyed:
        keys = (inchikey(neutral),) if neutral is mol else (inchikey(neutral), inchikey(mol))
    everyone = atoms(neutral)
    present = {atom.GetAtomicNum() for atom in everyone}
    if any(atom.GetTotalNumHs() for atom in everyone):
        present.add(1)
    return Form(neutral, tuple(key for key in keys if key), whole, piece, frozenset(present), masked)


def _ends(unit: Chem.Mol) -> list[int]:
    return [atom.GetIdx() for atom in unit.GetAtoms() if atom.GetAtomicNum() == 0]


def _chain(unit: Chem.Mol, units: int = 3) -> Chem.Mol:
    """``units`` repeat units in a row with a dummy atom at both ends."""
    left, right = _ends(unit)
    size = unit.GetNumAtoms()
    order = unit.GetAtomWithIdx(left).GetBonds()[0].GetBondType()
    first = unit.GetAtomWithIdx(left).GetNeighbors()[0].GetIdx()
    last = unit.GetAtomWithIdx(right).GetNeighbors()[0].GetIdx()
    combined = unit
    for _ in range(units - 1):
        combined = Chem.CombineMols(combined, unit)
    editable = Chem.RWMol(combined)
    dead = []
    for number in range(units - 1):
        editable.AddBond(last + number * size, first + (number + 1) * size, order)
        dead += [right + number * size, left + (number + 1) * size]
    for index in sorted(dead, reverse=True):
        editable.RemoveAtom(index)
    chain = editable.GetMol()
    Chem.SanitizeMol(chain)
    return chain


def companions(psmiles: str) -> list[str]:
    """SMILES of the pieces that stand with a repeat unit and are none themselves (counter-ions of an ionomer, additives).

    They are screened as molecules of their own. Raises StructureError for what cannot be read.
    """
    pieces = Chem.GetMolFrags(parse_polymer(psmiles), asMols=True)
    return list(dict.fromkeys(Chem.MolToSmiles(piece) for piece in pieces if not _ends(piece)))


def _unit(mol: Chem.Mol) -> Chem.Mol:
    """The piece of ``mol`` that holds the attachment points; for the others see :func:`companions`."""
    pieces = Chem.GetMolFrags(mol, asMols=True)
    return next(piece for piece in pieces if _ends(piece))
