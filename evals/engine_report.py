"""``docs/engine.md`` from the saved results of the engine's benchmarks.

    python -m evals.engine_report [--check]

Every benchmark writes what it measured as one section, ``evals/data/engine/NAME.json`` (:class:`Section`, :func:`write_section`); this command
puts the sections together in their order. ``--check`` only says whether the page is up to date.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from pydantic import Field, ValidationError

from core.errors import ConfigurationError
from core.model import Model

SECTIONS = Path(__file__).resolve().parent / "data" / "engine"
PAGE = Path(__file__).resolve().parent.parent / "docs" / "engine.md"

_HEAD = """# The generation engine, measured

How good what molwright proposes is, by the measures of its field. This page is made by `python -m evals.engine_report` from the results in
`evals/data/engine/`; each section names the command that measured it.
"""


class Table(Model):
    """A table of results; cells are shown as they are given."""

    caption: str = Field(default="", description="one line above the table; '' for none")
    columns: list[str] = Field(description="headings; the first column is left-aligned, the others right-aligned")
    rows: list[list[str | int | float | None]] = Field(
        description="cells, as many as columns; None is shown as a dash, floats with three places"
    )


class Section(Model):
    """One section of the page: what was measured, by which command, and the figures."""

    title: str = Field(description="heading")
    order: int = Field(
        description="place on the page, low first; 10 PMO, 20 speed, 30 exact goals, 40 sets and leads, 50 routes, 60 screening"
    )
    command: str = Field(description="the command that made the figures")
    text: str = Field(default="", description="Markdown before the tables")
    tables: list[Table] = Field(default_factory=list, description="the tables")
    notes: list[str] = Field(default_factory=list, description="remarks after the tables, one a bullet")


def write_section(name: str, section: Section, folder: Path = SECTIONS) -> Path:
    """Save ``section`` as ``NAME.json``, replacing an earlier one. Returns the path. Raises OSError if it cannot be written."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.json"
    path.write_text(section.model_dump_json(indent=1) + "\n", encoding="utf-8")
    return path


def read_sections(folder: Path = SECTIONS) -> list[Section]:
    """The saved sections by order, then file name. Raises ConfigurationError naming a file that cannot be read."""
    found = []
    for path in sorted(folder.glob("*.json")):
        try:
            found.append(Section.model_validate_json(path.read_text(encoding="utf-8")))
        except ValidationError as error:
            raise ConfigurationError(f"{path}: {error}") from error
    return sorted(found, key=lambda s: s.order)


def _cell(value: str | int | float | None) -> str:
    if value is None:
        return "–"
    return f"{value:.3f}" if isinstance(value, float) else str(value).replace("|", "\\|")


def table_markdown(table: Table) -> str:
    """The table in Markdown. Raises ConfigurationError for a row of another length than the heading."""
    lines = [f"{table.caption}\n"] if table.caption else []
    lines.append("| " + " | ".join(table.columns) + " |")
    lines.append("|---|" + "---:|" * (len(table.columns) - 1))
    for row in table.rows:
        if len(row) != len(table.columns):
            raise ConfigurationError(f"table {table.caption!r}: a row has {len(row)} cells, the heading {len(table.columns)}")
        lines.append("| " + " | ".join(_cell(v) for v in row) + " |")
    return "\n".join(lines)


def page(sections: list[Section]) -> str:
    """The whole page in Markdown."""
    parts = [_HEAD]
    for section in sections:
        parts.append(f"## {section.title}\n")
        parts.append(f"    {section.command}\n")
        if section.text:
            parts.append(section.text.strip() + "\n")
        parts += [table_markdown(t) + "\n" for t in section.tables]
        if section.notes:
            parts.append("\n".join(f"- {n}" for n in section.notes) + "\n")
    return "\n".join(parts)


def main(arguments: list[str] | None = None) -> int:
    """Write the page; with ``--check`` compare only. Returns 0, or 1 when the page is out of date."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if the page is out of date")
    given = parser.parse_args(arguments)
    text = page(read_sections())
    if given.check:
        current = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
        print("up to date" if current == text else f"{PAGE} is out of date: run python -m evals.engine_report", file=sys.stderr)
        return int(current != text)
    PAGE.write_text(text, encoding="utf-8")
    print(f"wrote {PAGE}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
