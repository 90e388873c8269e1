"""What is said of a part behind its name, up to the noun for it: 'quinoline | antimalarial nucleus', 'anthracenyl | emitter', 'nitrate ester | energetic group'.

The words between say what the part does, and leave it what it is. None of them may say what the part is made to react with, or what is done to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

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
            ring = GROUPS[group.value].kind == "ring system"
            start = _behind_nouns(lattice, group.j)
            if end := _end(lattice, start, ring=ring):
                found[start] = max(found.get(start, 0), end)
    for start, end in found.items():
        lattice.at[start].append(Mention(start, end, "tail"))


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


def _behind_nouns(lattice: Lattice, j: int) -> int:
    """The piece behind the nouns for parts that follow a name."""
    while j < len(lattice.pieces) and (ends := [m.j for m in lattice.at[j] if m.kind in ("groups", "bonded")]):
        j = max(ends)
    return j


def _end(lattice: Lattice, start: int, *, ring: bool) -> int:
    """The piece behind the noun that closes such words from piece ``start``; 0 where there are none."""
    table = words_of("tails.toml")
    structural, roles = frozenset((*table["structural"], *table["of_any"])), frozenset(table["roles"])
    for k in range(start, min(start + 2 * table["most"]["words"], len(lattice.pieces))):
        piece = lattice.pieces[k]
        if piece.text == "-" and lattice.hyphen(k) and k > start:
            continue
        if _formula(piece.text) and not {m.kind for m in lattice.at[k]} & {*_NEVER, "unit"} - {"grp", "elem"} and k == start:
            ends = k + 1 >= len(lattice.pieces) or lattice.pieces[k + 1].text in (",", ".", ";")
            if ends:
                return k + 1
            continue  # 'sulfinic acid SO2H group'
        if not piece.text.isalpha() or (k == start and piece.glued):
            return 0
        joined = k + 1 < len(lattice.pieces) and lattice.hyphen(k + 1)
        closes = piece.lower in structural or (ring and piece.lower in roles)
        if closes and not joined and not lattice.hyphen(k - 1):
            more = lattice.pieces[k + 1].lower if k + 1 < len(lattice.pieces) else ""
            if more not in structural and more not in roles:
                return k + 1
            continue
        if not _says_more(lattice, k, ring=ring):
            return 0
    return 0


def _formula(text: str) -> bool:
    """Whether a word is written as a formula or an abbreviation: 'SO2H', 'OMs', 'BODIPY'."""
    return 2 <= len(text) <= 8 and text.isalnum() and text[0].isupper() and any(c.isupper() or c.isdigit() for c in text[1:])


def _says_more(lattice: Lattice, k: int, *, ring: bool) -> bool:
    """Whether the word at piece ``k`` can only say what the part before it does or belongs to."""
    word, kinds = lattice.pieces[k].lower, {m.kind for m in lattice.at[k]}
    if kinds & set(_NEVER) or word.endswith(tuple(words_of("tails.toml")["acting"])) or len(word) < 2:
        return False
    if kinds & {"neutral", "groups", "role", "intersective", "unchk", "plain", "candidates"} or harmless(word):
        return True
    return ring


def tailed(node_mentions: list[Mention]) -> bool:
    """Whether a name has such words behind it."""
    return any(m.kind == "tail" for m in node_mentions)
