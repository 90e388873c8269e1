"""A home of its own for every test, and the program as a user starts it."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.forked import ROOT, Workers

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def molwright(home: Path, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, workers: Workers) -> Run:
    """Run ``molwright`` as a process of its own, without a terminal; ``fresh``: one that imports everything itself."""
    kept = tmp_path_factory.mktemp("streams")

    def run(*arguments: str, stdin: str = "", fresh: bool = False, **environment: str) -> subprocess.CompletedProcess[str]:
        env = {**os.environ, "MOLWRIGHT_HOME": str(home), "MOLWRIGHT_WORKERS__PROCESSES": "1", "COLUMNS": "200", **environment}
        command = [sys.executable, "-m", "app.cli", *arguments]
        if fresh:
            env["PYTHONPATH"] = str(ROOT)
            return subprocess.run(command, input=stdin, capture_output=True, text=True, env=env, cwd=tmp_path, timeout=300, check=False)
        given = kept / f"stdin-{uuid.uuid4().hex}"
        given.write_bytes(stdin.encode())
        job = {"argv": list(arguments), "folder": str(kept), "cwd": str(tmp_path), "env": env, "whole_env": True, "stdin": str(given)}
        ended = workers.wait(int(workers.ask({"do": "spawn", "armed": False, **job})["pid"]), kept)
        return subprocess.CompletedProcess(command, ended.code, ended.out, ended.err)

    return run
