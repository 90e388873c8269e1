"""A cheap filter for structures that no chemist would believe: unstable, strained or exotic.

The rules are data (``data/plausibility_rules.toml``) plus a few on rings that SMARTS cannot say briefly. They are meant for neutral,
organic design candidates: an established compound may well break one, so the filter is for what a generator makes, not for what is known.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from rdkit import Chem


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
    "ring-cage": "more than two bridgehead atoms outside an adamantane, or an atom shared by more than three rings",
    "ring-bredt": "a double bond at the bridgehead of a small bridged ring system",
    "ring-spiro-fused": "small rings (three or four members) fused or bridged with other rings",
}


@lru_cache(maxsize=1)
def rules() -> tuple[PlausibilityRule, ...]:
    """The SMARTS rules in the order of their file. Raises ValueError for a SMARTS that cannot be read."""
    table = tomllib.loads(files("tools.generators").joinpath("data/plausibility_rules.toml").read_text(encoding="utf-8"))
    found = []
    for row in table["rule"]:
        queries = []
        for smarts in row["smarts"]:
            query = Chem.MolFromSmarts(smarts)
            if query is None:
                raise ValueError(f"plausibility rule {row['id']}: unreadable SMARTS {smarts}")
            queries.append(query)
        found.append(PlausibilityRule(row["id"], row["name"], row["reason"], tuple(queries), frozenset(row.get("needs", ())), row["bad"], row["good"]))
    return tuple(found)


@lru_cache(maxsize=1)
def _adamantane() -> Chem.Mol:
    return Chem.MolFromSmiles("C1C2CC3CC1CC(C2)C3")


_ELEMENT_FEATURE = {5: "B", 9: "halogen", 14: "Si", 15: "P", 16: "S", 17: "halogen", 35: "halogen", 53: "halogen"}
_PAIR_FEATURE = {(7, 7): "N~N", (7, 8): "N~O", (8, 8): "O~O"}
_HALOGENS = frozenset((9, 17, 35, 53))


def _features(mol: Chem.Mol) -> set[str]:
    """What is present at all, so that most rules need not be tried. One pass over the atoms and one over the bonds."""
    found: set[str] = set()
    numbers = []
    for atom in mol.GetAtoms():
        number = atom.GetAtomicNum()
        numbers.append(number)
        if number in _ELEMENT_FEATURE:
            found.add(_ELEMENT_FEATURE[number])
        if atom.GetFormalCharge():
            found.add("charge")
    if any(len(ring) < 5 for ring in mol.GetRingInfo().AtomRings()):
        found.add("small-ring")
    single_hetero: dict[int, int] = {}
    for bond in mol.GetBonds():
        one, two = bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()
        low, high = sorted((numbers[one], numbers[two]))
        _bond_features(bond, low, high, found)
        if bond.GetBondType() == Chem.BondType.SINGLE:
            for here, there in ((one, two), (two, one)):
                if (numbers[here] == 6 and numbers[there] != 6) or (numbers[here] == 8 and numbers[there] == 6):
                    single_hetero[here] = single_hetero.get(here, 0) + 1
    if any(count > 1 and numbers[index] == 6 for index, count in single_hetero.items()):
        found.add("gem")
    if any(count > 1 and numbers[index] == 8 for index, count in single_hetero.items()):
        found.add("O-acyl-twice")
    return found


def _bond_features(bond: Chem.Bond, low: int, high: int, found: set[str]) -> None:
    kind = bond.GetBondType()
    if low > 6 and (low, high) in _PAIR_FEATURE:
        found.add(_PAIR_FEATURE[low, high])
    if (high in _HALOGENS and low != 6) or low in _HALOGENS:
        found.add("halogen-hetero")
    if kind == Chem.BondType.DOUBLE:
        if (low, high) == (6, 6):
            found.add("C=C")
        elif (low, high) == (6, 7):
            found.add("C=N")
        elif (low, high) == (6, 8):
            carbon = bond.GetBeginAtom() if bond.GetBeginAtom().GetAtomicNum() == 6 else bond.GetEndAtom()
            if carbon.GetDegree() < 3:
                found.add("low-CO")
    elif kind == Chem.BondType.TRIPLE:
        found.add("C#")


def _ring_rule(mol: Chem.Mol) -> str:
    """Id of the first rule on rings that ``mol`` breaks, or ''."""
    info = mol.GetRingInfo()
    rings = info.AtomRings()
    for ring in rings:
        size = len(ring)
        if size > 7 or (size not in (5, 6) and mol.GetAtomWithIdx(ring[0]).GetIsAromatic() and all(mol.GetAtomWithIdx(i).GetIsAromatic() for i in ring)):
            return "ring-size"
    if len(rings) < 2:
        return ""
    if any(info.NumAtomRings(i) > 3 for i in range(mol.GetNumAtoms())):
        return "ring-cage"
    return _bridged_rule(mol, [frozenset(r) for r in rings])


def _bridged_rule(mol: Chem.Mol, rings: list[frozenset[int]]) -> str:
    bridgeheads: set[int] = set()
    for i, first in enumerate(rings):
        for second in rings[i + 1 :]:
            shared = first & second
            if len(shared) > 1 and min(len(first), len(second)) <= 4 and not _plain_fused(mol, shared, first, second):
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
