"""A home folder that nothing may be written to: what is stored can be read, and whoever would write is told so in a sentence."""

from __future__ import annotations

import ctypes
import hashlib
import json
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.forked import ROOT

MAX_LINES = 40
_PR_CAPBSET_DROP = 24
#: Linux: to write and to read whatever the permissions say, which root may.
_CAPABILITIES = (1, 2)


def _as_anybody() -> None:
    """For a child process: root, too, is held to the permissions of files."""
    if os.geteuid() == 0:
        for capability in _CAPABILITIES:
            if ctypes.CDLL(None, use_errno=True).prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0):
                raise OSError(ctypes.get_errno(), "a capability cannot be dropped")


def _run(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "MOLWRIGHT_HOME": str(home), "MOLWRIGHT_WORKERS__PROCESSES": "1", "COLUMNS": "200", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "app.cli", *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=env, cwd=ROOT, timeout=300, check=False, preexec_fn=_as_anybody)


def _state(folder: Path) -> dict[str, str]:
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """A home with one finished run and one that waits, which nobody may write to; the id of the finished one."""
    home = tmp_path_factory.mktemp("kept") / "home"
    done = _run(home, "design", "a molecule with MW < 200", "--yes", "--budget", "40", "--candidates", "2", "--json", "-")
    assert done.returncode == 0, done.stderr
    places = [home, *home.rglob("*")]
    for place in places:
        place.chmod(place.stat().st_mode & ~(stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH))
    yield home, json.loads(done.stdout)["run_id"]
    for place in places:
        place.chmod(place.stat().st_mode | stat.S_IWUSR)


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        (("runs", "list"), "success"),
        (("runs", "show", "RUN"), "Molecular weight"),
        (("report", "RUN"), "p(all met)"),
        (("report", "RUN", "--csv"), "smiles"),
        (("trace", "RUN"), "propose"),
        (("trace", "RUN", "--candidate", "1"), "listed, rank 1"),
        (("verify", "RUN"), "as it was sealed"),
        (("spec", "a molecule with MW < 200"), "Molecular weight below 200"),
        (("properties", "CCO"), "46.07"),
        (("check", "CCO", "--goal", "a molecule with MW < 200"), "46.07"),
        (("metrics",), "molwright_runs"),
        (("settings",), "workers.processes"),
    ],
    ids=lambda value: "-".join(value).replace(" ", "_") if isinstance(value, tuple) else None,
)
def test_what_is_stored_can_be_read(stored: tuple[Path, str], arguments: tuple[str, ...], shown: str) -> None:
    home, run_id = stored
    before = _state(home)
    done = _run(home, *(run_id if a == "RUN" else a for a in arguments))
    assert done.returncode == 0, done.stderr
    assert shown in done.stdout
    assert _state(home) == before


def test_a_library_is_screened_to_stdout(stored: tuple[Path, str], tmp_path: Path) -> None:
    home, _ = stored
    library = tmp_path / "two.smi"
    library.write_text("CCO ethanol\nCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCC long\n", encoding="utf-8")
    done = _run(home, "screen", str(library), "--goal", "a molecule with MW < 200", "--json", "-")
    assert done.returncode == 0, done.stderr
    assert [c["name"] for c in json.loads(done.stdout)["candidates"]] == ["ethanol"]
    assert f"{home} cannot be written: no files are kept" in " ".join(done.stderr.split())
    kept = _run(home, "screen", str(library), "--goal", "a molecule with MW < 200", "--out", str(tmp_path / "out"))
    assert kept.returncode == 0
    assert (tmp_path / "out" / "hits.csv").is_file()


@pytest.mark.parametrize(
    "arguments",
    [
        ("design", "a molecule with MW < 200", "--yes", "--budget", "20"),
        ("feedback", "RUN", "1", "accept"),
        ("resume", "RUN"),
    ],
    ids=lambda value: value[0],
)
def test_whoever_would_write_is_told_in_a_sentence(stored: tuple[Path, str], arguments: tuple[str, ...]) -> None:
    home, run_id = stored
    before = _state(home)
    done = _run(home, *(run_id if a == "RUN" else a for a in arguments))
    assert done.returncode in (1, 2)
    assert "Traceback" not in done.stderr
    assert "molwright: " in done.stderr
    assert len(done.stderr.splitlines()) < MAX_LINES
    assert _state(home) == before
