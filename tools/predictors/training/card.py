"""The model card: what was trained on what, how good it is, and what its limits are; for programs and for people."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tools.predictors.features.assemble import feature_names
from tools.predictors.model import SHIFT_FILE, scale_columns
from tools.predictors.specs import PredictorSpec
from tools.predictors.training.cross_validation import Evaluation
from tools.predictors.training.data import TrainingTable, element_support
from tools.predictors.training.device import PROCESSOR, Device
from tools.predictors.training.evaluate import choose_domain, interval_metrics, metrics
from tools.predictors.training.learners import recipe_of
from tools.predictors.weights import hash_lines

#: Names of the splits in the card.
RANDOM = "random over substances, 5 folds"
SCAFFOLD = "scaffold, 5 folds"
FAMILIES = "families held out, 5 clusters"
SPLITS = {"random": RANDOM, "scaffold": SCAFFOLD, "families": FAMILIES}


def data_section(table: TrainingTable, spec: PredictorSpec, data_hash: str) -> dict[str, Any]:
    """Name, unit and limits of ``spec``; rows, licence and hash of the data; the elements that it supports."""
    reasons: dict[str, int] = {}
    for row in table.bad:
        reasons[row.kind] = reasons.get(row.kind, 0) + 1
    return {
        "name": spec.name,
        "short": spec.short,
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
            **({"beside": _beside(table, spec)} if table.others else {}),
        },
        "elements": sorted(element_support(table)),
        "limits": list(spec.limits),
    }


def _beside(table: TrainingTable, spec: PredictorSpec) -> list[dict[str, Any]]:
    """The further sets that were read: name, source, licence, hash and rows used."""
    return [
        {"name": name, "source": source, "licence": licence, "sha256": table.others[name], "rows_used": table.origins.count(name)}
        for name, source, licence in spec.beside
        if name in table.others
    ]


def method_section(spec: PredictorSpec, seed: int, columns: int, device: Device = PROCESSOR) -> dict[str, Any]:
    """How ``spec`` was trained: command, members, features, package versions. ``columns``: number of features that the boosters see.

    Raises PackageNotFoundError where a package that is named is missing.
    """
    names, recipe = feature_names(spec.kind), recipe_of(spec.name)
    inputs = ["prediction", "ensemble spread", "similarity", "mean similarity", *(names[i] for i in scale_columns(spec.kind))]
    return {
        "release": recipe.release,
        "features": len(names),
        "kernel_share": recipe.kernel_share,
        "network_share": recipe.network_share,
        "training": {
            "command": f"python -m tools.predictors.training {spec.name} --data {spec.data}.csv --seed {seed}",
            "seed": seed,
            "learners": [{"name": m.name, "trees": m.trees, **m.parameters} for m in recipe.learners],
            **({"weighted_by_substance": True} if recipe.by_substance else {}),
            **({"shift_between_solvents": True} if recipe.shift else {}),
            **({"weight_of_further_sets": spec.beside_weight} if spec.beside and spec.beside_weight != 1.0 else {}),
            "features": f"{len(names)} computed, {columns} used",
            "scale_inputs": inputs,
            **({} if device.is_processor else {"matrices_on": device.name}),
            "versions": {package: version(package) for package in ("lightgbm", "numpy", "rdkit")},
        },
    }


def figures_section(y: NDArray[np.float64], evaluations: Mapping[str, Evaluation]) -> dict[str, Any]:
    """Metrics of each split in the predictor's unit, and the calibration and domain, which come from the random one.

    Raises KeyError without that.
    """
    random = evaluations[RANDOM]
    return {
        "metrics": {
            split: {**metrics(y, found.value), **interval_metrics(y, found.value, found.interval, found.oof.near[:, 0])}
            for split, found in evaluations.items()
        },
        "calibration": {"q90": random.calibration.q90, "smallest_scale": random.calibration.smallest_scale},
        "domain": choose_domain(y, random.oof, random.sigma),
    }


def _members(card: dict[str, Any]) -> str:
    """What is averaged, in words."""
    networks = "two small neural networks" if recipe_of(card["name"]).networks > 1 else "a small neural network"
    others = {"a Gaussian process on the descriptors": card["kernel_share"], networks: card.get("network_share", 0.0)}
    held = {f"the mean of {len(card['training']['learners'])} LightGBM boosters": 1 - sum(others.values()), **others}
    named = [f"{name} ({share:.0%})" for name, share in held.items() if share]
    text = f"{', '.join(named[:-1])} and {named[-1]}" if len(named) > 1 else named[0].removesuffix(" (100%)")
    return (
        f"{text}; the shift from one solvent to another by a Gaussian process of its own, on dyes and solvents"
        if SHIFT_FILE in card["files"]
        else text
    )


def _quantity_lines(card: dict[str, Any]) -> list[str]:
    """Errors and intervals of each split."""
    return [
        "| split | n | RMSE | MAE | median error | R² | 90 % interval holds | least similar tenth | worst tenth | median half-width |",
        "|---|---|---|---|---|---|---|---|---|---|",
        *(
            f"| {split} | {m['n']} | {m['rmse']} | {m['mae']} | {m['median_absolute_error']} | {m['r2']} | {m['coverage']:.1%} | "
            f"{m['coverage_least_similar_tenth']:.1%} | {m['coverage_worst_tenth']:.1%} | {m['median_half_width']} |"
            for split, m in card["metrics"].items()
        ),
        "",
        "Sigma is the half-width of the 90 % interval over 1.645. The folds of the scaffold split use the intervals that ship.",
        *(f"Figures {m['stage']}: {split}." for split, m in card["metrics"].items() if "stage" in m),
        *_tail_lines(card["metrics"][RANDOM]),
    ]


def _tail_lines(m: dict[str, Any]) -> list[str]:
    """How much of the truth lies beyond either end of the 90 % interval."""
    if "below_the_interval" not in m:
        return []
    return [
        f"Of the random split {m['below_the_interval']:.1%} lie below the interval and {m['above_the_interval']:.1%} above it. Extremes are predicted less "
        f"extreme than they are: the lowest twentieth of the measured values by {m['lowest_twentieth_off']:+g} on average, the highest by "
        f"{m['highest_twentieth_off']:+g} (predicted minus measured)."
    ]


def _outcome_lines(card: dict[str, Any]) -> list[str]:
    """What the probabilities of each split are worth."""
    return [
        f"The value is the calibrated probability of '{card['outcomes'][1]}' (the other outcome: '{card['outcomes'][0]}').",
        "",
        "| split | n | area under the ROC curve | Brier score | right at one half | base rate | said and true share differ by | among the least similar third |",
        "|---|---|---|---|---|---|---|---|",
        *(
            f"| {split} | {m['n']} | {m['auc']} | {m['brier']} | {m['accuracy']:.1%} | {m['base_rate']:.1%} | {m['calibration_error']} | "
            f"{m['calibration_error_far']} |"
            for split, m in card["metrics"].items()
        ),
    ]


def card_markdown(card: dict[str, Any]) -> str:
    """``card`` as Markdown: data, licence, splits, metrics, calibration, domain, limits, versions, hashes."""
    data, unit = card["data"], card["unit"]
    lines = [
        f"# {card['name']}" + (f" ({unit})" if unit else ""),
        "",
        f"Version {card['version']} (release {card['release']}), {card['bytes'] / 1e6:.2f} MB.",
        "",
        "## Data",
        f"{data['source']}. Licence: {data['licence']}. {data['rows_read']} rows read, {data['rows_used']} used "
        f"({data['substances']} substances). SHA-256 of the file: `{data['sha256']}`.",
        *(
            f"Of these rows {b['rows_used']} are from {b['source']} ({b['name']}, licence: {b['licence']}, values not shown; SHA-256 `{b['sha256']}`)."
            for b in data.get("beside", [])
        ),
        "",
        *(f"- left out, {reason}: {count}" for reason, count in sorted(data["left_out"].items(), key=lambda item: (-item[1], item[0]))),
        "",
        "## Method",
        f"Hashed Morgan counts (radius 2, 2048 bits) and fast two-dimensional descriptors; {_members(card)}; "
        + (
            "their mean calibrated to a probability (Platt)."
            if card.get("outcomes")
            else "a further booster for the error to expect, conformal intervals, and a table of the errors' quantiles by prediction and sigma."
        ),
        f"Features: {card['training']['features']}. Rebuild: `{card['training']['command']}`.",
        "",
        "## Measured on held-out folds",
        *(_outcome_lines(card) if card.get("outcomes") else _quantity_lines(card)),
    ]
    domain = card["domain"]
    limit = "" if domain["max_sigma"] >= 1e9 else f" and a sigma of at most {domain['max_sigma']} {unit}"
    lines += [
        "",
        "## Domain",
        f"Inside: a training structure with a Tanimoto similarity of at least {domain['min_similarity']}{limit}. Out of fold "
        f"{domain['share_outside']:.1%} of the rows are outside; RMSE {domain['rmse_outside']} there, {domain['rmse_inside']} inside "
        f"({domain['ratio']} times).",
        f"Elements: {', '.join(card['elements'])}.",
        "",
        "## Limits",
        *(f"- {limit_text}" for limit_text in card["limits"]),
        "",
        *hash_lines(card),
    ]
    return "\n".join(lines)
