"""Numbers of a structure that the rules set limits for. All are exact, of the whole structure that is given, without a unit where none is named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from rdkit import Chem
from rdkit.Chem import rdMolDescriptors

from tools.calculators.descriptors import crippen_logp, heavy_atoms

#: Shares of elements that count towards :func:`retardant_share`, by atomic number: how much of a gram of it works.
_RETARDANT = {15: 1.0, 5: 1.0, 14: 1.0, 9: 0.3, 17: 0.4, 35: 0.6, 7: 0.3, 12: 1.0, 13: 1.0, 30: 1.0, 51: 1.0}
_PERCENT = 100.0


def carbons(mol: Chem.Mol) -> float:
    """The number of carbon atoms."""
    return float(sum(atom.GetAtomicNum() == 6 for atom in mol.GetAtoms()))


def conjugated_atoms(mol: Chem.Mol) -> float:
    """The number of atoms of the largest system of conjugated bonds, lone pairs of N and O beside it counted in; 0 for none."""
    neighbours: dict[int, set[int]] = {}
    for bond in mol.GetBonds():
        if bond.GetIsConjugated():
            a, b = bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()
            neighbours.setdefault(a, set()).add(b)
            neighbours.setdefault(b, set()).add(a)
    return float(max((len(group) for group in _connected(neighbours)), default=0))


def fused_rings(mol: Chem.Mol) -> float:
    """The number of rings of the largest system of fused aromatic rings; 1 for a lone ring, 0 for none."""
    rings = [set(r) for r in mol.GetRingInfo().AtomRings() if all(mol.GetAtomWithIdx(i).GetIsAromatic() for i in r)]
    neighbours = {n: {m for m, other in enumerate(rings) if m != n and len(ring & other) > 1} for n, ring in enumerate(rings)}
    return float(max((len(group) for group in _connected(neighbours)), default=0))


def stereo_elements(mol: Chem.Mol) -> float:
    """The number of stereocentres, stated or not, and of biaryl axes with three or more neighbours in their way."""
    from rdkit.Chem import FindMolChiralCenters

    centres = len(FindMolChiralCenters(mol, includeUnassigned=True, useLegacyImplementation=False))
    axes = sum(_hindered(bond) for bond in mol.GetBonds())
    return float(centres + axes)


def centric(mol: Chem.Mol) -> float:
    """1 where each atom has an equal on the other side (every class of equal atoms is even, a pair at the centre included), else 0."""
    if mol.GetNumAtoms() < 4:
        return 0.0
    sizes = Counter(Chem.CanonicalRankAtoms(mol, breakTies=False)).values()
    return float(all(size % 2 == 0 for size in sizes))


def retardant_share(mol: Chem.Mol) -> float:
    """The mass share of elements that retard flames, in percent, halogens and nitrogen in part."""
    mass = rdMolDescriptors._CalcMolWt(mol)
    active = sum(_RETARDANT.get(a.GetAtomicNum(), 0.0) * a.GetMass() for a in mol.GetAtoms())
    return _PERCENT * active / mass if mass else 0.0


def lipinski_violations(mol: Chem.Mol) -> float:
    """How many of Lipinski's four limits are broken (500 g/mol, logP 5, five donors, ten acceptors, all N and O counted)."""
    oxygen_nitrogen = rdMolDescriptors.CalcNumLipinskiHBA(mol)
    limits = (
        rdMolDescriptors._CalcMolWt(mol) > 500,
        crippen_logp(mol) > 5,
        rdMolDescriptors.CalcNumLipinskiHBD(mol) > 5,
        oxygen_nitrogen > 10,
    )
    return float(sum(limits))


def pesticide_violations(mol: Chem.Mol) -> float:
    """How many of six limits of crop protection products are broken, by a margin that the mass of registered ones keeps."""
    aromatic = sum(bond.GetIsAromatic() for bond in mol.GetBonds())
    return float(
        sum(
            (
                rdMolDescriptors._CalcMolWt(mol) > 535,
                crippen_logp(mol) > 6.5,
                rdMolDescriptors.CalcNumHBA(mol) > 9,
                rdMolDescriptors.CalcNumHBD(mol) > 3,
                rdMolDescriptors.CalcNumRotatableBonds(mol) > 12,
                aromatic > 18,
            )
        )
    )


#: By the name that rules use: how the number is had.
NUMBERS: dict[str, Callable[[Chem.Mol], float]] = {
    "molecular_weight": lambda mol: float(rdMolDescriptors._CalcMolWt(mol)),
    "heavy_atoms": heavy_atoms,
    "carbons": carbons,
    "logp": crippen_logp,
    "tpsa": lambda mol: float(rdMolDescriptors.CalcTPSA(mol)),
    "hbd": lambda mol: float(rdMolDescriptors.CalcNumHBD(mol)),
    "rotatable_bonds": lambda mol: float(rdMolDescriptors.CalcNumRotatableBonds(mol)),
    "aromatic_rings": lambda mol: float(rdMolDescriptors.CalcNumAromaticRings(mol)),
    "fused_rings": fused_rings,
    "conjugated_atoms": conjugated_atoms,
    "stereo_elements": stereo_elements,
    "centric": centric,
    "retardant_share": retardant_share,
    "lipinski_violations": lipinski_violations,
    "pesticide_violations": pesticide_violations,
}


def _connected(neighbours: dict[int, set[int]]) -> list[set[int]]:
    groups: list[set[int]] = []
    seen: set[int] = set()
    for start in neighbours:
        if start in seen:
            continue
        group, stack = {start}, [start]
        while stack:
            for other in neighbours[stack.pop()] - group:
                group.add(other)
                stack.append(other)
        seen |= group
        groups.append(group)
    return groups


def _hindered(bond: Chem.Bond) -> bool:
    """Whether a single bond joins two aromatic rings that three or more substituents beside it keep from turning."""
    ends = (bond.GetBeginAtom(), bond.GetEndAtom())
    if bond.IsInRing() or not all(end.GetIsAromatic() for end in ends):
        return False
    beside = [n for end, other in (ends, ends[::-1]) for n in end.GetNeighbors() if n.GetIdx() != other.GetIdx()]
    return bool(sum(atom.GetDegree() > 2 for atom in beside) > 2)
