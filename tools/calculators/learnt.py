"""The calculator of the learnt models that ship."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.candidate import PropertyValue
from tools.calculators.protocol import Batch, Cost, PlainCalculator
from tools.catalogue.property import Property


@dataclass(frozen=True, eq=False)
class LearntModels(PlainCalculator):
    """The shipped predictors: values with intervals, domain and nearest training structure."""

    properties: tuple[Property, ...]
    name: str = "learnt models"
    cost: Cost = Cost.LEARNT

    def batch(self, names: Sequence[str], batch: Batch) -> dict[str, list[PropertyValue]]:
        """Predictions; None with the reason for what a model does not cover. PredictorError where weights are missing or damaged."""
        from tools.predictors.predict import predict

        return predict(names, list(batch.structures), batch.candidate_class, batch.conditions, read=batch.mols)

    def calibration(self, name: str) -> dict[str, NDArray[np.float32]] | None:
        """Predictions and residuals of its training structures by models that had not seen them, in the unit of the property.

        Raises PredictorError where they are missing.
        """
        from tools.predictors.predict import calibration

        return calibration(name)
