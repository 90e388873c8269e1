"""SMILES that stand in a goal."""

from __future__ import annotations

import re

from rdkit import Chem

from agent.reading.lexicon import lexicon
from agent.reading.registered import parse_polymer, parse_smiles
from core.errors import GoalError, StructureError
from tools.catalogue.catalogue import Catalogue

FORMULA = re.compile(r"(?:C\d*)(?:(?:Cl|Br|Si|[HNOSPFIB])\d*)+")


def structures_in(plain: str, *, catalogue: Catalogue) -> dict[int, tuple[int, str]]:
    """Every SMILES: start to (end, canonical form)."""
    found: dict[int, tuple[int, str]] = {}
    for match in re.finditer(r"\S+", plain):
        start, chunk = match.start(), match.group()
        lead = len(chunk) - len(chunk.lstrip("\"'`(:,="))
        for skip in dict.fromkeys((0, lead)):
            structure = _structure(chunk[skip:], catalogue=catalogue)
            if structure is not None:
                found[start + skip] = (start + skip + len(structure[0]), structure[1])
                break
    return found


def _structure(chunk: str, *, catalogue: Catalogue) -> tuple[str, str] | None:
    """(the SMILES that ``chunk`` begins with, canonical form). Raises GoalError for one that cannot be read."""
    while chunk and (chunk[-1] in "\"'`,;:!?." or (chunk[-1] == ")" and chunk.count(")") > chunk.count("("))):
        chunk = chunk[:-1]
    if (
        len(chunk) < 2
        or _SMILES.fullmatch(chunk) is None
        or chunk[0] in "()=#-.%:/\\~$0123456789"
        or not _looks_like_smiles(chunk, catalogue=catalogue)
    ):
        return None
    try:
        mol = parse_polymer(chunk) if chunk.count("*") == 2 else parse_smiles(chunk)
    except StructureError as error:
        if chunk.isalpha():
            return None  # 'CFC': an abbreviation
        raise GoalError(f"cannot read the structure: {error}", phrase=chunk) from error
    return chunk, Chem.MolToSmiles(mol)


def _looks_like_smiles(chunk: str, *, catalogue: Catalogue) -> bool:
    atoms = re.findall(r"\[[^\]]*\]?|Br|Cl|[BCNOPSFI]|[bcnops]", chunk)
    if lexicon(catalogue).meanings.get(chunk.lower()) or len(atoms) < 2:
        return False
    if re.search(r"[=#()]", chunk) or "[" in chunk:
        return any(c.isupper() or c.isdigit() for c in chunk)
    if re.search(r"[A-Za-z]\d", chunk):
        return len(atoms) >= 4 and FORMULA.fullmatch(chunk) is None
    return chunk.isalpha() and chunk.isupper() and len(atoms) >= 3 and "C" in chunk and len(set(chunk)) < len(chunk)


_SMILES = re.compile(r"(?:\[[^\]\s]*\]?|Br|Cl|[BCNOPSFI]|[bcnops]|[-=#$:/\\.%()\d*@~])+")
