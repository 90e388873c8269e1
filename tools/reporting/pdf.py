"""The report as a PDF: no browser and no system library is needed; letters come from Bitstream Vera, which reportlab brings."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from functools import partial
from html import escape
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, KeepTogether, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from core.candidate import Candidate, format_probability
from core.report import Report
from core.spec import share_checked, use_in_words
from tools.calculators.measured_spread import with_spread
from tools.catalogue.catalogue import Catalogue
from tools.reporting.drawing import draw
from tools.reporting.html import (
    VERDICTS,
    columns,
    from_papers,
    interval,
    interval_name,
    known,
    label,
    made,
    measured,
    paper_groups,
    title_of,
)
from tools.reporting.letters import printable, signs
from tools.reporting.scheme import scheme
from tools.reporting.vector import VectorDrawing
from tools.structures.series import shared_cores

MARGIN, FOOT = 16 * mm, 12 * mm
#: Width of the text: a frame has six points of room at each side.
WIDTH = A4[0] - 2 * MARGIN - 12
#: Width up to which a value stands in one line, and least width of the column of names, points.
SHORT, NARROWEST = 62.0, 90.0
#: Largest height of a route's scheme, points: it fits on one page.
SCHEME = 560.0
#: Largest drawing, points, and how many property columns the table has at most beside rank, name, probability and score.
DRAWING, MOST_COLUMNS = (210.0, 150.0), 4
INK, SOFT, LINE, TINT, ACCENT, BAD = (HexColor(c) for c in ("#1c2430", "#55606e", "#cfd6de", "#f3f6f9", "#1f5fa8", "#b3261e"))


def _style(size: float, **more: Any) -> ParagraphStyle:
    given = {"fontName": "Vera", "fontSize": size, "leading": 1.32 * size, "textColor": INK, "splitLongWords": 1, **more}
    return ParagraphStyle("", **given)


BODY, SMALL, CELL = _style(9, spaceAfter=4), _style(7.5, textColor=SOFT), _style(7.5)
HEAD = _style(7.5, fontName="VeraBd")
H1, H2 = _style(16, fontName="VeraBd", spaceAfter=4), _style(12, fontName="VeraBd", spaceBefore=12, spaceAfter=5)
H3 = _style(10.5, fontName="VeraBd", spaceBefore=9, spaceAfter=4)
NOTE = _style(9, textColor=BAD, spaceAfter=4)


def text(value: object) -> str:
    """``value`` as the font can show it, escaped."""
    return escape(printable(value), quote=False)


def _p(value: object, style: ParagraphStyle = BODY) -> Paragraph:
    return Paragraph(text(value), style)


def to_pdf(report: Report, *, catalogue: Catalogue) -> bytes:
    """``report`` as a PDF document on A4, the same bytes for the same report. Structures are drawn as lines, not as pixels."""
    signs()
    parts = [*_opening(report), *_side_by_side(report, catalogue)]
    if report.candidates:
        parts.append(_p("Ranked candidates", H2))
    parts += [part for c in report.candidates for part in _card(c, report, catalogue)]
    if report.closest:
        parts.append(_p("Closest that miss a requirement", H2))
    parts += [part for c in report.closest for part in _card(c, report, catalogue)]
    parts += [*_evidence(report), *_rejected(report), *_how(report)]
    content = io.BytesIO()
    document = SimpleDocTemplate(
        content,
        pagesize=A4,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=MARGIN,
        bottomMargin=MARGIN + FOOT / 2,
        title=f"molwright: {report.goal[:200]}",
        author="molwright",
        invariant=1,
    )
    foot = partial(_foot, run=report.run_id)
    document.build(parts, onFirstPage=foot, onLaterPages=foot)
    return content.getvalue()


def _foot(canvas: Canvas, document: SimpleDocTemplate, *, run: str) -> None:
    canvas.saveState()
    canvas.setFont("Vera", 7.5)
    canvas.setFillColor(SOFT)
    canvas.drawString(MARGIN, FOOT, f"molwright report, run {run}")
    canvas.drawRightString(A4[0] - MARGIN, FOOT, f"page {document.page}")
    canvas.restoreState()


def _opening(report: Report) -> Iterable[Flowable]:
    yield _p(report.goal, H1 if len(report.goal) <= 200 else _style(11, fontName="VeraBd", spaceAfter=4))
    approved = f", spec approved by {report.approved_by}" if report.approved_by else ""
    yield _p(f"run {report.run_id}, {report.created_at[:19].replace('T', ' ')} UTC{approved}", SMALL)
    yield Spacer(0, 6)
    yield _p(report.summary)
    share = share_checked(report.spec)
    if use := use_in_words(report.spec):
        yield _p(f"{use[:1].upper()}{use[1:]}. No probability, score or rank says that a structure is one.", NOTE)
    if share:
        yield _p(f"Only {share} of the goal are checked. Every probability, score and rank is about these alone.", NOTE)
    yield _p("Asked for", H3)
    for requirement in report.spec.requirements:
        yield _p(f"• {requirement.text}")
    for objective in report.spec.objectives:
        yield _p(f"• {objective.text} (to be optimised, weight {objective.weight:g})")
    for unread in report.unchecked:
        if not unread.use:
            yield _p(f"• “{unread.phrase}”, not checked: {unread.reason}", NOTE)
    if report.warnings:
        yield _p("Read before use", H3)
        yield from (_p(f"• {warning}") for warning in report.warnings)


def _grid(rows: Sequence[Sequence[object]], widths: Sequence[float]) -> Table:
    """A table whose first row is its heading and is repeated on each page."""
    cells = [[_p(cell, HEAD if i == 0 else CELL) for cell in row] for i, row in enumerate(rows)]
    table = Table(cells, colWidths=list(widths), repeatRows=1, splitInRow=1)
    table.setStyle(
        TableStyle(
            [
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LINEBELOW", (0, 0), (-1, -1), 0.5, LINE),
                ("BACKGROUND", (0, 0), (-1, 0), TINT),
                ("LEFTPADDING", (0, 0), (-1, -1), 3),
                ("RIGHTPADDING", (0, 0), (-1, -1), 3),
                ("TOPPADDING", (0, 0), (-1, -1), 2),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
            ]
        )
    )
    return table


def _side_by_side(report: Report, catalogue: Catalogue) -> Iterable[Flowable]:
    shown = [*report.candidates, *report.closest]
    yield _p("Side by side", H2)
    if not shown:
        yield _p("No structure meets every requirement, and none comes close.")
        return
    names = columns(shown, report.spec, catalogue=catalogue)[:MOST_COLUMNS]
    head = ["Rank", "Candidate", "Meets", "Score", *(label(n, catalogue=catalogue) for n in names), "Route"]
    rows = [
        [
            c.rank or "–",
            c.name or c.smiles,
            format_probability(c.p_meets),
            "unknown" if c.score is None else f"{c.score:.3f}",
            *(_shown(c, n) for n in names),
            c.route.status if c.route else "not looked for",
        ]
        for c in report.candidates + report.closest
    ]
    yield _grid([head, *rows], _widths([head, *rows]))
    yield _p(
        "Values are ± one standard deviation. † outside the model's domain; ‡ measured, not predicted; ¶ measured in another solvent, moved by the model's difference between the two; § in the training set: a fit, not a prediction; * computed by a costly calculator, ~ estimated in its place.",
        SMALL,
    )


def _widths(rows: Sequence[Sequence[object]]) -> list[float]:
    """Widths of the columns in which no word of a heading and no short value is broken; the second one, of names, has what is left."""
    found = []
    for place in range(len(rows[0])):
        words = [pdfmetrics.stringWidth(word, HEAD.fontName, HEAD.fontSize) for word in printable(rows[0][place]).split()]
        values = [min(SHORT, pdfmetrics.stringWidth(printable(row[place]), CELL.fontName, CELL.fontSize)) for row in rows[1:]]
        found.append(max([*words, *values]) + 7)
    found[1] = max(NARROWEST, WIDTH - sum(found) + found[1])
    return [width * WIDTH / sum(found) for width in found]


def _shown(c: Candidate, name: str) -> str:
    value = c.properties.get(name)
    return "unknown" if value is None else with_spread(name, value) + value.mark


def _card(c: Candidate, report: Report, catalogue: Catalogue) -> Iterable[Flowable]:
    heading = _p(f"{f'{c.rank}. ' if c.rank else 'Close: '}{c.name or c.smiles}", H3)
    parent = c.origin.parent_smiles[0] if c.origin.parent_smiles else ""
    cores = shared_cores(tuple(other.smiles for other in [*report.candidates, *report.closest]))
    picture = draw(c.smiles, parent=parent, core=cores.get(c.smiles, ""))
    drawn: list[Flowable] = [VectorDrawing(picture.svg, *DRAWING)] if picture.svg else [_p("It cannot be drawn.", SMALL)]
    drawn += [_p(c.smiles, SMALL), _p(c.inchikey or c.key, SMALL)]
    if picture.changed:
        drawn.append(_p(f"On coloured ground: what differs from its parent {parent}", SMALL))
    facts = [_fact(name, _value(c, name)) for name in ((n, title_of(n, catalogue=catalogue)) for n in report.spec.property_names())]
    share = share_checked(report.spec)
    together = " (together, corrected for the choice of the best out of many)" if any(r.probability < 1 for r in c.requirements) else ""
    facts += [_line("Meets what is checked" if share else "Meets all requirements", format_probability(c.p_meets) + together)]
    if c.against:
        source = f" ({c.against[0].source})" if c.against[0].source else ""
        facts += [_line("Strongest reason not to make it", c.strongest_against + source)]
    facts += [_line("How it is made", made(c.route))]
    near = [
        f"nearest measured structure {n.smiles} (similarity {n.similarity:.2f}): {n.measured}"
        if n.smiles
        else f"measured itself: {n.measured}"
        for n in known(c, report.spec.property_names(), catalogue=catalogue)
    ]
    facts += [_line("What is known of it", "; ".join([*near, *c.notes]) or "nothing measured is compared with it")]
    rules = "".join(f"; {h.name}: {h.reason}" for h in c.safety.rules) if c.safety else ""
    facts += [_line(name, value) for name, value in _in_papers(c, catalogue)]
    facts += [_line("Safety", VERDICTS[c.safety.verdict] + rules if c.safety else "not screened")]
    facts += [_line("Named list", f"{standing.text} ({standing.source})") for standing in c.lists]
    said = report.review.of(c.key) if report.review else None
    if said and said.decisions:
        facts += [_line("Review", said.said)]
    if said:
        facts += [
            _line(f"Measured {title_of(m.measured.property, catalogue=catalogue)}", f"{m.measured.shown}; {m.said}") for m in said.measured
        ]
    if c.rank_interval:
        facts += [
            _line("Rank", f"{c.rank}; within the prediction errors anywhere from {c.rank_interval[0]} to {c.rank_interval[1]} (90 %)")
        ]
    columns_ = Table([[drawn, facts]], colWidths=[DRAWING[0] + 14, WIDTH - DRAWING[0] - 14], splitInRow=1)
    columns_.setStyle(
        TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (0, 0), 0), ("RIGHTPADDING", (1, 0), (1, 0), 0)])
    )
    yield KeepTogether([heading, columns_])
    if c.rationale:
        yield _p(c.rationale)
    judged = [
        [
            r.text,
            _judged(r.value, r.unit),
            format_probability(r.probability),
            ("met" if r.met else "not met") + (f": {r.reason}" if r.reason else ""),
        ]
        for r in c.requirements
    ]
    if judged:
        yield _grid(
            [["Requirement", "Value", "Probability by itself", "Result"], *judged], [0.42 * WIDTH, 0.2 * WIDTH, 0.13 * WIDTH, 0.25 * WIDTH]
        )
    if c.route and c.route.steps:
        yield Spacer(0, 4)
        yield VectorDrawing(scheme(c.route), WIDTH, SCHEME)
        yield from (_p(f"{n}. {s.reaction}: {' + '.join(s.reactants)} -> {s.product}", SMALL) for n, s in enumerate(c.route.steps, 1))


def _in_papers(c: Candidate, catalogue: Catalogue) -> Iterable[tuple[str, str]]:
    """What the team's papers say of a candidate: reported values by property, then where it or a monomer of it is named, with the words."""
    if c.in_papers is None:
        return
    for name in dict.fromkeys(v.property_name for v in c.in_papers.values):
        yield (
            f"Reported {title_of(name, catalogue=catalogue)}",
            "; ".join(f"{v.said}{f', approved by {v.approved_by}' if v.approved_by else ''}" for v in c.in_papers.of(name)),
        )
    for place, m in enumerate(c.in_papers.mentions):
        before = "Known already. " if c.in_papers.known and place == 0 else ""
        named = f"Its monomer {m.name} is named" if m.of == "a monomer" else f"It is named “{m.written}”"
        doi = f", doi:{m.place.doi}" if m.place.doi else ""
        yield "In your papers", f"{before}{named} in {m.place.reference}{doi}: “{m.place.quote}”"


