"""The one trainer, of the predictors that ship and of users' models: cross-validate, calibrate, train on everything, write files and card.

What is learnt, and how, is a :class:`LearningTask`; the order of the steps, the splits and what is written where are here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from core.errors import UsageError
from tools.predictors.training.cross_validation import Evaluation, FloatArray, Predict, Progress, Rows, Unseen, cross_validated
from tools.predictors.weights import write_folder

E = TypeVar("E", bound=Evaluation)


@dataclass(frozen=True)
class Split:
    """One way to hold rows out.

    Attributes:
        name: what the model card calls it.
        said: what progress says of it.
        folds: gives the fold of every row, (n,). Raises UsageError where the data cannot be split so.
    """

    name: str
    said: str
    folds: Callable[[], Rows]


@dataclass(frozen=True)
class TrainedFiles:
    """What training leaves behind: the contents of the files by name, and the model card for programs and for people."""

    files: Mapping[str, bytes]
    card: dict[str, Any]
    markdown: str


class LearningTask(Protocol[E]):
    """Measurements with their features, what learns them, and the form in which the result is kept."""

    @property
    def name(self) -> str:
        """The property, and the folder of the files."""
        ...

    @property
    def bits(self) -> Sequence[NDArray[np.uint16]]:
        """The fingerprint of every row, as the index of each set bit; empty for a structure without any."""
        ...

    def splits(self) -> Sequence[Split]:
        """The ways to hold rows out: first the one on which intervals are calibrated, then harder ones."""
        ...

    def fit(self, rows: Rows) -> Predict:
        """Train on ``rows`` and give what predicts others."""
        ...

    def describe_fold(self, rows: Rows, answers: FloatArray) -> str:
        """How well the rows of a fold were predicted, in words for progress, with errors in the unit that is learnt.

        NaN for an empty fold. ``answers``: what :meth:`fit` gave for them, (m, rows).
        """
        ...

    def calibrated(self, fold: Rows, unseen: Unseen) -> E:
        """The evaluation of the first split, with the intervals that ship."""
        ...

    def held_out(self, fold: Rows, unseen: Unseen, calibrated: E) -> Evaluation:
        """The evaluation of a harder split, with intervals from the first one."""
        ...

    def finish(self, calibrated: E, evaluations: Mapping[str, Evaluation], progress: Progress) -> TrainedFiles:
        """Train on all rows. ``evaluations``: of every split, by its name."""
        ...


@dataclass(frozen=True)
class Trained:
    """The model card, and the evaluation of every split by its name."""

    card: dict[str, Any]
    evaluations: Mapping[str, Evaluation]


def train(task: LearningTask[E], out: Path, progress: Progress) -> Trained:
    """Evaluate ``task`` on its splits, train it on all rows, and write ``out/NAME``.

    A harder split that the data do not allow is left out. Nothing is written unless everything worked. Raises UsageError where the
    first split is not possible.
    """
    first, *harder = task.splits()
    calibrated = evaluate(task, first, progress)
    evaluations: dict[str, Evaluation] = {first.name: calibrated}
    for split in harder:
        try:
            evaluations[split.name] = evaluate_held_out(task, split, calibrated, progress)
        except UsageError:
            continue
    made = task.finish(calibrated, evaluations, progress)
    write_folder(out / task.name, made.files, made.card, made.markdown)
    progress(f"wrote {out / task.name} ({sum(map(len, made.files.values())) / 1e6:.2f} MB)")
    return Trained(made.card, evaluations)


def evaluate(task: LearningTask[E], split: Split, progress: Progress) -> E:
    """Cross-validate ``task`` on ``split`` and calibrate its intervals there. Raises UsageError where the data cannot be split so."""
    return task.calibrated(*_cross_validated(task, split, progress))


def evaluate_held_out(task: LearningTask[E], split: Split, calibrated: E, progress: Progress) -> Evaluation:
    """Cross-validate ``task`` on a harder ``split``, with the intervals of ``calibrated``. Raises UsageError as :func:`evaluate` does."""
    return task.held_out(*_cross_validated(task, split, progress), calibrated)


def _cross_validated(task: LearningTask[E], split: Split, progress: Progress) -> tuple[Rows, Unseen]:
    fold = split.folds()
    progress(split.said)
    return fold, cross_validated(
        fold, task.bits, task.fit, lambda k, rows, answers: progress(f"fold {k + 1}: {task.describe_fold(rows, answers)}")
    )
