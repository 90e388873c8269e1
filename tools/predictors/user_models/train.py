"""Training a model of a user's own measurements: what the trainer needs to know of it, and the model card."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from core.errors import UsageError
from tools.catalogue.catalogue import Catalogue
from tools.catalogue.shipped import shipped
from tools.files.units import standard
from tools.predictors.features.assemble import feature_names
from tools.predictors.specs import PREDICTORS, FeatureKind
from tools.predictors.training.calibration import Calibration
from tools.predictors.training.card import RANDOM
from tools.predictors.training.cross_validation import Evaluation, FloatArray, Predict, Progress, Rows, Unseen
from tools.predictors.training.trainer import Split, TrainedFiles, train
from tools.predictors.user_models.card import card_markdown
from tools.predictors.user_models.evaluate import (
    Described,
    SplitName,
    UserEvaluation,
    describe,
    evaluated,
    figures,
    folds_of,
    out_of_fold,
    similarity,
)
from tools.predictors.user_models.learn import learn
from tools.predictors.user_models.learned import ARRAYS, CALIBRATION, NEIGHBOURS, Learned, combined
from tools.predictors.user_models.table import Measurements, read_measurements
from tools.predictors.weights import digest, files_section, gzip_text, npz_bytes

#: Below this R² out of fold a model is no better than the mean.
USELESS_R2 = 0.1
_NAME = re.compile(r"[a-z][a-z0-9_]{1,39}")


@dataclass(frozen=True, kw_only=True)
class UserProperty:
    """What a chemist says about an own property.

    Attributes:
        name: snake_case, not a name or synonym of a shipped property.
        unit: unit of the measured numbers; empty for none.
        log: whether the decimal logarithm is learnt and predicted.
        label: name in reports; empty: made from ``name``.
        synonyms: further words for goals.
        description: one sentence.
    """

    name: str
    unit: str = ""
    log: bool = False
    label: str = ""
    synonyms: tuple[str, ...] = ()
    description: str = ""

    @property
    def plain_unit(self) -> str:
        """The unit as molwright spells it ('°C' for 'degC'), else as written."""
        return standard(self.unit)

    @property
    def model_unit(self) -> str:
        """The unit of the predicted value: 'cP', or 'log cP'."""
        return f"log {self.plain_unit}".strip() if self.log else self.plain_unit

    @property
    def shown_label(self) -> str:
        """The name in reports."""
        return self.label or self.name.replace("_", " ").capitalize()


@dataclass(frozen=True)
class MadeBy:
    """The file of measurements, and the columns of structures and values where they were named."""

    path: Path
    smiles: str = ""
    target: str = ""


def check_name(name: str, catalogue: Catalogue | None = None) -> None:
    """Raises UsageError for a name that cannot be a property's, or that a property of ``catalogue`` (the shipped one if None) has.

    An own property may be trained again under its name.
    """
    catalogue = catalogue or shipped()
    if not _NAME.fullmatch(name):
        raise UsageError(f"{name!r} cannot name a property: 2 to 40 lower-case letters, digits and '_', a letter first")
    taken = catalogue.resolve(name) or catalogue.resolve(name.replace("_", " "))
    if name in PREDICTORS or (taken is not None and not taken.user_defined):
        what = f"{taken.name} ({taken.label})" if taken else name
        raise UsageError(f"{name!r} is taken by the built-in property {what}; choose another name, such as my_{name}")


class UserModelTask:
    """The learning of a user's own property: kernel regression and two boosters on a small table."""

    def __init__(self, wanted: UserProperty, data: Described, seed: int, made_by: MadeBy) -> None:
        """``made_by``: the file and its columns, for the card."""
        self.wanted, self.data, self.seed = wanted, data, seed
        self.name, self.bits = wanted.name, data.on
        self._made_by = made_by

    def splits(self) -> list[Split]:
        """Random over substances; then by scaffold (molecules) and by cluster."""
        harder: tuple[SplitName, ...] = ("cluster",) if self.data.table.kind == "polymer" else ("scaffold", "cluster")
        return [self.split("random"), *map(self.split, harder)]

    def split(self, name: SplitName) -> Split:
        """Five folds of substances."""
        card, said = (RANDOM, ", random over substances") if name == "random" else (f"{name}, 5 folds", f" by {name}")
        return Split(card, f"cross-validation{said}", partial(folds_of, self.data, name, self.seed))

    def fit(self, rows: Rows) -> Predict:
        """Train the members on ``rows``; they answer (3, m), the kernel first."""
        data = self.data
        model = learn(data.table.kind, data.x[rows], data.bits[rows], data.table.y[rows], self.seed)
        return lambda asked: model.parts(data.x[asked], data.bits[asked])

    def describe_fold(self, rows: Rows, answers: FloatArray) -> str:
        """Substances and RMSE of a fold, for the even mean of kernel and boosters, in the unit that is learnt. NaN for an empty fold."""
        error = combined(answers, 0.5) - self.data.table.y[rows]
        return f"{len(rows)} substances, RMSE {np.sqrt((error**2).mean()):.3g}"

    def calibrated(self, fold: Rows, unseen: Unseen) -> UserEvaluation:
        """With the kernel's share and the expected error that ship."""
        return evaluated(fold, unseen, self.data.table.y)

    def held_out(self, fold: Rows, unseen: Unseen, calibrated: UserEvaluation) -> Evaluation:
        """With the intervals that ship."""
        oof = out_of_fold(unseen, calibrated.share)
        scale, q90 = calibrated.scale.of(oof.spread, similarity(oof)), calibrated.calibration.q90
        return Evaluation(fold, oof, Calibration(scale, q90 * scale, q90, calibrated.calibration.smallest_scale))

    def finish(self, calibrated: UserEvaluation, evaluations: Mapping[str, Evaluation], progress: Progress) -> TrainedFiles:
        """The model of all substances; the card with a verdict on the data among its warnings."""
        data, table = self.data, self.data.table
        measured = {name: figures(table.y, e.value, e.interval) for name, e in evaluations.items()}
        table.warnings += _verdict(measured, calibrated, table)
        progress("training on all substances")
        model = learn(table.kind, data.x, data.bits, table.y, self.seed, calibrated.share)
        files = _files(data, model, calibrated)
        card = _card(self.wanted, data, model, calibrated, measured, files, self.seed, self._made_by)
        return TrainedFiles(files, card, card_markdown(card))


