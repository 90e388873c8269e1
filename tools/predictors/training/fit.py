"""What the trainer needs to know of a predictor that ships: its data, its ensemble, its expected error, its files and card."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tools.predictors.errors import LEVELS, ErrorTable, stated_sigma
from tools.predictors.model import (
    ARRAYS_FILE,
    CALIBRATION_FILE,
    ERRORS_FILE,
    KERNEL_FILE,
    NEIGHBOURS_FILE,
    NETWORK_FILE,
    SCALE_FILE,
    SHIFT_FILE,
    Z90,
    scale_matrix,
)
from tools.predictors.outcome import Platt, fit_platt, outcome_figures, outcome_sigma
from tools.predictors.specs import PredictorSpec
from tools.predictors.training.calibration import Calibration, calibrate, crepes_quantile
from tools.predictors.training.card import (
    FAMILIES,
    RANDOM,
    SCAFFOLD,
    card_markdown,
    data_section,
    figures_section,
    method_section,
)
from tools.predictors.training.cross_validation import Evaluation, FloatArray, OutOfFold, Predict, Progress, Rows, Unseen
from tools.predictors.training.data import TrainingTable, describe, read_table
from tools.predictors.training.device import PROCESSOR, Device
from tools.predictors.training.evaluate import choose_domain
from tools.predictors.training.kernel_fit import coding_of
from tools.predictors.training.learners import Ensemble, Sample, train_ensemble, train_scale, used_columns
from tools.predictors.training.splits import each_fold, family_folds, group_folds, scaffold_folds
from tools.predictors.training.tails import Unstated, cross_fitted, fit_errors
from tools.predictors.training.trainer import Split, TrainedFiles, train
from tools.predictors.trees import trees_of_text
from tools.predictors.weights import digest, files_section, gzip_text, npz_bytes

if TYPE_CHECKING:
    from lightgbm import Booster


@dataclass
class Prepared:
    """Data described and ready for training, and the device to train on.

    Attributes:
        table: the rows.
        x: the features of every row, (n, p).
        bits: the fingerprint of every row, as positions of its bits.
        columns: those of ``x`` that the boosters see.
        device: where matrices are computed.
    """

    table: TrainingTable
    x: NDArray[np.float32]
    bits: list[NDArray[np.uint16]]
    columns: NDArray[np.int64]
    device: Device = PROCESSOR


def load(path: Path, spec: PredictorSpec, progress: Progress, device: Device = PROCESSOR, table: TrainingTable | None = None) -> Prepared:
    """Read ``path``, unless its ``table`` is at hand, and compute the features. Raises NotFoundError or UsageError as ``read_table`` does."""
    if table is None:
        progress(f"reading {path}")
        table = read_table(path, spec)
    progress(f"{table.rows_read} rows read, {len(table)} used, {len(table.bad)} left out; computing features")
    x, bits = describe(table, spec)
    return Prepared(table, x, bits, used_columns(x), device)


def sample_of(table: TrainingTable, rows: Rows) -> Sample:
    """Substances and sets of some rows of ``table``, in their order; empty for none."""
    return Sample([table.keys[i] for i in rows], [bool(table.origins[i]) for i in rows])


class PredictorTask:
    """The learning of a predictor that ships: boosters, with a Gaussian process and networks where its recipe has them."""

    def __init__(self, data: Prepared, spec: PredictorSpec, seed: int, *, data_hash: str = "", harder_splits: bool = True) -> None:
        """``data_hash``: SHA-256 of the data file, for the card; ``harder_splits`` False leaves out the scaffold and family splits."""
        self.data, self.spec, self.seed = data, spec, seed
        self.name, self.bits = spec.name, data.bits
        self._data_hash, self._harder_splits = data_hash, harder_splits

    def splits(self) -> list[Split]:
        """Random over substances; then by scaffold, and of polymers five whole clusters left out in turn."""
        found = [self.random_split()]
        if self._harder_splits:
            found.append(self.scaffold_split())
            if self.spec.kind == "polymer":
                found.append(self.family_split())
        return found

    def random_split(self) -> Split:
        """Five folds; rows of one substance share a fold."""
        return Split(RANDOM, "cross-validation, random over substances", lambda: group_folds(self.data.table.keys, self.seed))

    def scaffold_split(self) -> Split:
        """Five folds; rows of one scaffold share a fold."""
        table = self.data.table
        return Split(SCAFFOLD, "cross-validation by scaffold", lambda: scaffold_folds(table.mols, table.keys, self.seed))

    def family_split(self) -> Split:
        """Five clusters, each a fold."""
        return Split(FAMILIES, "cross-validation, families held out", lambda: family_folds_of(self.data, self.spec, self.seed))

    def fit(self, rows: Rows) -> Predict:
        """Train the ensemble on ``rows``; it answers value and standard deviation over the members, (2, m)."""
        data = self.data
        ensemble = train_ensemble(
            self.spec, data.x[rows], data.columns, data.table.y[rows], self.seed, data.device, sample_of(data.table, rows)
        )
        return lambda asked: np.stack(ensemble.values(data.x[asked]))

    def describe_fold(self, rows: Rows, answers: FloatArray) -> str:
        """Rows, RMSE and MAE of a fold, in the predictor's unit. NaN for an empty fold."""
        error = answers[0] - self.data.table.y[rows]
        return f"{len(rows)} rows, RMSE {np.sqrt((error**2).mean()):.3g}, MAE {np.abs(error).mean():.3g}"

    def calibrated(self, fold: Rows, unseen: Unseen) -> Evaluation:
        """Expected errors for every row from the errors of the other folds, and the conformal quantile of the normalised errors.

        ``half_width`` is honest: the scale model and the quantile used for a row have not seen its fold.
        """
        oof = _out_of_fold(unseen)
        inputs, error = self._scale_inputs(oof), np.abs(self.data.table.y - oof.value)

        def expected(train: Rows, test: Rows) -> FloatArray:
            booster = train_scale(self.spec.kind, inputs[train], error[train], self.seed)
            return np.asarray(np.exp(booster.predict(inputs[test], num_threads=1)))

        found = Evaluation(fold, oof, calibrate(error, fold, expected, crepes_quantile, floor=0.01))
        found.quantiles = cross_fitted(self._unstated(found))
        return found

    def held_out(self, fold: Rows, unseen: Unseen, calibrated: Evaluation) -> Evaluation:
        """Intervals calibrated on the random split, without the rows of the fold for which they are used."""
        oof, random = _out_of_fold(unseen), calibrated
        inputs, asked = self._scale_inputs(random.oof), self._scale_inputs(oof)
        error = np.abs(self.data.table.y - random.oof.value)
        scale, unstated = np.zeros(len(fold)), self._unstated(random)
        tables: list[tuple[Rows, ErrorTable]] = []
        for _, others, held in each_fold(fold):
            tables.append((held, fit_errors(unstated.part(others))))
            booster = train_scale(self.spec.kind, inputs[others], error[others], self.seed)
            scale[held] = np.exp(np.asarray(booster.predict(asked[held], num_threads=1)))
        smallest, q90 = random.calibration.smallest_scale, random.calibration.q90
        scale = np.maximum(scale, smallest)
        found = Evaluation(fold, oof, Calibration(scale, scale * q90, q90, smallest), quantiles=np.zeros((len(fold), len(LEVELS))))
        assert found.quantiles is not None
        for held, table in tables:
            found.quantiles[held] = table.values(oof.value[held], found.sigma[held], oof.near[held, 0])
        return found

    def finish(self, calibrated: Evaluation, evaluations: Mapping[str, Evaluation], progress: Progress) -> TrainedFiles:
        """The ensemble of all rows, the model of the expected error, the neighbour index, and the card."""
        data, spec = self.data, self.spec
        progress("training the final ensemble on all rows")
        everything = sample_of(data.table, np.arange(len(data.table)))
        ensemble = train_ensemble(spec, data.x, data.columns, data.table.y, self.seed, data.device, everything)
        solvents = sorted(set(data.table.solvents)) if spec.solvent else []
        neighbours, index = _neighbour_files(data, spec, solvents)
        files = {
            **_member_files(ensemble),
            **self._error_files(calibrated),
            NEIGHBOURS_FILE: neighbours,
            ARRAYS_FILE: npz_bytes({"columns": data.columns.astype(np.uint16), **index}, packed=False),
            CALIBRATION_FILE: calibration_bytes(data.table.y, calibrated.oof.value, calibrated.sigma, calibrated.oof.near[:, 0]),
        }
        card = {
            **data_section(data.table, spec, self._data_hash),
            **method_section(spec, self.seed, len(data.columns), data.device),
            **self._figures(evaluations),
            "solvents": solvents,
            **files_section(files),
        }
        return TrainedFiles(files, card, card_markdown(card))

    def _error_files(self, calibrated: Evaluation) -> dict[str, bytes]:
        """The model of the expected error and the table of its quantiles, from the errors of all rows."""
        y, oof = self.data.table.y, calibrated.oof
        scale = train_scale(self.spec.kind, self._scale_inputs(oof), np.abs(y - oof.value), self.seed)
        return {SCALE_FILE: tree_bytes(scale), ERRORS_FILE: errors_bytes(fit_errors(self._unstated(calibrated)))}

    def _unstated(self, found: Evaluation) -> Unstated:
        return Unstated(found.fold, found.oof.value, found.sigma, self.data.table.y, found.oof.near[:, 0])

    def _figures(self, evaluations: Mapping[str, Evaluation]) -> dict[str, Any]:
        return figures_section(self.data.table.y, evaluations)

    def _scale_inputs(self, oof: OutOfFold) -> FloatArray:
        return scale_matrix(self.spec.kind, oof.value, oof.spread, oof.near, self.data.x)


