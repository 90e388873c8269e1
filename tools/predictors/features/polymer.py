"""Descriptions of polymers that do not depend on where the repeat unit is cut.

Three views of a unit: the unit closed to a ring of at least eight backbone atoms (local environments as inside the endless chain),
the backbone walked from end to end (stiffness, links through rings, side chains), and functional groups counted as the difference
between an oligomer of n + 1 units and one of n. Extensive numbers are divided by the heavy atoms or by the backbone atoms, so that
a doubled unit describes the same polymer.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from rdkit import Chem
from rdkit.Chem import rdMolDescriptors

from tools.predictors.features.crippen import Crippen
from tools.predictors.features.groups import chain_groups
from tools.predictors.features.molecule import morgan_counts
from tools.predictors.features.table import MoleculeTable, finite, pieces, ring_systems

FloatArray = NDArray[np.float32]

#: The closed ring has at least this many backbone atoms, so that an environment of radius 2 never meets itself.
_RING_BACKBONE = 8
#: Oligomers compared for the group counts have at least this many backbone atoms.
_CHAIN_BACKBONE = 6
_SANITIZE = (
    Chem.SanitizeFlags.SANITIZE_ALL
    ^ Chem.SanitizeFlags.SANITIZE_SETAROMATICITY
    ^ Chem.SanitizeFlags.SANITIZE_KEKULIZE
    ^ Chem.SanitizeFlags.SANITIZE_CLEANUP
)
_EXTENSIVE = ("amw", "lipinskiHBA", "lipinskiHBD", "NumHeteroatoms", "labuteASA", "tpsa", "CrippenClogP", "CrippenMR", "chi0v", "chi1v",
              "chi0n", "chi1n", "hallKierAlpha")  # fmt: skip
_CRIPPEN = {"CrippenClogP": "logp", "CrippenMR": "refractivity"}
#: The later molecular quantum numbers count rings and would see the closing ring.
_MQN = 34
_ELEMENTS = (7, 8, 9, 14, 15, 16, 17, 35)
_BACKBONE_NAMES = (
    "unit_backbone_share", "unit_backbone_with_rings_share", "side_share", "rotatable_per_backbone", "rotatable_per_atom",
    "flexible_share", "longest_flexible_run", "ring_atom_share", "backbone_ring_share", "backbone_aromatic_share",
    "ring_systems_per_backbone", "largest_backbone_ring_system", "mean_backbone_ring_system", "para_links", "meta_links", "ortho_links",
    "fused_links", "side_branches_per_backbone", "largest_side_branch", "mean_side_branch", "longest_side_chain", "disubstituted_share",
    "side_rotors_per_atom", "side_aromatic_share", "side_ring_share", "donors_per_atom", "carbonyls_per_atom", "backbone_methylene_share",
    "backbone_ether_share", "backbone_silicon_share", "backbone_amide_share", "backbone_carbonyl_share", "backbone_sulfur_share",
    "backbone_nitrogen_share", "backbone_conjugated_bonds", "mass_per_backbone", "refractivity_per_backbone", "area_per_backbone",
    "polar_area_per_backbone", "mass_per_rotor", "double_bonds_per_backbone", "triple_bonds_per_backbone",
    "aromatic_atom_share", "quaternary_backbone_share", "charge_per_atom",
)  # fmt: skip


@lru_cache(maxsize=1)
def _extensive() -> rdMolDescriptors.Properties:
    return rdMolDescriptors.Properties([name for name in _EXTENSIVE if not name.startswith("Crippen")])


def polymer_names() -> tuple[str, ...]:
    """Names of the entries of :func:`polymer_features`, in order (Morgan counts follow separately)."""
    vsa = [f"SlogP_VSA{i}" for i in range(12)] + [f"SMR_VSA{i}" for i in range(10)] + [f"PEOE_VSA{i}" for i in range(14)]
    mqn = [f"MQN{i}" for i in range(_MQN)]
    names = chain_groups().names
    groups = [f"group_{name}" for name in names["groups.tsv"]] + [f"chain_group_{name}" for name in names["polymer_groups.tsv"]]
    per_atom = [f"{name}_per_atom" for name in (*_EXTENSIVE, *vsa, *mqn, *groups)]
    return (*_BACKBONE_NAMES, *(f"share_of_element_{e}" for e in _ELEMENTS), *per_atom)


#: How a backbone passes a six-membered ring, by the number of ring atoms on its shortest path.
_SIX_RING_LINKS = {2: "ortho", 3: "meta", 4: "para"}


class RepeatUnit:
    """A repeat unit with its backbone, its ring form and its oligomers."""

    def __init__(self, unit: Chem.Mol) -> None:
        """``unit``: sanitised, exactly two dummy atoms with one bond each (as ``parse_polymer`` returns)."""
        self.mol = Chem.Mol(unit)
        Chem.RemoveStereochemistry(self.mol)
        self.table = MoleculeTable(self.mol)
        self.ends = [i for i, number in enumerate(self.table.numbers) if number == 0]
        path = Chem.GetShortestPath(self.mol, *self.ends)
        self.backbone = [int(i) for i in path[1:-1]]
        self.units_in_ring = max(1, math.ceil(_RING_BACKBONE / len(self.backbone)))
        # Small rings decide about polar areas and ring counts and must be the smallest ones; else any set of rings will do.
        small_rings = any(len(ring) < 5 for ring in self.table.rings)
        self.ring = self._joined(self.units_in_ring, closed=True, smallest_rings=small_rings)

    def oligomer(self, units: int) -> Chem.Mol:
        """``units`` units in a row, the outer ends still dummy atoms; its rings are not the smallest ones, only their atoms are right.

        ``units``: number of units, at least 1. Raises what RDKit raises where the chain cannot be sanitised.
        """
        return self._joined(units, closed=False, smallest_rings=False)

    @cached_property
    def _bare(self) -> Chem.Mol:
        """The unit without the atoms' properties, which would be copied along."""
        bare = Chem.Mol(self.mol)
        bare.ClearComputedProps()
        for end in self.ends:
            bare.GetAtomWithIdx(end).ClearProp("dummyLabel")
        return bare

    @cached_property
    def _link(self) -> Chem.Bond:
        return self.mol.GetAtomWithIdx(self.ends[0]).GetBonds()[0]

    @property
    def link(self) -> Chem.BondType:
        """Type of the bond between two units."""
        return self._link.GetBondType()

    @property
    def order(self) -> float:
        """Order of the bond between two units, dimensionless: 1, 2 or 3; never 0."""
        return float(self._link.GetBondTypeAsDouble())

    def _joined(self, units: int, *, closed: bool, smallest_rings: bool) -> Chem.Mol:
        size = len(self.table)
        joined = Chem.RWMol(self._bare)
        for _ in range(units - 1):
            joined.InsertMol(self._bare)
        first, last = self.backbone[0], self.backbone[-1]
        drop = []
        for copy in range(units if closed else units - 1):
            following = (copy + 1) % units
            joined.AddBond(copy * size + last, following * size + first, self.link)
            drop += [copy * size + self.ends[1], following * size + self.ends[0]]
        for index in sorted(drop, reverse=True):
            joined.RemoveAtom(index)
        if smallest_rings:
            Chem.SanitizeMol(joined, sanitizeOps=_SANITIZE)
        else:
            Chem.SanitizeMol(joined, sanitizeOps=_SANITIZE ^ Chem.SanitizeFlags.SANITIZE_SYMMRINGS)
            Chem.FastFindRings(joined)
        return joined


