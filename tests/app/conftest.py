"""A home of its own for every test, and the program as a user starts it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def molwright(home: Path, tmp_path: Path) -> Run:
    """Run ``molwright`` as a process of its own, without a terminal."""

    def run(*arguments: str, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
        env = {**os.environ, "MOLWRIGHT_HOME": str(home), "MOLWRIGHT_WORKERS__PROCESSES": "1", "COLUMNS": "200", **environment}
        command = [sys.executable, "-m", "app.cli", *arguments]
        return subprocess.run(
            command,
            input=stdin,
            capture_output=True,
            text=True,
            env={**env, "PYTHONPATH": str(ROOT)},
            cwd=tmp_path,
            timeout=300,
            check=False,
        )

    return run
