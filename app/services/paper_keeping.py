"""The team's papers: added, listed, removed, indexed anew, checked, and handed out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app import wiring
from core.errors import NotFoundError, UsageError
from core.papers import Mention, PaperCounts, ReportedValue, StoredDocument
from core.passages import Document, Passage
from core.settings import Settings

if TYPE_CHECKING:
    from memory.sql.papers import SqlPapers
    from tools.literature.ingest import Progress, Tally

#: Fewer files are read in this process: starting others would take longer.
WORTH_WORKERS = 8


@dataclass(frozen=True)
class PassageView:
    """A passage with its paper, the ids of its neighbours ('' at either end), and the substances and numbers in it."""

    stored: StoredDocument
    passage: Passage
    before: str
    after: str
    mentions: list[Mention]
    values: list[tuple[str, Document, ReportedValue]]


@dataclass(frozen=True)
class Substance:
    """A substance that a paper mentions ``count`` times. ``smiles``: None where it was not resolved."""

    name: str
    smiles: str | None
    count: int


class PaperKeepingService:
    """What stands in the store of papers. Every method raises StoreError if it cannot be used."""

    def __init__(self, settings: Settings, *, clock: Callable[[], datetime]) -> None:
        self.settings = settings
        self.clock = clock

    @contextmanager
    def _papers(self) -> Iterator[SqlPapers]:
        papers = wiring.open_papers(self.settings, clock=self.clock)
        try:
            yield papers
        finally:
            papers.close()

    def add(
        self,
        paths: Sequence[Path],
        *,
        collection: str,
        longest: int,
        overlap: int,
        chemistry: bool = True,
        progress: Progress | None = None,
        called: Callable[[str], str] = str,
    ) -> Tally:
        """Add every paper below ``paths`` (:meth:`tools.literature.ingest.Ingest.add`)."""
        from tools.execution import ProcessExecutor, SerialExecutor
        from tools.literature.assemble import Ways
        from tools.literature.chunking import Cut
        from tools.literature.ingest import Ingest
        from tools.literature.reading.sources import count_files

        ways = Ways(named_collection(collection), Cut(longest, overlap), chemistry)
        large = any(path.is_file() and path.stat().st_size > 5_000_000 for path in paths)
        processes = self.settings.workers.processes
        many = processes > 1 and (large or count_files(paths) >= WORTH_WORKERS)
        executor = ProcessExecutor(processes) if many else SerialExecutor()
        try:
            with self._papers() as papers, wiring.open_passage_index(self.settings) as index:
                return Ingest(papers, index, ways, progress=progress).add(paths, executor, called)
        finally:
            executor.close()

    def files(self, paths: Sequence[Path]) -> int:
        """How many files :meth:`add` would look at."""
        from tools.literature.reading.sources import count_files

        return count_files(paths)

    def listed(
        self, words: str = "", *, collection: str = "", retracted: bool | None = None, limit: int = 50, offset: int = 0
    ) -> tuple[list[StoredDocument], int]:
        """Documents that fit, the newest first, and how many fit."""
        with self._papers() as papers:
            return papers.documents(words=words, collection=collection, retracted=retracted, limit=limit, offset=offset)

    def find(self, name: str) -> StoredDocument:
        """The document with this id, beginning of an id, or DOI. NotFoundError."""
        with self._papers() as papers:
            return papers.document(name)

    def text(self, document_id: str) -> str:
        """All the text of a document. NotFoundError."""
        with self._papers() as papers:
            return papers.text(document_id)

    def parts(self, document_id: str) -> tuple[list[Passage], list[Mention], list[tuple[str, Document, ReportedValue]]]:
        """Passages, substances and numbers of a document."""
        with self._papers() as papers:
            found = papers.with_passages([document_id])
            mentions = [mention for _, mention in papers.mentions(document_id=document_id, limit=10_000)]
            return found[0][1] if found else [], mentions, papers.values(document_id=document_id, limit=10_000)

    def passage(self, passage_id: str) -> PassageView:
        """A passage by its id. NotFoundError where there is none (any more)."""
        document_id = passage_id.partition(":")[0]
        with self._papers() as papers:
            found = papers.with_passages([document_id])
            passages = found[0][1] if found else []
            at = next((n for n, p in enumerate(passages) if p.passage_id == passage_id), None)
            if at is None:
                raise NotFoundError(f"there is no passage {passage_id[:60]!r}; papers that were cut anew have other ones")
            passage, stored = passages[at], papers.document(document_id)
            mentions = [m for _, m in papers.mentions(document_id=document_id, limit=10_000) if passage.start <= m.start < passage.end]
            values = [v for v in papers.values(document_id=document_id, limit=10_000) if passage.start <= v[2].start < passage.end]
        ids = ["", *(p.passage_id for p in passages), ""]
        return PassageView(stored, passage, ids[at], ids[at + 2], mentions, values)

    def facets(self) -> dict[str, list[str]]:
        """The names that searches can be narrowed to, the most common first: collections, sources, sections."""
        with self._papers() as papers:
            return papers.facets()

    def remove(self, names: Sequence[str], collection: str = "") -> int:
        """Delete these documents, or all of a collection; how many. NotFoundError for one that is not there, before any is deleted."""
        from tools.literature.keeping import remove

        with self._papers() as papers, wiring.open_passage_index(self.settings) as index:
            ids = papers.ids(collection) if collection else [papers.document(name).document.document_id for name in names]
            return remove(papers, index, ids)

    def reindex(
        self, names: Sequence[str], *, longest: int | None, overlap: int, chemistry: bool, step: Callable[[int, int], None]
    ) -> Tally:
        """Cut these documents (none named: all) anew where ``longest`` is given, look for chemistry again where asked, and index them."""
        from tools.literature.assemble import Ways
        from tools.literature.chunking import Cut
        from tools.literature.ingest import Ingest, Tally
        from tools.literature.keeping import cut_anew

        cut = None if longest is None else Cut(longest, overlap)
        with self._papers() as papers, wiring.open_passage_index(self.settings) as index:
            ids = [papers.document(name).document.document_id for name in names] or papers.ids()
            if cut is not None or chemistry:
                cut_anew(papers, ids, cut, chemistry=chemistry, step=step)
            tally = Tally()
            with papers.writing():
                if not names:
                    index.delete(sorted(set(wiring.indexed_ids(index)) - set(ids)))
                papers.set_indexed(ids, False)
                Ingest(papers, index, Ways()).catch_up(tally, least=1)
            return tally

    def stats(self) -> PaperCounts:
        """Numbers of what is stored."""
        with self._papers() as papers:
            return papers.count()

    def failures(self, limit: int = 100) -> list[tuple[str, str]]:
        """What could not be added, with the reason."""
        with self._papers() as papers:
            return papers.failures(limit)

    def verify(self, step: Callable[[int, int], None] = lambda done, total: None) -> list[str]:
        """What does not agree between text, passages, substances, numbers and index; [] if all is well."""
        from tools.literature.keeping import problems

        with self._papers() as papers, wiring.open_passage_index(self.settings) as index:
            return list(problems(papers, wiring.indexed_ids(index), step))

    def export(self, path: Path, *, collection: str = "", approved: bool = False) -> int:
        """Write papers (.jsonl), references (.json) or reported numbers (.csv); how many. UsageError for another ending or a full disk."""
        writers = {".jsonl": _write_lines, ".json": _write_references, ".csv": _write_numbers}
        writer = writers.get(path.suffix.lower())
        if writer is None:
            raise UsageError(f"{path.name} ends in none of .jsonl (papers), .json (references, CSL-JSON), .csv (reported values)")
        temporary = path.with_name(path.name + ".part")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with self._papers() as papers, open(temporary, "w", encoding="utf-8", errors="replace", newline="") as target:
                count = writer(papers, target, collection, approved)
            temporary.replace(path)
        except OSError as error:
            temporary.unlink(missing_ok=True)
            raise UsageError(f"cannot write {path}: {error.strerror or error}") from error
        return count

    def approve(self, value_ids: Sequence[str], *, taken_back: bool = False) -> str:
        """Release reported numbers for training, or take it back; in whose name. NotFoundError for one that is not there."""
        person = wiring.user_name(self.settings)
        with self._papers() as papers:
            papers.approve(value_ids, "" if taken_back else person)
        return person

    def fetch(
        self,
        service: str,
        query: str,
        dois: Sequence[str],
        *,
        limit: int,
        collection: str,
        full_text: bool,
        progress: Progress | None = None,
    ) -> Tally:
        """Add what a public service has for a query and for DOIs. LiteratureError where it cannot be reached."""
        from tools.literature.assemble import Ways
        from tools.literature.fetching.fetch import fetched
        from tools.literature.ingest import Ingest

        ways = Ways(named_collection(collection))
        with wiring.open_literature_service(self.settings, service, full_text=full_text) as opened:
            found = fetched(opened, service, query, dois, limit, ways)
            with self._papers() as papers, wiring.open_passage_index(self.settings) as index:
                return Ingest(papers, index, ways, progress=progress).add_read(found)

    def mentions(self, what: str, *, motif: bool = False, limit: int = 50) -> list[tuple[Document, Passage, Mention]]:
        """Passages that mention a substance (a name, abbreviation, SMILES, repeat unit or InChIKey) or, with ``motif``, any substance that
        holds a group (by name or SMARTS). UsageError for what is none; [] where nothing mentions it.
        """
        from tools.literature.chemistry.finding import keys_of, keys_with_motif

        with self._papers() as papers:
            keys, names = (keys_with_motif(what, papers.substances()), []) if motif else keys_of(what)
            if not keys and not names:
                return []
            return papers.mentioning(keys, names, limit)

    def values(
        self, *, property: str = "", of: str = "", approved: bool = False, limit: int = 200
    ) -> list[tuple[str, Document, ReportedValue]]:
        """Reported numbers, of one property and of one substance where they are named. UsageError for a substance that cannot be read."""
        from tools.literature.chemistry.finding import keys_of

        keys = keys_of(of)[0] if of else []
        if of and not keys:
            raise UsageError(f"{of!r} is no name, SMILES or InChIKey that is known")
        with self._papers() as papers:
            return papers.values(property=property, keys=keys, approved=approved, limit=limit)

    def to_json(self, stored: StoredDocument) -> dict[str, Any]:
        """A stored document as a JSON object."""
        return {**asdict(stored.document), **{k: v for k, v in asdict(stored).items() if k != "document"}}

    def value_json(self, name: str, document: Document, value: ReportedValue) -> dict[str, Any]:
        """A reported number with its source, as a JSON object."""
        from tools.literature.export import value_json

        return value_json(name, document, value)


def named_collection(collection: str) -> str:
    """The name of a collection as it is kept. UsageError for one that is empty, longer than 100 characters, or not printable."""
    if not collection.strip() or len(collection) > 100 or not collection.isprintable():
        raise UsageError(f"the name of a collection has 1 to 100 printable characters, not {collection[:40]!r}")
    return collection.strip()


def substances(mentions: Sequence[Mention]) -> list[Substance]:
    """What is mentioned, the most often mentioned first; one entry a structure, or a name where it was not resolved."""
    counts: dict[tuple[str, str], list[Mention]] = {}
    for mention in mentions:
        counts.setdefault(("", mention.key) if mention.key else (mention.written.lower(), ""), []).append(mention)
    found = [Substance(of[0].name or of[0].written, of[0].smiles, len(of)) for of in counts.values()]
    return sorted(found, key=lambda s: (-s.count, s.name))


def _write_lines(papers: SqlPapers, target: Any, collection: str, approved: bool) -> int:
    from tools.literature.export import json_line
    from tools.literature.keeping import batches

    count = 0
    for batch in batches(papers, collection):
        for document, _, text in batch:
            target.write(json_line(document, text) + "\n")
            count += 1
    return count


def _write_references(papers: SqlPapers, target: Any, collection: str, approved: bool) -> int:
    from tools.literature.export import csl_item
    from tools.literature.keeping import batches

    items = [csl_item(document) for batch in batches(papers, collection) for document, _, _ in batch]
    json.dump(items, target, ensure_ascii=False, indent=1)
    return len(items)


def _write_numbers(papers: SqlPapers, target: Any, collection: str, approved: bool) -> int:
    from tools.literature.export import write_values

    rows = papers.values(approved=approved, limit=10_000_000)
    return write_values(target, (row for row in rows if not collection or row[1].collection == collection))
