"""No cliff of nonsense: a search that maximises a prediction meets growing uncertainty and falling probability, not absurd certainty."""

from __future__ import annotations

import random
from statistics import NormalDist, mean

import numpy as np
import pytest

from core.candidate import PropertyValue
from core.spec import EstimationConditions
from tools.evaluation.selection import corrected, strength_of, training_priors
from tools.predictors.predict import calibration, predict
from tools.proposers.evolution.engine import Engine
from tools.structures.parse import parse_smiles
from tools.structures.plausibility import first_violation
from tools.synthesis.blocks import building_blocks
from tools.workspace import builtin

_START = [b.smiles for b in building_blocks() if 6 <= b.mol.GetNumHeavyAtoms() <= 20][::4]
_ROUNDS, _SIZE, _TOP = 10, 40, 20


def _search(name: str) -> tuple[dict[str, PropertyValue], list[str], list[str]]:
    """(all predictions, best structures of the start, best after the search) when the prediction of ``name`` is maximised."""
    engine = Engine(random.Random(0), start=_START)
    seen: dict[str, PropertyValue] = {}
    first: list[str] = []
    for step in range(_ROUNDS + 1):
        asked = engine.ask(len(_START) if step == 0 else _SIZE)
        values = predict([name], asked, "molecule", EstimationConditions())[name]
        seen.update(zip(asked, values, strict=True))
        engine.tell(asked, [v.number for v in values])
        if step == 0:
            first = [smiles for smiles, _ in engine.population[:_TOP]]
    return seen, first, [smiles for smiles, _ in engine.population[:_TOP]]


def _chance_of_its_word(name: str, values: list[PropertyValue]) -> float:
    """Mean probability, as the ranking computes it, that a structure is at least as good as predicted."""
    number, sigma, similarity = (np.array([getattr(v, key) for v in values], dtype=float) for key in ("number", "sigma", "similarity"))
    centre, spread = corrected(number, sigma, training_priors([name], calculators=builtin().calculators)[name], strength_of(similarity))
    return mean(1 - NormalDist(m, s).cdf(n) for m, s, n in zip(centre, spread, number, strict=True))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["flash_point", "melting_point"])
def test_maximising_a_prediction_raises_its_uncertainty_and_lowers_its_probability(name: str) -> None:
    seen, first, last = _search(name)
    start, end = ([seen[s] for s in group] for group in (first, last))
    assert mean(v.number or 0.0 for v in end) > mean(v.number or 0.0 for v in start) + 20
    assert mean(v.sigma or 0.0 for v in end) > 1.05 * mean(v.sigma or 0.0 for v in start)
    assert mean(v.similarity or 0.0 for v in end) < mean(v.similarity or 0.0 for v in start) - 0.2
    assert mean(bool(v.in_domain) for v in end) < mean(bool(v.in_domain) for v in start)
    assert _chance_of_its_word(name, end) < _chance_of_its_word(name, start) - 0.05
    arrays = calibration(name)
    highest_measured = float((arrays["oof_pred"] + arrays["oof_residual"]).max())
    for smiles in last:
        assert first_violation(parse_smiles(smiles)) == ""
        assert (seen[smiles].number or 0.0) < highest_measured
