"""What a reviewer has to know of a candidate to decide on it: the values that were asked for, the strongest reason against it, how it is made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.candidate import Candidate, format_probability
from core.report import Report
from core.spec import DesignSpec

if TYPE_CHECKING:
    from tools.catalogue.catalogue import Catalogue

#: A requirement that holds less surely than this speaks against a candidate.
SURE = 0.8


@dataclass(frozen=True)
class AskedValue:
    """A value that was asked for: the property in words, the value with its unit, its interval, and what is known or doubtful of it."""

    label: str
    value: str
    interval: str
    notes: list[str]


@dataclass(frozen=True)
class ReviewCard:
    """What is said of a candidate in short.

    Attributes:
        values: the values that were asked for.
        against: the strongest reason against it; '' where nothing speaks against it.
        made: how it is made, in a sentence.
        scheme: whether its route can be drawn.
        known: what is known of it and of what is nearest to it.
    """

    values: list[AskedValue]
    against: str
    made: str
    scheme: bool
    known: list[str]


def review_card(candidate: Candidate, report: Report, *, catalogue: Catalogue) -> ReviewCard:
    """``candidate`` in short; ``report`` gives the spec and the remarks."""
    from tools.calculators.measured_spread import with_spread
    from tools.reporting.html import interval, interval_name, known, made, measured, title_of

    names = report.spec.property_names()
    values = []
    for name in names:
        v = candidate.properties.get(name)
        notes = [] if v is None else [v.known, "outside the model's domain" if v.in_domain is False else ""]
        notes += [v.reason] if v is not None and v.value is None and v.reason else []
        shown = with_spread(name, v) if v else "unknown"
        unit = f" {v.unit}" if v is not None and v.number is not None and v.unit else ""
        beside = interval(v) if v else ""
        where = f"{beside}{'' if v is None or v.basis is None else f' ({interval_name(v)})'}" if beside else measured(v, name)
        values.append(AskedValue(title_of(name, catalogue=catalogue), f"{shown}{unit}", where, [n for n in notes if n]))
    near = [
        f"nearest measured structure: {n.smiles} (similarity {n.similarity:.2f}): {n.measured}"
        if n.smiles
        else f"measured itself: {n.measured}"
        for n in known(candidate, names, catalogue=catalogue)
    ]
    route = candidate.route
    return ReviewCard(
        values,
        strongest_against(candidate, report),
        made(route),
        route is not None and bool(route.steps),
        [*candidate.notes, *near],
    )


def measurable(candidate: Candidate, spec: DesignSpec, *, catalogue: Catalogue) -> list[str]:
    """Names of the properties that somebody may have measured of a candidate: those that are predicted or an estimate, what was asked for first."""
    from tools.calculators.measured_spread import measured_range

    predicted = [p.name for p in catalogue if p.kind == "predicted" and candidate.candidate_class in p.classes]
    estimates = [n for n, v in candidate.properties.items() if n in catalogue and measured_range(n, v) is not None]
    asked = [n for n in spec.property_names() if n in predicted or n in estimates]
    return list(dict.fromkeys([*asked, *predicted, *estimates]))


def strongest_against(candidate: Candidate, report: Report) -> str:
    """The strongest reason against a candidate, in words: a hazard before a list, a list before a requirement that is missed or in doubt, that
    before a model's domain and a missing route; '' where nothing of these speaks against it.
    """
    return next(_reasons(candidate, report), "")


def _reasons(candidate: Candidate, report: Report) -> Iterator[str]:
    safety = candidate.safety
    for hit in sorted(safety.rules if safety else [], key=lambda h: h.verdict != "block"):
        if hit.verdict != "allow":
            yield f"{hit.name}: {hit.reason}"
    yield from (s.text for s in candidate.lists if s.on)
    doubtful = sorted((r for r in candidate.requirements if not r.met or r.probability < SURE), key=lambda r: (r.met, r.probability))
    for r in doubtful:
        chance = f" ({format_probability(r.probability)} likely to hold)" if 0 < r.probability < 1 else ""
        yield f"{'in doubt' if r.met else 'it misses'}: {r.text}{chance}"
    remarks = [m for m in report.remarks if m.key == candidate.key]
    yield from (f"a language model's opinion: {m.reason}" for m in remarks if m.severity != "note")
    for name in report.spec.property_names():
        value = candidate.properties.get(name)
        if value is not None and value.in_domain is False:
            yield f"its {name.replace('_', ' ')} is predicted outside the model's domain"
    if candidate.route is not None and candidate.route.status == "none known":
        yield "no route to it is known"
