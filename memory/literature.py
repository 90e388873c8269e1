"""Passages of the literature in Milvus: Milvus Lite in a file, or a Milvus server, by the same part of the API.

A Milvus Lite file can be open in one process only. The embedded form therefore takes an inter-process lock, opens the file, works,
and releases it again at once, so that several commands can share one home. A server needs none of this.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from core.candidate import Citation
from core.errors import LiteratureError
from core.interfaces import Embedder, Passage
from core.masking import masked
from core.model import content_hash
from memory.milvus_session import embedded_client, server_client

SCHEMA_VERSION = 1
_FIELDS = ["key", "text", "title", "year", "doi", "authors", "tags"]
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}")
_LIMITS = {"text": 60_000, "title": 2_000, "doi": 300, "authors": 4_000, "tags": 4_000}
_BATCH = 200


class MilvusLiteratureStore:
    """Passages with dense vectors under cosine similarity (flat index, so the search is exact).

    ``address`` is the address of a server (with ``://``) or the path of a Milvus Lite file, which is made on first use. The collection is
    named after the schema version and the embedder, so that vectors of different embedders never mix. ``wait`` bounds in
    seconds how long the embedded form waits for another process, ``timeout`` each call to a server. Every method raises LiteratureError,
    naming the address and the cause, if the store cannot be used.
    """

    def __init__(self, address: str, embedder: Embedder, *, token: str = "", wait: float = 20.0, timeout: float = 10.0) -> None:
        self.address = address
        self.embedder = embedder
        self.collection = f"literature_v{SCHEMA_VERSION}_" + re.sub(r"[^A-Za-z0-9]", "_", embedder.name)
        self._token = token
        self._wait = wait
        self._timeout = timeout
        self._local = threading.local()

    def add(self, passages: Sequence[Passage]) -> int:
        """Store passages by key, replacing those whose content changed; returns how many were written. Doing it twice writes nothing."""
        rows = _rows(passages)
        if not rows:
            return 0
        with self._client() as client:
            self._prepare(client)
            known = self._hashes(client, list(rows))
            changed = [row for key, row in rows.items() if known.get(key) != row["content_hash"]]
            for start in range(0, len(changed), _BATCH):
                batch = changed[start : start + _BATCH]
                vectors = self.embedder.embed([_embedded(row) for row in batch])
                data = [{**row, "vector": vector} for row, vector in zip(batch, vectors, strict=True)]
                client.upsert(self.collection, data, timeout=self._timeout)
        return len(changed)

    def search(self, query: str, limit: int = 8) -> list[Passage]:
        """The ``limit`` passages nearest to ``query``, best first; ``score`` is the cosine similarity, -1 to 1. Empty for an empty store."""
        if limit < 1:
            return []
        vector = self.embedder.embed([query])[0]
        with self._client() as client:
            if not client.has_collection(self.collection, timeout=self._timeout):
                return []
            self._prepare(client)
            found = client.search(
                self.collection,
                data=[vector],
                limit=limit,
                anns_field="vector",
                search_params={"metric_type": "COSINE"},
                output_fields=_FIELDS,
                timeout=self._timeout,
            )
            return ranked((_passage(dict(hit["entity"])), float(hit["distance"])) for hit in found[0])

    def count(self) -> int:
        """Number of stored passages."""
        with self._client() as client:
            if not client.has_collection(self.collection, timeout=self._timeout):
                return 0
            self._prepare(client)
            rows = client.query(self.collection, filter="", output_fields=["count(*)"], timeout=self._timeout)
            return int(rows[0]["count(*)"])

    def close(self) -> None:
        """Nothing is held between calls; present for the interface."""

    @contextmanager
    def session(self) -> Iterator[None]:
        """Hold the store open over several calls of this thread; other processes and threads wait meanwhile."""
        if self._held() is not None:
            yield
            return
        with self._client() as client:
            self._local.client = client
            try:
                yield
            finally:
                self._local.client = None

    def _held(self) -> Any:
        return getattr(self._local, "client", None)

    @contextmanager
    def _client(self) -> Iterator[Any]:
        if self._held() is not None:
            yield self._held()
            return
        opener = (
            server_client(self.address, self._token, self._timeout)
            if "://" in self.address
            else embedded_client(self.address, self._wait, self._timeout)
        )
        try:
            with opener as client:
                yield client
        except LiteratureError:
            raise
        except Exception as error:  # pymilvus raises its own, gRPC's, and plain Python exceptions
            remedy = "" if "://" in self.address else "; if it is damaged, delete it, and the shipped notes are loaded again"
            raise LiteratureError(f"the literature store at {masked(self.address)} cannot be used: {_short(error)}{remedy}") from error

    def _prepare(self, client: Any) -> None:
        """Make the collection if it is missing and load it (needed after each opening)."""
        from pymilvus import DataType

        if not client.has_collection(self.collection, timeout=self._timeout):
            schema = client.create_schema(auto_id=False, enable_dynamic_field=False)
            schema.add_field("key", DataType.VARCHAR, is_primary=True, max_length=128)
            for name in ("text", "title", "doi", "authors", "tags"):
                schema.add_field(name, DataType.VARCHAR, max_length=65_535)
            schema.add_field("year", DataType.INT64)
            schema.add_field("content_hash", DataType.VARCHAR, max_length=64)
            schema.add_field("vector", DataType.FLOAT_VECTOR, dim=self.embedder.dimension)
            index = client.prepare_index_params()
            index.add_index("vector", index_type="FLAT", metric_type="COSINE")
            client.create_collection(self.collection, schema=schema, index_params=index, consistency_level="Strong", timeout=self._timeout)
        client.load_collection(self.collection, timeout=self._timeout)

    def _hashes(self, client: Any, keys: list[str]) -> dict[str, str]:
        known: dict[str, str] = {}
        for start in range(0, len(keys), _BATCH):
            batch = json.dumps(keys[start : start + _BATCH])
            rows = client.query(self.collection, filter=f"key in {batch}", output_fields=["key", "content_hash"], timeout=self._timeout)
            known.update({str(row["key"]): str(row["content_hash"]) for row in rows})
        return known


def _rows(passages: Sequence[Passage]) -> dict[str, dict[str, Any]]:
    """The stored fields by key. Raises LiteratureError on a key or a text that cannot be stored; a repeated key keeps the last."""
    rows: dict[str, dict[str, Any]] = {}
    for passage in passages:
        if not _KEY.fullmatch(passage.key):
            raise LiteratureError(f"passage key {passage.key[:80]!r} is not usable: letters, digits and ._:/- only, at most 128")
        row: dict[str, Any] = {
            "key": passage.key,
            "text": passage.text,
            "title": passage.citation.title,
            "year": passage.citation.year or 0,
            "doi": passage.citation.doi,
            "authors": passage.citation.authors,
            "tags": json.dumps(list(passage.tags), ensure_ascii=False),
        }
        for name, limit in _LIMITS.items():
            if len(row[name].encode()) > limit:
                raise LiteratureError(f"passage {passage.key!r}: {name} is longer than {limit} bytes")
        rows[passage.key] = {**row, "content_hash": content_hash(row)}
    return rows


def embedded_text(passage: Passage) -> str:
    """What of a passage is embedded: title, text and tags."""
    return _embedded({"title": passage.citation.title, "text": passage.text, "tags": json.dumps(list(passage.tags), ensure_ascii=False)})


def _embedded(row: dict[str, Any]) -> str:
    return f"{row['title']}\n{row['text']}\n{row['tags']}"


def ranked(found: Iterable[tuple[Passage, float]]) -> list[Passage]:
    """Passages with their cosine similarity, -1 to 1, as their score, best first; equal ones by key. Empty for none."""
    return sorted((replace(passage, score=round(score, 6)) for passage, score in found), key=lambda p: (-p.score, p.key))


def _passage(row: dict[str, Any]) -> Passage:
    key, text = str(row["key"]), str(row["text"])
    citation = Citation(
        number=1,
        key=key,
        title=str(row["title"]),
        year=int(row["year"]) or None,
        doi=str(row["doi"]),
        authors=str(row["authors"]),
        passage=text,
    )
    tags = tuple(str(tag) for tag in json.loads(row["tags"]))
    return Passage(key=key, text=text, score=0.0, citation=citation, tags=tags)


def _short(error: BaseException) -> str:
    text = " ".join(str(error).split()) or "no further detail"
    return f"{type(error).__name__}: {text[:300]}"
