"""Shipped weights are held against their hashes once, and again whenever a file has changed; lines are read one by one."""

from __future__ import annotations

import gzip
import os
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

from core.errors import PredictorError
from tools.predictors import weights
from tools.predictors.model import NEIGHBOURS_FILE, load_model
from tools.predictors.weights import Lines, WeightsFolder

NAME, FILE = "surface_tension", "kernel.npz"


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of one predictor's files that counts as shipped, and a folder of its own for what Python keeps."""
    shutil.copytree(weights.WEIGHTS / NAME, tmp_path / "weights" / NAME)
    monkeypatch.setattr(weights, "WEIGHTS", tmp_path / "weights")
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path / "kept"))
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    return tmp_path / "weights" / NAME


def _mapped(found: dict[str, np.ndarray]) -> bool:
    base = next(iter(found.values()))
    while isinstance(base, np.ndarray):
        base = base.base
    return isinstance(base, memoryview)


def test_a_file_that_was_held_against_its_hash_is_mapped_by_the_next_process(shipped: Path) -> None:
    first = WeightsFolder(NAME)
    read = first.arrays(FILE)
    first.remember()
    again = WeightsFolder(NAME)
    assert again._vouched == {FILE: first._state(FILE)}
    mapped = again.arrays(FILE)
    assert (_mapped(read), _mapped(mapped)) == (False, True)
    assert list(read) == list(mapped)
    for name, array in read.items():
        np.testing.assert_array_equal(mapped[name], array)
        assert not mapped[name].flags.writeable


def test_a_file_that_has_changed_since_is_held_against_its_hash_again(shipped: Path) -> None:
    first = WeightsFolder(NAME)
    first.arrays(FILE)
    first.remember()
    damaged = bytearray((shipped / FILE).read_bytes())
    damaged[len(damaged) // 2] ^= 1
    (shipped / FILE).write_bytes(damaged)
    with pytest.raises(PredictorError, match="does not match its hash"):
        WeightsFolder(NAME).arrays(FILE)
    os.remove(shipped / FILE)
    with pytest.raises(PredictorError, match="are missing"):
        WeightsFolder(NAME).arrays(FILE)


def test_a_record_that_cannot_be_read_or_is_of_another_version_is_none(shipped: Path) -> None:
    first = WeightsFolder(NAME)
    first.arrays(FILE)
    first.remember()
    record = first._record()
    for text in ("", "[]", '{"version": "another", "files": {}}'):
        record.write_text(text, encoding="utf-8")
        assert WeightsFolder(NAME)._vouched == {}


def test_files_that_do_not_ship_are_always_held_against_their_hashes(shipped: Path, tmp_path: Path) -> None:
    shutil.copytree(shipped, tmp_path / "own" / NAME)
    own = WeightsFolder(NAME, tmp_path / "own")
    own.arrays(FILE)
    own.remember()
    assert own._vouched == {}
    assert not own._record().exists()


def test_the_training_structures_are_kept_unpacked_and_never_those_of_another_file(shipped: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = WeightsFolder(NAME)
    read = list(first.lines(NEIGHBOURS_FILE))
    first.remember()
    kept = first._record(f"{NEIGHBOURS_FILE}.npz")
    with monkeypatch.context() as without:
        without.setattr(gzip, "decompress", lambda data: pytest.fail("unpacked again"))
        assert list(WeightsFolder(NAME).lines(NEIGHBOURS_FILE)) == read
    for content in (kept.read_bytes()[:-1], b""):
        kept.write_bytes(content)
        assert list(WeightsFolder(NAME).lines(NEIGHBOURS_FILE)) == read
    packed = (shipped / NEIGHBOURS_FILE).read_bytes()
    (shipped / NEIGHBOURS_FILE).write_bytes(packed + b"\0")
    with pytest.raises(PredictorError, match="does not match its hash"):
        WeightsFolder(NAME).lines(NEIGHBOURS_FILE)


@pytest.mark.parametrize("text", ["", "\n", "a", "a\n", "a\nbc", "a\n\nbc\n", "é\nüß\n"])
def test_lines_are_those_of_the_text(text: str) -> None:
    lines = Lines(text.encode())
    assert list(lines) == list(Lines.from_arrays(lines.arrays())) == text.splitlines()
    assert lines[:1] == text.splitlines()[:1]
    assert [lines[-n] for n in range(1, len(lines) + 1)] == text.splitlines()[::-1]
    with pytest.raises(IndexError):
        lines[len(lines)]


def test_a_model_is_in_memory_once_however_it_is_asked_for() -> None:
    assert load_model(NAME) is load_model(NAME, None) is load_model(name=NAME, folder=None)
