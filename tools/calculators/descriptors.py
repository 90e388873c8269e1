"""Descriptors that are computed exactly from the structure: the functions that the files of the catalogue name, and their calculator."""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import cast

import rdkit
from rdkit import Chem
from rdkit.Chem import rdMolDescriptors
from rdkit.rdBase import BlockLogs

from core.candidate import PropertyValue
from core.errors import ConfigurationError, SpecError
from tools.calculators.protocol import Batch, Cost, PlainCalculator
from tools.catalogue.property import Property
from tools.catalogue.shipped import shipped

DescriptorFunction = Callable[[Chem.Mol], float]


def balaban_j(mol: Chem.Mol) -> float:
    """Balaban's J, dimensionless. ValueError where it is not defined: no bond, or several pieces."""
    if mol.GetNumBonds() == 0 or len(Chem.GetMolFrags(mol)) > 1:
        raise ValueError("Balaban's J is defined for one connected structure with at least two heavy atoms")
    from rdkit.Chem import GraphDescriptors

    return float(GraphDescriptors.BalabanJ(mol))


def crippen_logp(mol: Chem.Mol) -> float:
    """logP by Crippen's atom contributions, dimensionless; never undefined for a sanitised molecule."""
    return float(rdMolDescriptors.CalcCrippenDescriptors(mol)[0])


def crippen_refractivity(mol: Chem.Mol) -> float:
    """Molar refractivity by Crippen's atom contributions, in cm³/mol as unit; never undefined for a sanitised molecule."""
    return float(rdMolDescriptors.CalcCrippenDescriptors(mol)[1])


def heavy_atoms(mol: Chem.Mol) -> float:
    """Number of atoms other than hydrogen; attachment points '*' count for nothing."""
    return float(sum(atom.GetAtomicNum() > 1 for atom in mol.GetAtoms()))


def _bonds(mol: Chem.Mol, kind: Chem.BondType) -> float:
    return float(sum(bond.GetBondType() == kind for bond in mol.GetBonds()))


def single_bonds(mol: Chem.Mol) -> float:
    """The number of single bonds between heavy atoms, as RDKit perceives them; 0 for none."""
    return _bonds(mol, Chem.BondType.SINGLE)


def double_bonds(mol: Chem.Mol) -> float:
    """The number of double bonds between heavy atoms, as RDKit perceives them; aromatic bonds are not among them; 0 for none."""
    return _bonds(mol, Chem.BondType.DOUBLE)


def triple_bonds(mol: Chem.Mol) -> float:
    """The number of triple bonds between heavy atoms; 0 for none."""
    return _bonds(mol, Chem.BondType.TRIPLE)


def aromatic_bonds(mol: Chem.Mol) -> float:
    """The number of aromatic bonds, as RDKit perceives them; 0 for none."""
    return _bonds(mol, Chem.BondType.AROMATIC)


def valence_electrons(mol: Chem.Mol) -> float:
    """The number of valence electrons, those of implicit hydrogens too and of charges; 0 for no atom.

    What ``rdkit.Chem.Descriptors.NumValenceElectrons`` counts; importing that module takes longer than all descriptors of a structure.
    """
    outer = Chem.GetPeriodicTable().GetNOuterElecs
    return float(sum(outer(a.GetAtomicNum()) - a.GetFormalCharge() + a.GetTotalNumHs() for a in mol.GetAtoms()))


def ramp(value: float, best: float, worst: float) -> float:
    """A score from 0 to 1: 1 at ``best`` and beyond, 0 at ``worst`` and beyond, linear between; either may be the larger.

    All in one unit. NaN gives NaN; raises ZeroDivisionError where both are the same number.
    """
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


def cns_mpo(mol: Chem.Mol) -> float:
    """Approximate CNS MPO, a score from 0 to 6 without a unit: Wager et al., ACS Chem. Neurosci. 2010, 1, 435, with Crippen's logP for both logP and logD.

    The pKa term is taken from the kind of base (:func:`_basicity_term`), since no pKa is computed. Never undefined for a sanitised molecule.
    """
    logp, weight = crippen_logp(mol), rdMolDescriptors._CalcMolWt(mol)
    tpsa, donors = rdMolDescriptors.CalcTPSA(mol), rdMolDescriptors.CalcNumHBD(mol)
    hump = min(ramp(tpsa, 40.0, 20.0), ramp(tpsa, 90.0, 120.0))
    terms = (ramp(logp, 3.0, 5.0), ramp(logp, 2.0, 4.0), ramp(weight, 360.0, 500.0), hump, ramp(donors, 0.5, 3.5), _basicity_term(mol))
    return float(sum(terms))


