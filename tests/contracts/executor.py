"""What every executor must do (``core.interfaces.Executor`` and ``StreamExecutor``)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count, islice

import pytest

from core.interfaces import StreamExecutor


def square(x: int) -> int:
    """A function that any process can import."""
    return x * x


def refuse(x: int) -> int:
    """A function that fails."""
    raise ValueError(f"no {x}")


class ExecutorContract:
    """Subclass it and give the fixture ``executor``."""

    @pytest.fixture
    def executor(self) -> StreamExecutor:
        raise NotImplementedError("the fixture executor of the subclass")

    def test_results_come_in_the_order_of_the_inputs(self, executor: StreamExecutor) -> None:
        assert executor.map(square, list(range(20))) == [x * x for x in range(20)]
        assert executor.map(square, []) == []

    def test_what_a_function_raises_comes_through(self, executor: StreamExecutor) -> None:
        with pytest.raises(ValueError, match="no 7"):
            executor.map(refuse, [7])
        assert executor.map(square, [3]) == [9]  # and the executor is still good

    def test_a_stream_may_be_endless(self, executor: StreamExecutor) -> None:
        taken: list[int] = []

        def inputs() -> Iterator[int]:
            for x in count():
                taken.append(x)
                yield x

        assert list(islice(executor.stream(square, inputs()), 10)) == [x * x for x in range(10)]
        assert len(taken) < 1000  # only a few are held at a time

    def test_it_says_how_many_work(self, executor: StreamExecutor) -> None:
        assert executor.workers >= 1
