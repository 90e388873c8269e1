"""Every property of every record of a file that came with a request: stored as a job, executed by a worker, a table at an address of its own."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app import wiring
from app.services.jobs import HeldJob, Job, JobStore, JobTooLong
from app.services.libraries import LibraryService
from app.services.lists import Upload, plain_name
from app.services.structures import StructureService
from core.errors import MolwrightError, StatusError
from core.settings import Settings
from core.spec import EstimationConditions

if TYPE_CHECKING:
    from tools.reporting.value_tables import ValueRow

#: Most records of a file.
MOST_RECORDS = 5000
ROWS = "rows.jsonl"
#: Columns of a table that nobody chose columns for.
USUAL = ("molecular_weight", "logp", "melting_point", "aqueous_solubility", "glass_transition_temperature", "thermal_stability")


class StructureTableService:
    """Queues tables of properties and shows them."""

    def __init__(self, settings: Settings, jobs: JobStore, structures: StructureService, libraries: LibraryService) -> None:
        self._settings, self._jobs = settings, jobs
        self._structures, self._libraries = structures, libraries

    def start(self, upload: Upload, user: str = "") -> Job:
        """Put the table of a file into the queue. UsageError for a file that is none of structures, StatusError where too many jobs wait."""
        self._libraries.look_at(upload)
        name = plain_name(upload.name)
        return self._jobs.create("table", name, {"file": name}, user or wiring.user_name(self._settings), {name: upload.content})

    def work(self, held: HeldJob) -> Mapping[str, Any]:
        """Compute the values, going on after the rows that an earlier worker wrote; the counts of what was read."""
        from tools.files.records import StructureFile

        path = held.folder / ROWS
        done = _whole_rows(path)
        file, unread, ended = StructureFile(held.given(str(held.job.asked["file"]))), 0, "the file was read to its end"
        unread = sum(bool(row.fault) for row in self._rows_of(path))
        read = done
        with path.open("a", encoding="utf-8") as out:
            try:
                for record in file.records(done):
                    held.go_on({"read": read, "unreadable": unread})
                    if read >= MOST_RECORDS:
                        ended = f"{MOST_RECORDS:,} records were read, the most for one table"
                        break
                    row = self._row(record)
                    unread, read = unread + bool(row.fault), read + 1
                    out.write(json.dumps(asdict(row), ensure_ascii=False) + "\n")
                    out.flush()
            except JobTooLong:
                ended = "it took too long; the rows that were finished are shown"
        return {"read": read, "unreadable": unread, "notes": list(file.notes()), "ended": ended}

    def _row(self, record: Any) -> ValueRow:
        from tools.files.records import smiles_of
        from tools.reporting.value_tables import ValueRow, row_of

        try:
            return row_of(self._structures.values(smiles_of(record), EstimationConditions()), record.line, record.title)
        except (MolwrightError, ValueError) as error:
            return ValueRow(record.line, record.title, fault=str(error)[:300])

    def rows(self, job_id: str, limit: int | None = None, offset: int = 0) -> list[ValueRow]:
        """The rows that are there, ``limit`` of them (None: all) after the first ``offset``, in the order of the file. NotFoundError."""
        self._jobs.find(job_id, "table")
        end = None if limit is None else offset + limit
        return [row for n, row in enumerate(self._rows_of(self._jobs.folder(job_id) / ROWS)) if n >= offset and (end is None or n < end)]

    def columns(self, rows: Sequence[ValueRow], wanted: Sequence[str]) -> tuple[list[str], list[tuple[str, str]]]:
        """The columns shown, and every one that there is with its heading: those ``wanted``, else the usual ones."""
        there = {name for row in rows for name in row.values}
        catalogue = wiring.open_workspace(self._settings).catalogue
        every = [(p.name, f"{p.label}, {p.unit}" if p.unit else p.label) for p in catalogue if p.name in there]
        chosen = [name for name, _ in every if name in set(wanted)]
        return chosen or [name for name, _ in every if name in USUAL], every

    def export(self, job_id: str, form: str, wanted: Sequence[str]) -> bytes:
        """The whole table as 'csv' or 'sdf', with the columns ``wanted``, else every one. StatusError while it is being made."""
        from tools.reporting.value_tables import values_csv, values_sdf

        job = self._jobs.find(job_id, "table")
        if not job.over:
            raise StatusError(f"the table {job_id} is still being made, its status is {job.status!r}")
        rows = self.rows(job_id)
        shown, every = self.columns(rows, wanted)
        names = shown if wanted else [name for name, _ in every]
        catalogue = wiring.open_workspace(self._settings).catalogue
        return (values_sdf if form == "sdf" else values_csv)(rows, names, catalogue=catalogue).encode()

    @staticmethod
    def _rows_of(path: Path) -> Iterator[ValueRow]:
        from tools.reporting.value_tables import ValueRow

        try:
            with path.open(encoding="utf-8") as lines:
                for line in lines:
                    if line.endswith("\n"):  # the last one may be half written
                        yield ValueRow(**json.loads(line))
        except FileNotFoundError:
            return


def _whole_rows(path: Path) -> int:
    """How many rows were written as a whole; half a row at the end is cut off."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return 0
    whole = content[: content.rfind(b"\n") + 1]
    if len(whole) < len(content):
        path.write_bytes(whole)
    return whole.count(b"\n")
