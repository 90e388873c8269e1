"""Regression trees for prediction only, as plain number arrays: what LightGBM predicts from the same trees, to the last bit.

A comparison of a column with a threshold is stored once, however many splits ask for it. Thresholds and leaf values are decimal numbers of seven
digits, as they ship: a whole number and the number of its decimals, whose quotient is the number that LightGBM reads from the same digits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

#: Objectives whose prediction is the plain sum of the trees.
_SUMS = ("regression", "regression_l1", "huber", "fair", "quantile")
#: Rows that go through the trees at once: what they need stays in the processor's cache.
_BATCH = 64
#: Rows before the tables are made: more than a run lists, which asks most models of nothing else. With those of the neighbours they take 10 MB a model.
_FEW = 16
#: Levels of the trees before the first look at which rows have come to a leaf, and between two further ones.
_FIRST_LEVELS, _LEVELS = 9, 5
_DIGITS = 7
#: Powers of ten that numbers may have; up to 22 they are exact. LightGBM divides zero from more at 1e-35.
_POWERS = 40
_TEN = np.array([float(f"1e{p}") for p in range(_POWERS)])
#: Bits of LightGBM's decision type: whether a split is by category, and what counts as missing.
_CATEGORY, _MISSING, _ZERO = 1, 3, 1


class TreesError(ValueError):
    """A model text or arrays that hold no regression trees of the supported kind, or input without their columns."""


class Trees:
    """The trees of a LightGBM regression model. The first few rows are led through the arrays as they ship; for more, tables are made of these."""

    def __init__(self, arrays: dict[str, NDArray[Any]]) -> None:
        """``arrays``: as :func:`trees_of_text` gives them. Raises TreesError where they do not fit each other, KeyError where one is missing."""
        leaves = arrays["leaves"].astype(np.int64)
        splits = leaves - 1
        if not len(leaves) or splits.min() < 0 or splits.sum() != len(arrays["test"]) or leaves.sum() != len(arrays["value_digits"]):
            raise TreesError("these arrays hold no trees")
        if not _within(arrays["left"], arrays["right"], splits):
            raise TreesError("these arrays hold no trees")
        if len(arrays["test"]) and int(arrays["test"].max()) >= len(arrays["column"]):
            raise TreesError("these arrays hold no trees")
        self._arrays, self._width, self._asked = arrays, int(arrays["width"][0]), 0
        self._plain = all(_are_plain(arrays[f"{what}_decimals"]) for what in ("threshold", "value"))
        self._tree_splits, self._first_split, self._first_leaf = splits, np.cumsum(splits) - splits, np.cumsum(leaves) - leaves

    def predict(self, x: NDArray[np.float32] | FloatArray, *, num_threads: int = 1) -> FloatArray:
        """Predictions for the rows of ``x``, shape (len(x),), in the unit that was learnt; NaN for a row with a NaN, empty for no rows.

        ``num_threads`` is LightGBM's and changes nothing. Raises TreesError where ``x`` has other columns than the trees were trained on.
        """
        if x.ndim != 2 or x.shape[1] != self._width:
            raise TreesError(f"the trees need {self._width} columns, not {x.shape[1:]}")
        self._asked += len(x)
        total = np.empty(len(x))
        if self._asked <= _FEW:
            total[:] = [self._sum(row) for row in x]
        else:
            for start in range(0, len(x), _BATCH):
                total[start : start + _BATCH] = self._tables.sums(x[start : start + _BATCH])
        total[np.isnan(x).any(axis=1)] = np.nan
        return total

    def _sum(self, row: NDArray[Any]) -> float:
        """Sum over the trees for one row, as LightGBM adds them."""
        held, numbers = self._arrays, _quotients if self._plain else _decimals
        met = row.take(held["column"]) <= numbers(held["threshold_digits"], held["threshold_decimals"])
        step = np.where(met.take(held["test"]), held["left"], held["right"])
        leaf, going = self._first_leaf.copy(), np.flatnonzero(self._tree_splits)
        first = at = self._first_split[going]
        while len(going):
            child = step.take(at)
            ended = child < 0
            leaf[going[ended]] -= 1 + child[ended].astype(np.int64)
            further = np.flatnonzero(~ended)
            going, first, child = going.take(further), first.take(further), child.take(further)
            at = first + child
        return float(np.add.accumulate(numbers(held["value_digits"][leaf], held["value_decimals"][leaf]))[-1])

    @cached_property
    def _tables(self) -> _Tables:
        held, count, numbers = self._arrays, len(self._arrays["test"]), _quotients if self._plain else _decimals
        split, leaf = (np.repeat(first.astype(np.int32), self._tree_splits) for first in (self._first_split, self._first_leaf))
        steps = np.empty((count, 2), dtype=np.int32)
        for place, side in enumerate(("right", "left")):
            child = held[side].astype(np.int32)
            steps[:, place] = 2 * np.where(child >= 0, child + split, count + leaf - child - 1)
        values = numbers(held["value_digits"], held["value_decimals"])
        ends = 2 * np.repeat(np.arange(count, count + len(values), dtype=np.int32), 2)
        return _Tables(
            columns=held["column"].astype(np.int64),
            thresholds=numbers(held["threshold_digits"], held["threshold_decimals"]),
            values=values,
            steps=np.concatenate([steps.ravel(), ends]),
            tests=np.concatenate([np.repeat(held["test"], 2), np.zeros(len(ends), dtype=held["test"].dtype)]),
            roots=(2 * np.where(self._tree_splits > 0, self._first_split, count + self._first_leaf)).astype(np.int32),
            splits=count,
        )


def _within(left: NDArray[Any], right: NDArray[Any], splits: NDArray[np.int64]) -> bool:
    """Whether there are two children for each split, and each is a split or, as -1 minus it, a leaf of the same tree."""
    kind = (
        left.dtype
        if left.dtype == right.dtype and left.dtype.kind == "i" and splits.max() <= np.iinfo(left.dtype).max
        else np.dtype(np.int64)
    )
    ends = np.repeat(splits.astype(kind), splits)
    if not len(left) == len(right) == len(ends):
        return False
    least = -1 - ends
    return not any((side >= ends).any() or (side < least).any() for side in (left, right))


@dataclass(frozen=True)
class _Tables:
    """Trees for many rows: splits and then leaves have an even number each; the odd one after it leads to where the test is met. A leaf leads to
    itself."""

    columns: NDArray[np.int64]
    thresholds: FloatArray
    values: FloatArray
    steps: NDArray[np.int32]
    tests: NDArray[Any]
    roots: NDArray[np.int32]
    splits: int

    @cached_property
    def _single(self) -> NDArray[np.float32]:
        """The largest numbers of single precision that are not above the thresholds: a single-precision value is at most one where it is at most the other.

        Shape (tests,), in the units of the columns; empty for no tests.
        """
        near = self.thresholds.astype(np.float32)
        return np.where(near > self.thresholds, np.nextafter(near, np.float32(-np.inf)), near)

    def sums(self, x: NDArray[Any]) -> FloatArray:
        """Sums over the trees, one tree after the other, as LightGBM adds them."""
        met = np.ones((max(1, len(self.columns)), len(x)), dtype=np.uint8)
        limits = self._single if x.dtype == np.float32 else self.thresholds
        asked = np.ascontiguousarray(x.T).take(
            self.columns, axis=0
        )  # a column's rows lie together, so that whole rows are copied and compared
        np.less_equal(asked, limits[:, None], out=met[: len(self.columns)].view(np.bool_))
        tests, flat = self.tests * np.int32(len(x)), met.ravel()
        at, row = np.repeat(self.roots, len(x)), np.tile(np.arange(len(x), dtype=np.int32), len(self.roots))
        ends, going, levels = at, np.arange(len(at)), _FIRST_LEVELS
        while len(going):
            for _ in range(levels):
                at = self.steps.take(at + flat.take(tests.take(at) + row))
            ends[going] = at
            further, levels = np.flatnonzero(at < 2 * self.splits), _LEVELS
            going, at, row = going.take(further), at.take(further), row.take(further)
        values = self.values.take(ends // 2 - self.splits).reshape(len(self.roots), len(x))
        return np.asarray(np.add.accumulate(values, axis=0)[-1])


def trees_of_text(text: str) -> dict[str, NDArray[Any]]:
    """The trees of LightGBM's model text as arrays, numbers to seven significant digits.

    ``leaves``: of each tree; for each split ``test``, ``left`` and ``right`` (a split of the same tree, or -1 minus a leaf of it); for each test its
    ``column`` and threshold; for each leaf its value. Raises TreesError for a text that is none, or whose prediction is not the sum of such trees.
    """
    head, *parts = text.split("\nTree=")
    objective = next((line for line in head.splitlines() if line.startswith("objective=")), "objective=regression")
    if objective.removeprefix("objective=").split(" ")[0] not in _SUMS:
        raise TreesError(f"trees with {objective} are not supported")
    if not parts or not head.startswith("tree"):
        raise TreesError("not a text of trees")
    trees = [_fields(part) for part in parts]
    width = int(_fields(head)["max_feature_idx"]) + 1
    tests: dict[tuple[int, float], int] = {}
    test: list[int] = []
    for tree in trees:
        for column, threshold in zip(_whole(tree, "split_feature"), _real(tree, "threshold"), strict=True):
            test.append(tests.setdefault((column, threshold), len(tests)))
    threshold_digits, threshold_decimals = _digits([threshold for _, threshold in tests])
    value_digits, value_decimals = _digits([value for tree in trees for value in _real(tree, "leaf_value")])
    return {
        "width": np.array([width], dtype=np.int32),
        "leaves": _small([int(tree["num_leaves"]) for tree in trees]),
        "test": _small(test),
        "left": _small([child for tree in trees for child in _whole(tree, "left_child")]),
        "right": _small([child for tree in trees for child in _whole(tree, "right_child")]),
        "column": _small([column for column, _ in tests]),
        "threshold_digits": threshold_digits,
        "threshold_decimals": threshold_decimals,
        "value_digits": value_digits,
        "value_decimals": value_decimals,
    }


def _fields(part: str) -> dict[str, str]:
    """The lines ``name=value`` of a part of the text. Raises TreesError for a tree whose splits or leaves are of another kind."""
    found = dict(line.split("=", 1) for line in part.splitlines() if "=" in line)
    kinds = _whole(found, "decision_type")
    if (
        found.get("num_cat", "0") != "0"
        or found.get("is_linear", "0") != "0"
        or any(k & _CATEGORY or (k >> 2) & _MISSING == _ZERO for k in kinds)
    ):
        raise TreesError("trees with categories, linear leaves or zeros that are missing values are not supported")
    return found


def _whole(tree: dict[str, str], name: str) -> list[int]:
    return [int(word) for word in tree.get(name, "").split()]


def _real(tree: dict[str, str], name: str) -> list[float]:
    return [float(f"{float(word):.{_DIGITS}g}") for word in tree.get(name, "").split()]


def _small(numbers: Sequence[int]) -> NDArray[Any]:
    """``numbers`` in the smallest type that holds them."""
    kind = next(
        k
        for k in (np.uint8, np.int8, np.uint16, np.int16, np.int32)
        if min(numbers, default=0) >= np.iinfo(k).min and max(numbers, default=0) <= np.iinfo(k).max
    )
    return np.array(numbers, dtype=kind)


def _digits(numbers: Sequence[float]) -> tuple[NDArray[np.int32], NDArray[np.int8]]:
    """Each number as a whole number and how many of its digits are decimals. Raises TreesError for one of which that is not the same number."""
    digits, decimals = np.zeros(len(numbers), dtype=np.int32), np.zeros(len(numbers), dtype=np.int8)
    for i, number in enumerate(numbers):
        mantissa, exponent = f"{number:.{_DIGITS - 1}e}".split("e")
        whole, shift = int(mantissa.replace(".", "")), _DIGITS - 1 - int(exponent)
        while whole and whole % 10 == 0:
            whole, shift = whole // 10, shift - 1
        digits[i], decimals[i] = whole, shift if whole else 0
    if not np.array_equal(_decimals(digits, decimals), np.array(numbers, dtype=np.float64)):
        raise TreesError("numbers as small or large as these are not supported")
    return digits, decimals


def _are_plain(decimals: NDArray[np.int8]) -> bool:
    """Whether :func:`_quotients` gives the numbers of :func:`_digits`, as it does of all but huge and tiny ones."""
    return not len(decimals) or bool(decimals.min() >= 0 and decimals.max() < _POWERS)


def _quotients(digits: NDArray[np.int32], decimals: NDArray[np.int8]) -> FloatArray:
    """:func:`_decimals` of plain numbers, in a quarter of its time."""
    return np.asarray(digits / _TEN[decimals])


def _decimals(digits: NDArray[np.int32], decimals: NDArray[np.int8]) -> FloatArray:
    """The numbers of :func:`_digits`: a whole number over, or times, a power of ten, mostly exact ones; :func:`_digits` makes sure of all."""
    if np.abs(decimals).max(initial=0) >= _POWERS:
        raise TreesError("numbers as small or large as these are not supported")
    return np.asarray(np.where(decimals >= 0, digits / _TEN[np.maximum(decimals, 0)], digits * _TEN[np.maximum(-decimals, 0)]))
