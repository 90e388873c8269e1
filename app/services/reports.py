"""The forms of a report: HTML, JSON, CSV, SDF, and the tables of a screened library."""

from __future__ import annotations

from typing import Literal

from core.candidate import Material
from core.report import Report
from tools.catalogue.catalogue import Catalogue

Form = Literal["html", "json", "csv", "sdf"]
#: The files of a report and the form of each.
FILES: dict[str, Form] = {"report.html": "html", "report.json": "json", "candidates.csv": "csv", "candidates.sdf": "sdf"}


def render(report: Report, form: Form, *, catalogue: Catalogue) -> str:
    """The report in one of its forms."""
    from tools.reporting import render_html, to_csv, to_sdf

    if form == "html":
        return render_html(report, catalogue=catalogue)
    if form == "json":
        return report.model_dump_json(indent=2)
    return to_csv(report) if form == "csv" else to_sdf(report)


def stock_text(material: Material) -> str:
    """What the user's inventory says of a material: that it is there, with number and price, or that it is not."""
    from tools.reporting.html import stock_text as in_words

    return in_words(material)
