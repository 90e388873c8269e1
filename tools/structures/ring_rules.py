"""Plausibility rules on rings that SMARTS cannot say briefly."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from rdkit import Chem

#: What each rule on rings recognises.
RING_RULES: dict[str, str] = {
    "ring-size": "a ring of eight or more members, or an aromatic ring of another size than five or six",
    "ring-polyene": "a seven-membered ring with two or more double bonds outside aromatic rings",
    "ring-cage": "more than two bridgehead atoms outside an adamantane, or an atom shared by more than three rings",
    "ring-bredt": "a double bond at the bridgehead of a small bridged ring system",
    "ring-spiro-fused": "small rings (three or four members) fused or bridged with other rings",
}
#: Groups of ``tools/groups`` whose name in a goal asks for what a rule on rings speaks against.
ASKED_BY: dict[str, tuple[str, ...]] = {
    "ring-size": (
        "macrocycle", "macrolactone", "macrolactam", "crown ether", "porphyrin", "phthalocyanine", "azulene", "squaraine", "eight-membered ring", "nine-membered ring",
        "ten-membered ring", "eleven-membered ring", "twelve-membered ring", "thirteen-membered ring", "fourteen-membered ring",
        "fifteen-membered ring", "sixteen-membered ring", "eighteen-membered ring",
    ),
}  # fmt: skip
#: Members from which a ring is so wide that what it shares with another ring is not strained.
_WIDE = 8


def ring_breaches(mol: Chem.Mol) -> Iterator[tuple[str, frozenset[int]]]:
    """Each breach of a rule on rings by ``mol`` (sanitised): id of the rule and the ring atoms concerned."""
    info = mol.GetRingInfo()
    rings = info.AtomRings()
    for ring in rings:
        aromatic = all(mol.GetAtomWithIdx(i).GetIsAromatic() for i in ring)
        if len(ring) > 7 or (len(ring) not in (5, 6) and aromatic):
            yield "ring-size", frozenset(ring)
        if len(ring) == 7 and _double_bonds(mol, ring) > 1:
            yield "ring-polyene", frozenset(ring)
    narrow = [frozenset(r) for r in rings if len(r) < _WIDE]
    if len(narrow) < 2:
        return
    crowded = frozenset(i for ring in narrow for i in ring if sum(i in other for other in narrow) > 3)
    if crowded:
        yield "ring-cage", crowded
    yield from _bridged(mol, narrow)


def _double_bonds(mol: Chem.Mol, ring: tuple[int, ...]) -> int:
    """Non-aromatic double bonds within ``ring``."""
    pairs = zip(ring, (*ring[1:], ring[0]), strict=True)
    return sum(mol.GetBondBetweenAtoms(a, b).GetBondType() == Chem.BondType.DOUBLE for a, b in pairs)


def _bridged(mol: Chem.Mol, rings: list[frozenset[int]]) -> Iterator[tuple[str, frozenset[int]]]:
    bridgeheads: set[int] = set()
    for i, first in enumerate(rings):
        for second in rings[i + 1 :]:
            shared = first & second
            if not shared:
                continue
            small, large = sorted((len(first), len(second)))
            strained = len(shared) > 1 and small <= 4 and not _plain_fused(mol, shared, large)
            if (strained and not mol.HasSubstructMatch(_pinane())) or (len(shared) == 1 and small == 3 and large <= 4):
                yield "ring-spiro-fused", first | second
            if len(shared) > 2:
                bridgeheads |= {a for a in shared if sum(n.GetIdx() in (first | second) for n in mol.GetAtomWithIdx(a).GetNeighbors()) == 3}
    if len(bridgeheads) > 2 and not mol.HasSubstructMatch(_adamantane()):
        yield "ring-cage", frozenset(bridgeheads)
    for index in sorted(bridgeheads):
        if any(b.GetBondTypeAsDouble() > 1 for b in mol.GetAtomWithIdx(index).GetBonds()):
            yield "ring-bredt", frozenset({index})


def _plain_fused(mol: Chem.Mol, shared: frozenset[int], large: int) -> bool:
    """A three-membered ring (epoxide, cyclopropane) or beta-lactam on the side of a saturated five- to seven-membered ring."""
    return len(shared) == 2 and large >= 5 and not any(mol.GetAtomWithIdx(i).GetIsAromatic() for i in shared)


@lru_cache(maxsize=1)
def _adamantane() -> Chem.Mol:
    return Chem.MolFromSmiles("C1C2CC3CC1CC(C2)C3")


@lru_cache(maxsize=1)
def _pinane() -> Chem.Mol:
    """The carbon skeleton of the pinenes, the one bridged cyclobutane that is common."""
    return Chem.MolFromSmarts("C1~C~C2CC(~C1)C2(C)C")
