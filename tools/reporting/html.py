"""The report as one HTML file: no script, no outside resource, made to be printed as well."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined
from jinja2.loaders import FileSystemLoader
from markupsafe import Markup

from core.candidate import Candidate, Material
from core.report import Point, Report
from core.spec import share_checked
from tools.catalogue.catalogue import Catalogue
from tools.reporting.drawing import draw
from tools.reporting.plots import Mark, scatter

#: A requirement's band by its probability: good from 0.8, marginal from 0.5, bad below.
BANDS = ((0.8, "good"), (0.5, "marginal"), (0.0, "bad"))


@lru_cache(maxsize=1)
def _environment(*, catalogue: Catalogue) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        band=band,
        show=lambda v: v.shown if v else "unknown",
        draw=lambda s, w=260, h=180: Markup(draw(s, w, h)),
        label=label,
        percent=percent,
        stock=stock_text,
    )
    return environment


def render_html(report: Report, *, catalogue: Catalogue) -> str:
    """``report`` as a complete HTML document."""
    columns = list(dict.fromkeys([*report.spec.property_names(), *catalogue.columns()]))
    return (
        _environment(catalogue=catalogue)
        .get_template("report.html.j2")
        .render(
            report=report, columns=columns, plots=plots(report, catalogue=catalogue), registry=catalogue, share=share_checked(report.spec)
        )
    )


def band(probability: float) -> str:
    """'good', 'marginal' or 'bad' for a probability, rounded to the percent that is printed."""
    return next(name for floor, name in BANDS if round(probability, 2) >= floor)


def label(name: str, *, catalogue: Catalogue) -> str:
    """A property's name as printed, with its unit."""
    if name not in catalogue:
        return name.replace("_", " ")
    definition = catalogue[name]
    return f"{definition.label}, {definition.unit}" if definition.unit else definition.label


def percent(probability: float | None) -> str:
    """A probability as a percentage, 'unknown' if there is none."""
    return "unknown" if probability is None else f"{100 * probability:.0f} %"


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
    space = [_mark(p, first, second) for p in report.points if first in p.values and second in p.values]
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


def _mark(point: Point, first: str, second: str) -> Mark:
    group = "listed" if point.listed else point.status
    return Mark(point.values[second], point.values[first], group, point.smiles)


def _front_mark(candidate: Candidate) -> Mark:
    assert candidate.p_meets is not None
    assert candidate.desirability is not None
    group = "listed" if candidate.rank is not None else "rejected"
    name = f"{candidate.rank}: " if candidate.rank else ""
    front = f", front {candidate.pareto_front}" if candidate.pareto_front else ""
    return Mark(candidate.p_meets, candidate.desirability, group, f"{name}{candidate.smiles}{front}")
