"""What is excluded behind a reason ('crown ethers are too toxic: none', 'anilines are a tox alert, so none of those'), and what is like something known ('an OXE-type oxime ester')."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agent.reading.modifiers import UNKNOWN
from agent.reading.tails import behind_nouns

if TYPE_CHECKING:
    from agent.reading.mentions import Lattice

#: A reason of a few words, and a word that excludes what it is given for.
_REASONED = re.compile(
    r" (?:[a-z'-]+ ){0,6}?[a-z'-]+(?:,? so|[,:;] ?(?:so )?| - | \() ?(?:please |pls )?"
    r"(?:none(?: (?:of (?:them|those|these)|please|here|wanted|thanks))?|no thanks|no thank you|not wanted|(?:drop|exclude|avoid|skip|omit|remove|ban) (?:them|those|these)|leave (?:them|those|these) out"
    r"|exclude|avoid|excluded|avoided)(?: please| here| then)?\)?(?=\s*(?:[.,;!?)]|$))"
)
#: Verbs and words that make a reason of what stands behind a name.
_REASONS = re.compile(
    r"^ (?:are|is|were|was|can|may|will|would|tend|smell|sensiti[sz]e|hydroly[sz]e|oxidi[sz]e|yellow|degrade|decompose|corrode|leach|migrate|stain|stink|irritate|crystalli[sz]e|polymeri[sz]e|poison|colou?r|discolou?r)\b"
)
#: Kinds of mentions that no reason holds.
_NEVER = (
    "negation",
    "grp",
    "elem",
    "num",
    "permission",
    "permission_after",
    "necessity_after",
    "positive_after",
    "exception",
    "condition",
    "but",
    "or",
    "halide",
    "cmpd",
    "approval",
    "soft_after",
)
#: Words with which a name is only compared.
_LIKE = frozenset(["like", "type", "style", "kind"])


def mark_reasoned(lattice: Lattice) -> None:
    """Mark both. Before :meth:`Lattice.finish`."""
    from agent.reading.mentions import Mention

    ends = {piece.end: n + 1 for n, piece in enumerate(lattice.pieces)}
    for n in range(len(lattice.pieces)):
        for j in {behind_nouns(lattice, m.j) for m in lattice.at[n] if m.kind in ("grp", "elem", "halide")}:
            start = lattice.pieces[j - 1].end
            text = lattice.plain[start:]
            match = _REASONED.match(text) if _REASONS.match(text) else None
            k = ends.get(start + match.end()) if match else None
            if k is None or any(m.kind in _NEVER for p in range(j, _excluding(lattice, j, k)) for m in lattice.at[p]):
                continue
            lattice.at[j].append(Mention(j, k, "negation_after"))
    for n in range(len(lattice.pieces) - 3):
        named = lattice.pieces[n].text.isalnum() and lattice.hyphen(n + 1) and lattice.pieces[n + 2].lower in _LIKE
        if (
            named
            and not lattice.hyphen(n + 3)
            and any(m.kind in ("grp", "intersective", "neutral") for m in lattice.at[n + 3])
            and not any(m.kind == "fam" for m in lattice.at[n + 3])
            and not _barred(lattice, n)
        ):
            lattice.at[n].append(Mention(n, n + 3, "intersective", UNKNOWN))


def _excluding(lattice: Lattice, j: int, k: int) -> int:
    """The piece with which the word that excludes begins, between pieces ``j`` and ``k``: the first of the last signs, or 'so'."""
    signs = [p for p in range(j, k) if lattice.pieces[p].text in (",", ":", ";", "-", "(") or lattice.pieces[p].lower == "so"]
    return signs[-1] if signs else k


def _barred(lattice: Lattice, n: int) -> bool:
    """Whether the word that is compared with is a name that another reading needs: 'drug-like', 'ester-type'."""
    return any(m.kind in ("negation", "rule", "vague", "num", "prop", "fam", "cmp") for m in lattice.at[n])
