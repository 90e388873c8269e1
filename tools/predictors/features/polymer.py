"""Descriptions of polymers that do not depend on where the repeat unit is cut.

Three views of a unit: the unit closed to a ring of at least eight backbone atoms (local environments as inside the endless chain),
the backbone walked from end to end (stiffness, links through rings, side chains), and functional groups counted as the difference
between an oligomer of n + 1 units and one of n. Extensive numbers are divided by the heavy atoms or by the backbone atoms, so that
a doubled unit describes the same polymer.
"""

from __future__ import annotations

import math
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from rdkit import Chem
from rdkit.Chem import rdMolDescriptors

from tools.predictors.features.molecule import group_counts, group_names, morgan_counts

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
def _polymer_groups() -> tuple[tuple[str, Chem.Mol], ...]:
    """Groups of ``polymer_groups.tsv``, chosen for what they do to a chain, as (name, query)."""
    text = files("tools.predictors.features").joinpath("polymer_groups.tsv").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.splitlines()[1:] if line.strip()]
    return tuple((name, Chem.MolFromSmarts(smarts)) for name, smarts in rows)


@lru_cache(maxsize=1)
def _extensive() -> rdMolDescriptors.Properties:
    return rdMolDescriptors.Properties(list(_EXTENSIVE))


def polymer_names() -> tuple[str, ...]:
    """Names of the entries of :func:`polymer_features`, in order (Morgan counts follow separately)."""
    vsa = [f"SlogP_VSA{i}" for i in range(12)] + [f"SMR_VSA{i}" for i in range(10)] + [f"PEOE_VSA{i}" for i in range(14)]
    mqn = [f"MQN{i}" for i in range(_MQN)]
    per_atom = [
        f"{name}_per_atom" for name in (*_EXTENSIVE, *vsa, *mqn, *group_names(), *(f"chain_group_{name}" for name, _ in _polymer_groups()))
    ]
    return (*_BACKBONE_NAMES, *(f"share_of_element_{e}" for e in _ELEMENTS), *per_atom)


#: How a backbone passes a six-membered ring, by the number of ring atoms on its shortest path.
_SIX_RING_LINKS = {2: "ortho", 3: "meta", 4: "para"}


class RepeatUnit:
    """A repeat unit with its backbone, its ring form and its oligomers."""

    def __init__(self, unit: Chem.Mol) -> None:
        """``unit``: sanitised, exactly two dummy atoms with one bond each (as ``parse_polymer`` returns)."""
        self.mol = Chem.Mol(unit)
        Chem.RemoveStereochemistry(self.mol)
        self.ends = [atom.GetIdx() for atom in self.mol.GetAtoms() if atom.GetAtomicNum() == 0]
        path = Chem.GetShortestPath(self.mol, *self.ends)
        self.backbone = [int(i) for i in path[1:-1]]
        self.ring = self._joined(max(1, math.ceil(_RING_BACKBONE / len(self.backbone))), closed=True)

    def oligomer(self, units: int) -> Chem.Mol:
        """``units`` units in a row, the outer ends still dummy atoms."""
        return self._joined(units, closed=False)

    def _joined(self, units: int, *, closed: bool) -> Chem.Mol:
        order = self.mol.GetAtomWithIdx(self.ends[0]).GetBonds()[0].GetBondType()
        size = self.mol.GetNumAtoms()
        combined = self.mol
        for _ in range(units - 1):
            combined = Chem.CombineMols(combined, self.mol)
        editable = Chem.RWMol(combined)
        first, last = self.backbone[0], self.backbone[-1]
        drop = []
        for copy in range(units if closed else units - 1):
            following = (copy + 1) % units
            editable.AddBond(copy * size + last, following * size + first, order)
            drop += [copy * size + self.ends[1], following * size + self.ends[0]]
        for index in sorted(drop, reverse=True):
            editable.RemoveAtom(index)
        joined = editable.GetMol()
        Chem.SanitizeMol(joined, sanitizeOps=_SANITIZE)
        return joined


def ring_form(unit: Chem.Mol) -> Chem.Mol:
    """The repeat unit closed to a ring of at least eight backbone atoms: what fingerprints of polymers are taken from."""
    return RepeatUnit(unit).ring


def polymer_features(unit: RepeatUnit) -> tuple[FloatArray, FloatArray]:
    """(features in the order of :func:`polymer_names`, Morgan counts per 100 heavy atoms) of a repeat unit."""
    ring = unit.ring
    atoms = ring.GetNumAtoms()
    extensive = _extensive().ComputeProperties(ring)
    vsa = [*rdMolDescriptors.SlogP_VSA_(ring), *rdMolDescriptors.SMR_VSA_(ring), *rdMolDescriptors.PEOE_VSA_(ring)]
    per_ring = np.array([*extensive, *vsa, *rdMolDescriptors.MQNs_(ring)[:_MQN]]) / atoms
    heavy = unit.mol.GetNumHeavyAtoms()
    numbers = [atom.GetAtomicNum() for atom in unit.mol.GetAtoms()]
    elements = [numbers.count(e) / heavy for e in _ELEMENTS]
    row = np.concatenate([_backbone(unit), elements, per_ring, _groups(unit) / heavy]).astype(np.float32)
    return np.nan_to_num(row, nan=0.0, posinf=0.0, neginf=0.0), morgan_counts(ring) * np.float32(100.0 / atoms)


