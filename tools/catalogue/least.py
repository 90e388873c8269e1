"""The least that a structure must hold to meet what is asked for: heavy atoms, mass, and atoms of an element.

Every number here is a proven lower bound for a neutral, connected molecule, never a typical value; where none is proven there is none. Bounds of
different wishes are not added, since one atom can serve several. Repeat units are not judged: what they hold may cross into the next unit.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import count

from rdkit import Chem

from tools.catalogue.kinds.limits import Limits, Range
from tools.groups.groups import compile_smarts

#: The lightest heavy atoms that take part in aromatic rings, and that give or take hydrogen bonds, in g/mol: boron and nitrogen.
_BORON, _NITROGEN = 10.81, 14.007
#: Up to how many benzene rings the bound of benzenoids is used; bowls and cages, which need fewer atoms a ring, begin above.
_MOST_BENZENOID = 7


@dataclass(frozen=True)
class Least:
    """What a wish needs at least.

    Attributes:
        what: what is asked for, in words: 'six aromatic rings'.
        phrase: the words of the goal.
        atoms: heavy atoms.
        mass: molar mass of these atoms in g/mol; 0 where nothing is known of their elements.
        elements: atoms of an element, by symbol.
    """

    what: str
    phrase: str
    atoms: int
    mass: float = 0.0
    elements: Counter[str] = field(default_factory=Counter)


def least_of(limits: Limits) -> Iterator[Least]:
    """What each wish with a lower end needs, and all counts of elements together."""
    properties, groups = limits.of("property"), limits.of("group")
    for name, needs in _PROPERTIES.items():
        box = properties.get(name)
        if box is not None and box.low >= 1 and math.isfinite(box.low):
            number = math.ceil(box.low)
            atoms, mass = needs(number)
            yield Least(
                f"{number} {limits.catalogue[name].label[0].lower()}{limits.catalogue[name].label[1:]}", box.low_phrase, atoms, mass
            )
    patterns = {needed.name: needed for needed in limits.needed}
    for name, needed in patterns.items():
        box = groups.get(name, Range())
        number = int(box.low) if math.isfinite(box.low) and box.low >= 1 else 1
        yield of_group(name, needed.smarts, number, needed.phrase)
    elements = {name: int(box.low) for name, box in limits.of("element").items() if name != "H" and 1 <= box.low < math.inf}
    if elements:
        phrases = dict.fromkeys(limits.of("element")[name].low_phrase for name in elements)
        what = ", ".join(f"{number} {name}" for name, number in elements.items())
        yield Least(what, " / ".join(p for p in phrases if p), sum(elements.values()), mass_of(Counter(elements)), Counter(elements))


def of_group(name: str, smarts: str, number: int, phrase: str) -> Least:
    """What ``number`` different matches of a group need. They may share atoms, unless the pattern rules it out."""
    query = compile_smarts(smarts)
    size, held = query.GetNumAtoms(), _elements(smarts)
    what = f"{number} {name}" if number > 1 else name
    own = _own_atom(query)
    if own is not None:  # each match has this atom for itself; the others are counted once
        symbol = _symbol(query.GetAtomWithIdx(own))
        total = held + Counter({symbol: number - 1} if symbol else {})
        return Least(what, phrase, size + number - 1, mass_of(total), total)
    ring = _aromatic_ring(query)
    if ring:
        atoms = _rings(ring, number, benzene=set(held) == {"C"} and ring == 6)
        lightest = min((Chem.GetPeriodicTable().GetAtomicWeight(symbol) for symbol in held), default=0.0)
        known = sum(held.values()) == size
        only = next(iter(held)) if known and len(held) == 1 else ""
        elements = Counter({only: atoms}) if only else held
        return Least(what, phrase, atoms, max(mass_of(held), lightest * atoms if known else 0.0), elements)
    atoms = next(n for n in count(size) if math.comb(n, size) >= number)
    return Least(what, phrase, atoms, mass_of(held), held)


def mass_of(elements: Counter[str]) -> float:
    """The mass of these atoms, without hydrogen, in g/mol."""
    table = Chem.GetPeriodicTable()
    return sum(float(table.GetAtomicWeight(symbol)) * number for symbol, number in elements.items())


# ---- patterns


def _symbol(atom: Chem.Atom) -> str:
    """The element that an atom of a pattern must be; '' where it has a choice."""
    number = atom.GetAtomicNum()
    if number <= 1 or "AtomOr" in atom.DescribeQuery():
        return ""
    return str(Chem.GetPeriodicTable().GetElementSymbol(number))


@lru_cache(maxsize=512)
def _elements(smarts: str) -> Counter[str]:
    """The elements that every match holds."""
    return Counter(symbol for atom in compile_smarts(smarts).GetAtoms() if (symbol := _symbol(atom)))


def _own_atom(query: Chem.Mol) -> int | None:
    """An atom of the pattern that no two matches share: the only one, or one of two that is bonded to no other heavy atom ('[OX2H]C')."""
    if query.GetNumAtoms() == 1:
        return 0
    if query.GetNumAtoms() != 2:
        return None
    for atom in query.GetAtoms():
        said = atom.DescribeQuery()
        if "AtomOr" in said:
            continue
        known = dict(
            line.split()[:2]
            for line in said.splitlines()
            if line.strip().startswith(("AtomTotalDegree", "AtomHCount")) and "!=" not in line
        )
        if {"AtomTotalDegree", "AtomHCount"} <= known.keys() and int(known["AtomTotalDegree"]) - int(known["AtomHCount"]) == 1:
            return int(atom.GetIdx())
    return None


def _aromatic_ring(query: Chem.Mol) -> int:
    """The size of the ring where the pattern is one aromatic ring of at least five atoms and nothing else, else 0."""
    size = int(query.GetNumAtoms())
    alone = size >= 5 and query.GetNumBonds() == size and all(a.GetDegree() == 2 for a in query.GetAtoms())
    return size if alone and all(a.GetIsAromatic() for a in query.GetAtoms()) else 0


# ---- counts


def _rings(size: int, number: int, *, benzene: bool) -> int:
    """Atoms that ``number`` different aromatic rings of one size need.

    Two of them share at most one bond, and three at most three bonds with one atom in common. Benzenoids of n rings have at least
    2n + 1 + ceil(sqrt(12n - 3)) atoms (Harary and Harborth, J. Comb. Inf. Syst. Sci. 1976, 1, 1).
    """
    if benzene:
        n = min(number, _MOST_BENZENOID)
        return 2 * n + 1 + math.ceil(math.sqrt(12 * n - 3))
    return {1: size, 2: 2 * size - 2}.get(number, 3 * size - 5)


def _aromatic_rings(number: int) -> tuple[int, float]:
    """Atoms and mass of so many aromatic rings of any size.

    An aromatic atom has at most three neighbours, so that A of them hold at most A/2 + 1 rings in one piece, and (a + 1)/2 in each
    piece of a atoms that is bonded to another; the best of small pieces is three rings of five atoms.
    """
    atoms = 3 if number == 1 else max(4, math.ceil(min(2 * (number - 1), number / 0.6)))
    return atoms, atoms * _BORON


def _any_rings(number: int) -> tuple[int, float]:
    """Atoms of so many independent rings: a graph of V atoms has at most V(V - 1)/2 - V + 1."""
    return next(v for v in count(3) if v * (v - 1) // 2 - v + 1 >= number), 0.0


def _atoms(number: int) -> tuple[int, float]:
    """Each one is an atom of its own."""
    return number, 0.0


def _polar(number: int) -> tuple[int, float]:
    """Each donor or acceptor of a hydrogen bond is an atom of its own, nitrogen or heavier."""
    return number, number * _NITROGEN


def _rotatable(number: int) -> tuple[int, float]:
    """n rotatable bonds join n + 1 parts in a tree, whose ends are not terminal atoms."""
    return number + 3, 0.0


_PROPERTIES = {
    "aromatic_rings": _aromatic_rings,
    "ring_count": _any_rings,
    "rotatable_bonds": _rotatable,
    "stereocentres": _atoms,
    "heteroatoms": _atoms,
    "spiro_atoms": _atoms,
    "hbd": _polar,
    "hba": _polar,
}