@cache
def _imported(path: str) -> DescriptorFunction:
    """The function "module:name". ConfigurationError where it is not there."""
    module, _, name = path.partition(":")
    try:
        return cast(DescriptorFunction, getattr(importlib.import_module(module), name))
    except (ImportError, AttributeError, ValueError) as error:
        raise ConfigurationError(f"the function {path!r} that a property names is not there: {error}") from error


@cache
def _occurrences(smarts: str) -> DescriptorFunction:
    """How often a pattern occurs, each set of atoms counted once. ConfigurationError for a SMARTS that cannot be read."""
    pattern = Chem.MolFromSmarts(smarts)
    if pattern is None:
        raise ConfigurationError(f"{smarts!r}, which a property counts, is not a SMARTS")
    return lambda mol: len(mol.GetSubstructMatches(pattern, maxMatches=100_000))


def number(definition: Property, mol: Chem.Mol) -> float:
    """The computed property of ``mol``, in its unit.

    ``mol`` is sanitised, without explicit hydrogens. Raises ValueError where the property is not defined for the structure or not
    finite, and ConfigurationError where its function is missing; never returns NaN.
    """
    return computed(definition)(mol)


def computed(definition: Property) -> DescriptorFunction:
    """:func:`number` for many molecules: the function is looked up once, and raises as that does. ConfigurationError where it is missing."""
    function = _occurrences(definition.smarts) if definition.smarts else _imported(definition.function)

    def value(mol: Chem.Mol) -> float:
        found = float(function(mol))
        if not math.isfinite(found):
            raise ValueError(f"{definition.name} is not finite for this structure")
        return found

    return value


@dataclass(frozen=True, eq=False)
class Descriptors(PlainCalculator):
    """The calculator of properties whose file names a function or a SMARTS."""

    properties: tuple[Property, ...]
    name: str = "descriptors"
    cost: Cost = Cost.EXACT

    def version(self, name: str) -> str:
        """RDKit's version, on which the functions rest."""
        return str(rdkit.__version__)

    def function(self, definition: Property) -> DescriptorFunction:
        """What computes one of its properties: of a sanitised molecule, in the unit of the property; raises as :func:`number` does."""
        return computed(definition)

    def value(self, definition: Property, value: float) -> PropertyValue:
        """The property value of a ``value`` that is at hand, in the property's unit: exact, with a sigma of 0; never None."""
        return PropertyValue(
            value=value,
            unit=definition.unit,
            sigma=0.0,
            lower=value,
            upper=value,
            method=self.method(definition),
            method_version=self.version(definition.name),
        )

    def batch(self, names: Sequence[str], batch: Batch) -> dict[str, list[PropertyValue]]:
        """Exact values; None with the reason where a descriptor is not defined for a structure."""
        definitions = {p.name: p for p in self.properties}
        return {name: [self._one(definitions[name], mol) for mol in batch.mols] for name in names}

    def _one(self, definition: Property, mol: Chem.Mol) -> PropertyValue:
        try:
            with BlockLogs():
                return self.value(definition, self.function(definition)(mol))
        except (ValueError, RuntimeError, ZeroDivisionError) as error:
            return self.missing(definition, str(error) or type(error).__name__)


@cache
def descriptor_names() -> frozenset[str]:
    """Names of the shipped properties that are computed exactly."""
    return frozenset(p.name for p in shipped() if p.kind == "computed")


def compute_descriptor(name: str, mol: Chem.Mol) -> float:
    """The shipped property ``name`` of ``mol``, in its unit. Raises SpecError for a name that is not a shipped computed property."""
    if name not in descriptor_names():
        raise SpecError(f"{name!r} is not a computed property; known: {', '.join(sorted(descriptor_names()))}")
    return number(shipped()[name], mol)


def compute_descriptors(names: Sequence[str], mol: Chem.Mol) -> dict[str, float]:
    """:func:`compute_descriptor` for several names, in their order, each in its unit. Raises as it does."""
    return {name: compute_descriptor(name, mol) for name in names}
