"""A retrieval set in BEIR's layout, read into documents, passages, questions and judgements."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import UsageError
from core.passages import Document, Passage


@dataclass(frozen=True)
class Question:
    """A question with the ids of the passages that answer it and of the document that it is about; ``weight``: how much it counts in learning."""

    question_id: str
    text: str
    passages: frozenset[str]
    document_id: str
    weight: float = 1.0


@dataclass(frozen=True)
class RetrievalSet:
    """What is searched, and what is asked."""

    documents: list[Document]
    passages: list[Passage]
    questions: list[Question]


def read(folder: Path) -> RetrievalSet:
    """The set in ``folder``: corpus.jsonl, queries.jsonl, qrels_passage.tsv, and sources.csv where it is there, for the titles.

    Questions without a judged passage are left out. Raises UsageError naming the file and the line that cannot be read.
    """
    sources = _sources(folder / "sources.csv")
    passages = [
        Passage(row["_id"], row["doc"], row["text"], None, None, int(row["start"]), int(row["end"]), "text")
        for row in _lines(folder / "corpus.jsonl", ("_id", "doc", "text", "start", "end"))
    ]
    of = {p.passage_id: p.document_id for p in passages}
    answers: dict[str, set[str]] = defaultdict(set)
    for number, line in enumerate(_text(folder / "qrels_passage.tsv").splitlines()[1:], start=2):
        parts = line.split("\t")
        if len(parts) != 3 or parts[1] not in of:
            raise UsageError(f"{folder / 'qrels_passage.tsv'}, line {number}: expected question, a passage of the corpus and a score")
        if float(parts[2]) > 0:
            answers[parts[0]].add(parts[1])
    questions = [
        Question(row["_id"], row["text"], frozenset(answers[row["_id"]]), of[min(answers[row["_id"]])])
        for row in _lines(folder / "queries.jsonl", ("_id", "text"))
        if answers.get(row["_id"])
    ]
    documents = [_document(name, sources.get(name, {})) for name in dict.fromkeys(p.document_id for p in passages)]
    return RetrievalSet(documents, passages, questions)


def indexed_texts(data: RetrievalSet) -> list[str]:
    """What vectors of the passages are made of, as ``molwright literature add`` makes them: title and passage."""
    title = {document.document_id: document.title for document in data.documents}
    return [f"{title[passage.document_id]}\n{passage.text}" for passage in data.passages]


def _document(name: str, source: dict[str, str]) -> Document:
    authors = tuple(a.strip() for a in source.get("authors", "").split(";") if a.strip())
    doi = source.get("doi_or_url", "").removeprefix("https://doi.org/").lower() or None
    return Document(name, source.get("title", ""), authors, None, doi, None, source.get("license") or None, None, "set", "set", name)


def _sources(path: Path) -> dict[str, dict[str, str]]:
    return {row["doc_id"]: row for row in csv.DictReader(_text(path).splitlines(keepends=True))} if path.exists() else {}


def _lines(path: Path, wanted: tuple[str, ...]) -> list[dict[str, Any]]:
    rows = []
    for number, line in enumerate(_text(path).split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            rows.append({name: row[name] for name in wanted})
        except (json.JSONDecodeError, KeyError, TypeError) as error:
            raise UsageError(f"{path}, line {number}: expected an object with {', '.join(wanted)}: {error}") from error
    return rows


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}") from error
