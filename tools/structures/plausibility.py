"""A cheap filter for structures that no chemist would believe: unstable, strained or exotic.

The rules are data (``data/plausibility_rules.toml``) plus a few on rings that SMARTS cannot say briefly. They are meant for neutral,
organic design candidates: an established compound may well break one, so the filter is for what a generator makes, not for what is known.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from rdkit import Chem

from core import data


@dataclass(frozen=True)
class PlausibilityRule:
    """A rule: its id, what it recognises, why that is implausible, the queries, and an example on either side."""

    id: str
    name: str
    reason: str
    queries: tuple[Chem.Mol, ...]
    needs: frozenset[str]
    bad: str
    good: str


RING_RULES: dict[str, str] = {
    "ring-size": "a ring of eight or more members, or an aromatic ring of another size than five or six",
    "ring-polyene": "a seven-membered ring with two or more double bonds outside aromatic rings",
    "ring-cage": "more than two bridgehead atoms outside an adamantane, or an atom shared by more than three rings",
    "ring-bredt": "a double bond at the bridgehead of a small bridged ring system",
    "ring-spiro-fused": "small rings (three or four members) fused or bridged with other rings",
}


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
                row["id"], row["name"], row["reason"], tuple(queries), frozenset(row.get("needs", ())), row["bad"], row["good"]
            )
        )
    return tuple(found)


@lru_cache(maxsize=1)
def _adamantane() -> Chem.Mol:
    return Chem.MolFromSmiles("C1C2CC3CC1CC(C2)C3")


@lru_cache(maxsize=1)
def _pinane() -> Chem.Mol:
    """The carbon skeleton of the pinenes, the one bridged cyclobutane that is common."""
    return Chem.MolFromSmarts("C1~C~C2CC(~C1)C2(C)C")


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
def _feature_queries() -> tuple[tuple[str, Chem.Mol], ...]:
    return tuple((name, Chem.MolFromSmarts(smarts)) for name, smarts in _FEATURE_SMARTS.items())


def _features(mol: Chem.Mol) -> set[str]:
    """What is present at all, so that most rules need not be tried."""
    return {name for name, query in _feature_queries() if mol.HasSubstructMatch(query)}


def _ring_rule(mol: Chem.Mol) -> str:
    """Id of the first rule on rings that ``mol`` breaks, or ''."""
    info = mol.GetRingInfo()
    rings = info.AtomRings()
    for ring in rings:
        size = len(ring)
        if size > 7 or (
            size not in (5, 6) and mol.GetAtomWithIdx(ring[0]).GetIsAromatic() and all(mol.GetAtomWithIdx(i).GetIsAromatic() for i in ring)
        ):
            return "ring-size"
        if size == 7 and _double_bonds(mol, ring) > 1:
            return "ring-polyene"
    if len(rings) < 2:
        return ""
    if any(info.NumAtomRings(i) > 3 for i in range(mol.GetNumAtoms())):
        return "ring-cage"
    return _bridged_rule(mol, [frozenset(r) for r in rings])


def _double_bonds(mol: Chem.Mol, ring: tuple[int, ...]) -> int:
    """Non-aromatic double bonds within ``ring``."""
    pairs = zip(ring, (*ring[1:], ring[0]), strict=True)
    return sum(mol.GetBondBetweenAtoms(a, b).GetBondType() == Chem.BondType.DOUBLE for a, b in pairs)


def _bridged_rule(mol: Chem.Mol, rings: list[frozenset[int]]) -> str:
    bridgeheads: set[int] = set()
    for i, first in enumerate(rings):
        for second in rings[i + 1 :]:
            shared = first & second
            strained = len(shared) > 1 and min(len(first), len(second)) <= 4 and not _plain_fused(mol, shared, first, second)
            if strained and not mol.HasSubstructMatch(_pinane()):
                return "ring-spiro-fused"
            if len(shared) == 1 and min(len(first), len(second)) == 3 and max(len(first), len(second)) <= 4:
                return "ring-spiro-fused"
            if len(shared) > 2:
                bridgeheads |= {a for a in shared if sum(n.GetIdx() in (first | second) for n in mol.GetAtomWithIdx(a).GetNeighbors()) == 3}
    if len(bridgeheads) > 2 and not mol.HasSubstructMatch(_adamantane()):
        return "ring-cage"
    for index in sorted(bridgeheads):
        if any(b.GetBondTypeAsDouble() > 1 for b in mol.GetAtomWithIdx(index).GetBonds()):
            return "ring-bredt"
    return ""


def _plain_fused(mol: Chem.Mol, shared: frozenset[int], first: frozenset[int], second: frozenset[int]) -> bool:
    """A three-membered ring (epoxide, cyclopropane) or beta-lactam on the side of a saturated five- to seven-membered ring."""
    if len(shared) != 2 or max(len(first), len(second)) < 5:
        return False
    return not any(mol.GetAtomWithIdx(i).GetIsAromatic() for i in shared)


def first_violation(mol: Chem.Mol, ignore: Iterable[str] = ()) -> str:
    """Id of the first rule that ``mol`` (sanitised) breaks, or '' if it looks plausible; rules named in ``ignore`` are skipped."""
    skipped = set(ignore)
    ring = _ring_rule(mol)
    if ring and ring not in skipped:
        return ring
    features = _features(mol)
    for rule in rules():
        if rule.needs and rule.needs.isdisjoint(features):
            continue
        if rule.id not in skipped and any(mol.HasSubstructMatch(query) for query in rule.queries):
            return rule.id
    return ""


def violations(mol: Chem.Mol) -> list[tuple[str, str]]:
    """Every rule that ``mol`` (sanitised) breaks as (id, reason), rings first; [] if it looks plausible."""
    ring = _ring_rule(mol)
    found = [(ring, RING_RULES[ring])] if ring else []
    found += [(r.id, r.reason) for r in rules() if any(mol.HasSubstructMatch(query) for query in r.queries)]
    return found
