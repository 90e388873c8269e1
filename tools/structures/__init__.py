"""Structures: reading untrusted SMILES, standardising them, recognising equal ones."""
