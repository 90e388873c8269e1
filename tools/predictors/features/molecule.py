"""Descriptors and Morgan counts of molecules.

Fast RDKit two-dimensional descriptors only: the slow ones (QED, BCUT2D, SPS, Bertz, Ipc, fragment counts) are left out.
All functions return numpy arrays in a fixed order given by the matching ``*_names`` function.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray
from rdkit import Chem
from rdkit.Chem import rdFingerprintGenerator, rdMolDescriptors
from rdkit.Chem.EState.EState_VSA import estateBins, vsaBins

FloatArray = NDArray[np.float32]

MORGAN_BITS = 2048
MORGAN_RADIUS = 2

_PROPERTY_NAMES = (
    "amw",
    "lipinskiHBA",
    "lipinskiHBD",
    "NumRotatableBonds",
    "NumHeavyAtoms",
    "NumAtoms",
    "NumHeteroatoms",
    "FractionCSP3",
    "NumRings",
    "NumAromaticRings",
    "NumSaturatedRings",
    "NumAromaticHeterocycles",
    "NumSaturatedHeterocycles",
    "NumSpiroAtoms",
    "NumBridgeheadAtoms",
    "NumAtomStereoCenters",
    "labuteASA",
    "tpsa",
    "CrippenClogP",
    "CrippenMR",
    "chi0v",
    "chi1v",
    "chi2v",
    "chi3v",
    "chi4v",
    "chi0n",
    "chi1n",
    "chi2n",
    "chi3n",
    "chi4n",
    "hallKierAlpha",
    "kappa1",
    "kappa2",
    "kappa3",
    "Phi",
)
_SHAPE_NAMES = (
    "symmetry_class_fraction",
    "largest_symmetry_class",
    "diameter",
    "diameter_per_atom",
    "mean_distance",
    "ring_atom_fraction",
    "aromatic_atom_fraction",
    "largest_ring_system",
    "longest_chain",
    "rotatable_fraction",
    "halogen_fraction",
    "hetero_fraction",
    "formal_charge",
    "donor_density",
    "conjugated_bond_fraction",
)


@lru_cache(maxsize=1)
def _properties() -> rdMolDescriptors.Properties:
    return rdMolDescriptors.Properties(list(_PROPERTY_NAMES))


@lru_cache(maxsize=1)
def _group_patterns() -> tuple[tuple[str, Chem.Mol], ...]:
    """Functional groups of ``groups.tsv`` as (name, query)."""
    text = files("tools.predictors.features").joinpath("groups.tsv").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.splitlines()[1:] if line.strip()]
    return tuple((name, Chem.MolFromSmarts(smarts)) for name, smarts in rows)


@lru_cache(maxsize=2)
def _generator(bits: int) -> rdFingerprintGenerator.FingerprintGenerator64:
    return rdFingerprintGenerator.GetMorganGenerator(radius=MORGAN_RADIUS, fpSize=bits)


def morgan_counts(mol: Chem.Mol) -> FloatArray:
    """Hashed Morgan counts, radius 2, shape (2048,)."""
    return np.asarray(_generator(MORGAN_BITS).GetCountFingerprintAsNumPy(mol), dtype=np.float32)


@lru_cache(maxsize=1)
def group_names() -> tuple[str, ...]:
    """Names of the functional-group counts, in order."""
    return tuple(f"group_{name}" for name, _ in _group_patterns())


def group_counts(mol: Chem.Mol, among: NDArray[np.bool_] | None = None) -> FloatArray:
    """Number of unique matches of each functional group of ``groups.tsv``; at most 50 are counted.

    Groups that are False in ``among`` are not looked for and count 0.
    """
    patterns = _group_patterns()
    wanted = [True] * len(patterns) if among is None else among.tolist()
    return np.array(
        [len(mol.GetSubstructMatches(query, maxMatches=50)) if look else 0 for (_, query), look in zip(patterns, wanted, strict=True)],
        dtype=np.float32,
    )


@lru_cache(maxsize=1)
def descriptor_names() -> tuple[str, ...]:
    """Names of the entries of :func:`descriptors`, in order."""
    vsa = [f"SlogP_VSA{i}" for i in range(12)] + [f"SMR_VSA{i}" for i in range(10)] + [f"PEOE_VSA{i}" for i in range(14)]
    estate = [f"EState_VSA{i}" for i in range(11)] + [f"VSA_EState{i}" for i in range(10)] + ["EState_max", "EState_min"]
    mqn = [f"MQN{i}" for i in range(42)]
    autocorrelation = [f"AUTOCORR2D_{i}" for i in range(192)]
    return (*_PROPERTY_NAMES, *vsa, *estate, *mqn, *autocorrelation, *_SHAPE_NAMES, *group_names())


def descriptors(mol: Chem.Mol) -> FloatArray:
    """Two-dimensional descriptors of a sanitised molecule, shape (len(descriptor_names()),); NaN or infinity become 0."""
    with np.errstate(all="ignore"):
        distance = Chem.GetDistanceMatrix(mol)
        parts = [
            np.array(_properties().ComputeProperties(mol)),
            np.array(rdMolDescriptors.SlogP_VSA_(mol)),
            np.array(rdMolDescriptors.SMR_VSA_(mol)),
            np.array(rdMolDescriptors.PEOE_VSA_(mol)),
            _estate(mol, distance),
            np.array(rdMolDescriptors.MQNs_(mol)),
            np.array(rdMolDescriptors.CalcAUTOCORR2D(mol)),
            _shape(mol, distance),
            group_counts(mol),
        ]
    row = np.concatenate(parts).astype(np.float32)
    return np.nan_to_num(row, nan=0.0, posinf=0.0, neginf=0.0)


def _estate(mol: Chem.Mol, distance: NDArray[np.float64]) -> NDArray[np.float64]:
    """EState_VSA (11), VSA_EState (10), largest and smallest EState index: RDKit's definitions, computed without Python loops."""
    table = Chem.GetPeriodicTable()
    intrinsic = np.zeros(mol.GetNumAtoms())
    for i in range(mol.GetNumAtoms()):
        atom = mol.GetAtomWithIdx(i)
        degree, number = atom.GetDegree(), atom.GetAtomicNum()
        if degree:
            period = 1 if number <= 2 else 2 if number <= 10 else 3 if number <= 18 else 4 if number <= 36 else 5 if number <= 54 else 6
            valence = table.GetNOuterElecs(number) - atom.GetTotalNumHs()
            intrinsic[i] = (4.0 / period**2 * valence + 1) / degree
    weight = np.where(distance < 1e6, 1.0 / (distance + 1.0) ** 2, 0.0)
    # Sums rather than a matrix product: a threaded BLAS call costs more than it saves on matrices this small.
    index = intrinsic * (1.0 + weight.sum(axis=1)) - (weight * intrinsic).sum(axis=1)
    area = np.array(rdMolDescriptors._CalcLabuteASAContribs(mol)[0])
    by_estate = np.bincount(np.digitize(index, estateBins), weights=area, minlength=len(estateBins) + 1)
    by_area = np.bincount(np.digitize(area, vsaBins), weights=index, minlength=len(vsaBins) + 1)
    return np.concatenate([by_estate, by_area, [index.max(), index.min()]])


