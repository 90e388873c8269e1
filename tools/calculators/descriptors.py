"""Descriptors that RDKit computes exactly from the structure: one function for every ``computed`` property of the registry."""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from rdkit import Chem
from rdkit.Chem import rdMolDescriptors

from core.errors import ConfigurationError, SpecError
from tools.calculators.drug_likeness import qed, sa_score
from tools.catalogue.registry import REGISTRY

DescriptorFunction = Callable[[Chem.Mol], float]


@dataclass(frozen=True)
class Descriptor:
    """A computed property.

    Attributes:
        function: the value from a sanitised molecule without explicit hydrogens; attachment points '*' count for nothing.
        method: the RDKit function behind it, as reports name it.
    """

    function: DescriptorFunction
    method: str


def _python_function(module: str, name: str) -> Any:
    """A descriptor that RDKit writes in Python; imported when first needed."""
    return getattr(importlib.import_module(f"rdkit.Chem.{module}"), name)


def _bertz(mol: Chem.Mol) -> float:
    return float(_python_function("GraphDescriptors", "BertzCT")(mol))


def _balaban(mol: Chem.Mol) -> float:
    """Balaban's J; defined for connected graphs with at least one bond."""
    if mol.GetNumBonds() == 0 or len(Chem.GetMolFrags(mol)) > 1:
        raise ValueError("Balaban's J is defined for one connected structure with at least two heavy atoms")
    return float(_python_function("GraphDescriptors", "BalabanJ")(mol))


def _valence_electrons(mol: Chem.Mol) -> float:
    return float(_python_function("Descriptors", "NumValenceElectrons")(mol))


def _crippen(mol: Chem.Mol) -> tuple[float, float]:
    """(logP, molar refractivity) by Crippen's atom contributions."""
    logp, refractivity = rdMolDescriptors.CalcCrippenDescriptors(mol)
    return float(logp), float(refractivity)


def _heavy_atoms(mol: Chem.Mol) -> float:
    return float(sum(atom.GetAtomicNum() > 1 for atom in mol.GetAtoms()))


def _bonds(kind: Chem.BondType) -> Descriptor:
    """How many bonds of one kind there are between heavy atoms, as RDKit perceives them."""
    return Descriptor(lambda mol: float(sum(bond.GetBondType() == kind for bond in mol.GetBonds())), "RDKit bond types")


def ramp(value: float, best: float, worst: float) -> float:
    """1 at ``best`` and beyond, 0 at ``worst`` and beyond, linear between; either may be the larger."""
    return min(1.0, max(0.0, (worst - value) / (worst - best)))


@cache
def _basic_patterns() -> tuple[Chem.Mol, Chem.Mol]:
    """(strong bases: amidines and guanidines; aliphatic amines) that are not acylated, sulfonylated or conjugated with a ring."""
    strong = Chem.MolFromSmarts("[CX3;$(C(=[NX2;!$(N-[O,N,S])])[NX3;!$(N-C=O);!$(N-S=O);!$(N-[O,N])])]")
    amine = Chem.MolFromSmarts("[NX3;H2,H1,H0;!$(N-[C,S,P]=[O,S,N]);!$(N-C=[C,N]);!$(N-a);!$(N-[N,O,F,Cl,Br,I]);!$(N-C#N);$(N-[CX4])]")
    return strong, amine


def _basicity_term(mol: Chem.Mol) -> float:
    """Stand-in for Wager's pKa term: 0 with an amidine or guanidine, 0.5 with an aliphatic amine, else 1.

    Wager's desirability is 1 up to pKa 8 and 0 from 10. Typical aliphatic amines (pKa 8.5 to 10) fall in the middle of that ramp,
    amidines and guanidines (above 11) beyond it; anilines, azines and amides (below 8) before it.
    """
    strong, amine = _basic_patterns()
    if mol.HasSubstructMatch(strong):
        return 0.0
    return 0.5 if mol.HasSubstructMatch(amine) else 1.0


def _cns_mpo(mol: Chem.Mol) -> float:
    """Approximate CNS MPO, 0 to 6: Wager et al., ACS Chem. Neurosci. 2010, 1, 435, with Crippen's logP for both logP and logD.

    The pKa term is taken from the kind of base (:func:`_basicity_term`), since no pKa is computed.
    """
    logp, weight = _crippen(mol)[0], rdMolDescriptors._CalcMolWt(mol)
    tpsa, donors = rdMolDescriptors.CalcTPSA(mol), rdMolDescriptors.CalcNumHBD(mol)
    hump = min(ramp(tpsa, 40.0, 20.0), ramp(tpsa, 90.0, 120.0))
    terms = (ramp(logp, 3.0, 5.0), ramp(logp, 2.0, 4.0), ramp(weight, 360.0, 500.0), hump, ramp(donors, 0.5, 3.5), _basicity_term(mol))
    return float(sum(terms))


