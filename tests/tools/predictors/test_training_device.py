"""Training on a device: the same models as on the processor, and what happens where there is no device or it fails.

Here the device is array-api-strict's: it has nothing beyond the array API standard and refuses to mix its devices with each other or with NumPy. Tests with
torch are marked (``make test-torch``); they use a GPU where there is one.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import array_api_strict
import numpy as np
import pytest

from core.errors import PredictorError, UsageError
from tools.predictors.network import NetworkModel
from tools.predictors.specs import predictor_spec
from tools.predictors.training import device as devices
from tools.predictors.training import kernel_fit
from tools.predictors.training.card import method_section
from tools.predictors.training.device import PROCESSOR, Device, choose
from tools.predictors.training.kernel_fit import fit_kernel
from tools.predictors.training.learners import train_ensemble, used_columns
from tools.predictors.training.network_fit import fit_network

Measured = tuple[np.ndarray, np.ndarray]

_HASHES = """
import hashlib, sys, numpy as np
from tools.predictors.training.device import one_blas_thread
from tools.predictors.training.kernel_fit import fit_kernel
from tools.predictors.training.network_fit import fit_network
read = np.load(sys.argv[1])
with one_blas_thread():
    models = fit_kernel("molecule", read["x"], read["y"], 0).model, fit_network("molecule", read["x"], read["y"], 0, bend=0.5, epochs=2)
for model in models:
    for name, array in sorted(model.arrays().items()):
        print(name, hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest())
"""


def strict_device(**others: Any) -> Device:
    """The second of array-api-strict's devices; arrays of NumPy or of its first one cannot be mixed with arrays there."""
    there, processor = array_api_strict.Device("device1"), array_api_strict.Device("CPU_DEVICE")
    place = lambda array: array_api_strict.asarray(array, device=there)  # noqa: E731
    return Device("a strict device", array_api_strict, place, lambda array: np.asarray(array.to_device(processor)), **others)


def torch_devices() -> list[Device]:
    """Torch on the processor, and on a GPU where there is one."""
    import torch
    from array_api_compat import torch as functions

    found = [devices.of_torch(torch.device("cpu"), functions, "torch on the processor", insist=True)]
    return [*found, choose("cuda")] if torch.cuda.is_available() else found


def assert_same_models(measured: Measured, device: Device) -> None:
    x, y = measured
    one, two = fit_kernel("molecule", x, y, 0), fit_kernel("molecule", x, y, 0, device)
    np.testing.assert_allclose(two.weight, one.weight, atol=1e-6)
    np.testing.assert_allclose(two.model.predict(x), one.model.predict(x), atol=1e-4)
    networks: list[NetworkModel] = [fit_network("molecule", x, y, 0, bend=0.5, epochs=12, device=d) for d in (PROCESSOR, device)]
    here, there = (network.predict(x) for network in networks)
    np.testing.assert_allclose(there, here, atol=0.02 * y.std())
    assert np.sqrt(((there - y) ** 2).mean()) < 0.4 * y.std()


def test_a_device_gives_the_models_of_the_processor(measured: Measured) -> None:
    assert_same_models(measured, strict_device())


@pytest.mark.torch
def test_torch_gives_the_models_of_the_processor(measured: Measured) -> None:
    for device in torch_devices():
        assert_same_models(measured, device)


@pytest.mark.torch
def test_a_matrix_that_is_not_positive_definite_is_refused_by_torch() -> None:
    for device in torch_devices():
        with pytest.raises(ValueError, match="not positive definite"):
            kernel_fit._solve_on(device, np.diag([1.0, -1.0]), np.ones(2), diagonal=True)


@pytest.mark.torch
def test_torch_without_a_gpu() -> None:
    import torch

    if torch.cuda.is_available():
        assert not choose("auto").is_processor
        with pytest.raises(UsageError, match="there is no device 'cuda:99'"):
            choose("cuda:99")
    else:
        assert choose("auto") is PROCESSOR
        with pytest.raises(UsageError, match="torch finds no GPU here"):
            choose("cuda")


