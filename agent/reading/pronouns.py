"""What 'it' behind a demand for a part says, where it was not read: of the thing designed ('it must pass OECD 301'), or of the part ('and we want it gone')."""

from __future__ import annotations

from functools import lru_cache

from agent.reading.boundaries import STOPS
from agent.reading.clause import Clause
from agent.reading.clauses import Reader
from agent.reading.phrases import words_of

#: Words that stand for what was said before them.
ANAPHORA = frozenset({"it", "its", "them", "they", "these", "those", "this", "both", "all", "which"})
#: Those with which a sentence can begin that says something of the thing designed.
_SUBJECTS = frozenset(["it", "they", "this", "these"])


@lru_cache(maxsize=1)
def _words() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    table = words_of("benign.toml")
    return frozenset(table["verbs"]), frozenset(table["adjectives"]), frozenset(table["between"])


def takes_nothing(reader: Reader, start: int, after: Clause) -> bool:
    """Whether unread words say with 'it must', 'it should be' what nothing before them can lose by: 'it must bind to EGFR', 'it should be cheap'.

    ``start``: the piece from which on a pronoun is looked for.
    """
    lattice = reader.lattice
    verbs, adjectives, between = _words()
    end = next((k for k in range(after.i, reader.end) if reader.sign(k) and lattice.lower(k) in STOPS), reader.end)
    k = next((k for k in range(start, after.j) if lattice.lower(k) in _SUBJECTS), end)
    k += 1
    first = k
    while k < end and (lattice.lower(k) in between or (lattice.lower(k).endswith("ly") and k > first)):
        k += 1
    if k >= end or k == first:
        return False
    being = any(lattice.lower(n) in ("be", "is", "are", "remain", "stay", "remains", "stays") for n in range(first, k))
    denied = any(lattice.lower(n) == "not" for n in range(first, k))
    last = lattice.lower(k)
    if lattice.hyphen(k + 1) and k + 2 < end:
        last = lattice.lower(k + 2)
    told = bool(lattice.of(k, "unchk", "vague")) or lattice.lower(k) in adjectives or last in adjectives if being else last in verbs
    rest = any(lattice.has(n, "negation", "negation_after", "edit_remove", "exception", "condition") for n in range(k + 1, end))
    return told and not rest and not (denied and not being)
