"""Solvents: a few RDKit descriptors of the solvent molecule and one indicator for each solvent that is frequent in the data."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from rdkit import Chem
from rdkit.Chem import rdMolDescriptors
from rdkit.rdBase import BlockLogs

from core import data

FloatArray = NDArray[np.float32]

#: A measurement on the neat solid, and one without solvent.
FILM = "film"
GAS = "gas"

_DESCRIPTORS = (
    "heavy_atoms",
    "logp",
    "molar_refractivity",
    "refractivity_per_atom",
    "tpsa",
    "tpsa_per_atom",
    "hbd",
    "hba",
    "aromatic_atoms",
    "halogens",
    "oxygens",
    "nitrogens",
    "fraction_csp3",
    "dipole_proxy",
)


@lru_cache(maxsize=1)
def known_solvents() -> tuple[tuple[str, str], ...]:
    """(name, canonical SMILES) of the solvents that have an indicator of their own."""
    rows = data.rows("tools.predictors.features", "solvents.tsv")
    return tuple((row["name"], Chem.CanonSmiles(row["smiles"])) for row in rows)


def solvent_names() -> tuple[str, ...]:
    """Names of the entries of :func:`solvent_features`, in order."""
    indicators = [f"solvent_is_{name}" for name, _ in known_solvents()]
    return (*(f"solvent_{name}" for name in _DESCRIPTORS), *indicators, "solvent_is_film", "solvent_is_gas")


def canonical_solvent(smiles: str) -> str | None:
    """Canonical SMILES of a solvent, 'film' or 'gas' as they are, None where it cannot be read."""
    if smiles in (FILM, GAS):
        return smiles
    with BlockLogs():
        mol = Chem.MolFromSmiles(smiles) if 0 < len(smiles) <= 500 else None
    return Chem.MolToSmiles(mol, isomericSmiles=False) if mol is not None and mol.GetNumAtoms() else None


@lru_cache(maxsize=1024)
def _features(solvent: str) -> tuple[float, ...]:
    indicators = [float(solvent == smiles) for _, smiles in known_solvents()] + [float(solvent == FILM), float(solvent == GAS)]
    mol = None if solvent in (FILM, GAS) else Chem.MolFromSmiles(solvent)
    if mol is None:
        return (*([0.0] * len(_DESCRIPTORS)), *indicators)
    atoms = mol.GetNumAtoms()
    numbers = [atom.GetAtomicNum() for atom in mol.GetAtoms()]
    charges = _charges(mol)
    logp, refractivity = rdMolDescriptors.CalcCrippenDescriptors(mol)
    values = [
        atoms,
        logp,
        refractivity,
        refractivity / atoms,
        rdMolDescriptors.CalcTPSA(mol),
        rdMolDescriptors.CalcTPSA(mol) / atoms,
        rdMolDescriptors.CalcNumHBD(mol),
        rdMolDescriptors.CalcNumHBA(mol),
        sum(atom.GetIsAromatic() for atom in mol.GetAtoms()),
        sum(n in (9, 17, 35, 53) for n in numbers),
        numbers.count(8),
        numbers.count(7),
        rdMolDescriptors.CalcFractionCSP3(mol),
        charges,
    ]
    return (*map(float, values), *indicators)


def _charges(mol: Chem.Mol) -> float:
    """Largest minus smallest Gasteiger charge: how polar the most polar bond region is; 0 where they cannot be computed."""
    from rdkit.Chem import Descriptors

    spread = Descriptors.MaxPartialCharge(mol) - Descriptors.MinPartialCharge(mol)
    return float(spread) if np.isfinite(spread) else 0.0


def solvent_features(solvent: str) -> FloatArray:
    """Features of ``solvent`` (canonical SMILES, 'film' or 'gas'), shape (len(solvent_names()),).

    The descriptors are 0 for film and gas, which have no structure.
    """
    return np.array(_features(solvent), dtype=np.float32)


def solvent_descriptors(solvent: str) -> FloatArray:
    """The descriptors of :func:`solvent_features` alone, without the indicators, shape (descriptors,); 0 for film and gas, which have no structure."""
    return solvent_features(solvent)[: len(_DESCRIPTORS)]
