"""Start sets: a file of SMILES, given SMILES, or the compounds that ship with molwright."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from pathlib import Path

from rdkit import Chem

from core.errors import NotFoundError, UsageError


def read_start_file(path: Path) -> list[str]:
    """The first word of every line of a SMILES file (.gz as well); blank lines, comments and a heading without a structure are left out.

    Raises NotFoundError if the file cannot be read, UsageError if none of its first hundred structures can be.
    """
    try:
        data = path.read_bytes()
        text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8-sig")
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise NotFoundError(f"cannot read the start file {path}: {error}") from error
    words = [words[0] for line in text.splitlines() if not line.startswith("#") and (words := line.replace(",", " ").split())]
    if not any(neutral_structure(word) is not None for word in words[:100]):
        raise UsageError(f"the start file {path} holds no structure that can be read in its first 100 lines (SMILES, one a line)")
    return words


def shipped_start_set() -> list[str]:
    """The start set without a file: the building blocks and common compounds that ship with molwright."""
    from tools.proposers.library.known import known_compounds

    return [k.smiles for k in known_compounds()]


def neutral_structure(smiles: str) -> Chem.Mol | None:
    """The structure without stereochemistry, with acids and amines neutral; None if it cannot be read or is not one molecule of 3 to 100 atoms."""
    mol = Chem.MolFromSmiles(smiles)
    if mol is None or not 3 <= mol.GetNumAtoms() <= 100 or "." in smiles or "*" in smiles:
        return None
    work = Chem.RWMol(mol)
    for atom in work.GetAtoms():
        charge = atom.GetFormalCharge()
        acid = charge < 0 and not any(n.GetFormalCharge() > 0 for n in atom.GetNeighbors())
        if acid or (charge > 0 and atom.GetTotalNumHs() > 0):
            atom.SetFormalCharge(0)
            atom.SetNoImplicit(False)
            atom.SetNumExplicitHs(0)
    Chem.RemoveStereochemistry(work)
    if Chem.SanitizeMol(work, catchErrors=True) != Chem.SanitizeFlags.SANITIZE_NONE:
        return None
    return Chem.MolFromSmiles(Chem.MolToSmiles(work))


def readable(smiles: Sequence[str]) -> list[str]:
    """Canonical neutral forms of the given SMILES, in their order, once each; what cannot be read is left out."""
    found = (neutral_structure(s) for s in smiles)
    return list(dict.fromkeys(Chem.MolToSmiles(m) for m in found if m is not None))