class OutcomeTask(PredictorTask):
    """The learning of the two outcomes of a test, 0 and 1: the same ensemble, whose values are then calibrated to probabilities."""

    _platt: Platt | None = None

    def describe_fold(self, rows: Rows, answers: FloatArray) -> str:
        """Rows and accuracy of a fold. NaN for an empty one."""
        return f"{len(rows)} rows, right {((answers[0] >= 0.5) == (self.data.table.y[rows] > 0.5)).mean():.1%}"

    def calibrated(self, fold: Rows, unseen: Unseen) -> Evaluation:
        """Probabilities of every row, never 0 or 1, calibrated on the rows of the other folds; what calibrates new structures is fitted on all."""
        raw, y = _out_of_fold(unseen), self.data.table.y
        value = np.zeros(len(y))
        for _, others, held in each_fold(fold):
            platt = fit_platt(raw.value[others], raw.near[others, 0], y[others])
            value[held] = platt.probability(raw.value[held], raw.near[held, 0])
        self._platt = fit_platt(raw.value, raw.near[:, 0], y)
        return self._evaluation(fold, raw, value)

    def held_out(self, fold: Rows, unseen: Unseen, calibrated: Evaluation) -> Evaluation:
        """Probabilities, never 0 or 1, calibrated on the random split."""
        assert self._platt is not None
        raw = _out_of_fold(unseen)
        return self._evaluation(fold, raw, self._platt.probability(raw.value, raw.near[:, 0]))

    def _evaluation(self, fold: Rows, raw: OutOfFold, value: FloatArray) -> Evaluation:
        sigma = outcome_sigma(value)
        return Evaluation(fold, OutOfFold(value, raw.spread, raw.near, raw.nearest), Calibration(sigma, sigma * Z90, Z90, 0.0))

    def _error_files(self, calibrated: Evaluation) -> dict[str, bytes]:
        """None: a probability says itself how uncertain it is."""
        return {}

    def _figures(self, evaluations: Mapping[str, Evaluation]) -> dict[str, Any]:
        assert self._platt is not None
        y, random = self.data.table.y, evaluations[RANDOM]
        return {
            "metrics": {split: outcome_figures(y, found.oof.value, found.oof.near[:, 0]) for split, found in evaluations.items()},
            "outcomes": list(self.spec.outcomes),
            "calibration": {"platt": self._platt.numbers()},
            "domain": choose_domain(y, random.oof, random.sigma),
        }


