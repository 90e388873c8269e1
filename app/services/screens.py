"""Screens of libraries that came with a request: stored as jobs, executed by a worker, each with its result at an address of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app import wiring
from app.services.job_work import hours
from app.services.jobs import LONGEST, HeldJob, Job, JobStore, JobTooLong
from app.services.libraries import LibraryResult, LibraryScreen, LibraryService
from app.services.lists import Upload, plain_name
from core.candidate import Candidate
from core.errors import NotFoundError, StatusError, UsageError
from core.report import Report
from core.settings import Settings
from core.spec import DesignSpec

#: Most records that one screen reads, and bytes that a library has unpacked or not, as it comes.
MOST_RECORDS = 1_000_000
#: Structures that a report lists at most, and calls of a costly calculator that a screen may be asked to make.
MOST_LISTED, MOST_CALLS = 1000, 10_000
#: Tables that a screen leaves beside its report, and what each holds.
TABLES = {
    "hits": "every structure that meets the goal",
    "unreadable": "records that could not be read",
    "blocked": "records that the safety guard blocks",
    "not_computed": "structures that meet everything else, for which no call was left",
}


class ScreenService:
    """Queues screens and shows what they came to."""

    def __init__(self, settings: Settings, jobs: JobStore, libraries: LibraryService) -> None:
        self._settings, self._jobs, self._libraries = settings, jobs, libraries

    def start(
        self,
        upload: Upload,
        goal: str | DesignSpec,
        *,
        listed: int = 100,
        smiles_column: str = "",
        calls: int | None = None,
        despite_objections: bool = False,
        user: str = "",
    ) -> Job:
        """Put a screen into the queue. ``calls``: how often each costly calculator that the goal needs may be called; None: by what a call costs.

        The goal is read and the file begun at once, so that what cannot be used is said now: raises as :meth:`LibraryService.spec`, UsageError
        for a file that is none of structures, StatusError where too many jobs wait.
        """
        spec = self._libraries.spec(goal, listed, calls=calls, despite_objections=despite_objections)
        name = plain_name(upload.name)
        self._libraries.look_at(upload, smiles_column)
        asked = {"spec": spec.model_dump(mode="json"), "library": name, "column": smiles_column, "bytes": len(upload.content)}
        title = f"{name}: {spec.goal}" if spec.goal else name
        return self._jobs.create("screen", title, asked, user or wiring.user_name(self._settings), {name: upload.content})

    def spec(self, job: Job) -> DesignSpec:
        """What the library is held against."""
        return DesignSpec.model_validate(job.asked["spec"])

    def work(self, held: HeldJob) -> Mapping[str, Any]:
        """Execute a screen, going on where an earlier worker stopped; the counts of what was found."""
        asked = self._asked(held)
        ended = f"the library {asked.library.name} was read to its end"

        def told(event: Mapping[str, Any]) -> None:
            held.go_on(event)

        try:
            found = self._libraries.run(asked, limit=MOST_RECORDS, progress=told)
            if found.screened.read >= MOST_RECORDS:
                ended = f"{MOST_RECORDS:,} records were read, the most for one screen; molwright screen takes any number"
        except JobTooLong:
            ended = f"it ended after {hours(LONGEST)} of work, the most for one screen, before the library was read to its end"
            found = self._libraries.run(asked, limit=0, call=False, progress=lambda told: None)
        report = found.report.model_copy(update={"stop_reason": ended})
        (held.folder / "report.json").write_text(report.model_dump_json(), encoding="utf-8")
        self._all_read(found)
        done = found.screened
        counts = {"read": done.read, "hits": done.hits, "unreadable": done.unreadable, "blocked": done.blocked, "failed": done.failed}
        not_read = [list(entry) for entry in found.unreadable]
        return {**counts, "notes": list(done.notes), "not_read": not_read, "ended": ended, "tables": [f.stem for f in found.files]}

    def _asked(self, held: HeldJob) -> LibraryScreen:
        given = held.job.asked
        library = held.given(str(given["library"]))
        asked = self._libraries.prepare(library, self.spec(held.job), held.folder / "screen", str(given["column"]))
        known = held.folder / "identity"  # of the journal: after an update of molwright a screen begins anew
        text = repr(sorted(asked.identity.items()))
        if known.is_file() and known.read_text(encoding="utf-8") != text:
            asked.restart()
        known.write_text(text, encoding="utf-8")
        return asked

    @staticmethod
    def _all_read(found: LibraryResult) -> None:
        if found.screened.unreadable == found.screened.read:
            raise UsageError("no record of the library could be read" if found.screened.read else "the library holds no record")

    def report(self, job_id: str) -> Report:
        """The ranked hits. NotFoundError, StatusError while there is none."""
        job = self._jobs.find(job_id, "screen")
        if job.status != "finished":
            raise StatusError(f"the screen {job_id} has no result, its status is {job.status!r}{f': {job.error}' if job.error else ''}")
        return Report.model_validate_json((self._jobs.folder(job_id) / "report.json").read_text(encoding="utf-8"))

    def hits(self, job_id: str, limit: int, offset: int) -> tuple[Sequence[Candidate], int]:
        """The ranked hits of the report, ``limit`` of them after the first ``offset``, and how many it lists."""
        listed = self.report(job_id).candidates
        return listed[offset : offset + limit], len(listed)

    def table(self, job_id: str, name: str) -> bytes:
        """One of :data:`TABLES` as CSV. NotFoundError where there is none."""
        self.report(job_id)  # says why there is none yet
        if name not in TABLES or name not in self._jobs.find(job_id).result["tables"]:
            raise NotFoundError(f"the screen {job_id} has no table {name[:40]!r}")
        return (self._jobs.folder(job_id) / "screen" / f"{name}.csv").read_bytes()

    def rejected(self, job: Job) -> list[tuple[str, str, int]]:
        """(id, words, number) of what rejected records, the most frequent first."""
        from tools.screening.report import failed_words

        return list(failed_words(self.spec(job), dict(job.result.get("failed", {}))))
