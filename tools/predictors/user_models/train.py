"""Training a model of own measurements: cross-validate, calibrate, train on everything, write safe files and a model card."""

from __future__ import annotations

import math
import re
from dataclasses import asdict, dataclass
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
from tools.predictors.user_models.card import card_markdown
from tools.predictors.user_models.evaluate import (
    Described,
    OutOfFold,
    Progress,
    Split,
    best_kernel_share,
    calibrate,
    cross_validate,
    describe,
    figures,
    folds_of,
)
from tools.predictors.user_models.learn import learn
from tools.predictors.user_models.learned import ARRAYS, CALIBRATION, NEIGHBOURS, Learned, Scale
from tools.predictors.user_models.table import Measurements, read_measurements
from tools.predictors.weights import digest, files_section, gzip_text, npz_bytes, write_folder

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


def train_user_model(
    path: Path, wanted: UserProperty, out: Path, *, smiles: str = "", target: str = "", kind: FeatureKind | None = None, seed: int = 0,
    progress: Progress = lambda text: None,
) -> tuple[dict[str, Any], Measurements]:  # fmt: skip
    """Train ``wanted`` on the table ``path`` and write ``out/<name>/``; returns the model card and what was read.

    Equal data, seed and library versions give equal files. Raises UsageError for a taken name, NotFoundError or UsageError for a table
    that cannot be used (see ``read_measurements``). Nothing is written unless everything worked.
    """
    check_name(wanted.name)
    progress(f"reading {path}")
    table = read_measurements(path, smiles=smiles, target=target, unit=wanted.plain_unit, log=wanted.log, kind=kind)
    progress(
        f"{table.rows_read} rows read, {table.rows_used} used ({len(table)} substances), {len(table.bad)} left out; computing features"
    )
    data = describe(table)
    evaluations: dict[str, dict[str, Any]] = {}
    progress("cross-validation, random over substances")
    oof = cross_validate(data, folds_of(data, "random", seed), seed, progress)
    share = best_kernel_share(oof, table.y)
    scale, calibration = calibrate(oof, table.y, share)
    evaluations["random over substances, 5 folds"] = figures(table.y, oof.value(share), calibration.half_width)
    evaluations.update(_harder_splits(data, share, scale, calibration.q90, seed, progress))
    table.warnings += _verdict(evaluations, oof, calibration, table, share)
    progress("training on all substances")
    model = learn(table.kind, data.x, data.bits, table.y, seed, share)
    files = _files(data, model, oof, calibration)
    card = _card(wanted, data, model, oof, (scale, calibration), evaluations, files, path, seed, (smiles, target))
    write_folder(out / wanted.name, files, card, card_markdown(card))
    progress(f"wrote {out / wanted.name}")
    return card, table


def _harder_splits(data: Described, share: float, scale: Scale, q90: float, seed: int, progress: Progress) -> dict[str, dict[str, Any]]:
    """Scaffold (molecules) and cluster splits, with the intervals that ship."""
    found = {}
    splits: tuple[Split, ...] = ("cluster",) if data.table.kind == "polymer" else ("scaffold", "cluster")
    for split in splits:
        try:
            fold = folds_of(data, split, seed)
        except UsageError:
            continue
        progress(f"cross-validation by {split}")
        oof = cross_validate(data, fold, seed, progress)
        half_width = q90 * scale.of(oof.spread, oof.similarity)
        found[f"{split}, 5 folds"] = figures(data.table.y, oof.value(share), half_width)
    return found


def _verdict(
    evaluations: dict[str, dict[str, Any]], oof: OutOfFold, calibration: Calibration, table: Measurements, share: float
) -> list[str]:
    """Whether the data support a model, and which measurements fit it worst."""
    found = []
    random = evaluations["random over substances, 5 folds"]
    if random["r2"] < USELESS_R2:
        found.append(
            f"the data do not support a model: out of fold its RMSE is {random['rmse']} against {random['rmse_of_the_mean']} for always "
            "saying the mean"
        )
    for name, m in evaluations.items():
        if name != "random over substances, 5 folds" and m["r2"] < 0 <= random["r2"]:
            found.append(
                f"on structures unlike the measured ones ({name}) it is worse than always saying the mean: trust it near the data only"
            )
    z = np.abs(oof.value(share) - table.y) / calibration.half_width
    worst = [int(i) for i in np.argsort(-z)[:5] if z[i] > 2.5]
    if worst:
        found.append("measured values that fit the others worst, please check: " + ", ".join(f"line {table.lines[i]}" for i in worst))
    return found


def _files(data: Described, model: Learned, oof: OutOfFold, calibration: Calibration) -> dict[str, bytes]:
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
    value = oof.value(model.kernel_share)
    order = np.argsort(value, kind="stable")
    files[CALIBRATION] = npz_bytes(
        {
            "oof_pred": value[order],
            "oof_sigma": calibration.half_width[order] / 1.6448536269514722,
            "oof_residual": (table.y - value)[order],
        }
    )
    return files


def _decimals(half_width: float) -> int:
    """Digits after the point that keep rounding below a hundredth of the interval."""
    return int(min(8, max(0, 2 - math.floor(math.log10(half_width))))) if half_width > 0 else 4


def _card(
    wanted: UserProperty, data: Described, model: Learned, oof: OutOfFold, calibrated: tuple[Scale, Calibration],
    evaluations: dict[str, dict[str, Any]], files: dict[str, bytes], path: Path, seed: int, columns: tuple[str, str],
) -> dict[str, Any]:  # fmt: skip
    table, (scale, calibration) = data.table, calibrated
    span = float(np.ptp(table.y)) or 1.0
    low, high = float(table.y.min()) - span, float(table.y.max()) + span
    if not wanted.log and float(table.y.min()) >= 0:
        low = 0.0
    typical = [float(q) for q in np.quantile(table.y, (0.1, 0.9))]
    if typical[0] >= typical[1]:
        typical = [low, high]
    option = f" --smiles {columns[0]}" * bool(columns[0]) + f" --target {columns[1]}" * bool(columns[1])
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
        "metrics": evaluations,
        "calibration": {"q90": calibration.q90, **asdict(scale)},
        "domain": {"min_similarity": float(f"{float(np.quantile(oof.similarity, 0.05)):.3f}")},
        "elements": sorted(frozenset().union(*({a.GetSymbol() for a in mol.GetAtoms() if a.GetAtomicNum() > 1} for mol in table.mols))),
        "features": len(feature_names(table.kind)),
        "warnings": table.warnings,
    }
