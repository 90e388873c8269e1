"""The forms of a report: HTML, JSON, CSV, SDF, and the tables of a screened library."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from core.candidate import Candidate, Material, PropertyValue, Route
from core.errors import NotFoundError, StructureError
from core.interfaces import RunStore
from core.report import Report
from core.spec import Objective
from tools.catalogue.catalogue import Catalogue

if TYPE_CHECKING:
    from tools.reporting.pictures import Pictures

TextForm = Literal["html", "json", "csv", "sdf"]
Form = Literal[TextForm, "xlsx", "pdf"]
#: Longest SMILES that is drawn, characters.
LONGEST_DRAWN = 2000
#: The files of a report and the form of each.
FILES: dict[str, TextForm] = {"report.html": "html", "report.json": "json", "candidates.csv": "csv", "candidates.sdf": "sdf"}

#: What each form is as a file.
MEDIA_TYPES: dict[Form, str] = {
    "html": "text/html; charset=utf-8",
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "sdf": "chemical/x-mdl-sdfile",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}


def render(report: Report, form: TextForm, *, catalogue: Catalogue) -> str:
    """The report in one of its forms."""
    from tools.reporting import render_html, to_csv, to_sdf

    if form == "html":
        return render_html(report, catalogue=catalogue)
    if form == "json":
        return report.model_dump_json(indent=2)
    return to_csv(report) if form == "csv" else to_sdf(report)


def render_bytes(report: Report, form: Form, *, catalogue: Catalogue) -> bytes:
    """The report as the content of a file in any of its forms."""
    if form == "xlsx":
        from tools.reporting import to_xlsx

        return to_xlsx(report)
    if form == "pdf":
        from tools.reporting.pdf import to_pdf

        return to_pdf(report, catalogue=catalogue)
    return render(report, form, catalogue=catalogue).encode()


def stock_text(material: Material) -> str:
    """What the user's inventory says of a material: that it is there, with number and price, or that it is not."""
    from tools.reporting.html import stock_text as in_words

    return in_words(material)


def shown_value(value: PropertyValue, name: str) -> str:
    """The value of the property ``name`` as people read it, without its unit: with its error, also where it is an estimate of what is measured, and its mark."""
    from tools.calculators.measured_spread import with_spread

    return with_spread(name, value) + value.mark


def with_measured(candidate: Candidate) -> Candidate:
    """``candidate``, for an answer to a program: values that are estimates of what is measured say how far measured ones lie about them."""
    from tools.calculators.measured_spread import with_measured as said

    return said(candidate)


def body(report: Report, side_by_side: str, *, images: str, pictures: Pictures, catalogue: Catalogue) -> str:
    """The report as a part of a page, in HTML, with the page's own table and plots ``side_by_side``; it needs :func:`stylesheet`.

    ``images``: the address beneath which KEY/route.svg is the scheme of a candidate's route. ``pictures``: see :func:`pictures`.
    """
    from tools.reporting.html import render_body

    return render_body(report, side_by_side, images=images, pictures=pictures, catalogue=catalogue)


def section(report: Report, part: Literal["cards", "plots"], *, images: str, pictures: Pictures, catalogue: Catalogue) -> str:
    """One section of a report's page, in HTML: the candidates, or the plots. ``images``, ``pictures`` as for :func:`body`."""
    from tools.reporting.html import render_part

    return render_part(report, part, images=images, pictures=pictures, catalogue=catalogue)


def card(candidate: Candidate, report: Report, *, images: str, pictures: Pictures, catalogue: Catalogue) -> str:
    """All that is known of one candidate, in HTML; ``report`` gives the spec. ``images``, ``pictures`` as for :func:`body`."""
    from tools.reporting.html import render_card

    return render_card(candidate, report, images=images, pictures=pictures, catalogue=catalogue)


def pictures(store: RunStore, run_id: str) -> Pictures:
    """The drawings that are kept of a run's report; none for one that keeps none, whose structures are drawn when they are shown."""
    from tools.reporting.pictures import PICTURES, unpacked

    return unpacked(store.columns([run_id], [PICTURES]).get(run_id, {}).get(PICTURES))


def scheme(route: Route | None) -> str:
    """The route drawn as an SVG document. NotFoundError where no step of one is known."""
    from tools.reporting.scheme import scheme as drawn

    svg = drawn(route) if route is not None else ""
    if not svg:
        raise NotFoundError("no step of a route is known")
    return svg


def stylesheet() -> str:
    """The styles of a report."""
    from tools.reporting.html import stylesheet as styles

    return styles()


def drawing(smiles: str, title: str = "", *, parent: str = "", core: str = "") -> str:
    """A structure as an SVG document. StructureError if it cannot be drawn.

    ``parent``: SMILES; what differs from it is drawn on a coloured ground. ``core``: SMILES of a part that always lies in the same place.
    """
    from tools.reporting.drawing import draw

    long = max(len(smiles), len(parent), len(core)) > LONGEST_DRAWN
    svg = "" if long else draw(smiles, title, parent=parent, core=core).svg
    if not svg:
        raise StructureError("this structure cannot be drawn", smiles=smiles)
    return svg


def pattern(smarts: str) -> str:
    """What a SMARTS pattern asks for, as an SVG document. StructureError if it cannot be drawn."""
    from tools.reporting.drawing import draw_pattern

    svg = draw_pattern(smarts).svg if len(smarts) <= LONGEST_DRAWN else ""
    if not svg:
        raise StructureError("this pattern cannot be drawn", smiles=smarts)
    return svg


def is_telling(smarts: str) -> bool:
    """Whether a drawing of a SMARTS pattern tells something; most of an atom that may be of any element is a question mark."""
    from tools.reporting.drawing import is_telling as found

    return found(smarts)


def curve(objective: Objective) -> str:
    """How desirable the values of an objective are, as an SVG element."""
    from tools.reporting.curves import curve as drawn

    return drawn(objective)
