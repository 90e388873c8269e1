"""The reading of a goal: what each word of it became, before anything is looked up or converted."""

from __future__ import annotations

from dataclasses import dataclass, field

from agent.reading.clause import Clause
from agent.reading.clauses import Reader
from agent.reading.cut import cut, settled
from agent.reading.grammar import Matcher
from agent.reading.language import foreign_language
from agent.reading.lexicon import Family
from agent.reading.mentions import Lattice, scan
from agent.reading.normalise import Text, normalised
from agent.reading.spelling import respelt
from tools.catalogue.catalogue import Catalogue


@dataclass(frozen=True)
class Reading:
    """A goal cut into clauses. ``language``: the language it is written in where that is not English, else ''; ``matcher``: what was matched; ``respelled``: words
    that were one letter off, as they stand in the goal and as they are read.
    """

    goal: str
    text: Text
    lattice: Lattice
    clauses: tuple[Clause, ...]
    language: str = ""
    matcher: Matcher | None = field(default=None, compare=False, repr=False)
    respelled: tuple[tuple[str, str], ...] = ()

    def span(self, clause: Clause) -> tuple[int, int]:
        """Where the clause stands in the goal."""
        pieces = self.lattice.pieces
        return self.text.span(pieces[clause.i].start, pieces[clause.j - 1].end)

    @property
    def families(self) -> list[tuple[Family, str]]:
        """Families that the head of the goal names, with their words."""
        return [pair for clause in self.clauses for pair in clause.families]

    @property
    def head(self) -> Clause | None:
        """The clause of the thing designed, read or not, the one of a family before others; None where the goal names none."""
        heads = [c for c in self.clauses if c.role == "head" or c.content == "head"]
        return next((c for c in heads if any(family.name for family, _ in c.families)), heads[0] if heads else None)


def read(goal: str, *, catalogue: Catalogue) -> Reading:
    """What every word of ``goal`` became. Raises GoalError for what is no text, empty or too long, and for structures that cannot be read."""
    text, respelled = respelt(normalised(goal), catalogue=catalogue)
    language = foreign_language(text.plain)
    lattice = scan(text.plain, catalogue=catalogue)
    if language:
        whole = Clause(0, len(lattice.pieces), "unread", reason=f"the goal seems to be written in {language}; goals are read in English")
        return Reading(goal, text, lattice, (whole,), language)
    reader = Reader(lattice)
    return Reading(goal, text, lattice, tuple(settled(reader, cut(reader))), matcher=reader.matcher, respelled=respelled)
