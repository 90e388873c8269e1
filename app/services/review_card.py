"""What a reviewer has to know of a candidate to decide on it: the values that were asked for, the strongest reason against it, how it is made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.candidate import Candidate
from core.report import Report
from core.spec import DesignSpec

if TYPE_CHECKING:
    from tools.catalogue.catalogue import Catalogue

#: What a language model's opinion stands before.
_WEAKER = frozenset({"domain", "route", "use not checked", "synthesis", "near the limit", "unproven"})


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
        against: the strongest reason against it; there is always one.
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
    """The strongest reason against a candidate, in words (:func:`tools.against.reasons.reasons` says in which order).

    A language model's opinion stands before what is only not known: a model's domain, a route, a use that is not checked.
    """
    from tools.against.reasons import reasons

    found = candidate.against or reasons(candidate, report.spec)
    opinions = [f"a language model's opinion: {m.reason}" for m in report.remarks if m.key == candidate.key and m.severity != "note"]
    return opinions[0] if opinions and found[0].kind in _WEAKER else found[0].text
