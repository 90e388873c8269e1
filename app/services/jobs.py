"""Long work beside the requests: screens of libraries, tables of files, costly computations of a structure, the training of own models, evaluation suites.

Each is a folder of ``jobs`` in the home folder: what was asked for (``job.json``, never changed), how it stands (``state.json``, replaced as a
whole), the files that came along and what was made of them. Whoever executes it holds a lock on the folder that ends with its process, so
that a job whose worker died is seen to be left and the next worker takes it over.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
import time
import uuid
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from core.errors import MolwrightError, NotFoundError, StatusError, StoreError

JobKind = Literal["screen", "table", "computation", "training", "suite"]
JobStatus = Literal["waiting", "queued", "running", "cancelling", "cancelled", "finished", "failed"]
#: A job with one of these is over.
OVER: tuple[JobStatus, ...] = ("cancelled", "finished", "failed")
#: Most jobs of one person that are not over.
MOST_WAITING = 20
#: Seconds of work after which a job ends with what it has.
LONGEST = 4 * 3600.0
#: Seconds between two states that are written.
WRITTEN = 0.5

#: The folder of a job with the files that came along.
GIVEN = "given"

_ID = re.compile(r"[0-9a-f]{16}")
_STATE: dict[str, Any] = {
    **{"status": "queued", "progress": {}, "result": {}, "error": "", "started_at": "", "finished_at": ""},
    **{"lost": 0, "seconds": 0.0},
}


class JobCancelled(Exception):
    """Somebody cancelled the job that is executed."""


class JobPutBack(Exception):
    """The worker has to leave, or a run waits: the job goes back to its place."""


class JobTooLong(Exception):
    """The job has worked as long as one may."""


@dataclass(frozen=True)
class Job:
    """A job as it stands.

    Attributes:
        job_id: under which it is found.
        kind: what is to be done.
        title: what people call it.
        asked: what was asked for, as JSON values.
        user: who asked.
        created_at, started_at, finished_at: when, ISO 8601 UTC; empty while it has not.
        status: 'waiting' for a person's yes, 'queued' for a worker, ...
        progress: how far it is, as JSON values.
        result: what it came to, as JSON values; empty while it has not ended.
        error: why it failed.
        lost: how many workers died over it.
        seconds: how long it was worked on so far.
        executed: whether a process works on it now.
        position: its place among the jobs that wait for a worker, from 1; 0 where it does not.
    """

    job_id: str
    kind: JobKind
    title: str
    asked: dict[str, Any]
    user: str
    created_at: str
    status: JobStatus
    progress: dict[str, Any]
    result: dict[str, Any]
    error: str
    started_at: str
    finished_at: str
    lost: int
    seconds: float
    executed: bool
    position: int = 0

    @property
    def over(self) -> bool:
        """Whether nothing more happens to it."""
        return self.status in OVER


class JobStore:
    """The jobs of a home folder.

    ``only``: the name of a person, whose jobs alone are there; empty for all, as workers and whoever sits at the machine have them.
    """

    def __init__(self, home: Path, clock: Callable[[], datetime], only: str = "") -> None:
        self._folder = home / "jobs"
        self._clock = clock
        self._only = only
        self._over: set[str] = set()

    def create(
        self, kind: JobKind, title: str, asked: Mapping[str, Any], user: str, files: Mapping[str, bytes], *, waits: bool = False
    ) -> Job:
        """Store a job with its files; a worker executes it. ``waits``: not before :meth:`approve`.

        StatusError where too many of the person wait already, StoreError where it cannot be written.
        """
        if sum(not job.over and job.user == user for job in self._every()) >= MOST_WAITING:
            raise StatusError(f"{MOST_WAITING} of your jobs wait already; wait until some are done, or cancel some")
        job_id = uuid.uuid4().hex[:16]
        request = {"kind": kind, "title": title[:200], "asked": dict(asked), "user": user, "created_at": self._clock().isoformat()}
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            made = Path(tempfile.mkdtemp(prefix="new-", dir=self._folder))
            (made / GIVEN).mkdir()
            for name, content in files.items():
                (made / GIVEN / name).write_bytes(content)
            (made / "lock").touch()
            (made / "job.json").write_text(json.dumps(request, ensure_ascii=False), encoding="utf-8")
            _write(made, {**_STATE, "status": "waiting" if waits else "queued"})
            made.rename(self._folder / job_id)  # from now on it is there as a whole
        except OSError as error:
            raise StoreError(f"the job cannot be kept in {self._folder}: {error.strerror or error}") from error
        return self.find(job_id)

    def find(self, job_id: str, kind: JobKind | None = None) -> Job:
        """The job with this id, of this kind. NotFoundError."""
        folder = self.folder(job_id)
        try:
            job = _read(folder)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise NotFoundError(f"there is no job {job_id!r}") from error
        if (kind is not None and job.kind != kind) or (self._only and job.user != self._only):
            raise NotFoundError(f"there is no job {job_id!r}")
        if job.status != "queued":
            return job
        ahead = [other for other in self._waiting() if (other.created_at, other.job_id) < (job.created_at, job.job_id)]
        return Job(**{**vars(job), "position": len(ahead) + 1})

    def all(self, kind: JobKind) -> list[Job]:
        """Every job of a kind, newest first."""
        mine = (job for job in self._every() if job.kind == kind and self._only in ("", job.user))
        return sorted(mine, key=lambda job: (job.created_at, job.job_id), reverse=True)

    def folder(self, job_id: str) -> Path:
        """Where the files of a job are. NotFoundError for what is no id of one."""
        if not _ID.fullmatch(job_id):
            raise NotFoundError(f"there is no job {job_id[:60]!r}")
        return self._folder / job_id

    def approve(self, job_id: str) -> None:
        """Let a waiting job be executed. StatusError for one that does not wait, NotFoundError."""
        with self._changed(job_id) as job:
            if job.status != "waiting":
                raise StatusError(f"the job {job_id} does not wait for a yes, its status is {job.status!r}")
            _write(self.folder(job_id), _state(self.folder(job_id)) | {"status": "queued"})

    def cancel(self, job_id: str) -> None:
        """End a job: at once, or at the next step of the process that executes it. StatusError for one that is over, NotFoundError."""
        job = self.find(job_id)
        if job.over:
            raise StatusError(f"the job {job_id} is over, its status is {job.status!r}")
        (self.folder(job_id) / "cancel").touch()
        with _locked(self.folder(job_id)) as held:
            state = _state(self.folder(job_id))
            if held and state["status"] not in OVER:
                _write(self.folder(job_id), state | {"status": "cancelled", "finished_at": self._clock().isoformat()})

    def delete(self, job_id: str) -> None:
        """Remove a job that is over or waits for a yes, with its files. StatusError for another one, NotFoundError."""
        with self._changed(job_id) as job:
            if not job.over and job.status != "waiting":
                raise StatusError(f"the job {job_id} is not over, its status is {job.status!r}: cancel it first")
            gone = self._folder / f"gone-{job_id}"
            self.folder(job_id).rename(gone)
        shutil.rmtree(gone, ignore_errors=True)

    @contextmanager
    def next_held(self, attempts: int, leaving: Callable[[], bool]) -> Iterator[HeldJob | None]:
        """The job whose turn it is, for the length of the block; None where there is none. No other process gets it meanwhile.

        One that lost ``attempts`` workers has failed and says so. ``leaving``: whether whoever executes it wants to end.
        """
        for job in self._waiting():
            folder = self.folder(job.job_id)
            with _locked(folder) as held:
                if not held:
                    continue
                state = _state(folder)
                if state["status"] not in ("queued", "running", "cancelling"):
                    continue  # somebody else was quicker
                state["lost"] += state["status"] == "running"
                if state["lost"] >= attempts:
                    what = f"{attempts} workers died while they executed it" if attempts > 1 else "its worker died"
                    _write(folder, state | {"status": "failed", "error": what, "finished_at": self._clock().isoformat()})
                    continue
                state |= {"status": "running", "started_at": state["started_at"] or self._clock().isoformat()}
                _write(folder, state)
                yield HeldJob(job, folder, state, leaving, self._clock)
                return
        yield None

    def _waiting(self) -> list[Job]:
        """The jobs that want a worker and have none, first come first served."""
        every = list(self._every(self._over))  # a worker asks every second
        self._over |= {job.job_id for job in every if job.over}
        found = [job for job in every if not job.over and job.status != "waiting" and not job.executed]
        return sorted(found, key=lambda job: (job.created_at, job.job_id))

    def _every(self, known: Collection[str] = ()) -> Iterator[Job]:
        """Every job that can be read, but those whose ids are ``known``."""
        try:
            names = sorted(os.listdir(self._folder))
        except OSError:
            return
        for name in names:
            if name in known or not _ID.fullmatch(name):
                continue
            try:
                yield _read(self._folder / name)
            except (OSError, ValueError, KeyError, TypeError, NotFoundError):  # deleted meanwhile, or damaged
                continue

    @contextmanager
    def _changed(self, job_id: str) -> Iterator[Job]:
        """A job that nobody executes while it is changed. StatusError."""
        self.find(job_id)
        with _locked(self.folder(job_id)) as held:
            if not held:
                raise StatusError(f"the job {job_id} is being executed: cancel it first")
            yield self.find(job_id)


class HeldJob:
    """A job in the hands of the process that executes it."""

    def __init__(self, job: Job, folder: Path, state: dict[str, Any], leaving: Callable[[], bool], clock: Callable[[], datetime]) -> None:
        self.job, self.folder = job, folder
        self._state, self._leaving, self._clock = state, leaving, clock
        self._since = self._written = time.monotonic()
        self._before = float(state["seconds"])

    def go_on(self, progress: Mapping[str, Any], *, whole: bool = False) -> None:
        """Say how far the job is. ``whole``: it cannot go on where it stopped, so it does not give way to a run.

        Raises JobCancelled, JobPutBack or JobTooLong where it may not go on.
        """
        now = time.monotonic()
        if (self.folder / "cancel").exists():
            raise JobCancelled
        if now - self._written >= WRITTEN:
            self._written = now
            self._save({"progress": dict(progress)})
        if self._before + now - self._since > LONGEST:
            raise JobTooLong
        if not whole and self._leaving():
            self._save({"progress": dict(progress)})
            raise JobPutBack

    def end(self, status: JobStatus, *, result: Mapping[str, Any] | None = None, error: str = "") -> None:
        """Write how it ended."""
        self._save({"status": status, "result": dict(result or {}), "error": error, "finished_at": self._clock().isoformat()})

    def given(self, name: str) -> Path:
        """A file that came along with the job."""
        return self.folder / GIVEN / name

    def put_back(self) -> None:
        """Leave it to the next worker."""
        self._save({"status": "queued"})

    def _save(self, changes: Mapping[str, Any]) -> None:
        self._state |= {"seconds": self._before + time.monotonic() - self._since, **changes}
        _write(self.folder, self._state)


def _read(folder: Path) -> Job:
    request = json.loads((folder / "job.json").read_text(encoding="utf-8"))
    executed = _executed(folder)  # looked at first: the end of one that is executed must not be missed
    state = _state(folder)
    if state["status"] == "running" and (folder / "cancel").exists():
        state["status"] = "cancelling"
    return Job(job_id=folder.name, **request, **state, executed=executed and state["status"] not in OVER)


def _state(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "state.json").read_text(encoding="utf-8"))
    return found


def _write(folder: Path, state: Mapping[str, Any]) -> None:
    try:
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=folder, suffix=".part", delete=False) as file:
            json.dump(state, file, ensure_ascii=False)
        os.replace(file.name, folder / "state.json")
    except OSError as error:
        raise StoreError(f"the state of the job {folder.name} cannot be written: {error.strerror or error}") from error


@contextmanager
def _locked(folder: Path, *, shared: bool = False) -> Iterator[bool]:
    """Whether the lock of a job is had, which it is then for the length of the block."""
    import fcntl

    try:
        file = (folder / "lock").open("a")
    except OSError as error:
        raise NotFoundError(f"there is no job {folder.name!r}") from error
    with file:
        try:
            fcntl.flock(file.fileno(), (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        except OSError as error:
            raise MolwrightError(f"the job {folder.name} cannot be locked: {error.strerror or error}") from error
        else:
            yield True


def _executed(folder: Path) -> bool:
    with _locked(folder, shared=True) as free:
        return not free