def _groups(unit: RepeatUnit) -> FloatArray:
    """Groups of one unit inside the chain: what the oligomer of n + 1 units has more than that of n."""
    units = max(1, math.ceil(_CHAIN_BACKBONE / len(unit.backbone)))
    longer, shorter = unit.oligomer(units + 1), unit.oligomer(units)
    in_longer = group_counts(longer)
    groups = in_longer - group_counts(shorter, among=in_longer > 0)
    chain = []
    for _, query in _polymer_groups():
        # What the shorter chain contains, the longer one contains as well.
        more = len(longer.GetSubstructMatches(query, maxMatches=100))
        chain.append(more - len(shorter.GetSubstructMatches(query, maxMatches=100)) if more else 0)
    return np.concatenate([groups, np.array(chain)]).astype(np.float32)


def _ring_systems(mol: Chem.Mol) -> list[set[int]]:
    systems: list[set[int]] = []
    for ring in mol.GetRingInfo().AtomRings():
        merged = set(ring)
        rest = []
        for system in systems:
            if system & merged:
                merged |= system
            else:
                rest.append(system)
        systems = [*rest, merged]
    return systems


def _backbone(unit: RepeatUnit) -> list[float]:
    """The features named in ``_BACKBONE_NAMES``."""
    mol, ends = unit.mol, set(unit.ends)
    on_path = set(unit.backbone)
    passed = [system for system in _ring_systems(mol) if system & on_path]
    main = on_path.union(*passed) if passed else on_path
    sides = _side_branches(mol, main, ends)
    side = {i for branch in sides for i in branch}
    walk = [unit.ends[0], *unit.backbone]
    bonds = [mol.GetBondBetweenAtoms(a, b) for a, b in pairwise(walk)]
    atoms = [mol.GetAtomWithIdx(i) for i in range(mol.GetNumAtoms()) if i not in ends]
    path = [mol.GetAtomWithIdx(i) for i in unit.backbone]
    side_rotors = _side_rotors(mol, side)
    return [
        *_stiffness(unit, path, atoms, bonds, passed, len(main) / len(atoms), len(side) / len(atoms)),
        *_side_chains(unit, path, sides, side, side_rotors),
        *_composition(unit, path, atoms, bonds, side_rotors),
    ]


def _stiffness(
    unit: RepeatUnit,
    path: list[Chem.Atom],
    atoms: list[Chem.Atom],
    bonds: list[Chem.Bond],
    passed: list[set[int]],
    main_share: float,
    side_share: float,
) -> list[float]:
    """How the backbone turns and what rings it runs through."""
    heavy, length = len(atoms), len(path)
    rotors = _rotors(bonds)
    flexible = [_is_flexible(atom) for atom in path]
    links = _links(unit.backbone, passed)
    return [
        length / heavy,
        main_share,
        side_share,
        rotors / length,
        rotors / heavy,
        sum(flexible) / length,
        _longest_run(flexible),
        sum(a.IsInRing() for a in atoms) / heavy,
        sum(a.IsInRing() for a in path) / length,
        sum(a.GetIsAromatic() for a in path) / length,
        len(passed) / length,
        max((len(s) for s in passed), default=0),
        sum(len(s) for s in passed) / max(1, len(passed)),
        *(links.get(kind, 0) / length for kind in ("para", "meta", "ortho", "fused")),
    ]


def _side_chains(unit: RepeatUnit, path: list[Chem.Atom], sides: list[list[int]], side: set[int], side_rotors: int) -> list[float]:
    """What hangs on the backbone."""
    mol, heavy, length = unit.mol, unit.mol.GetNumHeavyAtoms(), len(path)
    on_path = set(unit.backbone)
    return [
        len(sides) / length,
        max((len(b) for b in sides), default=0),
        len(side) / max(1, len(sides)),
        _longest_side_chain(mol, side),
        sum(sum(n.GetIdx() not in on_path and n.GetAtomicNum() > 0 for n in a.GetNeighbors()) >= 2 for a in path) / length,
        side_rotors / heavy,
        sum(mol.GetAtomWithIdx(i).GetIsAromatic() for i in side) / heavy,
        sum(mol.GetAtomWithIdx(i).IsInRing() for i in side) / heavy,
    ]


