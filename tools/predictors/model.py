"""One trained predictor: an ensemble for the value, a booster for the error to expect, and its training structures."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from statistics import median
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from core.errors import PredictorError
from tools.predictors.errors import MIDDLE, ErrorTable, stated_sigma
from tools.predictors.features.assemble import feature_names, feature_widths
from tools.predictors.kernel import KernelModel
from tools.predictors.neighbours import NeighbourIndex, Neighbours
from tools.predictors.network import NetworkModel
from tools.predictors.outcome import Platt, outcome_sigma
from tools.predictors.shift import ShiftModel
from tools.predictors.specs import FeatureKind, PredictorSpec, predictor_spec
from tools.predictors.trees import Trees
from tools.predictors.weights import Lines, WeightsFolder

FloatArray = NDArray[np.float64]

#: Half-width of a central 90 % interval of the normal distribution, in standard deviations.
Z90 = 1.6448536269514722
KERNEL_FILE = "kernel.npz"
NETWORK_FILE = "network.npz"
SCALE_FILE = "scale.npz"
SHIFT_FILE = "shift.npz"
ARRAYS_FILE = "arrays.npz"
NEIGHBOURS_FILE = "neighbours.tsv.gz"
CALIBRATION_FILE = "calibration.npz"
ERRORS_FILE = "errors.npz"
#: Structures, at most, of a first question after which the weights are not kept: with what is made of them for it they take up to 9 MB a model.
_FEW = 32

#: Columns that the expected error may depend on, beside the ensemble's spread and the similarity to the training structures.
_SCALE_COLUMNS: dict[FeatureKind, tuple[str, ...]] = {
    "molecule": ("NumHeavyAtoms", "CrippenClogP", "tpsa", "NumRings", "NumRotatableBonds", "ring_atom_fraction", "hetero_fraction",
                 "halogen_fraction", "donor_density", "longest_chain", "symmetry_class_fraction"),
    "dye": ("NumHeavyAtoms", "formal_charge", "ring_atom_fraction", "pi_gap", "pi_system_atoms", "pi_charge_transfer", "pi_system_charge",
            "pi_system_rotors", "group_boron", "solvent_tpsa_per_atom", "solvent_is_film", "solvent_is_water",
            "solvation_zwitterion", "solvation_betaine", "solvation_lippert", "scale_acidity"),
    "polymer": ("rotatable_per_backbone", "ring_atom_share", "side_share", "unit_backbone_share", "donors_per_atom", "carbonyls_per_atom",
                "share_of_element_9", "share_of_element_14", "longest_side_chain", "mass_per_backbone"),
}  # fmt: skip


def scale_columns(kind: FeatureKind, width: int | None = None) -> list[int]:
    """Index of each column of the feature matrix that the expected error may depend on; ``width``: of weights that know the first columns only.

    Raises ValueError for one that the features lack.
    """
    names = feature_names(kind)
    return [i for i in (names.index(name) for name in _SCALE_COLUMNS[kind]) if width is None or i < width]


#: Monotone constraints of the scale model's inputs: the error grows with the spread, and falls with similarity.
def scale_constraints(kind: FeatureKind) -> list[int]:
    """-1, 0 or 1 for each column of :func:`scale_matrix`: spread up, similarities down, the rest free."""
    return [0, 1, -1, -1, *([0] * len(_SCALE_COLUMNS[kind]))]


def scale_matrix(kind: FeatureKind, value: FloatArray, spread: FloatArray, near: NDArray[np.float32], x: NDArray[np.float32]) -> FloatArray:
    """What the expected error is estimated from: prediction, spread, nearest and mean similarity, chosen features.

    Shape (n, 4 + chosen features); prediction and spread in the predictor's unit. NaN where an input is NaN.
    """
    return np.column_stack([value, spread, near[:, 0], near.mean(axis=1), x[:, scale_columns(kind, x.shape[1])]]).astype(np.float64)


class _Predicts(Protocol):
    """LightGBM's Booster or :class:`Trees`."""

    def predict(self, data: Any, /, *, num_threads: int) -> Any: ...


@dataclass(frozen=True)
class Part:
    """A member beside the boosters that sees the whole feature matrix, with its share of the value."""

    share: float
    model: KernelModel | NetworkModel


def combine(
    boosters: Sequence[_Predicts],
    columns: NDArray[np.int64],
    parts: Sequence[Part],
    x: NDArray[np.float32],
    learnt_as: str = "",
    shift: ShiftModel | None = None,
) -> tuple[FloatArray, FloatArray]:
    """(value, standard deviation over the members) of each row of ``x``: boosters and ``parts`` together.

    The boosters' mean on ``columns`` of ``x`` is mixed with the ``parts`` by their shares. ``x`` has the shape (n, all features); both
    answers have the shape (n,) and the predictor's unit; empty for no rows. ``learnt_as`` "logarithm": the members give the decadic
    logarithm of the value. ``shift``: what the solvent makes of it.
    """
    used = np.ascontiguousarray(x[:, columns])
    each = [np.asarray(b.predict(used, num_threads=1)) for b in boosters]
    value = np.mean(each, axis=0) * (1.0 - sum(part.share for part in parts))
    for part in parts:
        each.append(part.model.predict(x))
        value = value + part.share * each[-1]
    spread: FloatArray = np.std(each, axis=0)
    if learnt_as == "logarithm":
        value = 10.0**value
        spread = spread * value * np.log(10.0)
    return value if shift is None else shift.here(value, x), spread


