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
            lattice.at[n] += [Mention(n, j, "groups"), Mention(n, j, "aside")]
    for n, piece in enumerate(lattice.pieces):
        if piece.text == "(" and n and (j := _told_behind(lattice, n)):
            lattice.at[n] += [Mention(n, j, "groups"), Mention(n, j, "aside")]
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


#: Verbs, and words beside them, with which a sentence says something of what stands before it; and those of them that may follow a bracket.
SAYING = frozenset(
    [
        "is",
        "are",
        "was",
        "were",
        "must",
        "should",
        "shall",
        "cannot",
        "can",
        "may",
        "will",
        "would",
        "has",
        "have",
        "ought",
        "needs",
        "need",
        "not",
        "never",
    ]
)
PREDICATES = SAYING | {"might", "could", "do", "does", "being"}
#: Most pieces of such a bracket.
_MOST = 9


def _told_behind(lattice: Lattice, n: int) -> int:
    """The piece behind a bracket that opens at piece ``n`` between a group and what is said of it: 'a phenol (acidic) | is out'; 0 where none is."""
    named = any(m.j == n and m.kind in ("grp", "elem", "groups", "bonded") for k in range(max(0, n - 6), n) for m in lattice.at[k])
    pieces = lattice.pieces
    close = next((k for k in range(n + 1, min(n + _MOST, len(pieces))) if pieces[k].text in "()"), n)
    if not named or pieces[close].text != ")" or close + 1 >= len(pieces):
        return 0
    told = pieces[close + 1].lower in PREDICATES or any(m.kind in ("negation_after", "terse_no") for m in lattice.at[close + 1])
    barred = set(_NEVER) - {"grp", "elem"}
    return close + 1 if told and not any(m.kind in barred for k in range(n + 1, close) for m in lattice.at[k]) else 0


def told_behind_a_bracket(lattice: Lattice, k: int) -> bool:
    """Whether a bracket opens at piece ``k`` behind which something is said of what stands before it. Behind :meth:`Lattice.finish`."""
    if lattice.lower(k) != "(":
        return False
    while k < len(lattice.pieces) and lattice.lower(k) != ")":
        k += 1
    return lattice.lower(k + 1) in PREDICATES or lattice.has(k + 1, "negation_after", "terse_no")


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