def _out_of_fold(unseen: Unseen) -> OutOfFold:
    value, spread = unseen.parts
    return OutOfFold(value, spread, unseen.near, unseen.nearest)


def family_folds_of(data: Prepared, spec: PredictorSpec, seed: int) -> Rows:
    """The cluster of every row, (n,), on all standardised descriptors. Never negative; a cluster may be empty."""
    return family_folds(coding_of(spec.kind, data.x).codes(data.x).astype(np.float32), seed)


def train_predictor(
    path: Path,
    spec: PredictorSpec,
    out: Path,
    seed: int,
    progress: Progress,
    out_of_fold: Path | None = None,
    *,
    harder_splits: bool = True,
    device: Device = PROCESSOR,
    table: TrainingTable | None = None,
) -> dict[str, Any]:
    """Train ``spec`` on ``path`` and write weights and card to ``out/<name>``; returns the card.

    ``out_of_fold`` names an npz file for the out-of-fold predictions with their structures (kept out of the weights, for ``precision`` and
    ``correlation``); ``harder_splits`` False leaves out the scaffold and family splits; ``table``: what ``read_table`` made of ``path``, where that is at hand. Equal data, seed, device and library versions give
    equal bytes. Raises NotFoundError or UsageError for a file that cannot be used.

    ``seed`` is any whole number; the errors in the card are in the unit of ``spec``.
    """
    data = load(path, spec, progress, device, table)
    progress(f"matrices on {device.name}, trees on the processor")
    kind = OutcomeTask if spec.outcomes else PredictorTask
    task = kind(data, spec, seed, data_hash=digest(path.read_bytes()), harder_splits=harder_splits)
    trained = train(task, out, progress)
    if out_of_fold is not None:
        write_out_of_fold(out_of_fold, spec, data, trained.evaluations[RANDOM])
    return trained.card


