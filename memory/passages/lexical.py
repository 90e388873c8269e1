"""Search by words: BM25 in Tantivy over words that are stemmed here, so that documents and questions are read alike."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from core.passages import PassageFilter

#: Cuts a text into its sentences, and these into the words that are indexed.
Analyser = Callable[[str], list[list[str]]]
_HEAP = 64_000_000
#: A row of words to be indexed: row number, words, then year, source, section, DOI and collection.
Entry = tuple[int, list[str], int | None, str, str | None, str | None, str]
_NAMES = ("source", "section", "doi", "collection")


def flat(sentences: list[list[str]]) -> list[str]:
    """The words of all sentences."""
    return [word for sentence in sentences for word in sentence]


class LexicalIndex:
    """A Tantivy index in ``folder``, which must be there."""

    def __init__(self, folder: Path) -> None:
        import tantivy

        self._t = tantivy
        builder = tantivy.SchemaBuilder()
        builder.add_unsigned_field("row", indexed=True, fast=True)
        builder.add_text_field("words", tokenizer_name="whitespace", index_option="freq")
        for name in _NAMES:
            builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
        builder.add_integer_field("year", indexed=True, fast=True)
        self._schema = builder.build()
        self._index = tantivy.Index(self._schema, path=str(folder), reuse=True)
        self._index.config_reader("manual")
        self._index.reload()

    def write(self, entries: Iterable[Entry], gone: Iterable[int], after: int) -> None:
        """Add rows, all of a higher number than ``after``, delete the rows ``gone``, and make both visible.

        What the index has of rows above ``after`` already, from a process that died before it could say so, is written anew.
        """
        writer = self._index.writer(heap_size=_HEAP, num_threads=1)
        try:
            q = self._t.Query
            writer.delete_documents_by_query(q.range_query(self._schema, "row", self._t.FieldType.Unsigned, after, None, False))
            for row in gone:
                writer.delete_documents_by_query(q.term_query(self._schema, "row", row))
            for row, words, year, source, section, doi, collection in entries:
                document = self._t.Document(words=" ".join(words), source=source, collection=collection)
                document.add_unsigned("row", row)
                for name, value in (("section", section), ("doi", doi)):
                    if value is not None:
                        document.add_text(name, value)
                if year is not None:
                    document.add_integer("year", year)
                writer.add_document(document)
            writer.commit()
        finally:
            writer.wait_merging_threads()
        self.reload()

    def reload(self) -> None:
        """See what another process has committed."""
        self._index.reload()

    def search(self, words: Sequence[str], accepted: PassageFilter, limit: int) -> dict[int, float]:
        """BM25 by row number of the ``limit`` best rows that have one of the words and are accepted."""
        if not words:
            return {}
        return self._run(self._among(self._any(words), self._conditions(accepted)), limit)

    def scores(self, words: Sequence[str], rows: Sequence[int]) -> dict[int, float]:
        """BM25 of these rows; those that have none of the words are left out."""
        if not words or not rows:
            return {}
        chosen = self._t.Query.term_set_query(self._schema, "row", list(rows))
        return self._run(self._among(self._any(words), [chosen]), len(rows))

    def rarity(self, words: Sequence[str]) -> dict[str, float]:
        """ln(1 + (N - n + 0.5) / (n + 0.5)) for each word that stands in n of the N rows."""
        searcher = self._index.searcher()
        total = searcher.num_docs
        counts = {word: min(total, searcher.doc_freq("words", word)) for word in dict.fromkeys(words)}
        return {word: math.log(1.0 + (total - n + 0.5) / (n + 0.5)) for word, n in counts.items()}

    def _any(self, words: Sequence[str]) -> Any:
        q, occur = self._t.Query, self._t.Occur
        return q.boolean_query([(occur.Should, q.term_query(self._schema, "words", word, "freq")) for word in dict.fromkeys(words)])

    def _conditions(self, accepted: PassageFilter) -> list[Any]:
        q = self._t.Query
        named = zip(_NAMES, (accepted.sources, accepted.sections, accepted.dois, accepted.collections), strict=True)
        found = [q.term_set_query(self._schema, name, list(values)) for name, values in named if values]
        if accepted.since is not None or accepted.until is not None:
            found.append(q.range_query(self._schema, "year", self._t.FieldType.Integer, accepted.since, accepted.until))
        return found

    def _among(self, asked: Any, conditions: list[Any]) -> Any:
        q, occur = self._t.Query, self._t.Occur
        if not conditions:
            return asked
        return q.boolean_query([(occur.Must, asked), *((occur.Must, q.const_score_query(c, 0.0)) for c in conditions)])

    def _run(self, query: Any, limit: int) -> dict[int, float]:
        searcher = self._index.searcher()
        hits = searcher.search(query, limit, count=False).hits
        rows = searcher.fast_field_values("row", [address for _, address in hits])
        return {int(row or 0): float(score) for row, (score, _) in zip(rows, hits, strict=True)}