@dataclass(frozen=True)
class Forecast:
    """Predictions for n structures: ``value``, ``sigma`` (both in the predictor's unit), ``in_domain`` and the nearest structures.

    ``quantiles``: of the true values, (n, 5) in that unit, whose middle is the value; None: the errors are taken as symmetric.
    """

    value: FloatArray
    sigma: FloatArray
    in_domain: NDArray[np.bool_]
    neighbours: Neighbours
    quantiles: FloatArray | None = None


@dataclass(frozen=True)
class _Weights:
    """What is read from a predictor's files; ``rows``: the training structures, after a tab with their values where these may be shown."""

    learners: list[Trees]
    scale: Trees | None
    errors: ErrorTable | None
    parts: tuple[Part, ...]
    shift: ShiftModel | None
    columns: NDArray[np.int64]
    index: NeighbourIndex
    rows: Sequence[str]

    def position(self, smiles: str) -> int | None:
        """Place of the training structure ``smiles``; None if it is none. The rows are in the order of their SMILES."""
        if isinstance(self.rows, Lines):
            return self.rows.sorted_place(smiles)
        place = bisect_left(self.rows, smiles, key=_structure)
        return place if place < len(self.rows) and _structure(self.rows[place]) == smiles else None


def _structure(row: str) -> str:
    """The SMILES of a row of the training structures."""
    return row.partition("\t")[0]


