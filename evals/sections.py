"""Results of benchmarks, saved as sections of a page in docs: what was measured, by which command, and the figures.

A benchmark writes its section into ``evals/data/PAGE/NAME.json`` (:func:`write_section`); the page's own module puts the sections together in their order.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pydantic import Field, ValidationError

from core.errors import ConfigurationError, UsageError
from core.model import Model

DATA = Path(__file__).resolve().parent / "data"


class ResultTable(Model):
    """A table of results; cells are shown as they are given."""

    caption: str = Field(default="", description="one line above the table; '' for none")
    columns: list[str] = Field(description="headings; the first column is left-aligned, the others right-aligned")
    rows: list[list[str | int | float | None]] = Field(
        description="cells, as many as columns; None is shown as a dash, floats with three places"
    )


class Section(Model):
    """One section of the page: what was measured, by which command, and the figures."""

    title: str = Field(description="heading")
    order: int = Field(description="place on the page, low first")
    command: str = Field(description="the command that made the figures")
    path: str = Field(default="", description="which path of the product the figures are measured on; '' where the text says it")
    text: str = Field(default="", description="Markdown before the tables")
    tables: list[ResultTable] = Field(default_factory=list, description="the tables")
    notes: list[str] = Field(default_factory=list, description="remarks after the tables, one a bullet")


def write_section(page: str, name: str, section: Section, folder: Path = DATA) -> Path:
    """Save ``section`` of ``page`` as ``PAGE/NAME.json``, replacing an earlier one. Returns the path. Raises OSError if it cannot be written."""
    folder = folder / page
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.json"
    path.write_text(section.model_dump_json(indent=1) + "\n", encoding="utf-8")
    return path


def read_sections(page: str, folder: Path = DATA) -> list[Section]:
    """The saved sections of ``page`` by order, then file name. Raises ConfigurationError naming a file that cannot be read."""
    found = []
    for path in sorted((folder / page).glob("*.json")):
        try:
            found.append(Section.model_validate_json(path.read_text(encoding="utf-8")))
        except ValidationError as error:
            raise ConfigurationError(f"{path}: {error}") from error
    return sorted(found, key=lambda s: s.order)


def between_marks(page: str, name: str, text: str) -> str:
    """``page`` with ``text`` between its lines ``<!-- NAME -->`` and ``<!-- /NAME -->``. UsageError where it does not have both once, in this order."""
    begin, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
    if page.count(begin) != 1 or page.count(end) != 1 or page.index(begin) > page.index(end):
        raise UsageError(f"the page has no place for the table {name!r}: it must have {begin.strip()} and {end} once each")
    before, rest = page.split(begin)
    return f"{before}{begin}{text}{rest[rest.index(end) :]}"


def with_sections(page: str, name: str) -> str:
    """``page`` with the saved sections of ``name`` between its marks ``figures``. UsageError, ConfigurationError."""
    return between_marks(page, "figures", "\n" + "\n".join(sections_markdown(read_sections(name))) + "\n")


def _cell(value: str | int | float | None) -> str:
    if value is None:
        return "–"
    return f"{value:.3f}" if isinstance(value, float) else str(value).replace("|", "\\|")


def table_markdown(table: ResultTable) -> str:
    """The table in Markdown. Raises ConfigurationError for a row of another length than the heading."""
    lines = [f"{table.caption}\n"] if table.caption else []
    lines.append("| " + " | ".join(table.columns) + " |")
    lines.append("|---|" + "---:|" * (len(table.columns) - 1))
    for row in table.rows:
        if len(row) != len(table.columns):
            raise ConfigurationError(f"table {table.caption!r}: a row has {len(row)} cells, the heading {len(table.columns)}")
        lines.append("| " + " | ".join(_cell(v) for v in row) + " |")
    return "\n".join(lines)


def sections_markdown(sections: Sequence[Section]) -> list[str]:
    """The sections' parts in Markdown, to be joined by line breaks."""
    parts = []
    for section in sections:
        parts.append(f"## {section.title}\n")
        parts.append(f"    {section.command}\n")
        if section.path:
            parts.append(f"Measured on: {section.path}.\n")
        if section.text:
            parts.append(section.text.strip() + "\n")
        parts += [table_markdown(t) + "\n" for t in section.tables]
        if section.notes:
            parts.append("\n".join(f"- {n}" for n in section.notes) + "\n")
    return parts
