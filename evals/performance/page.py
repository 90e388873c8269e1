"""The saved figures, and ``docs/performance.md`` from them."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, ValidationError

from core.errors import ConfigurationError
from core.model import Model
from evals.performance.row import Row
from evals.sections import ResultTable, table_markdown

PAGE = Path(__file__).resolve().parents[2] / "docs" / "performance.md"
FIGURES = Path(__file__).resolve().parents[1] / "data" / "performance" / "figures.json"

_HEAD = """# What it costs

    python -m evals.performance

rebuilds this table and ends with exit code 1 where a bound is not kept; `--before CHECKOUT` measures an older checkout in the same run, and
`--only KEY` some rows. Seconds are those of the processor, not of the clock, on one on which `import numpy, rdkit.Chem` takes 0.25 s: what that
costs is measured in the same run, between the others, since the speed of a shared machine changes. Every ratio is one of two figures of the same run.
"""


class Figures(Model):
    """What was measured, by the rows' keys."""

    before: dict[str, float] = Field(default_factory=dict, description="Figures of the checkout before the work on the rows.")
    after: dict[str, float] = Field(default_factory=dict, description="Figures of this checkout.")


def read_figures(path: Path = FIGURES) -> Figures:
    """The saved figures; none where there is no file. ConfigurationError for a file that cannot be read."""
    if not path.exists():
        return Figures()
    try:
        return Figures.model_validate_json(path.read_text(encoding="utf-8"))
    except ValidationError as error:
        raise ConfigurationError(f"{path}: {error}") from error


def save_figures(figures: Figures, path: Path = FIGURES) -> None:
    """Write ``figures`` to ``path``. OSError if that fails."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(figures.model_dump_json(indent=1) + "\n", encoding="utf-8")


def page(rows: list[Row], figures: Figures) -> str:
    """The whole page in Markdown."""
    table = ResultTable(columns=["what", "before", "after", "bound", ""], rows=[_cells(row, figures) for row in rows])
    return f"{_HEAD}\n{table_markdown(table)}\n"


def _cells(row: Row, figures: Figures) -> list[str | int | float | None]:
    after = figures.after.get(row.key)
    before = shown(row, figures.before[row.key]) if row.key in figures.before else row.earlier or None
    verdict = "not measured" if after is None else "kept" if row.kept(after) else "**not kept**"
    return [row.what, before, None if after is None else shown(row, after), row.bound, verdict]


def shown(row: Row, figure: float) -> str:
    """``figure`` with its unit: whole above 100, else with three significant digits."""
    number = f"{figure:,.0f}" if figure >= 100 else f"{figure:.3g}"
    return f"{number} {row.unit}".strip()
