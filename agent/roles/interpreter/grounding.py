"""Whether the words of a clause state what a model reads in them: name, number, unit, direction, polarity, and nothing else beside them.

It is held against the parser's own tables. A reading is taken as stated only if the clause names one thing alone, if each of its numbers with
its unit is a number of the reading, if the one word that compares or denies says the same as the reading, and if no word is left that the tables
do not know: such a word may turn the sense round.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from agent.reading.mentions import Lattice, Mention, scan
from agent.reading.normalise import normalise
from agent.reading.units import unit_at
from agent.roles.interpreter.readings import OPERATORS, GoalReading, Subject
from core.errors import MolwrightError
from tools.catalogue.catalogue import Catalogue

_DENYING = frozenset(["negation", "negation_after", "free", "terse_no", "blame", "put_out", "dissimilar"])
_ASKING = frozenset(["open", "necessity", "positive_after", "necessity_after", "containing_suffix", "request"])
#: Words after which a clause says less, or something else, than what it names.
_TURNING = frozenset(
    [
        "permission", "permission_after", "condition", "scarcely", "exception", "soft", "soft_after", "than", "similar", "similar_weak",
        "analogue", "half_as", "twice_as", "or", "replacement", "purpose", "unchk", "improve", "plusminus", "changeable", "unchanged", "cmpd",
        "formula", "smiles", "isomers", "limiting", "placed_at",
    ]
)  # fmt: skip
_UP = frozenset(["adjective_up", "comparative_up", "superlative_up", "possible_up", "maximise"])
_DOWN = frozenset(["adjective_down", "comparative_down", "superlative_down", "possible_down", "minimise"])
#: The kinds of mentions that name what a wish is about, by the kind of subject.
_NAMES = {"property": ("prop", "verbprop"), "group": ("grp", "adjectival"), "element": ("elem",), "rule set": ("rule",)}
_COMPARING = {"bound_most": "<=", "bound_least": ">="}
_ENDS = (*_COMPARING, "cmp", "after", "between", "to", "num", "unit")


@dataclass(frozen=True)
class Ground:
    """What of a reading the words do not state, and which of them no table knows. Both empty: the words state it."""

    missing: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


def ground(reading: GoalReading, subject: Subject, clause: str, *, catalogue: Catalogue) -> Ground:
    """What of ``reading`` about ``subject`` the words of ``clause`` state."""
    try:
        lattice = scan(normalise(clause), catalogue=catalogue)
    except MolwrightError:
        return Ground(("anything that can be read",))
    said = _Said(lattice)
    missing = []
    if not said.names_only(subject):
        missing.append("its name alone")
    if said.turning:
        missing.append("it without a condition or a comparison with something else")
    if reading.comparison in ("present", "absent"):
        missing += _part(reading, subject, said)
    elif reading.comparison in ("high", "low"):
        missing += _wish(reading, said)
    else:
        missing += _limit(reading, subject, said, catalogue=catalogue)
    return Ground(tuple(missing), tuple(said.unknown()))


def names_in(text: str, *, catalogue: Catalogue) -> dict[str, list[str]]:
    """What is registered and named in ``text``: names by kind of subject, each once, in order; empty for a text that cannot be read."""
    try:
        lattice = scan(normalise(text), catalogue=catalogue)
    except MolwrightError:
        return {}
    names = _Said(lattice).names
    return {sort: list(dict.fromkeys(_name(m) for m in names if m.kind in kinds and _name(m))) for sort, kinds in _NAMES.items()}


def _name(mention: Mention) -> str:
    """The registered name that a mention is of; '' for a word whose property depends on more than itself."""
    return mention.value if isinstance(mention.value, str) else ""


class _Said:
    """What the words of one clause say by the parser's tables."""

    def __init__(self, lattice: Lattice) -> None:
        self.lattice = lattice
        self._all = [m for mentions in lattice.at for m in mentions]
        names = [m for m in self._all if any(m.kind in kinds for kinds in _NAMES.values())]
        units = [m for m in self._all if m.kind == "unit"]
        self.names = _outermost([m for m in names if not any(_overlap(m, u) for u in units)])
        numbers = [m for m in self._all if m.kind == "num"]
        ends = [m for m in self._all if m.kind in _ENDS and not _inside(m, self.names) and _in_place(m, numbers)]
        self._ends = _outermost(ends)
        taken = [*self.names, *self._ends]
        signs = [m for m in self._all if not any(_within(m, t) for t in taken if t != m)]
        self.denials = len({(m.i, m.j) for m in _outermost([m for m in signs if m.kind in _DENYING])})
        self.asks = any(m.kind in _ASKING for m in signs)
        self.turning = any(m.kind in _TURNING for m in signs)
        self.up = any(m.kind in _UP for m in signs)
        self.down = any(m.kind in _DOWN for m in signs)

    def names_only(self, subject: Subject) -> bool:
        """Whether the clause names ``subject`` and nothing else."""
        mine = [m for m in self.names if m.kind in _NAMES[subject[0]] and _name(m) == subject[1]]
        return bool(mine) and all(any(_overlap(m, own) for own in mine) for m in self.names)

    @property
    def numbers(self) -> list[tuple[float, str]]:
        """Every number with the unit behind it as written, or ''."""
        found = []
        for m in [m for m in self._ends if m.kind == "num"]:
            units = [u for u in self._ends if u.kind == "unit" and u.i == m.j]
            found.append((float(m.value), units[0].value.written if units else ""))
        return found

    @property
    def operators(self) -> set[str]:
        """What the words that compare say: operators, and 'between' for two ends."""
        found = set()
        for m in self._ends:
            if m.kind in ("cmp", "after"):
                found.add("at" if self.lattice.text(m.i, m.j).lower() == "at" else str(m.value))
            elif m.kind in _COMPARING:
                found.add(_COMPARING[m.kind])
            elif m.kind in ("between", "to"):
                found.add("between")
        return found if found == {"at"} else found - {"at"}

    def unknown(self) -> Iterable[str]:
        """The words that no table knows."""
        known = {k for m in self._all for k in range(m.i, m.j)}
        return (p.text for k, p in enumerate(self.lattice.pieces) if k not in known and p.text[0].isalnum())


