"""Where the search starts: structures put together so that rings, groups, elements and size are about right from the beginning."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from rdkit import Chem

from core.spec import Condition
from tools.groups.edits import substituents
from tools.groups.groups import GROUPS
from tools.proposers.exact.moves import VALENCE, append, attach
from tools.proposers.exemptions import Exemptions
from tools.proposers.spec_fit import GroupCount, SpecFit, composition

#: Aromatic ring systems by the number of their aromatic bonds.
_AROMATIC = {
    5: ("*c1ccsc1", "*c1ccoc1", "*n1cccc1", "*n1ccnc1", "*c1ccn[nH]1"),
    6: ("*c1ccccc1", "*c1ccccc1", "*c1ccncc1", "*c1cccnc1", "*c1ncccn1"),
    10: ("*c1c[nH]c2ccccc12", "*c1cc2ccccc2o1", "*c1nc2ccccc2s1", "*c1nc2ccccc2[nH]1"),
    11: ("*c1cccc2ccccc12", "*c1ccc2ncccc2c1", "*c1ccnc2ccccc12"),
}
_SATURATED = ("*C1CCCCC1", "*C1CCCC1", "*N1CCCCC1", "*N1CCOCC1", "*C1CCNCC1", "*C1CCOCC1", "*N1CCCC1")
#: Groups in which silicon and phosphorus are at home.
_HOLDERS = {"Si": ("*[Si](C)(C)C",), "P": ("*P(=O)(OC)OC", "*OP(=O)(OC)OC", "*P(C)(C)=O")}
_HEAVY_HALOGENS = ("Br", "I")
#: Places tried for a part before an implausible one is taken.
_TRIED = 12
#: Times that a structure is made longer to find one, plus one.
_LONGER = 4

Change = Callable[[Chem.Mol, int], "Chem.Mol | None"]
#: Computed properties that grow by about one with each atom of a chain, and by how many atoms they are met too high.
_SIZES = {
    "heavy_atoms": 1.0,
    "single_bonds": 1.0,
    "molecular_weight": 14.0,
    "exact_mass": 14.0,
    "valence_electrons": 6.0,
    "molar_refractivity": 4.6,
}


def needed(condition: Condition, rng: random.Random, spread: int = 0) -> int:
    """A whole number that meets ``condition``: its lower end, or up to ``spread`` above where that is allowed."""
    low, high = condition.bounds()
    low = max(0.0, low if low != float("-inf") else 0.0)
    if condition.comparison == ">":
        low += 1
    top = min(high, low + spread)
    return int(rng.randint(int(low), max(int(low), int(top))))


def forms(group: GroupCount) -> tuple[str, ...]:
    """Fragments that carry a group: of the table of substituents, or opened from the structure that the goal spells out."""
    name = group.name.split(" or ")[0]
    found = substituents(name) if name in GROUPS else ()
    if found:
        return found
    mol = Chem.MolFromSmiles(group.name) or Chem.MolFromSmiles(group.smarts)
    if mol is None:
        return ()
    opened = []
    for atom in mol.GetAtoms():
        if atom.GetTotalNumHs():
            work = Chem.RWMol(mol)
            site = work.GetAtomWithIdx(atom.GetIdx())
            site.SetNumExplicitHs(max(0, site.GetNumExplicitHs() - 1))
            work.AddBond(site.GetIdx(), work.AddAtom(Chem.Atom(0)), Chem.BondType.SINGLE)
            if Chem.SanitizeMol(work, catchErrors=True) == Chem.SanitizeFlags.SANITIZE_NONE:
                opened.append(Chem.MolToSmiles(work))
    return tuple(sorted(dict.fromkeys(opened), key=lambda s: (len(s), s))[:6])


def assemble(fit: SpecFit, rng: random.Random, lifted: Exemptions) -> Chem.Mol:
    """A start that carries the rings, groups and atoms that ``fit`` counts, as far as they are easily put together.

    Each part goes where the structure stays plausible, if there is such a place: heavy halogens onto rings, hydroxyls onto carbon atoms of
    their own.
    """
    pieces = [rng.choice(found) for g in fit.groups for found in [forms(g)] if found for _ in range(needed(g.condition, rng))]
    pieces += _rings(fit, rng, pieces)
    pieces += _unsaturated(fit, rng)
    pieces += _carriers(fit, pieces, rng)
    targets = {e.symbol: needed(e.condition, rng) for e in fit.elements if e.symbol != "H" and e.condition.bounds()[0] > 0}
    pieces += _filling(fit, targets, pieces, rng)
    rng.shuffle(pieces)
    used: dict[str, int] = {}
    for piece in pieces:
        for symbol, number in composition(Chem.MolFromSmiles(piece)).items():
            used[symbol] = used.get(symbol, 0) + number
    place = _Placing(rng, lifted, "C" not in targets)
    carbon = targets.get("C", 0) - used.get("C", 0) if "C" in targets else rng.randint(2, 4)
    longest = 4 if place.grows or rng.random() < 0.5 else carbon
    mol = _chain(max(1, min(carbon, longest, max(1, len(pieces) + 1))), rng)
    for piece in pieces:
        mol = place.put(mol, lambda m, at, p=piece: attach(m, at, p))  # type: ignore[misc]
    missing = [s for s, number in targets.items() for _ in range(number - composition(mol).get(s, 0)) if s in VALENCE]
    rng.shuffle(missing)
    for symbol in missing:
        mol = place.put(mol, lambda m, at, s=symbol: append(m, at, s), carbon=VALENCE[symbol] == 1)  # type: ignore[misc]
    return _grown(mol, fit, "C" not in targets, place)


def _carriers(fit: SpecFit, pieces: list[str], rng: random.Random) -> list[str]:
    """What holds elements that are believed in few surroundings: silicon and phosphorus in groups of theirs, bromine and iodine on benzene
    rings; none where a group that is asked for brings the element, where rings are counted, or where carbon is short."""
    wanted = sum(needed(e.condition, rng) for e in fit.elements if e.symbol in _HEAVY_HALOGENS and e.condition.bounds()[0] > 0)
    carbon = next((needed(e.condition, rng) for e in fit.elements if e.symbol == "C"), 100)
    have = [Chem.MolFromSmiles(p) for p in pieces]
    held = {s for mol in have for s in composition(mol)}
    found = [
        rng.choice(_HOLDERS[e.symbol])
        for e in fit.elements
        if e.symbol in _HOLDERS and e.symbol not in held and e.condition.bounds()[0] > 0
        for _ in range(min(needed(e.condition, rng), carbon // 3))
    ]
    free = sum(a.GetIsAromatic() and a.GetTotalNumHs() > 0 for mol in have for a in mol.GetAtoms())
    if wanted <= free or carbon < 6 or any(name in _RING_COUNTS for name, _ in fit.windows):
        return found
    return found + ["*c1ccccc1"] * min(carbon // 6, (wanted - free + 3) // 4)


def _chain(length: int, rng: random.Random) -> Chem.Mol:
    return Chem.MolFromSmiles(rng.choice(["C" * length, "C" * length, "CC(C)C" if length == 4 else "C" * length]))


def _window(fit: SpecFit, name: str) -> Condition | None:
    return next((condition for found, condition in fit.windows if found == name), None)


def _rings(fit: SpecFit, rng: random.Random, pieces: list[str]) -> list[str]:
    """Ring systems for the ring counts and aromatic bonds asked for, beside those that the groups bring."""
    own = [Chem.MolFromSmiles(p) for p in pieces]
    have = sum(mol.GetRingInfo().NumRings() for mol in own)
    have_bonds = sum(bond.GetIsAromatic() for mol in own for bond in mol.GetBonds())
    bonds = _window(fit, "aromatic_bonds")
    if bonds is not None and needed(bonds, rng) - have_bonds > 0:
        return [rng.choice(_AROMATIC[size]) for size in _sum_of(needed(bonds, rng) - have_bonds, rng)]
    found: list[str] = []
    aromatic = _window(fit, "aromatic_rings")
    hetero = _window(fit, "aromatic_heterocycles")
    if aromatic is not None:
        found += [rng.choice(_AROMATIC[6]) for _ in range(max(0, needed(aromatic, rng) - have))]
    if hetero is not None:
        found = [rng.choice(_AROMATIC[5]) for _ in range(needed(hetero, rng))] + found[needed(hetero, rng) :]
    for name in ("ring_count", "aliphatic_rings", "saturated_rings", "heterocycles"):
        condition = _window(fit, name)
        if condition is not None:
            lacking = needed(condition, rng) - (have + len(found) if name == "ring_count" else 0)
            pool = _SATURATED[2:] if name == "heterocycles" else _SATURATED
            low_aromatic = aromatic is not None
            found += [
                rng.choice(pool if low_aromatic or name != "ring_count" else (*_AROMATIC[6], *pool[:2])) for _ in range(max(0, lacking))
            ]
    return found


def _sum_of(total: int, rng: random.Random) -> list[int]:
    """Sizes of :data:`_AROMATIC` that add up to ``total``, or as near below as can be; random among the ways."""
    best: list[int] = []
    for _ in range(40):
        left, chosen = total, []
        while left >= 5:
            size = rng.choice([s for s in (5, 6, 6, 6, 10, 11) if s <= left])
            chosen.append(size)
            left -= size
        if left == 0:
            return chosen
        if sum(chosen) > sum(best):
            best = chosen
    return best


def _unsaturated(fit: SpecFit, rng: random.Random) -> list[str]:
    """Groups with double and triple bonds, where these are counted."""
    found = []
    for name, pool in (
        ("double_bonds", ("*C(C)=O", "*C(=O)O", "*C=C", "*C(N)=O", "*C(=O)OC")),
        ("triple_bonds", ("*C#N", "*C#CC", "*C#C")),
    ):
        condition = _window(fit, name)
        if condition is not None:
            found += [rng.choice(pool) for _ in range(needed(condition, rng))]
    return found


_RING_COUNTS = (
    "ring_count",
    "aromatic_rings",
    "aliphatic_rings",
    "saturated_rings",
    "heterocycles",
    "aromatic_heterocycles",
    "aromatic_bonds",
)
_FILLERS = ("*c1ccccc1", "*c1ccccc1", "*c1ccncc1", "*c1cccnc1", "*C1CCCCC1", "*N1CCCCC1", "*N1CCOCC1", "*c1ccsc1", "*c1ccc2ccccc2c1")
_HYDROGEN, _CARBONYL = 1.008, "*C=O"


def _filling(fit: SpecFit, targets: dict[str, int], pieces: list[str], rng: random.Random) -> list[str]:
    """Rings that take up part of a large number of carbon atoms, or of the unsaturation of a given formula, where no ring is counted."""
    if "C" not in targets or any(name in _RING_COUNTS for name, _ in fit.windows):
        return []
    left = dict(targets)
    for piece in pieces:
        for symbol, number in composition(Chem.MolFromSmiles(piece)).items():
            left[symbol] = left.get(symbol, 0) - number
    unsaturation = _unsaturation(fit, targets)
    rings = rng.randint(0, max(0, min(3, left["C"] // 8))) if unsaturation is None else 3
    free = float("inf") if unsaturation is None else unsaturation
    found = []
    for _ in range(rings):
        fitting = [
            f
            for f in _FILLERS
            if _cost(f) <= free and all(left.get(s, 0) >= n for s, n in composition(Chem.MolFromSmiles(f)).items() if s not in "*H")
        ]
        if not fitting:
            break
        aromatic = [f for f in fitting if _cost(f) >= 4]
        chosen = rng.choice(aromatic if aromatic and unsaturation is not None and rng.random() < 0.9 else fitting)
        found.append(chosen)
        free -= _cost(chosen)
        for symbol, number in composition(Chem.MolFromSmiles(chosen)).items():
            left[symbol] = left.get(symbol, 0) - number
    while unsaturation is not None and free >= 1 and left.get("O", 0) > 0 and left.get("C", 0) > 0:
        found.append(_CARBONYL)
        free, left["O"], left["C"] = free - 1, left["O"] - 1, left["C"] - 1
    return found


def _cost(fragment: str) -> int:
    """Rings and double bonds of a fragment."""
    mol = Chem.MolFromSmiles(fragment)
    Chem.Kekulize(mol)
    return int(mol.GetRingInfo().NumRings() + sum(b.GetBondType() == Chem.BondType.DOUBLE for b in mol.GetBonds()))


def _unsaturation(fit: SpecFit, targets: dict[str, int]) -> float | None:
    """Rings and double bonds of a formula whose hydrogens follow from a narrow mass window; None where the formula is open."""
    mass = _window(fit, "molecular_weight")
    if mass is None or fit.allowed is None or mass.bounds()[1] - mass.bounds()[0] > 0.5 or not set(targets) <= set(VALENCE):
        return None
    table = Chem.GetPeriodicTable()
    heavy = sum(table.GetAtomicWeight(s) * n for s, n in targets.items())
    hydrogen = round((sum(mass.bounds()) / 2 - heavy) / _HYDROGEN)
    return float(2 + sum(n * (VALENCE[s] - 2) for s, n in targets.items()) - hydrogen) / 2


@dataclass(frozen=True)
class _Placing:
    """Puts parts where a structure stays plausible; ``grows``: whether it may add carbon atoms to make room for them."""

    rng: random.Random
    lifted: Exemptions
    grows: bool = False

    def put(self, mol: Chem.Mol, change: Change, carbon: bool = True) -> Chem.Mol:
        """``mol`` with ``change`` at a place where it stays plausible, made longer for it if need be; else at the first place; else ``mol``."""
        first = None
        for _ in range(_LONGER if self.grows else 1):
            child, plausible = self._tried(mol, change, carbon)
            if plausible and child is not None:
                return child
            first = first if first is not None else child
            longer, _ = self._tried(mol, lambda m, at: append(m, at, "C"), True)
            mol = longer if longer is not None and self.grows else mol
        return first if first is not None else mol

    def _tried(self, mol: Chem.Mol, change: Change, carbon: bool) -> tuple[Chem.Mol | None, bool]:
        """``change`` at random atoms that bear hydrogen, carbon for preference: the first plausible result of up to :data:`_TRIED`, else the
        first one; and whether it is plausible."""
        sites = [a for a in mol.GetAtoms() if a.GetTotalNumHs()]
        self.rng.shuffle(sites)
        straight = self.rng.random() < 0.8  # mostly no quaternary and few tertiary carbon atoms
        sites.sort(key=lambda a: ((a.GetAtomicNum() != 6) if carbon else 0, a.GetDegree() >= 2 + a.GetIsAromatic() if straight else 0))
        first: Chem.Mol | None = None
        for atom in sites[:_TRIED]:
            child = change(mol, atom.GetIdx())
            if child is not None and not self.lifted.first(child):
                return child, True
            first = first if first is not None else child
        return first, False


def _grown(mol: Chem.Mol, fit: SpecFit, free: bool, place: _Placing) -> Chem.Mol:
    """``mol`` with carbon added until the counts of size are reached; untouched where the number of carbon atoms is given."""
    from tools.calculators.descriptors import compute_descriptor

    if not free:
        return mol
    for name, step in _SIZES.items():
        condition = _window(fit, name)
        if condition is None or condition.bounds()[0] <= 0:
            continue
        low = condition.bounds()[0]
        for _ in range(120):
            if compute_descriptor(name, mol) + step * 0.5 >= low:
                break
            grown = place.put(mol, lambda m, at: append(m, at, "C"))
            if grown is mol:
                break
            mol = grown
    return mol