def train_user_model(
    path: Path, wanted: UserProperty, out: Path, *, smiles: str = "", target: str = "", kind: FeatureKind | None = None, seed: int = 0,
    progress: Progress = lambda text: None,
) -> tuple[dict[str, Any], Measurements]:  # fmt: skip
    """Train ``wanted`` on the table ``path`` and write ``out/<name>/``; returns the model card and what was read.

    Equal data, seed and library versions give equal files. Raises UsageError for a taken name, NotFoundError or UsageError for a table that
    cannot be used (see ``read_measurements``). Nothing is written unless everything worked.

    ``seed`` is any whole number; the errors in the card are in the unit that is learnt.
    """
    check_name(wanted.name)
    progress(f"reading {path}")
    table = read_measurements(path, smiles=smiles, target=target, unit=wanted.plain_unit, log=wanted.log, kind=kind)
    progress(
        f"{table.rows_read} rows read, {table.rows_used} used ({len(table)} substances), {len(table.bad)} left out; computing features"
    )
    task = UserModelTask(wanted, describe(table), seed, MadeBy(path, smiles, target))
    return train(task, out, progress).card, table


def _verdict(evaluations: dict[str, dict[str, Any]], calibrated: UserEvaluation, table: Measurements) -> list[str]:
    """Whether the data support a model, and which measurements fit it worst."""
    found = []
    random = evaluations[RANDOM]
    if random["r2"] < USELESS_R2:
        found.append(
            f"the data do not support a model: out of fold its RMSE is {random['rmse']} against {random['rmse_of_the_mean']} for always "
            "saying the mean"
        )
    for name, m in evaluations.items():
        if name != RANDOM and m["r2"] < 0 <= random["r2"]:
            found.append(
                f"on structures unlike the measured ones ({name}) it is worse than always saying the mean: trust it near the data only"
            )
    z = np.abs(calibrated.oof.value - table.y) / calibrated.calibration.half_width
    worst = [int(i) for i in np.argsort(-z)[:5] if z[i] > 2.5]
    if worst:
        found.append("measured values that fit the others worst, please check: " + ", ".join(f"line {table.lines[i]}" for i in worst))
    return found


