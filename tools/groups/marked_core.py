"""A compound whose atoms a person marks one by one: those that stay, those at which something may stand, those that may change."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from rdkit import Chem

from core.errors import StructureError
from tools.groups.drawn_core import block_molecule, drawn_core, is_block
from tools.structures.parse import parse_smiles

#: Most heavy atoms of a compound that is marked by hand.
MOST_ATOMS = 80


@dataclass(frozen=True)
class MarkedCore:
    """A compound and its marks.

    Attributes:
        smiles: the compound, one molecule without '*'; atoms are numbered in this order.
        open: atoms that stay and at which something else may stand.
        free: atoms that may change or go; they are no part of the core.
    """

    smiles: str
    open: frozenset[int] = frozenset()
    free: frozenset[int] = frozenset()

    def state(self, atom: int) -> str:
        """'free', 'open' or 'locked'."""
        return "free" if atom in self.free else "open" if atom in self.open else "locked"

    def turned(self, atom: int) -> MarkedCore:
        """The same with the next mark at an atom: locked, then open, then free, then locked again."""
        state = self.state(atom)
        opened = self.open | {atom} if state == "locked" else self.open - {atom}
        freed = self.free | {atom} if state == "open" else self.free - {atom}
        return MarkedCore(self.smiles, frozenset(opened), frozenset(freed))

    def core(self) -> str:
        """The core as the field for it takes it: a SMILES with a map at each open position.

        Atoms beside free ones are open. StructureError where nothing is open, where nothing is left, or where what is left is not one piece.
        """
        mol = Chem.MolFromSmiles(self.smiles)
        kept = [a.GetIdx() for a in mol.GetAtoms() if a.GetIdx() not in self.free]
        if not kept:
            raise StructureError("at least one atom has to stay", smiles=self.smiles)
        for atom in mol.GetAtoms():
            beside = any(n.GetIdx() in self.free for n in atom.GetNeighbors())
            atom.SetAtomMapNum(1 if atom.GetIdx() not in self.free and (beside or atom.GetIdx() in self.open) else 0)
        if not any(a.GetAtomMapNum() for a in mol.GetAtoms()):
            raise StructureError("nothing may change yet: open at least one position", smiles=self.smiles)
        text = str(Chem.MolFragmentToSmiles(mol, kept))
        try:
            text = str(Chem.MolToSmiles(_without(mol, self.free)))
            drawn_core(text)
        except StructureError as error:
            raise StructureError(f"what stays is no core by itself; keep rings whole and in one piece ({error})", smiles=text) from error
        return text


def _without(mol: Chem.Mol, gone: Collection[int]) -> Chem.Mol:
    """``mol`` without these atoms, hydrogen in their place. StructureError where what is left is no molecule."""
    left = Chem.RWMol(mol)
    for index in gone:
        for bond in mol.GetAtomWithIdx(index).GetBonds():
            beside = left.GetAtomWithIdx(bond.GetOtherAtomIdx(index))
            beside.SetChiralTag(Chem.ChiralType.CHI_UNSPECIFIED)
            if beside.GetNoImplicit() or (beside.GetIsAromatic() and beside.GetAtomicNum() != 6):  # its hydrogens are counted by hand
                beside.SetNumExplicitHs(beside.GetNumExplicitHs() + int(bond.GetBondTypeAsDouble()))
    for index in sorted(gone, reverse=True):
        left.RemoveAtom(index)
    try:
        Chem.SanitizeMol(left)
    except (ValueError, RuntimeError) as error:
        raise StructureError(str(error)) from error
    return left.GetMol()


def marked_core(text: str, opened: Collection[int] = (), freed: Collection[int] = ()) -> MarkedCore:
    """The compound that ``text`` (SMILES or mol block) draws, with these marks; attachment points and atom maps in it are open positions.

    Numbers of atoms that it does not have are left out. Raises StructureError for what cannot be read, is not one piece, or is too large.
    """
    mol = block_molecule(text) if is_block(text) else parse_smiles(text.strip(), allow_dummies=True)
    if len(Chem.GetMolFrags(mol)) != 1:
        raise StructureError("a core has to be one piece", smiles=Chem.MolToSmiles(mol))
    if mol.GetNumHeavyAtoms() > MOST_ATOMS:
        raise StructureError(f"a compound of more than {MOST_ATOMS} atoms is too large to be marked by hand", smiles=text[:80])
    for atom in mol.GetAtoms():
        beside = any(not n.GetAtomicNum() for n in atom.GetNeighbors())
        atom.SetAtomMapNum(1 if atom.GetAtomMapNum() or beside else 0)
    bare = Chem.RWMol(mol)
    for index in sorted((a.GetIdx() for a in bare.GetAtoms() if not a.GetAtomicNum()), reverse=True):
        bare.RemoveAtom(index)
    ready = Chem.MolFromSmiles(Chem.MolToSmiles(bare))
    if ready is None or not ready.GetNumAtoms():
        raise StructureError("a core needs at least one atom beside its attachment points", smiles=text[:80])
    mapped = {a.GetIdx() for a in ready.GetAtoms() if a.GetAtomMapNum()}
    for atom in ready.GetAtoms():
        atom.SetAtomMapNum(0)
    smiles = Chem.MolToSmiles(ready, canonical=False)
    atoms = set(range(ready.GetNumAtoms()))
    return MarkedCore(smiles, frozenset((mapped | set(opened)) & atoms), frozenset(set(freed) & atoms - mapped))
