"""The page on literature shows the saved figures."""

from __future__ import annotations

from evals.literature_report import PAGE, page_text
from evals.sections import read_sections


def test_the_page_is_up_to_date_and_every_section_can_be_read() -> None:
    text = PAGE.read_text("utf-8")
    assert text == page_text(text)
    assert len(read_sections("literature")) >= 3
