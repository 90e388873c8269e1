"""What the command on the hit rate hides, whom it compares with, and what it writes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.errors import NotFoundError, UsageError
from evals import hit_rate
from evals.hit_rate import SETS, HitRate, fingerprints, genetic, libraries, main, measured, nearest, section, similar, split

ALKANES = {f"{'C' * n}O": 10.0 * n for n in range(1, 201)}


def test_the_best_are_hidden_from_what_is_learnt() -> None:
    parts = split(ALKANES, 50, seed=0)
    assert len(parts.best) == 10
    assert parts.limit == 1910.0
    assert len(parts.others) == 38
    assert len(parts.train) == 50
    assert not {*parts.best, *parts.others} & set(parts.train)
    assert max(ALKANES[s] for s in [*parts.others, *parts.train]) < parts.limit


def test_libraries_are_of_hidden_structures_alone() -> None:
    parts = split(ALKANES, 50, seed=0)
    for library in libraries(parts, 3, seed=0):
        assert len(library) == len(set(library)) == 48
        assert not set(library) & set(parts.train)


def test_the_nearest_neighbour_and_the_genetic_algorithm_choose_ten_of_the_library() -> None:
    train = ["c1ccccc1O", "CCCCO"]
    library = [f"{'C' * n}O" for n in range(2, 14)] + ["c1ccccc1CO", "Cc1ccccc1O"]
    prints = fingerprints(library, "molecule")
    chosen = nearest(library, prints, fingerprints(train, "molecule"), [100.0, 1.0])
    assert {"c1ccccc1CO", "Cc1ccccc1O"} <= set(chosen)
    assert len(chosen) == 10
    found = genetic(library * 3, np.vstack([prints] * 3), {s: float(len(s)) for s in library}, seed=0)
    assert len(found) == 10
    assert similar(prints, prints).diagonal() == pytest.approx(1.0)
    assert fingerprints(["not a structure"], "molecule").sum() == 0
    assert fingerprints(["*CC*"], "polymer").sum() > 0


def test_a_file_that_is_missing_or_too_small_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(NotFoundError, match="flash_point"):
        measured(tmp_path, next(s for s in SETS if s.name == "flash_point"))
    (tmp_path / "log_p").mkdir()
    (tmp_path / "log_p" / "log_p.csv").write_text("smiles,log_p\nCC,1\nCC,3\n", encoding="utf-8")
    with pytest.raises(UsageError, match="1 structures"):
        measured(tmp_path, next(s for s in SETS if s.name == "log_p"))
    assert main([str(tmp_path), "--only", "log_p", "--again"]) == 2
    assert "log_p" in capsys.readouterr().err


def test_the_table_has_a_row_a_set_and_intervals(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    hits = {"molwright": 40.0, "genetic algorithm": 30.0, "nearest neighbour": 20.0, "random": 4.0}
    found = HitRate("log_p", "logP", "a goal", 1000, 500, 8, 80, hits)
    (table,) = section([found]).tables
    assert table.rows == [["logP", 1000, 500, "50 % (39 to 61)", "38 % (28 to 48)", "25 % (17 to 35)", "5 %"]]
    monkeypatch.setattr(hit_rate, "KEPT", tmp_path)
    assert hit_rate.kept() == []