def polymer_features(unit: RepeatUnit) -> tuple[FloatArray, FloatArray]:
    """(features in the order of :func:`polymer_names`, Morgan counts per 100 heavy atoms) of a repeat unit.

    Shapes (len(polymer_names()),) and (2048,). Never NaN or infinite: what cannot be computed is 0.
    """
    ring, numbers = unit.ring, unit.table.numbers
    atoms = ring.GetNumAtoms()
    whole = _ring_descriptors(unit)
    per_ring = np.array(list(whole.values())) / atoms
    heavy = sum(number > 1 for number in numbers)
    elements = [numbers.count(e) / heavy for e in _ELEMENTS]
    row = np.concatenate([_backbone(unit, whole), elements, per_ring, _groups(unit) / heavy]).astype(np.float32)
    return finite(row), morgan_counts(ring) * np.float32(100.0 / atoms)


def _ring_descriptors(unit: RepeatUnit) -> dict[str, float]:
    """Extensive properties, surface areas and molecular quantum numbers of the ring form, in the order of :func:`polymer_names`."""
    ring, table = unit.ring, unit.table
    inner = [i for i in range(len(table)) if i not in unit.ends]
    numbers = [table.numbers[i] for i in inner] * unit.units_in_ring
    hydrogens = [table.hydrogens[i] for i in inner] * unit.units_in_ring
    crippen = Crippen.of(ring, numbers, hydrogens, np.array(rdMolDescriptors._CalcLabuteASAContribs(ring)[0]))
    computed = iter(_extensive().ComputeProperties(ring))
    found = {name: getattr(crippen, _CRIPPEN[name]) if name in _CRIPPEN else next(computed) for name in _EXTENSIVE}
    others = [*crippen.logp_areas, *crippen.refractivity_areas, *rdMolDescriptors.PEOE_VSA_(ring), *rdMolDescriptors.MQNs_(ring)[:_MQN]]
    return found | {str(i): value for i, value in enumerate(others)}


