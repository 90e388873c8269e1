"""Taking papers in: read side by side in worker processes, stored in order, each in one transaction, then handed to the search index."""

from __future__ import annotations

import signal
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

from core.errors import MolwrightError
from core.interfaces import StreamExecutor
from core.papers import Outcome, Submission
from core.passages import Document, Passage
from memory.sql.papers import SqlPapers
from memory.sql.papers_write import WHOLE
from tools.execution import ProcessExecutor
from tools.literature.assemble import Ways, paper_of
from tools.literature.reading import read
from tools.literature.reading.parts import Unreadable, clean
from tools.literature.reading.sources import LIMITS, Limits, Source, lines_of, sources

#: Lines of JSON that a worker reads at once, and documents that the index takes at once.
LINES = 100
INDEXED = 200
#: Seconds after which a file that is still being read is given up: a damaged one can keep a reader busy for ever.
PATIENCE = 300


class PassageIndex(Protocol):
    """What searches the passages. Methods raise LiteratureError where it cannot be used."""

    def add(self, documents: Sequence[Document], passages: Sequence[Passage]) -> int:
        """Take documents with all their passages, each in place of an earlier one; how many passages were written."""
        ...

    def delete(self, document_ids: Sequence[str]) -> int:
        """Forget documents; how many there were."""
        ...

    def documents(self) -> list[Document]:
        """All documents that it has."""
        ...


@dataclass(frozen=True)
class Unit:
    """What one worker reads at once: a file, or some lines of one, of which ``first`` is the number of the first."""

    source: Source
    first: int = 0
    lines: tuple[bytes, ...] = ()
    last: bool = True


@dataclass
class Tally:
    """What became of everything that was given. ``before``: sources that were stored whole by an earlier call."""

    added: int = 0
    updated: int = 0
    duplicate: int = 0
    failed: int = 0
    files: int = 0
    before: int = 0
    passages: int = 0
    outcomes: list[Outcome] = field(default_factory=list)

    def count(self, outcomes: Sequence[Outcome]) -> None:
        """Count outcomes; those of failures are kept to be listed."""
        for outcome in outcomes:
            setattr(self, outcome.status, getattr(self, outcome.status) + 1)
        self.outcomes += [o for o in outcomes if o.status == "failed"]


Progress = Callable[[Tally, str], None]


