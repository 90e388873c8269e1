"""Data files that ship beside the code."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

import pytest

from core import data
from core.errors import ConfigurationError


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(data.resources, "files", lambda _: tmp_path)
    return tmp_path


def test_rows_of_a_table_without_quoting(folder: Path) -> None:
    (folder / "t.tsv").write_text('name\tsmarts\tnote\nether\t"C"O\tα\nketone\tC=O\n', encoding="utf-8")
    assert data.rows("p", "t.tsv") == [{"name": "ether", "smarts": '"C"O', "note": "α"}, {"name": "ketone", "smarts": "C=O", "note": ""}]


def test_rows_of_a_quoted_table(folder: Path) -> None:
    (folder / "t.csv").write_text('name,note\nN\'-x,"a, b"\n')
    assert data.rows("p", "t.csv") == [{"name": "N'-x", "note": "a, b"}]


def test_a_row_with_too_many_cells_is_named(folder: Path) -> None:
    (folder / "t.tsv").write_text("a\tb\n1\t2\n1\t2\t3\n")
    with pytest.raises(ConfigurationError, match=r"t\.tsv of p, line 3"):
        data.rows("p", "t.tsv")


def test_what_is_not_there_or_not_toml_is_named(folder: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"none\.toml of p"):
        data.table("p", "none.toml")
    (folder / "bad.toml").write_text("a = ")
    with pytest.raises(ConfigurationError, match=r"bad\.toml of p is not TOML"):
        data.table("p", "bad.toml")


def test_the_tables_of_a_folder_are_read_together(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", str(folder / "compiled"))
    (folder / "rules").mkdir()
    for name in ("b", "a"):
        (folder / "rules" / f"{name}.toml").write_text(f'name = "{name}"')
    assert list(data.tables("p", "rules").items()) == [("a", {"name": "a"}), ("b", {"name": "b"})]
    with monkeypatch.context() as without:
        without.setattr(tomllib, "loads", lambda text: pytest.fail("parsed again"))
        assert list(data.tables("p", "rules")) == ["a", "b"]
    (folder / "rules" / "c.toml").write_text("c = ")
    with pytest.raises(ConfigurationError, match=r"rules/c\.toml of p is not TOML"):
        data.tables("p", "rules")
    with pytest.raises(ConfigurationError, match="none of p"):
        data.tables("p", "none")


def test_a_table_is_kept_parsed_and_never_out_of_date(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path / "compiled"))
    file, text = tmp_path / "words.toml", 'a = ["b", 1, 2.5, true]\n[c]\nd = "e"\n'
    assert data.parsed(text, file) == tomllib.loads(text)
    (kept,) = (tmp_path / "compiled").rglob("words*")
    assert kept.is_file()
    with monkeypatch.context() as without:
        without.setattr(tomllib, "loads", lambda text: pytest.fail("parsed again"))
        assert data.parsed(text, file) == {"a": ["b", 1, 2.5, True], "c": {"d": "e"}}
    assert data.parsed("a = 2", file) == {"a": 2}
    kept.write_bytes(kept.read_bytes()[:-1] + b"\xff")
    assert data.parsed("a = 2", file) == {"a": 2}
    assert data.parsed("day = 2026-01-01", file)["day"].year == 2026
    with pytest.raises(tomllib.TOMLDecodeError):
        data.parsed("a = ", file)
