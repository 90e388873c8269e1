"""LightGBM boosters for prediction only, through LightGBM's C interface (lightgbm.readthedocs.io/en/stable/C-API.html).

The Python package imports pandas and scikit-learn where they are installed, which takes longer than reading all weights. Trees are
evaluated in groups, whose nodes stay in the processor's cache while all rows pass; rows are given by their entries that are not zero.
"""

from __future__ import annotations

import ctypes
import weakref
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_NAMES = ("lib_lightgbm.so", "lib_lightgbm.dylib", "lib_lightgbm.dll")
_FLOAT32, _FLOAT64, _INT32, _RAW_SCORE = 0, 1, 2, 1
#: Objectives whose prediction is the plain sum of the trees.
_SUMS = ("regression", "regression_l1", "huber", "fair", "quantile")
#: Trees evaluated for all rows before the next ones, where there are at least ``_MANY`` rows.
_GROUP = 200
_MANY = 16


class BoosterError(ValueError):
    """A model text that LightGBM does not read, or input that it refuses."""


@lru_cache(maxsize=1)
def _library() -> ctypes.CDLL:
    spec = find_spec("lightgbm")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        for name in _NAMES:
            path = Path(folder) / "lib" / name
            if path.is_file():
                return _prepared(ctypes.CDLL(str(path)))
    from lightgbm.basic import _LIB  # type: ignore[attr-defined]

    return _prepared(_LIB)


def _prepared(library: ctypes.CDLL) -> ctypes.CDLL:
    library.LGBM_GetLastError.restype = ctypes.c_char_p
    return library


def _check(status: int) -> None:
    if status:
        raise BoosterError(_library().LGBM_GetLastError().decode("utf-8", "replace"))


@dataclass(frozen=True)
class Rows:
    """A matrix by its entries that are not zero, row after row: their ``columns`` and ``values``, and where each row starts."""

    starts: NDArray[np.int32]
    columns: NDArray[np.int32]
    values: NDArray[np.float32] | NDArray[np.float64]
    width: int

    @classmethod
    def of(cls, x: NDArray[np.float32] | NDArray[np.float64]) -> Rows:
        """The rows of ``x``, float32 or float64, shape (rows, columns). Empty rows give no predictions."""
        flat: NDArray[Any] = np.ascontiguousarray(x).ravel()
        places = np.flatnonzero(flat)
        starts = np.zeros(len(x) + 1, dtype=np.int32)
        np.cumsum(np.count_nonzero(x, axis=1), out=starts[1:])
        return cls(starts, (places % x.shape[1]).astype(np.int32), flat[places], x.shape[1])

    def __len__(self) -> int:
        return len(self.starts) - 1


class Booster:
    """The trees of a LightGBM regression model in memory."""

    def __init__(self, text: str) -> None:
        """``text``: LightGBM's model text. Raises BoosterError where it is not one, or its prediction is not the sum of its trees."""
        objective = next((line for line in text[:100_000].splitlines() if line.startswith("objective=")), "objective=regression")
        if objective.removeprefix("objective=") not in _SUMS:
            raise BoosterError(f"a booster with {objective} is not supported")
        library, iterations, self._handle = _library(), ctypes.c_int(0), ctypes.c_void_p()
        _check(
            library.LGBM_BoosterLoadModelFromString(ctypes.c_char_p(text.encode()), ctypes.byref(iterations), ctypes.byref(self._handle))
        )
        weakref.finalize(self, library.LGBM_BoosterFree, self._handle)
        self._trees = iterations.value

    def predict(self, x: Rows | NDArray[np.float32] | NDArray[np.float64], *, num_threads: int = 1) -> NDArray[np.float64]:
        """Predictions for the rows of ``x``, shape (len(x),). Raises BoosterError where columns are missing."""
        rows = x if isinstance(x, Rows) else Rows.of(x)
        total, part = np.zeros(len(rows)), np.empty(len(rows))
        step = _GROUP if len(rows) >= _MANY else max(1, self._trees)
        for start in range(0, self._trees if len(rows) else 0, step):
            self._sum(rows, start, step, num_threads, part)
            total += part
        return total

    def _sum(self, rows: Rows, start: int, trees: int, num_threads: int, result: NDArray[np.float64]) -> None:
        """Sums of ``trees`` trees from ``start`` on, into ``result``."""
        length = ctypes.c_int64(0)
        _check(
            _library().LGBM_BoosterPredictForCSR(
                self._handle,
                ctypes.c_void_p(rows.starts.ctypes.data),
                ctypes.c_int(_INT32),
                ctypes.c_void_p(rows.columns.ctypes.data),
                ctypes.c_void_p(rows.values.ctypes.data),
                ctypes.c_int(_FLOAT32 if rows.values.dtype == np.float32 else _FLOAT64),
                ctypes.c_int64(len(rows.starts)),
                ctypes.c_int64(len(rows.columns)),
                ctypes.c_int64(rows.width),
                ctypes.c_int(_RAW_SCORE),
                ctypes.c_int(start),
                ctypes.c_int(trees),
                ctypes.c_char_p(f"num_threads={num_threads} verbosity=-1".encode()),
                ctypes.byref(length),
                ctypes.c_void_p(result.ctypes.data),
            )
        )