class Ingest:
    """Puts papers into ``papers`` and ``index`` (None: they are stored, and indexed by a later call that has one)."""

    def __init__(
        self, papers: SqlPapers, index: PassageIndex | None, ways: Ways, *, limits: Limits = LIMITS, progress: Progress | None = None
    ) -> None:
        self.papers = papers
        self.index = index
        self.ways = ways
        self.limits = limits
        self.progress = progress or (lambda tally, name: None)
        self._fresh = 0

    def add(self, paths: Sequence[Path], executor: StreamExecutor, called: Callable[[str], str] = str) -> Tally:
        """Add every paper below ``paths``. A file that cannot be read is counted and listed; the rest goes on.

        ``called``: what to call a file in messages, of its name with its folders.

        What is counted as added is safe on the disk, so the same call after a crash goes on where it ended. Raises NotFoundError for a
        path that does not exist, LiteratureError while another process adds, StoreError (a full disk among them).
        """
        tally = Tally()
        given = self._units((replace(source, name=called(source.name)) for source in sources(paths, self.limits)), tally)
        with self.papers.writing():
            complete: dict[str, bool] = {}
            for unit, submissions in self._read(given, executor):
                source = unit.source
                self._store(submissions, tally, source.name)
                complete[source.sha256] = complete.get(source.sha256, True) and all(s.paper for s in submissions)
                if unit.last and complete.pop(source.sha256) and not source.problem:
                    self.papers.finish(source.sha256, self.ways.collection, source.name)
            self.catch_up(tally, least=1)
        return tally

    def add_read(self, submissions: Iterator[Submission]) -> Tally:
        """Add papers that were read already. Raises as :meth:`add`."""
        tally = Tally()
        with self.papers.writing():
            for submission in submissions:
                self._store([submission], tally, submission.name, again=True)
            self.catch_up(tally, least=1)
        return tally

    def catch_up(self, tally: Tally, least: int) -> None:
        """Hand to the index what it does not have, once there are ``least`` such documents."""
        while self.index is not None:
            waiting = self.papers.unindexed(INDEXED)
            if len(waiting) < max(1, least):
                return
            found = self.papers.with_passages(waiting)
            tally.passages += self.index.add([d for d, _ in found], [p for _, passages in found for p in passages])
            self.papers.set_indexed(waiting, True)

    def _store(self, submissions: Sequence[Submission], tally: Tally, name: str, *, again: bool = False) -> None:
        """Store what is not stored yet; with ``again`` all of it, since a service may know more of a paper than before."""
        done: frozenset[int] = frozenset()
        if submissions and not again:
            done = self.papers.done(submissions[0].source_hash, self.ways.collection, submissions[0].item, submissions[-1].item)
        fresh = [s for s in submissions if s.item not in done]
        tally.duplicate += len(submissions) - len(fresh)
        if fresh:
            tally.count(self.papers.store(fresh, self.ways.collection))
        self.progress(tally, name)
        self._fresh += len(fresh)
        if self._fresh >= INDEXED:
            self._fresh = 0
            self.catch_up(tally, least=INDEXED)

    def _units(self, found: Iterator[Source], tally: Tally) -> Iterator[Unit]:
        for source in found:
            tally.files += 1
            done = self.papers.done(source.sha256, self.ways.collection)
            if WHOLE in done:
                tally.before += 1
                self.progress(tally, source.name)
            elif source.kind != "jsonl" or source.problem:
                yield Unit(source)
            else:
                yield from self._lines(source, done)

    def _lines(self, source: Source, done: frozenset[int]) -> Iterator[Unit]:
        """The lines of a file, some at a time, without those that are stored."""
        held: list[bytes] = []
        first = number = 0
        bare = replace(source, data=None, path=None)
        try:
            for number, line in enumerate(lines_of(source, self.limits)):
                if number - first >= LINES:
                    if not set(range(first, number)) <= done:
                        yield Unit(bare, first, tuple(held), last=False)
                    held, first = [], number
                held.append(line)
        except (Unreadable, OSError) as error:
            yield Unit(replace(bare, problem=f"line {number + 2}: {error}"), number + 1, last=False)
        yield Unit(bare, first, tuple(held))

    def _read(self, units: Iterator[Unit], executor: StreamExecutor) -> Iterator[tuple[Unit, list[Submission]]]:
        """Each unit with what was read of it, in order. Where a worker process dies, the rest is read one by one, so that it is known of which file."""
        waiting: deque[Unit] = deque()

        def handed() -> Iterator[tuple[Unit, Ways]]:
            for unit in units:
                waiting.append(unit)
                yield unit, self.ways

        try:
            for submissions in executor.stream(read_unit, handed()):
                yield waiting.popleft(), submissions
            return
        except MolwrightError as error:
            if "worker process died" not in str(error):
                raise
        with ProcessExecutor(1) as alone:
            while unit := waiting.popleft() if waiting else next(units, None):
                try:
                    yield unit, alone.map(read_unit, [(unit, self.ways)])[0]
                except MolwrightError:
                    yield (
                        unit,
                        [
                            Submission(
                                unit.source.sha256, unit.first, unit.source.name, None, "reading it ended the process (out of memory?)"
                            )
                        ],
                    )


def read_unit(job: tuple[Unit, Ways]) -> list[Submission]:
    """What a unit holds, ready to be stored; never raises for what stands in a file."""
    unit, ways = job
    source = unit.source
    if source.problem:
        return [Submission(source.sha256, unit.first, source.name, None, source.problem)]
    found: list[Submission] = []
    try:
        with _patience(PATIENCE):
            for item, name, record in read.records(source, unit.first, unit.lines):
                found.append(_submission(source, item, clean(name), record, ways))
    except (Unreadable, OSError) as error:
        reason = f"it cannot be read: {error.strerror or error}" if isinstance(error, OSError) else str(error)
        found.append(Submission(source.sha256, unit.first + len(found), source.name, None, reason))
    except Exception as error:  # a reader that fails on one file must not keep the others out
        found.append(Submission(source.sha256, unit.first + len(found), source.name, None, _failed(error)))
    if not found and not unit.lines and source.kind != "jsonl":
        found.append(Submission(source.sha256, unit.first, source.name, None, "there is no record in it"))
    return found


def _submission(source: Source, item: int, name: str, record: Any, ways: Ways) -> Submission:
    try:
        if isinstance(record, Unreadable):
            raise record
        return Submission(source.sha256, item, name, paper_of(record, source.name, ways))
    except Unreadable as error:
        return Submission(source.sha256, item, name, None, str(error))
    except Exception as error:  # as above, of one record among many
        return Submission(source.sha256, item, name, None, _failed(error))


def _failed(error: Exception) -> str:
    said = " ".join(str(error).split())[:300]
    if isinstance(error, ImportError):
        return f"what reads it is not installed: {said}"
    return f"reading it failed ({type(error).__name__}: {said}); this is a fault of molwright's or of the file"


@contextmanager
def _patience(seconds: int) -> Iterator[None]:
    """Raise Unreadable when the block takes longer than ``seconds``; without a limit outside of a process's main thread."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def give_up(number: int, frame: Any) -> None:
        raise Unreadable(f"it was still being read after {seconds} s and was given up")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
