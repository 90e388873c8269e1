"""The record of the embedded passage store: documents, passages and vectors in one SQLite file. Every index is made from it.

A passage has a row number that is never given twice. What is deleted leaves its row number behind, so that an index that was not there at
the time learns of it.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import LiteratureError
from core.passages import Document, Passage

VERSION = 1
_SCHEMA = """
CREATE TABLE IF NOT EXISTS document(
  number INTEGER PRIMARY KEY AUTOINCREMENT, document_id TEXT NOT NULL UNIQUE, title TEXT NOT NULL, authors TEXT NOT NULL, year INTEGER,
  doi TEXT, journal TEXT, licence TEXT, retracted INTEGER, source TEXT NOT NULL, collection TEXT NOT NULL, content_hash TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS passage(
  row INTEGER PRIMARY KEY AUTOINCREMENT, passage_id TEXT NOT NULL UNIQUE, document INTEGER NOT NULL REFERENCES document(number),
  text TEXT NOT NULL, section TEXT, page INTEGER, start INTEGER NOT NULL, ending INTEGER NOT NULL, kind TEXT NOT NULL,
  words TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS passage_document ON passage(document);
CREATE TABLE IF NOT EXISTS gone(change INTEGER PRIMARY KEY AUTOINCREMENT, row INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS space(
  number INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, dimension INTEGER NOT NULL, current INTEGER NOT NULL);
"""
_DOCUMENT = "document_id, title, authors, year, doi, journal, licence, retracted, source, collection, content_hash"
_PASSAGE = "passage_id, text, section, page, start, ending, kind"
_BATCH = 500


class Record:
    """The SQLite file at ``path``, made if it is not there. Methods raise sqlite3.Error; ``writing`` bounds a transaction."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.RLock()
        self._base = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=20.0)
        self._base.execute("PRAGMA journal_mode=WAL")
        self._base.execute("PRAGMA synchronous=FULL")
        with self.writing():
            (version,) = self._base.execute("PRAGMA user_version").fetchone()
            if version not in (0, VERSION):
                raise LiteratureError(f"{path} is of version {version}, this molwright reads version {VERSION}")
            for statement in _SCHEMA.split(";"):
                self._base.execute(statement)
            self._base.execute(f"PRAGMA user_version={VERSION}")

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._base.close()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """A transaction: all that is written in the block, or nothing if it raises."""
        with self._lock:
            self._base.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._base.execute("ROLLBACK")
                raise
            self._base.execute("COMMIT")

    def ask(self, statement: str, values: Sequence[Any] = ()) -> list[Any]:
        """The rows that a statement answers."""
        with self._lock:
            return self._base.execute(statement, values).fetchall()

    def among(self, statement: str, values: Sequence[Any]) -> Iterator[Any]:
        """The rows of a statement with ``IN (?)``, asked for a few hundred of ``values`` at a time."""
        for start in range(0, len(values), _BATCH):
            part = values[start : start + _BATCH]
            yield from self.ask(statement.replace("(?)", f"({','.join('?' * len(part))})"), part)

    # What is stored

    def stored(self, document_id: str) -> tuple[int, Document, list[Passage]] | None:
        """The number of a document, what it is and its passages in their order; None if it is not stored."""
        found = self.ask(f"SELECT number, {_DOCUMENT} FROM document WHERE document_id = ?", (document_id,))
        if not found:
            return None
        number, *fields = found[0]
        rows = self.ask(f"SELECT {_PASSAGE} FROM passage WHERE document = ? ORDER BY row", (number,))
        return number, _document(fields), [_passage(row, document_id) for row in rows]

    def insert(self, document: Document, passages: Sequence[Passage], words: Sequence[str]) -> list[int]:
        """Write a document that is not stored, and its passages with their words; their row numbers. LiteratureError for a passage id of another document."""
        d = document
        retracted = None if d.retracted is None else int(d.retracted)
        fields = (d.document_id, d.title, json.dumps(d.authors, ensure_ascii=False), d.year, d.doi, d.journal, d.licence, retracted)
        with self._lock:
            cursor = self._base.execute(
                f"INSERT INTO document({_DOCUMENT}) VALUES (?,?,?,?,?,?,?,?,?,?,?)", (*fields, d.source, d.collection, d.content_hash)
            )
            number, rows = cursor.lastrowid, []
            for p, said in zip(passages, words, strict=True):
                values = (p.passage_id, p.text, p.section, p.page, p.start, p.end, p.kind, number, said)
                try:
                    cursor = self._base.execute(f"INSERT INTO passage({_PASSAGE}, document, words) VALUES (?,?,?,?,?,?,?,?,?)", values)
                except sqlite3.IntegrityError as error:
                    raise LiteratureError(f"passage {p.passage_id[:80]!r} is given twice, or belongs to another document") from error
                rows.append(int(cursor.lastrowid or 0))
        return rows

    def remove(self, number: int) -> None:
        """Delete the document with this number, its passages and their vectors."""
        rows = [row for (row,) in self.ask("SELECT row FROM passage WHERE document = ?", (number,))]
        with self._lock:
            for space, _, _ in self.spaces():
                self._base.executemany(f"DELETE FROM vector_{space} WHERE row = ?", [(row,) for row in rows])
            self._base.executemany("INSERT INTO gone(row) VALUES (?)", [(row,) for row in rows])
            self._base.execute("DELETE FROM passage WHERE document = ?", (number,))
            self._base.execute("DELETE FROM document WHERE number = ?", (number,))

    def found(self, rows: Sequence[int]) -> dict[int, tuple[Passage, Document, str]]:
        """Passages with their documents and words by row number; those that are not stored any more are left out."""
        fields = (
            f"p.row, p.words, {', '.join('p.' + f for f in _PASSAGE.split(', '))}, {', '.join('d.' + f for f in _DOCUMENT.split(', '))}"
        )
        asked = f"SELECT {fields} FROM passage p JOIN document d ON d.number = p.document WHERE p.row IN (?)"
        result: dict[int, tuple[Passage, Document, str]] = {}
        for row, words, *rest in self.among(asked, rows):
            document = _document(rest[7:])
            result[row] = (_passage(rest[:7], document.document_id), document, words)
        return result

    def rows_of(self, passage_ids: Sequence[str]) -> dict[str, int]:
        """Row numbers by passage id; those that are not stored are left out."""
        return dict(self.among("SELECT passage_id, row FROM passage WHERE passage_id IN (?)", passage_ids))

    def documents(self, collection: str | None) -> list[Document]:
        """All documents, or those of one collection, by id."""
        where, values = ("", ()) if collection is None else (" WHERE collection = ?", (collection,))
        return [_document(row) for row in self.ask(f"SELECT {_DOCUMENT} FROM document{where} ORDER BY document_id", values)]

    def texts_after(self, row: int, limit: int) -> list[tuple[int, str, str, str]]:
        """(row, title, section or '', words) of the first ``limit`` passages after row number ``row``."""
        asked = "SELECT p.row, d.title, ifnull(p.section, ''), p.words FROM passage p JOIN document d ON d.number = p.document"
        return self.ask(f"{asked} WHERE p.row > ? ORDER BY p.row LIMIT ?", (row, limit))

    def columns(self, after: int) -> list[tuple[Any, ...]]:
        """(row, year, source, section, doi, collection) of every passage after row number ``after``."""
        asked = "SELECT p.row, d.year, d.source, p.section, d.doi, d.collection FROM passage p JOIN document d ON d.number = p.document"
        return self.ask(f"{asked} WHERE p.row > ? ORDER BY p.row", (after,))

    def gone_after(self, change: int) -> list[tuple[int, int]]:
        """(change, row) of every deletion after the change with this number."""
        return self.ask("SELECT change, row FROM gone WHERE change > ? ORDER BY change", (change,))

    def last(self) -> tuple[int, int]:
        """The highest row number and change number that were ever given, 0 for none."""
        given = dict(self.ask("SELECT name, seq FROM sqlite_sequence"))
        return int(given.get("passage", 0)), int(given.get("gone", 0))

    def count(self) -> int:
        """How many passages are stored."""
        return int(self.ask("SELECT count(*) FROM passage")[0][0])

    # Vectors. A space is what one embedder makes; one of them is searched.

    def spaces(self) -> list[tuple[int, str, int]]:
        """(number, name, dimension) of every space, the one that is searched first."""
        return self.ask("SELECT number, name, dimension FROM space ORDER BY current DESC, number")

    def make_space(self, name: str, dimension: int, *, current: bool) -> int:
        """The number of the space with this name, made if it is not there. LiteratureError if its vectors have another length."""
        for number, known, length in self.spaces():
            if known == name:
                if length != dimension:
                    raise LiteratureError(f"the vectors of {name} have {length} numbers, not {dimension}")
                return number
        with self._lock:
            values = (name, dimension, int(current))
            number = int(self._base.execute("INSERT INTO space(name, dimension, current) VALUES (?,?,?)", values).lastrowid or 0)
            self._base.execute(f"CREATE TABLE vector_{number}(row INTEGER PRIMARY KEY, value BLOB NOT NULL)")
        return number

    def switch(self, number: int) -> None:
        """Search this space from now on."""
        self._base.execute("UPDATE space SET current = (number = ?)", (number,))

    def drop_old_spaces(self, wanted: str) -> None:
        """Delete the spaces that are neither searched nor named ``wanted``."""
        for number, name, _ in self.spaces()[1:]:
            if name != wanted:
                self._base.execute(f"DROP TABLE vector_{number}")
                self._base.execute("DELETE FROM space WHERE number = ?", (number,))

    def write_vectors(self, space: int, rows: Sequence[int], vectors: NDArray[np.float32]) -> None:
        """Store vectors of rows, as 16-bit floats; a row that has been deleted meanwhile is passed over."""
        values = [(row, vector.tobytes(), row) for row, vector in zip(rows, vectors.astype("<f2"), strict=True)]
        with self._lock:
            self._base.executemany(
                f"INSERT OR REPLACE INTO vector_{space}(row, value) SELECT ?, ? WHERE EXISTS (SELECT 1 FROM passage WHERE row = ?)", values
            )

    def vectors_of(self, space: int, rows: Sequence[int]) -> tuple[list[int], NDArray[np.float32]]:
        """Rows that have a vector, and their vectors, in no particular order."""
        return _vectors(list(self.among(f"SELECT row, value FROM vector_{space} WHERE row IN (?)", rows)))

    def vectors_after(self, space: int, row: int, limit: int) -> tuple[list[int], NDArray[np.float32]]:
        """The first ``limit`` rows with a vector after row number ``row``, ascending, and their vectors."""
        return _vectors(self.ask(f"SELECT row, value FROM vector_{space} WHERE row > ? ORDER BY row LIMIT ?", (row, limit)))

    def without_vector(self, space: int, limit: int) -> list[tuple[int, str, str]]:
        """(row, title, text) of the first ``limit`` passages that have no vector in the space."""
        asked = "SELECT p.row, d.title, p.text FROM passage p JOIN document d ON d.number = p.document"
        return self.ask(f"{asked} WHERE NOT EXISTS (SELECT 1 FROM vector_{space} v WHERE v.row = p.row) LIMIT ?", (limit,))

    def count_vectors(self, space: int) -> int:
        """How many passages have a vector in the space."""
        return int(self.ask(f"SELECT count(*) FROM vector_{space}")[0][0])


def _vectors(found: list[tuple[int, bytes]]) -> tuple[list[int], NDArray[np.float32]]:
    values = np.frombuffer(b"".join(value for _, value in found), "<f2").astype(np.float32)
    return [row for row, _ in found], values.reshape(len(found), -1 if found else 0)


def _document(row: Sequence[Any]) -> Document:
    name, title, authors, year, doi, journal, licence, retracted, source, collection, content = row
    known = None if retracted is None else bool(retracted)
    return Document(name, title, tuple(json.loads(authors)), year, doi, journal, licence, known, source, collection, content)


def _passage(row: Sequence[Any], document_id: str) -> Passage:
    name, text, section, page, start, end, kind = row
    return Passage(name, document_id, text, section, page, start, end, kind)
