"""Libraries of any size held against a goal."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from app import wiring
from app.services.lists import Upload, on_disk
from core.approval import looked_at
from core.errors import RefusedError, UsageError
from core.report import Report
from core.settings import Settings
from core.spec import DesignSpec

if TYPE_CHECKING:
    from core.interfaces import StreamExecutor
    from tools.screening.dear import Dear
    from tools.screening.journal import Journal
    from tools.screening.run import Progress, Screened
    from tools.workspace import Workspace

#: Records that could not be read and are shown at once; a table lists all.
UNREADABLE_SHOWN = 5
#: Most records of a library that is screened while somebody waits.
AT_ONCE = 500


def can_be_written(folder: Path) -> bool:
    """Whether files can be made in a folder, or in the one above it that is there."""
    there = next((place for place in (folder, *folder.parents) if place.exists()), folder)
    try:
        with tempfile.TemporaryFile(dir=there):
            return True
    except OSError:
        return False


@dataclass(frozen=True)
class LibraryScreen:
    """A library to be held against a spec.

    Attributes:
        library: any file of structures that molwright reads.
        spec: what is wanted.
        folder: where journal and results go.
        identity: hashes of library, spec, column and software; the journal in ``folder`` belongs to them.
        smiles_column: column of a table that holds the structures; empty: found by itself.
        kept: whether the folder stays; where the home folder cannot be written, it is a temporary one that :meth:`end` removes.
    """

    library: Path
    spec: DesignSpec
    folder: Path
    identity: dict[str, str]
    smiles_column: str = ""
    kept: bool = True

    @property
    def run_id(self) -> str:
        """A name for this library and goal."""
        return f"{self.identity['library'][:6]}{self.identity['goal'][:6]}"

    @property
    def journal(self) -> Path:
        """The file that keeps what was found, so that a later call goes on after it."""
        from tools.screening.run import JOURNAL

        return self.folder / JOURNAL

    def restart(self) -> None:
        """Forget what an earlier call found."""
        for suffix in ("", "-wal", "-shm"):
            self.journal.with_name(self.journal.name + suffix).unlink(missing_ok=True)

    def end(self) -> None:
        """Remove a folder that is not kept."""
        if not self.kept:
            shutil.rmtree(self.folder, ignore_errors=True)


@dataclass(frozen=True)
class LibraryResult:
    """What a screen came to.

    Attributes:
        report: the ranked hits.
        screened: how many records were read, met the spec, or were rejected and why.
        unreadable: line, name and reason of the first records that could not be read.
        files: tables written into the folder: hits, and what could not be read or was blocked.
    """

    report: Report
    screened: Screened
    unreadable: list[tuple[int, str, str]]
    files: list[Path]


class LibraryService:
    """Holds libraries against goals."""

    def __init__(self, settings: Settings, *, clock: Callable[[], datetime] = wiring.now) -> None:
        self.settings = settings
        self.clock = clock

    @cached_property
    def _workspace(self) -> Workspace:
        """What the user has when it is first asked for: the whole screen is judged by it."""
        return wiring.open_workspace(self.settings)

    def spec(self, goal: str | DesignSpec, listed: int, *, calls: int | None = None, despite_objections: bool = False) -> DesignSpec:
        """What a library is held against: a goal or a spec, without the wish for a route; ``listed``: how many the report ranks.

        ``calls``: how often each costly calculator that it needs may be called; None: by what a call costs.
        Raises RefusedError if the guard blocks or stops the goal or what the spec names, GoalError or SpecError for what cannot be used,
        UnreadGoal where a rule wants a person to look at the spec first, unless ``despite_objections``.
        """
        from agent.reading import interpret
        from agent.spec_check import check_spec
        from tools.safety.spec import spec_verdict
        from tools.screening.dear import with_screen_calls

        made = (
            check_spec(goal, catalogue=self._workspace.catalogue)
            if isinstance(goal, DesignSpec)
            else interpret(goal, met_probability=self.settings.search.met_probability, workspace=self._workspace)
        )
        objectives = [o for o in made.objectives if o.property != "route"]  # no route is looked for in a library
        assumptions = [a for a in made.assumptions if not a.text.startswith("candidates with a known route")]
        spec = made.model_copy(update={"objectives": objectives, "assumptions": assumptions, "candidates": listed})
        spec = with_screen_calls(spec, calls, self._workspace.calculators)
        verdict = spec_verdict(spec)
        if verdict.verdict == "block":
            raise RefusedError("the safety guard refused this goal. " + "; ".join(f"{h.id}: {h.reason}" for h in verdict.rules))
        return looked_at(spec, despite_objections=despite_objections)

    def look_at(self, upload: Upload, smiles_column: str = "") -> None:
        """Begin to read a library that came with a request. UsageError where it is none that molwright reads, or holds no record."""
        from tools.files.records import records

        with on_disk(upload) as path:
            if next(iter(records(path, 0, smiles_column)), None) is None:
                raise UsageError(f"{path.name} holds no record")

    def prepare(self, library: Path, spec: DesignSpec, folder: Path | None = None, smiles_column: str = "") -> LibraryScreen:
        """The screen of ``library`` against ``spec``. ``folder``: by default one in the home folder, by library and goal. NotFoundError.

        Where the home folder cannot be written the screen is made all the same, in a folder that is not kept.
        """
        from tools.screening.run import identity

        known = identity(library, spec, smiles_column, calculators=self._workspace.calculators)
        if folder is not None:
            return LibraryScreen(library, spec, folder, known, smiles_column)
        place = self.settings.home / "screens" / f"{library.name.split('.')[0]}-{known['library'][:6]}{known['goal'][:6]}"
        if can_be_written(place):
            return LibraryScreen(library, spec, place, known, smiles_column)
        return LibraryScreen(library, spec, Path(tempfile.mkdtemp(prefix="molwright-screen-")), known, smiles_column, kept=False)

    def run(
        self,
        asked: LibraryScreen,
        *,
        workers: int | None = None,
        ray: str = "",
        limit: int | None = None,
        call: bool = True,
        progress: Progress,
    ) -> LibraryResult:
        """Hold every record against the spec, going on where an earlier call stopped, and rank those that meet it.

        What is cheap comes first; costly calculators that the spec needs are then called for what is left, on this machine. ``workers``: processes, or Ray tasks where ``ray``
        is the address of a cluster; by default what the settings say. ``limit``: read at most so many records. ``call``: whether calls are made, or only what an
        earlier call computed counts. ``progress`` also gets 'calls', 'allowed' and 'calculator' while they are made. Raises NotFoundError, UsageError and StoreError.
        """
        from tools.screening.dear import cheap_part
        from tools.screening.journal import Journal
        from tools.screening.run import screen

        journal = Journal(asked.journal, asked.identity)
        executor = self._executor(workers, ray)
        try:
            done = screen(
                asked.library,
                cheap_part(asked.spec, self._workspace.calculators),
                journal,
                executor,
                smiles_column=asked.smiles_column,
                progress=progress,
                limit=limit,
                calculators=self._workspace.calculators,
            )
            result = self._result(asked, journal, done, call=call, progress=progress)
        finally:
            executor.close()
            journal.close()  # it keeps every other process out
        return result

    def at_once(self, upload: Upload, spec: DesignSpec, *, call: bool = False) -> LibraryResult:
        """A small library that came with a request, held against ``spec`` in this process; nothing is kept, and no file is named.

        ``call``: whether somebody waits while costly calculators are called. Raises UsageError for a library of more than :data:`AT_ONCE` records or one of which no
        record can be read, for a spec that needs calls unless ``call``, and as :meth:`run`.
        """
        from tools.files.records import records

        if spec.calls and not call:
            from tools.search.costly import told_of_costs

            needs = "; ".join(a.text for a in told_of_costs(spec, spec.calls))
            raise UsageError(
                f"this goal needs calls that take too long to wait for: let a worker screen the library (POST /libraries), or molwright screen. {needs}"
            )

        with on_disk(upload) as path:
            number = sum(1 for _ in islice(records(path), AT_ONCE + 1))
            if number > AT_ONCE:
                raise UsageError(f"at most {AT_ONCE} records are screened at once; molwright screen takes any number of them")
            asked = self.prepare(path, spec, path.parent / "screen")
            result = replace(self.run(asked, workers=1, progress=lambda told: None), files=[])
        if result.screened.unreadable == result.screened.read:
            raise UsageError("no record of the library could be read" if result.screened.read else "the library holds no record")
        return result

    def _result(self, asked: LibraryScreen, journal: Journal, done: Screened, *, call: bool, progress: Progress) -> LibraryResult:
        from tools.screening.dear import rows
        from tools.screening.report import report_of, write_hits, write_rejects

        dear = self._computed(asked, journal, done, call=call, progress=progress)
        if dear is not None:
            failed = dict((Counter(done.failed) + dear.failed).most_common())
            done = replace(done, hits=len(dear.met), failed=failed, notes=(*done.notes, *dear.notes()))
        created = self.clock().isoformat()
        report = report_of(
            journal,
            asked.spec,
            done,
            run_id=asked.run_id,
            created_at=created,
            library=asked.library.name,
            met=None if dear is None else sorted(dear.met.values(), key=lambda c: (-(c.score or 0.0), c.key)),
            uses=() if dear is None else dear.uses,
            calculators=self._workspace.calculators,
        )
        asked.folder.mkdir(parents=True, exist_ok=True)
        files = [asked.folder / "hits.csv"]
        write_hits(journal.hits() if dear is None else rows(journal, dear), asked.spec, files[0])
        if dear is not None and dear.left:
            files.append(asked.folder / "not_computed.csv")
            write_hits((hit for hit in journal.hits() if hit["key"] in dear.left), asked.spec, files[-1])
        for table in ("unreadable", "blocked"):
            if write_rejects(journal, table, asked.folder / f"{table}.csv"):
                files.append(asked.folder / f"{table}.csv")
        first = [(line, name, reason) for _, line, name, reason in islice(journal.listed("unreadable"), UNREADABLE_SHOWN)]
        return LibraryResult(report, done, first, files)

    def _computed(self, asked: LibraryScreen, journal: Journal, done: Screened, *, call: bool, progress: Progress) -> Dear | None:
        """What costly calculators made of what passed the rest; None where the spec needs none."""
        from tools.screening.dear import computed

        if not asked.spec.calls:
            return None

        def told(calculator: str, made: int, allowed: int) -> None:
            seen = {"read": done.read, "hits": done.hits, "unreadable": done.unreadable, "part": 1.0}
            progress({**seen, "calculator": calculator, "calls": made, "allowed": allowed})

        with closing(wiring.open_callers(self.settings)) as callers:
            return computed(journal, asked.spec, callers if call else None, progress=told, calculators=self._workspace.calculators)

    def _executor(self, workers: int | None, ray: str) -> StreamExecutor:
        if ray:
            from tools.execution_ray import RayExecutor

            return RayExecutor(ray, workers)
        from tools.execution import ProcessExecutor, SerialExecutor

        number = workers or self.settings.workers.processes
        return ProcessExecutor(number) if number > 1 else SerialExecutor()