def _fact(name: tuple[str, str], value: str) -> Paragraph:
    return _line(name[1], value)


def _line(name: str, value: str) -> Paragraph:
    return Paragraph(f'<font color="#55606e">{text(name)}:</font> {text(value)}', _style(8.5, spaceAfter=3))


def _value(c: Candidate, name: tuple[str, str]) -> str:
    value = c.properties.get(name[0])
    if value is None or value.value is None:
        return f"unknown{f' ({value.reason})' if value is not None and value.reason else ''}"
    unit = f" {value.unit}" if value.unit and value.number is not None else ""
    between = f", {interval_name(value)} {interval(value)}" if interval(value) else ""
    between += f", measured values {ends} (90 %)" if (ends := measured(value, name[0])) else ""
    outside = ", outside the model’s domain" if value.in_domain is False else ""
    return f"{with_spread(name[0], value)}{unit}{between}{outside}{f'; {value.known}' if value.known else ''}"


def _judged(value: float | str | None, unit: str) -> str:
    if value is None:
        return "unknown"
    return f"{value:.4g} {unit}".rstrip() if isinstance(value, int | float) else value


def _evidence(report: Report) -> Iterable[Flowable]:
    yield _p("What the literature says", H2)
    theirs = from_papers(report)
    if not report.evidence:
        yield _p("No passage of the literature store bears on this goal.")
    yield from (_p(f"• {e.text}") for e in report.evidence if e not in theirs)
    if report.papers:
        yield _p("From your own papers", H3)
        if not theirs:
            yield _p(f"None of the {report.papers} passages of your papers speaks of what was asked.")
        for group in paper_groups(report):
            yield _p(group.title, _style(9, fontName="VeraBd", spaceBefore=4, spaceAfter=3))
            yield from (_p(f"• {e.text}") for e in group.evidence)
        if theirs:
            yield _p(
                f"The papers' own sentences, found for each requirement among {report.papers} passages; whether they hold for these candidates is for a chemist to judge.",
                SMALL,
            )
    if report.citations:
        yield _p("References", H3)
    for n in report.citations:
        more = [f"doi:{n.doi}" if n.doi else "", f"p. {n.page}" if n.page else "", "RETRACTED" if n.retracted else ""]
        source = f"{f'{n.authors}: ' if n.authors else ''}{n.title}{f' ({n.year})' if n.year else ''}"
        yield _p(f"[{n.number}] {', '.join(part for part in (source, *more) if part)}")
        if n.passage:
            yield _p(f"“{n.passage}”", _style(8, textColor=SOFT, leftIndent=14, spaceAfter=4))


def _rejected(report: Report) -> Iterable[Flowable]:
    yield _p("What was rejected, and why", H2)
    texts = {f"requirement:{r.id}": r.text for r in report.spec.requirements}
    rows = [[rule, texts.get(rule, ""), count] for rule, count in report.rejected.items()]
    yield (
        _grid([["Rule", "Meaning", "Structures"], *rows], [0.3 * WIDTH, 0.55 * WIDTH, 0.15 * WIDTH])
        if rows
        else _p("Nothing was rejected.")
    )


def _how(report: Report) -> Iterable[Flowable]:
    yield _p("How this was made", H2)
    yield _p(
        f"Seed {report.spec.seed}; {report.evaluated} distinct structures evaluated. The search ended because {report.stop_reason}. A predicted"
        f" requirement counts as met from a probability of {format_probability(report.spec.met_probability)}. Spec by {report.spec.interpreter}."
    )
    yield _p("; ".join(f"{name} {version}" for name, version in report.versions.items()), SMALL)
    yield _p(f"Repeat it from its record: molwright replay {report.run_id}", SMALL)
