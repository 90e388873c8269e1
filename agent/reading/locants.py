"""Numbers that count and bound nothing: where a group stands on its ring or chain ('tert-butyl groups at 4 and 4', 'nitro in position 3')."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agent.reading.clause import Clause
    from agent.reading.mentions import Lattice

#: What is said of such words where they are listed as unchecked.
POSITION = "where on a ring or chain a group stands is not checked"
#: A locant ("4", "4'", "C4", "N-1") and what joins two of them.
_LOCANT = r"(?:[CNOcn]-?)?\d{1,2}'{0,2}(?![\w.%°]|,\d{3})"
_JOINT = r"(?:\s*,\s*(?:and\s+|or\s+)?|\s*/\s*|\s+(?:and|or|&)\s+(?:also\s+)?(?:(?:at|in|on)\s+)?(?:(?:position|carbon|C)\s+)?)"
_LOCANTS = rf"{_LOCANT}(?:{_JOINT}{_LOCANT})*"
#: With a word that says so: 'in positions 3 and 5', 'at carbon 3', 'in the 4-position', 'at C2 and C4'.
_NAMED = re.compile(
    rf"\b(?:at|in|on)\s+(?:the\s+)?(?:ring\s+)?(?:positions?|pos\.?|carbons?|locants?)\s+{_LOCANTS}"
    rf"|\b(?:at|in|on)\s+the\s+{_LOCANT}-?(?:{_JOINT}{_LOCANT}-?)*\s*-?\s*positions?\b"
    rf"|\b(?:at|in|on)\s+(?:the\s+)?[CN]-?\d{{1,2}}'{{0,2}}(?![\w.])(?:{_JOINT}{_LOCANT})*"
)
#: Without one, which only a group right before it makes plain.
_PLAIN = re.compile(rf"\b(?:at|in|on)\s+{_LOCANTS}")
#: Most pieces of a named part that is looked for before a locant.
_LONGEST = 8
#: Words behind a number that show that it counts or bounds something.
_COUNTED = (
    "unit",
    "after",
    "prop",
    "num",
    "number_of",
    "groups",
    "atoms",
    "grp",
    "elem",
    "candidates",
    "unit_of_count",
    "vague",
    "fam",
    "role",
)


def mark_locants(lattice: Lattice, starts: dict[int, int], ends: dict[int, int]) -> None:
    """Make one unchecked phrase of every mention of positions, so that its numbers are none. Before the lattice is indexed."""
    for pattern, named in ((_NAMED, True), (_PLAIN, False)):
        for match in pattern.finditer(lattice.plain):
            if match.start() not in starts or match.end() not in ends:
                continue
            i, j = starts[match.start()], ends[match.end()]
            if not named and not (_behind_a_part(lattice, i) and _ends(lattice, j)):
                continue
            lattice.pass_over(i, j, POSITION)


def _behind_a_part(lattice: Lattice, i: int) -> bool:
    """Whether a group, or a noun for parts, ends right before piece ``i``, and no 'number of' stands before it."""
    before = [(k, m) for k in range(max(0, i - _LONGEST), i) for m in lattice.at[k]]
    named = any(m.j == i and m.kind in ("grp", "elem", "groups", "shared") for _, m in before)
    atoms = any(m.j == i and m.kind == "atoms" for _, m in before)
    return named and not atoms and not any(m.kind in ("number_of", "prop") for k, m in before if k >= i - 5)


def _ends(lattice: Lattice, j: int) -> bool:
    """Whether nothing behind the numbers shows that they count: 'at 3 per ring', 'at 2 or fewer'."""
    if j >= len(lattice.pieces):
        return True
    behind = lattice.pieces[j]
    if behind.lower in ("per", "or", "to", "-", "+", "each", "in", "max", "min", "at"):
        return False
    if behind.lower in ("are", "is", "must", "and", "but", "with"):
        return True
    return not any(m.kind in _COUNTED for m in lattice.at[j])


def located(lattice: Lattice, after: Clause) -> bool:
    """Whether an unread clause says where something stands, and no more."""
    return any(m.j == after.j and m.value == POSITION for m in lattice.of(after.i, "unchk"))
