"""Structures that a text writes as SMILES."""

from __future__ import annotations

import re
from functools import lru_cache

from rdkit import Chem, rdBase

_SMILES = re.compile(r"[A-Za-z0-9@+\-\[\]()=#/\\%.*]{5,}")
#: A readable SMILES with fewer atoms than this may as well be a word.
FEWEST_ATOMS = 5


def unknown_structure(masked: str) -> str:
    """The first token that is a readable SMILES of at least FEWEST_ATOMS atoms and looks like one; '' if there is none.

    The caller blanks out the known structures first.
    """
    for match in _SMILES.finditer(masked):
        token = match[0].strip(".,;:-")
        if not (re.search(r"[=#\[\]@]|\(.*\)|[A-Za-z)]\d", token) and re.search(r"[CNOcno]", token)):
            continue
        for text in dict.fromkeys((token, token.strip("()"))):
            if _atoms(text) >= FEWEST_ATOMS:
                return text
    return ""


@lru_cache(maxsize=2000)
def _atoms(text: str) -> int:
    """Number of heavy atoms of the SMILES ``text``; 0 if it cannot be read."""
    with rdBase.BlockLogs():
        mol = Chem.MolFromSmiles(text) if len(text) <= 500 else None
    return mol.GetNumAtoms() if mol is not None else 0
