"""A cheap filter for structures that no chemist would believe: unstable, strained or exotic.

The rules are data (``plausibility_rules.toml``) plus a few on rings (``ring_rules``). They are meant for neutral, organic design
candidates: an established compound may well break one, so the filter is for what a generator makes, not for what is known. What a goal
asks for by name is let pass by ``tools.proposers.exemptions``, nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from rdkit import Chem

from core import data
from tools.structures.prescreen import FEW, Prescreen
from tools.structures.ring_rules import ASKED_BY, RING_RULES, ring_breaches

#: Places at which a rule is broken that are looked at, at most, for each of its queries.
_MOST = 100


@dataclass(frozen=True)
class PlausibilityRule:
    """A rule: its id, what it recognises, why that is implausible, the queries, an example on either side, and the groups that ask for it."""

    id: str
    name: str
    reason: str
    queries: tuple[Chem.Mol, ...]
    needs: frozenset[str]
    bad: str
    good: str
    asked_by: tuple[str, ...] = ()


@dataclass(frozen=True)
class Breach:
    """One place at which a structure breaks a rule: the rule's id, its reason, and the atoms concerned."""

    rule: str
    reason: str
    atoms: frozenset[int]


@lru_cache(maxsize=1)
def rules() -> tuple[PlausibilityRule, ...]:
    """The SMARTS rules in the order of their file. Raises ValueError for a SMARTS that cannot be read."""
    table = data.table("tools.structures", "plausibility_rules.toml")
    found = []
    for row in table["rule"]:
        queries = []
        for smarts in row["smarts"]:
            query = Chem.MolFromSmarts(smarts)
            if query is None:
                raise ValueError(f"plausibility rule {row['id']}: unreadable SMARTS {smarts}")
            queries.append(query)
        found.append(
            PlausibilityRule(
                row["id"],
                row["name"],
                row["reason"],
                tuple(queries),
                frozenset(row.get("needs", ())),
                row["bad"],
                row["good"],
                tuple(row.get("asked_by", ())),
            )
        )
    return tuple(found)


_FEATURE_SMARTS = {
    "B": "[#5]",
    "Si": "[#14]",
    "P": "[#15]",
    "S": "[#16]",
    "halogen": "[F,Cl,Br,I]",
    "charge": "[!+0]",
    "small-ring": "[r3,r4]",
    "N~N": "[#7]~[#7]",
    "N~O": "[#7]~[#8]",
    "O~O": "[#8]~[#8]",
    "halogen-hetero": "[F,Cl,Br,I]~[!#6]",
    "C=C": "[#6]=[#6]",
    "C=N": "[#6]=[#7]",
    "low-CO": "[#6;D1,D2]=[#8]",
    "C#": "*#*",
    "gem": "[!#6]-[#6]-[!#6]",
    "O-acyl-twice": "[CX3]-[#8]-[CX3]",
}


@lru_cache(maxsize=1)
def _feature_queries() -> dict[str, Chem.Mol]:
    return {name: Chem.MolFromSmarts(smarts) for name, smarts in _FEATURE_SMARTS.items()}


def _features(mol: Chem.Mol) -> set[str]:
    """What is present at all, so that most rules need not be tried."""
    return {name for name, query in _feature_queries().items() if mol.HasSubstructMatch(query)}


def breaches(mol: Chem.Mol) -> Iterator[Breach]:
    """Every place at which ``mol`` (sanitised) breaks a rule: rings first, then the rules of the table in its order."""
    for rule, atoms in ring_breaches(mol):
        yield Breach(rule, RING_RULES[rule], atoms)
    features = _features(mol)
    for entry in rules():
        if entry.needs and entry.needs.isdisjoint(features):
            continue
        for query in entry.queries:
            for match in mol.GetSubstructMatches(query, uniquify=True, maxMatches=_MOST):
                yield Breach(entry.id, entry.reason, frozenset(match))


def first_violation(mol: Chem.Mol) -> str:
    """Id of the first rule that ``mol`` (sanitised) breaks, or '' if it looks plausible."""
    ring = next(ring_breaches(mol), None)
    if ring is not None:
        return ring[0]
    screen, queries = _screen()
    features: dict[str, bool] = {}
    for (rule, query), may in zip(queries, screen.possible(mol), strict=True):
        if may and (not rule.needs or _has_one(mol, rule.needs, features)) and mol.HasSubstructMatch(query):
            return rule.id
    return ""


@lru_cache(maxsize=20_000)
def first_violation_of(smiles: str) -> str:
    """:func:`first_violation` of a readable SMILES, remembered: what is proposed is judged again when it comes to the search."""
    return first_violation(Chem.MolFromSmiles(smiles))


@lru_cache(maxsize=1)
def _screen() -> tuple[Prescreen, tuple[tuple[PlausibilityRule, Chem.Mol], ...]]:
    """The screen of every query of the table, and the queries with their rules, in its order."""
    queries = tuple((rule, query) for rule in rules() for query in rule.queries)
    return Prescreen([query for _, query in queries], few=FEW), queries


def _has_one(mol: Chem.Mol, names: frozenset[str], known: dict[str, bool]) -> bool:
    """Whether ``mol`` has one of these features; what was looked at is put into ``known``."""
    for name in names:
        if name not in known:
            known[name] = mol.HasSubstructMatch(_feature_queries()[name])
        if known[name]:
            return True
    return False


def violations(mol: Chem.Mol) -> list[tuple[str, str]]:
    """Every rule that ``mol`` (sanitised) breaks as (id, reason), rings first; [] if it looks plausible."""
    return list(dict.fromkeys((b.rule, b.reason) for b in breaches(mol)))


@lru_cache(maxsize=1)
def asked_by() -> dict[str, frozenset[str]]:
    """For each group (``tools/groups``) whose name asks for something implausible: the ids of the rules that speak against it."""
    found: dict[str, set[str]] = {}
    named = [*((r.id, r.asked_by) for r in rules()), *ASKED_BY.items()]
    for rule, groups in named:
        for group in groups:
            found.setdefault(group, set()).add(rule)
    return {group: frozenset(ids) for group, ids in found.items()}
