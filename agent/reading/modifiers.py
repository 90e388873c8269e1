"""Words that no table holds, before the noun of a group: whether they leave it what it is ('a sandalwood alcohol'), by how they are built."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from agent.reading.nomenclature import mark_names
from agent.reading.phrases import words_of
from agent.reading.standing import mark_standing

if TYPE_CHECKING:
    from agent.reading.mentions import Lattice

#: The value of a mention of a word that is not known and leaves the noun behind it what it is.
UNKNOWN = "unknown"
#: Plurals of what an ester or an amide is made from.
_BLOCKS = frozenset(["acids", "alcohols", "amines", "diols", "polyols", "diacids", "diamines"])
#: Fewest letters of a word that is judged by its end.
_LEAST = 4
#: Kinds of mentions at a part of a word with a hyphen that make something else of it.
_TURNING = frozenset(
    ["negation", "negation_after", "free", "containing_suffix", "analogue", "replacement", "exception", "condition", "or", "and", "but", "num", "permission", "permission_after"]
)  # fmt: skip


@lru_cache(maxsize=4096)
def harmless(word: str, *, noun: bool = False) -> bool:
    """Whether an unknown ``word`` before the noun of a group leaves that noun what it is.

    An adjective by its end, or a word with a hyphen by its last part; with ``noun`` any other word too that names no compound and no part of one.
    """
    table = words_of("modifiers.toml")
    privative = table["privative"]
    first, *rest = word.lower().split("-")
    last = rest[-1] if rest else first
    words = frozenset(privative["words"])
    if not last.isalpha() or {first, last} & words or word.startswith(tuple(privative["begins"])) or len(last) < 2:
        return False
    if (rest and last in table["adjectives"]["last"]) or last in table["adjectives"]["whole"]:
        return True
    if rest and first in table["adjectives"]["locants"] and last in words_of("nomenclature.toml")["prefixes"]["bare"]:
        return True  # 'N-alkyl triazole'
    if any(part in last for part in privative["chemical"]) or last.endswith(tuple(privative["chemical_ends"])):
        return False
    ends = [*table["adjectives"]["ends"], *(table["adjectives"]["hyphened"] if rest else ())]
    if len(last) >= _LEAST and last.endswith(tuple(ends)):
        return True
    return (
        noun
        and not last.endswith(("ed", "ing"))
        and not any(part in first for part in privative["chemical"])
        and not first.endswith(tuple(privative["chemical_ends"]))
    )


def mark_beside(lattice: Lattice) -> None:
    """Mark names that are read by their parts, unknown adjectives before names, and places behind them. Before :meth:`Lattice.finish`."""
    mark_names(lattice)
    mark_modifiers(lattice)
    mark_prefixes(lattice)
    mark_standing(lattice)


#: How it is said at the beginning of a name where something stands, or which isomer it is: 'trans-stilbene', 'N-aryl carbazole'.
_DESCRIPTORS = frozenset(
    ["trans", "cis", "para", "ortho", "meta", "anti", "syn", "endo", "exo", "rac", "dl", "sym", "s", "p", "o", "m", "n"]
)


def mark_prefixes(lattice: Lattice) -> None:
    """Mark locants and descriptors that are joined to a name by a hyphen: '3,5-diphenyl', 'trans-stilbene'. Before :meth:`Lattice.finish`."""
    from agent.reading.mentions import Mention

    pieces = lattice.pieces
    for k in range(2, len(pieces)):
        named = any(m.kind in ("grp", "compounded", "adjectival") for m in lattice.at[k])
        if not (named and pieces[k].glued and pieces[k - 1].text == "-" and pieces[k - 1].glued):
            continue
        n = k - 2
        while n >= 2 and pieces[n].text.isdigit() and pieces[n].glued and pieces[n - 1].text in (",", "'") and pieces[n - 1].glued:
            n -= 2
        locant = all(p.text.isdigit() or p.text in ",'" for p in pieces[n : k - 1])
        starts = not pieces[n].glued or pieces[n - 1].text in "([" or n == 0
        if starts and (locant or (n == k - 2 and pieces[n].lower in _DESCRIPTORS)) and not any(m.j > k for m in lattice.at[n]):
            lattice.at[n] = [m for m in lattice.at[n] if m.kind not in ("num", "elem")] + [Mention(n, k, "skip")]


def mark_modifiers(lattice: Lattice) -> None:
    """Mark unknown adjectives right before the name of a group. Before :meth:`Lattice.finish`."""
    from agent.reading.mentions import Mention

    for n in range(len(lattice.pieces) - 2, -1, -1):
        end = _end(lattice, n)
        if end is None or end >= len(lattice.pieces) or lattice.pieces[end].glued:
            continue
        groups = [m.j for m in lattice.at[end] if m.kind in ("grp", "derived")]
        if any(m.kind in ("fam", "role", "cmpd") and m.j > max(groups, default=0) for m in lattice.at[end]):
            continue  # 'a hydroxystyrene-type vinyl polymer'
        if lattice.pieces[end].lower in _BLOCKS:
            continue  # 'an ester oil with branched acids'
        if lattice.hyphen(n + 1) and any(m.kind == "grp" and m.j == n + 1 for m in lattice.at[n]):
            continue  # 'a pyrazole-linked biaryl' has both
        if any(m.kind in ("grp", "derived") or (m.kind == "intersective" and m.value == UNKNOWN) for m in lattice.at[end]):
            lattice.at[n].append(Mention(n, end, "intersective", UNKNOWN))


#: Words behind a name that make of it a sort of what is named next.
_SORTS = frozenset(["type", "style"])


def _end(lattice: Lattice, n: int) -> int | None:
    """The piece behind the unknown adjective that begins at piece ``n``; None where there is none."""
    pieces = lattice.pieces
    if not (pieces[n].text[0].isalpha() and pieces[n].text.isalnum()) or (
        n and pieces[n].glued and (pieces[n - 1].text == "-" or pieces[n - 1].text[-1].isalnum())
    ):
        return None
    k = n
    while k + 2 < len(pieces) and lattice.hyphen(k + 1) and pieces[k + 2].text.isalpha():
        k += 2
    known = [m for m in lattice.at[n] if m.j > k and not (k > n and m.j == k + 1 and m.kind in ("unchk", "neutral"))]  # 'film-forming'
    told = k > n and pieces[k].lower in words_of("modifiers.toml")["adjectives"]["last"]
    inside = k > n and any(m.kind in _TURNING for at in range(n, k + (not told), 2) for m in lattice.at[at])
    if known or inside or (k == n and pieces[n].text.isupper()):
        return None
    if k == n and n + 1 < len(pieces) and pieces[n + 1].lower in _SORTS and not lattice.at[n]:
        return n + 2  # 'a BTZ type hydroxyphenyl benzotriazole'
    return k + 1 if harmless("-".join(p.text for p in pieces[n : k + 1 : 2])) else None
