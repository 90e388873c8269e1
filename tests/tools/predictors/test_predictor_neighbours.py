"""The neighbour index against RDKit's own Tanimoto similarity."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from rdkit import Chem, DataStructs

from tools.predictors.features.molecule import bits_of, morgan_counts
from tools.predictors.neighbours import NeighbourIndex
from tools.structures.similarity import morgan_fingerprint

_INDEX = ["CCO", "CCCO", "c1ccccc1", "Cc1ccccc1", "CC(=O)O", "c1ccncc1", "CCN", "OCCO", "c1ccc2ccccc2c1", "CC(C)=O"]
_QUERIES = ["CCCCO", "Cc1ccncc1", "C", "CC(=O)OC", "c1ccccc1"]


def on_bits(mols: list[Chem.Mol]) -> list[NDArray[np.uint16]]:
    return [bits_of(morgan_counts(mol)) for mol in mols]


def test_agrees_with_rdkit() -> None:
    index_mols = [Chem.MolFromSmiles(s) for s in _INDEX]
    query_mols = [Chem.MolFromSmiles(s) for s in _QUERIES]
    found = NeighbourIndex.of(on_bits(index_mols)).query(on_bits(query_mols))
    fingerprints = [morgan_fingerprint(mol) for mol in index_mols]
    for row, mol in enumerate(query_mols):
        expected = np.array(DataStructs.BulkTanimotoSimilarity(morgan_fingerprint(mol), fingerprints))
        order = np.argsort(-expected, kind="stable")[:3]
        np.testing.assert_allclose(found.similarity[row], expected[order], atol=1e-6)
        assert found.position[row, 0] == order[0]


def test_many_queries_equal_one_by_one() -> None:
    index = NeighbourIndex.of(on_bits([Chem.MolFromSmiles(s) for s in _INDEX]))
    bits = on_bits([Chem.MolFromSmiles(s) for s in _QUERIES * 30])
    together = index.query(bits)
    for row in (0, 63, 64, 149):
        np.testing.assert_array_equal(index.query([bits[row]]).position[0], together.position[row])


def test_an_index_smaller_than_three() -> None:
    found = NeighbourIndex.of(on_bits([Chem.MolFromSmiles("CCO")])).query(on_bits([Chem.MolFromSmiles("CCO")]))
    assert found.similarity[0].tolist() == pytest.approx([1.0, 0.0, 0.0])
    assert found.position[0, 0] == 0
