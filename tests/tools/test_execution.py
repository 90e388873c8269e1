"""Process workers: order, exceptions, single threads, a worker that dies."""

import os

import pytest

from core.errors import MolwrightError
from tools.execution import THREAD_VARIABLES, ProcessExecutor, SerialExecutor


def _square(x: int) -> int:
    return x * x


def _threads(_: int) -> list[str | None]:
    return [os.environ.get(variable) for variable in THREAD_VARIABLES]


def _fail(x: int) -> int:
    raise ValueError(f"no {x}")


def _die(_: int) -> None:
    os._exit(1)


def test_serial_keeps_order() -> None:
    executor = SerialExecutor()
    assert executor.map(_square, [3, 1, 2]) == [9, 1, 4]
    executor.close()


def test_processes_keep_order_run_single_threaded_and_pass_exceptions() -> None:
    with ProcessExecutor(2) as executor:
        assert executor.map(_square, list(range(20))) == [x * x for x in range(20)]
        assert executor.map(_threads, [0]) == [["1"] * len(THREAD_VARIABLES)]
        with pytest.raises(ValueError, match="no 7"):
            executor.map(_fail, [7])
        with pytest.raises(MolwrightError, match="died"):
            executor.map(_die, [0])
        assert executor.map(_square, [4]) == [16]
