"""Match patterns (``words/patterns.toml``) against the lattice of mentions. Every result keeps what matched, so that it can be built from.

A matcher is made for one goal and remembers what each part matched at each place, so the cost is linear in the number of clause beginnings.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from agent.reading.mentions import Lattice, Mention
from core import data


@dataclass(frozen=True)
class Node:
    """A part that matched: its name, its pieces ``i`` to ``j`` (exclusive), and the mentions and parts in it."""

    name: str
    i: int
    j: int
    parts: tuple[Mention | Node, ...]

    def mentions(self, *kinds: str) -> list[Mention]:
        """All mentions of ``kinds`` (all kinds if none is given) within it, in order."""
        return [m for m in self._all if not kinds or m.kind in kinds]

    @cached_property
    def _named(self) -> dict[str, list[Node]]:
        return {}

    @cached_property
    def _all(self) -> tuple[Mention, ...]:
        return tuple(m for part in self.parts for m in (part._all if isinstance(part, Node) else (part,)))

    def nodes(self, name: str) -> list[Node]:
        """All parts called ``name`` within it, in order; not those inside such a part."""
        if name not in self._named:
            inside = [part for part in self.parts if isinstance(part, Node)]
            self._named[name] = [node for part in inside for node in ([part] if part.name == name else part.nodes(name))]
        return self._named[name]

    def first(self, kind: str) -> Mention | None:
        """The first mention of ``kind`` within it, or None."""
        return next(iter(self.mentions(kind)), None)


Result = tuple[int, tuple[Mention | Node, ...]]
#: What a pattern can begin with: kinds of mentions, and words marked by a quote before them.
Firsts = frozenset[str]


@dataclass(frozen=True)
class Pattern:
    """A parsed pattern: its operation ('kind', 'word', 'part', 'row', 'choice', 'some'), its name or bounds, what it holds.

    ``first``: what it can begin with, None where it can be empty; it is not tried where none of that stands.
    """

    operation: str
    name: str = ""
    of: tuple[Pattern, ...] = ()
    least: int = 1
    most: int = 1
    first: Firsts | None = None


_TOKEN = re.compile(r"\s*(?:'(?P<word>[^']+)'|(?P<name>\w+)|(?P<sign>[()|?*+]))")
#: Most repetitions of a starred part: lists of groups are no longer.
_MOST = 60


def parse_pattern(text: str) -> Pattern:
    """The pattern that ``text`` writes. Raises ValueError if it is not well formed."""
    tokens = [(m.lastgroup or "", m.group(m.lastgroup or 0)) for m in _TOKEN.finditer(text)]
    pattern, rest = _choice(tokens)
    if rest:
        raise ValueError(f"pattern not well formed: {text}")
    return pattern


def _choice(tokens: list[tuple[str, str]]) -> tuple[Pattern, list[tuple[str, str]]]:
    rows: list[Pattern] = []
    while True:
        row: list[Pattern] = []
        while tokens and tokens[0] not in (("sign", "|"), ("sign", ")")):
            one, tokens = _one(tokens)
            row.append(one)
        rows.append(row[0] if len(row) == 1 else Pattern("row", of=tuple(row)))
        if not tokens or tokens[0] == ("sign", ")"):
            return (rows[0] if len(rows) == 1 else Pattern("choice", of=tuple(rows))), tokens
        tokens = tokens[1:]


def _one(tokens: list[tuple[str, str]]) -> tuple[Pattern, list[tuple[str, str]]]:
    (kind, text), tokens = tokens[0], tokens[1:]
    if kind == "word":
        found = Pattern("word", text)
    elif kind == "name":
        found = Pattern("part" if text[0].isupper() else "kind", text)
    elif text == "(":
        found, tokens = _choice(tokens)
        if not tokens:
            raise ValueError("a bracket is not closed")
        tokens = tokens[1:]
    else:
        raise ValueError(f"unexpected {text!r}")
    bounds = {"?": (0, 1), "*": (0, _MOST), "+": (1, _MOST)}
    if tokens and tokens[0][0] == "sign" and tokens[0][1] in bounds:
        least, most = bounds[tokens[0][1]]
        found, tokens = Pattern("some", of=(found,), least=least, most=most), tokens[1:]
    return found, tokens


@dataclass(frozen=True)
class Content:
    """One way in which a clause can say something: what is built from it, its number among those ways, its pattern, and what that needs."""

    builds: str
    number: int
    form: Pattern
    needs: Firsts = frozenset()


@dataclass(frozen=True)
class Tables:
    """The patterns of ``patterns.toml``. ``parts``: by name, each pattern with what it needs; ``beginning``: places in ``contents`` of those that can
    begin with a kind or a word."""

    parts: dict[str, tuple[tuple[Pattern, Firsts], ...]]
    contents: tuple[Content, ...]
    beginning: dict[str, tuple[int, ...]]


def firsts(pattern: Pattern, parts: dict[str, tuple[Pattern, ...]]) -> tuple[Firsts, bool]:
    """(what ``pattern`` can begin with, whether it can be empty)."""
    if pattern.operation == "kind":
        return frozenset((pattern.name,)), False
    if pattern.operation == "word":
        return frozenset((f"'{pattern.name}",)), False
    if pattern.operation == "part":
        found = [firsts(form, parts) for form in parts[pattern.name]]
        return frozenset().union(*(f for f, _ in found)), any(empty for _, empty in found)
    if pattern.operation == "choice":
        found = [firsts(one, parts) for one in pattern.of]
        return frozenset().union(*(f for f, _ in found)), any(empty for _, empty in found)
    if pattern.operation == "some":
        first, empty = firsts(pattern.of[0], parts)
        return first, empty or pattern.least == 0
    beginning: Firsts = frozenset()
    for one in pattern.of:
        first, empty = firsts(one, parts)
        beginning |= first
        if not empty:
            return beginning, False
    return beginning, True


def needs(pattern: Pattern, parts: dict[str, tuple[Pattern, ...]], within: frozenset[str] = frozenset()) -> Firsts:
    """The kinds and words without which ``pattern`` matches nothing, wherever it stands. ``within``: the parts that it is asked for inside of."""
    if pattern.operation == "kind":
        return frozenset((pattern.name,))
    if pattern.operation == "word":
        return frozenset((f"'{pattern.name}",))
    if pattern.operation == "some":
        return needs(pattern.of[0], parts, within) if pattern.least else frozenset()
    if pattern.operation == "row":
        return frozenset[str]().union(*(needs(one, parts, within) for one in pattern.of))
    if pattern.operation == "choice":
        return frozenset.intersection(*(needs(one, parts, within) for one in pattern.of))
    if pattern.name in within:
        return frozenset()
    return frozenset.intersection(*(needs(form, parts, within | {pattern.name}) for form in parts[pattern.name]))


def _armed(pattern: Pattern, parts: dict[str, tuple[Pattern, ...]]) -> Pattern:
    """``pattern`` and all within it, each with what it can begin with."""
    first, empty = firsts(pattern, parts)
    return replace(pattern, of=tuple(_armed(one, parts) for one in pattern.of), first=None if empty else first)


@lru_cache(maxsize=1)
def tables() -> Tables:
    """The tables, read once. Raises ValueError for a pattern that is not well formed."""
    table = data.table("agent.reading", "words/patterns.toml")
    parsed = {name: tuple(parse_pattern(text) for text in forms) for name, forms in table["parts"].items()}
    parts = {name: tuple(_armed(form, parsed) for form in forms) for name, forms in parsed.items()}
    contents = tuple(
        Content(row["builds"], n, form, needs(form, parsed))
        for row in table["content"]
        for n, form in enumerate(_armed(parse_pattern(text), parsed) for text in row["forms"])
    )
    beginning: dict[str, list[int]] = {}
    for place, content in enumerate(contents):
        for first in firsts(content.form, parsed)[0]:
            beginning.setdefault(first, []).append(place)
    needing = {name: tuple((form, needs(form, parsed)) for form in forms) for name, forms in parts.items()}
    return Tables(needing, contents, {first: tuple(places) for first, places in beginning.items()})


class Matcher:
    """Matches patterns on one goal."""

    def __init__(self, lattice: Lattice) -> None:
        self.lattice = lattice
        self.tables = tables()
        present = {f"'{piece.lower}" for piece in lattice.pieces}.union(*lattice.by_kind)
        self._allowed = frozenset(place for place, content in enumerate(self.tables.contents) if content.needs <= present)
        self._forms = {name: tuple(form for form, needed in forms if needed <= present) for name, forms in self.tables.parts.items()}
        self._remembered: dict[tuple[str, int], list[Result]] = {}
        self._starts: dict[int, tuple[int, ...]] = {}
        self._contents: dict[int, list[Node]] = {}
        self._here: dict[int, dict[str, list[Result]]] = {}

    def starts(self, i: int) -> tuple[int, ...]:
        """Piece ``i`` and those that follow it behind articles, auxiliaries, quotes and the hyphen of a compound word."""
        if i not in self._starts:
            found, k = {i: None}, [i]
            while k:
                here = k.pop()
                ends = [m.j for m in self.lattice.of(here, "skip", "quote")] + ([here + 1] if self.lattice.hyphen(here) else [])
                for j in ends:
                    if j not in found:
                        found[j] = None
                        k.append(j)
            self._starts[i] = tuple(sorted(found))
        return self._starts[i]

    def here(self, i: int) -> dict[str, list[Result]]:
        """The mentions at piece ``i`` by their kinds, and the words there, each marked by a quote before it."""
        if i not in self._here:
            found: dict[str, list[Result]] = {}
            for p in self.starts(i):
                for kind, mentions in self.lattice.by_kind[p].items() if p < len(self.lattice.pieces) else ():
                    found.setdefault(kind, []).extend((m.j, (m,)) for m in mentions)
                found.setdefault(f"'{self.lattice.lower(p)}", []).append((p + 1, ()))
            self._here[i] = found
        return self._here[i]

    def contents_at(self, i: int) -> list[Node]:
        """Every content that can stand at piece ``i``, each named by what is built from it, in the order of the tables."""
        if i not in self._contents:
            found: dict[tuple[str, int, int], Node] = {}
            places = {place for first in self.here(i) for place in self.tables.beginning.get(first, ())}
            for place in sorted(places & self._allowed):
                content = self.tables.contents[place]
                for j, parts in self.match(content.form, i):
                    found.setdefault((content.builds, j, content.number), Node(content.builds, i, j, parts))
            whole = max((node.j for node in found.values() if node.name == "elements"), default=0)
            self._contents[i] = [node for node in found.values() if node.name != "elements" or node.j == whole]
        return self._contents[i]

    def match(self, pattern: Pattern, i: int) -> list[Result]:
        """Every end that ``pattern`` can have from piece ``i``, each once, with what matched first."""
        if pattern.operation == "kind":
            return self.here(i).get(pattern.name, [])
        if pattern.operation == "word":
            return self.here(i).get(f"'{pattern.name}", [])
        if pattern.first is not None and pattern.first.isdisjoint(self.here(i)):
            return []
        if pattern.operation == "part":
            return self._part(pattern.name, i)
        if pattern.operation == "row":
            return self._row(pattern.of, i)
        if pattern.operation == "choice":
            return _once([r for one in pattern.of for r in self.match(one, i)])
        return self._some(pattern, i)

    def _part(self, name: str, i: int) -> list[Result]:
        key = (name, i)
        if key not in self._remembered:
            self._remembered[key] = []
            found = [(j, (Node(name, i, j, parts),)) for form in self._forms[name] for j, parts in self.match(form, i)]
            self._remembered[key] = _once(found)  # type: ignore[arg-type]
        return self._remembered[key]

    def _row(self, of: tuple[Pattern, ...], i: int) -> list[Result]:
        results: list[Result] = [(i, ())]
        for one in of:
            if one.operation == "kind" or one.operation == "word":
                name = one.name if one.operation == "kind" else f"'{one.name}"
                found = [(j, parts + more) for k, parts in results for j, more in self.here(k).get(name, ())]
            else:
                found = [(j, parts + more) for k, parts in results for j, more in self.match(one, k)]
            if not found:
                return []
            results = _once(found)
        return results

    def _some(self, pattern: Pattern, i: int) -> list[Result]:
        results: list[Result] = [(i, ())]
        found = list(results) if pattern.least == 0 else []
        for _ in range(pattern.most):
            results = _once([(j, parts + more) for k, parts in results for j, more in self.match(pattern.of[0], k) if j > k])
            if not results:
                break
            found += results
        return _once(found)


def _once(results: list[Result]) -> list[Result]:
    if len(results) < 2:
        return results
    first: dict[int, Result] = {}
    for result in results:
        first.setdefault(result[0], result)
    return list(first.values())
