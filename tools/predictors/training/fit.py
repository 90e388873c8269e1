"""Training one predictor from a file of measurements: cross-validation, calibration, final weights, card."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tools.predictors.model import (
    ARRAYS_FILE,
    CALIBRATION_FILE,
    KERNEL_FILE,
    NEIGHBOURS_FILE,
    NETWORK_FILE,
    SCALE_FILE,
    scale_matrix,
)
from tools.predictors.specs import PredictorSpec
from tools.predictors.training.calibration import Calibration
from tools.predictors.training.card import (
    FAMILIES,
    RANDOM,
    SCAFFOLD,
    card_markdown,
    data_section,
    figures_section,
    method_section,
)
from tools.predictors.training.data import TrainingTable, describe, read_table
from tools.predictors.training.device import PROCESSOR, Device
from tools.predictors.training.evaluate import Evaluation, Progress, calibrate, cross_validate
from tools.predictors.training.kernel_fit import coding_of
from tools.predictors.training.learners import train_ensemble, train_scale, used_columns
from tools.predictors.training.splits import each_fold, family_folds, group_folds, scaffold_folds
from tools.predictors.weights import digest, files_section, gzip_text, npz_bytes, write_folder


@dataclass
class Prepared:
    """Data described and ready for training, and the device to train on."""

    table: TrainingTable
    x: NDArray[np.float32]
    bits: list[NDArray[np.uint16]]
    columns: NDArray[np.int64]
    device: Device = PROCESSOR


def load(path: Path, spec: PredictorSpec, progress: Progress, device: Device = PROCESSOR) -> Prepared:
    """Read ``path`` and compute the features. Raises NotFoundError or UsageError as ``read_table`` does."""
    progress(f"reading {path}")
    table = read_table(path, spec)
    progress(f"{table.rows_read} rows read, {len(table)} used, {len(table.bad)} left out; computing features")
    x, bits = describe(table, spec)
    return Prepared(table, x, bits, used_columns(x), device)


def evaluate(data: Prepared, spec: PredictorSpec, fold: NDArray[np.int64], seed: int, progress: Progress) -> Evaluation:
    """Cross-validate on ``fold`` and calibrate."""
    oof = cross_validate(spec, data.x, data.columns, data.table.y, fold, data.bits, seed, progress, data.device)
    return Evaluation(fold, oof, calibrate(spec.kind, data.x, data.table.y, oof, fold, seed))


def random_evaluation(data: Prepared, spec: PredictorSpec, seed: int, progress: Progress) -> Evaluation:
    """Five folds; rows of one substance share a fold."""
    progress("cross-validation, random over substances")
    return evaluate(data, spec, group_folds(data.table.keys, seed), seed, progress)


def scaffold_evaluation(data: Prepared, spec: PredictorSpec, random: Evaluation, seed: int, progress: Progress) -> Evaluation:
    """Five folds by scaffold, with the intervals that would have shipped."""
    progress("cross-validation by scaffold")
    return harder_evaluation(data, spec, scaffold_folds(data.table.mols, data.table.keys, seed), random, seed, progress)


def family_evaluation(data: Prepared, spec: PredictorSpec, random: Evaluation, seed: int, progress: Progress) -> Evaluation:
    """Five whole clusters left out in turn, with the intervals that would have shipped."""
    progress("cross-validation, families held out")
    return harder_evaluation(data, spec, family_folds_of(data, spec, seed), random, seed, progress)


def family_folds_of(data: Prepared, spec: PredictorSpec, seed: int) -> NDArray[np.int64]:
    """The cluster of every row, on all standardised descriptors."""
    return family_folds(coding_of(spec.kind, data.x).codes(data.x).astype(np.float32), seed)


def harder_evaluation(
    data: Prepared, spec: PredictorSpec, fold: NDArray[np.int64], random: Evaluation, seed: int, progress: Progress
) -> Evaluation:
    """Cross-validate on ``fold``. The intervals are calibrated on the random split without the rows of the fold they are used for."""
    table = data.table
    oof = cross_validate(spec, data.x, data.columns, table.y, fold, data.bits, seed, progress, data.device)
    scale = np.zeros(len(table))
    inputs = scale_matrix(spec.kind, random.oof.value, random.oof.spread, random.oof.near, data.x)
    asked = scale_matrix(spec.kind, oof.value, oof.spread, oof.near, data.x)
    error = np.abs(table.y - random.oof.value)
    for _, train, test in each_fold(fold):
        booster = train_scale(spec.kind, inputs[train], error[train], seed)
        scale[test] = np.exp(np.asarray(booster.predict(asked[test], num_threads=1)))
    scale = np.maximum(scale, random.calibration.smallest_scale)
    half_width = scale * random.calibration.q90
    return Evaluation(fold, oof, Calibration(scale, half_width, random.calibration.q90, random.calibration.smallest_scale))


def train(
    path: Path,
    spec: PredictorSpec,
    out: Path,
    seed: int,
    progress: Progress,
    out_of_fold: Path | None = None,
    *,
    harder_splits: bool = True,
    device: Device = PROCESSOR,
) -> dict[str, Any]:
    """Train ``spec`` on ``path`` and write weights and card to ``out/<name>``; returns the card.

    ``out_of_fold`` names an npz file for the out-of-fold predictions with their structures (kept out of the weights, for
    ``precision`` and ``correlation``); ``harder_splits`` False leaves out the scaffold and family splits. Equal data, seed, device and library versions give equal bytes.
    """
    data = load(path, spec, progress, device)
    progress(f"matrices on {device.name}, trees on the processor")
    random = random_evaluation(data, spec, seed, progress)
    evaluations = {RANDOM: random}
    if harder_splits:
        evaluations[SCAFFOLD] = scaffold_evaluation(data, spec, random, seed, progress)
    if harder_splits and spec.kind == "polymer":
        evaluations[FAMILIES] = family_evaluation(data, spec, random, seed, progress)
    if out_of_fold is not None:
        write_out_of_fold(out_of_fold, spec, data, random)
    progress("training the final ensemble on all rows")
    ensemble = train_ensemble(spec, data.x, data.columns, data.table.y, seed, device)
    inputs = scale_matrix(spec.kind, random.oof.value, random.oof.spread, random.oof.near, data.x)
    scale = train_scale(spec.kind, inputs, np.abs(data.table.y - random.oof.value), seed)
    files = {f"value_{i}.txt.gz": gzip_text(b.model_to_string()) for i, b in enumerate(ensemble.boosters)}
    if ensemble.kernel is not None:
        files[KERNEL_FILE] = npz_bytes(ensemble.kernel.arrays())
    if ensemble.network is not None:
        files[NETWORK_FILE] = npz_bytes(ensemble.network.arrays())
    files[SCALE_FILE] = gzip_text(scale.model_to_string())
    solvents = sorted(set(data.table.solvents)) if spec.solvent else []
    neighbours, index = _neighbour_files(data, spec, solvents)
    files[NEIGHBOURS_FILE] = neighbours
    files[ARRAYS_FILE] = npz_bytes({"columns": data.columns.astype(np.uint16), **index})
    files[CALIBRATION_FILE] = _calibration_file(data.table, random)
    card = {
        **data_section(data.table, spec, digest(path.read_bytes())),
        **method_section(spec, seed, len(data.columns), device),
        **figures_section(data.table.y, evaluations),
        "solvents": solvents,
        **files_section(files),
    }
    write_folder(out / spec.name, files, card, card_markdown(card))
    progress(f"wrote {out / spec.name} ({sum(map(len, files.values())) / 1e6:.2f} MB)")
    return card


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
        if not spec.show_values:
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


def _calibration_file(table: TrainingTable, random: Evaluation) -> bytes:
    """Out-of-fold arrays without structures, sorted by prediction so that their order says nothing about the structures."""
    order = np.argsort(random.oof.value, kind="stable")
    return npz_bytes(
        {
            "oof_pred": random.oof.value[order].astype(np.float16 if np.abs(random.oof.value).max() < 60 else np.float32).round(2),
            "oof_sigma": random.sigma[order].astype(np.float16),
            "oof_residual": (table.y - random.oof.value)[order].astype(np.float16),
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
                "predicted": random.oof.value,
                "sigma": random.sigma,
                "nearest_value": table.y[random.oof.nearest],
                "similarity": random.oof.near[:, 0],
            }
        )
    )
