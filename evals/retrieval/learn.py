"""Learning the weights of the fusion, and judging them on questions about documents that they were not learnt from."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tools.literature.features import FEATURES
from tools.literature.fusion import Weights

FOLDS, _SEED, _PENALTY = 5, 0, 0.01


@dataclass(frozen=True)
class Found:
    """What one question found: features and ids of the passages, which of them are right, the document asked about, and how much it counts."""

    document_id: str
    names: list[str]
    table: NDArray[np.float64]
    right: NDArray[np.bool_]
    weight: float = 1.0


def folds(found: Sequence[Found]) -> list[int]:
    """A fold, 0 to 4, for each question; all questions about one document are in the same."""
    documents = sorted({f.document_id for f in found})
    order = np.random.default_rng(_SEED).permutation(len(documents))
    fold = {documents[at]: place % FOLDS for place, at in enumerate(order)}
    return [fold[f.document_id] for f in found]


def fit(found: Sequence[Found]) -> Weights:
    """The weights under which the right passages are most likely: a softmax over the passages of each question, with a squared penalty."""
    from scipy.optimize import minimize

    rows = np.concatenate([f.table for f in found])
    mean, scale = rows.mean(axis=0), np.where(rows.std(axis=0) > 1e-9, rows.std(axis=0), 1.0)
    lists = [((f.table - mean) / scale, f.right / f.right.sum(), f.weight) for f in found if f.right.any()]
    all_of_them = sum(counts for _, _, counts in lists)

    def loss(weight: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        total, slope = 0.0, np.zeros_like(weight)
        for table, wanted, counts in lists:
            scores = table @ weight
            likely = np.exp(scores - scores.max())
            likely /= likely.sum()
            total -= counts * float(wanted @ np.log(likely + 1e-12))
            slope += counts * (table.T @ (likely - wanted))
        return total / all_of_them + _PENALTY * float(weight @ weight), slope / all_of_them + 2 * _PENALTY * weight

    weight = minimize(loss, np.zeros(rows.shape[1]), jac=True, method="L-BFGS-B").x
    return Weights(weight, mean, scale)


def held_out(found: Sequence[Found]) -> list[list[str]]:
    """The ranking of each question by weights learnt from the other folds."""
    places = folds(found)
    weights = [fit([f for f, place in zip(found, places, strict=True) if place != fold]) for fold in range(FOLDS)]
    return [ranked(f, weights[place].scores(f.table)) for f, place in zip(found, places, strict=True)]


def ranked(found: Found, scores: NDArray[np.float64]) -> list[str]:
    """The passages by falling score."""
    return [found.names[at] for at in np.argsort(-scores, kind="stable")]


def save(hybrid: Weights, words: Weights, path: Path) -> None:
    """Write both sets of weights, six digits each."""

    def rounded(values: NDArray[np.float64]) -> list[float]:
        return [float(f"{v:.6g}") for v in values]

    sets = {
        name: {"weight": rounded(w.weight), "mean": rounded(w.mean), "scale": rounded(w.scale)}
        for name, w in (("hybrid", hybrid), ("words", words))
    }
    path.write_text(json.dumps({"features": list(FEATURES), **sets}, indent=1) + "\n", "utf-8")
