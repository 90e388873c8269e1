"""The page about the engine is put together from saved sections, and the page in docs is the one they give."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import ConfigurationError
from evals.engine_report import PAGE, page
from evals.sections import ResultTable, Section, read_sections, table_markdown, write_section


def test_sections_are_put_in_their_order(tmp_path: Path) -> None:
    table = ResultTable(caption="Figures", columns=["what", "value"], rows=[["a|b", 0.12345], ["c", None], ["d", 7]])
    write_section("some", "late", Section(title="Late", order=20, command="python -m late"), tmp_path)
    write_section(
        "some",
        "early",
        Section(title="Early", order=10, command="python -m early", text="Text.", tables=[table], notes=["a note"]),
        tmp_path,
    )
    text = page(read_sections("some", tmp_path))
    assert text.index("## Early") < text.index("## Late")
    assert "    python -m early" in text
    assert "| a\\|b | 0.123 |\n| c | – |\n| d | 7 |" in text
    assert "- a note" in text


def test_what_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "some").mkdir()
    (tmp_path / "some" / "bad.json").write_text('{"title": "x"}', encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"bad\.json"):
        read_sections("some", tmp_path)
    with pytest.raises(ConfigurationError, match="2 cells"):
        table_markdown(ResultTable(columns=["a"], rows=[["1", "2"]]))


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(read_sections("engine"))
