"""Alkyl chains with their length beside them: 'C16 side chain', 'fatty tail C17', 'alkyl chain of 12 to 14 carbons', 'twelve-carbon tail'."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agent.reading.registered import group_words

if TYPE_CHECKING:
    from agent.reading.mentions import Lattice

#: 'C12', or the '14' of 'C12-14'.
_LENGTH = re.compile(r"[Cc]?(\d{1,2})")
#: Nouns for a chain, and words before one of a stated length.
_CHAINS = frozenset(["chain", "chains", "tail", "tails"])
_CHAIN_WORDS = frozenset(["side", "long", "fatty", "alkyl", "hydrocarbon", "linear", "straight", "lipid", "hydrophobic", "aliphatic", "n", "unbranched", "saturated"])  # fmt: skip
#: Of those, what says that it is a chain of carbon: 'an alkyl chain of 12 atoms' is one, 'a spacer chain of 12 atoms' may be none.
_OF_CARBON = frozenset(["alkyl", "hydrocarbon", "fatty", "aliphatic"])
#: What may stand between a chain and the number of its carbons.
_WITH = frozenset(["of", "with", "having", "containing", "bearing", "comprising", "counting", "from"])


def mark_chains(lattice: Lattice) -> None:
    """Mark chains with their length before or behind them as one group. Before :meth:`Lattice.finish`."""
    for n in range(len(lattice.pieces)):
        _length_before(lattice, n)
        _length_behind(lattice, n)
        _carbons_before(lattice, n)


def _mark(lattice: Lattice, i: int, j: int, low: int, high: int | None) -> None:
    from agent.reading.mentions import Mention

    name = f"c{low} alkyl chain" if high is None else f"c{low} to c{high} alkyl chain"
    if name in group_words():
        lattice.at[i].append(Mention(i, j, "grp", group_words()[name]))


def _length(lattice: Lattice, n: int) -> tuple[int, int, int | None] | None:
    """(piece behind, least, most or None) of a length at piece ``n``: 'C12', 'C12 to C14', 'C12-14'."""
    pieces = lattice.pieces
    if n >= len(pieces) or pieces[n].text[0] != "C" or not (m := _LENGTH.fullmatch(pieces[n].text)):
        return None
    if (
        n + 2 < len(pieces)
        and pieces[n + 1].lower in ("to", "-", "until", "till", "through")
        and (end := _LENGTH.fullmatch(pieces[n + 2].text))
    ):
        return n + 3, int(m[1]), int(end[1])
    return n + 1, int(m[1]), None


def _noun(lattice: Lattice, n: int) -> int | None:
    """The piece behind the noun for a chain that the words at piece ``n`` lead to."""
    k = n
    while k < len(lattice.pieces) and (lattice.pieces[k].lower in _CHAIN_WORDS or lattice.hyphen(k)):
        k += 1
    return k + 1 if k < len(lattice.pieces) and lattice.pieces[k].lower in _CHAINS else None


def _start(lattice: Lattice, n: int) -> int:
    """The first of the words before a noun for a chain at piece ``n``."""
    while n and lattice.pieces[n - 1].lower in _CHAIN_WORDS:
        n -= 1
    return n


def _length_before(lattice: Lattice, n: int) -> None:
    """'C16 side chain', 'C12 to C14 linear chain'."""
    found = _length(lattice, n)
    if found is None:
        return
    end = _noun(lattice, found[0])
    if end is not None and end > found[0] + 1:
        _mark(lattice, n, end, found[1], found[2])


def _length_behind(lattice: Lattice, n: int) -> None:
    """'fatty tail C17', 'long chain C14 to C18', 'alkyl chain length C12', 'tail of twelve carbon atoms'."""
    pieces = lattice.pieces
    if pieces[n].lower not in _CHAINS:
        return
    start, k = _start(lattice, n), n + 1
    named = k < len(pieces) and pieces[k].lower in ("length", "lengths")
    k += named
    led = k < len(pieces) and pieces[k].lower in _WITH
    length = _length(lattice, k + led)
    if length is not None:
        behind = pieces[length[0]].lower if length[0] < len(pieces) else ""
        if behind not in ("or", "and", "to", "-", "/", "+"):  # 'alkyl tails C6 or longer'
            _mark(lattice, start, length[0], length[1], length[2])
        return
    carbons = _carbons(lattice, k + led) if led else None
    if carbons is not None:
        _mark(lattice, start, carbons[0], carbons[1], carbons[2])


def _carbons(lattice: Lattice, k: int) -> tuple[int, int, int | None] | None:
    """(piece behind, least, most or None) of a number of carbons at piece ``k``: '12 carbons', '12 to 14 carbon atoms', 'twelve C'."""
    low = _number(lattice, k)
    if low is None:
        return None
    j, least = low
    most = None
    if j < len(lattice.pieces) and lattice.pieces[j].lower in ("to", "-") and (high := _number(lattice, j + 1)) is not None:
        j, most = high
    if j < len(lattice.pieces) and lattice.pieces[j].text in ("carbon", "carbons", "C"):
        j += 1
        j += j < len(lattice.pieces) and lattice.pieces[j].lower in ("atom", "atoms")
        return j, least, most
    return None


def _number(lattice: Lattice, k: int) -> tuple[int, int] | None:
    """(piece behind, value) of a whole number at piece ``k``."""
    numbers = [m for m in lattice.at[k] if m.kind == "num"] if k < len(lattice.pieces) else []
    return (numbers[0].j, int(numbers[0].value)) if numbers and float(numbers[0].value).is_integer() else None


def _carbons_before(lattice: Lattice, n: int) -> None:
    """'12-carbon chain', 'an eighteen-carbon alkyl tail'."""
    number = _number(lattice, n)
    if number is None:
        return
    j, value = number
    if j + 1 < len(lattice.pieces) and lattice.pieces[j].text == "-" and lattice.pieces[j + 1].lower == "carbon":
        end = _noun(lattice, j + 2)
        if end is not None:
            _mark(lattice, n, end, value, None)


#: How the length of a chain is said where it is not read.
_LENGTHS = frozenset(["longer", "shorter", "length", "carbons", "carbon"])


def of_a_length(lattice: Lattice, i: int, j: int) -> bool:
    """Whether pieces ``i`` to ``j`` (exclusive) say how long a chain before them is: 'of fewer than 6 carbons', 'no longer than C8'."""
    words = [lattice.lower(k) for k in range(i, j)]
    return not _LENGTHS.isdisjoint(words) or any(w[0] == "c" and w[1:].isdigit() for w in words)
