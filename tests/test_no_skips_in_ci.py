"""A test that is skipped passes on a bare machine and fails in CI."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = """
import pytest

def test_passes():
    assert 1 + 1 == 2

def test_skips():
    pytest.skip("no server here")

@pytest.mark.skipif(True, reason="no browser here")
def test_is_marked():
    raise AssertionError

@pytest.mark.xfail(reason="known", strict=True)
def test_is_expected_to_fail():
    raise AssertionError
"""
MODULE = "import pytest\npytest.importorskip('a_module_that_nobody_has')\n"


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    """A folder of tests, some skipped, under the same conftest as this one."""
    conftest = Path(__file__).parent / "conftest.py"
    (tmp_path / "conftest.py").write_text(conftest.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "test_some.py").write_text(TESTS, encoding="utf-8")
    (tmp_path / "test_module.py").write_text(MODULE, encoding="utf-8")
    return tmp_path


def _run(suite: Path, ci: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "COV"))} | {"CI": ci}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--continue-on-collection-errors", str(suite)]
    return subprocess.run(command, cwd=suite, env=environment, capture_output=True, text=True, check=False)


def test_on_a_bare_machine_skips_are_skips(suite: Path) -> None:
    done = _run(suite, "")
    assert done.returncode == 0, done.stdout
    assert "1 passed, 3 skipped, 1 xfailed" in done.stdout


def test_in_ci_skips_are_failures_with_their_reason(suite: Path) -> None:
    done = _run(suite, "true")
    assert done.returncode == 1, done.stdout
    assert "1 failed, 1 passed, 1 xfailed, 2 errors" in done.stdout
    for reason in ("no server here", "no browser here", "a_module_that_nobody_has", "may not be skipped in CI"):
        assert reason in done.stdout
