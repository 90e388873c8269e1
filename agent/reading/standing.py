"""Where in the thing a part stands: 'methoxy groups on the lower ring', 'a triazole as the anchor'. Nothing of it can be checked but that the part is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.reading.phrases import words_of

if TYPE_CHECKING:
    from agent.reading.mentions import Lattice

#: Most pieces of such a phrase behind the word that places.
_LONGEST = 6
#: Most pieces of the name before it.
_NAMED = 8
#: Kinds of mentions that no such phrase holds, whatever else they may be.
_NEVER = (
    "negation", "negation_after", "free", "permission", "permission_after", "condition", "exception", "soft", "soft_after", "or", "and", "but", "relative", "necessity", "necessity_after", "cmp", "prop", "unit",
    "subject", "request", "edit_remove", "fam", "candidates",
)  # fmt: skip


def mark_standing(lattice: Lattice) -> None:
    """Mark such phrases behind groups and elements, True where a denial there is one everywhere. Before :meth:`Lattice.finish`."""
    from agent.reading.mentions import Mention

    for n in range(1, len(lattice.pieces)):
        if (end := _end(lattice, n)) and _named_before(lattice, n):
            lattice.at[n].append(Mention(n, end, "standing", lattice.pieces[end - 1].lower in words_of("standing.toml")["anywhere"]))


def _named_before(lattice: Lattice, n: int) -> bool:
    """Whether a group, or a noun for parts behind one, ends right before piece ``n``."""
    return any(
        m.j == n and m.kind in ("grp", "derived", "elem", "groups", "atoms") for k in range(max(0, n - _NAMED), n) for m in lattice.at[k]
    )


def _end(lattice: Lattice, n: int) -> int:
    """The piece behind the phrase that piece ``n`` begins; 0 where it begins none."""
    table = words_of("standing.toml")
    word = lattice.pieces[n].lower
    if word not in table["places"] and word not in table["roles"]:
        return 0
    nouns = frozenset(table["nouns"]) if word in table["places"] else frozenset(table["parts"])
    never = frozenset(table["never"])
    for k in range(n + 1, min(n + 1 + _LONGEST, len(lattice.pieces))):
        piece = lattice.pieces[k]
        after = lattice.pieces[k + 1] if k + 1 < len(lattice.pieces) else None
        if (
            piece.lower in never
            or (piece.lower not in nouns and any(m.kind in _NEVER for m in lattice.at[k]))
            or not (piece.text[0].isalnum() or piece.text in "-'")
        ):
            return 0
        if any(m.kind == "grp" and m.j > k + (piece.lower in nouns) for m in lattice.at[k]) and k > n:
            return 0  # 'on a triazine core': that is there too
        joined = after is not None and after.glued and after.text == "-"
        if piece.lower in nouns and k > n + 1 and not joined and not (after is not None and after.lower in nouns):
            return k + 1
        if piece.lower in nouns and k == n + 1 and word != "as" and not joined and not (after is not None and after.lower in nouns):
            return k + 1  # 'on silicon'
    return 0
