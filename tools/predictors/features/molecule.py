"""Descriptors and Morgan counts of molecules.

Fast RDKit two-dimensional descriptors only: the slow ones (QED, BCUT2D, SPS, Bertz, Ipc, fragment counts) are left out.
All functions return numpy arrays in a fixed order given by the matching ``*_names`` function.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from rdkit import Chem
from rdkit.Chem import rdFingerprintGenerator, rdMolDescriptors
from rdkit.Chem.EState.EState_VSA import estateBins, vsaBins

from tools.predictors.features.connectivity import CONNECTIVITY_NAMES, connectivity
from tools.predictors.features.crippen import Crippen
from tools.predictors.features.groups import group_counts, group_names
from tools.predictors.features.table import FAR, MoleculeTable, finite, pieces, ring_systems

FloatArray = NDArray[np.float32]

MORGAN_BITS = 2048
MORGAN_RADIUS = 2
_ESTATE_BINS, _AREA_BINS = np.array(estateBins), np.array(vsaBins)

#: Position of the number of rotatable bonds among the molecular quantum numbers.
_MQN_ROTATABLE = 18

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


#: Of ``_PROPERTY_NAMES`` what RDKit computes; the rest comes from results that are at hand (see :func:`_properties`).
_OTHERWISE = ("NumRotatableBonds", "CrippenClogP", "CrippenMR", *CONNECTIVITY_NAMES)
_RDKIT_NAMES = tuple(name for name in _PROPERTY_NAMES if name not in _OTHERWISE)
_ORDER = [(*_RDKIT_NAMES, *_OTHERWISE).index(name) for name in _PROPERTY_NAMES]


@lru_cache(maxsize=1)
def _rdkit_properties() -> rdMolDescriptors.Properties:
    return rdMolDescriptors.Properties(list(_RDKIT_NAMES))


@lru_cache(maxsize=2)
def _generator(bits: int) -> rdFingerprintGenerator.FingerprintGenerator64:
    return rdFingerprintGenerator.GetMorganGenerator(radius=MORGAN_RADIUS, fpSize=bits)


def morgan_counts(mol: Chem.Mol) -> FloatArray:
    """Hashed Morgan counts, radius 2, shape (2048,). 0 where an environment does not occur."""
    return np.asarray(_generator(MORGAN_BITS).GetCountFingerprintAsNumPy(mol), dtype=np.float32)


def bits_of(counts: FloatArray) -> NDArray[np.uint16]:
    """Positions of the set bits of the Morgan fingerprint with these :func:`morgan_counts`, ascending.

    Shape (number of set bits,); empty for a structure without any.
    """
    return np.flatnonzero(counts).astype(np.uint16)


@lru_cache(maxsize=1)
def descriptor_names() -> tuple[str, ...]:
    """Names of the entries of :func:`descriptors`, in order."""
    vsa = [f"SlogP_VSA{i}" for i in range(12)] + [f"SMR_VSA{i}" for i in range(10)] + [f"PEOE_VSA{i}" for i in range(14)]
    estate = [f"EState_VSA{i}" for i in range(11)] + [f"VSA_EState{i}" for i in range(10)] + ["EState_max", "EState_min"]
    mqn = [f"MQN{i}" for i in range(42)]
    autocorrelation = [f"AUTOCORR2D_{i}" for i in range(192)]
    return (*_PROPERTY_NAMES, *vsa, *estate, *mqn, *autocorrelation, *_SHAPE_NAMES, *group_names())


def descriptors(mol: Chem.Mol, table: MoleculeTable | None = None) -> FloatArray:
    """Two-dimensional descriptors of a sanitised molecule, shape (len(descriptor_names()),); NaN or infinity become 0.

    ``table`` is that of ``mol`` where there is one already.
    """
    table = table or MoleculeTable(mol)
    quantum_numbers = rdMolDescriptors.MQNs_(mol)
    rotatable = quantum_numbers[_MQN_ROTATABLE]
    area = np.array(rdMolDescriptors._CalcLabuteASAContribs(mol)[0])
    crippen = Crippen.of(mol, table.numbers, table.hydrogens, area)
    with np.errstate(all="ignore"):
        parts = [
            _properties(table, rotatable, crippen),
            crippen.logp_areas,
            crippen.refractivity_areas,
            rdMolDescriptors.PEOE_VSA_(mol),
            _estate(table, area),
            quantum_numbers,
            rdMolDescriptors.CalcAUTOCORR2D(mol),
            _shape(table, rotatable),
            group_counts(mol),
        ]
    row = np.concatenate(parts).astype(np.float32)
    return finite(row)


def _properties(table: MoleculeTable, rotatable: int, crippen: Crippen) -> NDArray[np.float64]:
    """The descriptors named in ``_PROPERTY_NAMES``."""
    found = [*_rdkit_properties().ComputeProperties(table.mol), rotatable, crippen.logp, crippen.refractivity, *connectivity(table)]
    return np.array(found)[_ORDER]


@lru_cache(maxsize=1)
def _intrinsic_state() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """4 / period², outer electrons; by atomic number."""
    table = Chem.GetPeriodicTable()
    numbers = range(119)
    periods = [1 if n <= 2 else 2 if n <= 10 else 3 if n <= 18 else 4 if n <= 36 else 5 if n <= 54 else 6 for n in numbers]
    return np.array([4.0 / period**2 for period in periods]), np.array([float(table.GetNOuterElecs(n)) for n in numbers])


def _estate(table: MoleculeTable, area: NDArray[np.float64]) -> NDArray[np.float64]:
    """EState_VSA (11), VSA_EState (10), largest and smallest EState index: RDKit's definitions, computed without Python loops."""
    factor, outer = _intrinsic_state()
    degree = np.array([len(near) for near in table.neighbours], dtype=np.float64)
    valence = outer[table.numbers] - table.hydrogens
    intrinsic = np.where(degree > 0, (factor[table.numbers] * valence + 1) / degree, 0.0)
    weight = 1.0 / (table.distance + 1.0) ** 2
    if not table.connected:
        weight = np.where(table.distance < FAR, weight, 0.0)
    # Sums rather than a matrix product: a threaded BLAS call costs more than it saves on matrices this small.
    index = intrinsic * (1.0 + weight.sum(axis=1)) - (weight * intrinsic).sum(axis=1)
    by_estate = np.bincount(np.searchsorted(_ESTATE_BINS, index, side="right"), weights=area, minlength=len(estateBins) + 1)
    by_area = np.bincount(np.searchsorted(_AREA_BINS, area, side="right"), weights=index, minlength=len(vsaBins) + 1)
    return np.concatenate([by_estate, by_area, [index.max(), index.min()]])


