"""What a goal says of things as they are: 'my compound CCO has logP 1', 'our current dye is a nitrile' state facts and ask for nothing."""

from __future__ import annotations

import re

from agent.reading.boundaries import STOPS
from agent.reading.clause import Clause
from agent.reading.clauses import Reader

#: Who does something in a sentence that asks for nothing.
_PEOPLE = frozenset(["we", "i", "they", "people", "our", "my"])
#: Why what people do asks for nothing.
DONE = "it seems to say what somebody does, not what is wanted"
#: Why a fact asks for nothing.
FACT = "it seems to say what the compound is, not what is wanted; say 'should' or 'must' if it is wanted"
_VERB = r"(?:has|have|is|shows?|absorbs|melts|boils|weighs|dissolves|contains|bears|carries|exhibits|possesses|features|includes|withstands|survives)\b"
_SAYS = re.compile(
    rf"^\W*(?:(?:and|but|as|since|because|which|that|it|this|the|my|our|compound|molecule|dye|lead|hit)\s+)*(?:currently\s+|already\s+|now\s+)?{_VERB}"
    r"|^\W*(?:(?:and|but)\s+)?(?:its|whose)\s[^,;.]*\bis\b"
)
#: What is said to be so now or before, with a verb behind it, and words that make a wish of such a sentence.
_NOW = re.compile(
    r"\b(?:current|currently|at present|presently|(?:our|my|the) present|existing|incumbent|(?:our|my|the) old|previous|previously|former|formerly|today|nowadays|so far|until now|up to now|"
    r"to date|at the moment|competitors?|competitor's|predecessor|we now|it now|i now|(?:the|its|our) (?:parent|reference compound|original))\b"
    r"(?!(?: \w+)? (?:goal|aim|task|project|search|target|objective|wish|question|requirement|specification|interest|brief))[^,;.:?!]*?"
    r"\b(?:is|are|was|were|has|have|had|use|uses|used|contains?|contained|bears?|bore|carry|carries|carried|features?|holds?|held|includes?|melts|boils|weighs|absorbs|shows?)\b"
    r"|\b(?:we|they) (?:use|used|have|had)\b[^,;.:?!]*\b(?:now|currently|today|at present|at the moment|so far)\b"
)
_ASKS = re.compile(
    r"\b(?:must|should|shall|will|would|needs?|needed|wants?|wanted|require[sd]?|like|look|looking|search|searching|seek|seeking|find|design|after|wish|hope|required|desired|ought|please|suggest|to be|has to|have to|is there|are there)\b|^\W*(?:which|what|who)\b"
)


def _told(reader: Reader, clause: Clause) -> bool:
    """Whether the sentence, up to the end of the clause, says what is the case now: 'the incumbent has a nitro group'."""
    lattice, start = reader.lattice, clause.i
    while start > 0 and not (reader.sign(start - 1) and lattice.lower(start - 1) in STOPS):
        start -= 1
    text = lattice.text(start, min(clause.j + 1, reader.end)).lower()
    return _NOW.search(text) is not None and _ASKS.search(text) is None


def states_fact(reader: Reader, clauses: list[Clause], n: int) -> bool:
    """Whether clause ``n`` of a goal about 'my compound' is a statement about that compound (a plain verb, or a bare number right behind it), or one about what is in use."""
    clause, lattice = clauses[n], reader.lattice
    if not clause.denied and clause.content not in ("kept", "own") and _told(reader, clause):
        return True
    if not any(s.kind == "own" for c in clauses for s in c.statements) or any(s.kind in ("own", "kept") for s in clause.statements):
        return False
    asking = [m for k in range(clause.i, clause.j) for m in lattice.of(k, "necessity", "request", "soft")]
    if any(lattice.text(m.i, m.j).lower() != "which" for m in asking):
        return False
    since = clauses[n - 1].j if n else 0
    if _SAYS.match(lattice.text(since, clause.j).lower()):
        return True
    exact = any(s.limit is not None and s.limit.operator in ("bare", "~", "==") for s in clause.statements)
    return exact and n > 0 and clauses[n - 1].content == "own" and since == clause.i and not lattice.has(clauses[n - 1].i, "improved")


def done_by_people(reader: Reader, clauses: list[Clause], n: int) -> bool:
    """Whether clause ``n`` names a part of something that people do: a person and a verb that is not understood stand before it, and no sign: 'We cure epoxy with diamines'."""
    clause, lattice, k = clauses[n], reader.lattice, n
    if clause.denied or not any(s.kind in ("motif", "count") for s in clause.statements):
        return False
    while k and not any(reader.sign(j) for j in range(clauses[k - 1].j, clauses[k].i)):
        k -= 1
    begun = clauses[k].i
    people = lattice.lower(begun) in _PEOPLE
    doing = any(c.role == "unread" and c.i > begun for c in clauses[k:n])
    return people and doing and not any(lattice.has(j, "request", "necessity", "soft") for j in range(begun, clause.j))