def _groups(unit: RepeatUnit) -> FloatArray:
    """Groups of one unit inside the chain: what the oligomer of n + 1 units has more than that of n."""
    units = max(1, math.ceil(_CHAIN_BACKBONE / len(unit.backbone)))
    groups = chain_groups()
    possible = groups.possible(unit.mol, (unit.backbone[-1], unit.backbone[0], unit.order))
    if not any(possible):
        return np.zeros(len(groups), dtype=np.float32)
    longer = groups.counts(unit.oligomer(units + 1), possible)
    # What the shorter chain contains, the longer one contains as well.
    shorter = groups.counts(unit.oligomer(units), [count > 0 for count in longer]) if any(longer) else longer
    return np.array(longer, dtype=np.float32) - np.array(shorter, dtype=np.float32)


@dataclass(frozen=True)
class _Walk:
    """The backbone and what hangs on it, as positions in the unit's table."""

    unit: RepeatUnit
    passed: list[set[int]]
    sides: list[list[int]]
    main: set[int]
    carbonyls: set[int]
    bonds: list[Chem.Bond]

    @property
    def table(self) -> MoleculeTable:
        return self.unit.table

    @property
    def path(self) -> list[int]:
        return self.unit.backbone

    @cached_property
    def atoms(self) -> list[int]:
        """All atoms but the ends."""
        return [i for i in range(len(self.table)) if i not in self.unit.ends]

    @cached_property
    def side(self) -> set[int]:
        return {i for branch in self.sides for i in branch}

    @cached_property
    def rotors(self) -> int:
        """Backbone bonds about which the chain can turn."""
        return sum(b.GetBondType() == Chem.BondType.SINGLE and not b.IsInRing() for b in self.bonds)

    @cached_property
    def side_rotors(self) -> int:
        side, ring_bonds, near = self.side, self.table.ring_bonds, self.table.neighbours
        found = (
            i
            for i, (a, b, order, _) in enumerate(self.table.bonds)
            if order == 1.0 and (a in side or b in side) and (a, b) not in ring_bonds and len(near[a]) > 1 and len(near[b]) > 1
        )
        return sum(self.table.mol.GetBondWithIdx(i).GetBondType() == Chem.BondType.SINGLE for i in found)


def _walk(unit: RepeatUnit) -> _Walk:
    table, on_path = unit.table, set(unit.backbone)
    passed = [system for system in ring_systems(table.rings) if not system.isdisjoint(on_path)]
    main = on_path.union(*passed)
    sides = pieces(set(range(len(table))) - main - set(unit.ends), table.neighbours)
    doubles = [(a, b) for a, b, order, _ in table.bonds if order == 2.0]
    carbonyls = {a for pair in doubles for a, b in (pair, pair[::-1]) if table.numbers[a] == 6 and table.numbers[b] == 8}
    bonds = [table.mol.GetBondBetweenAtoms(a, b) for a, b in pairwise([unit.ends[0], *unit.backbone])]
    return _Walk(unit, passed, sides, main, carbonyls, bonds)


def _backbone(unit: RepeatUnit, whole: dict[str, float]) -> list[float]:
    """The features named in ``_BACKBONE_NAMES``; ``whole``: descriptors of the ring form."""
    walk = _walk(unit)
    return [*_stiffness(walk), *_side_chains(walk), *_composition(walk, whole)]


def _stiffness(walk: _Walk) -> list[float]:
    """How the backbone turns and what rings it runs through."""
    table, path, passed = walk.table, walk.path, walk.passed
    heavy, length = len(walk.atoms), len(path)
    flexible = [_is_flexible(table, i) for i in path]
    links = _links(path, passed)
    return [
        length / heavy,
        len(walk.main) / heavy,
        len(walk.side) / heavy,
        walk.rotors / length,
        walk.rotors / heavy,
        sum(flexible) / length,
        _longest_run(flexible),
        len(table.in_ring) / heavy,
        sum(i in table.in_ring for i in path) / length,
        sum(i in table.aromatic for i in path) / length,
        len(passed) / length,
        max((len(s) for s in passed), default=0),
        sum(len(s) for s in passed) / max(1, len(passed)),
        *(links.get(kind, 0) / length for kind in ("para", "meta", "ortho", "fused")),
    ]


