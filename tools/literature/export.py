"""Stored papers as files: JSONL that can be added again, CSL-JSON for a reference manager, and reported numbers as CSV."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, TextIO

from core.papers import ReportedValue
from core.passages import Document
from core.sheet import SheetWriter

VALUE_COLUMNS = (
    "id", "property", "relation", "value", "upper", "spread", "unit", "standard", "standard_upper", "standard_unit", "substance", "smiles",
    "key", "conditions", "quote", "page", "doi", "title", "year", "approved_by",
)  # fmt: skip


def json_line(document: Document, text: str) -> str:
    """A document as one line, as BEIR has it: ``{_id, title, text, metadata}``."""
    meta = {
        name: value
        for name, value in (
            ("authors", list(document.authors)), ("year", document.year), ("doi", document.doi), ("journal", document.journal),
            ("licence", document.licence), ("retracted", document.retracted), ("collection", document.collection),
        )
        if value not in (None, [])
    }  # fmt: skip
    return json.dumps({"_id": document.document_id, "title": document.title, "text": text, "metadata": meta}, ensure_ascii=False)


def csl_item(document: Document) -> dict[str, Any]:
    """A document as an item of CSL-JSON."""
    item: dict[str, Any] = {"id": document.document_id, "type": "article-journal", "title": document.title}
    item["author"] = [{"literal": name} for name in document.authors]
    if document.year:
        item["issued"] = {"date-parts": [[document.year]]}
    given = {"DOI": document.doi, "container-title": document.journal, "license": document.licence}
    return item | {name: value for name, value in given.items() if value}


def write_values(target: TextIO, rows: Iterable[tuple[str, Document, ReportedValue]]) -> int:
    """Reported numbers as CSV with a header; how many."""
    writer = SheetWriter(target)
    writer.row(VALUE_COLUMNS)
    count = 0
    for name, document, value in rows:
        writer.row(_value_cells(name, document, value))
        count += 1
    return count


def _value_cells(name: str, document: Document, value: ReportedValue) -> Iterator[Any]:
    given = value_json(name, document, value)
    for column in VALUE_COLUMNS:
        cell = given[column]
        yield "; ".join(cell) if isinstance(cell, list) else "" if cell is None else cell


def value_json(name: str, document: Document, value: ReportedValue) -> dict[str, Any]:
    """A reported number with where it stands, as a JSON object."""
    own = (
        "property",
        "relation",
        "value",
        "upper",
        "spread",
        "unit",
        "standard",
        "standard_upper",
        "standard_unit",
        "substance",
        "smiles",
        "key",
    )
    return {
        "id": name,
        **{field: getattr(value, field) for field in own},
        "conditions": list(value.conditions),
        "quote": value.quote,
        "page": value.page,
        "doi": document.doi,
        "title": document.title,
        "year": document.year,
        "retracted": document.retracted,
        "approved_by": value.approved_by,
    }
