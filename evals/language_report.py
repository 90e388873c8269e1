"""The figures of ``docs/language-models.md``: ``python -m evals.language_report`` puts the saved ones between its two marks."""

from __future__ import annotations

from pathlib import Path

from core.errors import ConfigurationError
from evals.sections import read_sections, sections_markdown

PAGE = Path(__file__).resolve().parents[1] / "docs" / "language-models.md"
BEGIN, END = "<!-- figures -->", "<!-- /figures -->"


def page_text(page: str) -> str:
    """``page`` with the saved figures between its marks. ConfigurationError where it does not have both marks once."""
    if page.count(BEGIN) != 1 or page.count(END) != 1:
        raise ConfigurationError(f"{PAGE} must have {BEGIN} and {END} once each")
    before, rest = page.split(BEGIN)
    return f"{before}{BEGIN}\n\n" + "\n".join(sections_markdown(read_sections("language"))) + f"\n{END}{rest.split(END)[1]}"


def write_page() -> None:
    """Rebuild the page."""
    PAGE.write_text(page_text(PAGE.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    write_page()
