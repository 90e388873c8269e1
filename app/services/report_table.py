"""The candidates of a report side by side, as a reader wants them: sorted, filtered, with the columns of their choice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from core.candidate import Candidate, format_probability
from core.report import Report
from core.spec import share_checked, use_in_words

if TYPE_CHECKING:
    from tools.catalogue.catalogue import Catalogue

Which = Literal["all", "listed", "close", "ticked"]


@dataclass(frozen=True)
class TableView:
    """What a reader asked for.

    Attributes:
        sort: name of the column to sort by; empty: by rank.
        descending: whether the largest come first. What is not known comes last in either case.
        text: words that name, SMILES, route or safety have to contain, in any case.
        which: all, those that meet every requirement, the closest that miss one, or those that are ticked.
        columns: names of the columns to show beside rank and candidate; empty: the usual ones.
        ticked: keys of candidates that a reader has ticked, shown or not.
    """

    sort: str = ""
    descending: bool = False
    text: str = ""
    which: Which = "all"
    columns: Sequence[str] = ()
    ticked: Sequence[str] = ()


@dataclass(frozen=True)
class Column:
    """A column: its name in addresses, its heading, and whether it holds numbers."""

    name: str
    heading: str
    numbers: bool


@dataclass(frozen=True)
class Cell:
    """What stands in a cell, what stands small beneath it, what it is sorted by (None: not known), and its band: good, marginal, bad."""

    text: str
    note: str = ""
    order: float | str | None = None
    band: str = ""


@dataclass(frozen=True)
class Row:
    """A candidate with its cells by the name of the column."""

    candidate: Candidate
    cells: dict[str, Cell] = field(default_factory=dict)


@dataclass(frozen=True)
class ReportTable:
    """The table.

    Attributes:
        columns: those shown.
        available: all that there are.
        rows: the candidates shown.
        total: how many candidates the report has.
        out_of_sight: keys that are ticked but not shown; one that another list of the run has may be among them.
        usual: whether the columns shown are the usual ones.
    """

    columns: list[Column]
    available: list[Column]
    rows: list[Row]
    total: int
    out_of_sight: list[str] = field(default_factory=list)
    usual: bool = True


def report_table(report: Report, view: TableView, *, catalogue: Catalogue) -> ReportTable:
    """The report's candidates as ``view`` asks. Names of columns that do not exist are passed over."""
    from tools.calculators.measured_spread import with_spread
    from tools.reporting.html import VERDICTS, band_of, columns, interval, label, measured

    listed, close = list(report.candidates), list(report.closest)
    everything = [*listed, *close]
    ticked = [c for c in everything if c.key in set(view.ticked)]
    chosen = {"all": everything, "listed": listed, "close": close, "ticked": ticked}[view.which]
    names = list(dict.fromkeys([*columns(everything, report.spec, catalogue=catalogue), *(n for c in everything for n in c.properties)]))
    share = share_checked(report.spec)
    use = use_in_words(report.spec)
    said = f"Meets what is checked: {share}{f'; {use}' if use else ''}" if share else "All requirements"
    fixed = [Column("meets", said, True), Column("score", "Score", True)]
    last = [Column("route", "Route", False), Column("safety", "Safety", False)]
    last += [Column("against", "Strongest reason not to make it", False)]
    last += [Column("review", "Review", False)] if report.review else []
    values = [Column(n, label(n, catalogue=catalogue), True) for n in names]
    usual = {*columns(everything, report.spec, catalogue=catalogue), *(c.name for c in (*fixed, *last))}
    available = [*fixed, *values, *last]

    def row(c: Candidate) -> Row:
        cells = {
            "meets": Cell(format_probability(c.p_meets), order=c.p_meets, band="" if c.p_meets is None else band_of(c, use)),
            "score": Cell(f"{c.score:.3f}" if c.score is not None else "unknown", order=c.score),
            "route": Cell(c.route.status if c.route else "not looked for", order=c.route.status if c.route else None),
            "safety": Cell(VERDICTS[c.safety.verdict] if c.safety else "not screened", order=c.safety.verdict if c.safety else None),
        }
        cells["against"] = Cell(c.strongest_against, order=c.strongest_against or None)
        if report.review:
            said = report.review.of(c.key)
            cells["review"] = Cell(
                said.agreement if said else "undecided", said.said if said and said.decisions else "", said.said if said else None
            )
        for name in names:
            v = c.properties.get(name)
            outside = f"{v.mark.strip()} " if v is not None and v.mark else ""
            order = None if v is None or v.value is None else v.number if v.number is not None else str(v.value)
            cells[name] = Cell(with_spread(name, v) if v else "unknown", outside + (interval(v, False) or measured(v, name)), order)
        return Row(c, cells)

    rows = [row(c) for c in chosen if _says(c, view.text)]
    if any(c.name == view.sort for c in available):
        rows = _sorted(rows, view.sort, view.descending)
    elif view.descending:
        rows.reverse()
    wanted = set(view.columns) & {c.name for c in available} or usual
    shown = {r.candidate.key for r in rows}
    hidden = [key for key in view.ticked if key not in shown]
    return ReportTable([c for c in available if c.name in wanted], available, rows, len(everything), hidden, wanted == usual)


def _says(candidate: Candidate, text: str) -> bool:
    """Whether every word of ``text`` stands in what a reader sees of the candidate."""
    seen = [candidate.name, candidate.smiles, candidate.key, candidate.rationale, candidate.strongest_against]
    seen += [candidate.route.status, *(s.reaction for s in candidate.route.steps)] if candidate.route else []
    seen += [f"{h.name} {h.id}" for h in candidate.safety.rules] if candidate.safety else []
    whole = "\n".join(seen).lower()
    return all(word in whole for word in text.lower().split())


def _sorted(rows: list[Row], name: str, descending: bool) -> list[Row]:
    """The rows by one column; equal ones stay in their order, unknown ones come last."""
    known = [r for r in rows if r.cells[name].order is not None]
    numbers = [r for r in known if not isinstance(r.cells[name].order, str)]
    words = [r for r in known if isinstance(r.cells[name].order, str)]
    numbers.sort(key=lambda r: float(r.cells[name].order or 0.0), reverse=descending)
    words.sort(key=lambda r: str(r.cells[name].order), reverse=descending)
    return [*numbers, *words, *(r for r in rows if r.cells[name].order is None)]
