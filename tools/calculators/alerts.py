"""Structural alerts of RDKit's filter catalogues PAINS and BRENK: which fire, and how many."""

from __future__ import annotations

from functools import lru_cache

from rdkit.Chem import BondType, FilterCatalog, Mol


@lru_cache(maxsize=2)
def _catalogue(name: str) -> FilterCatalog.FilterCatalog:
    catalogs = FilterCatalog.FilterCatalogParams.FilterCatalogs
    return FilterCatalog.FilterCatalog(FilterCatalog.FilterCatalogParams(catalogs.PAINS if name == "pains" else catalogs.BRENK))


def _saturated_chain(mol: Mol) -> bool:
    """Whether a molecule has neither a ring nor a multiple bond. No such one has a PAINS alert, each of which asks for one or the other: the catalogue,
    480 queries, is not made for it."""
    return not mol.GetRingInfo().NumRings() and all(bond.GetBondType() == BondType.SINGLE for bond in mol.GetBonds())


def alerts(name: str, mol: Mol) -> list[str]:
    """The alerts of the catalogue ``name`` ('pains' or 'brenk') that fire on a sanitised molecule, each once, in alphabetical order; [] for none."""
    if name == "pains" and _saturated_chain(mol):
        return []
    return sorted({entry.GetDescription() for entry in _catalogue(name).GetMatches(mol)})


def pains_alerts(mol: Mol) -> float:
    """Number of different PAINS alerts (Baell and Holloway) on a sanitised molecule; 0 for none."""
    return float(len(alerts("pains", mol)))


def brenk_alerts(mol: Mol) -> float:
    """Number of different alerts of Brenk's list on a sanitised molecule; 0 for none."""
    return float(len(alerts("brenk", mol)))
