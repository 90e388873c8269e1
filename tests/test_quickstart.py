"""Every command of the quickstart runs as printed, in order, in one home."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "quickstart.md"


@pytest.mark.quickstart
def test_every_command_of_the_quickstart_runs(tmp_path: Path) -> None:
    program = tmp_path / "bin" / "molwright"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m app.cli "$@"\n')
    program.chmod(0o755)
    path = f"{program.parent}{os.pathsep}{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "MOLWRIGHT_HOME": str(tmp_path / "home"), "PYTHONPATH": str(ROOT)}
    commands = [
        line for block in re.findall(r"```sh\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL) for line in block.splitlines() if line
    ]
    assert len(commands) >= 10
    for command in commands:
        done = subprocess.run(
            ["sh", "-c", command], env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    assert {"report.html", "report.json", "candidates.csv", "candidates.sdf"} <= {p.name for p in (tmp_path / "first").iterdir()}
