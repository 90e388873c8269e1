"""Cut a goal into clauses and read each of them whole, or not at all.

A clause begins and ends at a boundary (a sign, a joining word, or a word that opens a clause) and is read only if one content, with what
stands before it and behind it, covers every word of it. What stands around the content decides, once a clause, whether it is asked for,
denied, wished for or merely permitted (:mod:`agent.reading.frames`); the contents know nothing of that.
The cut is the one that leaves the fewest words unread, then the one with the fewest clauses.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from agent.reading.builders import build
from agent.reading.clause import Clause
from agent.reading.frames import PLACED, Ending, Frames, Opening, stance_of
from agent.reading.grammar import Node
from agent.reading.mentions import Lattice
from agent.reading.stance import Refusal, Stance
from agent.reading.statements import Statement


class Reader(Frames):
    """Reads the clauses of one goal."""

    def __init__(self, lattice: Lattice) -> None:
        super().__init__(lattice)
        self._clauses: dict[int, tuple[Clause, ...]] = {}

    def clauses_at(self, i: int) -> tuple[Clause, ...]:
        """Every way to read a whole clause from piece ``i``."""
        if i not in self._clauses:
            self._clauses[i] = tuple(self._clauses_at(i))
        return self._clauses[i]

    def _clauses_at(self, i: int) -> Iterator[Clause]:
        seen: set[tuple[int, int]] = set()
        for opening in self.openings(i):
            for node in self.matcher.contents_at(opening.at):
                for clause in self._finished(i, opening, node):
                    key = (clause.j, hash(clause.statements))
                    if key not in seen:
                        seen.add(key)
                        yield clause

    def _finished(self, i: int, opening: Opening, node: Node) -> Iterator[Clause]:
        """The clause of ``node`` with every ending that its stance can have."""
        for ending in self.endings(node.j):
            past = self.past(ending.at)
            places = self.places(past)
            if places and any("solu" in self.lattice.lower(k) for k in range(node.i, node.j)):
                places = []  # 'soluble in the resin' says in what
            for j in (past, *places):
                next_limit = node.name == "limit" and not ending.kinds and self.lattice.has(j, "prop")
                if not (self.boundary(j) or next_limit) or j == i or self._says_more(ending.at, j):
                    continue
                if ending.terse and (opening.words or j in places or not self.item(i, j)):
                    continue
                if node.name == "limit" and PLACED in ending.kinds:
                    continue  # a part may be absent from a place, a limit is not: 'Tg above 50 °C, not on my list'
                clause = self._judged(i, j, opening, node, ending)
                if clause is not None:
                    yield clause

    def _says_more(self, at: int, j: int) -> bool:
        """Whether a pronoun behind the content is the subject of what follows: 'any quinone it | might form', not 'so it | stays put'."""
        pronoun = j > at and self.lattice.lower(j - 1) in ("it", "they") and self.lattice.lower(j - 2) not in ("so", "that")
        return pronoun and j < self.end and not self.sign(j)

    def _judged(self, i: int, j: int, opening: Opening, node: Node, ending: Ending) -> Clause | None:
        if (opening.permitted or any(k.startswith("permission") for k in ending.kinds)) and self._bounds(node, ending):
            opening = replace(opening, permitted=False)  # 'may weigh at most 650 Da', 'no more than two esters are acceptable'
            ending = replace(ending, kinds=tuple(k for k in ending.kinds if not k.startswith("permission")))
        stance = stance_of(opening, ending)
        if isinstance(stance, Stance) and not opening.words and set(ending.kinds) <= {"approval"}:
            stance = replace(stance, listed=self.terse(i, j))
        if isinstance(stance, str):
            asked = Stance(framed=True, strong=True)
            built = build(node, asked, self.lattice, "")
            return None if not built or isinstance(built, Refusal) else self._unread(i, j, stance, tuple(built), node, opening)
        if stance is None or (opening.keep and (node.name not in ("limit", "count", "objective") or opening.negations)):
            return None
        if self.inside_compound(node.i, node.j) and not ending.kinds:
            return None
        if opening.denied_subject and not opening.strong:
            return None
        if opening.part and (node.name != "motif" or ending.kinds):
            return None  # 'the linker must be lighter than 100 Da'
        built = build(node, stance, self.lattice, "")
        if built is None and stance.denied and not opening.permitted:
            turned = build(node, Stance(framed=True, strong=True), self.lattice, "")
            asked_for = turned if isinstance(turned, list) else []
            return self._unread(i, j, "this negation is not understood", tuple(asked_for), node, opening) if asked_for else None
        if built is None or built == []:
            return None
        if isinstance(built, Refusal):
            return self._unread(i, j, built.reason, (), node, opening)
        phrase = self.phrase(node.i if not stance.denied else i, j)
        built = [replace(s, phrase=phrase) for s in built]
        alone = not node.mentions("unit_of_count") and not node.nodes("Adding")
        listed = (
            stance.listed
            and node.name in ("motif", "contrast")
            and alone
            and self.lattice.lower(node.i) not in ("a", "an", "the", "single")
        )
        bare = not (opening.strong or opening.weak or opening.negations or ending.kinds or opening.soft)
        return Clause(
            i, j, "read", tuple(built), content=node.name, start=node.i, bare=bare, denied=stance.denied, closing=bool(ending.kinds) and ending.kinds != ("free",), adjectival=ending.kinds == ("free",) or node.name == "vague",
            opened=opening.words > 0, subject=opening.subject, listed=listed, plural=listed and node.name == "motif" and not node.mentions("groups", "only_after") and _plural(built, self.lattice, node), needs_head=opening.named and not opening.denied_subject,
        )  # fmt: skip

    @staticmethod
    def _bounds(node: Node, ending: Ending) -> bool:
        """Whether what is permitted is an upper bound, or a list of the only elements, so that nothing else is."""
        if "negation" in ending.kinds:
            return False
        if node.name == "elements":
            return True
        signs = {m.value for m in node.mentions("cmp", "after")} - {"~", "=="}
        return node.name in ("limit", "count") and bool(signs) and signs <= {"<", "<="}

    def _unread(self, i: int, j: int, reason: str, suggested: tuple[Statement, ...], node: Node, opening: Opening) -> Clause:
        return Clause(
            i,
            j,
            "unread",
            reason=reason,
            suggested=suggested,
            content=node.name,
            start=node.i,
            closing=True,
            understood=True,
            needs_head=opening.named and not opening.denied_subject,
        )

    def phrase(self, i: int, j: int) -> str:
        """The words of pieces ``i`` to ``j`` (exclusive) without signs and articles at their ends."""
        while i < j - 1 and (self.sign(i) or self.lattice.lower(i) in ("a", "an", "the", "and", "that", "is", "are")):
            i += 1
        while j - 1 > i and (
            (self.sign(j - 1) and self.lattice.lower(j - 1) not in (")", "]"))
            or self.lattice.lower(j - 1) in ("and", "but", "is", "are", "be")
        ):
            j -= 1
        return self.lattice.text(i, j).strip("\"'` ")


def _plural(built: list[Statement], lattice: Lattice, node: Node) -> bool:
    """Whether a terse list begins with a plural, which by itself asks for nothing: 'phenols'."""
    first = node.nodes("Item")[0].mentions()[-1]
    word = lattice.lower(first.j - 1)
    return word.endswith("s") and not word.endswith("ss") and not lattice.has(first.j - 1, "groups")
