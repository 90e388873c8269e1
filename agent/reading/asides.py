"""What stands in brackets beside the name of a group: what has it ('isothiocyanate (FITC style)'), or the name itself behind its abbreviation ('TTF donor (tetrathiafulvalene)')."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from agent.reading.phrases import words_of

if TYPE_CHECKING:
    from agent.reading.mentions import Lattice

#: A bracket that names something with the group, and says no more.
_SUCH = re.compile(r"\((?:of the |as in |e\.g\. )?[A-Za-z][\w ,'-]{1,38}?[ -](?:like|style|type|kind|sort)\)")
#: A bracket that exclaims why: 'phenols (oxidation!) are excluded'.
_EXCLAIMED = re.compile(r"\((?:[A-Za-z][\w-]*)(?: [A-Za-z][\w-]*){0,3} ?!+\)")
#: Kinds of mentions that such a bracket does not hold.
_NEVER = (
    "negation",
    "negation_after",
    "cmp",
    "condition",
    "exception",
    "permission",
    "or",
    "but",
    "prop",
    "free",
    "dissimilar",
    "soft",
    "grp",
    "elem",
)
#: An abbreviation, one or two words for what the thing does, and an opening bracket or a colon; the name is behind it.
_SHORT = re.compile(r"(?<![\w-])([A-Z][A-Za-z0-9]{1,6})(?: ([a-z-]+)){0,2}(?: \(|: )")


def mark_asides(lattice: Lattice, starts: dict[int, int], ends: dict[int, int]) -> None:
    """Add both to the mentions. ``starts`` and ``ends``: pieces by the character where they start, and the piece behind by that where they end."""
    from agent.reading.mentions import Mention

    for match in _SUCH.finditer(lattice.plain):
        n, j = starts.get(match.start()), ends.get(match.end())
        inside = range(n + 1, j - 1) if n is not None and j is not None else range(0)
        if n is not None and j is not None and inside and not any(m.kind in _NEVER for k in inside for m in lattice.at[k]):
            lattice.at[n].append(Mention(n, _behind(lattice, j), "tail"))
    for match in _EXCLAIMED.finditer(lattice.plain):
        n, j = starts.get(match.start()), ends.get(match.end())
        if n is not None and j is not None and not any(m.kind in _NEVER for k in range(n + 1, j - 1) for m in lattice.at[k]):
            lattice.at[n].append(Mention(n, j, "groups"))
    nouns = _nouns()
    for match in _SHORT.finditer(lattice.plain):
        n, k = starts.get(match.start()), starts.get(match.end())
        if n is None or k is None or (match[2] and match[2] not in nouns):
            continue
        if {m.kind for m in lattice.at[n]} - ({"neutral", "unchk", "cmpd"} if match[2] else {"neutral", "unchk"}):
            continue
        for group in [m for m in lattice.at[k] if m.kind == "grp"]:
            bracket = lattice.pieces[k - 1].text == "("
            closed = group.j < len(lattice.pieces) and lattice.pieces[group.j].text == ")"
            if bracket == closed and abbreviates(match[1], lattice.text(group.i, group.j)):
                end = _behind(lattice, group.j + bracket)
                if end >= len(lattice.pieces) or lattice.pieces[end].text in ",.;)" or {m.kind for m in lattice.at[end]} & _GOING_ON:
                    lattice.at[n].append(Mention(n, end, "grp", group.value))


@lru_cache(maxsize=1)
def _nouns() -> frozenset[str]:
    """Nouns for a part, and for what a part does."""
    table = words_of("tails.toml")
    return frozenset((*table["structural"], *table["roles"], *table["of_any"]))


#: What may follow such a name.
_GOING_ON = frozenset(["and", "open", "purpose", "relative", "adverbial", "placed_at", "negation", "but"])


def _behind(lattice: Lattice, j: int) -> int:
    """The piece behind one or two words from piece ``j`` of which the last is a noun for a part: '(diglycolamide) | extractant head'; ``j`` where there are none."""
    for end in (j + 1, j + 2):
        words = lattice.pieces[j:end]
        plain = len(words) == end - j and all(w.text.isalpha() and not w.glued for w in words)
        if plain and words[-1].lower in _nouns() and not any(m.kind in _NEVER for k in range(j, end - 1) for m in lattice.at[k]):
            return end
    return j


def abbreviates(short: str, name: str) -> bool:
    """Whether the letters of ``short`` stand in ``name`` in their order, the first at its beginning or that of a word of it: 'TTF', 'tetrathiafulvalene'."""
    letters, text = [c for c in short.lower() if c.isalpha()], name.lower()
    first = re.search(rf"(?<![a-z]){re.escape(letters[0])}", text) if letters else None
    if first is None or len(letters) < 2:
        return False
    at = first.start()
    for letter in letters:
        at = text.find(letter, at) + 1
        if not at:
            return False
    return True
