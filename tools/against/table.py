"""The rules that say why a structure is not fit for a use, as tables (``rules/*.toml``).

An entry ``[fields.ID]`` is a use: its name, words by which goals name it (regular expressions that begin where a word begins), and words beside
which it means another thing (``unless``). An entry ``[[rule]]`` belongs to fields and *trips* a structure where all that it states holds:

* ``has``: one of these SMARTS matches; ``lacks``: none of these does; ``unless``: none of these does either, which are the known exceptions;
* ``fewer``: the matches of the SMARTS in ``of``, each with its weight, add up to less than ``than``;
* ``below``, ``above``: numbers of :mod:`tools.against.numbers` under and over their limits;
* ``said``: the goal has one of these words; ``said_not``: it has none of these.

``@NAME`` stands for a list of SMARTS in ``[parts]``, ``group:NAME`` for a group of :mod:`tools.groups`. ``strength`` is "strong" where what the use
rests on is missing by definition, "tendency" where exceptions are known; ``text`` says it to a person and ``source`` names a key of ``[sources]``.
``trips`` and ``passes`` are examples on both sides, which a test holds it to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from rdkit import Chem, rdBase

from core import data
from core.errors import ConfigurationError
from core.spec import CandidateClass
from tools.against.numbers import NUMBERS
from tools.groups.groups import resolve_group

#: The tables, by what their fields have in common.
FILES = ("light.toml", "fluids.toml", "materials.toml", "life.toml")
#: What is said behind every reason that is a tendency.
TENDENCY = "(a rule of thumb; exceptions are known)"
#: Keys that a rule may have.
_KEYS = frozenset(
    {"id", "fields", "has", "lacks", "unless", "fewer", "below", "above", "said", "said_not", "classes", "strength", "text", "source", "trips", "passes"}
)  # fmt: skip


@dataclass(frozen=True)
class Field:
    """A use: its id, its name in the plural, the words by which goals name it, and those beside which it means another thing."""

    id: str
    name: str
    words: tuple[re.Pattern[str], ...]
    unless: tuple[re.Pattern[str], ...]


@dataclass(frozen=True)
class Disqualifier:
    """A rule; see the module. Numbers are without a unit but for ``molecular_weight``, g/mol."""

    id: str
    fields: tuple[str, ...]
    strong: bool
    text: str
    source: str
    has: tuple[Chem.Mol, ...]
    lacks: tuple[Chem.Mol, ...]
    unless: tuple[Chem.Mol, ...]
    fewer: tuple[float, tuple[tuple[Chem.Mol, float], ...]] | None
    below: Mapping[str, float]
    above: Mapping[str, float]
    said: tuple[re.Pattern[str], ...]
    said_not: tuple[re.Pattern[str], ...]
    classes: tuple[CandidateClass, ...]
    trips: tuple[str, ...]
    passes: tuple[str, ...]

    @property
    def said_to_person(self) -> str:
        """The reason as a person reads it: that of a tendency says that it is one."""
        return self.text if self.strong else f"{self.text} {TENDENCY}"

    def asked(self, goal: str) -> bool:
        """Whether it applies to a goal (in small letters) that names one of its fields."""
        return (not self.said or any(p.search(goal) for p in self.said)) and not any(p.search(goal) for p in self.said_not)

    def trip(self, mol: Chem.Mol) -> bool:
        """Whether a sanitised structure is tripped; the numbers first, which cost least."""
        if any(NUMBERS[n](mol) >= limit for n, limit in self.below.items()) or any(
            NUMBERS[n](mol) <= limit for n, limit in self.above.items()
        ):
            return False
        if self.has and not _any(mol, self.has):
            return False
        if self.fewer and not _sum(mol, self.fewer[1]) < self.fewer[0]:
            return False
        return not _any(mol, self.lacks) and not _any(mol, self.unless)


@lru_cache(maxsize=1)
def fields() -> dict[str, Field]:
    """The uses by id, in the order of the tables. ConfigurationError for a table that cannot be read."""
    found: dict[str, Field] = {}
    for _, table in _tables():
        for key, row in table["fields"].items():
            found[key] = Field(key, row["name"], _patterns(row["words"]), _patterns(row.get("unless", ())))
    return found


@lru_cache(maxsize=1)
def disqualifiers() -> tuple[Disqualifier, ...]:
    """All rules, in the order of the tables. ConfigurationError for one that cannot be read, with its id."""
    found: list[Disqualifier] = []
    for name, table in _tables():
        found += [_rule(row, table, name) for row in table["rule"]]
    return tuple(found)


def _tables() -> Iterator[tuple[str, dict[str, Any]]]:
    for name in FILES:
        yield name, data.table("tools.against.rules", name)


def _rule(row: dict[str, Any], table: dict[str, Any], file: str) -> Disqualifier:
    where = f"{file}: {row.get('id')}"
    if odd := set(row) - _KEYS:
        raise ConfigurationError(f"{where}: unknown {', '.join(sorted(odd))}")
    fewer = row.get("fewer")
    try:
        return Disqualifier(
            id=row["id"],
            fields=tuple(row["fields"]),
            strong={"strong": True, "tendency": False}[row["strength"]],
            text=row["text"],
            source=table["sources"][row["source"]],
            has=_queries(row.get("has", ()), table),
            lacks=_queries(row.get("lacks", ()), table),
            unless=_queries(row.get("unless", ()), table),
            fewer=(float(fewer["than"]), tuple((_query(s), float(w)) for s, w in fewer["of"].items() if w)) if fewer else None,
            below=_limits(row.get("below", {})),
            above=_limits(row.get("above", {})),
            said=_patterns(row.get("said", ())),
            said_not=_patterns(row.get("said_not", ())),
            classes=tuple(row.get("classes", ("molecule",))),
            trips=tuple(row["trips"]),
            passes=tuple(row["passes"]),
        )
    except (KeyError, ValueError) as error:
        raise ConfigurationError(f"{where}: {error}") from error


def _limits(row: dict[str, float]) -> dict[str, float]:
    if odd := set(row) - set(NUMBERS):
        raise ValueError(f"no number is called {', '.join(sorted(odd))}")
    return {name: float(limit) for name, limit in row.items()}


def _patterns(words: Any) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(word if word.startswith("\\b") else rf"(?<![a-z]){word}") for word in words)


def _queries(written: Any, table: dict[str, Any]) -> tuple[Chem.Mol, ...]:
    found: list[Chem.Mol] = []
    for smarts in written:
        if smarts.startswith("@"):
            found += _queries(table["parts"][smarts[1:]], table)
        elif smarts.startswith("group:"):
            group = resolve_group(smarts.removeprefix("group:"))
            if group is None:
                raise ValueError(f"no group is called {smarts.removeprefix('group:')}")
            found.append(_query(group.smarts))
        else:
            found.append(_query(smarts))
    return tuple(found)


@cache
def _query(smarts: str) -> Chem.Mol:
    with rdBase.BlockLogs():
        query = Chem.MolFromSmarts(smarts)
    if query is None:
        raise ValueError(f"the SMARTS {smarts} cannot be read")
    return query


def _any(mol: Chem.Mol, queries: tuple[Chem.Mol, ...]) -> bool:
    return any(mol.HasSubstructMatch(query, useChirality=True) for query in queries)


def _sum(mol: Chem.Mol, queries: tuple[tuple[Chem.Mol, float], ...]) -> float:
    return sum(weight * len(mol.GetSubstructMatches(query, maxMatches=50)) for query, weight in queries)
