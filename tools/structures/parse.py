"""Reading SMILES from people and models: bounded in size, with an error that says what is wrong and where."""

from __future__ import annotations

from functools import lru_cache

from rdkit import Chem, rdBase

from core.errors import StructureError
from tools.structures import enhanced_stereo
from tools.structures.notations import extension_fault, other_notation, polymer_notation, split_extension, with_hydrogen
from tools.structures.smiles_scan import scan

MAX_LENGTH = 2000
MAX_HEAVY_ATOMS = 300
#: Ring closures in one structure (C60 has 31). Ring perception of denser graphs takes minutes.
MAX_RING_CLOSURES = 60
#: One structure is read several times in a row on its way through a run.
_scanned = lru_cache(maxsize=256)(scan)


def parse_smiles(
    smiles: str,
    *,
    max_length: int = MAX_LENGTH,
    max_heavy_atoms: int = MAX_HEAVY_ATOMS,
    allow_dummies: bool = False,
    read: Chem.Mol | None = None,
) -> Chem.Mol:
    """The sanitised molecule that ``smiles`` writes, perhaps with a CXSMILES extension; surrounding white space is ignored.

    ``read``: what RDKit has read from this very text already; it is checked and handed back instead of being read again.

    Raises StructureError, with the 0-based position where it can be found, for text that is empty, longer than ``max_length``
    characters, larger than ``max_heavy_atoms``, not a SMILES, not a possible molecule (valence, aromaticity), or that holds a
    dummy atom '*' without ``allow_dummies``.
    """
    if not isinstance(smiles, str):
        raise StructureError(f"a structure must be text, not {type(smiles).__name__}")
    if len(smiles) > max_length and len(smiles.strip()) > max_length:
        raise StructureError(f"a structure of {len(smiles)} characters is longer than the {max_length} allowed", smiles=smiles)
    text, extension = split_extension(smiles.strip())
    if not text:
        raise StructureError("the structure is empty")
    atoms, closures, fault = _scanned(text)
    if fault is not None:
        named = other_notation(text)
        raise (
            StructureError(f"this is {named}", smiles=text)
            if named
            else StructureError(fault.message, smiles=text, position=fault.position)
        )
    if closures > MAX_RING_CLOSURES:
        raise StructureError(f"a structure with {closures} ring closures is more than the {MAX_RING_CLOSURES} allowed", smiles=text)
    if len(atoms) > 8 * max_heavy_atoms:
        raise StructureError(f"a structure of {len(atoms)} atoms is too large", smiles=text)
    if wrong := extension_fault(extension):
        raise StructureError(wrong, smiles=text)
    with rdBase.BlockLogs():
        mol = read if read is not None else Chem.MolFromSmiles(f"{text} {extension}" if extension else text)
        if mol is None:
            raise _diagnose(text, atoms)
    if extension:
        mol = enhanced_stereo.completed(mol, extension)
    heavy = mol.GetNumHeavyAtoms()
    if heavy > max_heavy_atoms:
        raise StructureError(f"a structure of {heavy} heavy atoms is larger than the {max_heavy_atoms} allowed", smiles=text)
    if not allow_dummies and "*" in text:
        raise StructureError("a molecule cannot hold an attachment point '*'", smiles=text, position=text.index("*"))
    return mol


def parse_polymer(psmiles: str, *, max_length: int = MAX_LENGTH, max_heavy_atoms: int = MAX_HEAVY_ATOMS) -> Chem.Mol:
    """The repeat unit that ``psmiles`` writes, its two ends as dummy atoms.

    Raises StructureError as :func:`parse_smiles` does, and when there are not exactly two '*', each with exactly one bond, of
    the same order, in one connected piece.
    """
    mol = parse_smiles(psmiles, max_length=max_length, max_heavy_atoms=max_heavy_atoms, allow_dummies=True)
    text = split_extension(psmiles.strip())[0]
    ends = [atom for atom in mol.GetAtoms() if atom.GetAtomicNum() == 0]
    if len(ends) != 2:
        named = polymer_notation(mol)
        wrong = f"a repeat unit has two attachment points '*', not {len(ends)}"
        raise StructureError(f"{wrong}: this is {named}" if named else wrong, smiles=text)
    if any(end.GetDegree() != 1 for end in ends):
        raise StructureError("each attachment point '*' has exactly one bond", smiles=text)
    if ends[0].GetNeighbors()[0].GetIdx() == ends[1].GetIdx():
        raise StructureError("a repeat unit needs at least one atom between its attachment points", smiles=text)
    orders = [end.GetBonds()[0].GetBondType() for end in ends]
    if orders[0] != orders[1]:
        raise StructureError("the two attachment points '*' need bonds of the same order", smiles=text)
    if not any({end.GetIdx() for end in ends} <= set(piece) for piece in Chem.GetMolFrags(mol)):
        raise StructureError("the two attachment points '*' lie in different pieces", smiles=text)
    return mol


def _diagnose(text: str, atoms: list[int]) -> StructureError:
    """Why RDKit refuses ``text``; ``atoms`` are the characters at which its atoms start."""
    raw = Chem.MolFromSmiles(text, sanitize=False)
    if raw is None:
        for index, start in enumerate(atoms):
            token = text[start : text.index("]", start) + 1] if text[start] == "[" else ""
            if token and Chem.MolFromSmiles(token, sanitize=False) is None:
                if named := other_notation(token):
                    return StructureError(f"this is {named}", smiles=text)
                return StructureError(f"atom {index + 1} {token} is unknown", smiles=text, position=start)
        return StructureError("this is not a SMILES", smiles=text)
    for problem in Chem.DetectChemistryProblems(raw):
        indices = problem.GetAtomIndices() if hasattr(problem, "GetAtomIndices") else (problem.GetAtomIdx(),)
        first = min(indices, default=None)
        position = atoms[first] if first is not None and first < len(atoms) else None
        kind = problem.GetType()
        if kind == "AtomValenceException" and first is not None:
            atom = raw.GetAtomWithIdx(first)
            total = int(sum(bond.GetBondTypeAsDouble() for bond in atom.GetBonds()) + atom.GetNumExplicitHs())
            dative = " (a dative bond to it is written with charges, as [B-] and [O+])" if "->" in text or "<-" in text else ""
            return StructureError(f"{atom.GetSymbol()} cannot have {total} bonds{dative}", smiles=text, position=position)
        if kind == "AtomKekulizeException":
            return StructureError("an aromatic atom outside a ring", smiles=text, position=position)
        if kind == "KekulizeException":
            tried = with_hydrogen(text, atoms)
            hint = f" (a nitrogen with a hydrogen is written [nH], as in {tried})" if tried else ""
            return StructureError(f"an aromatic ring to which no double bonds can be given{hint}", smiles=text, position=position)
        return StructureError(str(problem.Message()), smiles=text, position=position)
    return StructureError("this structure cannot be sanitised", smiles=text)
