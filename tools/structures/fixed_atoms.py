"""Atoms of a structure that must stay as they are, and whether another structure has kept them.

A kept atom has the same element, charge, aromaticity, number of bonds (hydrogens counted) and number of rings as in the reference, and the
same bonds to the other kept atoms; no two of these may be newly bonded. At a *closed* position nothing else may be bonded, at an *open* one
hydrogen or anything may stand. A stereocentre or double bond of the kept part whose configuration is given keeps it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from rdkit import Chem, rdBase

from core.errors import StructureError
from core.spec import FixedAtomsRequirement
from tools.structures.kept_stereo import KeptStereo, kept_stereo, matches_stereo, with_stereo
from tools.structures.parse import parse_smiles
from tools.structures.repeat_units import joined_units

#: Placements of the kept atoms that are looked at in one structure.
MAX_MATCHES = 4000

ABSENT = "the atoms to keep are not all there"
CHANGED = "something new is bonded to a position that stays, or a kept atom has become part of another ring"
TURNED = "a stereocentre or double bond of the kept part has another configuration, or none that is given"
LARGE = "a substituent is larger than allowed"


@dataclass(frozen=True)
class Kept:
    """Which atoms of a reference stay. Atoms are numbered from 0 in the order of the reference's SMILES.

    Attributes:
        reference: SMILES of the structure whose atoms are meant.
        fixed: the atoms that stay.
        open: those of them at which something else may stand.
        choices: other element symbols that a fixed atom may be, its own included.
        new_rings: whether rings may be built onto open positions.
        largest: largest number of heavy atoms of one substituent; None for no limit.
    """

    reference: str
    fixed: tuple[int, ...]
    open: frozenset[int]
    choices: tuple[tuple[int, tuple[str, ...]], ...] = ()
    new_rings: bool = False
    largest: int | None = None


def kept_of(requirement: FixedAtomsRequirement) -> Kept:
    """What a requirement keeps."""
    return Kept(
        requirement.reference,
        tuple(requirement.fixed),
        frozenset(requirement.open),
        tuple((choice.atom, tuple(choice.elements)) for choice in requirement.choices),
        requirement.new_rings,
        requirement.largest_substituent,
    )


@dataclass(frozen=True)
class FixedAtoms:
    """The queries made from :class:`Kept`: atom i of both stands for ``kept.fixed[i]``. Made by :func:`compiled`; not to be modified."""

    kept: Kept
    strict: Chem.Mol
    loose: Chem.Mol
    open: frozenset[int]
    stereo: KeptStereo = field(repr=False)


@lru_cache(maxsize=256)
def compiled(kept: Kept) -> FixedAtoms:
    """The queries for ``kept``. Raises StructureError where the reference cannot be read or an atom number does not exist or fit."""
    mol = parse_smiles(kept.reference, allow_dummies=True)
    fixed = set(kept.fixed)
    if not fixed or not fixed <= set(range(mol.GetNumAtoms())) or not kept.open <= fixed:
        raise StructureError(
            "the atoms to keep are no atoms of the reference, or an open position is not one of them", smiles=kept.reference
        )
    if any(mol.GetAtomWithIdx(i).GetAtomicNum() == 0 for i in fixed):
        raise StructureError("an attachment point cannot be kept", smiles=kept.reference)
    for index in sorted(fixed - kept.open):
        if any(n.GetIdx() not in fixed for n in mol.GetAtomWithIdx(index).GetNeighbors()):
            raise StructureError(f"atom {index + 1} carries what may change, but is closed", smiles=kept.reference)
    choices = dict(kept.choices)
    number = {atom: place for place, atom in enumerate(kept.fixed)}
    return FixedAtoms(
        kept=kept,
        strict=_query(mol, kept, {i: _strict(mol.GetAtomWithIdx(i), kept, choices.get(i)) for i in kept.fixed}),
        loose=_query(mol, kept, {i: _loose(mol.GetAtomWithIdx(i), choices.get(i)) for i in kept.fixed}),
        open=frozenset(number[i] for i in kept.open),
        stereo=kept_stereo(mol, number),
    )


def _loose(atom: Chem.Atom, choices: tuple[str, ...] | None) -> str:
    table = Chem.GetPeriodicTable()
    numbers = [table.GetAtomicNumber(s) for s in choices] if choices else [atom.GetAtomicNum()]
    aromatic = "a" if atom.GetIsAromatic() else "A"
    return ",".join(f"#{n}" for n in numbers) + f";{aromatic};{atom.GetFormalCharge():+d}"


def _strict(atom: Chem.Atom, kept: Kept, choices: tuple[str, ...] | None) -> str:
    is_open = atom.GetIdx() in kept.open
    rings = atom.GetOwningMol().GetRingInfo().NumAtomRings(atom.GetIdx())
    text = _loose(atom, choices)
    if not choices:
        text += f";X{atom.GetTotalDegree()}"
    if not is_open:
        text += f";D{atom.GetDegree()}"
    return text if kept.new_rings else f"{text};R{rings}"


def _query(mol: Chem.Mol, kept: Kept, atoms: Mapping[int, str]) -> Chem.Mol:
    """The kept atoms with the given SMARTS, and the bonds between them."""
    query = Chem.RWMol()
    place = {index: query.AddAtom(Chem.AtomFromSmarts(f"[{atoms[index]}]")) for index in kept.fixed}
    for bond in mol.GetBonds():
        begin, end = bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()
        if begin in place and end in place:
            query.AddBond(place[begin], place[end], bond.GetBondType())
            query.ReplaceBond(query.GetNumBonds() - 1, Chem.BondFromSmarts(_bond_smarts(bond)))
    return query.GetMol()


def _bond_smarts(bond: Chem.Bond) -> str:
    if bond.GetIsAromatic():
        return ":"
    return {Chem.BondType.SINGLE: "-", Chem.BondType.DOUBLE: "=", Chem.BondType.TRIPLE: "#"}.get(bond.GetBondType(), "~")


def placements(core: FixedAtoms, mol: Chem.Mol) -> Iterator[tuple[int, ...]]:
    """Every way in which ``mol`` holds the kept atoms unchanged, stereo apart: atom i of the answer is where ``kept.fixed[i]`` is.

    ``mol`` is a molecule with its rings known, or a repeat unit joined to others.
    """
    with rdBase.BlockLogs():
        found = mol.GetSubstructMatches(core.strict, uniquify=False, maxMatches=MAX_MATCHES)
    for match in found:
        if not _newly_bonded(core, mol, match):
            yield match


def _newly_bonded(core: FixedAtoms, mol: Chem.Mol, match: tuple[int, ...]) -> bool:
    place = {atom: i for i, atom in enumerate(match)}
    for i in core.open:
        for neighbour in mol.GetAtomWithIdx(match[i]).GetNeighbors():
            j = place.get(neighbour.GetIdx())
            if j is not None and core.strict.GetBondBetweenAtoms(i, j) is None:
                return True
    return False


def placement(core: FixedAtoms, mol: Chem.Mol) -> tuple[int, ...] | None:
    """The first of :func:`placements` in which stereo and the size of substituents are right too; None if there is none."""
    return next((m for m in placements(core, mol) if matches_stereo(core.stereo, mol, m) and not _too_large(core, mol, m)), None)


def whole(mol: Chem.Mol) -> Chem.Mol:
    """What is searched for kept atoms: the molecule, or for a repeat unit several of them joined."""
    return joined_units(mol) if any(atom.GetAtomicNum() == 0 for atom in mol.GetAtoms()) else mol


def keeps(core: FixedAtoms, mol: Chem.Mol) -> bool:
    """Whether ``mol`` (a molecule or repeat unit) has kept the atoms."""
    return placement(core, whole(mol)) is not None


def fault(core: FixedAtoms, mol: Chem.Mol) -> str:
    """'' where ``mol`` has kept the atoms, else what is wrong, in words."""
    subject = whole(mol)
    if placement(core, subject) is not None:
        return ""
    found = next(placements(core, subject), None)
    if found is not None:
        right = any(matches_stereo(core.stereo, subject, m) for m in placements(core, subject))
        return LARGE if right else TURNED
    return CHANGED if subject.HasSubstructMatch(core.loose) else ABSENT


def restored(core: FixedAtoms, mol: Chem.Mol) -> Chem.Mol:
    """``mol`` with the configuration of the kept part as in the reference, where its own is not given; ``mol`` itself if nothing is to do."""
    if not core.stereo or placement(core, mol) is not None:
        return mol
    for match in placements(core, mol):
        changed = with_stereo(core.stereo, mol, match)
        if changed is not None and placement(core, changed) is not None:
            return changed
    return mol


def _too_large(core: FixedAtoms, mol: Chem.Mol, match: tuple[int, ...]) -> bool:
    largest = core.kept.largest
    if largest is None:
        return False
    inside = set(match)
    for index in match:
        for neighbour in mol.GetAtomWithIdx(index).GetNeighbors():
            if neighbour.GetIdx() not in inside and len(branch(mol, neighbour.GetIdx(), inside)) > largest:
                return True
    return False


def branch(mol: Chem.Mol, start: int, barred: set[int]) -> set[int]:
    """The atoms that hang together with ``start`` when those of ``barred`` are taken away."""
    seen, queue = {start}, [start]
    while queue:
        for other in mol.GetAtomWithIdx(queue.pop()).GetNeighbors():
            index = other.GetIdx()
            if index not in barred and index not in seen:
                seen.add(index)
                queue.append(index)
    return seen
