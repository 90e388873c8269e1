"""The query made from a core that must be kept."""

from __future__ import annotations

from rdkit import Chem


def scaffold_smarts(smiles: str) -> str:
    """SMARTS of a core given as SMILES: its atoms, bonds and charges, hydrogens left open so that it may carry substituents."""
    mol = Chem.RWMol(Chem.MolFromSmiles(smiles))
    for atom in mol.GetAtoms():
        atom.SetNumExplicitHs(0)
        atom.SetNoImplicit(False)
        atom.SetChiralTag(Chem.ChiralType.CHI_UNSPECIFIED)
    for bond in mol.GetBonds():
        bond.SetStereo(Chem.BondStereo.STEREONONE)
    return str(Chem.MolToSmarts(mol, isomericSmiles=False))
