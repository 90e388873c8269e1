"""Records of an SDF or mol file: each block of atoms and bonds with its data fields, and its structure as SMILES."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from rdkit import Chem, rdBase

from tools.files.source import MAX_RECORD

#: What a record may say that no single structure has: RDKit reads it as a query, and writing that as SMILES would drop it.
_QUERY = re.compile(r"^M  V30 +\d+ +(?:NOT *)?\[|^M  ALS |^M  V30 .*\b(?:RBCNT|SUBST|UNSAT|HCOUNT)=", re.MULTILINE)


def blocks_of(lines: Iterable[str]) -> Iterator[tuple[int, str, str]]:
    """(first line, text, fault) of each record; the text is '' where there is a fault."""
    start, size = 1, 0
    block: list[str] = []
    for number, line in enumerate(lines, 1):
        if line.startswith("$$$$"):
            yield _block(start, block, size)
            start, size, block = number + 1, 0, []
            continue
        size += len(line)
        if size <= MAX_RECORD:
            block.append(line)
    if any(line.strip() for line in block):
        yield _block(start, block, size)


def _block(start: int, block: list[str], size: int) -> tuple[int, str, str]:
    if size > MAX_RECORD:
        return start, "".join(block[:1]), f"a record of more than {MAX_RECORD} characters"
    return start, "".join(block), ""


def fields_of(block: str) -> dict[str, str]:
    """The data fields of a record by name, values of several lines joined; the first of each name counts."""
    found: dict[str, str] = {}
    for part in block[max(block.find("M  END"), 0) :].split("\n>")[1:]:
        head, _, rest = part.partition("\n")
        start, end = head.find("<"), head.rfind(">")
        if 0 <= start < end:
            found.setdefault(head[start + 1 : end].strip(), " ".join(rest.split()))
    return found


def smiles_of_block(block: str) -> str:
    """The structure of a mol block without its coordinates, with its enhanced stereochemistry. Raises ValueError with the reason."""
    if _QUERY.search(block):
        raise ValueError("an atom list or another query: no single structure")
    with rdBase.BlockLogs():
        mol = Chem.MolFromMolBlock(block, sanitize=True, removeHs=True, strictParsing=False)
    if mol is None:
        raise ValueError("not a readable mol block, or not a possible molecule")
    if mol.GetNumAtoms() == 0:
        raise ValueError("a mol block without atoms")
    if any(bond.HasQuery() for bond in mol.GetBonds()):
        raise ValueError("a bond of several possible orders or another query: no single structure")
    if mol.GetStereoGroups():
        return str(Chem.MolToCXSmiles(mol, Chem.SmilesWriteParams(), Chem.CXSmilesFields.CX_ENHANCEDSTEREO))
    return str(Chem.MolToSmiles(mol))