def _shape(mol: Chem.Mol, distance: NDArray[np.float64]) -> NDArray[np.float64]:
    """Symmetry, extent, rings, chains: what packs well and what bends (names in ``_SHAPE_NAMES``)."""
    atoms = mol.GetNumAtoms()
    classes = np.bincount(np.array(list(Chem.CanonicalRankAtoms(mol, breakTies=False, includeChirality=False))))
    classes = classes[classes > 0]
    finite = distance[distance < 1e6]
    diameter = float(finite.max()) if finite.size else 0.0
    bonds = mol.GetNumBonds() or 1
    in_ring = aromatic = halogens = hetero = charge = donors = 0
    for i in range(atoms):
        atom = mol.GetAtomWithIdx(i)
        number = atom.GetAtomicNum()
        in_ring += atom.IsInRing()
        aromatic += atom.GetIsAromatic()
        halogens += number in (9, 17, 35, 53)
        hetero += number not in (1, 6)
        charge += atom.GetFormalCharge()
        donors += number in (7, 8) and atom.GetTotalNumHs() > 0
    conjugated = sum(mol.GetBondWithIdx(i).GetIsConjugated() for i in range(mol.GetNumBonds()))
    return np.array(
        [
            len(classes) / atoms,
            float(classes.max()),
            diameter,
            diameter / atoms,
            float(finite.sum()) / max(1, atoms * (atoms - 1)),
            in_ring / atoms,
            aromatic / atoms,
            _largest_ring_system(mol),
            longest_chain(mol),
            rdMolDescriptors.CalcNumRotatableBonds(mol) / bonds,
            halogens / atoms,
            hetero / atoms,
            charge,
            donors / atoms,
            conjugated / bonds,
        ]
    )


def _largest_ring_system(mol: Chem.Mol) -> int:
    """Atoms in the largest set of rings that share atoms."""
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
    return max((len(s) for s in systems), default=0)


def longest_chain(mol: Chem.Mol) -> int:
    """Atoms in the largest connected set of sp3 CH2/CH3 carbons outside rings (a measure of flexible alkyl length)."""
    chain = {
        atom.GetIdx()
        for atom in map(mol.GetAtomWithIdx, range(mol.GetNumAtoms()))
        if atom.GetAtomicNum() == 6
        and not atom.IsInRing()
        and atom.GetHybridization() == Chem.HybridizationType.SP3
        and atom.GetTotalNumHs() >= 2
    }
    best = 0
    while chain:
        stack, size = [chain.pop()], 0
        while stack:
            size += 1
            for neighbour in mol.GetAtomWithIdx(stack.pop()).GetNeighbors():
                index = neighbour.GetIdx()
                if index in chain:
                    chain.remove(index)
                    stack.append(index)
        best = max(best, size)
    return best


def on_bits(mols: Sequence[Chem.Mol]) -> list[NDArray[np.uint16]]:
    """Positions of the set bits of each molecule's Morgan fingerprint (radius 2, 2048 bits), ascending."""
    generator = _generator(MORGAN_BITS)
    return [np.array(list(generator.GetFingerprint(mol).GetOnBits()), dtype=np.uint16) for mol in mols]


def safe_ratio(numerator: float, denominator: float) -> float:
    """``numerator / denominator``, 0 where the denominator is 0 or the ratio is not finite."""
    ratio = numerator / denominator if denominator else 0.0
    return ratio if math.isfinite(ratio) else 0.0