def _part(reading: GoalReading, subject: Subject, said: _Said) -> list[str]:
    """What is missing of something that must be there or must not."""
    if subject[0] == "property" or said.numbers or said.operators:
        return ["a part that is there or not"]
    if reading.comparison == "absent":
        return [] if said.denials == 1 and not said.asks else ["that it is denied"]
    asked = said.denials == 0 and (said.asks or subject[0] == "rule set")
    return [] if asked else ["that it is asked for"]


def _wish(reading: GoalReading, said: _Said) -> list[str]:
    """What is missing of a wish without a number."""
    right, wrong = (said.up, said.down) if reading.comparison == "high" else (said.down, said.up)
    if not right or wrong or said.denials or said.numbers or said.operators:
        return ["its direction"]
    return []


def _limit(reading: GoalReading, subject: Subject, said: _Said, *, catalogue: Catalogue) -> list[str]:
    """What is missing of a limit: its numbers with their unit, its direction, and that it is asked for."""
    missing = []
    wanted = [n for n in (reading.low, reading.high) if n is not None]
    if not wanted or sorted(n for n, _ in said.numbers) != wanted:
        missing.append("its number alone")
    written = [unit for _, unit in said.numbers if unit][-1:]
    if not _same_unit(reading.unit.strip(), written[0] if written else "", catalogue=catalogue):
        missing.append("its unit")
    operator, said_so = OPERATORS.get(reading.comparison, ""), said.operators
    counted = operator == "==" and not said_so and subject[0] in ("group", "element")
    if said_so != {operator} and not counted:
        missing.append("its direction")
    if said.denials or said.up or said.down:
        missing.append("that it is asked for")
    return missing


def _same_unit(one: str, other: str, *, catalogue: Catalogue) -> bool:
    """Whether two spellings are of one unit, by exact case first."""
    if one == other:
        return True
    first, second = (unit_at(text, 0, catalogue=catalogue) for text in (one, other))
    return first is not None and second is not None and bool(first.name) and (first.written, first.name) == (one, second.name)


def _in_place(mention: Mention, numbers: list[Mention]) -> bool:
    """Whether a word that compares stands on its side of a number: 'tops 300' is another thing than '300 tops'."""
    if mention.kind == "cmp":
        return any(n.i >= mention.j for n in numbers)
    return mention.kind != "after" or any(n.j <= mention.i for n in numbers)


def _within(inner: Mention, outer: Mention) -> bool:
    return outer.i <= inner.i and inner.j <= outer.j


def _inside(mention: Mention, others: list[Mention]) -> bool:
    """Whether it is a part of a longer one of ``others``."""
    return any(_within(mention, o) and (o.j - o.i) > (mention.j - mention.i) for o in others)


def _overlap(one: Mention, other: Mention) -> bool:
    return one.i < other.j and other.i < one.j


def _outermost(mentions: list[Mention]) -> list[Mention]:
    """Those that are no part of a longer one."""
    return [m for m in mentions if not _inside(m, mentions)]
