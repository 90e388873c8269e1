"""The last stage of a predictor's calibration: quantiles of its errors, or of the true values, by prediction and sigma, and how far its probabilities then
hold.

``python -m tools.predictors.training tails NAME ... --out-of-fold DIR`` makes the stage of weights that were trained already, in seconds, from the out-of-fold
predictions that training stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tools.catalogue.probability import OUT_OF_DOMAIN_INFLATION
from tools.catalogue.scores import normal_scores
from tools.predictors.errors import LEVELS, LOWER, MIDDLE, UPPER, ErrorTable, ranks, shapes, stated_sigma
from tools.predictors.training.calibration import short
from tools.predictors.training.splits import each_fold

FloatArray = NDArray[np.float64]

#: Nodes of the table by prediction and by sigma, and quantiles kept of either to find a rank.
_NODES, _SIGMA_NODES = (21, 4)
_KEPT, _SIGMA_KEPT = (65, 33)
#: Widths of the kernel in ranks: of sigma; of the prediction, so that about this many rows count at a node, within these bounds.
_SIGMA_WIDTH, _ROWS, _NARROWEST, _WIDEST = 0.2, 100, 0.03, 0.3
#: The quantiles of all errors count as much as this many rows.
_PRIOR_ROWS = 30.0
#: Nodes by similarity to the nearest training structure, and the width of their kernel in ranks.
_SIMILARITY_NODES, _SIMILARITY_WIDTH = (11, 0.06)
#: Rows from which it is asked whether the true values themselves are told better than the errors.
_ENOUGH = 1000
#: Least distance, in sigmas, of a quartile and of an end of the interval from the middle; in a table of true values, in the median of the sigmas.
_LEAST = np.array([-0.1, -0.02, 0.0, 0.02, 0.1])
#: Thresholds are these quantiles of the measured values; windows reach over one and over two of these parts.
THRESHOLDS, PARTS = (tuple(np.linspace(0.05, 0.95, 19)), 9)
#: A bin of probabilities counts from this many rows, and is off where said and true share differ by more than this.
LEAST_ROWS, TOLERANCE = (200, 0.10)
RELIABILITY_FILE = "reliability.json"
#: Ranges that were once found wrong on rows kept aside, in the unit of the property, and the fewest rows of a bin of theirs that is shown.
WATCHED: dict[str, tuple[float, float]] = {
    "melting_point": (-np.inf, 60.0),
    "aqueous_solubility": (-np.inf, -6.0),
    "absorption_maximum": (600.0, np.inf),
    "glass_transition_temperature": (100.0, 130.0),
}
SHOWN_ROWS = 30


@dataclass(frozen=True)
class Unstated:
    """Out-of-fold predictions of n structures before anything is known of the shape of their errors.

    Attributes:
        fold: (n,) the fold of each.
        prediction: (n,), in the predictor's unit.
        sigma: (n,) one standard deviation, in that unit.
        y: (n,) what was measured, in that unit.
        near: (n,) similarity to the nearest training structure, 0 to 1.
    """

    fold: NDArray[np.int64]
    prediction: FloatArray
    sigma: FloatArray
    y: FloatArray
    near: NDArray[np.floating]

    def part(self, rows: NDArray[np.int64]) -> Unstated:
        """The same of these rows alone; empty for none."""
        return Unstated(self.fold[rows], self.prediction[rows], self.sigma[rows], self.y[rows], self.near[rows])


def fit_errors(rows: Unstated, of_values: bool | None = None) -> ErrorTable:
    """The table of errors from out-of-fold predictions.

    Quantiles by prediction and sigma, then the arms stretched by similarity to the nearest training structure, as far as the errors of each fold need it on
    quantiles from the other folds: so nine of ten lie in the interval, among the least similar too. Rows of one fold alone are not stretched. ``of_values``:
    whether the quantiles are of the true values; None: as :func:`told_by_values` says. Raises IndexError for no rows.
    """
    of_values = told_by_values(rows) if of_values is None else of_values
    if _one_fold(rows):
        return _plain(rows, of_values)
    similarities, stretch = _stretched(_plain_crossed(rows, of_values), rows.y, rows.near)
    return replace(_plain(rows, of_values), similarities=similarities, stretch=stretch)


def told_by_values(rows: Unstated) -> bool:
    """Whether quantiles of the true values lie nearer to what was measured than quantiles of the errors, each fold's from the other folds, by the mean of
    the loss whose least is the quantile (Koenker and Bassett, Econometrica 1978, 46, 33). False for fewer than :data:`_ENOUGH` rows.
    """
    if len(rows.y) < _ENOUGH or _one_fold(rows):
        return False
    of_errors, of_values = (_loss(_plain_crossed(rows, form), rows.y) for form in (False, True))
    return of_values < of_errors


def _one_fold(rows: Unstated) -> bool:
    return len(set(rows.fold.tolist())) < 2


def _loss(quantiles: FloatArray, y: FloatArray) -> float:
    beyond, levels = y[:, None] - quantiles, np.array(LEVELS)
    return float(np.maximum(levels * beyond, (levels - 1.0) * beyond).mean())


def _plain_crossed(rows: Unstated, of_values: bool) -> FloatArray:
    """Quantiles of the true values, (n, 5), before any stretch: those of each fold from the other folds."""
    found = np.zeros((len(rows.y), len(LEVELS)))
    for _, others, held in each_fold(rows.fold):
        found[held] = _plain(rows.part(others), of_values).values(rows.prediction[held], rows.sigma[held], rows.near[held])
    return found


def _plain(rows: Unstated, of_values: bool) -> ErrorTable:
    """Each node holds the weighted quantiles of (y - prediction) / sigma, or of y, about its ranks (Gaussian kernel); those of errors are drawn a little
    towards those of all rows."""
    prediction, sigma, y = rows.prediction, rows.sigma, rows.y
    z = y if of_values else (y - prediction) / sigma
    at, at_sigma = (
        np.quantile(values, np.linspace(0.0, 1.0, kept)).astype(np.float32).astype(np.float64)
        for values, kept in ((prediction, _KEPT), (sigma, _SIGMA_KEPT))
    )
    u, v = ranks(at, prediction), ranks(at_sigma, sigma)
    width = float(np.clip(_ROWS / (len(z) * 2.5 * 0.5), _NARROWEST, _WIDEST))
    order = np.argsort(z, kind="stable")
    u, v, z = u[order], v[order], z[order]
    everywhere, prior = _quantiles(z, np.ones_like(z)), 0.0 if of_values else _PRIOR_ROWS
    found = np.zeros((_NODES, _SIGMA_NODES, len(LEVELS)))
    for i, a in enumerate(np.linspace(0.0, 1.0, _NODES)):
        near = np.exp(-0.5 * ((u - a) / width) ** 2)
        for j, b in enumerate(np.linspace(0.0, 1.0, _SIGMA_NODES)):
            weight = near * np.exp(-0.5 * ((v - b) / _SIGMA_WIDTH) ** 2)
            count = weight.sum() ** 2 / max(float((weight**2).sum()), 1e-300)
            own = count / (count + prior)
            found[i, j] = own * _quantiles(z, weight) + (1.0 - own) * everywhere
    middle, least = found[:, :, MIDDLE : MIDDLE + 1], _LEAST * (float(np.median(sigma)) if of_values else 1.0)
    low, high = np.minimum(found, middle + least), np.maximum(found, middle + least)
    found = np.where(np.arange(len(LEVELS)) < MIDDLE, low, high).astype(np.float32).astype(np.float64)
    return ErrorTable(at, at_sigma, found, np.array([0.0, 1.0]), np.ones(2), of_values)


def _stretched(quantiles: FloatArray, y: FloatArray, near: NDArray[np.floating]) -> tuple[FloatArray, FloatArray]:
    """Similarities and how far the arms have to reach there: the 90 % point of the distance from the middle over the length of the arm."""
    arm = np.where(y < quantiles[:, MIDDLE], quantiles[:, MIDDLE] - quantiles[:, LOWER], quantiles[:, UPPER] - quantiles[:, MIDDLE])
    score = np.abs(y - quantiles[:, MIDDLE]) / arm
    order = np.argsort(score, kind="stable")
    rank = np.argsort(np.argsort(near, kind="stable"), kind="stable")[order] / max(1, len(y) - 1)
    nodes = np.linspace(0.0, 1.0, _SIMILARITY_NODES)
    found = []
    for node in nodes:
        weight = np.exp(-0.5 * ((rank - node) / _SIMILARITY_WIDTH) ** 2)
        count = weight.sum() ** 2 / (weight**2).sum()
        total = np.cumsum(weight)
        reach = float(np.interp(0.9, (total - 0.5 * weight) / total[-1], score[order]))
        found.append((count * reach + _PRIOR_ROWS) / (count + _PRIOR_ROWS))
    at = np.quantile(near, nodes)
    return at.astype(np.float32).astype(np.float64), np.array(found).astype(np.float32).astype(np.float64)


def _quantiles(ordered: FloatArray, weight: FloatArray) -> FloatArray:
    """:data:`LEVELS` of the ordered numbers with these weights."""
    total = np.cumsum(weight)
    return np.interp(LEVELS, (total - 0.5 * weight) / max(float(total[-1]), 1e-300), ordered)


def cross_fitted(rows: Unstated) -> FloatArray:
    """Quantiles of the true values, (n, 5) in the unit of ``rows``: those of each fold from the errors of the other folds. Raises IndexError for no rows."""
    found, of_values = np.zeros((len(rows.y), len(LEVELS))), told_by_values(rows)
    for _, others, held in each_fold(rows.fold):
        found[held] = fit_errors(rows.part(others), of_values).values(rows.prediction[held], rows.sigma[held], rows.near[held])
    return found


@dataclass(frozen=True)
class Stated:
    """What is said of n structures: the middle of what is expected, one sigma and the shape of the errors, as ranking takes them.

    Attributes:
        value: (n,), in the unit of the measured values, as ``sigma``.
        sigma: (n,).
        shape: (n, 4) numbers of an ``ErrorShape``; None: all symmetric.
    """

    value: FloatArray
    sigma: FloatArray
    shape: FloatArray | None = None

    @classmethod
    def of(cls, quantiles: FloatArray) -> Stated:
        """From quantiles, (n, 5), in their unit; empty for no rows."""
        return cls(quantiles[:, MIDDLE], stated_sigma(quantiles), shapes(quantiles))

    def widened(self, outside: NDArray[np.bool_]) -> Stated:
        """With the margin that values outside the domain, (n,), get where the shape of their errors is not known; in the same unit; empty for no rows."""
        return (
            self if self.shape is not None else Stated(self.value, self.sigma * np.where(outside, OUT_OF_DOMAIN_INFLATION, 1.0), self.shape)
        )

    def below(self, bound: float) -> FloatArray:
        """P(truth < bound), (n,), 0 to 1; ``bound`` in the unit of the value. Never NaN for finite numbers."""
        from scipy.special import ndtr

        return np.asarray(ndtr(normal_scores((bound - self.value) / self.sigma, self.shape)))


def goals_of(y: FloatArray) -> Iterator[tuple[float, float]]:
    """The ranges over which probabilities are judged, in the unit of ``y``: below each threshold, then windows. Raises IndexError for no rows."""
    yield from ((-np.inf, float(t)) for t in np.quantile(y, THRESHOLDS))
    ends = np.quantile(y, np.linspace(0.05, 0.95, PARTS + 1)).tolist()
    for span in (1, 2):
        yield from zip(ends[:-span], ends[span:], strict=True)


def bins_of(
    y: FloatArray, stated: Stated, rows: NDArray[np.bool_], goals: Iterable[tuple[float, float]] = (), least: int = LEAST_ROWS
) -> list[dict[str, float]]:
    """Each tenth of probability of each goal that holds at least ``least`` of ``rows``: bounds, said and true share, and how many.

    ``goals``: :func:`goals_of` unless given. Empty where no bin holds so many.
    """
    found: list[dict[str, float]] = []
    for low, high in goals or goals_of(y):
        p: FloatArray = stated.below(high) - stated.below(low)
        hit = (y < high) & (y >= low)
        tenth = np.minimum((p * 10).astype(int), 9)
        for b in range(10):
            here = rows & (tenth == b)
            if (n := int(here.sum())) >= least:
                found.append({"low": low, "high": high, "said": float(p[here].mean()), "true": float(hit[here].mean()), "n": n})
    return found


def least_similar(near: NDArray[np.floating]) -> NDArray[np.bool_]:
    """Which rows, (n,), are the third that is least similar to what was trained on, by ``near``, (n,)."""
    far = np.zeros(len(near), dtype=bool)
    far[np.argsort(near, kind="stable")[: len(near) // 3]] = True
    return far


def reliability_of(name: str, y: FloatArray, before: Stated, after: Stated, near: FloatArray, outside: NDArray[np.bool_]) -> dict[str, Any]:
    """What is kept of predictor ``name``: for all rows and for the least similar third, how many bins are off ``before`` and ``after`` the stage, the said
    and true shares of each, and those of the watched range.

    Arrays (n,): ``near`` the similarity to the nearest training structure, ``outside`` the domain. Raises IndexError for no rows.
    """
    return {
        which: {
            when: _summary(bins_of(y, stated.widened(outside), rows)) | _watched(name, y, stated.widened(outside), rows)
            for when, stated in (("before", before), ("after", after))
        }
        for which, rows in (("all", np.ones(len(y), dtype=bool)), ("far", least_similar(near)))
    }  # fmt: skip


def _watched(name: str, y: FloatArray, stated: Stated, rows: NDArray[np.bool_]) -> dict[str, Any]:
    if name not in WATCHED:
        return {}
    bins = bins_of(y, stated, rows, [WATCHED[name]], SHOWN_ROWS)
    return {"watched": [[short(b["said"]), short(b["true"]), int(b["n"])] for b in bins]}


def _summary(bins: list[dict[str, float]]) -> dict[str, Any]:
    gaps = np.array([abs(b["said"] - b["true"]) for b in bins])
    worst = bins[int(gaps.argmax())] if bins else None
    return {
        "bins": len(bins),
        "off": int((gaps > TOLERANCE).sum()),
        "largest": short(gaps.max()) if bins else 0.0,
        "mean": short(gaps.mean()) if bins else 0.0,
        "worst": {k: short(v) for k, v in worst.items() if np.isfinite(v)} if worst else {},
        "points": " ".join(f"{b['said']:.3f}/{b['true']:.3f}" for b in bins),
    }
