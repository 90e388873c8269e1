"""The atoms of a molecule that a name means: a registered group or ring system, a ring with a named substituent, a known compound."""

from __future__ import annotations

import re

from rdkit import Chem, rdBase

from tools.groups.groups import Group, compile_smarts, resolve_group
from tools.structures.names import common_names

#: What a substituent prefix ('aminopyrimidine') means: SMARTS of the atoms bonded to the ring, the first one to the ring itself.
_PREFIXES = {
    "amino": "[NX3;!R]",
    "hydroxy": "[OX2H]",
    "methoxy": "[OX2][CH3]",
    "ethoxy": "[OX2][CH2][CH3]",
    "alkoxy": "[OX2][CX4]",
    "chloro": "Cl",
    "fluoro": "F",
    "bromo": "Br",
    "iodo": "I",
    "cyano": "[CX2]#[NX1]",
    "nitro": "[N+](=O)[O-]",
    "methyl": "[CH3]",
    "trifluoromethyl": "C(F)(F)F",
    "carboxy": "C(=O)[OH]",
}
_PREFIXED = re.compile(
    r"^(?:\d[\d,]*-)?(?P<count>di|tri)?(?P<prefix>" + "|".join(sorted(_PREFIXES, key=len, reverse=True)) + r")-?(?P<rest>.+)$"
)


#: Rings as substituents: 'the pyridyl ring' is the pyridine.
_RING_WORDS = {
    "phenyl": "benzene ring",
    "aryl": "aromatic ring",
    "pyridyl": "pyridine",
    "pyridinyl": "pyridine",
    "pyrimidinyl": "pyrimidine",
    "naphthyl": "naphthalene",
    "thienyl": "thiophene",
    "furyl": "furan",
    "indolyl": "indole",
    "quinolinyl": "quinoline",
    "imidazolyl": "imidazole",
    "pyrazolyl": "pyrazole",
    "piperidinyl": "piperidine",
    "piperazinyl": "piperazine",
    "morpholinyl": "morpholine",
    "cyclohexyl": "cyclohexane",
    "cyclopentyl": "cyclopentane",
    "cyclopropyl": "cyclopropane",
}


def is_part(name: str) -> bool:
    """Whether ``name`` is a word for a part of a molecule, whatever molecule it may be."""
    bare = _bare(name)
    prefixed = _PREFIXED.match(bare)
    return _ring_or_group(bare) is not None or bool(prefixed and is_part(prefixed["rest"])) or bare in common_names()


def whole_parts(mol: Chem.Mol, name: str) -> set[int]:
    """The atoms of every occurrence of ``name`` in ``mol``; empty where it is unknown or does not occur."""
    return {i for match in _occurrences(mol, _bare(name)) for i in match}


def ring_part(mol: Chem.Mol, name: str) -> set[int]:
    """The ring atoms of every occurrence of ``name``; empty where there are none."""
    return {i for i in whole_parts(mol, name) if mol.GetAtomWithIdx(i).IsInRing()}


def proper_atoms(mol: Chem.Mol, name: str) -> set[int]:
    """The atoms that make the named group what it is: of a functional group the hetero atoms and the carbons multiply bonded to them.

    A group of carbon alone, or a ring system, is meant as a whole.
    """
    whole = whole_parts(mol, name)
    group = resolve_group(_bare(name))
    if group is None or group.kind == "ring system":
        return whole
    hetero = {i for i in whole if mol.GetAtomWithIdx(i).GetAtomicNum() != 6}
    drawn_in = {
        bond.GetOtherAtomIdx(i)
        for i in hetero
        for bond in mol.GetAtomWithIdx(i).GetBonds()
        if bond.GetBondTypeAsDouble() > 1 and bond.GetOtherAtomIdx(i) in whole and not bond.GetIsAromatic()
    }
    return hetero | drawn_in or whole


def _bare(name: str) -> str:
    return re.sub(r"^(?:the|its|my)\s+", "", " ".join(name.lower().split()))


def _occurrences(mol: Chem.Mol, name: str) -> list[tuple[int, ...]]:
    group = _ring_or_group(name)
    if group is not None:
        return _matches(mol, compile_smarts(group.smarts))
    prefixed = _PREFIXED.match(name)
    if prefixed:
        rings = _occurrences(mol, prefixed["rest"])
        with_prefix = [_with_substituents(mol, ring, _PREFIXES[prefixed["prefix"]]) for ring in rings]
        least = {None: 1, "di": 2, "tri": 3}[prefixed["count"]]
        return [ring + extra for ring, (number, extra) in zip(rings, with_prefix, strict=True) if number >= least]
    known = common_names().get(name)
    if known is None or "*" in known[1] or "." in known[1]:
        return []
    with rdBase.BlockLogs():
        query = Chem.MolFromSmiles(known[1])
    return _matches(mol, query) if query is not None else []


def _ring_or_group(name: str) -> Group | None:
    short = re.sub(r"\s+(?:ring|ring system|core|nucleus|part)$", "", name)
    return resolve_group(_RING_WORDS.get(short, name)) or resolve_group(short)


def _matches(mol: Chem.Mol, query: Chem.Mol) -> list[tuple[int, ...]]:
    found = mol.GetSubstructMatches(query, uniquify=True, maxMatches=200)
    return [match for match in found if all(mol.GetAtomWithIdx(i).GetAtomicNum() for i in match)]


def _with_substituents(mol: Chem.Mol, ring: tuple[int, ...], smarts: str) -> tuple[int, tuple[int, ...]]:
    """How many substituents of this kind the ring has, and their atoms."""
    found: list[int] = []
    number = 0
    for match in mol.GetSubstructMatches(compile_smarts(smarts), uniquify=True):
        beside = [n.GetIdx() for n in mol.GetAtomWithIdx(match[0]).GetNeighbors()]
        if any(i in ring for i in beside) and not set(match) & set(ring):
            number += 1
            found += match
    return number, tuple(dict.fromkeys(found))