def _files(data: Described, model: Learned, calibrated: UserEvaluation) -> dict[str, bytes]:
    table = data.table
    kernel = model.kernel
    files = {f"value_{i}.txt.gz": gzip_text(b.model_to_string()) for i, b in enumerate(model.boosters)}
    files[ARRAYS] = npz_bytes(
        {
            "columns": model.columns.astype(np.int32),
            "descriptors": model.descriptors.astype(np.int32),
            "centre": kernel.centre,
            "scale": kernel.scale,
            "rows": kernel.rows,
            "kernel_bits": np.packbits(kernel.bits.astype(np.uint8), axis=1),
            "weights": kernel.weights,
            "numbers": np.array([kernel.mean, kernel.share, kernel.width, model.kernel_share]),
            "bits": np.concatenate(data.on),
            "sizes": np.array([len(b) for b in data.on], dtype=np.uint16),
        }
    )
    lines = [f"{smiles}\t{value:.6g}" for smiles, value in zip(table.smiles, table.y.tolist(), strict=True)]
    files[NEIGHBOURS] = gzip_text("\n".join(lines) + "\n")
    value = calibrated.oof.value
    order = np.argsort(value, kind="stable")
    files[CALIBRATION] = npz_bytes(
        {
            "oof_pred": value[order],
            "oof_sigma": calibrated.sigma[order],
            "oof_residual": (table.y - value)[order],
        }
    )
    return files


def _decimals(half_width: float) -> int:
    """Digits after the point that keep rounding below a hundredth of the interval."""
    return int(min(8, max(0, 2 - math.floor(math.log10(half_width))))) if half_width > 0 else 4


def _card(
    wanted: UserProperty, data: Described, model: Learned, calibrated: UserEvaluation, measured: dict[str, dict[str, Any]],
    files: dict[str, bytes], seed: int, made_by: MadeBy,
) -> dict[str, Any]:  # fmt: skip
    table, calibration, path = data.table, calibrated.calibration, made_by.path
    span = float(np.ptp(table.y)) or 1.0
    low, high = float(table.y.min()) - span, float(table.y.max()) + span
    if not wanted.log and float(table.y.min()) >= 0:
        low = 0.0
    typical = [float(q) for q in np.quantile(table.y, (0.1, 0.9))]
    if typical[0] >= typical[1]:
        typical = [low, high]
    option = f" --smiles {made_by.smiles}" * bool(made_by.smiles) + f" --target {made_by.target}" * bool(made_by.target)
    option += f" --unit {wanted.unit!r}" * bool(wanted.unit) + " --log" * wanted.log
    return {
        **files_section(files),
        "own": True,
        "name": wanted.name,
        "label": wanted.shown_label,
        "synonyms": list(wanted.synonyms),
        "description": wanted.description or f"Predicted from own measurements ({path.name}).",
        "unit": wanted.model_unit,
        "plain_unit": wanted.plain_unit,
        "log": wanted.log,
        "kind": table.kind,
        "decimals": _decimals(float(np.median(calibration.half_width))),
        "low": float(f"{low:.4g}"),
        "high": float(f"{high:.4g}"),
        "typical": [float(f"{t:.4g}") for t in typical],
        "data": {
            "file": path.name,
            "sha256": digest(path.read_bytes()),
            "licence": "own measurements",
            "rows_read": table.rows_read,
            "rows_used": table.rows_used,
            "substances": len(table),
            "bad_rows": [[row.line, row.reason] for row in table.bad],
            "qualified_rows": [[line, text] for line, text in table.qualified],
        },
        "training": {
            "command": f"molwright models train {wanted.name} --data {path.name}{option} --seed {seed}",
            "seed": seed,
            "features": f"{len(feature_names(table.kind))} computed, {len(model.columns)} used",
            "kernel_share": model.kernel_share,
            "versions": {package: version(package) for package in ("molwright", "lightgbm", "numpy", "rdkit")},
        },
        "metrics": measured,
        "calibration": {"q90": calibration.q90, **asdict(calibrated.scale)},
        "domain": {"min_similarity": float(f"{float(np.quantile(similarity(calibrated.oof), 0.05)):.3f}")},
        "elements": sorted(frozenset().union(*({a.GetSymbol() for a in mol.GetAtoms() if a.GetAtomicNum() > 1} for mol in table.mols))),
        "features": len(feature_names(table.kind)),
        "warnings": table.warnings,
    }
