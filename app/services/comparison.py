"""A few candidates of a report beside each other: what each requirement, property, route and verdict is for every one of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.services.report_table import Cell, TableView, report_table
from core.candidate import Candidate, RequirementResult, format_probability
from core.errors import NotFoundError, UsageError
from core.report import Report

if TYPE_CHECKING:
    from tools.catalogue.catalogue import Catalogue

#: How many candidates stand beside each other.
FEWEST, MOST = 2, 6


@dataclass(frozen=True)
class Line:
    """One thing compared: its heading, what it is for each candidate in their order, and whether it is the same for all."""

    heading: str
    cells: list[Cell]

    @property
    def same(self) -> bool:
        """Whether no candidate differs from another in it."""
        return len({(cell.text, cell.note) for cell in self.cells}) == 1


@dataclass(frozen=True)
class Comparison:
    """The candidates, what is required of them, and what else is known of at least one of them."""

    candidates: list[Candidate]
    requirements: list[Line]
    properties: list[Line]


def compare(report: Report, keys: Sequence[str], *, catalogue: Catalogue) -> Comparison:
    """The report's candidates with these keys, in this order, each once. UsageError for fewer than 2 or more than 6, NotFoundError."""
    wanted = list(dict.fromkeys(keys))
    if not FEWEST <= len(wanted) <= MOST:
        raise UsageError(f"{FEWEST} to {MOST} candidates are compared with each other; {len(wanted)} were chosen")
    table = report_table(report, TableView(), catalogue=catalogue)
    rows = {row.candidate.key: row for row in table.rows}
    for key in wanted:
        if key not in rows:
            raise NotFoundError(f"the report of run {report.run_id} has no candidate {key[:100]!r}")
    chosen = [rows[key] for key in wanted]
    lines = [(column, Line(column.heading, [row.cells[column.name] for row in chosen])) for column in table.available]
    known = [line for column, line in lines if not column.numbers or any(cell.order is not None for cell in line.cells)]
    candidates = [row.candidate for row in chosen]
    return Comparison(candidates, _requirements(candidates), known)


def _requirements(candidates: Sequence[Candidate]) -> list[Line]:
    """One line a requirement, in the order of the spec."""
    texts = {result.id: result.text for candidate in candidates for result in candidate.requirements}
    judged = [{result.id: result for result in candidate.requirements} for candidate in candidates]
    return [Line(text, [_judged(results.get(name)) for results in judged]) for name, text in texts.items()]


def _judged(result: RequirementResult | None) -> Cell:
    """How one requirement stands for one candidate, in words."""
    if result is None:
        return Cell("not checked")
    value = f"{result.value:.4g} {result.unit}".strip() if isinstance(result.value, int | float) else result.value or "unknown"
    verdict = "met" if result.met else "not met"
    likely = f", probability {format_probability(result.probability)}" if 0 < result.probability < 1 else ""
    return Cell(f"{verdict}{likely}", value)
