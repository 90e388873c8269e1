"""The report as one HTML file: no script, no outside resource, made to be printed as well."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

from jinja2 import Environment, StrictUndefined, pass_context
from jinja2.loaders import FileSystemLoader
from jinja2.runtime import Context
from markupsafe import Markup, escape

from core.against import UNFIT
from core.candidate import COMPUTED, ESTIMATED, MOVED, Candidate, Material, PropertyValue, Route, format_probability
from core.in_papers import PaperPlace, PaperValue
from core.report import Evidence, Point, Report
from core.spec import DesignSpec, share_checked, use_in_words
from tools.calculators.measured_spread import measured_range, with_spread
from tools.catalogue.catalogue import Catalogue
from tools.reporting.pictures import Pictures, parent_of
from tools.reporting.plots import Mark, scatter
from tools.reporting.scheme import scheme

TEMPLATES = Path(__file__).parent / "templates"
#: The guard's verdicts as they are read.
VERDICTS = {"allow": "no objection", "warn": "allowed with a warning", "block": "blocked"}
#: A requirement's band by its probability: good from 0.8, marginal from 0.5, bad below.
BANDS = ((0.8, "good"), (0.5, "marginal"), (0.0, "bad"))
_NONE_KEPT = Pictures()


@lru_cache(maxsize=4)
def _environment(*, catalogue: Catalogue) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        band=band,
        band_of=band_of,
        missed=missed,
        breakable=breakable,
        columns=partial(columns, catalogue=catalogue),
        draw=_drawing,
        scheme=lambda route: Markup(scheme(route)),  # a drawing of ours, which escapes its texts
        interval=interval,
        interval_name=interval_name,
        known=partial(known, catalogue=catalogue),
        label=partial(label, catalogue=catalogue),
        made=made,
        parent_of=parent_of,
        percent=format_probability,
        reported=reported,
        paper=paper,
        from_papers=from_papers,
        paper_groups=paper_groups,
        show=lambda v, name: with_spread(name, v) if v else "unknown",
        measured=measured,
        title_of=partial(title_of, catalogue=catalogue),
        verdict=lambda word: VERDICTS[word],
        stock=stock_text,
    )
    return environment


def render_html(report: Report, *, catalogue: Catalogue) -> str:
    """``report`` as a complete HTML document."""
    return _rendered("report.html.j2", report, catalogue, Markup(""))


def render_body(report: Report, side_by_side: str, *, images: str = "", pictures: Pictures = _NONE_KEPT, catalogue: Catalogue) -> str:
    """The report's own part of a page that brings head and styles (:func:`stylesheet`).

    ``side_by_side``: HTML of sections with the ids "table", "factors", "plots" and "series" that take the place of the report's own and stand before the
    candidates. ``images``: the address beneath which KEY/route.svg is the scheme of a candidate's route; '' for schemes in the page itself.
    ``pictures``: drawings that were made already.
    """
    return _rendered("body.html.j2", report, catalogue, Markup(side_by_side), images, pictures)


def render_part(
    report: Report, part: Literal["cards", "plots"], *, images: str = "", pictures: Pictures = _NONE_KEPT, catalogue: Catalogue
) -> str:
    """The section of the candidates (its id is "ranking") or of the plots ("plots"), to be put into a page. ``images``, ``pictures`` as before."""
    return _rendered(f"{part}.html.j2", report, catalogue, Markup(""), images, pictures)


def render_card(candidate: Candidate, report: Report, *, images: str = "", pictures: Pictures = _NONE_KEPT, catalogue: Catalogue) -> str:
    """All that the report's page says of one candidate; ``report`` gives the spec. ``images``, ``pictures`` as before."""
    found = _environment(catalogue=catalogue).get_template("card.html.j2")
    given = {"report": report, "share": share_checked(report.spec), "use": use_in_words(report.spec), "images": images, "alone": True}
    given |= {"cores": pictures.cores(report), "pictures": pictures}
    return str(found.make_module(given).card(candidate))  # type: ignore[attr-defined]


def stylesheet() -> str:
    """The styles of a report."""
    return (TEMPLATES / "report.css").read_text(encoding="utf-8")


def _rendered(
    template: str, report: Report, catalogue: Catalogue, side_by_side: Markup, images: str = "", pictures: Pictures = _NONE_KEPT
) -> str:
    found = _environment(catalogue=catalogue).get_template(template)
    drawn = (
        [] if side_by_side or template == "cards.html.j2" else plots(report, catalogue=catalogue)
    )  # where somebody else's stand, or none
    share = share_checked(report.spec)
    given = {
        "report": report,
        "plots": drawn,
        "share": share,
        "use": use_in_words(report.spec),
        "alone": False,
        "cores": pictures.cores(report),
    }
    return found.render(given, side_by_side=side_by_side, images=images, pictures=pictures)


@dataclass(frozen=True)
class _Picture:
    svg: Markup
    wide: bool
    changed: bool


@pass_context
def _drawing(context: Context, smiles: str, title: str, parent: str = "", core: str = "") -> _Picture:
    pictures: Pictures = context["pictures"]
    drawing = pictures.draw(smiles, title, parent, core)
    return _Picture(Markup(drawing.svg), drawing.wide, drawing.changed)


