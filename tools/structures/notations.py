"""Texts that are no SMILES of one structure, named as what they are, with the remedy where there is one."""

from __future__ import annotations

import re

from rdkit import Chem, rdBase

_END_MARKER = re.compile(r"\[(?:[et]|R\d*|X\d*|Y\d*|\$\d*|[<>]\d*)\]")
#: What a CXSMILES extension may say that no single structure has.
_VARIABLE = re.compile(r"(?:^|[|,])(m|Sg|SgD|SgH|LN|LO|LOG|RG|u|s|rb):")
_VARIABLE_WORDS = {"m": "a bond to any of several atoms", "Sg": "a repeating or generic group", "RG": "an R-group"}
#: Nitrogen atoms that are tried with a hydrogen.
_TRIED = 12


def other_notation(text: str) -> str:
    """What ``text`` is, if it is a known notation but no SMILES of a structure; ''."""
    if text.startswith("InChI="):
        return "an InChI; structures are read as SMILES"
    if "{" in text and "}" in text:
        return "BigSMILES; a polymer is read as its repeat unit, a SMILES with two '*'"
    if ">>" in text or re.search(r"(?<!-)>.*(?<!-)>(?!\])", text):
        return "a reaction, not a structure"
    marker = _END_MARKER.search(text)
    if marker:
        return f"a marker {marker[0]} instead of an atom; attachment points are written '*'"
    return ""


def split_extension(text: str) -> tuple[str, str]:
    """(SMILES, CXSMILES extension '|...|') of a text; '' where it has none."""
    if not text.endswith("|"):
        return text, ""
    core, space, extension = text.partition(" |")
    return (core.rstrip(), f"|{extension}") if space and len(extension) > 1 else (text, "")


def extension_fault(extension: str) -> str:
    """Why an extension names no single structure; ''."""
    variable = _VARIABLE.search(extension)
    if variable is None:
        return ""
    return f"its extension names {_VARIABLE_WORDS.get(variable[1], 'a query or a group')} ({variable[1]}:): no single structure"


def polymer_notation(mol: Chem.Mol) -> str:
    """What a unit with another number of '*' than two is; ''."""
    ends = [atom for atom in mol.GetAtoms() if atom.GetAtomicNum() == 0]
    if len(ends) < 3:
        return ""
    pieces = sum(any(mol.GetAtomWithIdx(i).GetAtomicNum() == 0 for i in piece) for piece in Chem.GetMolFrags(mol))
    if pieces > 1 or any(n.GetAtomicNum() == 0 for end in ends for n in end.GetNeighbors()):
        return "a copolymer of several repeat units; one repeat unit is judged at a time"
    if len(ends) == 4:
        return "a ladder or cross-linked unit; only chains with two ends are judged"
    return "a branched or cross-linked unit; only chains with two ends are judged"


def with_hydrogen(text: str, starts: list[int]) -> str:
    """``text`` with one aromatic nitrogen written as ``[nH]`` where that gives it its double bonds; '' where none does."""
    with rdBase.BlockLogs():
        for start in [s for s in starts if text[s] == "n"][:_TRIED]:
            tried = f"{text[:start]}[nH]{text[start + 1 :]}"
            if Chem.MolFromSmiles(tried) is not None:
                return tried
    return ""
