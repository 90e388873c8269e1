"""Trains the guard's knowledge of languages: ``python -m evals.guard_tongue`` writes ``tools/safety/tables/tongue.npz``.

It learns from the sentences of the guard's batches, which name their language, and from the phrases; the measure printed is of a fifth left out.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evals.guard_score import OPEN, filled
from evals.suites.base import DATA
from evals.suites.guard import batches
from tools.safety import tongue
from tools.safety.spelling import WORD, normalise

TARGET = Path(tongue.__file__).parent / tongue.MODEL
#: Inverse strength of the penalty on the squares of the weights.
STRENGTH = 300.0
#: What the shares of the pieces are multiplied with while learning.
SCALE = 10.0
_CODES = {
    "en": "english", "es": "spanish", "fr": "french", "de": "german", "it": "italian", "pt": "portuguese", "nl": "dutch", "pl": "polish", "cs": "czech",
    "slovak": "czech", "ro": "romanian", "hu": "hungarian", "tr": "turkish", "vi": "vietnamese", "id": "indonesian", "fi": "finnish", "ru": "russian",
    "uk": "ukrainian", "ar": "arabic", "fa": "persian",
    **dict.fromkeys(("sv", "da", "no", "swedish", "danish", "norwegian"), "scandinavian"),
    **dict.fromkeys(("catalan", "croatian", "filipino", "swahili", "tagalog"), "other"),
}  # fmt: skip


def language_of(label: str) -> str | None:
    """The language of ``tongue.ALL`` that a batch or a file of phrases names; None for one that its letters tell."""
    name = label.lower()
    if name.endswith(("-latn", "_latin", "latin letters")):
        return "romanised"
    name = _CODES.get(name, name)
    return name if name in tongue.ALL else None


def labelled() -> list[tuple[str, int]]:
    """Normalised sentences, each with the place of its language in ``tongue.ALL``."""
    found = [(text, label) for _, text, _, label in [*batches(), *batches(OPEN)]]
    found += [(text, path.stem) for path in sorted((DATA / "guard" / "phrases").glob("*.txt")) for text, _ in filled(path)]
    return [(normalise(text), tongue.ALL.index(name)) for text, label in dict.fromkeys(found) if (name := language_of(label))]


def _rows(texts: list[str]) -> Any:
    """The share of each bucket among the pieces of each text, times ``SCALE``, as a sparse matrix."""
    from scipy.sparse import csr_matrix

    found = [[piece for match in WORD.finditer(text) if not match[0].isdigit() for piece in tongue.pieces(match[0])] for text in texts]
    values = np.concatenate([np.full(len(row), SCALE / max(len(row), 1)) for row in found])
    ends = np.cumsum([0, *map(len, found)])
    matrix = csr_matrix(
        (values, np.concatenate([np.array(row, dtype=np.int64) for row in found]), ends), shape=(len(texts), 1 << tongue.BITS)
    )
    matrix.sum_duplicates()
    return matrix


def trained(rows: Any, labels: NDArray[np.int64]) -> Any:
    """A model of some rows. Needs scikit-learn (``pip install 'molwright[train]'``)."""
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=STRENGTH, max_iter=300, class_weight="balanced").fit(rows, labels)


def main() -> None:
    """Measure on a fifth left out, then train on everything and write the shipped file."""
    found = labelled()
    rows, labels = _rows([text for text, _ in found]), np.array([label for _, label in found])
    out = np.arange(len(found)) % 5 == 0
    right = trained(rows[~out], labels[~out]).predict(rows[out]) == labels[out]
    fitted = trained(rows, labels)
    weight = SCALE * fitted.coef_.T
    scale = float(np.abs(weight).max()) / 127
    np.savez_compressed(
        TARGET, weight=np.rint(weight / scale).astype(np.int8), scale=np.array(scale), bias=fitted.intercept_.astype(np.float32)
    )
    print(f"{len(found)} sentences; right of the {out.sum()} left out: {right.mean():.3f}; {TARGET.stat().st_size / 1024:.0f} KiB")


if __name__ == "__main__":
    main()
