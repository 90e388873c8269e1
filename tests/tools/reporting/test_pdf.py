"""The report as a PDF: what it says, that it can always be laid out, and drawings as lines."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import KeepTogether, Paragraph, SimpleDocTemplate, Table

from core.candidate import Citation, Material, Route, RouteStep
from core.report import Report
from tests.report_kit import candidate, dye_report, empty_report, polymer_report, small_report, unread_report
from tools.reporting import pdf
from tools.reporting.drawing import draw
from tools.reporting.scheme import scheme
from tools.reporting.vector import VectorDrawing
from tools.workspace import builtin

CATALOGUE = builtin().catalogue


def _words(parts: Iterable[Any]) -> Iterable[str]:
    """The text of everything that is laid out."""
    for part in parts:
        if isinstance(part, Paragraph):
            yield part.getPlainText()
        elif isinstance(part, KeepTogether):
            yield from _words(part._content)
        elif isinstance(part, Table):
            for row in part._cellvalues:
                for cell in row:
                    yield from _words(cell if isinstance(cell, list) else [cell])


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> Callable[[Report], str]:
    """What the PDF of a report says; it is laid out as well."""
    parts: list[Any] = []
    build = SimpleDocTemplate.build

    def building(self: Any, flowables: list[Any], **more: Any) -> None:
        parts[:] = [" ".join(_words(flowables))]
        build(self, flowables, **more)

    monkeypatch.setattr(SimpleDocTemplate, "build", building)

    def of(report: Report) -> str:
        assert pdf.to_pdf(report, catalogue=CATALOGUE).startswith(b"%PDF")
        return str(parts[0])

    return of


@pytest.mark.parametrize("made", [small_report, polymer_report, dye_report, unread_report, empty_report])
def test_it_says_what_the_report_says(made: Callable[[], Report], said: Callable[[Report], str]) -> None:
    report = made()
    words = said(report)
    for wanted in (
        *(r.text for r in report.spec.requirements),
        *(f"“{u.phrase}”, not checked" for u in report.unchecked if not u.use),
        *report.warnings,
        *report.rejected,
        *(c.smiles for c in [*report.candidates, *report.closest]),
        *(e.text for e in report.evidence),
    ):
        assert pdf.text(wanted).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") in words
    for c in [*report.candidates, *report.closest]:
        assert c.score is None or f"{c.score:.3f}" in words


def test_hostile_and_endless_texts_are_laid_out(said: Callable[[Report], str]) -> None:
    long = candidate(1, "C" * 400, notes=["a note " * 3000], rationale="<b>why</b> & " * 500, name="x" * 900)
    quoted = [Citation(number=1, key="n", title="T", passage="p " * 9000)]
    report = small_report().model_copy(update={"candidates": [long], "goal": "<para>" + "goal " * 3000, "citations": quoted})
    words = said(report)
    assert "<b>why</b> &" in words
    assert words.count("a note") >= 3000


def test_the_same_report_gives_the_same_bytes_on_pages_with_numbers() -> None:
    first, second = (pdf.to_pdf(dye_report(), catalogue=CATALOGUE) for _ in range(2))
    assert first == second
    assert len(re.findall(rb"/Type\s*/Page\b", first)) >= 2


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("Tg ≥ 250 °C ± 3", "Tg ≥ 250 °C ± 3"),
        ("β-lactam, Δ, ά", "beta-lactam, Delta, alpha"),
        ("A → B", "A -&gt; B"),
        ("高分子", "[U+9AD8][U+5206][U+5B50]"),
        ("<b>&</b>", "&lt;b&gt;&amp;&lt;/b&gt;"),
    ],
)
def test_what_the_font_lacks_is_said_otherwise(given: str, expected: str) -> None:
    assert pdf.text(given) == expected


def test_a_drawing_is_lines_and_keeps_its_shape() -> None:
    svg = draw("Cc1ccccc1Cl", parent="Cc1ccccc1").svg
    width, height = (float(n) for n in re.findall(r'(?:width|height)="(\d+)"', svg)[:2])
    drawing = VectorDrawing(svg, 100.0, 100.0)
    assert drawing.width <= 100
    assert drawing.height <= 100
    assert drawing.width / drawing.height == pytest.approx(width / height)
    canvas = Canvas("none", pageCompression=0, invariant=1)
    drawing.drawOn(canvas, 20, 30)
    code = "\n".join(canvas._code)
    paths = svg.count("<path") + svg.count("<ellipse")
    assert len(re.findall(r" m(?:\n| )", code)) >= paths  # each is begun once
    assert "Tj" not in code
    assert " c" in code  # letters are curves


def test_the_scheme_of_a_route_is_drawn_with_its_words_where_the_svg_has_them() -> None:
    route = Route(
        status="found",
        steps=[RouteStep(reaction="ester → amide", reactants=["COC(=O)c1ccccc1", "N"], product="NC(=O)c1ccccc1")],
        starting_materials=[Material(name="methyl benzoate", smiles="COC(=O)c1ccccc1")],
    )
    svg = scheme(route)
    drawing = VectorDrawing(svg, 400.0, 400.0)
    written: list[tuple[str, float, float]] = []

    class Heard(Canvas):  # type: ignore[misc]
        def drawCentredString(self, x: float, y: float, text: str, *more: Any, **named: Any) -> None:  # noqa: N802
            written.append((text, *self.absolutePosition(x, y)))
            super().drawCentredString(x, y, text, *more, **named)

    canvas = Heard("none", pageCompression=0, invariant=1)
    drawing.drawOn(canvas, 20, 30)
    assert [text for text, *_ in written] == ["methyl benzoate", "+", "ester -> amide"]
    assert [x for _, x, _ in written] == sorted(x for _, x, _ in written)  # from left to right, as in the scheme
    assert all(20 <= x <= 20 + drawing.width and 30 <= y <= 30 + drawing.height for _, x, y in written)
    code = "\n".join(canvas._code)
    assert code.count(" l") >= 1
    assert len(re.findall(r" m(?:\n| )", code)) >= svg.count("<path") + svg.count("<line")


def test_a_route_is_drawn_in_the_document(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []
    monkeypatch.setattr(pdf, "scheme", lambda route: drawn.append(route.steps[0].reaction) or scheme(route))
    report = small_report()
    pdf.to_pdf(report, catalogue=CATALOGUE)
    assert drawn == ["esterification"] * len([*report.candidates, *report.closest])


def test_no_word_of_a_heading_and_no_short_value_is_broken_in_the_table() -> None:
    rows = [
        ["Rank", "Candidate", "Absorption maximum, nm", "Molecular weight, g/mol", "Route"],
        [1, "x" * 200, "521 ± 12", "1234.56", "by construction"],
    ]
    widths = pdf._widths(rows)
    assert sum(widths) == pytest.approx(pdf.WIDTH)
    assert widths[1] >= 90
    for place in (0, 2, 3, 4):
        for word in str(rows[0][place]).split():
            assert pdfmetrics.stringWidth(word, "VeraBd", 7.5) + 6 <= widths[place], word
    assert pdfmetrics.stringWidth("by construction", "Vera", 7.5) + 6 <= widths[4]
