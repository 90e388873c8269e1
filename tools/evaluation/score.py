"""The score of checked candidates: the probability that all requirements hold together, times the desirability of the values."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.candidate import Candidate
from core.spec import DesignSpec
from tools.calculators.collection import Calculators
from tools.evaluation.fitness import checked
from tools.evaluation.selection import ErrorModel, error_model
from tools.evaluation.table import ScoringTable, build_table, predicted_names

#: Decimals to which scores are rounded before ties go to the key.
DECIMALS = 9


def score_candidates(
    candidates: Sequence[Candidate], spec: DesignSpec, *, errors: ErrorModel | None = None, calculators: Calculators
) -> list[Candidate]:
    """The candidates, in the order given, with requirements checked and p_meets, desirability and score set.

    ``errors``: the error model; that of the shipped predictors if None. Raises PredictorError where that is missing, SpecError for a
    spec that names what does not exist.
    """
    return scored_with_table(
        [checked(c, spec, calculators=calculators) for c in candidates],
        spec,
        errors or error_model(predicted_names(spec, catalogue=calculators.catalogue), calculators=calculators),
        calculators=calculators,
    )[0]


def scored_with_table(
    candidates: list[Candidate], spec: DesignSpec, errors: ErrorModel, *, calculators: Calculators
) -> tuple[list[Candidate], ScoringTable]:
    """Checked candidates with p_meets, desirability and score, and the table of numbers that these were computed from."""
    table = build_table(candidates, spec, errors, calculators=calculators)
    chance = np.round(table.p_meets(), DECIMALS)
    desire = np.round(table.desirability(), DECIMALS)
    score = np.round(chance * desire, DECIMALS)
    scored = [
        candidate.model_copy(update={"p_meets": float(p), "desirability": float(d), "score": float(s)})
        for candidate, p, d, s in zip(candidates, chance, desire, score, strict=True)
    ]
    return scored, table
