"""What the team's papers say of single structures: where they or, for polymers, their monomers are named, and what is reported of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from core.candidate import Candidate
from core.in_papers import InPapers, Of, PaperMention, PaperPlace, PaperValue
from core.papers import Mention, PaperFacts, ReportedValue
from core.passages import Document, Passage
from tools.literature.answering.instructions import instructs
from tools.literature.chemistry.names import key_of
from tools.literature.papers_evidence import quoted, title_of
from tools.literature.sentences import sentence_spans

#: Most places that are kept of one substance, and most numbers of a structure.
PLACES, NUMBERS = 3, 12
#: A formula names a composition, not a structure.
_NO_NAME = "formula"


def in_papers(candidates: Iterable[Candidate], facts: PaperFacts) -> dict[str, InPapers]:
    """By key, what the papers say of those of ``candidates`` of which they say something. StoreError where they cannot be read."""
    found: dict[str, InPapers] = {}
    seen: dict[str, list[tuple[Document, Passage, Mention]]] = {}

    def mentioned(key: str) -> list[tuple[Document, Passage, Mention]]:
        if key not in seen:
            seen[key] = [m for m in facts.mentioning([key], [], 2 * PLACES) if m[2].kind != _NO_NAME]
        return seen[key]

    for candidate in candidates:
        key = candidate.inchikey or candidate.key
        mentions = _mentions("the structure", candidate.name or candidate.smiles, mentioned(key))
        for name, monomer in _monomers(candidate):
            mentions += _mentions("a monomer", name, mentioned(monomer))
        rows = [row for row in facts.values(keys=[key], limit=10 * NUMBERS) if not instructs(row[2].quote)]
        values = [_value(*row, facts) for row in sorted(rows, key=_standing)[:NUMBERS]]
        if mentions or values:
            found[candidate.key] = InPapers(mentions=mentions, values=values)
    return found


def substance_keys(candidates: Iterable[Candidate]) -> dict[str, list[str]]:
    """By key of the candidate, the keys of the substances that the papers are asked for."""
    return {c.key: [c.inchikey or c.key, *(key for _, key in _monomers(c))] for c in candidates}


def _monomers(candidate: Candidate) -> list[tuple[str, str]]:
    """Name and key of what a polymer is made from, by its route; [] for anything else."""
    if candidate.candidate_class != "polymer" or candidate.route is None:
        return []
    made_from = [m for m in candidate.route.starting_materials if m.role != "intermediate"]
    return [(m.name, key) for m in made_from if (key := key_of(m.smiles))]


def _mentions(of: Of, name: str, places: Sequence[tuple[Document, Passage, Mention]]) -> list[PaperMention]:
    """The first places, retracted papers last; one of each paper before a second of any."""
    ordered: list[tuple[bool, int, int]] = []
    nth: dict[str, int] = {}
    for at, (document, _, _) in enumerate(places):
        nth[document.document_id] = nth.get(document.document_id, 0) + 1
        ordered.append((document.retracted is True, nth[document.document_id], at))
    found = []
    for _, _, at in sorted(ordered):
        document, passage, mention = places[at]
        quote = _sentence(passage.text, mention.start - passage.start, mention.end - passage.start)
        if quote:
            found.append(PaperMention(of=of, name=name, written=mention.written, place=_place(document, quote, passage)))
    return found[:PLACES]


def _sentence(text: str, start: int, end: int) -> str:
    """The sentence of ``text`` that holds these characters; '' for one that tells a language model what to do."""
    around = next((span for span in sentence_spans(text) if span[0] <= start and end <= span[1]), (start, end))
    said = text[around[0] : around[1]]
    return "" if instructs(said) else quoted(said)


def _place(document: Document, quote: str, passage: Passage | None, page: int | None = None) -> PaperPlace:
    return PaperPlace(
        document_id=document.document_id,
        passage_id=passage.passage_id if passage else "",
        title=title_of(document),
        year=document.year,
        doi=document.doi or "",
        page=page or (passage.page if passage else None),
        section=(passage.section or "") if passage else "",
        quote=quote,
        retracted=document.retracted,
    )


def _value(name: str, document: Document, value: ReportedValue, facts: PaperFacts) -> PaperValue:
    return PaperValue(
        id=name,
        property_name=value.property,
        relation=value.relation,
        value=value.value,
        upper=value.upper,
        spread=value.spread,
        unit=value.unit,
        standard=value.standard,
        standard_unit=value.standard_unit,
        conditions=list(value.conditions),
        place=_place(document, quoted(value.quote), facts.holding(document.document_id, value.start), value.page),
        approved_by=value.approved_by,
    )


def _standing(row: tuple[str, Document, ReportedValue]) -> tuple[bool, bool, str, int, str]:
    """What stands first: approved ones, those that are not retracted, then by property, the newest paper first."""
    name, document, value = row
    return (not value.approved_by, document.retracted is True, value.property, -(document.year or 0), name)
