"""Passages in Milvus: a server, a served Milvus Lite, or a Milvus Lite file, by the part of the API that all of them have.

Milvus has everything: texts, what is known of documents, vectors. A folder of this machine has a mirror of the texts, since Milvus has
no search by stemmed words that all three forms share and that is fast enough; it is made from Milvus whenever it is not there. Each change
leaves a line in a log in Milvus, by which the mirrors of other machines follow.
"""

from __future__ import annotations

import json
import re
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from core.errors import LiteratureError
from core.interfaces import Embedder
from core.masking import masked
from core.passages import EVERY, Document, Hit, Passage, PassageFilter
from memory.milvus_session import embedded_client, server_client
from memory.passages.checks import checked, unit, vector_array
from memory.passages.embedded import EmbeddedPassages
from memory.passages.lexical import Analyser
from memory.passages.milvus_rows import NAMES, all_rows, among, conditions, documents_of, rows_of

_ALIAS, _LOG, _PREFIX = "passages_v1", "passages_v1_log", "passages_v1_of_"
_BATCH = 200
_NO_VECTORS = 8
#: Seconds by which the clocks of two machines may differ, and by which the log is read again each time.
_OVERLAP = 120.0
#: Seconds for which a search trusts what it has read of the log.
_FRESH = 1.0
#: Documents of one line of the log.
_LOGGED = 50


