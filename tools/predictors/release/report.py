"""docs/predictors.md: every figure of the shipped predictors, from what was kept when they were trained and measured."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tools.predictors.reference_values.table import section_markdown
from tools.predictors.release import reliability
from tools.predictors.specs import PREDICTORS
from tools.predictors.training.baselines import BASELINES_FILE
from tools.predictors.training.card import RANDOM, SPLITS
from tools.predictors.training.limits import LIMITS_FILE
from tools.predictors.training.plots import draw
from tools.predictors.training.stage import BEFORE
from tools.predictors.training.tails import RELIABILITY_FILE
from tools.predictors.weights import WEIGHTS, WeightsFolder

#: What each idea was worth, written by hand when it was tried.
TRIED = Path(__file__).resolve().parent / "tried.md"
#: (predictor, split, figure, what to reach): a number, or the share of the best baseline's figure on the same split.
TARGETS: tuple[tuple[str, str, str, float, bool], ...] = tuple(
    (name, SPLITS[split], figure, reach, relative) for name, spec in PREDICTORS.items() for split, figure, reach, relative in spec.targets
)
_NAMES = {"rmse": "RMSE", "mae": "MAE", "median_absolute_error": "median error"}
_COMMAND = "python -m tools.predictors.training"


def _kept(file: str) -> dict[str, Any]:
    path = WEIGHTS / file
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else {}


def _in_order(kept: dict[str, Any]) -> dict[str, Any]:
    """By predictor in the order of the catalogue."""
    return {name: kept[name] for name in PREDICTORS if name in kept}


def _table(head: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[str]:
    return [f"| {' | '.join(head)} |", "|" + "---|" * len(head), *(f"| {' | '.join(map(str, row))} |" for row in rows), ""]


def _accuracy(cards: dict[str, dict[str, Any]]) -> list[str]:
    rows = [
        (name, card["unit"], split, m["n"], m["rmse"], m["mae"], m["median_absolute_error"], m["r2"])
        for name, card in _quantities(cards).items()
        for split, m in card["metrics"].items()
    ]
    command = f"`{_COMMAND} NAME --data FILE --seed 0` trains a predictor and measures it; equal data and seed give equal bytes."
    before = any("stage" in m for card in cards.values() for m in card["metrics"].values())
    said = f"Where a card says so, the splits by scaffold and by family stand as they were measured {BEFORE} (below, 'Probabilities of ranges')."
    note = [said, ""] if before else []
    return ["## Accuracy", "", command, "", *note, *_table(("predictor", "unit", "split", "n", "RMSE", "MAE", "median error", "R²"), rows)]


def _quantities(cards: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {name: card for name, card in cards.items() if not card.get("outcomes")}


def _outcomes(cards: dict[str, dict[str, Any]]) -> list[str]:
    """The probabilities of outcomes: how well they tell them apart, and whether what is said is true."""
    tests = {name: card for name, card in cards.items() if card.get("outcomes")}
    if not tests:
        return []
    rows = [
        (
            name,
            split,
            m["n"],
            m["auc"],
            m["brier"],
            f"{m['accuracy']:.1%}",
            f"{m['base_rate']:.1%}",
            m["calibration_error"],
            m["calibration_error_far"],
        )
        for name, card in tests.items()
        for split, m in card["metrics"].items()
    ]
    head = ("predictor", "split", "n", "area under the ROC curve", "Brier score", "right at one half", "base rate", "said and true share differ by",
            "among the least similar third")  # fmt: skip
    said = [(name, *(f"{g['said']:.2f} / {g['true']:.2f}" for g in card["metrics"][RANDOM]["tenths"])) for name, card in tests.items()]
    return [
        "## Outcomes of tests",
        "",
        "The value is a calibrated probability: the boosters' mean of 0 and 1, turned into log odds whose slope depends on the similarity to the training set, "
        "fitted on the other folds. A requirement asks for the outcome that is likelier than not, and its chance is that probability.",
        "",
        *_table(head, rows),
        "Said and true share of the second outcome, in ten equal groups of the random split:",
        "",
        *_table(("predictor", *(str(i) for i in range(1, 11))), said),
    ]


def _targets(cards: dict[str, dict[str, Any]], kept: dict[str, Any], limits: dict[str, Any]) -> list[str]:
    rows = []
    for name, split, figure, reach, relative in TARGETS:
        models = kept.get(name, {}).get("splits", {}).get(split, {})
        best = min((m[figure] for m in models.values()), default=None)
        beside = "; ".join(f"{model} {m[figure]}" for model, m in models.items()) or "not measured"
        limit = reach if not relative else None if best is None else float(f"{reach * best:.4g}")
        found = cards[name]["metrics"].get(split, {}).get(figure)
        met = "not known" if found is None or limit is None else "yes" if found <= limit else "no"
        rows.append((name, split, _NAMES[figure], beside, "" if limit is None else f"≤ {limit:g}", "" if found is None else found, met))
    return [
        "## Aims and baselines",
        "",
        f"Baselines (`{_COMMAND} baselines NAME --data FILE`): Morgan counts and all of RDKit's two-dimensional descriptors, an untuned LightGBM and, where "
        "families are held out, a random forest of 100 trees; the same rows and folds. The family split is k-means with five clusters on the "
        "standardised descriptors; each cluster is left out in turn.",
        "",
        *_table(("predictor", "split", "figure", "baseline", "aim", "reached", "met"), rows),
        *_whole(limits),
    ]


def _whole(limits: dict[str, Any]) -> list[str]:
    """Where rows taken for simulated are left out: what the errors are with them, since the aims were set on all rows."""
    found = []
    for name, kept in limits.items():
        if whole := kept.get("measured and simulated"):
            simulated = kept["simulated"]
            found += [
                f"{name}: the figures are those of {kept['all']['n']} rows taken as measured. The aims were set on all rows; with the {simulated['n']} that are "
                f"taken for simulated (below, 'Reading the figures') the random split stands at {whole['rmse']} / {whole['mae']} (RMSE / MAE).",
                "",
            ]
    return found


def _calibration(cards: dict[str, dict[str, Any]], folder: str) -> list[str]:
    rows = []
    for name, card in _quantities(cards).items():
        m, domain = card["metrics"][RANDOM], card["domain"]
        rows.append(
            (
                name,
                f"{m['coverage']:.1%}",
                f"{m['coverage_least_similar_tenth']:.1%}",
                f"{m['coverage_worst_tenth']:.1%}",
                f"{m['median_half_width']} {card['unit']}",
                f"{m['lowest_twentieth_off']:+g}",
                f"{m['highest_twentieth_off']:+g}",
                f"{domain['share_outside']:.1%}",
                domain["rmse_inside"],
                domain["rmse_outside"],
                domain["ratio"],
            )
        )
    head = ("predictor", "90 % interval holds", "least similar tenth", "worst tenth", "median half-width", "lowest twentieth off by",
            "highest twentieth off by", "outside the domain",
            "RMSE inside", "RMSE outside", "ratio")  # fmt: skip
    return [
        "## Intervals and domain",
        "",
        "Random split, out of fold. A booster estimates the error to expect; conformal regression (crepes) on its normalised errors sets the width, and a table "
        "of errors the arms (below, 'Probabilities of ranges'), for each fold from the other folds. Off by: predicted minus measured, on average over the lowest "
        "and the highest twentieth of the measured values; extremes are predicted less extreme than they are. Inside the domain is what resembles a training "
        "structure and has no exceptional expected error; RMSE inside and outside are the ensemble's.",
        "",
        *_table(head, rows),
        f"![calibration]({folder}/calibration.svg)",
        "",
        f"![coverage by similarity]({folder}/coverage_by_similarity.svg)",
        "",
    ]


def _limits(kept: dict[str, Any], cards: dict[str, dict[str, Any]]) -> list[str]:
    lines = [
        "## What limits them",
        "",
        f"Out-of-fold errors of the ensemble, before the table of errors, by a column of the data: `{_COMMAND} limits NAME --data FILE --out-of-fold FILE --by COLUMN`.",
        "",
    ]
    for name, found in sorted(kept.items()):
        rows = [(key, *found[key].values()) for key in ("all", "simulated", "measured and simulated") if key in found]
        rows += [(f"{found['column']} {group}", *m.values()) for group, m in _largest(found["groups"])]
        rows += [(f"without the worst {share}", *m.values()) for share, m in found["without_worst"].items()]
        lines += [
            f"### {name} ({cards[name]['unit']})",
            "",
            *_table(("rows", *(_NAMES.get(k, k) for k in found["all"])), [_escape(r) for r in rows]),
        ]
        lines += [
            "The worst hundredth: " + ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in found["worst"].items()) + ".",
            "",
        ]
    return lines


def _largest(groups: dict[str, dict[str, float]], count: int = 8) -> list[tuple[str, dict[str, float]]]:
    return sorted(groups.items(), key=lambda item: (-item[1]["n"], item[0]))[:count]


def _escape(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return (str(row[0]).replace("|", ", "), *row[1:])


def write_report(out: Path, beside: Sequence[str] = (), head: Sequence[str] = ()) -> list[Path]:
    """Write the report to ``out`` and its plots into a folder of the same name beside it; returns the paths. Seconds of work.

    ``beside``: further sections in Markdown, for its end; ``head``: such for its beginning.

    Raises PredictorError where a model card is missing and UsageError where matplotlib is not installed.
    """
    cards = {name: WeightsFolder(name).card for name in PREDICTORS}
    size = sum(card["bytes"] for card in cards.values()) / 1e6
    lines = [
        "# Predictors",
        "",
        "Written by `python -m evals.predictors_report` from the model cards, the out-of-fold predictions and the results kept beside the weights (seconds); "
        "`--rerun --data-folder DIR` trains and measures everything first, known answers, speed and thermal classes included "
        "(of the first six 70 minutes with `--workers 2`; at seed 0 it gave the shipped bytes of these again).",
        "",
        "Inference needs NumPy and RDKit: the trees that LightGBM trained are evaluated from arrays, to the last bit as LightGBM does. Training "
        "also needs the extra `train`, and uses a GPU where torch finds one (the Gaussian process and the networks; trees grow on the "
        "processor; no GPU was there to measure it on). The weights are text and plain number arrays, "
        f"{size:.1f} MB together, each checked against the hash in its card. Speed, next to RDKit's descriptors alone: "
        "`python -m evals.benchmarks.predictor_speed`.",
        "",
        *head,
        *_accuracy(cards),
        *_outcomes(cards),
        *_targets(cards, _kept(BASELINES_FILE), _kept(LIMITS_FILE)),
        *_calibration(cards, out.stem),
        *reliability.section(_in_order(_kept(RELIABILITY_FILE)), {name: card["unit"] for name, card in cards.items()}, out.stem),
        *_limits(_kept(LIMITS_FILE), cards),
        TRIED.read_text(encoding="utf-8"),
        section_markdown(),
        *beside,
    ]
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text("\n".join(lines), encoding="utf-8")
    return [
        out,
        *draw(
            out.parent / out.stem,
            {name: card["metrics"][RANDOM]["tenths_by_similarity"] for name, card in _quantities(cards).items()},
            _kept(RELIABILITY_FILE),
        ),
    ]