def _shape(table: MoleculeTable, rotatable: int) -> list[float]:
    """Symmetry, extent, rings, chains: what packs well and what bends (names in ``_SHAPE_NAMES``)."""
    atoms, numbers, hydrogens = len(table), table.numbers, table.hydrogens
    classes = Counter(Chem.CanonicalRankAtoms(table.mol, breakTies=False, includeChirality=False))
    finite = table.distance if table.connected else table.distance[table.distance < FAR]
    diameter = float(finite.max())
    bonds = len(table.bonds) or 1
    donors = sum(number in (7, 8) and count > 0 for number, count in zip(numbers, hydrogens, strict=True))
    return [
        len(classes) / atoms,
        float(max(classes.values())),
        diameter,
        diameter / atoms,
        float(finite.sum()) / max(1, atoms * (atoms - 1)),
        len(table.in_ring) / atoms,
        len(table.aromatic) / atoms,
        max((len(system) for system in ring_systems(table.rings)), default=0),
        longest_chain(table),
        rotatable / bonds,
        sum(number in (9, 17, 35, 53) for number in numbers) / atoms,
        sum(number not in (1, 6) for number in numbers) / atoms,
        sum(table.charges),
        donors / atoms,
        sum(bond.conjugated for bond in table.bonds) / bonds,
    ]


def longest_chain(table: MoleculeTable) -> int:
    """Number of atoms in the largest connected set of sp3 CH2/CH3 carbons outside rings (a measure of flexible alkyl length).

    0 without any.
    """
    chain = {
        i
        for i, number in enumerate(table.numbers)
        if number == 6
        and table.hydrogens[i] >= 2
        and i not in table.in_ring
        and table.atoms[i].GetHybridization() == Chem.HybridizationType.SP3
    }
    return max((len(piece) for piece in pieces(chain, table.neighbours)), default=0)
