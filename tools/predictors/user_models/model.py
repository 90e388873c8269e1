"""Predictions of an own model: value, 90 % interval, domain and nearest measured structure."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.candidate import Measurement, PropertyValue
from core.errors import PredictorError, StructureError
from core.spec import CandidateClass
from tools.predictors.features.assemble import Describer, feature_names
from tools.predictors.neighbours import NeighbourIndex
from tools.predictors.prepare import Prepared, prepare
from tools.predictors.specs import FeatureKind
from tools.predictors.user_models.learned import ARRAYS, CALIBRATION, NEIGHBOURS, Kernel, Learned, Scale, dense_bits
from tools.predictors.weights import WeightsFolder
from tools.structures.polymer_key import polymer_key

#: Half-width of a central 90 % interval of the normal distribution, in standard deviations.
_Z90 = 1.6448536269514722


class UserModel:
    """An own model in memory."""

    def __init__(self, name: str, folder: Path) -> None:
        """Read and verify ``folder/name``. Raises PredictorError where files are missing, damaged or made by another version."""
        import lightgbm

        files = WeightsFolder(name, folder)
        self.card: dict[str, Any] = files.card
        self.kind: FeatureKind = files.card["kind"]
        if files.card["features"] != len(feature_names(self.kind)):
            raise PredictorError(
                f"the own model {name} was trained with other features; train it again: {files.card['training']['command']}"
            )
        try:
            a = files.arrays(ARRAYS)
            boosters = [lightgbm.Booster(model_str=files.text(f)) for f in files.card["learners"]]
            rows = [line.split("\t") for line in files.text(NEIGHBOURS).splitlines()]
            mean, share, width, kernel_share = (float(v) for v in a["numbers"])
            bits = np.unpackbits(a["kernel_bits"], axis=1).astype(np.float32)
            kernel = Kernel(a["centre"], a["scale"], a["rows"], bits, a["weights"], mean, share, width)
            self.learned = Learned(kernel, boosters, a["columns"].astype(np.int64), a["descriptors"].astype(np.int64), kernel_share)
            self.index = NeighbourIndex(a["bits"], a["sizes"])
        except (lightgbm.basic.LightGBMError, KeyError, ValueError, OSError) as error:
            raise PredictorError(f"the own model {name} cannot be read: {error}") from None
        self.structures = [row[0] for row in rows]
        self.measured = [float(row[1]) for row in rows]
        self._position = {smiles: i for i, smiles in enumerate(self.structures)}
        c = files.card["calibration"]
        self.scale, self.q90 = Scale(c["constant"], c["spread"], c["distance"]), float(c["q90"])
        self.elements = frozenset(files.card["elements"])
        self.calibration = {k: v.astype(np.float32) for k, v in files.arrays(CALIBRATION).items()}
        self.method = f"own model {name} ({files.card['data']['substances']} substances)"

    def predict(self, structures: Sequence[str], candidate_class: CandidateClass) -> list[PropertyValue]:
        """One value a structure (SMILES); None with the reason for what the model does not cover. Never raises for a structure."""
        ready = [prepare(smiles, self.kind, candidate_class) for smiles in structures]
        reasons = [item if isinstance(item, str) else self._unseen(item) for item in ready]
        usable = [item for item, reason in zip(ready, reasons, strict=True) if isinstance(item, Prepared) and not reason]
        values = iter(self._values(usable))
        return [self._refused(reason) if reason else next(values) for reason in reasons]

    def _unseen(self, item: Prepared) -> str:
        strange = sorted(item.elements - self.elements)
        return f"the model was not trained on structures with {' and '.join(strange)}" if strange else ""

    def _refused(self, reason: str) -> PropertyValue:
        return PropertyValue(value=None, unit=self.card["unit"], method=self.method, method_version=self.card["version"], reason=reason)

    def forecast(self, x: NDArray[np.float32], on: list[NDArray[np.uint16]]) -> tuple[NDArray[np.float64], ...]:
        """(value, half-width of the 90 % interval, similarity and position of the nearest measured structure) of n structures.

        Values in the unit that was learnt, similarity 0 to 1; empty for no structures.
        """
        value, spread = self.learned.combine(self.learned.parts(x, dense_bits(on)))
        near = self.index.query(on)
        similarity = near.similarity[:, 0].astype(np.float64)
        return value, self.q90 * self.scale.of(spread, similarity), similarity, near.position[:, 0].astype(np.float64)

    def _values(self, usable: list[Prepared]) -> list[PropertyValue]:
        if not usable:
            return []
        describer = Describer()
        keys, mols = [item.smiles for item in usable], [item.mol for item in usable]
        on = describer.fingerprints(self.kind, keys, mols)
        value, half, similarity, position = self.forecast(describer.matrix(self.kind, keys, mols), on)
        digits = int(self.card["decimals"])
        result = []
        for i, item in enumerate(usable):
            own = self._own(item.smiles)
            nearest = int(position[i]) if own is None else own
            v, h = float(value[i]), float(half[i])
            told = None if own is None else self._told(own, h, digits)
            result.append(
                PropertyValue(
                    value=round(v, digits),
                    unit=self.card["unit"],
                    sigma=round(h / _Z90, digits + 1),
                    lower=round(v - h, digits),
                    upper=round(v + h, digits),
                    method=self.method,
                    method_version=self.card["version"],
                    in_domain=bool(similarity[i] >= self.card["domain"]["min_similarity"]),
                    nearest=self.structures[nearest],
                    nearest_value=round(self.measured[nearest], digits),
                    similarity=round(float(similarity[i]), 3),
                    reason=self._note(v, h),
                )
                if told is None
                else self._measured(told, v, h, item.smiles)
            )
        return result

    def _own(self, smiles: str) -> int | None:
        """Place of a structure among the measured ones; None if it is not one. A polymer may be written with another repeat unit there."""
        place = self._position.get(smiles)
        if place is not None or self.kind != "polymer":
            return place
        return self._polymers.get(_polymer_key(smiles))

    @cached_property
    def _polymers(self) -> dict[str, int]:
        return {_polymer_key(smiles): i for smiles, i in reversed(self._position.items())}

    def _told(self, place: int, half: float, digits: int) -> Measurement:
        """What was measured, with the model's own error: how far repeated measurements differ is not in the model's files."""
        return Measurement(
            value=round(self.measured[place], digits),
            unit=self.card["unit"],
            sigma=round(half / _Z90, digits + 1),
            source=f"own measurements, {self.card['data']['file']}",
            spread="not known; the error that the model states is taken",
        )

    def _measured(self, told: Measurement, fitted: float, half: float, smiles: str) -> PropertyValue:
        """The measurement in the place of a prediction."""
        assert told.value is not None
        digits = int(self.card["decimals"])
        return PropertyValue(
            value=told.value,
            unit=told.unit,
            sigma=told.sigma,
            lower=round(told.value - half, digits),
            upper=round(told.value + half, digits),
            method=f"measured: {told.source}",
            method_version=self.card["version"],
            in_domain=True,
            nearest=smiles,
            nearest_value=told.value,
            similarity=1.0,
            reason=self._note(told.value, half),
            basis="measured",
            measured=told,
            fitted=round(fitted, digits),
        )

    def _note(self, value: float, half: float) -> str | None:
        """The plain number behind a logarithm, and a warning where the data do not support a model."""
        notes = []
        if self.card["log"]:
            low, mid, high = (10.0 ** (value + d) for d in (-half, 0.0, half))
            notes.append(f"= {mid:.3g} {self.card['plain_unit']}".rstrip() + f", 90 % interval {low:.3g} to {high:.3g}")
        notes += [warning for warning in self.card["warnings"] if warning.startswith("the data do not support")]
        return "; ".join(notes) or None


def _polymer_key(smiles: str) -> str:
    """The frame-independent key; the SMILES itself where there is none."""
    try:
        return polymer_key(smiles)
    except StructureError:
        return smiles
