"""What the best structures of a run are worth to a chemist: synthetic accessibility, diversity, alerts."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from rdkit import Chem, DataStructs
from rdkit.Chem import rdFingerprintGenerator

from tools.calculators.drug_likeness import sa_score
from tools.optimise.archive import makeable


@lru_cache(maxsize=1)
def _alerts() -> Any:
    from rdkit.Chem import FilterCatalog

    parameters = FilterCatalog.FilterCatalogParams()
    for name in ("PAINS_A", "PAINS_B", "PAINS_C", "BRENK"):
        parameters.AddCatalog(getattr(FilterCatalog.FilterCatalogParams.FilterCatalogs, name))
    return FilterCatalog.FilterCatalog(parameters)


def is_makeable(smiles: str) -> bool:
    """Plausible (``tools/structures/plausibility.py``) and of a synthetic accessibility score of at most 4."""
    mol = Chem.MolFromSmiles(smiles)
    return mol is not None and makeable(mol)


def quality(smiles: Sequence[str]) -> dict[str, float]:
    """Mean SA score, diversity (1 - mean pairwise Tanimoto, Morgan radius 2, 2,048 bits), share makeable, share with a PAINS or BRENK alert.

    All 0 for an empty list.
    """
    mols = [m for m in (Chem.MolFromSmiles(s) for s in smiles) if m is not None]
    if not mols:
        return {"sa": 0.0, "diversity": 0.0, "makeable": 0.0, "alerts": 0.0}
    prints = [rdFingerprintGenerator.GetMorganGenerator(radius=2, fpSize=2048).GetFingerprint(m) for m in mols]
    similar = [s for i, p in enumerate(prints[1:], 1) for s in DataStructs.BulkTanimotoSimilarity(p, prints[:i])]
    return {
        "sa": sum(sa_score(m) for m in mols) / len(mols),
        "diversity": 1 - sum(similar) / len(similar) if similar else 0.0,
        "makeable": sum(makeable(m) for m in mols) / len(mols),
        "alerts": sum(bool(_alerts().HasMatch(m)) for m in mols) / len(mols),
    }
