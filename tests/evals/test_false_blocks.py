"""The measure of false blocks counts what is blocked and fails beyond 1 in 300."""

from __future__ import annotations

from pathlib import Path

import pytest

from evals.benchmarks import false_blocks


def test_a_blocked_compound_is_named_and_too_many_fail(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(false_blocks, "TABLES", ())
    monkeypatch.setattr(false_blocks, "SETS", (("fragrances", "guard/fragrances.tsv", "name"),))
    dyes = tmp_path / "dyes.tsv"
    dyes.write_text("name\tsmiles\nindigo\tO=C1C(=C2C(=O)c3ccccc3N2)Nc2ccccc21\n", encoding="utf-8")
    assert false_blocks.main([str(dyes)]) == 0
    assert "dyes.tsv" in capsys.readouterr().out
    dyes.write_text("name\tsmiles\ntrinitrotoluene\tCc1c([N+](=O)[O-])cc([N+](=O)[O-])cc1[N+](=O)[O-]\n", encoding="utf-8")
    assert false_blocks.main([str(dyes)]) == 1
    assert "trinitrotoluene: energetic" in capsys.readouterr().out
