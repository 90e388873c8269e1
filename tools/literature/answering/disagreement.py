"""Passages that disagree: different numbers for the same property of the same substance, further apart than their own errors.

Built on the reported values that were read when the papers were added. Two numbers agree where their ranges meet: a stated range or '±' as it
stands, else half a unit of the last digit that is written ('385 °C' is 384.5 to 385.5; '~300' is 250 to 350); '<' and '>' are open to one
side. Numbers that were measured under different stated conditions are not compared, and neither are two of one paper.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from core.answers import Citation, Disagreement, Side
from core.in_papers import number_text
from core.papers import PaperFacts, ReportedValue
from core.passages import Document
from tools.literature.answering.features import Read
from tools.literature.answering.instructions import instructs

#: Most properties of substances that are looked up for one question, and most numbers of each.
SUBJECTS, NUMBERS = 12, 40
#: Temperatures in kelvin and in °C differ by an offset alone.
_KELVIN = "K"


@dataclass(frozen=True)
class Reported:
    """A reported number with its id and document."""

    value_id: str
    document: Document
    value: ReportedValue


def look_up(found: Sequence[Read], facts: PaperFacts) -> list[dict[str, Any]]:
    """As JSON objects, the numbers that stand in the passages found and those that the collection has of the same property and substance.

    Only resolved substances are looked up; [] where the passages report none. StoreError where the papers cannot be read.
    """
    subjects: dict[tuple[str, str], None] = {}
    for document_id in dict.fromkeys(read.passage.document_id for read in found):
        places = [(r.passage.start, r.passage.end) for r in found if r.passage.document_id == document_id]
        for _, _, value in facts.values(document_id=document_id, limit=1000):
            if value.key and any(start <= value.start and value.end <= end for start, end in places):
                subjects.setdefault((value.property, value.key))
    rows = {}
    for name, key in list(subjects)[:SUBJECTS]:
        for value_id, document, value in facts.values(property=name, keys=[key], limit=NUMBERS):
            if not instructs(value.quote):
                rows[value_id] = {"id": value_id, "document": asdict(document), "value": asdict(value)}
    return [rows[value_id] for value_id in sorted(rows)]


def from_json(row: Mapping[str, Any]) -> Reported:
    """A row of :func:`look_up`."""
    document = {**row["document"], "authors": tuple(row["document"]["authors"])}
    value = {**row["value"], "conditions": tuple(row["value"]["conditions"])}
    return Reported(str(row["id"]), Document(**document), ReportedValue(**value))


def disagreements(reported: Sequence[Reported], citations: Sequence[Citation]) -> list[Disagreement]:
    """Where a number in a cited passage disagrees with another one of the collection, each subject once; [] where none does."""
    found: list[Disagreement] = []
    subjects = dict.fromkeys((r.value.property, r.value.key or "") for r in reported)
    for name, key in subjects:
        mine = [r for r in reported if (r.value.property, r.value.key) == (name, key)]
        cited = [r for r in mine if _number(r, citations)]
        against = {o.value_id: o for r in cited for o in mine if _differ(r, o)}
        if not against:
            continue
        first = [r for r in cited if any(_differ(r, o) for o in against.values())]
        sides = list({r.value_id: r for r in [*first, *against.values()]}.values())
        called = next((r.value.substance for r in sides if r.value.substance), key)
        found.append(Disagreement(name, called, tuple(_side(r, citations) for r in sides)))
    return found


def _side(reported: Reported, citations: Sequence[Citation]) -> Side:
    value, document = reported.value, reported.document
    return Side(
        number=number_text(value.relation, value.value, value.upper, value.spread, value.unit),
        conditions=value.conditions,
        document_id=document.document_id,
        title=document.title,
        page=value.page,
        doi=document.doi,
        retracted=document.retracted,
        quote=" ".join(value.quote.split()),
        citation=_number(reported, citations),
    )


def _number(reported: Reported, citations: Sequence[Citation]) -> int | None:
    """The citation whose passage holds the number."""
    value = reported.value
    for citation in citations:
        passage = citation.passage
        same = passage.document_id == reported.document.document_id
        if same and passage.start <= value.start and value.end <= passage.end:
            return citation.number
    return None


def _differ(one: Reported, other: Reported) -> bool:
    """Whether two numbers of different papers, under the same conditions as far as these are said, do not meet."""
    a, b = one.value, other.value
    if one.document.document_id == other.document.document_id or a.standard_unit != b.standard_unit:
        return False
    if a.conditions and b.conditions and set(a.conditions) != set(b.conditions):
        return False
    first, second = span(a), span(b)
    return first is not None and second is not None and (first[1] < second[0] or second[1] < first[0])


def span(value: ReportedValue) -> tuple[float, float] | None:
    """Lowest and highest value that a reported number allows, in its standard unit; None where it cannot be compared."""
    if value.standard is None:
        return None
    low = value.standard
    high = low if value.standard_upper is None else value.standard_upper
    factor = 1.0 if value.unit in (_KELVIN, value.standard_unit) or not value.value else abs(low / value.value)
    error = abs(value.spread) if value.spread is not None else 0.0 if value.upper is not None else _resolution(value)
    low, high = low - factor * error, high + factor * error
    if value.relation == "<":
        return -math.inf, high
    return (low, math.inf) if value.relation == ">" else (low, high)


def _resolution(value: ReportedValue) -> float:
    """Half a unit of the last digit that a single number is written with; of a rough one ('~') of the last that is not 0."""
    text = f"{abs(value.value):.6g}"
    if "e" in text:
        return 0.0
    whole, _, decimals = text.partition(".")
    if decimals:
        return float(0.5 * 10 ** -len(decimals))
    zeros = len(whole) - len(whole.rstrip("0")) if value.relation == "~" else 0
    return float(0.5 * 10 ** min(zeros, max(len(whole) - 1, 0)))
