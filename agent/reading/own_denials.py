"""Unread words that deny something of their own, and so turn nothing that stands before or behind them: 'non-conjugated', 'no other alkyl halides'."""

from __future__ import annotations

from agent.reading.clause import Clause
from agent.reading.clauses import Reader
from agent.reading.doubt_words import DESCRIBING, TURNING

#: Words behind 'non-' that say something of what stands before them.
_OF_THE_ITEM = frozenset(["existent", "existing", "essential", "negotiable", "optional", "acceptable", "tolerable", "permitted", "allowed", "wanted", "desired", "required", "needed", "permissible", "admissible"])  # fmt: skip


def is_not_so(reader: Reader, clause: Clause) -> bool:
    """Whether unread words are one adjective behind 'non-', which is said of the thing designed: 'non-sensitising', 'non-conjugated'."""
    lattice = reader.lattice
    if lattice.lower(clause.i) != "non" or not lattice.hyphen(clause.i + 1) or clause.j - clause.i != 3:
        return False
    word = lattice.lower(clause.i + 2)
    named = lattice.has(clause.i + 2, "grp", "derived", "elem", "cmpd", "negation_after", "permission", "permission_after")
    return not named and word not in _OF_THE_ITEM and word.endswith((*DESCRIBING, "ed", "ing", "ising", "y"))


#: Words behind 'no' with which it answers and denies nothing of its own.
_ANSWERING = frozenset(["way", "thanks", "thank", "chance", "go", "please", "longer", "more", "means", "good", "use", "problem", "matter", "need", "sir", "one", "such"])  # fmt: skip


def as_possible(reader: Reader, k: int) -> bool:
    """Whether the 'possible' at piece ``k`` permits nothing: 'as low as possible'."""
    return reader.lattice.lower(k) == "possible" and reader.lattice.lower(k - 1) == "as"


#: Words behind a denial with which it goes for what stands before it as well.
_AS_WELL = ("either", "too", "whatsoever", "neither", "likewise", "also")


def denies_its_own(reader: Reader, clause: Clause, after: Clause, sign: str) -> bool:
    """Whether unread words deny something of their own, which turns nothing before it: 'a hydroxyl | , no DMF emission', ', formaldehyde-free', ', non-conjugated'."""
    lattice = reader.lattice
    if not sign:
        return False
    freed = lattice.lower(after.j - 1) == "free" and lattice.hyphen(after.j - 2) and after.j - after.i == 3
    if (freed and lattice.lower(after.i - 1) != "-") or is_not_so(reader, after):
        return True
    first, inside = lattice.lower(after.i), range(after.i + 1, after.j)
    if first in ("a", "an") and any(lattice.lower(k) == "is" for k in inside):
        return True  # ', a spirobifluorene core is allowed but not needed'
    if (
        first.endswith("s")
        and lattice.lower(after.i + 1) == "no"
        and len(inside) > 1
        and not lattice.has(after.i, "grp", "derived", "elem", "groups", *TURNING)
    ):
        return True  # ', releases no methanol'
    if (
        lattice.lower(after.j) in _AS_WELL
        or first not in ("no", "without", "free", "devoid", "lacking")
        or len(inside) < 2
        or lattice.lower(after.i + 1) in _ANSWERING
    ):
        return False
    if any(lattice.has(k, *TURNING, "it", "subject") or lattice.lower(k) in _AS_WELL for k in inside):
        return False
    own = lattice.lower(after.i + 1) == "other" or (first == "no" and not clause.plural and sign == ",")  # ', no alkyl phosphine smell'
    return own or not any(lattice.has(k, "grp", "elem") for k in inside)
