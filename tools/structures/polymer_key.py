"""One key for a polymer, however its repeat unit is written.

The same chain can be written from any bond of its backbone (``*CCO*``, ``*COC*``), in either direction, and with its unit
doubled. The chain is read as a periodic word: every backbone single bond that is not in a ring is a place where the chain
could have been cut, and what lies between two such bonds (an atom or a ring system with everything that hangs on it) is a
letter, written as a canonical SMILES with its left and its right end marked. The key is the hash of the word after it was
reduced to its shortest period, rotated to its smallest rotation, and compared with the word read backwards.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from itertools import pairwise

from rdkit import Chem, rdBase

from core.errors import StructureError
from tools.structures.parse import parse_polymer

_LEFT, _RIGHT = 1, 2


def polymer_key(psmiles: str) -> str:
    """32 hexadecimal characters that are the same for every way of writing the polymer with repeat unit ``psmiles``.

    Independent of the frame, of the direction and of doubling the unit; isotopes and atom maps do not count, stereo does.
    Raises StructureError for what :func:`parse_polymer` does not accept.
    """
    parse_polymer(psmiles)
    with rdBase.BlockLogs():
        word = _word(_labelled_unit(psmiles.strip()))
    period = _shortest_period(word)
    forward, backward = word[:period], [(b, a) for a, b in reversed(word[:period])]
    best = min(_smallest_rotation([a for a, _ in forward]), _smallest_rotation([a for a, _ in backward]))
    return hashlib.sha256("|".join(best).encode()).hexdigest()[:32]


def _labelled_unit(psmiles: str) -> Chem.Mol:
    """The sanitised unit; its ends carry the labels 1 and 2 (labelled before stereo is perceived: the ends are different)."""
    mol = Chem.MolFromSmiles(psmiles, sanitize=False)
    label = _LEFT
    for atom in mol.GetAtoms():
        atom.SetIsotope(0)
        atom.SetAtomMapNum(0)
        if atom.GetAtomicNum() == 0:
            atom.SetIsotope(label)
            label = _RIGHT
    pieces = Chem.GetMolFrags(mol, asMols=True, sanitizeFrags=False)
    if len(pieces) > 1:
        mol = next(piece for piece in pieces if any(atom.GetAtomicNum() == 0 for atom in piece.GetAtoms()))
    Chem.SanitizeMol(mol)
    mol = Chem.RemoveHs(mol)
    Chem.AssignStereochemistry(mol, cleanIt=True, force=True)
    return mol


def _ends(mol: Chem.Mol) -> tuple[int, int]:
    labels = {atom.GetIsotope(): atom.GetIdx() for atom in mol.GetAtoms() if atom.GetAtomicNum() == 0}
    return labels[_LEFT], labels[_RIGHT]


def _cuts(mol: Chem.Mol, path: tuple[int, ...]) -> list[tuple[int, int, int]]:
    """Inner backbone bonds at which the chain may be cut: (bond, atom before, atom after), from left to right."""
    found = []
    for before, after in pairwise(path[1:-1]):
        bond = mol.GetBondBetweenAtoms(before, after)
        if bond.GetBondType() == Chem.BondType.SINGLE and not bond.IsInRing():
            found.append((bond.GetIdx(), before, after))
    return found


def _word(mol: Chem.Mol) -> list[tuple[str, str]]:
    """The letters of the unit from left to right, each read forwards and backwards."""
    left, right = _ends(mol)
    path = Chem.GetShortestPath(mol, left, right)
    cuts = _cuts(mol, path)
    if cuts and mol.GetAtomWithIdx(left).GetBonds()[0].GetBondType() != Chem.BondType.SINGLE:
        mol = _reframed(mol, cuts[0])
        left, right = _ends(mol)
        path = Chem.GetShortestPath(mol, left, right)
        cuts = _cuts(mol, path)
    pieces = _pieces(mol, cuts) if cuts else [mol]
    letters = [Chem.MolToSmiles(piece) for piece in pieces]
    return [(letter, _mirrored(letter)) for letter in letters]


def _cut(mol: Chem.Mol, cuts: list[tuple[int, int, int]]) -> Chem.Mol:
    """``mol`` cut at ``cuts``; each new end is a dummy atom: 2 where a piece goes on to the right, 1 where to the left."""
    # FragmentOnBonds gives the first label to the dummy that stands for the bond's begin atom.
    labels = [(_LEFT, _RIGHT) if mol.GetBondWithIdx(bond).GetBeginAtomIdx() == before else (_RIGHT, _LEFT) for bond, before, _ in cuts]
    return Chem.FragmentOnBonds(mol, [bond for bond, _, _ in cuts], dummyLabels=labels)


def _pieces(mol: Chem.Mol, cuts: list[tuple[int, int, int]]) -> list[Chem.Mol]:
    """The unit cut at ``cuts``, from left to right; each piece has a dummy atom 1 at its left and 2 at its right."""
    start = mol.GetAtomWithIdx(_ends(mol)[0]).GetNeighbors()[0].GetIdx()
    mapping: list[int] = []
    fragments = Chem.GetMolFrags(_cut(mol, cuts), asMols=True, sanitizeFrags=False, frags=mapping)
    return [fragments[mapping[first]] for first in [start, *(after for _, _, after in cuts)]]


@lru_cache(maxsize=8192)
def _mirrored(letter: str) -> str:
    """``letter`` read from right to left."""
    mol = Chem.MolFromSmiles(letter)
    if mol is None:
        raise StructureError("a part of this repeat unit cannot be read back", smiles=letter)
    for atom in mol.GetAtoms():
        if atom.GetAtomicNum() == 0:
            atom.SetIsotope(_LEFT + _RIGHT - atom.GetIsotope())
    mirrored: str = Chem.MolToSmiles(mol)
    return mirrored


def _reframed(mol: Chem.Mol, cut: tuple[int, int, int]) -> Chem.Mol:
    """Two units of a chain that was cut at a multiple bond, cut at the single bond ``cut`` instead."""
    left, right = _ends(mol)
    order = mol.GetAtomWithIdx(left).GetBonds()[0].GetBondType()
    first = mol.GetAtomWithIdx(left).GetNeighbors()[0].GetIdx()
    last = mol.GetAtomWithIdx(right).GetNeighbors()[0].GetIdx()
    pieces = _cut(mol, [cut])
    size = pieces.GetNumAtoms()
    editable = Chem.RWMol(Chem.CombineMols(pieces, pieces))
    before, after = (
        next(n.GetIdx() for n in pieces.GetAtomWithIdx(atom).GetNeighbors() if n.GetIdx() >= mol.GetNumAtoms()) for atom in cut[1:]
    )
    # Chain: [after ... last]=[first ... before]-[after ... last]=[first ... before]
    editable.AddBond(last, first + size, order)
    editable.AddBond(last + size, first, order)
    editable.AddBond(cut[1] + size, cut[2] + size, Chem.BondType.SINGLE)
    for index in sorted((left, right, left + size, right + size, before + size, after + size), reverse=True):
        editable.RemoveAtom(index)
    joined = editable.GetMol()
    Chem.SanitizeMol(joined)
    return joined


def _shortest_period(word: list[tuple[str, str]]) -> int:
    """Length of the shortest word whose repetition is ``word``."""
    size = len(word)
    return next(n for n in range(1, size + 1) if size % n == 0 and word[n:] == word[:-n])


def _smallest_rotation(word: list[str]) -> list[str]:
    return min(word[i:] + word[:i] for i in range(len(word)))
