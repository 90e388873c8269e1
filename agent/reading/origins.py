"""What something is made from is no part of what it is: 'polycarbonate made from CO2', 'a polyester from renewable succinic acid'."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rdkit import Chem

if TYPE_CHECKING:
    from agent.reading.mentions import Lattice, Mention

#: What is said of such words where they are listed as unchecked.
ORIGIN = "raw materials and where they come from are not checked; name the groups or elements that are wanted"
_VERBS = (
    "made|prepared|synthesi[sz]ed|obtained|produced|derived|sourced|manufactured|formed|generated|recovered|isolated|extracted|"
    "fermented|polymeri[sz]ed|copolymeri[sz]ed|accessible|available|obtainable|made up"
)
_FROM = re.compile(
    rf"\b(?:that (?:is|are|can be) |which (?:is|are|can be) )?(?:(?:directly|entirely|partly|wholly|largely|mainly|completely|fully) )?"
    rf"(?:{_VERBS}) (?:entirely |wholly |largely |mainly |directly |in part )?(?:out of|from|using)\b"
    r"|\bfrom (?:renewable|recycled|captured|waste|fossil|bio-?based|biogenic|plant-?based|green|fermented|natural)\b"
    r"|\b(?:whose|with) (?:raw material|feedstock|starting material|monomer|carbon source|building block)s? (?:is|are|being|such as|like)\b",
    re.IGNORECASE,
)
#: Behind these a compound that is a raw material is one, and any other a model: 'based on CO2', 'based on imatinib'.
_BASED = re.compile(r"\b(?:(?:based|building|built) (?:up )?(?:on|upon|from)|starting from)\b", re.IGNORECASE)
#: A formula or a compound that is named as the source of something.
_SOURCE = re.compile(
    r"[-\s]+(?:based|derived|sourced)\b|\s+as (?:a |an |the |our )?(?:(?:sole|only|main|cheap|renewable|carbon) )*"
    r"(?:raw material|feedstock|starting material|carbon source|c1 source|co-?monomer|monomer|building block|source)s?\b",
    re.IGNORECASE,
)
#: A compound with at most so many heavy atoms is a gas, a monomer or another raw material, where something is based on it.
_MOST_RAW = 10
#: Kinds with which something else begins.
_ENDING = (
    "relative", "open", "open_weak", "negation", "negation_after", "necessity", "purpose", "but", "verbprop", "prop", "request", "permission", "condition", "exception", "soft", "cmp", "positive_after", "necessity_after", "permission_after",
)  # fmt: skip
_NAMES = ("formula", "cmpd", "smiles")
#: Signs that end a phrase.
_SIGNS = frozenset(",;:!?().[]")


def mark_origins(lattice: Lattice, starts: dict[int, int], ends: dict[int, int]) -> None:
    """Make one unchecked phrase of what something is made from. Before the lattice is indexed."""
    for match in _FROM.finditer(lattice.plain):
        if match.start() not in starts or match.end() not in ends:
            continue
        i, k = starts[match.start()], ends[match.end()]
        j = phrase_end(lattice, k)
        if j == k or _composition(lattice, i, k, j):
            continue
        lattice.pass_over(i, j, ORIGIN)
    for match in _BASED.finditer(lattice.plain):
        if match.end() in ends:
            k = ends[match.end()]
            _forget(lattice, k, phrase_end(lattice, k))
    for match in _SOURCE.finditer(lattice.plain):
        for p in range(max(0, ends.get(match.start(), 0) - 6), ends.get(match.start(), 0)):
            lattice.at[p] = [m for m in lattice.at[p] if not (m.kind == "formula" and m.j == ends[match.start()])]


def _forget(lattice: Lattice, k: int, j: int) -> None:
    """Formulas and raw materials from piece ``k`` to ``j`` are no composition and no model."""
    for p in range(k, j):
        lattice.at[p] = [m for m in lattice.at[p] if m.kind != "formula" and not (m.kind in ("cmpd", "smiles") and _raw(m))]


def _raw(mention: Mention) -> bool:
    mol = Chem.MolFromSmiles(mention.value if mention.kind == "smiles" else mention.value[1])
    return mol is not None and mol.GetNumHeavyAtoms() <= _MOST_RAW


def phrase_end(lattice: Lattice, k: int) -> int:
    """Where the noun phrase ends that begins at piece ``k``."""
    j = k
    while j < len(lattice.pieces):
        piece = lattice.pieces[j]
        follows = lattice.pieces[j + 1] if j + 1 < len(lattice.pieces) else None
        if piece.text in _SIGNS and not (follows is not None and follows.glued and follows.text[0].isalnum()):
            break
        if any(m.kind in _ENDING for m in lattice.at[j]) or (piece.text == "-" and not piece.glued):
            break
        if piece.lower in ("and", "or", "plus") and any(
            m.kind in (*_ENDING, "num", "skip") for p in (j, j + 1) if p < len(lattice.pieces) for m in lattice.at[p]
        ):
            break
        j += 1
    return j


def _composition(lattice: Lattice, i: int, k: int, j: int) -> bool:
    """Whether it names what the thing consists of ('made from C, H and O only'), or is denied ('not made from benzidine')."""
    first = next((p for p in range(k, j) if not any(m.kind == "skip" for m in lattice.at[p])), k)
    kinds = {m.kind for m in lattice.at[first]}
    elements = bool(kinds & {"elem", "elems"}) and "grp" not in kinds
    only = any(m.kind in ("only", "only_after") for p in range(max(0, i - 1), min(j + 1, len(lattice.pieces))) for m in lattice.at[p])
    denied = any(m.kind in ("negation",) for p in range(max(0, i - 3), i) for m in lattice.at[p])
    return elements or only or denied
