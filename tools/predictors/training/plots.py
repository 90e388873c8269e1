"""Calibration plots of the shipped predictors, drawn from the out-of-fold predictions that ship with them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from core.errors import UsageError
from tools.catalogue.scores import normal_scores
from tools.predictors.predict import calibration
from tools.predictors.specs import PREDICTORS

#: Predictors of quantities; probabilities of an outcome have no interval.
QUANTITIES: tuple[str, ...] = tuple(name for name, spec in PREDICTORS.items() if not spec.outcomes)
_COLUMNS = 4

_LEVELS = np.linspace(0.05, 0.95, 19)


def reliability(name: str) -> list[tuple[float, float]]:
    """(nominal coverage, share of out-of-fold cases that the central interval of that level holds) for 19 levels from 5 to 95 %.

    Raises SpecError or PredictorError where the predictor has no calibration data.
    """
    from statistics import NormalDist

    arrays = {key: array.astype(np.float64) for key, array in calibration(name).items()}
    z = np.abs(normal_scores(arrays["oof_residual"] / arrays["oof_sigma"], arrays["oof_shape"]))
    return [(float(level), float((z <= NormalDist().inv_cdf(0.5 + level / 2)).mean())) for level in _LEVELS]


def _axes(plt: Any, title: str) -> Any:
    rows = -(-len(QUANTITIES) // _COLUMNS)
    figure, axes = plt.subplots(rows, _COLUMNS, figsize=(2.6 * _COLUMNS, 2.6 * rows), constrained_layout=True)
    figure.suptitle(title)
    for ax in axes.ravel()[len(QUANTITIES) :]:
        ax.set_axis_off()
    return figure, axes.ravel()[: len(QUANTITIES)]


def draw(folder: Path, tenths: dict[str, list[dict[str, float]]], kept: dict[str, Any]) -> list[Path]:
    """Write ``calibration.svg``, ``coverage_by_similarity.svg`` and ``reliability.svg`` into ``folder``; equal inputs give equal files.

    ``tenths`` holds coverage by tenth of similarity, by predictor of a quantity; ``kept`` what is kept of their probabilities. Raises UsageError where
    matplotlib is not installed.
    """
    try:
        import matplotlib as mpl

        mpl.use("svg")
        import matplotlib.pyplot as plt
    except ImportError:
        raise UsageError("the plots need matplotlib: install molwright with the extra 'train'") from None
    mpl.rcParams.update({"svg.hashsalt": "molwright", "svg.fonttype": "none", "font.size": 9})
    folder.mkdir(parents=True, exist_ok=True)
    figure, axes = _axes(plt, "Share of held-out cases inside the central interval, against its nominal level")
    for ax, name in zip(axes, QUANTITIES, strict=True):
        points = reliability(name)
        ax.plot([0, 1], [0, 1], color="0.7", linewidth=1)
        ax.plot(*zip(*points, strict=True), marker="o", markersize=3)
        ax.set_title(name.replace("_", " "))
    paths = [folder / name for name in ("calibration.svg", "coverage_by_similarity.svg", "reliability.svg")]
    figure.savefig(paths[0], metadata={"Date": None})
    plt.close(figure)
    figure, axes = _axes(plt, "Coverage of the 90 % interval by tenth of similarity to the training structures (1: least similar)")
    for ax, name in zip(axes, QUANTITIES, strict=True):
        shares = [t["coverage"] for t in tenths[name]]
        ax.axhspan(0.88, 0.92, color="0.9")
        ax.axhline(0.8, color="0.7", linewidth=1)
        ax.bar(range(1, len(shares) + 1), shares)
        ax.set_ylim(0.7, 1.0)
        ax.set_title(name.replace("_", " "))
    figure.savefig(paths[1], metadata={"Date": None})
    plt.close(figure)
    figure, axes = _axes(
        plt,
        "True share against said probability, mean and extent over all ranges (blue: all, orange: least similar third, grey: within 0.10)",
    )
    for ax, name in zip(axes, QUANTITIES, strict=True):
        ax.fill_between([0, 1], [-0.1, 0.9], [0.1, 1.1], color="0.92")
        for which, shift, colour in (("all", -0.012, "C0"), ("far", 0.012, "C1")):
            for said, mean, low, high in _by_tenth(kept.get(name, {}).get(which, {}).get("after", {}).get("points", "")):
                ax.plot([said + shift] * 2, [low, high], color=colour, linewidth=1.5)
                ax.plot([said + shift], [mean], marker="o", markersize=3, color=colour)
        ax.set_xlim(0, 1)
        ax.set_ylim(0, 1)
        ax.set_title(name.replace("_", " "))
    figure.savefig(paths[2], metadata={"Date": None})
    plt.close(figure)
    return paths


def _by_tenth(points: str) -> list[tuple[float, float, float, float]]:
    """(mean said, mean, least and largest true share) of each tenth of said probability among 'said/true said/true ...'."""
    pairs = np.array([[float(n) for n in pair.split("/")] for pair in points.split()]).reshape(-1, 2)
    tenth = np.minimum((pairs[:, 0] * 10).astype(int), 9)
    groups = [pairs[tenth == i] for i in range(10)]
    return [(float(g[:, 0].mean()), float(g[:, 1].mean()), float(g[:, 1].min()), float(g[:, 1].max())) for g in groups if len(g)]
