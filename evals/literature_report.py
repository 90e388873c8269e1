"""The figures of ``docs/literature.md``: ``python -m evals.literature_report`` puts the saved ones between its two marks."""

from __future__ import annotations

from pathlib import Path

from evals.sections import with_sections

PAGE = Path(__file__).resolve().parents[1] / "docs" / "literature.md"


def page_text(page: str) -> str:
    """``page`` with the saved figures between its marks. UsageError where it does not have both marks once."""
    return with_sections(page, "literature")


def write_page() -> None:
    """Rebuild the page."""
    PAGE.write_text(page_text(PAGE.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    write_page()
