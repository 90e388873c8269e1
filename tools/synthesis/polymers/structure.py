"""Molecules in the form that the polymer rules are written for, and the reactions that run on them.

Rules are matched with RDKit's MDL aromaticity model: imides, anhydrides and azoles are not aromatic there, so that one
SMARTS describes a phthalic and a pyromellitic anhydride. Everything handed out is in RDKit's own model again.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from rdkit import Chem, rdBase
from rdkit.Chem import rdChemReactions

_SANITIZE = Chem.SanitizeFlags.SANITIZE_ALL ^ Chem.SanitizeFlags.SANITIZE_SETAROMATICITY
_MAX_PRODUCTS = 64


def reaction_form(mol: Chem.Mol) -> Chem.Mol:
    """A copy of ``mol`` in the MDL aromaticity model. Raises RDKit's ValueError family for an impossible molecule."""
    copy = Chem.Mol(mol)
    Chem.SanitizeMol(copy, _SANITIZE)
    Chem.SetAromaticity(copy, Chem.AromaticityModel.AROMATICITY_MDL)
    return copy


def canonical(mol: Chem.Mol) -> str:
    """Canonical SMILES of ``mol`` in RDKit's aromaticity model, whatever model it is in now."""
    copy = Chem.Mol(mol)
    Chem.SanitizeMol(copy)
    text: str = Chem.MolToSmiles(copy)
    return text


@lru_cache(maxsize=1024)
def read(smiles: str) -> Chem.Mol:
    """The molecule of a trusted SMILES in reaction form. Raises ValueError if it cannot be read. Do not modify it."""
    mol = Chem.MolFromSmiles(smiles)
    if mol is None:
        raise ValueError(f"not a structure: {smiles!r}")
    return reaction_form(mol)


@lru_cache(maxsize=512)
def reaction(smarts: str) -> Any:
    """The compiled reaction of ``smarts``."""
    return rdChemReactions.ReactionFromSmarts(smarts)


@lru_cache(maxsize=1024)
def query(smarts: str) -> Chem.Mol:
    """The compiled query of ``smarts``. Raises ValueError if it is not one."""
    pattern = Chem.MolFromSmarts(smarts)
    if pattern is None:
        raise ValueError(f"not a SMARTS: {smarts!r}")
    return pattern


def run(smarts: str, mol: Chem.Mol) -> list[Chem.Mol]:
    """Distinct products (reaction form) of running a one-reactant reaction once on ``mol``, ordered by SMILES.

    ``mol`` is in reaction form. Pieces without an attachment point are dropped where another piece has one. Products that
    are no molecules are left out.
    """
    found: dict[str, Chem.Mol] = {}
    with rdBase.BlockLogs():
        for products in reaction(smarts).RunReactants((mol,), maxProducts=_MAX_PRODUCTS):
            for product in products[:1]:
                try:
                    finished = reaction_form(_with_ends(product))
                    found.setdefault(canonical(finished), finished)
                except (ValueError, RuntimeError):
                    continue
    return [found[key] for key in sorted(found)]


def _with_ends(mol: Chem.Mol) -> Chem.Mol:
    pieces = Chem.GetMolFrags(mol, asMols=True, sanitizeFrags=False)
    if len(pieces) < 2:
        return mol
    open_pieces = [piece for piece in pieces if dummies(piece)]
    return open_pieces[0] if open_pieces else mol


def dummies(mol: Chem.Mol) -> list[int]:
    """Indices of the attachment points of ``mol``."""
    return [match[0] for match in mol.GetSubstructMatches(query("[#0]"))]


def matches(smarts: str, mol: Chem.Mol) -> int:
    """How many distinct places of ``mol`` (reaction form) match ``smarts``."""
    return len(mol.GetSubstructMatches(query(smarts), uniquify=True, maxMatches=200))
