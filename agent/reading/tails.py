"""What is said of a part behind its name, up to the noun for it: 'quinoline | antimalarial nucleus', 'anthracenyl | emitter', 'nitrate ester | energetic group'.

The words between say what the part does, and leave it what it is. None of them may say what the part is made to react with, or what is done to it.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from rdkit import Chem

from agent.reading.modifiers import harmless
from agent.reading.phrases import words_of
from agent.reading.registered import GROUPS

if TYPE_CHECKING:
    from agent.reading.mentions import Lattice, Mention

#: Kinds of mentions that no such words hold.
_NEVER = (
    "negation", "negation_after", "free", "containing_suffix", "condition", "exception", "soft", "soft_after", "permission", "permission_after", "and", "or", "but", "cmp", "num", "prop", "relative", "request",
    "necessity", "necessity_after", "purpose", "open", "placed_at", "exchanged_for", "instead_of", "analogue", "similar", "similar_weak", "dissimilar", "grp", "elem", "cmpd", "derived", "edit_remove", "edit_replace", "blame",
    "positive_after", "subject", "terse_no", "replacement", "fam", "halide", "verbprop", "keep", "link", "skip",
)  # fmt: skip


#: Those of them that no formula is either.
_BARRED = frozenset(_NEVER) - {"grp", "elem", "prop"}


def mark_tails(lattice: Lattice) -> None:
    """Mark such words, with their noun, behind the names of groups. Before :meth:`Lattice.finish`."""
    from agent.reading.mentions import Mention

    found: dict[int, int] = {}
    _mark_abbreviations(lattice)
    for n in range(len(lattice.pieces)):
        for group in [m for m in lattice.at[n] if m.kind == "grp"]:
            if longer(lattice, n, group.j):
                continue
            if "metal" in group.value:
                continue  # 'metal chelating ligand'
            _mark_again(lattice, group)
            ring = GROUPS[group.value].kind == "ring system"
            start = behind_nouns(lattice, group.j)
            named = any(m.kind in ("fam", "role") for k in range(n) for m in lattice.at[k])  # else the noun is that of the thing designed
            if end := _end(lattice, start, ring=ring, named=named):
                found[start] = max(found.get(start, 0), end)
    for start, end in found.items():
        lattice.at[start].append(Mention(start, end, "tail"))


def _mark_again(lattice: Lattice, group: Mention) -> None:
    """Mark another name of the same part, or of its bond, right behind it or in brackets: 'imine (Schiff base) bond', 'thiocyanate group SCN', 'azo chromophore N=N'."""
    from agent.reading.mentions import Mention

    for j in {group.j, behind_nouns(lattice, group.j)}:
        k = j + (j < len(lattice.pieces) and lattice.pieces[j].text == "(")
        for m in [m for m in lattice.at[k] if m.kind == "grp"] if k < len(lattice.pieces) else ():
            end = behind_nouns(lattice, m.j)
            explained = k > j and end < len(lattice.pieces) and lattice.pieces[end].text == ")" and not _denied_there(lattice, group.i, end)
            if m.value == group.value or str(m.value).endswith(" bond"):
                lattice.at[k].append(Mention(m.i, m.j, "again"))
            elif explained and holds(group.value, m.value):
                lattice.at[k].append(Mention(m.i, end, "again"))  # 'a sulfolane ring (cyclic sulfone)'


#: Kinds of words that deny, between two signs that end a sentence.
_DENYING = frozenset(["negation", "negation_after", "free", "terse_no", "edit_remove", "exception", "permission_after"])


def _denied_there(lattice: Lattice, n: int, j: int) -> bool:
    """Whether anything denies or permits in the part of the sentence around pieces ``n`` to ``j``."""
    pieces = lattice.pieces
    while n > 0 and pieces[n - 1].text not in (".", ";", ","):
        n -= 1
    while j < len(pieces) and pieces[j].text not in (".", ";", ","):
        j += 1
    return any(m.kind in _DENYING for k in range(n, j) for m in lattice.at[k])


@lru_cache(maxsize=512)
def holds(name: str, part: str) -> bool:
    """Whether the example of a registered group has another one in it, so that the second may say again what the first is."""
    example, pattern = Chem.MolFromSmiles(GROUPS[name].example), Chem.MolFromSmarts(GROUPS[part].smarts)
    return example is not None and pattern is not None and bool(example.HasSubstructMatch(pattern))


def _mark_abbreviations(lattice: Lattice) -> None:
    """Mark brackets behind a name that hold its abbreviation: 'trans-cyclooctene (TCO)', 'benzil dimethyl ketal (BDK)'."""
    from agent.reading.mentions import Mention

    pieces = lattice.pieces
    for n in range(len(pieces)):
        for j in {m.j for m in lattice.at[n] if m.kind == "grp"}:
            if j + 2 >= len(pieces) or pieces[j].text != "(" or pieces[j + 2].text != ")" or pieces[j].glued:
                continue
            short = pieces[j + 1]
            kinds = {m.kind for m in lattice.at[j + 1]}
            if short.text.isupper() and len(short.text) > 1 and short.text.isalnum() and not kinds & {*_NEVER, "unchk"}:
                lattice.at[j].append(Mention(j, j + 3, "groups"))


def longer(lattice: Lattice, n: int, j: int) -> bool:
    """Whether a longer name, or a known phrase, begins where a group does."""
    return any(m.j > j and m.kind in ("grp", "unchk", "fam", "whole", "vague", "prop") for m in lattice.at[n])


def behind_nouns(lattice: Lattice, j: int) -> int:
    """The piece behind the nouns for parts that follow a name."""
    while j < len(lattice.pieces) and (ends := [m.j for m in lattice.at[j] if m.kind in ("groups", "bonded")]):
        j = max(ends)
    return j


def _end(lattice: Lattice, start: int, *, ring: bool, named: bool) -> int:
    """The piece behind the noun that closes such words from piece ``start``; 0 where there are none."""
    table = words_of("tails.toml")
    structural = frozenset((*table["structural"], *(table["of_any"] if named else ())))
    roles = frozenset(table["roles"] if named and ring else ())
    k = start
    while k < min(start + 2 * table["most"]["words"], len(lattice.pieces)):
        piece = lattice.pieces[k]
        if piece.text == "-" and lattice.hyphen(k) and k > start:
            k += 1
            continue
        if (behind := _formula(lattice, k)) and not {m.kind for m in lattice.at[k]} & _BARRED:
            if behind >= len(lattice.pieces) or lattice.pieces[behind].text in (",", ".", ";"):
                return behind  # 'a sulfinic acid SO2H'
            k = behind
            continue
        if not piece.text.isalpha() or (k == start and piece.glued):
            return 0
        joined = k + 1 < len(lattice.pieces) and lattice.hyphen(k + 1)
        closes = piece.lower in structural or piece.lower in roles
        if closes and not joined and not lattice.hyphen(k - 1):
            more = lattice.pieces[k + 1].lower if k + 1 < len(lattice.pieces) else ""
            if more not in structural and more not in roles:
                return k + 1
        elif not _says_more(lattice, k, ring=ring):
            return 0
        k += 1
    return 0


#: What is written as a formula or an abbreviation: 'SO2H', 'OMs', 'S=N', 'N(SO2R)2'.
_WRITTEN = re.compile(r"(?:[A-Z][a-z]?|\d|[()=≡#+-])+")


def _formula(lattice: Lattice, k: int) -> int:
    """The piece behind a formula or an abbreviation that begins at piece ``k``, behind a space; 0 where there is none."""
    pieces = lattice.pieces
    if pieces[k].glued or not pieces[k].text[0].isupper():
        return 0
    j = k + 1
    while j < len(pieces) and pieces[j].glued and pieces[j].text not in ",.;:!?":
        j += 1
    text = lattice.plain[pieces[k].start : pieces[j - 1].end]
    long_enough = 2 <= len(text) <= 12 and (sum(c.isupper() for c in text) > 1 or any(c in "=≡(" or c.isdigit() for c in text))
    return j if long_enough and _WRITTEN.fullmatch(text) else 0


def _says_more(lattice: Lattice, k: int, *, ring: bool) -> bool:
    """Whether the word at piece ``k`` can only say what the part before it does or belongs to."""
    word, kinds = lattice.pieces[k].lower, {m.kind for m in lattice.at[k]}
    if (
        kinds & (set(_NEVER) - ({"fam"} if "role" in kinds else set()))
        or word.endswith(tuple(words_of("tails.toml")["acting"]))
        or len(word) < 2
    ):
        return False
    if kinds & {"neutral", "groups", "role", "intersective", "unchk", "plain", "candidates"} or harmless(word):
        return True
    return ring or not word.endswith(tuple(words_of("tails.toml")["actions"]))