def band(probability: float, unchecked: str = "") -> str:
    """'good', 'marginal' or 'bad' for a probability, rounded to the percent that is printed.

    Not 'good' where something is ``unchecked`` without which the goal is not met, such as whether it is the thing asked for.
    """
    return next(name for floor, name in BANDS if round(probability, 2) >= floor and not (unchecked and name == "good"))


def band_of(candidate: Candidate, unchecked: str = "") -> str:
    """The :func:`band` of a candidate, and the one rule for its badge: however probable that it meets all, it is not 'good' where the use is
    ``unchecked``, where it misses a requirement, or where its kind seldom suits the use; it is 'bad' where it lacks what the use rests on.
    """
    kinds = {reason.kind for reason in candidate.against}
    if "unfit" in kinds:
        return "bad"
    return band(candidate.p_meets or 0.0, unchecked or missed(candidate) or ", ".join(kinds.intersection(UNFIT)))


def missed(candidate: Candidate) -> str:
    """What a candidate was asked for and does not meet, in words; '' for nothing."""
    return ", ".join(r.text for r in candidate.requirements if not r.met)


def label(name: str, *, catalogue: Catalogue) -> str:
    """A property's name as printed, with its unit."""
    if name not in catalogue:
        return name.replace("_", " ")
    definition = catalogue[name]
    return f"{definition.label}, {definition.unit}" if definition.unit else definition.label


def breakable(text: str) -> Markup:
    """``text`` with places where a long chemical name may go on in the next line: after a bracket, a hyphen or a slash within a word."""
    return Markup("<wbr>").join(re.split(r"(?<=[\w'][-/)\]])(?=[\w(\[])", text))


def columns(candidates: list[Candidate], spec: DesignSpec, *, catalogue: Catalogue) -> list[str]:
    """The properties that have a column: what was asked, and of the usual ones those that apply to these candidates."""
    usual = [name for name in catalogue.columns() if any(name in c.properties for c in candidates)]
    return list(dict.fromkeys([*spec.property_names(), *usual]))


def interval(value: PropertyValue | None, unit: bool = True) -> str:
    """The 90 % interval of a predicted value: '301 to 373 °C'; '' where it is exact or not known."""
    if value is None or value.lower is None or value.upper is None or not value.sigma:
        return ""
    digits = 0 if value.sigma >= 2 else 1 if value.sigma >= 0.2 else 2
    return f"{value.lower:z.{digits}f} to {value.upper:z.{digits}f} {value.unit if unit else ''}".rstrip()


def interval_name(value: PropertyValue) -> str:
    """What the 90 % interval of a value is: of a prediction, of a measurement, or the spread of a fit, which is none of a prediction."""
    if value.basis is None:
        return "90 % interval"
    if value.basis == MOVED:
        return "90 % interval of the moved measurement"
    if value.basis in (COMPUTED, ESTIMATED):
        return f"{value.basis}; 90 % interval"
    return "90 % interval of the measurement" if value.basis == "measured" else "spread of the fit, no interval of a prediction"


def measured(value: PropertyValue | None, name: str) -> str:
    """Where nine of ten measured values lie about a computed one that is an estimate of them: '1.3 to 3.6'; '' for other properties."""
    ends = measured_range(name, value)
    return f"{ends[0]:z.1f} to {ends[1]:z.1f}" if ends else ""


def made(route: Route | None) -> str:
    """How a candidate is made, in a sentence."""
    if route is None:
        return "No route was looked for."
    if not route.steps:
        return "No route is known." if route.status == "none known" else f"{route.status[:1].upper()}{route.status[1:]}."
    names = list(dict.fromkeys(m.name for m in route.starting_materials if m.role != "intermediate"))
    source = f" from {_listed(names)}" if names else ""
    return f"By {', then '.join(s.reaction for s in route.steps)}{source}."


def _listed(names: list[str]) -> str:
    return ", ".join(names[:-1]) + " and " + names[-1] if len(names) > 1 else "".join(names)


def paper(place: PaperPlace, *, linked: bool = False) -> Markup:
    """A paper in short, with page and DOI; on a page, where it is ``linked``, as a link to the passage or the paper."""
    text = escape(place.reference) + (f", doi:{place.doi}" if place.doi else "")
    if not linked:
        return Markup(text)
    where = f"passages/{quote(place.passage_id, safe='')}" if place.passage_id else f"papers/{quote(place.document_id, safe='')}"
    return Markup('<a href="/literature/{}">{}</a>').format(where, text)


def reported(value: PaperValue, *, linked: bool = False) -> Markup:
    """A reported number with its conditions and its paper: '388 °C (Films of high Tg (2010), p. 4)'."""
    how = f", {'; '.join(value.conditions)}" if value.conditions else ""
    approved = f"; approved by {value.approved_by}" if value.approved_by else ""
    return Markup("{}{} ({}){}").format(value.shown, how, paper(value.place, linked=linked), approved)


@dataclass(frozen=True)
class PaperGroup:
    """What papers say to the same requirements; ``title``: these in words."""

    title: str
    evidence: list[Evidence]