def _composition(unit: RepeatUnit, path: list[Chem.Atom], atoms: list[Chem.Atom], bonds: list[Chem.Bond], side_rotors: int) -> list[float]:
    """What the chain is made of, by backbone atom and by heavy atom."""
    ring, heavy, length = unit.ring, len(atoms), len(path)
    scale = heavy / ring.GetNumAtoms()  # one unit's share of the ring form
    mass = rdMolDescriptors.CalcExactMolWt(ring) * scale
    return [
        sum(a.GetAtomicNum() in (7, 8) and a.GetTotalNumHs() > 0 for a in atoms) / heavy,
        sum(_carbonyl(a) for a in atoms) / heavy,
        sum(a.GetAtomicNum() == 6 and a.GetTotalNumHs() == 2 and not a.IsInRing() for a in path) / length,
        sum(a.GetAtomicNum() == 8 and not a.IsInRing() for a in path) / length,
        sum(a.GetAtomicNum() == 14 for a in path) / length,
        sum(a.GetAtomicNum() == 7 and a.GetTotalNumHs() > 0 and any(_carbonyl(n) for n in a.GetNeighbors()) for a in path) / length,
        sum(_carbonyl(a) for a in path) / length,
        sum(a.GetAtomicNum() == 16 for a in path) / length,
        sum(a.GetAtomicNum() == 7 for a in path) / length,
        sum(b.GetIsConjugated() for b in bonds) / length,
        mass / length,
        rdMolDescriptors.CalcCrippenDescriptors(ring)[1] * scale / length,
        rdMolDescriptors.CalcLabuteASA(ring) * scale / length,
        rdMolDescriptors.CalcTPSA(ring) * scale / length,
        mass / max(1, _rotors(bonds) + side_rotors),
        sum(b.GetBondType() == Chem.BondType.DOUBLE and not b.IsInRing() for b in bonds) / length,
        sum(b.GetBondType() == Chem.BondType.TRIPLE for b in bonds) / length,
        sum(a.GetIsAromatic() for a in atoms) / heavy,
        sum(a.GetAtomicNum() == 6 and a.GetDegree() == 4 for a in path) / length,
        sum(abs(a.GetFormalCharge()) for a in atoms) / heavy,
    ]


def _rotors(bonds: list[Chem.Bond]) -> int:
    """Backbone bonds about which the chain can turn."""
    return sum(b.GetBondType() == Chem.BondType.SINGLE and not b.IsInRing() for b in bonds)


def _side_rotors(mol: Chem.Mol, side: set[int]) -> int:
    return sum(
        b.GetBondType() == Chem.BondType.SINGLE
        and not b.IsInRing()
        and (b.GetBeginAtomIdx() in side or b.GetEndAtomIdx() in side)
        and min(b.GetBeginAtom().GetDegree(), b.GetEndAtom().GetDegree()) > 1
        for b in mol.GetBonds()
    )


def _is_flexible(atom: Chem.Atom) -> bool:
    """A backbone atom about which the chain turns easily: sp3 CH2 or CHR outside rings, ether O, thioether S, siloxane Si and O."""
    if atom.IsInRing():
        return False
    number = atom.GetAtomicNum()
    if number == 6:
        return bool(atom.GetHybridization() == Chem.HybridizationType.SP3 and atom.GetTotalNumHs() >= 1)
    return number in (8, 14) or (number == 16 and atom.GetDegree() == 2)


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


def _side_branches(mol: Chem.Mol, main: set[int], ends: set[int]) -> list[list[int]]:
    """The connected pieces that remain when the backbone (with its rings) and the ends are taken away."""
    left = {a.GetIdx() for a in mol.GetAtoms()} - main - ends
    branches = []
    for start in range(mol.GetNumAtoms()):
        if start not in left:
            continue
        left.remove(start)
        stack, branch = [start], []
        while stack:
            index = stack.pop()
            branch.append(index)
            for neighbour in mol.GetAtomWithIdx(index).GetNeighbors():
                if neighbour.GetIdx() in left:
                    left.remove(neighbour.GetIdx())
                    stack.append(neighbour.GetIdx())
        branches.append(branch)
    return branches


def _longest_side_chain(mol: Chem.Mol, side: set[int]) -> int:
    """Atoms in the largest connected set of acyclic sp3 CH2/CH3 carbons in the side chains."""
    chain = {
        i
        for i in side
        if mol.GetAtomWithIdx(i).GetAtomicNum() == 6 and not mol.GetAtomWithIdx(i).IsInRing() and mol.GetAtomWithIdx(i).GetTotalNumHs() >= 2
    }
    best = 0
    while chain:
        stack, size = [chain.pop()], 0
        while stack:
            size += 1
            for neighbour in mol.GetAtomWithIdx(stack.pop()).GetNeighbors():
                if neighbour.GetIdx() in chain:
                    chain.remove(neighbour.GetIdx())
                    stack.append(neighbour.GetIdx())
        best = max(best, size)
    return best


def _carbonyl(atom: Chem.Atom) -> bool:
    return atom.GetAtomicNum() == 6 and any(
        b.GetBondType() == Chem.BondType.DOUBLE and b.GetOtherAtom(atom).GetAtomicNum() == 8 for b in atom.GetBonds()
    )
