"""The calculator of a user's own models, those of one folder."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.candidate import PropertyValue
from tools.calculators.protocol import Batch, Cost, PlainCalculator
from tools.catalogue.property import Property
from tools.predictors.user_models.folder import load_user_model


@dataclass(frozen=True, eq=False)
class UserModels(PlainCalculator):
    """Models that a user has trained, as their cards said when the folder was read.

    Attributes:
        folder: where they lie.
        properties: what they predict.
        card_texts: the model cards as JSON, in the order of ``properties``.
    """

    folder: Path
    properties: tuple[Property, ...]
    card_texts: tuple[str, ...]
    name: str = "user models"
    cost: Cost = Cost.LEARNT

    @property
    def cards(self) -> dict[str, dict[str, Any]]:
        """The model cards, by name."""
        return {p.name: json.loads(text) for p, text in zip(self.properties, self.card_texts, strict=True)}

    def versions(self, names: Collection[str] | None = None) -> dict[str, str]:
        """Version of each model, or of those among ``names``."""
        return {name: str(card["version"]) for name, card in self.cards.items() if names is None or name in names}

    def model(self, name: str) -> Any:
        """The model of the property ``name``, read once. NotFoundError if there is none, PredictorError if it cannot be read."""
        return load_user_model(name, self.folder, self.versions())

    def batch(self, names: Sequence[str], batch: Batch) -> dict[str, list[PropertyValue]]:
        """Predictions; None with the reason for what a model does not cover. PredictorError where a model cannot be read."""
        return {name: self.model(name).predict(batch.structures, batch.candidate_class) for name in names}

    def calibration(self, name: str) -> dict[str, NDArray[np.float32]] | None:
        """Predictions and residuals of its measurements by models that had not seen them, in the unit of the property.

        Raises PredictorError where the model cannot be read.
        """
        return dict(self.model(name).calibration)