def _side_chains(walk: _Walk) -> list[float]:
    """What hangs on the backbone."""
    table, path, sides, side = walk.table, walk.path, walk.sides, walk.side
    heavy, length = sum(number > 1 for number in table.numbers), len(path)
    on_path = set(path)
    methylenes = {i for i in side if table.numbers[i] == 6 and i not in table.in_ring and table.hydrogens[i] >= 2}
    return [
        len(sides) / length,
        max((len(b) for b in sides), default=0),
        len(side) / max(1, len(sides)),
        max((len(piece) for piece in pieces(methylenes, table.neighbours)), default=0),
        sum(sum(n not in on_path and table.numbers[n] > 0 for n in table.neighbours[i]) >= 2 for i in path) / length,
        walk.side_rotors / heavy,
        len(side & table.aromatic) / heavy,
        len(side & table.in_ring) / heavy,
    ]


def _composition(walk: _Walk, whole: dict[str, float]) -> list[float]:
    """What the chain is made of, by backbone atom and by heavy atom."""
    table, path, carbonyls, bonds = walk.table, walk.path, walk.carbonyls, walk.bonds
    numbers, hydrogens, in_ring = table.numbers, table.hydrogens, table.in_ring
    ring, heavy, length = walk.unit.ring, len(walk.atoms), len(path)
    scale = heavy / ring.GetNumAtoms()  # one unit's share of the ring form
    mass = rdMolDescriptors.CalcExactMolWt(ring) * scale
    along = [numbers[i] for i in path]
    return [
        sum(numbers[i] in (7, 8) and hydrogens[i] > 0 for i in walk.atoms) / heavy,
        len(carbonyls) / heavy,
        sum(numbers[i] == 6 and hydrogens[i] == 2 and i not in in_ring for i in path) / length,
        sum(numbers[i] == 8 and i not in in_ring for i in path) / length,
        along.count(14) / length,
        sum(numbers[i] == 7 and hydrogens[i] > 0 and not carbonyls.isdisjoint(table.neighbours[i]) for i in path) / length,
        sum(i in carbonyls for i in path) / length,
        along.count(16) / length,
        along.count(7) / length,
        sum(b.GetIsConjugated() for b in bonds) / length,
        mass / length,
        whole["CrippenMR"] * scale / length,
        whole["labuteASA"] * scale / length,
        whole["tpsa"] * scale / length,
        mass / max(1, walk.rotors + walk.side_rotors),
        sum(b.GetBondType() == Chem.BondType.DOUBLE and not b.IsInRing() for b in bonds) / length,
        sum(b.GetBondType() == Chem.BondType.TRIPLE for b in bonds) / length,
        len(table.aromatic) / heavy,
        sum(numbers[i] == 6 and len(table.neighbours[i]) == 4 for i in path) / length,
        sum(map(abs, table.charges)) / heavy,
    ]


def _is_flexible(table: MoleculeTable, i: int) -> bool:
    """A backbone atom about which the chain turns easily: sp3 CH2 or CHR outside rings, ether O, thioether S, siloxane Si and O."""
    if i in table.in_ring:
        return False
    number = table.numbers[i]
    if number == 6:
        return table.hydrogens[i] >= 1 and bool(table.atoms[i].GetHybridization() == Chem.HybridizationType.SP3)
    return number in (8, 14) or (number == 16 and len(table.neighbours[i]) == 2)


def _longest_run(flags: list[bool]) -> int:
    """Longest run of True in the endless repetition of ``flags``; 30 stands for an endless one."""
    if all(flags):
        return 30
    best = run = 0
    for flag in flags + flags:
        run = run + 1 if flag else 0
        best = max(best, run)
    return min(best, len(flags))


def _links(path: list[int], passed: list[set[int]]) -> dict[str, int]:
    """How the backbone runs through its rings: para, meta or ortho through a single six-membered ring, or through fused rings."""
    found: dict[str, int] = {}
    for system in passed:
        inside = [i for i in path if i in system]
        kind = _SIX_RING_LINKS.get(len(inside), "fused") if len(system) == 6 else "fused"
        found[kind] = found.get(kind, 0) + 1
    return found
