"""The report as CSV, XLSX and SDF, and the JSON Schema of its JSON form."""

from __future__ import annotations

import io
from typing import Any

from rdkit import Chem
from rdkit.Chem import rdDepictor

from core.candidate import COMPUTED, ESTIMATED, Candidate
from core.report import REPORT_VERSION, Report
from core.sheet import SheetWriter
from tools.calculators.measured_spread import measured_range, spread_of

_FIXED = (
    "rank",
    "listed",
    "name",
    "smiles",
    "inchikey",
    "key",
    "score",
    "p_meets",
    "wishes_checked",
    "rank_low",
    "rank_high",
    "pareto_front",
    "safety",
    "route",
    "materials",
    "materials_in_inventory",
    "cost",
    "cost_currency",
    "cost_per",
    "rationale",
)


def report_json_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of the report's JSON form, with its version in ``$id``."""
    schema = Report.model_json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": f"molwright:report:{REPORT_VERSION}", **schema}


def to_csv(report: Report) -> str:
    """Listed and closest candidates as CSV, one row each; each property that is not exact has a value, a sigma, its 90 % interval and
    whether it lies in the domain in columns with its unit; of an estimate such as logP by contributions sigma and interval are those of measured values."""
    columns, rows = _table(report)
    text = io.StringIO()
    writer = SheetWriter(text)
    writer.row(columns)
    for row in rows:
        writer.row(row.get(column, "") for column in columns)
    return text.getvalue()


def to_xlsx(report: Report) -> bytes:
    """The same table as a workbook; numbers are numbers, and a text is never a formula."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    columns, rows = _table(report)
    book = Workbook(write_only=True)
    sheet = book.create_sheet("candidates")
    sheet.freeze_panes = "A2"
    for values in (columns, *([row.get(column, "") for column in columns] for row in rows)):
        cells = []
        for value in values:
            cell = WriteOnlyCell(sheet, value=value)
            if isinstance(value, str):
                cell.data_type = "s"
            cells.append(cell)
        sheet.append(cells)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _table(report: Report) -> tuple[list[str], list[dict[str, Any]]]:
    """The columns and the rows of what is listed and what is close."""
    rows = [_row(c, True, report) for c in report.candidates] + [_row(c, False, report) for c in report.closest]
    return [*_FIXED, *sorted({column for row in rows for column in row} - set(_FIXED))], rows


def to_sdf(report: Report) -> str:
    """Listed and closest candidates as SDF with 2D coordinates and the CSV's columns as data fields. Attachment points stay '*' (R)."""
    blocks = []
    for candidate, listed in [(c, True) for c in report.candidates] + [(c, False) for c in report.closest]:
        mol = Chem.MolFromSmiles(candidate.smiles)
        if mol is None:
            continue
        rdDepictor.Compute2DCoords(mol)
        mol.SetProp("_Name", candidate.name or candidate.key)
        fields = [
            f">  <{name}>\n{_one_line(value)}\n" for name, value in _row(candidate, listed, report).items() if value not in ("", None)
        ]
        blocks.append(Chem.MolToMolBlock(mol) + "\n".join(fields) + "\n$$$$\n")
    return "".join(blocks)


def _row(c: Candidate, listed: bool, report: Report) -> dict[str, Any]:
    low, high = c.rank_interval or ("", "")
    wishes = report.spec.wishes()
    row: dict[str, Any] = {
        "rank": c.rank or "",
        "listed": "yes" if listed else "no",
        "name": c.name,
        "smiles": c.smiles,
        "inchikey": c.inchikey,
        "key": c.key,
        "score": _plain(c.score),
        "p_meets": _plain(c.p_meets),
        "wishes_checked": f"{wishes.checked} of {wishes.total}",
        "rank_low": low,
        "rank_high": high,
        "pareto_front": c.pareto_front or "",
        "safety": c.safety.verdict + "".join(f" {h.id}" for h in c.safety.rules) if c.safety else "",
        "lists": "; ".join(s.text for s in c.lists),
        "strongest_reason_against": c.strongest_against,
        "route": c.route.status if c.route else "",
        **_materials(c),
        "rationale": c.rationale,
        **_review(c, report),
    }
    if c.in_papers and c.in_papers.mentions:
        row["in papers"] = "; ".join(f"{m.of}: {m.place.reference}" for m in c.in_papers.mentions)
    for name, value in c.properties.items():
        label = f"{name} [{value.unit}]" if value.unit else name
        row[label] = value.value if value.value is not None else ""
        if (spread := spread_of(name, value)) is not None:  # exact as a number, an estimate of what is measured
            row[f"{label} sigma"] = round(spread.rms, 2)
            row[f"{label} 90 % from"], row[f"{label} 90 % to"] = (round(end, 2) for end in measured_range(name, value) or (0.0, 0.0))
        elif not value.exact:
            row[f"{label} sigma"] = _plain(value.sigma)
            row[f"{label} 90 % from"], row[f"{label} 90 % to"] = _plain(value.lower), _plain(value.upper)
            row[f"{label} in domain"] = "" if value.in_domain is None else "yes" if value.in_domain else "no"
        if c.in_papers and (said := c.in_papers.of(name)):
            row[f"{label} reported"] = "; ".join(r.said for r in said)
        if value.basis in (COMPUTED, ESTIMATED):
            row[f"{label} basis"] = value.basis
        elif value.known:
            row[f"{label} known"] = f"{value.basis}: {value.known}" if value.basis else value.known
    return row


def _review(c: Candidate, report: Report) -> dict[str, Any]:
    """What people said of a candidate and measured of it; nothing where nobody has said anything of the run."""
    if report.review is None:
        return {}
    said = report.review.of(c.key)
    if said is None:
        return {"review": "undecided", "reviewers": ""}
    who = "; ".join(
        f"{d.author}: {d.verdict}{f' ({d.reason})' if d.reason else ''}{f': {d.comment}' if d.comment else ''}" for d in said.decisions
    )
    row: dict[str, Any] = {"review": said.agreement, "reviewers": who}
    row |= {"decision": said.decision or ""}
    row |= {"comments": "; ".join(f"{e.author}: {e.comment or e.reason}" for e in said.comments)}
    for m in said.measured:
        label = f"{m.measured.property}{f' [{m.measured.unit}]' if m.measured.unit else ''} measured"
        row[label] = "; ".join(x for x in (str(row.get(label, "")), m.measured.shown) if x)
        row[f"{label}, against the prediction"] = "; ".join(x for x in (str(row.get(f"{label}, against the prediction", "")), m.said) if x)
    return row


def _materials(c: Candidate) -> dict[str, Any]:
    """The starting materials of the route; with an inventory also which of them are in it and what they cost together."""
    materials = [m for m in c.route.starting_materials if m.role != "intermediate"] if c.route else []
    cost = c.route.cost if c.route else None
    return {
        "materials": "; ".join(m.name for m in materials),
        "materials_in_inventory": "; ".join(m.name for m in materials if m.stock is not None),
        "cost": cost.value if cost and cost.value is not None else "not known" if cost else "",
        "cost_currency": cost.currency if cost else "",
        "cost_per": cost.per if cost else "",
    }


def _plain(number: float | None) -> Any:
    return "" if number is None else round(number, 6)


def _one_line(value: Any) -> str:
    return " ".join(str(value).split())
