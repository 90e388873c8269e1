"""Rows of passages in Milvus: how a document becomes rows and rows a document, how conditions are written, and how many rows are read."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from core.passages import Document, Passage, PassageFilter

NAMES = ("source", "section", "doi", "collection")
UNKNOWN_YEAR = -(10**6)


def rows_of(document: Document, passages: Sequence[Passage], vectors: Sequence[Any] | None, blank: Sequence[float]) -> list[dict[str, Any]]:
    """A row a passage; a document without any has one row that is no passage. Without ``vectors`` each has ``blank``, and says so."""
    facts = asdict(document)
    rows = []
    for at, p in enumerate(passages):
        rest = {"passage": {k: v for k, v in asdict(p).items() if k != "text"}, "document": facts, "order": at}
        rows.append(_row(p.passage_id, document, p.section, p.text, rest, blank if vectors is None else vectors[at], vectors is not None))
    if not passages:
        rows.append(_row(f"{document.document_id}#empty"[-512:], document, None, "", {"document": facts}, blank, False))
    return rows


def documents_of(rows: Iterable[dict[str, Any]]) -> dict[str, tuple[Document, list[Passage]]]:
    """The documents, by their id, that these rows (passage_id, text, facts) are of, each with its passages in their order."""
    found: dict[str, Document] = {}
    passages: dict[str, list[tuple[int, Passage]]] = defaultdict(list)
    for row in rows:
        facts = json.loads(row["facts"])
        document = Document(**{**facts["document"], "authors": tuple(facts["document"]["authors"])})
        found.setdefault(document.document_id, document)
        if "passage" in facts:
            passages[document.document_id].append((facts["order"], Passage(**facts["passage"], text=str(row["text"]))))
    return {name: (document, [p for _, p in sorted(passages[name], key=lambda pair: pair[0])]) for name, document in found.items()}


def all_rows(client: Any, collection: str, condition: str, fields: list[str], key: str, timeout: float) -> list[dict[str, Any]]:
    """Every row that fits, asked for a thousand at a time in the order of ``key``: how many one query may answer is bounded."""
    rows: dict[str, dict[str, Any]] = {}
    iterator = client.query_iterator(collection, batch_size=1000, filter=condition, output_fields=fields, timeout=timeout)
    try:
        while part := iterator.next():
            rows |= {str(row[key]): dict(row) for row in part}
    finally:
        iterator.close()
    return [rows[name] for name in sorted(rows)]


def _row(
    name: str, document: Document, section: str | None, text: str, facts: dict[str, Any], vector: Sequence[float], embedded: bool
) -> dict[str, Any]:
    return {
        "passage_id": name,
        "document_id": document.document_id,
        "text": text,
        "facts": json.dumps(facts, ensure_ascii=False),
        "source": document.source,
        "section": section or "",
        "doi": document.doi or "",
        "collection": document.collection,
        "year": UNKNOWN_YEAR if document.year is None else document.year,
        "embedded": int(embedded),
        "vector": list(vector),
    }


def among(field: str, values: Sequence[str]) -> str:
    """The condition that ``field`` is one of ``values``."""
    return f"{field} in {json.dumps(list(values), ensure_ascii=False)}"


def conditions(accepted: PassageFilter) -> list[str]:
    """What a filter asks for, as conditions."""
    named = zip(NAMES, (accepted.sources, accepted.sections, accepted.dois, accepted.collections), strict=True)
    found = [among(name, values) for name, values in named if values]
    if accepted.since is not None or accepted.until is not None:
        found.append(f"year > {UNKNOWN_YEAR}")
    if accepted.since is not None:
        found.append(f"year >= {accepted.since}")
    return [*found, f"year <= {accepted.until}"] if accepted.until is not None else found
