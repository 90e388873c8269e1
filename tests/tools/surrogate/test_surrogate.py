"""Features give the similarities that RDKit gives; the surrogate learns a similarity to a structure it never saw."""

from __future__ import annotations

import numpy as np
import pytest
from rdkit import Chem, DataStructs
from rdkit.Chem import rdFingerprintGenerator

from tools.surrogate.features import FINGERPRINTS, block, descriptors, features, tanimoto
from tools.surrogate.process import Surrogate
from tools.surrogate.promise import can_learn, promise
from tools.synthesis.blocks import building_blocks

MOLS = [b.mol for b in building_blocks() if 8 <= b.mol.GetNumHeavyAtoms() <= 25][:160]


def _similarity(target: str) -> list[float]:
    make = rdFingerprintGenerator.GetMorganGenerator(radius=2).GetSparseCountFingerprint
    wanted = make(Chem.MolFromSmiles(target))
    return [DataStructs.TanimotoSimilarity(make(m), wanted) for m in MOLS]


def test_the_similarity_of_two_feature_sets_is_the_similarity_of_the_counts() -> None:
    found = block([features(m) for m in MOLS[:40]])
    make = rdFingerprintGenerator.GetMorganGenerator(radius=2).GetSparseCountFingerprint
    prints = [make(m) for m in MOLS[:40]]
    expected = np.array([DataStructs.BulkTanimotoSimilarity(p, prints) for p in prints])
    assert np.abs(tanimoto(found, found, 0) - expected).max() < 0.06  # folding only
    assert np.abs(tanimoto(found, found, 0) - expected).mean() < 0.01
    for kind in range(len(FINGERPRINTS)):
        assert np.diag(tanimoto(found, found, kind)) == pytest.approx(1.0)


def test_descriptors_of_a_known_molecule() -> None:
    names = ["C", "N", "O", "F", "P", "S", "Cl", "Br", "H", "rings", "aromatic", "donors", "logp", "tpsa"]
    values = dict(zip(names, descriptors(Chem.MolFromSmiles("OC(=O)c1ccccc1F")), strict=True))
    assert [values[k] for k in ("C", "O", "F", "H", "N", "rings", "aromatic", "donors")] == [7, 2, 1, 5, 0, 1, 1, 1]
    assert values["tpsa"] == pytest.approx(3.73, abs=0.01)


@pytest.mark.parametrize("power", [1, 20])
def test_the_surrogate_ranks_what_it_has_not_seen(power: int) -> None:
    scores = np.array(_similarity("CC(=O)Nc1ccc(O)cc1C(=O)O")) ** power
    every = block([features(m) for m in MOLS])
    train, rest = np.arange(0, 160, 2), np.arange(1, 160, 2)
    surrogate = Surrogate()
    surrogate.fit(every.take(train), scores[train])
    mean, deviation = surrogate.predict(every.take(rest))
    order = np.argsort(np.argsort(mean)), np.argsort(np.argsort(scores[rest]))
    assert np.corrcoef(*order)[0, 1] > 0.7
    assert (deviation > 0).all()
    known, small = surrogate.predict(every.take(train))
    assert np.corrcoef(np.argsort(np.argsort(known)), np.argsort(np.argsort(scores[train])))[0, 1] > 0.95
    assert small.mean() < deviation.mean()


def test_scores_that_are_all_the_same_are_no_fault() -> None:
    every = block([features(m) for m in MOLS[:20]])
    surrogate = Surrogate()
    surrogate.fit(every, np.zeros(20))
    mean, _ = surrogate.predict(every)
    assert np.isfinite(mean).all()


def test_the_design_loop_is_told_what_is_promising() -> None:
    scores = _similarity("CC(=O)Nc1ccc(O)cc1C(=O)O")
    smiles = [Chem.MolToSmiles(m) for m in MOLS]
    hopes = promise(list(zip(smiles[::2], scores[::2], strict=True)), [*smiles[1::2], "nonsense"])
    assert hopes[-1] == float("-inf")
    best = sorted(range(80), key=lambda i: -hopes[i])[:10]
    assert sum(scores[1::2][i] for i in best) / 10 > 1.5 * sum(scores[1::2]) / 80
    assert promise([("CCO", 1.0)], []) == []
    assert not can_learn([0.5] * 100)
    assert not can_learn([0.1, 0.2])
    assert can_learn(scores)
