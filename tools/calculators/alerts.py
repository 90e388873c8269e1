"""Structural alerts of RDKit's filter catalogues PAINS and BRENK: which fire, and how many."""

from __future__ import annotations

from functools import lru_cache

from rdkit.Chem import FilterCatalog, Mol


@lru_cache(maxsize=2)
def _catalogue(name: str) -> FilterCatalog.FilterCatalog:
    catalogs = FilterCatalog.FilterCatalogParams.FilterCatalogs
    return FilterCatalog.FilterCatalog(FilterCatalog.FilterCatalogParams(catalogs.PAINS if name == "pains" else catalogs.BRENK))


def alerts(name: str, mol: Mol) -> list[str]:
    """The alerts of the catalogue ``name`` ('pains' or 'brenk') that fire on a sanitised molecule, each once, in alphabetical order; [] for none."""
    return sorted({entry.GetDescription() for entry in _catalogue(name).GetMatches(mol)})


def pains_alerts(mol: Mol) -> float:
    """Number of different PAINS alerts (Baell and Holloway) on a sanitised molecule; 0 for none."""
    return float(len(alerts("pains", mol)))


def brenk_alerts(mol: Mol) -> float:
    """Number of different alerts of Brenk's list on a sanitised molecule; 0 for none."""
    return float(len(alerts("brenk", mol)))
