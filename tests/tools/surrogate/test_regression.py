"""The surrogate as a regression: better than the mean, with an error that holds, and nothing from too little."""

from __future__ import annotations

import random

import numpy as np
import pytest
from rdkit import Chem
from rdkit.Chem import rdMolDescriptors

from tools.surrogate.regression import ENOUGH, Regression, can_learn
from tools.synthesis.blocks import building_blocks

SMILES = [Chem.MolToSmiles(b.mol) for b in building_blocks() if 8 <= b.mol.GetNumHeavyAtoms() <= 25]
random.Random(1).shuffle(SMILES)
#: Draws over which an interval has to hold: one of a hundred structures says too little.
DRAWS = 4


def polar(smiles: str) -> float:
    """Polar surface area, Å², as something to learn; shifted below 0, where no logarithm is."""
    return float(rdMolDescriptors.CalcTPSA(Chem.MolFromSmiles(smiles))) - 100.0


def _inside(smiles: list[str], count: int) -> float:
    """Share of the structures after the first ``count``, which it learns from, whose value lies in its 90 % interval."""
    learnt = Regression([(s, polar(s)) for s in smiles[:count]]).estimates(smiles[count:])
    return float(np.mean([abs(e.value - polar(s)) < 1.645 * e.sigma for e, s in zip(learnt, smiles[count:], strict=True)]))


@pytest.mark.parametrize(("count", "least"), [(15, 0.8), (45, 0.5)])
def test_it_learns_and_its_error_holds(count: int, least: float) -> None:
    asked = SMILES[60:160]
    learnt = Regression([(s, polar(s)) for s in SMILES[:count]])
    found, truth = learnt.estimates(asked), np.array([polar(s) for s in asked])
    errors = np.array([e.value for e in found]) - truth
    assert np.sqrt((errors**2).mean()) < least * truth.std()
    assert np.mean([_inside(random.Random(draw).sample(SMILES, count + 100), count) for draw in range(DRAWS)]) > 0.8
    assert 0.3 < learnt.error / np.sqrt((errors**2).mean()) < 3
    nearest = learnt.estimates([SMILES[7]])[0]
    assert (nearest.nearest, nearest.similarity) == (7, 1.0)
    assert [learnt.estimates([]), len(found)] == [[], len(asked)]


def test_the_same_data_give_the_same_numbers() -> None:
    known = [(s, polar(s)) for s in SMILES[:12]]
    assert Regression(known).estimates(SMILES[20:25]) == Regression(known).estimates(SMILES[20:25])


def test_what_it_cannot_learn_from() -> None:
    assert not can_learn([1.0] * 40)
    assert not can_learn([float(n) for n in range(ENOUGH - 1)])
    assert can_learn([float(n) for n in range(ENOUGH)])
