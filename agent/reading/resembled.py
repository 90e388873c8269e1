"""A compound that the thing is to be like, where no compound of that name is known: 'similar to Javanol', 'a Javanol-like alcohol'."""

from __future__ import annotations

from agent.reading.clause import Clause
from agent.reading.reading import Reading

#: Kinds of mentions that say what is resembled.
_KNOWN = ("cmpd", "smiles", "own", "grp")
#: What ends a name: signs and words that begin something else.
_ENDS = ("open", "purpose", "cmp", "prop", "negation", "relative", "and", "or", "but", "num")


def unknown_model(reading: Reading, clause: Clause) -> str:
    """Why an unread clause that says what the thing is to be like could not be read: the name is not known; '' for any other clause."""
    name = _name(reading, clause) if clause.role == "unread" else ""
    if not name:
        return ""
    return f"no compound of the name '{name}' is known here; give its structure instead ('similar to' with a SMILES, or --like FILE)"


def _name(reading: Reading, clause: Clause) -> str:
    lattice = reading.lattice
    for k in range(clause.i, clause.j):
        if lattice.lower(k) == "of" and k == clause.i and lattice.has(k - 1, "analogue"):
            return _named(reading, k + 1, clause.j)
        for m in lattice.of(k, "similar", "similar_weak"):
            if not lattice.hyphen(k - 1):
                return _named(reading, m.j, clause.j)
        if lattice.hyphen(k) and lattice.lower(k + 1) == "like" and k > clause.i and not lattice.has(k - 1, *_KNOWN, "fam", "role", "rule"):
            return lattice.text(k - 1, k)
    return ""


def _named(reading: Reading, start: int, end: int) -> str:
    """The words from ``start`` up to what ends a name; '' where they hold a structure or group that is known, or no name."""
    lattice = reading.lattice
    stop = start
    while stop < end and lattice.pieces[stop].text not in ",;:." and not lattice.has(stop, *_ENDS):
        if lattice.has(stop, *_KNOWN, "fam", "role"):
            return ""
        stop += 1
    words = lattice.text(start, stop).strip()
    return words if any(c.isalpha() for c in words) and len(words.split()) <= 4 else ""
