"""Papers in SQL with their text, passages, substances and numbers. Every method is one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Select, delete, func, insert, or_, select, text, update

from core.errors import NotFoundError
from core.papers import Mention, Outcome, PaperCounts, Piece, ReportedValue, StoredDocument, Submission
from core.passages import Document, Passage
from memory.papers_lock import file_lock, in_use
from memory.sql import papers_rows as rows
from memory.sql.engine import Database, for_reading, normalise_url
from memory.sql.papers_models import DocumentRow, JournalRow, MentionRow, PassageRow, ReportedValueRow
from memory.sql.papers_write import WHOLE, store_one, write_parts
from memory.sql.schema import upgrade

_LOCK = 0x6D6F6C6C
_MANY = 400


class SqlPapers:
    """Papers in SQLite or PostgreSQL, beside the runs. ``url`` as for the run store; ``clock`` gives the time of adding.

    Raises ConfigurationError for a URL that cannot be used, StoreError if the database cannot be used (a full disk among it: then
    nothing of the transaction is stored).
    """

    def __init__(self, url: str, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        parsed = for_reading(normalise_url(url))
        upgrade(parsed)
        self.clock = clock
        self.database = Database(parsed)

    def close(self) -> None:
        """Give every connection back."""
        self.database.close()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Keep every other process from changing the papers meanwhile. LiteratureError at once if one is doing so."""
        if self.database.url.get_backend_name() == "sqlite":
            with file_lock(f"{self.database.url.database}.literature.lock", self.database.where):
                yield
            return
        with self.database.errors(), self.database.engine.connect() as held:
            if not held.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": _LOCK}).scalar():
                raise in_use(self.database.where)
            held.commit()
            try:
                yield
            finally:
                held.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _LOCK})
                held.commit()

    # adding ----------------------------------------------------------------------------------------------------------

    def store(self, submissions: Sequence[Submission], collection: str) -> list[Outcome]:
        """Store papers and failures, all or none, and say what became of each. What is returned is safe on the disk."""
        at = self.clock().isoformat()
        with self.database.write() as connection:
            return [store_one(connection, s, collection, at) for s in submissions]

    def done(self, source_hash: str, collection: str, first: int = WHOLE, last: int | None = None) -> frozenset[int]:
        """The records of a source, from ``first`` to ``last``, that were stored before and need not be read again; failures are not among them."""
        wanted = select(JournalRow.item).where(
            JournalRow.source_hash == source_hash,
            JournalRow.collection == collection,
            JournalRow.status != "failed",
            JournalRow.item >= first,
        )
        wanted = wanted if last is None else wanted.where(JournalRow.item <= last)
        with self.database.read() as connection:
            return frozenset(connection.scalars(wanted))

    def finish(self, source_hash: str, collection: str, name: str) -> None:
        """Note that every record of a source is stored, so that it need not be opened again; :meth:`done` has :data:`WHOLE` then.

        What failed under this name before, when the file was another, is forgotten.
        """
        entry = {"source_hash": source_hash, "collection": collection, "item": WHOLE}
        with self.database.write() as connection:
            named = or_(JournalRow.name == name, JournalRow.name.startswith(f"{name}, ", autoescape=True))
            connection.execute(delete(JournalRow).where(JournalRow.status == "failed", JournalRow.collection == collection, named))
            if connection.execute(select(JournalRow.item).filter_by(**entry)).first() is None:
                at = self.clock().isoformat()
                connection.execute(insert(JournalRow).values(**entry, name=name, status="complete", reason="", document_id=None, at=at))

    def failures(self, limit: int = 100) -> list[tuple[str, str]]:
        """Name and reason of what could not be added, the newest first."""
        wanted = (
            select(JournalRow.name, JournalRow.reason).where(JournalRow.status == "failed").order_by(JournalRow.at.desc(), JournalRow.name)
        )
        with self.database.read() as connection:
            return [(name, reason) for name, reason in connection.execute(wanted.limit(limit))]

    # the index -------------------------------------------------------------------------------------------------------

    def unindexed(self, limit: int) -> list[str]:
        """Ids of documents that the search index does not have yet, at most ``limit``."""
        with self.database.read() as connection:
            wanted = select(DocumentRow.document_id).where(DocumentRow.indexed.is_(False)).order_by(DocumentRow.document_id)
            return list(connection.scalars(wanted.limit(limit)))

    def set_indexed(self, document_ids: Sequence[str] | None, indexed: bool) -> None:
        """Note of these documents, or of all, whether the search index has them."""
        with self.database.write() as connection:
            if document_ids is None:
                connection.execute(update(DocumentRow).values(indexed=indexed))
            for some in _parts(document_ids or ()):
                connection.execute(update(DocumentRow).where(DocumentRow.document_id.in_(some)).values(indexed=indexed))

    # reading ---------------------------------------------------------------------------------------------------------

    def document(self, document_id: str) -> StoredDocument:
        """The document with this id or DOI, or the only one whose id begins so. NotFoundError if there is none, or several."""
        with self.database.read() as connection:
            exact = or_(DocumentRow.document_id == document_id, DocumentRow.doi == document_id.lower())
            found = connection.execute(_listing().where(exact)).all()
            if not found and document_id:
                found = connection.execute(
                    _listing().where(DocumentRow.document_id.startswith(document_id, autoescape=True)).limit(2)
                ).all()
            if len(found) != 1:
                raise NotFoundError(f"{'several documents begin with' if found else 'there is no document'} {document_id!r}")
            return rows.stored(found[0])

    def documents(
        self, *, words: str = "", collection: str = "", retracted: bool | None = None, limit: int = 50, offset: int = 0
    ) -> tuple[list[StoredDocument], int]:
        """Documents, the newest first, and the number of all that fit. ``words``: each stands in title, journal or DOI; [] and 0 for none."""
        conditions: list[Any] = [] if not collection else [DocumentRow.collection == collection]
        if retracted is not None:
            conditions.append(
                DocumentRow.retracted.is_(True) if retracted else or_(DocumentRow.retracted.is_(False), DocumentRow.retracted.is_(None))
            )
        for word in words.lower().split():
            places = (DocumentRow.title, DocumentRow.journal, DocumentRow.doi)
            conditions.append(or_(*(func.lower(place).contains(word, autoescape=True) for place in places)))
        with self.database.read() as connection:
            total = connection.scalar(select(func.count()).select_from(DocumentRow).where(*conditions)) or 0
            wanted = _listing().where(*conditions).order_by(DocumentRow.added_at.desc(), DocumentRow.document_id)
            return [rows.stored(row) for row in connection.execute(wanted.limit(limit).offset(offset))], total

    def text(self, document_id: str) -> str:
        """All the text of a document. NotFoundError if there is none; StoreError if what is stored is damaged."""
        with self.database.read() as connection:
            packed = connection.scalar(select(DocumentRow.text).where(DocumentRow.document_id == document_id))
        if packed is None:
            raise NotFoundError(f"there is no document {document_id!r}")
        return rows.unpacked(packed, document_id)

    def layout(self, document_id: str) -> tuple[Piece, ...]:
        """The paragraphs of a document. NotFoundError if there is none; StoreError if they are damaged."""
        with self.database.read() as connection:
            packed = connection.scalar(select(DocumentRow.layout).where(DocumentRow.document_id == document_id))
        if packed is None:
            raise NotFoundError(f"there is no document {document_id!r}")
        return rows.layout(packed, document_id)

    def with_passages(self, document_ids: Sequence[str]) -> list[tuple[Document, list[Passage]]]:
        """These documents with their passages in order, by id; those that are not stored are left out."""
        found = []
        with self.database.read() as connection:
            for some in _parts(document_ids):
                wanted = select(DocumentRow).where(DocumentRow.document_id.in_(some)).order_by(DocumentRow.document_id)
                for row in connection.execute(wanted).all():
                    whole = rows.unpacked(row.text, row.document_id)
                    cut = select(PassageRow).where(PassageRow.document_id == row.document_id).order_by(PassageRow.position)
                    found.append((rows.document(row), [rows.passage(p, whole) for p in connection.execute(cut)]))
        return found

    def ids(self, collection: str = "") -> list[str]:
        """The ids of all documents, or of a collection's, in order."""
        with self.database.read() as connection:
            wanted = select(DocumentRow.document_id).order_by(DocumentRow.document_id)
            return list(connection.scalars(wanted.where(DocumentRow.collection == collection) if collection else wanted))

    def mentions(
        self, *, keys: Sequence[str] = (), names: Sequence[str] = (), document_id: str = "", limit: int = 200
    ) -> list[tuple[str, Mention]]:
        """Where substances are mentioned, by key, by name or in a document: the document's id and the place. [] for none."""
        if len(keys) > _MANY:  # more than a statement takes
            found = [m for some in _parts(keys) for m in self.mentions(keys=some, names=names, document_id=document_id, limit=limit)]
            return sorted(set(found), key=lambda m: (m[0], m[1].start))[:limit]
        wanted = select(MentionRow).order_by(MentionRow.document_id, MentionRow.position).limit(limit)
        if document_id:
            wanted = wanted.where(MentionRow.document_id == document_id)
        if keys or names:
            wanted = wanted.where(or_(MentionRow.substance.in_(keys), MentionRow.name_key.in_([n.lower() for n in names])))
        with self.database.read() as connection:
            return [(row.document_id, rows.mention(row)) for row in connection.execute(wanted)]

    def mentioning(self, keys: Sequence[str], names: Sequence[str], limit: int) -> list[tuple[Document, Passage, Mention]]:
        """The passages that mention one of these substances, each once with the first place, at most ``limit``; [] for none."""
        found: dict[str, tuple[Document, Passage, Mention]] = {}
        parts: dict[str, tuple[Document, list[Passage]]] = {}
        for document_id, mention in self.mentions(keys=keys, names=names, limit=20 * limit):
            if document_id not in parts:
                if len(found) >= limit:
                    break
                document, passages = self.with_passages([document_id])[0]
                parts = {document_id: (document, passages)}
            document, passages = parts[document_id]
            for passage in passages:
                if passage.start <= mention.start and mention.end <= passage.end:
                    found.setdefault(passage.passage_id, (document, passage, mention))
        return list(found.values())[:limit]

    def values(
        self, *, property: str = "", keys: Sequence[str] = (), document_id: str = "", approved: bool = False, limit: int = 200
    ) -> list[tuple[str, Document, ReportedValue]]:
        """Reported numbers with their id ('DOCUMENT/NUMBER') and document; ``approved``: those alone that a person released for training."""
        wanted = select(ReportedValueRow).order_by(ReportedValueRow.document_id, ReportedValueRow.position).limit(limit)
        for value, column in ((property, ReportedValueRow.property), (document_id, ReportedValueRow.document_id)):
            wanted = wanted.where(column == value) if value else wanted
        wanted = wanted.where(ReportedValueRow.substance.in_(keys)) if keys else wanted
        wanted = wanted.where(ReportedValueRow.approved_by != "") if approved else wanted
        with self.database.read() as connection:
            found = connection.execute(wanted).all()
            ids = sorted({row.document_id for row in found})
            documents = {}
            for some in _parts(ids):
                documents.update(
                    {d.document_id: rows.document(d) for d in connection.execute(_heads().where(DocumentRow.document_id.in_(some)))}
                )
        return [(f"{r.document_id}/{r.position}", documents[r.document_id], rows.value(r)) for r in found]

    def holding(self, document_id: str, at: int) -> Passage | None:
        """The passage of a document that holds the character ``at`` of its text; None where none does."""
        here = (PassageRow.document_id == document_id, PassageRow.start_char <= at, PassageRow.end_char > at)
        with self.database.read() as connection:
            row = connection.execute(select(PassageRow).where(*here).order_by(PassageRow.position).limit(1)).first()
            packed = connection.scalar(select(DocumentRow.text).where(DocumentRow.document_id == document_id)) if row else None
        return None if row is None or packed is None else rows.passage(row, rows.unpacked(packed, document_id))

    def substances(self) -> list[tuple[str, str]]:
        """Key and SMILES of every resolved substance that any document mentions, each once, by key."""
        wanted = select(MentionRow.substance, func.min(MentionRow.smiles)).where(
            MentionRow.substance.is_not(None), MentionRow.smiles.is_not(None)
        )
        with self.database.read() as connection:
            return [
                (str(key), str(smiles))
                for key, smiles in connection.execute(wanted.group_by(MentionRow.substance).order_by(MentionRow.substance))
            ]

    # changing --------------------------------------------------------------------------------------------------------

    def approve(self, value_ids: Sequence[str], person: str) -> int:
        """Note that ``person`` released these numbers for training; '' takes it back. How many there were; NotFoundError if one is not there."""
        at = self.clock().isoformat() if person else ""
        with self.database.write() as connection:
            for value_id in value_ids:
                document_id, _, position = value_id.rpartition("/")
                number = int(position) if position.isdigit() else -1
                place = (ReportedValueRow.document_id == document_id, ReportedValueRow.position == number)
                if not connection.execute(update(ReportedValueRow).where(*place).values(approved_by=person, approved_at=at)).rowcount:
                    raise NotFoundError(f"there is no reported value {value_id!r}; nothing was changed")
        return len(value_ids)

    def replace_parts(
        self, document_id: str, passages: Sequence[Passage], mentions: Sequence[Mention], values: Sequence[ReportedValue]
    ) -> None:
        """Put these passages, substances and numbers in place of a document's; it has to be indexed again. What was approved stays so."""
        with self.database.write() as connection:
            write_parts(connection, document_id, passages, mentions, values)
            connection.execute(update(DocumentRow).where(DocumentRow.document_id == document_id).values(indexed=False))

    def remove(self, document_ids: Sequence[str]) -> int:
        """Delete documents with all that was made of them, so that they can be added again; how many there were."""
        gone = 0
        with self.database.write() as connection:
            for some in _parts(document_ids):
                of = select(JournalRow.source_hash).where(JournalRow.document_id.in_(some))
                connection.execute(delete(JournalRow).where(JournalRow.item == WHOLE, JournalRow.source_hash.in_(of)))
                gone += connection.execute(delete(DocumentRow).where(DocumentRow.document_id.in_(some))).rowcount
        return gone

    def facets(self, limit: int = 100) -> dict[str, list[str]]:
        """Names of collections, sources and sections, at most ``limit`` of each, the most common first; empty lists where nothing is stored."""
        columns = {"collections": DocumentRow.collection, "sources": DocumentRow.source, "sections": PassageRow.section}
        found = {}
        with self.database.read() as connection:
            for name, column in columns.items():
                common = select(column).where(column.is_not(None)).group_by(column).order_by(func.count().desc(), column).limit(limit)
                found[name] = [str(value) for value in connection.scalars(common)]
        return found

    def any(self) -> bool:
        """Whether there is a document at all."""
        with self.database.read() as connection:
            return connection.execute(select(DocumentRow.document_id).limit(1)).first() is not None

    def count(self) -> PaperCounts:
        """Numbers of what is stored, all 0 where nothing is stored."""
        with self.database.read() as connection:
            return _count(connection)


