"""The passage store of one machine: a record in SQLite, and beside it the indexes by words and by vectors.

Several processes may read at once; one may write, and a second writer gets a clear error. Whatever is killed, the record alone decides
what is stored, and the indexes catch up with it when they are opened next.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import numpy as np

from core.errors import LiteratureError
from core.interfaces import Embedder
from core.passages import EVERY, Document, Hit, Passage, PassageFilter
from memory.passages.checks import checked, unit, vector_array
from memory.passages.columns import Columns
from memory.passages.dense import DenseIndex
from memory.passages.lexical import Analyser, Entry, LexicalIndex, flat
from memory.passages.record import Record

_BATCH = 20_000
_EMBEDDED_AT_ONCE = 64


class EmbeddedPassages:
    """Passages in ``folder``, made if it is not there (``core.passages.PassageStore``).

    ``analyser`` cuts texts and questions into words. ``space`` names the embedder whose vectors come with the passages; '' for none.
    """

    def __init__(self, folder: Path, analyser: Analyser, *, space: str = "") -> None:
        self._folder, self._analyser, self._name = folder, analyser, space
        self._lock = threading.RLock()
        with self._errors():
            (folder / "words").mkdir(parents=True, exist_ok=True)
            self._record = Record(folder / "passages.sqlite")
            self._lexical = LexicalIndex(folder / "words")
            self._columns = Columns(self._record)
            self._dense: DenseIndex | None = None
            self._space = 0
            self._open_space()
            self._marked = self._mark()
            if self._marked != (*self._record.last(), self._space):
                with self._writer():
                    self._catch_up()

    def add(self, documents: Sequence[Document], passages: Sequence[Passage], vectors: Sequence[Sequence[float]] | None = None) -> int:
        """See :class:`core.passages.PassageStore`."""
        by_document = checked(documents, passages)
        given = None if vectors is None else vector_array(vectors, passages)
        place = {p.passage_id: at for at, p in enumerate(passages)}
        written = 0
        with self._errors(), self._lock, self._writer():
            with self._record.writing():
                space = self._space
                if given is not None and len(passages):
                    space = self._record.make_space(self._name or "unnamed", given.shape[1], current=not self._record.spaces())
                for document in documents:
                    mine = by_document[document.document_id]
                    known = self._record.stored(document.document_id)
                    if known is not None and known[1:] == (document, mine):
                        continue
                    if known is not None:
                        self._record.remove(known[0])
                    rows = self._record.insert(document, mine, [self._words(p.text) for p in mine])
                    if given is not None and rows:
                        self._record.write_vectors(space, rows, given[[place[p.passage_id] for p in mine]])
                    written += len(rows)
            self._open_space()
            self._catch_up()
        return written

    def delete(self, document_ids: Sequence[str]) -> int:
        """See :class:`core.passages.PassageStore`."""
        with self._errors(), self._lock, self._writer():
            with self._record.writing():
                numbers = [number for (number,) in self._record.among("SELECT number FROM document WHERE document_id IN (?)", document_ids)]
                for number in numbers:
                    self._record.remove(number)
            self._catch_up()
        return len(numbers)

    def search(self, query: str, vector: Sequence[float] | None = None, accepted: PassageFilter = EVERY, limit: int = 50) -> list[Hit]:
        """See :class:`core.passages.PassageStore`."""
        if limit < 1:
            return []
        words = flat(self._analyser(query))
        with self._errors():
            self._refresh()
            lexical = self._lexical.search(words, accepted, limit)
            dense: dict[int, float] = {}
            index = self._dense  # the same for the whole search: another thread may open a newer one
            if vector is not None and index is not None and self.space == (self._name or self.space):
                asked = unit(np.asarray(vector, np.float32))
                dense = index.search(asked, limit, self._columns.bitmap(accepted))
                dense |= index.scores(asked, [row for row in lexical if row not in dense])
                lexical |= self._lexical.scores(words, [row for row in dense if row not in lexical])
            found = self._record.found([*dict.fromkeys([*lexical, *dense])])
        return [Hit(p, d, lexical.get(row, 0.0), dense.get(row), said) for row, (p, d, said) in found.items()]

    def rarity(self, query: str) -> dict[str, float]:
        """See :class:`core.passages.PassageStore`."""
        with self._errors():
            self._refresh()
            return self._lexical.rarity(flat(self._analyser(query)))

    def get(self, passage_ids: Sequence[str]) -> list[tuple[Passage, Document]]:
        """See :class:`core.passages.PassageStore`."""
        with self._errors():
            rows = self._record.rows_of(passage_ids)
            found = self._record.found(list(rows.values()))
        return [found[rows[name]][:2] for name in passage_ids if name in rows and rows[name] in found]

    def stored(self, document_id: str) -> tuple[Document, list[Passage]] | None:
        """A document with its passages in their order; None if it is not stored."""
        with self._errors():
            found = self._record.stored(document_id)
        return found[1:] if found else None

    def scored(self, query: str, passage_ids: Sequence[str]) -> list[Hit]:
        """These passages with their BM25 and without a similarity, in no particular order; those that are not stored are left out."""
        with self._errors():
            rows = list(self._record.rows_of(passage_ids).values())
            scores = self._lexical.scores(flat(self._analyser(query)), rows)
            return [Hit(p, d, scores.get(row, 0.0), None, said) for row, (p, d, said) in self._record.found(rows).items()]

    def documents(self, collection: str | None = None) -> list[Document]:
        """See :class:`core.passages.PassageStore`."""
        with self._errors():
            return self._record.documents(collection)

    def count(self) -> int:
        """See :class:`core.passages.PassageStore`."""
        with self._errors():
            return self._record.count()

    def close(self) -> None:
        """See :class:`core.passages.PassageStore`."""
        with self._errors():
            self._record.close()

    @property
    def asked_with(self) -> str:
        """The name of the embedder that it was opened for; '' for none."""
        return self._name

    @property
    def space(self) -> str:
        """The name of the embedder whose vectors are searched; '' where there are none."""
        spaces = self._record.spaces()
        return spaces[0][1] if spaces else ""

    def nearest(self, vectors: Sequence[Sequence[float]], limit: int, *, exact: bool = False) -> list[list[str]]:
        """For each vector the ids of the ``limit`` nearest passages, best first, by the index or by comparing every one; [] where none has one."""
        with self._errors():
            if self._dense is None:
                return [[] for _ in vectors]
            asked, live = unit(np.asarray(vectors, np.float32)), self._columns.bitmap(EVERY)
            rows = self._dense.exact(asked, limit) if exact else [list(self._dense.search(one, limit, live)) for one in asked]
            found = self._record.found(sorted({row for one in rows for row in one}))
        return [[found[row][0].passage_id for row in one if row in found] for one in rows]

    def embed_again(self, embedder: Embedder) -> Iterator[int]:
        """Give every passage a vector of ``embedder`` while the old ones are searched on, then search the new ones; yields how many are done.

        Killed or left half done, it goes on where it was. Passages that are added meanwhile with old vectors get new ones as well. The old
        vectors stay until the next time, for processes that search them just then.
        """
        with self._errors(), self._lock, self._record.writing():
            self._record.drop_old_spaces(embedder.name)
            number = self._record.make_space(embedder.name, embedder.dimension, current=not self._record.spaces())
        done = self._record.count_vectors(number)
        while left := self._record.without_vector(number, _EMBEDDED_AT_ONCE):
            vectors = np.asarray(embedder.embed([f"{title}\n{text}" for _, title, text in left]), np.float32)
            with self._errors(), self._lock, self._record.writing():
                self._record.write_vectors(number, [row for row, _, _ in left], vectors)
            done += len(left)
            yield done
        with self._errors(), self._lock, self._writer():
            with self._record.writing():
                self._record.switch(number)
            self._name = embedder.name
            self._open_space()
            self._catch_up()

    # The indexes

    def _open_space(self, anew: bool = False) -> None:
        spaces = self._record.spaces()
        if not spaces:
            self._dense, self._space = None, 0
        elif anew or self._dense is None or spaces[0][0] != self._space:
            self._space = spaces[0][0]
            self._dense = DenseIndex(self._folder, self._record, self._space, spaces[0][2])

    def _refresh(self) -> None:
        """See what another process has written since."""
        with self._lock:
            mark = self._mark()
            if mark != self._marked:
                self._lexical.reload()
                self._open_space(anew=True)  # other threads may be searching the old one
                self._columns.catch_up()
                self._marked = mark

    def _catch_up(self) -> None:
        row, change, _ = self._marked
        last = (*self._record.last(), self._space)
        gone = [number for _, number in self._record.gone_after(change)]
        if last[0] > row or gone:
            self._lexical.write(self._entries(row), [number for number in gone if number <= row], row)
        if self._dense is not None:
            self._dense.catch_up()
            self._dense.settle()
        self._columns.catch_up()
        self._marked = last
        new = self._folder / "mark.new"
        new.write_text(json.dumps(last), "utf-8")
        os.replace(new, self._folder / "mark.json")

    def _entries(self, after: int) -> Iterator[Entry]:
        facts = {row: rest for row, *rest in self._record.columns(after)}
        texts = self._record.texts_after(after, _BATCH)
        while texts:
            for row, title, section, words in texts:
                year, source, part, doi, collection = facts[row]
                yield row, [*flat(self._analyser(f"{title}\n{section}")), *words.split()], year, source, part, doi, collection
            texts = self._record.texts_after(texts[-1][0], _BATCH)

    def _words(self, text: str) -> str:
        """The words of ``text``, a line a sentence."""
        return "\n".join(" ".join(sentence) for sentence in self._analyser(text))

    def _mark(self) -> tuple[int, int, int]:
        """How far the index by words has come, which is the last row and the last change, and the space of vectors that is searched."""
        file = self._folder / "mark.json"
        row, change, space = json.loads(file.read_text("utf-8")) if file.exists() else (0, 0, 0)
        return row, change, space

    @contextmanager
    def _writer(self) -> Iterator[IO[bytes]]:
        import fcntl

        with (self._folder / "writer.lock").open("a+b") as file:
            try:
                fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise LiteratureError(
                    f"another process is writing to the literature in {self._folder}; try again when it is done"
                ) from error
            yield file

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError, ValueError, RuntimeError) as error:
            detail = " ".join(str(error).split())[:300]
            raise LiteratureError(f"the literature in {self._folder} cannot be used: {type(error).__name__}: {detail}") from error
