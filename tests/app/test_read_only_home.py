"""A home folder that nothing may be written to: what is stored can be read, and whoever would write is told so in a sentence."""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.forked import Ended, Workers

MAX_LINES = 40


class Door:
    """Runs ``molwright`` as a process of its own that is held to the permissions of files, as root is not."""

    def __init__(self, workers: Workers, folder: Path) -> None:
        self._workers, self._folder = workers, folder

    def run(self, home: Path, *arguments: str) -> Ended:
        """``molwright ARGUMENTS`` with this home folder."""
        env = {**os.environ, "MOLWRIGHT_HOME": str(home), "MOLWRIGHT_WORKERS__PROCESSES": "1", "COLUMNS": "200"}
        job = {"argv": list(arguments), "folder": str(self._folder), "env": env, "whole_env": True, "armed": False, "as_anybody": True}
        return self._workers.wait(int(self._workers.ask({"do": "spawn", **job})["pid"]), self._folder)


@pytest.fixture(scope="module")
def door(workers: Workers, tmp_path_factory: pytest.TempPathFactory) -> Door:
    return Door(workers, tmp_path_factory.mktemp("streams"))


def _state(folder: Path) -> dict[str, str]:
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.fixture(scope="module")
def stored(door: Door, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """A home with one finished run and one that waits, which nobody may write to; the id of the finished one."""
    home = tmp_path_factory.mktemp("kept") / "home"
    done = door.run(home, "design", "a molecule with MW < 200", "--yes", "--budget", "40", "--candidates", "2", "--json", "-")
    assert done.code == 0, done.err
    places = [home, *home.rglob("*")]
    for place in places:
        place.chmod(place.stat().st_mode & ~(stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH))
    yield home, json.loads(done.out)["run_id"]
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
def test_what_is_stored_can_be_read(door: Door, stored: tuple[Path, str], arguments: tuple[str, ...], shown: str) -> None:
    home, run_id = stored
    before = _state(home)
    done = door.run(home, *(run_id if a == "RUN" else a for a in arguments))
    assert done.code == 0, done.err
    assert shown in done.out
    assert _state(home) == before


def test_a_library_is_screened_to_stdout(door: Door, stored: tuple[Path, str], tmp_path: Path) -> None:
    home, _ = stored
    library = tmp_path / "two.smi"
    library.write_text("CCO ethanol\nCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCC long\n", encoding="utf-8")
    done = door.run(home, "screen", str(library), "--goal", "a molecule with MW < 200", "--json", "-")
    assert done.code == 0, done.err
    assert [c["name"] for c in json.loads(done.out)["candidates"]] == ["ethanol"]
    assert f"{home} cannot be written: no files are kept" in " ".join(done.err.split())
    kept = door.run(home, "screen", str(library), "--goal", "a molecule with MW < 200", "--out", str(tmp_path / "out"))
    assert kept.code == 0
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
def test_whoever_would_write_is_told_in_a_sentence(door: Door, stored: tuple[Path, str], arguments: tuple[str, ...]) -> None:
    home, run_id = stored
    before = _state(home)
    done = door.run(home, *(run_id if a == "RUN" else a for a in arguments))
    assert done.code in (1, 2)
    assert "Traceback" not in done.err
    assert "molwright: " in done.err
    assert len(done.err.splitlines()) < MAX_LINES
    assert _state(home) == before
