"""Correlation of the prediction errors of two predictors on the same structures."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from core.errors import NotFoundError
from tools.predictors.predict import CORRELATION_FILE

#: A correlation of n pairs is multiplied by n / (n + PRIOR_PAIRS).
PRIOR_PAIRS = 50
#: Standardised residuals beyond this many sigmas count as this many.
_CLIP = 4.0


def _standardised(path: Path) -> tuple[str, dict[str, list[float]], dict[str, list[float]]]:
    """(predictor, standardised residuals by structure, and by structure and solvent)."""
    if not path.is_file():
        raise NotFoundError(f"no such file: {path}")
    with np.load(path, allow_pickle=False) as archive:
        name = str(archive["name"])
        z = np.clip((archive["measured"] - archive["predicted"]) / archive["sigma"], -_CLIP, _CLIP)
        keys, solvents = archive["key"].tolist(), archive["solvent"].tolist()
    by_structure: dict[str, list[float]] = {}
    by_pair: dict[str, list[float]] = {}
    for key, solvent, value in zip(keys, solvents, z.tolist(), strict=True):
        by_structure.setdefault(key, []).append(value)
        if solvent:
            by_pair.setdefault(f"{key} {solvent}", []).append(value)
    return name, by_structure, by_pair


def correlations(files: Sequence[Path]) -> dict[str, dict[str, Any]]:
    """For each pair of predictors 'a|b' (sorted): n shared structures, correlation r and its shrunk value.

    Two dye predictors are matched by structure and solvent, others by structure. Raises NotFoundError for a missing file.
    """
    read = sorted((_standardised(path) for path in files), key=lambda item: item[0])
    pairs: dict[str, dict[str, Any]] = {}
    for (name_a, structures_a, both_a), (name_b, structures_b, both_b) in combinations(read, 2):
        a, b = (both_a, both_b) if both_a and both_b else (structures_a, structures_b)
        shared = sorted(set(a) & set(b))
        n = len(shared)
        r = 0.0
        if n >= 3:
            va, vb = np.array([np.mean(a[k]) for k in shared]), np.array([np.mean(b[k]) for k in shared])
            r = float(np.corrcoef(va, vb)[0, 1]) if va.std() > 0 and vb.std() > 0 else 0.0
        pairs[f"{name_a}|{name_b}"] = {"n": n, "r": round(r, 4), "shrunk": round(r * n / (n + PRIOR_PAIRS), 4)}
    return pairs


def write_correlation(files: Sequence[Path], out: Path, *, keep: bool = False) -> dict[str, dict[str, Any]]:
    """Write :func:`correlations` to ``out`` as the table that ``residual_correlation`` reads; returns the pairs of ``files``.

    ``keep``: other pairs that the table holds already stay in it.
    """
    found = correlations(files)
    before = (
        json.loads((out / CORRELATION_FILE).read_text(encoding="utf-8"))["pairs"] if keep and (out / CORRELATION_FILE).is_file() else {}
    )
    pairs = {**before, **found}
    text = json.dumps({"prior_pairs": PRIOR_PAIRS, "pairs": pairs}, indent=1, sort_keys=True)
    out.mkdir(parents=True, exist_ok=True)
    (out / CORRELATION_FILE).write_text(text + "\n", encoding="utf-8")
    return found
