"""The executors that ship."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.reading import interpret
from core.interfaces import StreamExecutor
from tests.contracts.executor import ExecutorContract
from tools.execution import ProcessExecutor, SerialExecutor
from tools.files.records import records
from tools.screening import run as screening
from tools.screening.chunk import process
from tools.workspace import builtin


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
    """On a Ray cluster of this machine's own, which takes ten seconds to start: one for all these tests."""

    @pytest.fixture(scope="class")
    def executor(self) -> Iterator[StreamExecutor]:
        from tools.execution_ray import RayExecutor

        made = RayExecutor("local", 2)
        yield made
        made.close()

    def test_a_screen_is_the_same_as_here(self, executor: StreamExecutor, tmp_path: Path) -> None:
        library = tmp_path / "library.smi"
        library.write_text("CCO m0\nnonsense x\nOc1ccccc1 m1\nCCCCCCCCCC m2\n[Na+].[O-]c1ccccc1 salt\nCc1ccccc1O m3\n")
        spec = interpret("logP between 1 and 3, MW below 200 and a hydroxyl group").model_dump_json()
        chunks = list(screening.chunks(records(library), spec, 0, calculators=builtin().calculators))
        assert list(executor.stream(process, chunks)) == [process(chunk) for chunk in chunks]