def from_papers(report: Report) -> list[Evidence]:
    """The statements that come from the team's papers; [] for none."""
    numbers = {c.number for c in report.citations if c.document}
    return [e for e in report.evidence if e.citation in numbers]


def paper_groups(report: Report) -> list[PaperGroup]:
    """The statements of the team's papers by what they were asked for, in the order of the spec, those on the whole goal last."""
    texts = {r.id: r.text for r in (*report.spec.requirements, *report.spec.objectives)}
    order = list(texts)
    groups: dict[tuple[str, ...], list[Evidence]] = {}
    for statement in from_papers(report):
        groups.setdefault(tuple(statement.requirements), []).append(statement)
    ordered = sorted(groups, key=lambda ids: [order.index(i) if i in texts else len(order) for i in ids] or [len(order)])
    return [PaperGroup("; ".join(texts.get(i, i) for i in ids) or "The goal as a whole", groups[ids]) for ids in ordered]


@dataclass(frozen=True)
class Neighbour:
    """The measured structure that is nearest to a candidate for some properties; ``smiles`` is '' where it is the candidate itself."""

    smiles: str
    similarity: float
    measured: str


def known(candidate: Candidate, names: Iterable[str], *, catalogue: Catalogue) -> list[Neighbour]:
    """What stands nearest to a candidate in the data that the properties ``names`` were predicted from, nearest first."""
    found: dict[tuple[str, float], list[str]] = {}
    for name in names:
        value = candidate.properties.get(name)
        if value is None or value.nearest is None or value.similarity is None:
            continue
        shown = value.nearest_value is not None
        measured = f" {value.nearest_value:.4g} {value.unit}".rstrip() if shown else " (measured; the value may not be passed on)"
        same = value.nearest == candidate.smiles
        found.setdefault(("" if same else value.nearest, value.similarity), []).append(title_of(name, catalogue=catalogue) + measured)
    return [Neighbour(smiles, near, ", ".join(values)) for (smiles, near), values in sorted(found.items(), key=lambda entry: -entry[0][1])]


def title_of(name: str, *, catalogue: Catalogue) -> str:
    """A property's name as printed, without its unit."""
    return catalogue[name].label if name in catalogue else name.replace("_", " ")


def stock_text(material: Material) -> str:
    """What the user's inventory says of a material: 'in the inventory, A1, 12.50 EUR for 100 g', or that it is not there."""
    stock = material.stock
    if stock is None:
        return "not in the inventory"
    size = f" for {stock.amount:g} {stock.unit}" if stock.amount is not None else ""
    price = f"{stock.price:.2f} {stock.currency}{size}" if stock.price is not None else "no price given"
    return ", ".join(part for part in ("in the inventory", stock.id, f"CAS {stock.cas}" if stock.cas else "", price) if part)


def plots(report: Report, *, catalogue: Catalogue) -> list[dict[str, Any]]:
    """Title and SVG of each plot: the property space of the evaluated structures, and the Pareto plot of the listed ones."""
    found = []
    wanted = [n for n in report.spec.property_names() if n in catalogue and catalogue[n].kind != "level"]
    first, second, *_ = dict.fromkeys([*wanted, *catalogue.axes()])
    lines = {
        name: [x for condition in report.spec.conditions_on(name)[-1:] for x in condition.bounds() if abs(x) != float("inf")]
        for name in (first, second)
    }
    cards = {c.key for c in [*report.candidates, *report.closest]}
    space = [_mark(p, first, second, cards) for p in report.points if first in p.values and second in p.values]
    if space:
        svg = scatter(
            space,
            label(second, catalogue=catalogue),
            label(first, catalogue=catalogue),
            x_lines=lines.get(second, []),
            y_lines=lines.get(first, []),
        )
        found.append(
            {
                "title": f"What was evaluated: {label(first, catalogue=catalogue)} against {label(second, catalogue=catalogue)}",
                "svg": Markup(svg),
            }
        )
    share = share_checked(report.spec)
    front = [_front_mark(c) for c in [*report.candidates, *report.closest] if c.p_meets is not None and c.desirability is not None]
    if front:
        svg = scatter(
            front,
            f"probability that what is checked holds ({share})" if share else "probability that all requirements hold",
            "desirability of the objectives",
        )
        found.append({"title": "Pareto plot: how surely against how well", "svg": Markup(svg)})
    return found


def _mark(point: Point, first: str, second: str, cards: set[str]) -> Mark:
    group = "listed" if point.listed else point.status
    return Mark(point.values[second], point.values[first], group, point.smiles, point.key, f"#c-{point.key}" if point.key in cards else "")


def _front_mark(candidate: Candidate) -> Mark:
    assert candidate.p_meets is not None
    assert candidate.desirability is not None
    group = "listed" if candidate.rank is not None else "rejected"
    name = f"{candidate.rank}: " if candidate.rank else ""
    front = f", front {candidate.pareto_front}" if candidate.pareto_front else ""
    title = f"{name}{candidate.smiles}{front}"
    return Mark(candidate.p_meets, candidate.desirability, group, title, candidate.key, f"#c-{candidate.key}")