_CNS_METHOD = (
    "RDKit, Wager's desirabilities; approximate: Crippen logP stands for both ClogP and ClogD, "
    "and the pKa term is 0 for amidines and guanidines, 0.5 for aliphatic amines, else 1"
)


def _plain(name: str) -> Descriptor:
    function = getattr(rdMolDescriptors, name)
    return Descriptor(lambda mol: float(function(mol)), f"RDKit {name}")


DESCRIPTORS: dict[str, Descriptor] = {
    "molecular_weight": Descriptor(lambda mol: float(rdMolDescriptors._CalcMolWt(mol)), "RDKit MolWt"),
    "exact_mass": _plain("CalcExactMolWt"),
    "logp": Descriptor(lambda mol: _crippen(mol)[0], "RDKit MolLogP (Crippen)"),
    "molar_refractivity": Descriptor(lambda mol: _crippen(mol)[1], "RDKit MolMR (Crippen)"),
    "tpsa": _plain("CalcTPSA"),
    "labute_asa": _plain("CalcLabuteASA"),
    "hbd": _plain("CalcNumHBD"),
    "hba": _plain("CalcNumHBA"),
    "rotatable_bonds": _plain("CalcNumRotatableBonds"),
    "ring_count": _plain("CalcNumRings"),
    "aromatic_rings": _plain("CalcNumAromaticRings"),
    "aliphatic_rings": _plain("CalcNumAliphaticRings"),
    "saturated_rings": _plain("CalcNumSaturatedRings"),
    "single_bonds": _bonds(Chem.BondType.SINGLE),
    "double_bonds": _bonds(Chem.BondType.DOUBLE),
    "triple_bonds": _bonds(Chem.BondType.TRIPLE),
    "aromatic_bonds": _bonds(Chem.BondType.AROMATIC),
    "heterocycles": _plain("CalcNumHeterocycles"),
    "aromatic_heterocycles": _plain("CalcNumAromaticHeterocycles"),
    "fraction_csp3": _plain("CalcFractionCSP3"),
    "heavy_atoms": Descriptor(_heavy_atoms, "RDKit heavy atom count"),
    "heteroatoms": _plain("CalcNumHeteroatoms"),
    "formal_charge": Descriptor(lambda mol: float(Chem.GetFormalCharge(mol)), "RDKit GetFormalCharge"),
    "stereocentres": _plain("CalcNumAtomStereoCenters"),
    "valence_electrons": Descriptor(_valence_electrons, "RDKit NumValenceElectrons"),
    "spiro_atoms": _plain("CalcNumSpiroAtoms"),
    "bridgehead_atoms": _plain("CalcNumBridgeheadAtoms"),
    "amide_bonds": _plain("CalcNumAmideBonds"),
    "bertz_complexity": Descriptor(_bertz, "RDKit BertzCT"),
    "balaban_j": Descriptor(_balaban, "RDKit BalabanJ"),
    "qed": Descriptor(qed, "RDKit QED.qed"),
    "sa_score": Descriptor(sa_score, "RDKit Contrib SA_Score"),
    "cns_mpo": Descriptor(_cns_mpo, _CNS_METHOD),
}


def check_registry() -> None:
    """Raise ConfigurationError unless every computed property has a function and every function a computed property."""
    registered = {d.name for d in REGISTRY if d.kind == "computed"}
    without, unknown = sorted(registered - set(DESCRIPTORS)), sorted(set(DESCRIPTORS) - registered)
    if without or unknown:
        raise ConfigurationError(f"computed properties without a function: {without}; functions without a property: {unknown}")


check_registry()


def compute_descriptor(name: str, mol: Chem.Mol) -> float:
    """The computed property ``name`` of ``mol``, in the registered unit.

    ``mol`` is sanitised, without explicit hydrogens. Raises SpecError for a name that is not a computed property, and
    ValueError where the descriptor is not defined for the structure or not finite; never returns NaN.
    """
    try:
        descriptor = DESCRIPTORS[name]
    except KeyError:
        raise SpecError(f"{name!r} is not a computed property; known: {', '.join(sorted(DESCRIPTORS))}") from None
    value = descriptor.function(mol)
    if not math.isfinite(value):
        raise ValueError(f"{name} is not finite for this structure")
    return value


def compute_descriptors(names: Sequence[str], mol: Chem.Mol) -> dict[str, float]:
    """:func:`compute_descriptor` for several names, in their order. Raises as it does."""
    return {name: compute_descriptor(name, mol) for name in names}
