"""A group as the noun of the thing designed: 'an amide', 'find a thiophene', 'Fruity ester under 200 Da'."""

from __future__ import annotations

from agent.reading.clause import Clause
from agent.reading.clauses import Reader
from agent.reading.head_parts import Found, adjective

#: Negations behind a noun that say what else it lacks, and do not deny it: 'an imidazole without N-H', not 'an imidazole is not allowed'.
_QUALIFYING = frozenset(["with", "without", "w", "sans", "lacking", "devoid", "free"])


#: Verbs with which a question goes on behind the noun of the thing designed: 'Which liquid could serve ...?'
MODALS = frozenset(["could", "can", "would", "might", "will", "should", "shall", "may"])

#: How words for smells end: 'fruity', 'woody'.
_SMELLING = ("oody", "uity", "oral", "inty", "usky", "icy", "moky", "rthy", "rusy", "amy", "tery", "utty", "ssy", "osy", "axy")


def called(reader: Reader, found: Found, i: int, k: int) -> list[Clause] | None:
    """The unread name of a thing that begins the goal with an unknown adjective before the noun of a group: 'Fruity ester under 200 Da'."""
    lattice = reader.lattice
    strange = bool(found.parts) and found.parts[0].sort == "unknown" and len(found.parts) == 1
    noun, end = found.noun, found.noun_end
    follows = end < reader.end and (lattice.has(end, "cmp", "open") or reader.sign(end))
    if noun is None or noun.kind != "grp" or i or k or not strange or not follows or lattice.lower(end - 1).endswith("s"):
        return None
    if (
        not (adjective(lattice, 0) or lattice.lower(0).endswith(_SMELLING))
        or lattice.has(end, "negation", "negation_after", "necessity", "terse_no")
        or lattice.lower(end) in ("?", ":")
    ):
        return None
    return [Clause(0, end, "unread", reason="the thing asked for is not known by this name", content="head")]


def plainly_asked(reader: Reader, found: Found, i: int, k: int) -> bool:
    """Whether a noun that names a part ('an amide', 'find a thiophene') is asked for: with 'a' or a request, no unknown word, no verb behind it."""
    lattice = reader.lattice
    words = {lattice.lower(n) for n in range(i, k)} | {lattice.lower(p.i) for p in found.parts if p.sort == "plain"}
    asked = bool(words & {"a", "an"}) or any(lattice.has(n, "request") for n in range(i, k))
    strange = any(p.sort in ("unknown", "family", "glue") for p in found.parts)
    end = found.noun_end
    follows = (
        end >= reader.end
        or reader.sign(end)
        or lattice.has(end, "open", "purpose", "relative", "verbprop", "prop", "cmp", "adverbial", "similar", "similar_weak")
    )
    follows = follows or (lattice.lower(end) in MODALS and lattice.lower(0) in ("which", "what"))
    needed = found.noun is not None and found.noun.kind in ("grp", "cmpd")
    if needed and lattice.lower(end) == "?" and not any(lattice.has(n, "request") for n in range(i, k)):
        return False  # 'an ester? over my dead body'
    asked = asked or (i == 0 and not lattice.lower(end - 1).endswith("s"))
    turned = lattice.has(end, "negation", "necessity", "negation_after") and lattice.lower(end) not in _QUALIFYING
    return (asked or not needed) and not strange and (follows or lattice.lower(end) in _QUALIFYING) and not turned
