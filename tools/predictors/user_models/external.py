"""Measuring a model on a table that the caller brings: the stored model on structures new to it, or its recipe by cross-validation."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.candidate import PropertyValue
from core.errors import UsageError
from core.spec import CandidateClass, EstimationConditions
from tools.predictors.specs import predictor_spec
from tools.predictors.training.cross_validation import Progress
from tools.predictors.training.trainer import evaluate, evaluate_held_out
from tools.predictors.user_models.evaluate import SplitName, describe, figures
from tools.predictors.user_models.model import UserModel
from tools.predictors.user_models.table import read_measurements
from tools.predictors.user_models.train import MadeBy, UserModelTask, UserProperty


def evaluate_user_model(
    model: UserModel,
    path: Path,
    split: SplitName | None,
    *,
    seed: int = 0,
    smiles: str = "",
    target: str = "",
    progress: Progress = lambda text: None,
) -> dict[str, Any]:
    """Figures of an own model on ``path``: of the stored model on new structures, or cross-validated with ``split``.

    Raises NotFoundError for an unknown file and UsageError for an unusable table or where no structure is new.

    Errors are in the unit that the model predicts.
    """
    card = model.card
    name = card["name"]
    table = read_measurements(
        path, smiles=smiles, target=target, unit=card["plain_unit"], log=card["log"], kind=card["kind"], to_train=split is not None
    )
    base = {"name": name, "unit": card["unit"], "version": card["version"], "bad_rows": [[b.line, b.reason] for b in table.bad]}
    if split is not None:
        task = UserModelTask(UserProperty(name=name), describe(table), seed, MadeBy(path))
        measured = evaluate(task, task.split(split), progress)
        found = figures(table.y, measured.value, measured.interval)
        return {**base, "what": f"recipe, cross-validated by {split}, 5 folds", "figures": {split: found}}
    values = model.predict(table.smiles, "polymer" if card["kind"] == "polymer" else "molecule")
    known = frozenset(model.structures)
    return {**base, "what": "stored model", "figures": _by_novelty(values, table.y, np.array([s in known for s in table.smiles]))}


def evaluate_shipped(
    name: str,
    path: Path,
    split: SplitName | None,
    *,
    seed: int = 0,
    smiles: str = "",
    target: str = "",
    progress: Progress = lambda text: None,
    device: str = "auto",
) -> dict[str, Any]:
    """The same for a shipped predictor.

    ``device``: where its recipe is trained, as :func:`tools.predictors.training.device.choose` has it.

    Without ``target`` the table has the columns of the predictor's own data. With it, that column holds values in the predictor's unit and
    ``smiles`` (found by itself where only one can be meant) the structures; such a table is for the stored model only.

    Raises SpecError for an unknown predictor, NotFoundError for an unknown file, UsageError for a table that cannot be used.
    """
    from tools.predictors.training.data import read_table
    from tools.predictors.training.device import choose
    from tools.predictors.training.fit import PredictorTask, load

    spec = predictor_spec(name)
    base = {"name": name, "unit": spec.unit}
    kind: CandidateClass = "polymer" if spec.kind == "polymer" else "molecule"
    if target:
        if split is not None:
            raise UsageError(f"the recipe of {name} is cross-validated on a table with the columns of its own data; leave --target out")
        own = read_measurements(path, smiles=smiles, target=target, unit=spec.unit, kind=kind, to_train=False)
        found = _stored(name, own.smiles, [""] * len(own), own.y, kind, progress)
        return {**base, "bad_rows": [[b.line, b.reason] for b in own.bad], "what": f"stored model, values in {spec.unit}", "figures": found}
    if split is None:
        table = read_table(path, spec)
        found = _stored(name, table.smiles, table.solvents, table.y, kind, progress)
        return {**base, "bad_rows": [[b.line, b.reason] for b in table.bad], "what": "stored model", "figures": found}
    data = load(path, spec, progress, choose(device, progress))
    bad = [[b.line, b.reason] for b in data.table.bad]
    task = PredictorTask(data, spec, seed)
    measured = evaluate(task, task.random_split(), progress)
    if split != "random":
        harder = task.scaffold_split() if split == "scaffold" else task.family_split()
        measured = evaluate_held_out(task, harder, measured, progress)
    found = {split: figures(data.table.y, measured.value, measured.interval)}
    return {**base, "bad_rows": bad, "what": f"recipe, cross-validated by {split}, 5 folds", "figures": found}


def _stored(
    name: str, structures: Sequence[str], solvents: Sequence[str], y: NDArray[np.float64], kind: CandidateClass, progress: Progress
) -> dict[str, dict[str, Any]]:
    """Figures of the stored predictor ``name`` on structures with their solvents ("" for none) and values."""
    from tools.predictors.model import load_model
    from tools.predictors.predict import predict

    progress(f"{len(structures)} usable rows; predicting")
    values: list[PropertyValue] = [PropertyValue(value=None, method="", method_version="")] * len(structures)
    for solvent in sorted(set(solvents)):
        rows = [i for i, s in enumerate(solvents) if s == solvent]
        conditions = EstimationConditions(solvent=solvent, solvent_smiles=solvent) if solvent else EstimationConditions()
        for i, value in zip(rows, predict([name], [structures[i] for i in rows], kind, conditions)[name], strict=True):
            values[i] = value
    known = frozenset(load_model(name).structures)
    return _by_novelty(values, y, np.array([s in known for s in structures]))


def _by_novelty(values: list[PropertyValue], y: NDArray[np.float64], known: NDArray[np.bool_]) -> dict[str, dict[str, Any]]:
    """Figures of the structures that were not in the training data, and apart from them of those that were (no test of anything)."""
    numbers = np.array([np.nan if v.number is None else v.number for v in values])
    low, high = (
        np.array([np.nan if end is None else end for end in ends]) for ends in zip(*((v.lower, v.upper) for v in values), strict=True)
    )
    found = {}
    for label, rows in (("new to the model", ~known), ("training structures (no test)", known)):
        use = rows & np.isfinite(numbers)
        if use.sum() >= 3:
            found[label] = figures(y[use], numbers[use], (low[use], high[use]))
    if not found:
        raise UsageError("fewer than three structures of the table can be predicted")
    return found
