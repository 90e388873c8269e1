"""One part put in the place of another: the first is to go, the second is wanted, and where that is not read whole neither is asked for."""

from __future__ import annotations

from agent.reading.boundaries import SIGNS
from agent.reading.clause import Clause
from agent.reading.clauses import Reader
from agent.reading.mentions import Lattice

#: Verbs of exchange, in the forms in which a goal uses them.
_PARTICIPLES = frozenset(
    ["replaced", "swapped", "exchanged", "substituted", "switched", "traded", "changed", "converted", "turned", "interchanged", "superseded", "supplanted", "displaced"]
)  # fmt: skip
_VERBS = frozenset(
    ["replace", "replaces", "replacing", "swap", "swaps", "swapping", "exchanging", "substitute", "substitutes", "substituting", "switching", "trading", "converting", "supplant", "supplants"]
)  # fmt: skip
#: Those of them that are nouns as well, and so verbs before a determiner only: 'exchange the ester for an amide'.
_NOUNS_TOO = frozenset(
    [
        "exchange",
        "exchanges",
        "switch",
        "switches",
        "trade",
        "trades",
        "change",
        "changes",
        "changing",
        "convert",
        "converts",
        "turn",
        "turns",
        "turning",
        "displace",
        "displaces",
    ]
)
_DETERMINERS = frozenset(["the", "a", "an", "its", "any", "all", "every", "one", "both", "this", "that"])
_BY = frozenset(["by", "with", "for", "to", "into", "against"])
#: Phrases that put one thing in the place of another.
_PHRASES = tuple(tuple(phrase.split()) for phrase in (
    "gives way to", "give way to", "giving way to", "made way for", "makes way for", "make way for", "making way for", "takes the place of", "take the place of", "taking the place of", "took the place of",
    "in the place of", "in place of", "in lieu of", "in exchange for", "stands in for", "stand in for", "standing in for", "takes over from", "steps in for", "yields to", "goes in for",
    "where there was", "where there were", "used to be", "in the stead of", "→", "- >", "=>",
))  # fmt: skip
#: Most pieces between a verb of exchange and what comes instead.
_REACH = 9

#: Contents that say what goes and what comes.
_READ = ("exchanged", "edit", "contrast")


def half_read(reader: Reader, clauses: list[Clause], n: int) -> bool:
    """Whether a demand for parts stands in words about an exchange that were not read: 'the nitrile has been swapped for ...'."""
    clause = clauses[n]
    if not (clause.parts or clause.role == "head") or clause.denied or clause.content in _READ or not clause.statements:
        return False
    if reader.lattice.lower(clause.j) == "," and reader.lattice.lower(clause.j + 1) in _PARTICIPLES:
        return True  # 'the thiophene, exchanged for a furan, must not come back'
    i, j = segment(reader, clause.i, clause.j)
    if clause.role == "head" and reader.lattice.lower(i) in ("which", "what") and _serves(reader, clause):
        return False  # 'Which nitrile could stand in for geranial?'
    spoken = [c for c in clauses if c.content in _READ and c.role == "read" and c.i < j and i < c.j]
    for verb in range(i, j):
        if any(c.i <= verb < c.j for c in spoken) or not _starts(reader.lattice, verb, j):
            continue
        return True
    return False


def _serves(reader: Reader, clause: Clause) -> bool:
    """Whether a question asks what could take the place of something."""
    return reader.lattice.lower(clause.j) in ("could", "can", "would", "might", "will", "may")


def _starts(lattice: Lattice, verb: int, j: int) -> bool:
    """Whether words that put one thing in the place of another begin at piece ``verb``, and go on before piece ``j``."""
    word = lattice.lower(verb)
    if word in _PARTICIPLES or word in _VERBS or (word in _NOUNS_TOO and lattice.lower(verb + 1) in _DETERMINERS):
        return any(lattice.lower(k) in _BY for k in range(verb + 1, min(j, verb + 1 + _REACH)))
    return any(all(lattice.lower(verb + m) == w for m, w in enumerate(phrase)) for phrase in _PHRASES)


def segment(reader: Reader, i: int, j: int) -> tuple[int, int]:
    """The pieces around ``i`` to ``j`` without a sign between them."""
    signs = SIGNS - {"(", ")", "[", "]"}
    while i > 0 and not (reader.sign(i - 1) and reader.lattice.lower(i - 1) in signs):
        i -= 1
    while j < reader.end and not (reader.sign(j) and reader.lattice.lower(j) in signs):
        j += 1
    return i, j
