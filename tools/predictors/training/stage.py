"""The table of errors of weights that were trained already: made from their out-of-fold predictions, without training anything again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import NotFoundError, UsageError
from tools.predictors.errors import LOWER, MIDDLE, UPPER, stated_sigma
from tools.predictors.model import CALIBRATION_FILE, ERRORS_FILE
from tools.predictors.specs import PredictorSpec
from tools.predictors.training.card import RANDOM, card_markdown
from tools.predictors.training.chance import off_by_chance
from tools.predictors.training.evaluate import interval_metrics, metrics
from tools.predictors.training.fit import calibration_bytes, errors_bytes
from tools.predictors.training.tails import RELIABILITY_FILE, Stated, Unstated, cross_fitted, fit_errors, least_similar, reliability_of
from tools.predictors.weights import WeightsFolder, digest, keep_entry, npz_bytes, weights_version, write_folder

#: What a card says of a split whose figures are those of the ensemble alone, because its out-of-fold predictions were not kept.
BEFORE = "before the table of errors"
#: Largest mean difference of the sorted predictions, as a share of their standard deviation, of two trainings of the same on two machines.
_SAME = 0.02
#: Predictions were once kept with two decimals.
_ROUNDED = 0.005


def make_stage(spec: PredictorSpec, out_of_fold: Path, weights: Path) -> dict[str, Any]:
    """Write the table of errors of ``spec`` beside its weights, with the figures of the random split in the card; returns its reliability.

    ``out_of_fold``: what training stored with ``--out-of-fold``; the values as they are now stated are added to it. Splits whose out-of-fold predictions
    were not kept are marked in the card. Raises NotFoundError without the file and UsageError where it is of other weights, or of the outcomes of a test.
    """
    if spec.outcomes:
        raise UsageError(f"{spec.name} gives the probability of an outcome, which has no table of errors")
    if not out_of_fold.is_file():
        raise NotFoundError(f"no such file: {out_of_fold}")
    with np.load(out_of_fold, allow_pickle=False) as archive:
        kept = {key: archive[key] for key in archive.files}
    prediction, sigma = kept.get("ensemble_predicted", kept["predicted"]), kept.get("ensemble_sigma", kept["sigma"])
    y, near = kept["measured"], kept["similarity"]
    files = WeightsFolder(spec.name, weights)
    _belongs(files, spec, prediction, out_of_fold)
    rows = Unstated(kept["fold"], prediction, sigma, y, near)
    quantiles = cross_fitted(rows)
    new = {
        ERRORS_FILE: errors_bytes(fit_errors(rows)),
        CALIBRATION_FILE: calibration_bytes(y, prediction, sigma, near),
    }
    _write(spec, files, new, y, quantiles, near)
    kept |= {"ensemble_predicted": prediction, "ensemble_sigma": sigma, "predicted": quantiles[:, MIDDLE], "sigma": stated_sigma(quantiles)}
    out_of_fold.write_bytes(npz_bytes({**kept, "quantiles": quantiles}))
    domain = files.card["domain"]
    outside = (near < domain["min_similarity"]) | (sigma > domain["max_sigma"])
    found = reliability_of(spec.name, y, Stated(prediction, sigma), after := Stated.of(quantiles), near, outside)
    for which, chance in off_by_chance(y, after, kept["key"], {"all": np.ones(len(y), dtype=bool), "far": least_similar(near)}).items():
        found[which]["chance"] = chance
    keep_entry(weights / RELIABILITY_FILE, spec.name, found)
    return found


def _belongs(files: WeightsFolder, spec: PredictorSpec, prediction: NDArray[np.float64], out_of_fold: Path) -> None:
    """Raises UsageError unless the predictions are those by which these weights were calibrated, or as near as another machine's rounding leaves them."""
    shipped = np.sort(files.arrays(CALIBRATION_FILE)["oof_pred"].astype(np.float64))
    if len(shipped) != len(prediction) or np.abs(shipped - np.sort(prediction)).mean() > _SAME * shipped.std() + _ROUNDED:
        raise UsageError(f"{out_of_fold} does not belong to the weights of {spec.name}")


def _write(
    spec: PredictorSpec,
    files: WeightsFolder,
    new: dict[str, bytes],
    y: NDArray[np.float64],
    quantiles: NDArray[np.float64],
    near: NDArray[np.float32],
) -> None:
    """Write the new files, and the card with their hashes and with the figures of the random split."""
    card = json.loads(json.dumps(files.card))
    hashes = {**card["files"], **{name: digest(content) for name, content in new.items()}}
    card |= {"files": hashes, "version": weights_version(hashes), "limits": list(spec.limits)}
    value = quantiles[:, MIDDLE]
    for split, figures in card["metrics"].items():
        if split == RANDOM:
            card["metrics"][split] = {**metrics(y, value), **interval_metrics(y, value, (quantiles[:, LOWER], quantiles[:, UPPER]), near)}
        elif ERRORS_FILE not in files.card["files"]:
            figures["stage"] = BEFORE
    card["bytes"] += sum(len(content) for content in new.values())
    card["bytes"] -= sum((files.path / name).stat().st_size for name in new if name in files.card["files"])
    write_folder(files.path, new, card, card_markdown(card))
