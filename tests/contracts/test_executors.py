"""The executors that ship."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from core.interfaces import StreamExecutor
from tests.contracts.executor import ExecutorContract
from tools.execution import ProcessExecutor, SerialExecutor


class TestSerial(ExecutorContract):
    """In this process."""

    @pytest.fixture
    def executor(self) -> StreamExecutor:
        return SerialExecutor()


class TestProcesses(ExecutorContract):
    """In two processes."""

    @pytest.fixture
    def executor(self) -> Iterator[StreamExecutor]:
        made = ProcessExecutor(2)
        yield made
        made.close()


@pytest.mark.slow
class TestRay(ExecutorContract):
    """On a Ray cluster of this machine's own."""

    @pytest.fixture
    def executor(self) -> Iterator[StreamExecutor]:
        from tools.execution_ray import RayExecutor

        made = RayExecutor("local", 2)
        yield made
        made.close()
