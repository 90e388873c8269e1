"""Which structures a question is about where it writes some and names some: a name beside a SMILES is its label, a solvent is no subject."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rdkit import Chem

#: What may stand between a name and the SMILES that it is the label of.
_BETWEEN = re.compile(
    r"[\s,(\[:=;?\"'-]*(?:(?:smiles|structure|drawn|written|as|i\.e\.|ie|that|which|is|its|the|a|base|free|acid|salt|sodium|hydrochloride|neutral|form|dye|type|of|repeat|unit|monomer|polymer|code|string|here|below|it's|depicted|\d+)\b[\s,(\[:=;?\"'.-]*){0,5}",
    re.IGNORECASE,
)
#: A name in brackets behind a SMILES.
_BEHIND = re.compile(r"\s*[(\[]\s*(?:that is |i\.e\. |= ?)?\Z", re.IGNORECASE)
#: A name in brackets behind another name is the same compound in other words.
_SAME = re.compile(r"\s*\(\s*(?:=|a\.?k\.?a\.?|also|i\.e\.|or)?\s*")
_SAME_WORDS = re.compile(r",? (?:also known as|a\.?k\.?a\.?|i\.e\.|that is|or rather) (?:the )?", re.IGNORECASE)


@dataclass(frozen=True)
class Placed:
    """A structure and where a question has it. ``written``: as SMILES; ``possessive``: somebody's; ``medium``: a solvent behind
    'in', ``stock``: one of which a stock is spoken of."""

    start: int
    end: int
    said: str
    smiles: str
    assumed: str = ""
    written: bool = False
    possessive: bool = False
    medium: bool = False
    stock: bool = False


def settled(placed: Sequence[Placed], text: str) -> tuple[list[Placed], list[str]]:
    """The structures that ``text`` is about, in order, and what has to be said of those that it is not about."""
    kept = sorted(placed, key=lambda p: p.start)
    kept = _labelled(kept, text)
    kept = _once(kept, text)
    notes: list[str] = []
    if len(kept) == 1 and kept[0].medium and kept[0].stock:
        return [], []
    if len(kept) > 1:
        subjects = [p for n, p in enumerate(kept) if not p.medium or (n == 0 and not p.stock)]
        mediums = [p for p in kept if p not in subjects and p.smiles not in {s.smiles for s in subjects}]
        if subjects and len(subjects) < len(kept):
            kept = subjects
            notes += [f"{p.said} was taken as the medium; values are not of solutions in it" for p in mediums if p.said.lower() != "water"]
    others = [p for p in kept if not (p.possessive and _is_anothers(p, kept, text))]
    return others or kept, notes


def _labelled(placed: list[Placed], text: str) -> list[Placed]:
    """A name and the SMILES beside it as one structure, that of the SMILES."""
    made: list[Placed] = []
    for one in placed:
        before = made[-1] if made else None
        if before is not None and before.written != one.written:
            between = text[before.end : one.start]
            behind = one.written and _BETWEEN.fullmatch(between) and not before.possessive
            bracket = before.written and (
                _BEHIND.fullmatch(between) or (re.fullmatch(r"\s*[,-]?\s+", between) and _flat(before) == _flat(one))
            )
            if behind or bracket:
                written, name = (one, before) if one.written else (before, one)
                assumed = "" if _flat(written) == _flat(name) else f"the SMILES counts, which is not {name.said} as it is known here"
                made[-1] = replace(
                    written, said=name.said if not assumed else written.said, start=before.start, end=one.end, assumed=assumed
                )
                continue
        made.append(one)
    return made


def _once(placed: list[Placed], text: str) -> list[Placed]:
    """One of two names of the same compound, side by side or in brackets."""
    made: list[Placed] = []
    for one in placed:
        if made and not one.written and not made[-1].written:
            between = text[made[-1].end : one.start]
            if (_SAME.fullmatch(between) or _SAME_WORDS.fullmatch(between)) and _flat(made[-1]) == _flat(one):
                continue
        if any(_flat(one) == _flat(other) and one.written != other.written for other in made):
            continue
        made.append(one)
    return made


def _is_anothers(one: Placed, kept: Sequence[Placed], text: str) -> bool:
    """Whether a name in the possessive only says whose the next structure is: "folic acid's cousin methotrexate", not "caffeine's TPSA and aspirin's"."""
    behind = next((p for p in kept if p.start > one.start), None)
    if behind is None:
        return False
    between = text[one.end + 2 : behind.start]
    return re.fullmatch(r"(?: [a-z-]+){1,4}[ ,]+\(?", between) is not None and not re.search(
        r"\b(?:and|or|than|with|to|vs|versus|of|that)\b", between
    )


def _flat(one: Placed) -> str:
    mol = Chem.MolFromSmiles(one.smiles)
    return Chem.MolToSmiles(mol, isomericSmiles=False) if mol is not None else one.smiles
