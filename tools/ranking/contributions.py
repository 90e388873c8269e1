"""What makes the score of a candidate: the factors whose product it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from core.candidate import Candidate
from core.spec import DesignSpec
from tools.calculators.collection import Calculators
from tools.evaluation.fitness import checked
from tools.evaluation.score import DECIMALS
from tools.evaluation.table import build_table


@dataclass(frozen=True)
class Factor:
    """One factor of a score.

    Attributes:
        id: of the objective; empty for the requirements together.
        kind: what it stands for.
        value: the probability that all requirements hold together, or the desirability of the value, 0 to 1.
        share: the objective's part of the sum of the weights; 1 for the requirements.
        factor: ``value`` to the power of ``share``, 0 to 1: what the score is multiplied by.
    """

    id: str
    kind: Literal["requirements", "objective"]
    value: float
    share: float
    factor: float


def contributions(candidates: Sequence[Candidate], spec: DesignSpec, *, calculators: Calculators) -> list[list[Factor]]:
    """The factors of each candidate's score, requirements first, then the objectives in the order of the spec.

    The product of a candidate's factors is its score: a weighted geometric mean of desirabilities, times the probability. Predictions are
    corrected for selection as in the ranking. Raises PredictorError where the error model is missing.
    """
    if not candidates:
        return []
    table = build_table([checked(c, spec, calculators=calculators) for c in candidates], spec, calculators=calculators)
    chance, parts = table.p_meets().round(DECIMALS), table.parts()
    total = sum(o.weight for o in spec.objectives)
    found = []
    for row in range(len(candidates)):
        factors = [Factor("", "requirements", float(chance[row]), 1.0, float(chance[row]))]
        for objective, part in zip(spec.objectives, parts[row], strict=True):
            share = objective.weight / total
            factors.append(Factor(objective.id, "objective", float(part), share, float(part) ** share))
        found.append(factors)
    return found
