"""QED and SA score as RDKit gives them, digit for digit, without what RDKit computes twice or in vain."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

from rdkit import Chem
from rdkit.Chem import rdFingerprintGenerator, rdMolDescriptors

from tools.calculators.fragment_scores import fragment_scores
from tools.structures.atoms import atoms
from tools.structures.prescreen import FEW, Prescreen


@cache
def _qed_module() -> Any:
    from rdkit.Chem import QED

    return QED


@cache
def _queries() -> tuple[list[Chem.Mol], int, Prescreen]:
    """RDKit's acceptors and structural alerts in one list, how many of them are acceptors, and their screen."""
    module = _qed_module()
    queries = [*module.Acceptors, *module.StructuralAlerts]
    return queries, len(module.Acceptors), Prescreen(queries, few=FEW)


def qed(mol: Chem.Mol) -> float:
    """Quantitative estimate of drug-likeness, 0 to 1: Bickerton et al., Nature Chem. 2012, 4, 90; the value of ``rdkit.Chem.QED.qed``.

    The queries are looked for only where the structure has their atoms and bonds, and logP is not computed again where it is known.

    Never raises for a sanitised molecule.
    """
    module = _qed_module()
    if mol.GetNumHeavyAtoms() < mol.GetNumAtoms():
        return float(module.qed(mol))
    queries, acceptors, screen = _queries()
    possible = [query if may else None for query, may in zip(queries, screen.possible(mol), strict=True)]
    found = module.QEDproperties(
        MW=rdMolDescriptors._CalcMolWt(mol),
        ALOGP=rdMolDescriptors.CalcCrippenDescriptors(mol)[0],
        HBA=sum(len(mol.GetSubstructMatches(query)) for query in possible[:acceptors] if query is not None),
        HBD=rdMolDescriptors.CalcNumHBD(mol),
        PSA=rdMolDescriptors.CalcTPSA(mol),
        ROTB=rdMolDescriptors.CalcNumRotatableBonds(mol, rdMolDescriptors.NumRotatableBondsOptions.Strict),
        AROM=len(Chem.GetSSSR(Chem.DeleteSubstructs(mol, module.AliphaticRings))),
        ALERTS=sum(mol.HasSubstructMatch(query) for query in possible[acceptors:] if query is not None),
    )
    return float(module.qed(mol, qedProperties=found))


@cache
def _fragments() -> Any:
    """What finds the fragments that have scores, as in RDKit's sascorer."""
    return rdFingerprintGenerator.GetMorganGenerator(radius=2)


def sa_score(mol: Chem.Mol) -> float:
    """Synthetic accessibility, 1 (easy) to 10 (hard): Ertl, Schuffenhauer, J. Cheminform. 2009, 1, 8; the value of RDKit's sascorer.

    ValueError for a structure without atoms, ConfigurationError where RDKit's contribution is missing.
    """
    size = mol.GetNumAtoms()
    if not size:
        raise ValueError("the SA score is not defined for a structure without atoms")
    scores = fragment_scores()
    bits = _fragments().GetSparseCountFingerprint(mol).GetNonzeroElements()
    fragments = 0.0
    for bit, count in bits.items():
        fragments += scores[bit] * count
    fragments /= sum(bits.values())
    penalty = -(size**1.005 - size) - math.log10(_stereocentres(mol) + 1)
    penalty = (
        penalty - math.log10(rdMolDescriptors.CalcNumSpiroAtoms(mol) + 1) - math.log10(rdMolDescriptors.CalcNumBridgeheadAtoms(mol) + 1)
    )
    penalty -= math.log10(2) if any(len(ring) > 8 for ring in mol.GetRingInfo().AtomRings()) else 0.0
    density = math.log(float(size) / len(bits)) * 0.5 if size > len(bits) else 0.0
    score = 11.0 - (fragments + penalty + density + 4.0 + 1) / (2.5 + 4.0) * 9.0
    if score > 8.0:
        score = 8.0 + math.log(score + 1.0 - 9.0)
    return float(min(10.0, max(1.0, score)))


def _stereocentres(mol: Chem.Mol) -> int:
    """Tetrahedral stereocentres, with or without configuration, perceived anew (this marks them on the atoms of ``mol``)."""
    Chem.AssignStereochemistry(mol, cleanIt=True, force=True, flagPossibleStereoCenters=True)
    return sum(atom.HasProp("_CIPCode") or atom.HasProp("_ChiralityPossible") for atom in atoms(mol))
