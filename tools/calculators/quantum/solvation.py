"""Free energy of solvation by ALPB: of the gas-phase geometry, from 1 mol/L in the gas to 1 mol/L in the solvent."""

from __future__ import annotations

from functools import cache

from rdkit import Chem

from tools.calculators.quantum.geometry import geometry
from tools.calculators.quantum.tight_binding import KCAL_PER_HARTREE, Density

#: The solvents of ALPB by their structure, and how tblite names them.
SOLVENTS = {
    "CC(C)=O": "acetone", "CC#N": "acetonitrile", "Nc1ccccc1": "aniline", "O=Cc1ccccc1": "benzaldehyde", "c1ccccc1": "benzene",
    "ClCCl": "dichloromethane", "ClC(Cl)Cl": "chloroform", "S=C=S": "carbon disulfide", "C1COCCO1": "dioxane",
    "CN(C)C=O": "dmf", "CS(C)=O": "dmso", "CCO": "ethanol", "CCOCC": "ether", "CCOC(C)=O": "ethylacetate", "c1ccoc1": "furan",
    "CCCCCCCCCCCCCCCC": "hexadecane", "CCCCCC": "hexane", "CO": "methanol", "C[N+](=O)[O-]": "nitromethane", "CCCCCCCCO": "octanol",
    "Oc1ccccc1": "phenol", "C1CCOC1": "thf", "Cc1ccccc1": "toluene", "O": "water",
}  # fmt: skip


@cache
def solvent_name(smiles: str) -> str:
    """How tblite names the solvent of this SMILES; '' for one that ALPB has no parameters of, or that cannot be read."""
    mol = Chem.MolFromSmiles(smiles)
    return SOLVENTS.get(Chem.MolToSmiles(mol), "") if mol is not None else ""


def solvation(smiles: str, solvent: str) -> float:
    """Raw free energy of solvation (unit: kcal/mol) in a ``solvent`` as tblite names it. Raises NoGeometry, NotConverged."""
    _, frame, energy = geometry(smiles)
    return (Density(frame, solvent=solvent).energy() - energy) * KCAL_PER_HARTREE