class Model:
    """A predictor with its weights in memory."""

    def __init__(self, spec: PredictorSpec, folder: Path | None = None) -> None:
        """Read the card of ``spec``. Raises PredictorError where weights are missing, of another size than it says, or of another version.

        They are read into memory, and each file is held against its hash, when they are first needed, since many a structure is refused without.
        """
        files = WeightsFolder(spec.name, folder)
        self.spec = spec
        self.card: dict[str, Any] = files.card
        if files.card["features"] not in feature_widths(spec.kind):
            raise PredictorError(f"the weights of {spec.name} were trained with other features; train them again")
        if SCALE_FILE not in files.card["files"] and not spec.outcomes:
            raise PredictorError(f"the weights of {spec.name} are of an older form, without {SCALE_FILE}; train them again")
        files.whole()
        self._files = files
        self._in_use = False
        self.version: str = files.card["version"]
        self.elements = frozenset(files.card["elements"])
        members = {
            "LightGBM ensemble": True,
            "Gaussian process": KERNEL_FILE in files.card["files"],
            "neural networks": NETWORK_FILE in files.card["files"],
        }
        *first, last = (name for name, used in members.items() if used)
        self.method = f"{', '.join(first)}{' and ' if first else ''}{last}, molwright {spec.short} {files.card['release']}"

    @cached_property
    def _weights(self) -> _Weights:
        """Raises PredictorError where a file cannot be read."""
        files = self._files
        try:
            learners = [Trees(files.arrays(f)) for f in files.card["learners"]]
            scale = Trees(files.arrays(SCALE_FILE)) if SCALE_FILE in files.card["files"] else None
            errors = ErrorTable.from_arrays(files.arrays(ERRORS_FILE)) if ERRORS_FILE in files.card["files"] else None
            shift = ShiftModel.from_arrays(files.arrays(SHIFT_FILE)) if SHIFT_FILE in files.card["files"] else None
            arrays = files.arrays(ARRAYS_FILE)
            columns, index = arrays["columns"].astype(np.int64), NeighbourIndex(arrays["bits"], arrays["sizes"])
            found = _Weights(learners, scale, errors, _parts(files), shift, columns, index, files.lines(NEIGHBOURS_FILE))
            files.remember()
            return found
        except (KeyError, ValueError, OSError) as error:
            raise PredictorError(f"the weights of {self.spec.name} cannot be read: {error}") from None

    @property
    def structures(self) -> list[str]:
        """Canonical SMILES of the training structures, shape (structures,); [] for none."""
        return [_structure(row) for row in self._weights.rows]

    def structure(self, position: int) -> str:
        """Canonical SMILES of the training structure at ``position``, the index of its row from 0. IndexError where there is none."""
        return _structure(self._weights.rows[position])

    def values(self, x: NDArray[np.float32]) -> tuple[FloatArray, FloatArray]:
        """(value, standard deviation over the members) for the feature matrix ``x``, shape (n,) each, in the predictor's unit.

        What the ensemble says, before the quantiles of its errors. Empty for no rows.
        """
        held = self._weights
        return combine(held.learners, held.columns, held.parts, x, self.spec.learnt_as, held.shift)

    def forecast(self, x: NDArray[np.float32], fingerprints: list[NDArray[np.uint16]]) -> Forecast:
        """Predictions for the feature matrix ``x``, shape (n, features), with the structures' ``fingerprints``, in the predictor's unit.

        Never NaN for finite features.
        """
        value, spread = self.values(x)
        return self.stated(value, spread, self._weights.index.query(fingerprints), x)

    def stated(self, value: FloatArray, spread: FloatArray, neighbours: Neighbours, x: NDArray[np.float32]) -> Forecast:
        """What is said of structures for which an ensemble gives ``value`` with the ``spread`` of its members, (n,) each, in the predictor's unit.

        ``x``: their features; ``neighbours``: the nearest structures that it was trained on. Never NaN for finite features.
        """
        if self.spec.outcomes:
            probability = Platt(*self.card["calibration"]["platt"]).probability(value, neighbours.similarity[:, 0])
            near = neighbours.similarity[:, 0] >= self.card["domain"]["min_similarity"]
            return Forecast(probability, outcome_sigma(probability), near, neighbours)
        assert self._weights.scale is not None
        known = x[:, : self.card["features"]]
        inputs = scale_matrix(self.spec.kind, value, spread, neighbours.similarity, known)
        expected = np.exp(np.asarray(self._weights.scale.predict(inputs, num_threads=1)))
        calibration = self.card["calibration"]
        half_width = np.maximum(expected, calibration["smallest_scale"]) * calibration["q90"]
        domain = self.card["domain"]
        inside = (neighbours.similarity[:, 0] >= domain["min_similarity"]) & (half_width / Z90 <= domain["max_sigma"])
        sigma = half_width / Z90
        if self._weights.errors is None:
            return Forecast(value, sigma, inside, neighbours)
        quantiles = self._weights.errors.values(value, sigma, neighbours.similarity[:, 0])
        return Forecast(quantiles[:, MIDDLE], stated_sigma(quantiles), inside, neighbours, quantiles)

    def asked(self, structures: int) -> None:
        """Called when what was asked of so many ``structures`` is answered: weights that a process needs once, for the few that it lists, are let go."""
        if structures and not self._in_use:
            self._in_use = True
            if structures <= _FEW:
                self.__dict__.pop("_weights", None)

    def nearest(self, forecast: Forecast, row: int, smiles: str) -> int:
        """Index of the nearest training structure of ``row``: ``smiles`` itself where it is one, else the most similar; never none."""
        own = self._weights.position(smiles)
        return int(forecast.neighbours.position[row, 0]) if own is None else own

    def nearby(self, fingerprint: NDArray[np.uint16]) -> list[tuple[int, float]]:
        """(index, Tanimoto similarity) of the three training structures that are most similar to these bits; fewer where there are fewer."""
        found = self._weights.index.query([fingerprint])
        pairs = zip(found.position[0].tolist(), found.similarity[0].tolist(), strict=True)
        return [(position, similarity) for position, similarity in pairs if similarity > 0]

    def measured(self, position: int, solvent: str = "") -> float | None:
        """Measured value of a training structure, in the predictor's unit; None where the licence does not let it be shown.

        ``position`` is the index of the structure. Of dyes the value in ``solvent`` if it was measured there, else the median.
        """
        text = self._weights.rows[position].partition("\t")[2]
        if not text:
            return None
        if ":" not in text:
            return float(text)
        by_solvent = {int(k): float(v) for k, v in (pair.split(":") for pair in text.split(","))}
        names = self.card["solvents"]
        number = names.index(solvent) if solvent in names else -1
        return by_solvent[number] if number in by_solvent else float(median(by_solvent.values()))


def _parts(files: WeightsFolder) -> tuple[Part, ...]:
    """The members beside the boosters, with the shares that the card gives. Raises what reading them raises."""
    found: list[Part] = []
    if kernel_share := float(files.card.get("kernel_share", 0.0)):
        found.append(Part(kernel_share, KernelModel.from_arrays(files.arrays(KERNEL_FILE))))
    if network_share := float(files.card.get("network_share", 0.0)):
        found.append(Part(network_share, NetworkModel.from_arrays(files.arrays(NETWORK_FILE))))
    return tuple(found)


def load_model(name: str, folder: Path | None = None) -> Model:
    """The predictor ``name`` with its shipped weights (or those in ``folder``), read once. Raises SpecError or PredictorError."""
    return _loaded(name, folder)  # one place for however it is called: a cache tells load_model(a) from load_model(a, None)


@lru_cache(maxsize=64)
def _loaded(name: str, folder: Path | None) -> Model:
    return Model(predictor_spec(name), folder)
