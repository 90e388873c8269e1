"""Training one predictor from a file of measurements: cross-validation, calibration, final weights, card."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tools.predictors.features.assemble import feature_names
from tools.predictors.model import ARRAYS_FILE, CALIBRATION_FILE, NEIGHBOURS_FILE, SCALE_FILE, Z90, scale_columns, scale_matrix
from tools.predictors.specs import PredictorSpec
from tools.predictors.training.card import card_markdown
from tools.predictors.training.data import Table, describe, element_support, read_table
from tools.predictors.training.evaluate import (
    Calibration,
    OutOfFold,
    Progress,
    calibrate,
    choose_domain,
    cross_validate,
    interval_metrics,
    metrics,
)
from tools.predictors.training.learners import LEARNERS, train_ensemble, train_scale, used_columns
from tools.predictors.training.splits import group_folds, scaffold_folds
from tools.predictors.weights import FORMAT, digest, gzip_text, npz_bytes, weights_version, write_folder

#: Raised by hand when features, learners or data of the shipped weights change.
RELEASE = "1"


@dataclass
class Evaluation:
    """One split, evaluated: folds, out-of-fold predictions, calibration."""

    fold: NDArray[np.int64]
    oof: OutOfFold
    calibration: Calibration

    @property
    def sigma(self) -> NDArray[np.float64]:
        """One standard deviation of every row: half of the 90 % interval over 1.645."""
        return self.calibration.half_width / Z90


@dataclass
class Prepared:
    """Data described and ready for training."""

    table: Table
    x: NDArray[np.float32]
    bits: list[NDArray[np.uint16]]
    columns: NDArray[np.int64]


def load(path: Path, spec: PredictorSpec, progress: Progress) -> Prepared:
    """Read ``path`` and compute the features. Raises NotFoundError or UsageError as ``read_table`` does."""
    progress(f"reading {path}")
    table = read_table(path, spec)
    progress(f"{table.rows_read} rows read, {len(table)} used, {len(table.bad)} left out; computing features")
    x, bits = describe(table, spec)
    return Prepared(table, x, bits, used_columns(x))


def evaluate(data: Prepared, spec: PredictorSpec, fold: NDArray[np.int64], seed: int, progress: Progress) -> Evaluation:
    """Cross-validate on ``fold`` and calibrate."""
    oof = cross_validate(np.ascontiguousarray(data.x[:, data.columns]), data.table.y, fold, data.bits, seed, progress)
    return Evaluation(fold, oof, calibrate(spec.kind, data.x, data.table.y, oof, fold, seed))


def random_evaluation(data: Prepared, spec: PredictorSpec, seed: int, progress: Progress) -> Evaluation:
    """Five folds; rows of one substance share a fold."""
    progress("cross-validation, random over substances")
    return evaluate(data, spec, group_folds(data.table.keys, seed), seed, progress)


def scaffold_evaluation(data: Prepared, spec: PredictorSpec, random: Evaluation, seed: int, progress: Progress) -> Evaluation:
    """Five folds by scaffold. The intervals are those that would have shipped: calibrated on the random split, without the fold's rows."""
    progress("cross-validation by scaffold")
    table = data.table
    fold = scaffold_folds(table.mols, table.keys, seed)
    oof = cross_validate(np.ascontiguousarray(data.x[:, data.columns]), table.y, fold, data.bits, seed, progress)
    scale = np.zeros(len(table))
    inputs = scale_matrix(spec.kind, random.oof.value, random.oof.spread, random.oof.near, data.x)
    asked = scale_matrix(spec.kind, oof.value, oof.spread, oof.near, data.x)
    error = np.abs(table.y - random.oof.value)
    for k in sorted(set(fold.tolist())):
        booster = train_scale(spec.kind, inputs[fold != k], error[fold != k], seed)
        scale[fold == k] = np.exp(np.asarray(booster.predict(asked[fold == k], num_threads=1)))
    scale = np.maximum(scale, random.calibration.smallest_scale)
    half_width = scale * random.calibration.q90
    return Evaluation(fold, oof, Calibration(scale, half_width, random.calibration.q90, random.calibration.smallest_scale))


