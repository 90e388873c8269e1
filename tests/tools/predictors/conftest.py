"""What several of the predictors' tests learn from."""

from __future__ import annotations

import numpy as np
import pytest
from rdkit import Chem
from rdkit.Chem import Crippen

from tools.predictors.features.assemble import Describer

_SMILES = [
    f"{head}{'C' * n}{tail}"
    for head in ("", "O", "N", "c1ccccc1", "Clc1ccccc1")
    for n in range(1, 9)
    for tail in ("O", "N", "C#N", "F", "")
]


@pytest.fixture(scope="package")
def measured() -> tuple[np.ndarray, np.ndarray]:
    """Feature matrix and made-up values (logP) of 200 small molecules."""
    mols = [Chem.MolFromSmiles(s) for s in _SMILES]
    return Describer().matrix("molecule", _SMILES, mols), np.array([Crippen.MolLogP(m) for m in mols])
