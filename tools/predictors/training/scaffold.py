"""The split by scaffold for weights that were trained without it: what the recipe says of scaffolds that it has not seen, with the intervals that ship."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from core.errors import UsageError
from tools.predictors.errors import LOWER, UPPER
from tools.predictors.model import Z90, Model
from tools.predictors.neighbours import Neighbours
from tools.predictors.outcome import outcome_figures
from tools.predictors.specs import PredictorSpec
from tools.predictors.training.card import SCAFFOLD, card_markdown
from tools.predictors.training.cross_validation import Progress, cross_validated
from tools.predictors.training.evaluate import interval_metrics, metrics
from tools.predictors.training.fit import OutcomeTask, PredictorTask, load
from tools.predictors.weights import WeightsFolder, digest, write_folder


def measure_scaffold(path: Path, spec: PredictorSpec, weights: Path, seed: int, progress: Progress) -> dict[str, Any]:
    """Train ``spec`` on four of five folds of scaffolds at a time, put the figures of the fifth into its card in ``weights``, and return them.

    Weights and their version stay as they are; errors are in the predictor's unit, and ``seed`` is that of the training. Raises NotFoundError for a missing file
    and UsageError for one that the weights were not trained on.
    """
    card = json.loads(json.dumps(WeightsFolder(spec.name, weights).card))
    data = load(path, spec, progress)
    if card["data"]["sha256"] != digest(path.read_bytes()) or card["data"]["rows_used"] != len(data.table):
        raise UsageError(f"{path.name} is not what the weights of {spec.name} were trained on")
    task = (OutcomeTask if spec.outcomes else PredictorTask)(data, spec, seed)
    fold = task.scaffold_split().folds()
    unseen = cross_validated(
        fold, task.bits, task.fit, lambda k, rows, answers: progress(f"fold {k + 1}: {task.describe_fold(rows, answers)}")
    )
    value, spread = unseen.parts
    position = np.repeat(unseen.nearest[:, None], unseen.near.shape[1], axis=1)
    said = Model(spec, weights).stated(value, spread, Neighbours(position, unseen.near), data.x)
    y, near = data.table.y, unseen.near[:, 0]
    if spec.outcomes:
        found: dict[str, Any] = outcome_figures(y, said.value, near)
    else:
        half = Z90 * said.sigma
        ends = (said.value - half, said.value + half) if said.quantiles is None else (said.quantiles[:, LOWER], said.quantiles[:, UPPER])
        found = {**metrics(y, said.value), **interval_metrics(y, said.value, ends, near)}
    card["metrics"][SCAFFOLD] = found
    write_folder(weights / spec.name, {}, card, card_markdown(card))
    return found
