"""Words that mean something else beside certain others: alkoxy in a silane, 'very' before what it strengthens, 'so' before a property."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from agent.reading.mentions import Lattice

#: A reason and what follows from it: 'nitro would quench, so leave it out'.
LEFT_OUT = re.compile(
    r"(?:(?:would|could|might|may|can|will|tends? to|is known to|are known to) [a-z]+(?: [a-z]+)?,? |(?:oxidi[sz]es?|isomeri[sz]es?|hydroly[sz]es?|leach(?:es)?|smells?|yellows?|decomposes?|degrades?|corrodes?|fails?|stinks?|reacts?|migrates?|bleeds?|racemi[sz]es?|polymeri[sz]es?|volatili[sz]es?|discolou?rs?|crystalli[sz]es?),? )?so (?:please |let us |let's )?"
    r"(?:(?:leave|keep|take) (?:it|them|that|those) out|(?:avoid|exclude|omit|drop|skip|ban|remove) (?:it|them|that|those)|no [a-z]+ of (?:it|them) please)(?=\s*[.,;!?)]|$)",
    re.IGNORECASE,
)
#: Words for how much something dissolves, which change nothing of the number behind it.
_VERY = frozenset(["very", "highly", "readily", "freely", "fairly", "quite", "reasonably", "easily", "sufficiently", "adequately"])
#: Words that strengthen an adjective, and words before them behind which they do not: 'not very polar'.
_STRENGTHENING = frozenset(["very", "highly", "extremely", "exceptionally", "particularly", "fairly", "quite", "reasonably", "strongly", "inherently", "intrinsically"])  # fmt: skip
_WEAKENED = frozenset(["not", "no", "non", "never", "without", "less", "too", "so", "nothing", "hardly", "neither", "nor"])
#: Words behind which 'some' says no more than that there is one.
_HAVING = frozenset(
    ["with", "containing", "contains", "contain", "bearing", "carrying", "including", "incorporating", "featuring", "has", "having", "w"]
)
#: Words of alkoxy groups, and what they are called where they stand on silicon.
_ON_SILICON = {
    "alkoxy": "alkoxysilane",
    "trialkoxy": "alkoxysilane",
    "dialkoxy": "alkoxysilane",
    "trimethoxy": "trimethoxysilyl",
    "triethoxy": "triethoxysilyl",
}


#: Words behind which a compound stands that something is compared with.
_COMPARING = frozenset(["of", "than"])


def mark_words(lattice: Lattice, n: int) -> None:
    """Change what piece ``n`` means by the words beside it. Before :meth:`Lattice.finish`."""
    from agent.reading.mentions import Mention

    pieces, here = lattice.pieces, lattice.at[n]
    behind = lattice.at[n + 1] if n + 1 < len(pieces) else []
    word = pieces[n].lower
    if pieces[n].text == "MR":
        lattice.at[n] = here = [Mention(m.i, m.j, "prop", "molar_refractivity") if m.kind == "prop" and m.j == n + 1 else m for m in here]
    if word in _VERY and any(m.kind == "verbprop" and any("solub" in p.lower for p in pieces[m.i : m.j]) for m in behind):
        here.append(Mention(n, n + 1, "skip"))
    if word in _STRENGTHENING and any(m.kind == "vague" for m in behind) and (not n or pieces[n - 1].lower not in _WEAKENED):
        here.append(Mention(n, n + 1, "skip"))  # 'highly fluorinated'
    if any(m.kind in ("negation", "negation_after", "edit_remove") and m.j == n + 1 for m in here) and any(
        m.kind in ("unchk", "prop") and m.j > n + 1 for m in here
    ):
        lattice.at[n] = here = [m for m in here if m.kind not in ("negation", "negation_after", "edit_remove")]  # 'dropping point'
    if word == "some" and n and pieces[n - 1].lower in _HAVING and not _denied_behind(lattice, n):
        lattice.at[n] = [m for m in here if m.kind != "plain"] + [Mention(n, n + 1, "skip")]  # 'with some terephthalate'
    if word == "neither" and n and pieces[n - 1].text.isalpha() and (n + 1 == len(pieces) or pieces[n + 1].text in (",", ".", ";")):
        kept = [m for m in here if m.kind != "negation"]
        lattice.at[n] = [*kept, Mention(n, n + 1, "negation_after")]  # 'no aldehydes, coumarins neither'
    if (
        word == "keep"
        and n
        and pieces[n - 1].text.isalpha()
        and [p.lower for p in pieces[n + 1 : n + 3]] in (["out"], ["out", "."], ["out", ";"])
    ):
        here.append(Mention(n, n + 2, "negation_after"))  # 'nitro groups keep out.'
    if word == "so" and any(m.kind == "prop" for m in behind):
        lattice.at[n] = [m for m in here if m.kind != "skip"] + [Mention(n, n + 1, "and")]  # 'low migration so MW above 400'
    if n and pieces[n - 1].lower in _COMPARING and any(m.kind == "cmpd" for m in here):
        longest = max((m.j for m in here if m.kind == "grp"), default=n)
        lattice.at[n] = here = [m for m in here if m.kind != "cmpd" or (m.j >= longest and not _named_further(lattice, m.j))]
    if word in _ON_SILICON and _speaks_of_silanes(lattice):
        kept = [m for m in here if m.kind not in ("grp", "substituent") or m.j > n + 1]
        lattice.at[n] = [*kept, Mention(n, n + 1, "grp", _ON_SILICON[word])]
    for whole in [m for m in lattice.at[n] if m.kind == "whole"]:
        _close(lattice, whole)


def _named_further(lattice: Lattice, j: int) -> bool:
    """Whether the name of a compound goes on at piece ``j``: 'lower than that of ethylene | carbonate', 'higher than toluene | diisocyanate'."""
    return j < len(lattice.pieces) and any(m.kind in ("grp", "cmpd", "substituent", "derived", "pair") for m in lattice.at[j])


def _denied_behind(lattice: Lattice, n: int) -> bool:
    """Whether a denial follows before the next sign: 'with some esters excluded' leaves others."""
    for k in range(n, len(lattice.pieces)):
        if lattice.pieces[k].text in ",;:.!?()":
            return False
        if any(m.kind == "negation_after" for m in lattice.at[k]):
            return True
    return False


def _close(lattice: Lattice, whole: Any) -> None:
    """Leave nothing of the words inside the name of a class, of which the parts say nothing: 'non-fullerene acceptor'."""
    lattice.at[whole.i] = [m for m in lattice.at[whole.i] if m.j >= whole.j and m.kind in ("role", "composed", "unchk", "whole", "neutral")]
    for k in range(whole.i + 1, whole.j):
        lattice.at[k] = []


def _speaks_of_silanes(lattice: Lattice) -> bool:
    """Whether the goal names silanes or silicon."""
    if any("sila" in piece.lower or "silyl" in piece.lower or "silic" in piece.lower for piece in lattice.pieces):
        return True
    return any(m.kind == "elem" and m.value == "Si" for at in lattice.at for m in at)