@pytest.mark.parametrize("solve", [kernel_fit._solve, partial(kernel_fit._solve_on, strict_device())], ids=["processor", "device"])
def test_a_matrix_that_is_not_positive_definite_is_refused(solve: Callable[..., Any]) -> None:
    with pytest.raises(ValueError, match="not positive definite"):
        solve(np.diag([1.0, -1.0]), np.ones(2), diagonal=True)


def test_a_device_that_fails_leaves_the_work_to_the_processor(measured: Measured) -> None:
    x, y = measured
    spec, columns, told = predictor_spec("flash_point"), used_columns(x), []

    def full(array: np.ndarray) -> Any:
        raise RuntimeError("CUDA out of memory. Tried to allocate 648 MiB.\nmore lines")

    one = Device("a full GPU", array_api_strict, full, np.asarray, (RuntimeError,), notice=told.append)
    ensemble = train_ensemble(spec, x, columns, y, 0, one)
    np.testing.assert_array_equal(ensemble.values(x)[0], train_ensemble(spec, x, columns, y, 0).values(x)[0])
    assert told == ["a full GPU failed (CUDA out of memory. Tried to allocate 648 MiB.); the processor takes over"] * 2
    insisted = Device("a full GPU", array_api_strict, full, np.asarray, (RuntimeError,), insist=True)
    with pytest.raises(PredictorError, match=r"training on a full GPU failed: CUDA out of memory.*--device cpu"):
        train_ensemble(spec, x, columns, y, 0, insisted)


def test_the_card_names_a_device_that_is_not_the_processor() -> None:
    spec = predictor_spec("flash_point")
    assert "matrices_on" not in method_section(spec, 0, 10)["training"]
    assert method_section(spec, 0, 10, strict_device())["training"]["matrices_on"] == "a strict device"


@pytest.mark.slow
def test_the_bytes_do_not_depend_on_the_number_of_threads(measured: Measured, tmp_path: Path) -> None:
    """In processes of their own, since the number of threads is read when the libraries are loaded; 800 rows are enough for BLAS to share them out."""
    x, y = (np.concatenate([part] * 4) for part in measured)
    np.savez(tmp_path / "measured.npz", x=x + np.random.default_rng(0).normal(scale=0.1, size=x.shape).astype(np.float32), y=y)
    found = set()
    for threads in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", _HASHES, str(tmp_path / "measured.npz")],
            env={**os.environ, "OPENBLAS_NUM_THREADS": threads}, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[3],
        )  # fmt: skip
        found.add(done.stdout)
    assert len(found) == 1


@pytest.mark.parametrize("asked", ["gpu", "", "cpu:0", "cuda:", "cuda:one", "auto:1", "cuda:-1"])
def test_names_that_are_no_device(asked: str) -> None:
    with pytest.raises(UsageError, match="there is no device"):
        choose(asked)


def test_without_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    assert choose("auto") is PROCESSOR
    assert choose("cpu") is PROCESSOR
    with pytest.raises(UsageError, match="extra 'train'"):
        choose("cuda:1")


def test_the_gpu_that_was_asked_for_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    cuda = SimpleNamespace(
        is_available=lambda: True, current_device=lambda: 0, device_count=lambda: 2, get_device_name=lambda index: f"GPU number {index}"
    )
    monkeypatch.setitem(sys.modules, "torch", SimpleNamespace(cuda=cuda, device=lambda kind, index: (kind, index)))
    placed = SimpleNamespace(asarray=lambda array, device: (array, device))
    monkeypatch.setitem(sys.modules, "array_api_compat", SimpleNamespace(torch=placed))
    auto, second = choose("auto"), choose("cuda:1")
    assert (auto.name, auto.insist, auto.place("array")) == ("GPU number 0", False, ("array", ("cuda", 0)))
    assert (second.name, second.insist, second.place("array")) == ("GPU number 1", True, ("array", ("cuda", 1)))
    with pytest.raises(UsageError, match="torch finds 2"):
        choose("cuda:2")