def train(path: Path, spec: PredictorSpec, out: Path, seed: int, progress: Progress, out_of_fold: Path | None = None) -> dict[str, Any]:
    """Train ``spec`` on ``path`` and write weights and card to ``out/<name>``; returns the card.

    ``out_of_fold`` names an npz file for the out-of-fold predictions with their structures (kept out of the weights, for
    ``precision`` and ``correlation``). Equal data, seed and library versions give equal bytes.
    """
    data = load(path, spec, progress)
    table = data.table
    random = random_evaluation(data, spec, seed, progress)
    scaffold = scaffold_evaluation(data, spec, random, seed, progress)
    progress("training the final ensemble on all rows")
    boosters = train_ensemble(np.ascontiguousarray(data.x[:, data.columns]), table.y, seed)
    inputs = scale_matrix(spec.kind, random.oof.value, random.oof.spread, random.oof.near, data.x)
    scale = train_scale(spec.kind, inputs, np.abs(table.y - random.oof.value), seed)
    files = {f"value_{i}.txt.gz": gzip_text(b.model_to_string()) for i, b in enumerate(boosters)}
    files[SCALE_FILE] = gzip_text(scale.model_to_string())
    solvents = sorted(set(table.solvents)) if spec.solvent else []
    neighbours, index = _neighbour_files(data, spec, solvents)
    files[NEIGHBOURS_FILE] = neighbours
    files[ARRAYS_FILE] = npz_bytes({"columns": data.columns.astype(np.uint16), **index})
    files[CALIBRATION_FILE] = _calibration_file(table, random)
    card = _card(data, spec, seed, random, scaffold, solvents, files, digest(path.read_bytes()))
    write_folder(out / spec.name, files, card, card_markdown(card))
    if out_of_fold is not None:
        write_out_of_fold(out_of_fold, spec, data, random)
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


def _calibration_file(table: Table, random: Evaluation) -> bytes:
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


def _card(
    data: Prepared,
    spec: PredictorSpec,
    seed: int,
    random: Evaluation,
    scaffold: Evaluation,
    solvents: list[str],
    files: dict[str, bytes],
    data_hash: str,
) -> dict[str, Any]:
    table = data.table
    reasons: dict[str, int] = {}
    for row in table.bad:
        reasons[row.kind] = reasons.get(row.kind, 0) + 1
    hashes = {name: digest(content) for name, content in files.items()}
    names = feature_names(spec.kind)
    return {
        "format": FORMAT,
        "name": spec.name,
        "short": spec.short,
        "release": RELEASE,
        "version": weights_version(hashes),
        "unit": spec.unit,
        "data": {
            "name": spec.data,
            "source": spec.source,
            "licence": spec.licence,
            "sha256": data_hash,
            "rows_read": table.rows_read,
            "rows_used": len(table),
            "substances": len(set(table.keys)),
            "left_out": reasons,
        },
        "training": {
            "command": f"python -m tools.predictors.training {spec.name} --data {spec.data}.csv --seed {seed}",
            "seed": seed,
            "learners": [{"name": m.name, "trees": m.trees, **m.parameters} for m in LEARNERS],
            "features": f"{len(names)} computed, {len(data.columns)} used",
            "scale_inputs": [
                "prediction",
                "ensemble spread",
                "similarity",
                "mean similarity",
                *(names[i] for i in scale_columns(spec.kind)),
            ],
            "versions": {package: version(package) for package in ("lightgbm", "numpy", "rdkit")},
        },
        "metrics": {
            "random over substances, 5 folds": {
                **metrics(table.y, random.oof.value),
                **interval_metrics(table.y, random.oof, random.calibration.half_width),
            },
            "scaffold, 5 folds": {
                **metrics(table.y, scaffold.oof.value),
                **interval_metrics(table.y, scaffold.oof, scaffold.calibration.half_width),
            },
        },
        "calibration": {"q90": random.calibration.q90, "smallest_scale": random.calibration.smallest_scale},
        "domain": choose_domain(table.y, random.oof, random.sigma),
        "elements": sorted(element_support(table)),
        "solvents": solvents,
        "features": len(names),
        "learners": [name for name in files if name.startswith("value_")],
        "limits": list(spec.limits),
        "files": hashes,
        "bytes": sum(len(content) for content in files.values()),
    }
