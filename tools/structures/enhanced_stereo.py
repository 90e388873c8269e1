"""Racemic and relative stereochemistry (``&1``, ``o1`` of CXSMILES, STERAC and STEREL of V3000): kept as such, never cut to one enantiomer.

A group of one centre says that both configurations are there (&) or that it is not known which (o): its form is the one without a
configuration. In a group of several the centres belong together: the form keeps the group, in the canonical of its two drawings.
"""

from __future__ import annotations

import re
from collections import defaultdict

from rdkit import Chem

from core.errors import StructureError
from tools.structures.atoms import atoms

_GROUP = "_stereo_group"
_SAID = re.compile(r"(?:^|[|,])([&o]\d+):\d")
_SIGNS = {Chem.StereoGroupType.STEREO_AND: "&", Chem.StereoGroupType.STEREO_OR: "o"}
_TYPES = {sign: kind for kind, sign in _SIGNS.items()}
_WORDS = {"&": ("racemic", "both mirror images are there"), "o": ("relative", "it is not known which of the mirror images it is")}
_CHIRAL = (Chem.ChiralType.CHI_TETRAHEDRAL_CW, Chem.ChiralType.CHI_TETRAHEDRAL_CCW)


def completed(mol: Chem.Mol, extension: str) -> Chem.Mol:
    """``mol``, read with a CXSMILES ``extension``, with a group of all its centres where the extension says 'r' (relative) and no group.

    Raises StructureError where the extension names groups that were not read.
    """
    said = {found[1] for found in _SAID.finditer(extension)}
    read = [g for g in mol.GetStereoGroups() if g.GetGroupType() in _SIGNS]
    if len(said) > len(read):
        raise StructureError(f"its extension {extension} cannot be read", smiles=Chem.MolToSmiles(mol))
    centres = [a.GetIdx() for a in atoms(mol) if a.GetChiralTag() in _CHIRAL]
    if read or not centres or "r" not in extension.strip("|").split(","):
        return mol
    work = Chem.RWMol(mol)
    work.SetStereoGroups([Chem.CreateStereoGroup(Chem.StereoGroupType.STEREO_AND, work, centres)])
    return work.GetMol()


def settle(mol: Chem.Mol, notes: list[str]) -> Chem.Mol:
    """``mol`` without stereo groups: centres alone in theirs have no configuration, the others are marked for :func:`regrouped`."""
    groups = list(mol.GetStereoGroups())
    if not groups:
        return mol
    work = Chem.RWMol(mol)
    work.SetStereoGroups([])
    cleared: dict[str, int] = defaultdict(int)
    for number, group in enumerate(groups):
        sign = _SIGNS.get(group.GetGroupType())
        centres = [a.GetIdx() for a in group.GetAtoms() if a.GetChiralTag() in _CHIRAL]
        if sign is None:
            continue
        for index in centres:
            if len(centres) == 1:
                work.GetAtomWithIdx(index).SetChiralTag(Chem.ChiralType.CHI_UNSPECIFIED)
                cleared[sign] += 1
            else:
                work.GetAtomWithIdx(index).SetProp(_GROUP, f"{sign}{number}")
    for sign, count in cleared.items():
        notes.append(f"{_centres(count)} {_WORDS[sign][0]} ({sign}): {_WORDS[sign][1]}; judged without configuration")
    settled: Chem.Mol = work.GetMol()
    if cleared:
        Chem.AssignStereochemistry(settled, cleanIt=True, force=True)
    return settled


def regrouped(mol: Chem.Mol) -> Chem.Mol:
    """A copy of ``mol`` with its marked centres as stereo groups, in the canonical of the two drawings; ``mol`` where none is marked."""
    if not any(atom.HasProp(_GROUP) for atom in atoms(mol)):
        return mol
    marked: dict[str, list[int]] = defaultdict(list)
    work = Chem.RWMol(mol)
    for atom in atoms(work):
        if atom.HasProp(_GROUP):
            marked[atom.GetProp(_GROUP)].append(atom.GetIdx())
            atom.ClearProp(_GROUP)
    groups = [Chem.CreateStereoGroup(_TYPES[mark[0]], work, indices) for mark, indices in marked.items()]
    work.SetStereoGroups(groups)
    Chem.CanonicalizeEnhancedStereo(work)
    return work.GetMol()


def written(mol: Chem.Mol) -> str:
    """Canonical SMILES of ``mol`` with its stereo groups as an extension, where it has any."""
    if not mol.GetStereoGroups():
        return str(Chem.MolToSmiles(mol))
    return str(Chem.MolToCXSmiles(mol, Chem.SmilesWriteParams(), Chem.CXSmilesFields.CX_ENHANCEDSTEREO))


def relative(mol: Chem.Mol, notes: list[str]) -> tuple[int, str]:
    """(centres of ``mol`` whose configuration is only relative, '-rac' or '-rel' for its key); (0, '') where there are none."""
    count, suffix = 0, ""
    for group in mol.GetStereoGroups():
        sign = _SIGNS.get(group.GetGroupType())
        if sign is not None:
            centres = len(list(group.GetAtoms()))
            count += centres
            suffix = "-rac" if sign == "&" and suffix != "-rel" else "-rel"
            notes.append(f"{_centres(centres)} {_WORDS[sign][0]} ({sign}): {_WORDS[sign][1]}; one is drawn, counted as undefined")
    return count, suffix


def without_groups(mol: Chem.Mol) -> Chem.Mol:
    """``mol`` with no configuration at the centres of its groups: what is sure of it."""
    work = Chem.RWMol(mol)
    for group in mol.GetStereoGroups():
        if group.GetGroupType() in _SIGNS:
            for atom in group.GetAtoms():
                work.GetAtomWithIdx(atom.GetIdx()).SetChiralTag(Chem.ChiralType.CHI_UNSPECIFIED)
    work.SetStereoGroups([])
    plain: Chem.Mol = work.GetMol()
    Chem.AssignStereochemistry(plain, cleanIt=True, force=True)
    return plain


def _centres(count: int) -> str:
    return f"{count} stereocentre{'s' if count > 1 else ''}"
