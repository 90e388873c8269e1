"""What could be read of a clause that does not count, for a person to accept."""

from __future__ import annotations

from dataclasses import dataclass

from agent.reading.builders import build
from agent.reading.clause import Clause
from agent.reading.frames import PERMISSION
from agent.reading.grammar import Matcher, Node
from agent.reading.reading import Reading
from agent.reading.resolve import Resolver
from agent.reading.stance import Refusal, Stance
from agent.reading.statements import Statement
from core.spec import Objective, Requirement

#: Contents that are looked for inside a clause, and the longest clause that is searched, in pieces.
_SOUGHT = ("limit", "level", "count", "motif", "vague", "rule_set", "objective")
_LONGEST = 40


@dataclass(frozen=True)
class Suggestion:
    """What could be read of a clause, in words; as values too where its opposite cannot be meant."""

    text: str = ""
    requirements: tuple[Requirement, ...] = ()
    objectives: tuple[Objective, ...] = ()


def suggestion(reading: Reading, clause: Clause, resolver: Resolver) -> Suggestion:
    """What was read of ``clause`` before it was set aside, or the longest thing in it that could be read alone; empty if nothing could.

    Where words around it may turn it round, both readings are given.
    """
    if clause.reason == PERMISSION:
        return Suggestion()
    if clause.statements or clause.suggested:
        requirements, objectives = resolver.tried(clause.statements or clause.suggested)
        text = "; ".join(e.text for e in [*requirements, *objectives])
        if text and "negation" in clause.reason:
            return Suggestion(f"{text}, or the opposite")
        return Suggestion(text, tuple(requirements), tuple(objectives))
    if reading.language or clause.content in ("purpose", "head") or clause.j - clause.i > _LONGEST:
        return Suggestion()
    matcher = reading.matcher or Matcher(reading.lattice)
    longest: tuple[int, tuple[Statement, ...]] = (0, ())
    for i in range(clause.i, clause.j):
        for node in matcher.contents_at(i):
            if node.name in _SOUGHT and node.j <= clause.j and _size(node) > longest[0] and not _element_in_unit(node, reading):
                built = build(node, Stance(framed=True, strong=True), reading.lattice, "")
                if built and not isinstance(built, Refusal):
                    longest = (_size(node), tuple(built))
    requirements, objectives = resolver.tried(longest[1])
    texts = [e.text for e in [*requirements, *objectives]]
    return Suggestion(f"{'; '.join(texts)}, or the opposite") if texts else Suggestion()


def _element_in_unit(node: Node, reading: Reading) -> bool:
    """Whether an element in it is the letter of a unit: the C of '-25 °C'."""
    units = [m for mentions in reading.lattice.at for m in mentions if m.kind == "unit"]
    elements = [m for m in node.mentions() if m.kind == "elem"]
    return any(e.i < u.j and u.i < e.j for e in elements for u in units)


def _size(node: Node) -> int:
    return sum(m.j - m.i for m in node.mentions())
