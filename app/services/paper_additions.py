"""Papers that come with a request: read and stored beside it, one addition after the other, each at an address that says how far it is."""

from __future__ import annotations

import logging
import queue
import shutil
import threading
import uuid
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from app import wiring
from app.services.lists import Upload, plain_name
from app.services.paper_keeping import PaperKeepingService, named_collection
from core.errors import MolwrightError, NotFoundError, UsageError
from core.settings import Settings

if TYPE_CHECKING:
    from tools.literature.ingest import Tally

log = logging.getLogger(__name__)

#: Most files of one request, and of how many requests the outcome is remembered.
MOST_FILES, REMEMBERED = 200, 50
#: Longest passage, in characters, as on the command line.
LONGEST = 1000
#: Seconds after which an upload that is still there was left behind by a server that was ended.
LEFT_BEHIND = 86_400
#: One addition at a time, whoever asks: a second one would be told that the papers are being changed.
_ONE = threading.Lock()


@dataclass(frozen=True)
class Addition:
    """What became of the files of one request, numbers of papers; ``failures``: name and reason of each that could not be read.

    ``waiting``: it has not ended. ``done`` of ``files`` were looked at. ``problem``: why it ended before its end; '' where it did not.
    """

    addition_id: str
    collection: str
    names: tuple[str, ...]
    waiting: bool = True
    done: int = 0
    added: int = 0
    updated: int = 0
    duplicate: int = 0
    failed: int = 0
    passages: int = 0
    failures: tuple[tuple[str, str], ...] = ()
    problem: str = ""


@dataclass
class _Memory:
    """The additions by id, the oldest first."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    known: dict[str, Addition] = field(default_factory=dict)


class PaperAdditionService:
    """Takes uploaded papers in, in a thread, one addition after the other, because one process at a time may change the papers."""

    def __init__(self, settings: Settings, keeping: Callable[[], PaperKeepingService]) -> None:
        self._settings = settings
        self._keeping = keeping
        self._memory = _Memory()
        self._waiting: queue.Queue[tuple[str, Path]] = queue.Queue()
        self._worker: threading.Thread | None = None

    def begin(self, uploads: Sequence[Upload], collection: str) -> str:
        """Begin to add the files of a request; an id to ask with. UsageError for none or too many of them, or a collection without a name."""
        if not uploads:
            raise UsageError("choose at least one file")
        if len(uploads) > MOST_FILES:
            raise UsageError(f"at most {MOST_FILES} files at once; for more: molwright literature add FOLDER")
        collection = named_collection(collection)
        addition_id = uuid.uuid4().hex[:12]
        uploads_folder = wiring.prepare_home(self._settings) / "uploads"
        _tidy(uploads_folder)
        folder = uploads_folder / addition_id
        names = []
        for number, upload in enumerate(uploads):
            name = plain_name(upload.name, "upload")
            names.append(name)
            place = folder / f"{number:03}"  # two files may be called alike
            place.mkdir(parents=True)
            (place / name).write_bytes(upload.content)
        with self._memory.lock:
            self._memory.known[addition_id] = Addition(addition_id, collection, tuple(names))
            for old in list(self._memory.known)[:-REMEMBERED]:
                del self._memory.known[old]
            if self._worker is None or not self._worker.is_alive():
                self._worker = threading.Thread(target=self._work, name="papers added", daemon=True)
                self._worker.start()
        self._waiting.put((addition_id, folder))
        return addition_id

    def addition(self, addition_id: str) -> Addition:
        """How far an addition is. NotFoundError for one that is not known (any more)."""
        found = self._memory.known.get(addition_id)
        if found is None:
            raise NotFoundError(
                f"nothing is known of the addition {addition_id[:40]!r}: the server was started anew since; the papers say what was added"
            )
        return found

    def _work(self) -> None:
        while True:
            addition_id, folder = self._waiting.get()
            try:
                with _ONE:
                    self._add(addition_id, folder)
            except MolwrightError as error:
                self._change(addition_id, waiting=False, problem=str(error))
            except Exception:
                log.exception("papers were not added")
                self._change(addition_id, waiting=False, problem="something went wrong here; the server's log says what")
            finally:
                shutil.rmtree(folder, ignore_errors=True)

    def _add(self, addition_id: str, folder: Path) -> None:
        def tell(tally: Tally, name: str) -> None:
            self._change(addition_id, done=min(tally.files, len(paths)), **_numbers(tally))  # an archive counts its members

        paths = sorted(path for place in folder.iterdir() for path in place.iterdir())
        collection = self._memory.known[addition_id].collection

        def called(name: str) -> str:
            return name.removeprefix(f"{folder}/").partition("/")[2] or name  # without the folders that were made for it here

        tally = self._keeping().add(paths, collection=collection, longest=LONGEST, overlap=0, progress=tell, called=called)
        failures = tuple((o.name, o.reason) for o in tally.outcomes)
        self._change(addition_id, waiting=False, done=len(paths), passages=tally.passages, failures=failures, **_numbers(tally))

    def _change(self, addition_id: str, **changes: object) -> None:
        with self._memory.lock:
            known = self._memory.known.get(addition_id)
            if known is not None:
                self._memory.known[addition_id] = replace(known, **changes)  # type: ignore[arg-type]


def _tidy(folder: Path) -> None:
    """Remove uploads that a server left behind when it was ended."""
    for old in folder.glob("*"):
        with suppress(OSError):
            if wiring.now().timestamp() - old.stat().st_mtime > LEFT_BEHIND:
                shutil.rmtree(old, ignore_errors=True)


def _numbers(tally: Tally) -> dict[str, int]:
    """Papers by what became of them; a file that was stored whole before counts as one that is there already."""
    return {"added": tally.added, "updated": tally.updated, "duplicate": tally.duplicate + tally.before, "failed": tally.failed}