class MilvusPassages:
    """Passages at ``address``: that of a server (with ``://``), or the path of a Milvus Lite file (``core.passages.PassageStore``).

    ``folder`` is the mirror's, ``analyser`` cuts texts into words, ``space`` names the embedder of the vectors. A file is held open from the
    first use on until ``close``, so that no other process can use it meanwhile; ``wait`` (seconds) bounds how long one is waited for.
    """

    def __init__(
        self, address: str, folder: Path, analyser: Analyser, *, space: str = "", token: str = "", wait: float = 20.0, timeout: float = 30.0
    ) -> None:
        self._address, self._space, self._token, self._wait, self._timeout = address, space, token, wait, timeout
        self._stack = ExitStack()
        self._client: Any = None
        self._synced = -_FRESH
        self._mirror = EmbeddedPassages(folder, analyser)
        self._seen_file = folder / "milvus.json"

    def add(self, documents: Sequence[Document], passages: Sequence[Passage], vectors: Sequence[Sequence[float]] | None = None) -> int:
        """See :class:`core.passages.PassageStore`. A process that is killed meanwhile may leave a part, which is not found and written over."""
        by_document = checked(documents, passages)
        given = None if vectors is None else vector_array(vectors, passages)
        place = {p.passage_id: at for at, p in enumerate(passages)}
        with self._errors() as client:
            self._sync(client)
            changed = [d for d in documents if self._mirror.stored(d.document_id) != (d, by_document[d.document_id])]
            known = {
                p.passage_id: d.document_id
                for p, d in self._mirror.get([p.passage_id for d in changed for p in by_document[d.document_id]])
            }
            for passage in (p for d in changed for p in by_document[d.document_id]):
                if known.get(passage.passage_id, passage.document_id) != passage.document_id:
                    raise LiteratureError(f"passage {passage.passage_id!r} belongs to another document")
            collection = self._collection(client, _NO_VECTORS if given is None or not len(passages) else given.shape[1])
            parts = []
            for document in changed:
                mine = by_document[document.document_id]
                parts.append((document, mine, None if given is None else given[[place[p.passage_id] for p in mine]].tolist()))
            self._write(client, collection, parts)
            self._log(client, [d.document_id for d in changed])
            self._sync(client)
        return sum(len(by_document[d.document_id]) for d in changed)

    def delete(self, document_ids: Sequence[str]) -> int:
        """See :class:`core.passages.PassageStore`."""
        with self._errors() as client:
            self._sync(client)
            known = [name for name in dict.fromkeys(document_ids) if self._mirror.stored(name) is not None]
            for collection in self._collections(client):
                self._delete(client, collection, known)
            self._log(client, known)
            self._sync(client)
        return len(known)

    def search(self, query: str, vector: Sequence[float] | None = None, accepted: PassageFilter = EVERY, limit: int = 50) -> list[Hit]:
        """See :class:`core.passages.PassageStore`."""
        if limit < 1:
            return []
        with self._errors() as client:
            self._sync(client)
            hits = {hit.passage.passage_id: hit for hit in self._mirror.search(query, None, accepted, limit)}
            current = self._current(client)
            if vector is None or current is None or current != self._name():
                return list(hits.values())
            asked = unit(np.asarray(vector, np.float32))
            near = self._near(client, current, asked.tolist(), accepted, limit)
            missing = [name for name in hits if name not in near]
            near |= {name: float(np.asarray(v, np.float32) @ asked) for name, v in self._vectors(client, current, missing).items()}
            others = [name for name in near if name not in hits]
            hits |= {hit.passage.passage_id: hit for hit in self._mirror.scored(query, others)}
        return [replace(hit, dense=near.get(name)) for name, hit in hits.items()]

    def rarity(self, query: str) -> dict[str, float]:
        """See :class:`core.passages.PassageStore`."""
        with self._errors() as client:
            self._sync(client)
            return self._mirror.rarity(query)

    def get(self, passage_ids: Sequence[str]) -> list[tuple[Passage, Document]]:
        """See :class:`core.passages.PassageStore`."""
        with self._errors() as client:
            self._sync(client)
            return self._mirror.get(passage_ids)

    def documents(self, collection: str | None = None) -> list[Document]:
        """See :class:`core.passages.PassageStore`."""
        with self._errors() as client:
            self._sync(client)
            return self._mirror.documents(collection)

    def count(self) -> int:
        """See :class:`core.passages.PassageStore`."""
        with self._errors() as client:
            self._sync(client)
            return self._mirror.count()

    def close(self) -> None:
        """See :class:`core.passages.PassageStore`."""
        self._mirror.close()
        self._stack.close()
        self._client = None

    @property
    def space(self) -> str:
        """The name of the embedder whose vectors are searched; '' where there are none."""
        with self._errors() as client:
            current = self._current(client)
        return self._space if current is not None and current == self._name() else ""

    def embed_again(self, embedder: Embedder) -> Iterator[int]:
        """Put every passage with a vector of ``embedder`` into a new collection, then let the alias point to it; yields how many are done.

        The old collection is searched meanwhile and deleted at the end; killed, it is begun anew.
        """
        with self._errors() as client:
            self._sync(client)
            old, self._space = self._current(client), embedder.name
            if client.has_collection(self._name(), timeout=self._timeout) and old != self._name():
                client.drop_collection(self._name(), timeout=self._timeout)
            self._make(client, self._name(), embedder.dimension)
        done = 0
        for document in self.documents():
            stored = self._mirror.stored(document.document_id)
            mine = stored[1] if stored else []
            vectors = unit(np.asarray(embedder.embed([f"{document.title}\n{p.text}" for p in mine]), np.float32)) if mine else None
            with self._errors() as client:
                self._write(client, self._name(), [(document, mine, None if vectors is None else vectors.tolist())])
            done += len(mine)
            yield done
        with self._errors() as client:
            self._point(client, self._name())
            if old is not None and old != self._name():
                client.drop_collection(old, timeout=self._timeout)

    # Collections

    def _name(self) -> str:
        return _PREFIX + (re.sub(r"[^A-Za-z0-9]", "_", self._space) or "none")

    def _collections(self, client: Any) -> list[str]:
        return [name for name in client.list_collections(timeout=self._timeout) if name.startswith(_PREFIX)]

    def _current(self, client: Any) -> str | None:
        """The collection that the alias points to; None while there is none."""
        if not self._collections(client):
            return None
        try:
            return str(client.describe_alias(alias=_ALIAS, timeout=self._timeout)["collection_name"])
        except Exception:  # each form of Milvus has another error for an alias that is not there
            return None

    def _collection(self, client: Any, dimension: int) -> str:
        """The collection that is searched, made if there is none; with vectors that of their space."""
        current = self._current(client)
        if current is not None and (dimension == _NO_VECTORS or current == self._name()):
            return current
        if not client.has_collection(self._name(), timeout=self._timeout):
            self._make(client, self._name(), dimension)
        if current is None:
            self._point(client, self._name())
        return self._name()

    def _point(self, client: Any, collection: str) -> None:
        if self._current(client) is None:
            client.create_alias(collection_name=collection, alias=_ALIAS, timeout=self._timeout)
        else:
            client.alter_alias(collection_name=collection, alias=_ALIAS, timeout=self._timeout)

    def _make(self, client: Any, name: str, dimension: int) -> None:
        from pymilvus import DataType

        schema = client.create_schema(auto_id=False, enable_dynamic_field=False)
        schema.add_field("passage_id", DataType.VARCHAR, is_primary=True, max_length=512)
        schema.add_field("document_id", DataType.VARCHAR, max_length=512)
        for field in ("text", "facts", *NAMES):
            schema.add_field(field, DataType.VARCHAR, max_length=65_535)
        schema.add_field("year", DataType.INT64)
        schema.add_field("embedded", DataType.INT64)
        schema.add_field("vector", DataType.FLOAT_VECTOR, dim=dimension)
        index = client.prepare_index_params()
        if "://" in self._address:
            index.add_index("vector", index_type="HNSW", metric_type="COSINE", params={"M": 16, "efConstruction": 200})
        else:
            index.add_index("vector", index_type="FLAT", metric_type="COSINE")
        client.create_collection(name, schema=schema, index_params=index, consistency_level="Strong", timeout=self._timeout)
        client.load_collection(name, timeout=self._timeout)

    def _write(self, client: Any, collection: str, parts: Sequence[tuple[Document, Sequence[Passage], list[Any] | None]]) -> None:
        """All passages of these documents, in place of what there was of them."""
        width = next(f for f in client.describe_collection(collection, timeout=self._timeout)["fields"] if f["name"] == "vector")
        blank = [1.0] + [0.0] * (int(width["params"]["dim"]) - 1)
        for start in range(0, len(parts), _BATCH):
            some = parts[start : start + _BATCH]
            self._delete(client, collection, [document.document_id for document, _, _ in some])
            rows = [row for document, passages, vectors in some for row in rows_of(document, passages, vectors, blank)]
            for first in range(0, len(rows), _BATCH):
                client.upsert(collection, rows[first : first + _BATCH], timeout=self._timeout)

    def _delete(self, client: Any, collection: str, document_ids: Sequence[str]) -> None:
        for start in range(0, len(document_ids), _BATCH):
            client.delete(collection, filter=among("document_id", document_ids[start : start + _BATCH]), timeout=self._timeout)

    def _near(self, client: Any, collection: str, vector: list[float], accepted: PassageFilter, limit: int) -> dict[str, float]:
        found = client.search(
            collection,
            data=[vector],
            limit=limit,
            anns_field="vector",
            filter=" and ".join(["embedded == 1", *conditions(accepted)]),
            search_params={"metric_type": "COSINE", "params": {"ef": max(100, 2 * limit)} if "://" in self._address else {}},
            output_fields=["passage_id"],
            timeout=self._timeout,
        )
        return {str(hit["entity"]["passage_id"]): float(hit["distance"]) for hit in found[0]}

    def _vectors(self, client: Any, collection: str, names: Sequence[str]) -> dict[str, list[float]]:
        found: dict[str, list[float]] = {}
        for start in range(0, len(names), _BATCH):
            rows = client.query(
                collection,
                filter=f"{among('passage_id', names[start : start + _BATCH])} and embedded == 1",
                output_fields=["passage_id", "vector"],
                timeout=self._timeout,
            )
            found |= {str(row["passage_id"]): row["vector"] for row in rows}
        return found

    # The log, and the mirror that follows it

    def _log(self, client: Any, document_ids: Sequence[str]) -> None:
        stamp = time.time_ns() // 1000
        parts = [list(document_ids[start : start + _LOGGED]) for start in range(0, len(document_ids), _LOGGED)]
        rows = [{"entry": uuid.uuid4().hex, "documents": json.dumps(p), "stamp": stamp, "vector": [1.0, 0.0]} for p in parts]
        if rows:
            client.insert(_LOG, rows, timeout=self._timeout)
        self._synced = -_FRESH

    def _sync(self, client: Any) -> None:
        """Let the mirror follow what the log tells since it was read last, unless that was just now."""
        if time.monotonic() - self._synced < _FRESH:
            return
        if not client.has_collection(_LOG, timeout=self._timeout):
            self._make_log(client)
        state: dict[str, Any] = json.loads(self._seen_file.read_text("utf-8")) if self._seen_file.exists() else {"stamp": 0, "seen": []}
        since = int(state["stamp"] - _OVERLAP * 1e6)
        entries = all_rows(client, _LOG, f"stamp >= {since}", ["entry", "documents", "stamp"], "entry", self._timeout)
        self._synced = time.monotonic()
        seen = set(state["seen"])
        new = [row for row in entries if row["entry"] not in seen]
        if not new:
            return
        current = self._current(client)
        names = list(dict.fromkeys(str(name) for row in new for name in json.loads(row["documents"])))
        for start in range(0, len(names), _BATCH):
            part = names[start : start + _BATCH]
            found = self._fetch(client, current, part) if current else {}
            self._mirror.delete([name for name in part if name not in found])
            self._mirror.add([document for document, _ in found.values()], [p for _, passages in found.values() for p in passages])
        newest = max(int(row["stamp"]) for row in entries)
        kept = [row["entry"] for row in entries if row["stamp"] >= newest - _OVERLAP * 1e6]
        self._seen_file.write_text(json.dumps({"stamp": newest, "seen": kept}), "utf-8")

    def _make_log(self, client: Any) -> None:
        from pymilvus import DataType

        schema = client.create_schema(auto_id=False, enable_dynamic_field=False)
        schema.add_field("entry", DataType.VARCHAR, is_primary=True, max_length=64)
        schema.add_field("documents", DataType.VARCHAR, max_length=65_535)
        schema.add_field("stamp", DataType.INT64)
        schema.add_field("vector", DataType.FLOAT_VECTOR, dim=2)
        index = client.prepare_index_params()
        index.add_index("vector", index_type="FLAT", metric_type="COSINE")
        client.create_collection(_LOG, schema=schema, index_params=index, consistency_level="Strong", timeout=self._timeout)
        client.load_collection(_LOG, timeout=self._timeout)

    def _fetch(self, client: Any, collection: str, document_ids: Sequence[str]) -> dict[str, tuple[Document, list[Passage]]]:
        """Those of the documents that are there, by their id."""
        fields = ["passage_id", "text", "facts"]
        return documents_of(all_rows(client, collection, among("document_id", document_ids), fields, "passage_id", self._timeout))

    @contextmanager
    def _errors(self) -> Iterator[Any]:
        try:
            if self._client is None:
                remote = "://" in self._address
                opener = (
                    server_client(self._address, self._token, self._timeout)
                    if remote
                    else embedded_client(self._address, self._wait, self._timeout)
                )
                self._client = self._stack.enter_context(opener)
                for name in self._client.list_collections(timeout=self._timeout):
                    if name == _LOG or name.startswith(_PREFIX):
                        self._client.load_collection(name, timeout=self._timeout)
            yield self._client
        except LiteratureError:
            raise
        except Exception as error:  # pymilvus raises its own, gRPC's, and plain Python exceptions
            detail = " ".join(str(error).split())[:300]
            raise LiteratureError(f"the literature at {masked(self._address)} cannot be used: {type(error).__name__}: {detail}") from error