def tree_bytes(booster: Booster) -> bytes:
    """A booster as :class:`~tools.predictors.trees.Trees` reads it: no units, never empty. TreesError for one that is no sum of plain trees."""
    return npz_bytes(trees_of_text(booster.model_to_string()), packed=False)


def errors_bytes(table: ErrorTable) -> bytes:
    """A table of errors as a file; never empty, dimensionless but for the ranks, which are in the predictor's unit."""
    return npz_bytes(dict(table.arrays()), packed=False)


def _member_files(ensemble: Ensemble) -> dict[str, bytes]:
    """The members of an ensemble as files."""
    files = {f"value_{i}.npz": tree_bytes(b) for i, b in enumerate(ensemble.boosters)}
    if ensemble.kernel is not None:
        files[KERNEL_FILE] = npz_bytes(ensemble.kernel.arrays(), packed=False)
    if ensemble.shift is not None:
        files[SHIFT_FILE] = npz_bytes(ensemble.shift.arrays(), packed=False)
    if ensemble.network is not None:
        files[NETWORK_FILE] = npz_bytes(ensemble.network.arrays(), packed=False)
    return files


def _neighbour_files(data: Prepared, spec: PredictorSpec, solvents: list[str]) -> tuple[bytes, dict[str, NDArray[Any]]]:
    """(structures with what may be shown of their measured values, fingerprints): one entry a structure, sorted by SMILES."""
    table = data.table
    rows: dict[str, list[int]] = {}
    for i, smiles in enumerate(table.smiles):
        rows.setdefault(smiles, []).append(i)
    lines, bits = [], []
    for smiles in sorted(rows):
        members = rows[smiles]
        bits.append(data.bits[members[0]])
        if not spec.show_values or table.origins[members[0]]:
            lines.append(smiles)
        elif spec.solvent:
            by_solvent: dict[int, list[float]] = {}
            for i in members:
                by_solvent.setdefault(solvents.index(table.solvents[i]), []).append(float(table.y[i]))
            lines.append(smiles + "\t" + ",".join(f"{s}:{_number(float(np.median(v)), spec)}" for s, v in sorted(by_solvent.items())))
        else:
            lines.append(f"{smiles}\t{_number(float(np.median(table.y[members])), spec)}")
    index = {"bits": np.concatenate(bits), "sizes": np.array([len(b) for b in bits], dtype=np.uint16)}
    return gzip_text("\n".join(lines) + "\n"), index


def _number(value: float, spec: PredictorSpec) -> str:
    return f"{round(value, spec.decimals):g}"


def calibration_bytes(y: FloatArray, value: FloatArray, sigma: FloatArray, near: NDArray[np.float32]) -> bytes:
    """Out-of-fold arrays (n,) of the ensemble without structures, sorted by prediction so that their order says nothing about the structures.

    All in the predictor's unit but ``near``, the similarity to the nearest training structure. Never empty.
    """
    order = np.argsort(value, kind="stable")
    return npz_bytes(
        {
            "oof_pred": value[order].astype(np.float32),
            "oof_sigma": sigma[order].astype(np.float16),
            "oof_residual": (y - value)[order].astype(np.float16),
            "oof_similarity": near[order].astype(np.float16),
        }
    )


def write_out_of_fold(path: Path, spec: PredictorSpec, data: Prepared, random: Evaluation) -> None:
    """Out-of-fold predictions with structures, for ``precision`` and ``correlation``; not for shipping."""
    table = data.table
    path.write_bytes(
        npz_bytes(
            {
                "name": np.array(spec.name),
                "key": np.array(table.keys),
                "solvent": np.array(table.solvents),
                "fold": random.fold,
                "measured": table.y,
                "predicted": random.value,
                "sigma": random.sigma if random.quantiles is None else stated_sigma(random.quantiles),
                "ensemble_predicted": random.oof.value,
                "ensemble_sigma": random.sigma,
                "quantiles": np.zeros((0, len(LEVELS))) if random.quantiles is None else random.quantiles,
                "nearest_value": table.y[random.oof.nearest],
                "similarity": random.oof.near[:, 0],
            }
        )
    )