def _parts(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    return (ids[start : start + _MANY] for start in range(0, len(ids), _MANY))


def _heads() -> Select[Any]:
    return select(*(column for column in DocumentRow.__table__.columns if column.name not in ("text", "layout")))


def _listing() -> Select[Any]:
    def number(table: Any) -> Any:
        return select(func.count()).select_from(table).where(table.document_id == DocumentRow.document_id).scalar_subquery()

    return _heads().add_columns(
        number(PassageRow).label("passages"), number(MentionRow).label("mentions"), number(ReportedValueRow).label("values")
    )


def _count(connection: Connection) -> PaperCounts:
    def number(table: Any, *conditions: Any) -> int:
        return connection.scalar(select(func.count()).select_from(table).where(*conditions)) or 0

    def groups(column: Any) -> dict[str, int]:
        return {str(name): n for name, n in connection.execute(select(column, func.count()).group_by(column).order_by(column))}

    sizes = select(func.coalesce(func.sum(DocumentRow.characters), 0), func.coalesce(func.sum(func.length(DocumentRow.text)), 0))
    characters, size = connection.execute(sizes).one()
    return PaperCounts(
        documents=number(DocumentRow),
        passages=number(PassageRow),
        mentions=number(MentionRow),
        values=number(ReportedValueRow),
        approved=number(ReportedValueRow, ReportedValueRow.approved_by != ""),
        unindexed=number(DocumentRow, DocumentRow.indexed.is_(False)),
        retracted=number(DocumentRow, DocumentRow.retracted.is_(True)),
        failed=number(JournalRow, JournalRow.status == "failed"),
        characters=int(characters),
        bytes=int(size),
        by_collection=groups(DocumentRow.collection),
        by_level=groups(DocumentRow.level),
    )
