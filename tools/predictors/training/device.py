"""Where the matrices of a training are computed: on the processor with NumPy, or on a GPU with torch.

The Gaussian process and the neural networks are written once, for arrays that follow the array API standard (2024.12, https://data-apis.org/array-api).
Random numbers are always drawn on the processor, so that a GPU gives the same model but for rounding. The trees are grown on the processor everywhere.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from core.errors import PredictorError, UsageError

Found = TypeVar("Found")

#: What ``choose`` understands, besides ``cuda:1`` and so on.
CHOICES = ("auto", "cpu", "cuda")


def one_blas_thread() -> AbstractContextManager[Any]:
    """While it lasts, linear algebra runs in one thread: sums in another order give other last digits, and so other weights."""
    import scipy.linalg  # noqa: F401  (with a library of its own, which is only limited once it is loaded)

    try:
        from threadpoolctl import threadpool_limits
    except ImportError:  # it comes with scikit-learn, the extra 'train'; models of one's own are trained without it
        return nullcontext()
    return threadpool_limits(limits=1, user_api="blas")  # type: ignore[no-any-return]


def _silent(text: str) -> None:
    """Says nothing."""


@dataclass(frozen=True)
class Device:
    """A device and the functions for arrays on it.

    Attributes:
        name: as people know it.
        xp: the array API's functions; NumPy itself on the processor.
        place: makes an array of the device from a NumPy array.
        fetch: makes a NumPy array from one of the device.
        faults: errors of the device itself, such as too little memory.
        insist: whether such an error ends the training, or the processor takes over.
        notice: told when it takes over.
    """

    name: str
    xp: Any
    place: Callable[[NDArray[Any]], Any]
    fetch: Callable[[Any], NDArray[Any]]
    faults: tuple[type[Exception], ...] = ()
    insist: bool = False
    notice: Callable[[str], None] = _silent

    @property
    def is_processor(self) -> bool:
        """Whether arrays are NumPy's own."""
        return self.xp is np

    def run(self, work: Callable[[Device], Found]) -> Found:
        """``work`` on this device; where the device fails and nobody insists on it, on the processor.

        Raises PredictorError where the device fails and was insisted on.
        """
        try:
            return work(self)
        except self.faults as error:
            reason = (str(error).splitlines() or [type(error).__name__])[0]
            if self.insist:
                raise PredictorError(f"training on {self.name} failed: {reason}; --device cpu trains on the processor") from error
            self.notice(f"{self.name} failed ({reason}); the processor takes over")
        return work(PROCESSOR)


PROCESSOR = Device("the processor", np, np.asarray, np.asarray)


def choose(asked: str = "auto", notice: Callable[[str], None] = _silent) -> Device:
    """The device called ``asked``: ``cpu``; ``cuda`` or ``cuda:1`` (torch's name for NVIDIA's and AMD's GPUs); ``auto``: a GPU where torch finds one.

    Raises UsageError for other names, and where a GPU is asked for by name that torch does not find.
    """
    kind, _, number = asked.partition(":")
    if kind not in CHOICES or (number and not (kind == "cuda" and number.isdecimal())) or asked.endswith(":"):
        raise UsageError(f"there is no device {asked!r}; there are: auto, cpu, cuda, cuda:0, cuda:1 and so on")
    if kind == "cpu":
        return PROCESSOR
    try:
        import torch
        from array_api_compat import torch as functions
    except ImportError:
        if kind == "auto":
            return PROCESSOR
        raise UsageError("training on a GPU needs torch: install molwright with the extra 'train'") from None
    if not torch.cuda.is_available():
        if kind == "auto":
            return PROCESSOR
        raise UsageError(
            "torch finds no GPU here: its driver is missing, or this torch was built for processors only; --device cpu trains without"
        )
    index = int(number or torch.cuda.current_device())
    if index >= torch.cuda.device_count():
        raise UsageError(f"there is no device {asked!r}; torch finds {torch.cuda.device_count()}, counted from cuda:0")
    return of_torch(torch.device("cuda", index), functions, torch.cuda.get_device_name(index), insist=kind == "cuda", notice=notice)


def of_torch(device: Any, functions: Any, name: str, *, insist: bool = False, notice: Callable[[str], None] = _silent) -> Device:
    """Torch's ``device`` with array-api-compat's ``functions``."""
    return Device(
        name,
        functions,
        lambda array: functions.asarray(array, device=device),
        lambda array: np.asarray(array.cpu()),
        (RuntimeError,),
        insist,
        notice,
    )
