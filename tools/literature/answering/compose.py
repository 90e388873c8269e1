"""An answer put together: numbered citations, remarks on retracted work, and passages read from a record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from core.answers import Citation, Quote, Statement
from core.passages import Document, Passage
from tools.literature.answering.extracts import Extracts
from tools.literature.answering.features import Read

#: A sentence with its quotes, each with the place of its passage among those read.
Supported = tuple[str, Sequence[tuple[int, Quote]]]


def of_extracts(extracts: Extracts) -> list[Supported]:
    """Each chosen sentence as it stands in its passage, white space apart."""
    return [(" ".join(s.text.split()), [(s.at, Quote(s.start, s.end, s.text))]) for s in extracts.sentences]


def cited(sentences: Sequence[Supported], read: Sequence[Read]) -> tuple[tuple[Statement, ...], tuple[Citation, ...]]:
    """Statements with their citations, numbered as they come; a passage has one number, with all its quotes."""
    number: dict[int, int] = {}
    quotes: dict[int, list[Quote]] = {}
    statements = []
    for text, rests in sentences:
        mine = []
        for at, quote in rests:
            mine.append(number.setdefault(at, len(number) + 1))
            said = quotes.setdefault(at, [])
            if quote not in said:
                said.append(quote)
        statements.append(Statement(text, tuple(dict.fromkeys(mine))))
    made = [Citation(number[at], read[at].passage, read[at].document, tuple(quotes[at])) for at in number]
    return tuple(statements), tuple(made)


def unfounded(citations: Sequence[Citation], statements: Sequence[Statement]) -> list[str]:
    """What does not hold in an answer: a sentence without a citation, a quote that does not stand in its passage; [] if all is well."""
    known = {c.number for c in citations}
    wrong = [f"a sentence without a citation: {s.text[:80]}" for s in statements if not s.citations or not known.issuperset(s.citations)]
    for citation in citations:
        text = citation.passage.text
        wrong += [f"a quote that is not in passage [{citation.number}]" for q in citation.quotes if text[q.start : q.end] != q.text]
    return wrong


def retracted(citations: Sequence[Citation]) -> list[str]:
    """A remark on every citation of retracted work."""
    return [f"[{c.number}] was retracted: {c.document.title or c.document.document_id}" for c in citations if c.document.retracted]


def to_json(read: Read) -> dict[str, Any]:
    """A passage that was found, as a JSON object."""
    return asdict(read)


def from_json(value: Mapping[str, Any]) -> Read:
    """The passage that :func:`to_json` made into a JSON object."""
    document = {**value["document"], "authors": tuple(value["document"]["authors"])}
    return Read(Passage(**value["passage"]), Document(**document), value["lexical"], value["dense"])
