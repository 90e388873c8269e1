"""Starts design runs in processes of their own that die, or stop for a while, at a chosen place.

Run as a program it imports everything once and then forks one process for each job it reads, so that a test does not pay
for the imports a second time. A job is a line of JSON: ``{"do": "spawn", ...}`` answers with the process number,
``{"do": "wait", "pid": N}`` with how it ended (the exit code, or minus the signal).
"""

from __future__ import annotations

import ctypes
import functools
import gc
import importlib
import json
import os
import signal
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tools.workspace import builtin

STAGES = {
    "opening": ("screen", "interpret", "approve", "guard_spec", "research"),
    "loop": ("propose", "standardise", "guard", "estimate", "check", "select"),
    "closing": ("route", "rank", "explain", "report"),
}
#: Nodes whose function has another name.
FUNCTIONS = {"screen": "guard_goal"}
WRITES = ("save_spec", "set_status", "approve_spec", "save_candidates", "add_event", "save_report")


class Trigger:
    """Ends or stops the process when the run comes to one place.

    ``at`` is [stage, generation, moment]; the moments are 'begin' (nothing of the node is done), 'mid' (its first write
    is committed), 'searching' (the literature store is open), 'done' (all its writes are, but no checkpoint knows it), 'saving' (the checkpoint is being written).
    ``write``: after that many writes, wherever that is. ``then``: 'kill', 'interrupt' (Ctrl-C), or 'pause' until the file
    ``go`` is there; 'away' is a pause without signs of life.
    """

    def __init__(self, folder: Path, at: list[Any] | None, write: int, then: str) -> None:
        self.folder, self.at, self.write, self.then = folder, at, write, then
        self.place: tuple[str, int] = ("", 0)
        self.finished: tuple[str, int] | None = None
        self.writes = 0
        self.away = False

    def reach(self, moment: str, place: tuple[str, int] | None = None) -> None:
        """The run is at this moment of ``place`` (the present one unless given)."""
        if self.at is not None and [*(place or self.place), moment] == self.at:
            self.fire()

    def written(self) -> None:
        """A write was committed."""
        self.writes += 1
        self.reach("mid")
        if self.write and self.writes == self.write:
            self.fire()

    def fire(self) -> None:
        """Do what ``then`` says."""
        self.at, self.write = None, 0
        if self.then == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        if self.then == "interrupt":
            raise KeyboardInterrupt
        self.away = self.then == "away"
        (self.folder / f"paused-{os.getpid()}").write_text("")
        while not (self.folder / "go").exists():
            time.sleep(0.02)
        self.away = False


def _observed(node: str, step: Callable[..., Any], trigger: Trigger) -> Callable[..., Any]:
    @functools.wraps(step)
    def run(state: Any, context: Any) -> Any:
        trigger.place = (node, state.get("generation", 0))
        trigger.reach("begin")
        update = step(state, context)
        trigger.reach("done")
        trigger.finished = trigger.place
        return update

    return run


def _after(write: Callable[..., Any], trigger: Trigger) -> Callable[..., Any]:
    @functools.wraps(write)
    def run(*args: Any, **kwargs: Any) -> Any:
        result = write(*args, **kwargs)
        trigger.written()
        return result

    return run


def arm(trigger: Trigger) -> None:
    """Make every node, every write and every checkpoint of this process pass by ``trigger``."""
    from langgraph.checkpoint.postgres import PostgresSaver
    from langgraph.checkpoint.sqlite import SqliteSaver

    from app.services.execution import Execution
    from graphs import closing, loop, opening
    from memory.literature import MilvusLiteratureStore
    from memory.sql.store import SqlRunStore

    for module in (opening, loop, closing):
        for name in STAGES[module.__name__.rpartition(".")[2]]:
            function = FUNCTIONS.get(name, name)
            setattr(module, function, _observed(name, getattr(module, function), trigger))
    search = MilvusLiteratureStore.search

    def observed_search(self: Any, *args: Any, **kwargs: Any) -> Any:
        trigger.reach("searching")
        return search(self, *args, **kwargs)

    MilvusLiteratureStore.search = observed_search  # type: ignore[method-assign]
    heartbeat = SqlRunStore.heartbeat

    def observed_heartbeat(self: Any, lease: Any) -> None:
        if not trigger.away:
            heartbeat(self, lease)

    SqlRunStore.heartbeat = observed_heartbeat  # type: ignore[method-assign]
    for name in WRITES:
        setattr(SqlRunStore, name, _after(getattr(SqlRunStore, name), trigger))
    for saver in (SqliteSaver, PostgresSaver):
        saver.put = _saving(saver.put, trigger)  # type: ignore[method-assign]
    finish = Execution._finish

    def observed_finish(self: Any, *args: Any) -> Any:
        trigger.place = ("finish", 0)
        trigger.reach("begin")
        return finish(self, *args)

    Execution._finish = observed_finish  # type: ignore[method-assign]


def _saving(put: Callable[..., Any], trigger: Trigger) -> Callable[..., Any]:
    @functools.wraps(put)
    def run(*args: Any, **kwargs: Any) -> Any:
        if trigger.finished is not None:
            trigger.reach("saving", trigger.finished)
        return put(*args, **kwargs)

    return run


#: Linux: the rights to write and to read whatever the permissions say, which root has, as bits; and the form in which rights are told.
_WHATEVER_THE_PERMISSIONS, _FORM = 0b110, 0x20080522


def _as_anybody() -> None:
    """From now on root too is held to the permissions of files."""
    libc = ctypes.CDLL(None, use_errno=True)
    about, rights = (ctypes.c_uint32 * 2)(_FORM, 0), (ctypes.c_uint32 * 6)()
    if libc.capget(about, rights):
        raise OSError(ctypes.get_errno(), "the rights cannot be read")
    for place in range(3):  # effective, permitted, inherited
        rights[place] &= ~_WHATEVER_THE_PERMISSIONS
    if libc.capset(about, rights):
        raise OSError(ctypes.get_errno(), "a right cannot be given up")


def work(job: dict[str, Any]) -> int:
    """What a forked process does: the command line ``argv`` with the variables ``env`` (and no others if ``whole_env``) and the file ``stdin``;
    ``as_anybody``: as somebody who is not root."""
    from tools.search import policy

    folder = Path(job["folder"])
    if job.get("whole_env"):
        os.environ.clear()
    os.environ.update(job.get("env", {}))
    for name, fd in (("stdin", 0), ("stdout", 1), ("stderr", 2)):
        place = job.get("stdin", os.devnull) if name == "stdin" else str(folder / f"{name}-{os.getpid()}")
        os.dup2(os.open(place, os.O_RDONLY if fd == 0 else os.O_WRONLY | os.O_CREAT | os.O_TRUNC), fd)
    os.chdir(job.get("cwd", folder))
    if job.get("as_anybody"):
        _as_anybody()
    policy.DEFAULT = policy.SearchPolicy(batch=job.get("batch", policy.DEFAULT.batch))
    if job.get("limit_bytes"):
        import resource

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # writing beyond the limit is then an error, as on a full disk
        resource.setrlimit(resource.RLIMIT_FSIZE, (job["limit_bytes"], job["limit_bytes"]))
    if job.get("armed", True):
        arm(Trigger(folder, job.get("at"), job.get("write", 0), job.get("then", "kill")))
    from app import cli

    sys.argv = ["molwright", *job["argv"]]
    cli.main()
    return 0


def _child(job: dict[str, Any]) -> None:
    code = 99
    try:
        code = work(job)
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else int(bool(error.code))
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


#: What a run imports. Imported before the first fork; no thread may be running after it.
MODULES = (
    "langgraph.checkpoint.postgres",
    "langgraph.checkpoint.sqlite",
    "agent.reading",
    "agent.spec_check",
    "app.cli",
    "app.commands.chemistry",
    "app.commands.design",
    "app.commands.runs",
    "app.services.entry",
    "app.services.runs",
    "evals.replay",
    "graphs.design",
    "memory.checkpoints",
    "memory.literature",
    "memory.recorder",
    "memory.sql.store",
    "tools.literature.corpus",
    "tools.literature.evidence",
    "tools.reporting",
)


def warm() -> None:
    """Import what a run needs, and read the weights."""
    for module in MODULES:
        importlib.import_module(module)
    from agent.reading import interpret
    from core.spec import DesignSpec
    from tools.evaluation.judge import judge
    from tools.search.propose import propose_with
    from tools.synthesis.routes.find import find_route

    # what a run reads once and keeps (weights, tables, building blocks) is read once for all
    spec = interpret("a molecule with melting point below 30 °C, flash point above 60 °C, log S above -3 and stable at 200 °C")
    assert isinstance(spec, DesignSpec)
    workspace = builtin()
    for name, proposer in workspace.proposers.items():
        if proposer.applies(spec, workspace.catalogue):
            proposals = propose_with(name, spec, 0, 2, (), (), workspace=workspace)
            judge(proposals, spec, score=True, calculators=workspace.calculators)
    find_route("CC(=O)Nc1ccccc1", "molecule")
    _small_run()


def _small_run() -> None:
    """One small run to its end: what ranking, reasons and the report read once is more than half of what such a run takes in a new process."""
    from app.services.runs import RunService
    from memory.sql import schema
    from memory.sql.store import SqlRunStore
    from tests.migrated_kit import replayed
    from tests.settings_kit import settings_of

    schema._migrate = replayed
    with tempfile.TemporaryDirectory() as home:
        settings = settings_of(home=Path(home), literature__uri="", store__url="", workers__processes=1, user__name="ada")
        with SqlRunStore(settings.sql_url(), lease_seconds=settings.store.lease_seconds) as store:
            runs = RunService(settings, store)
            runs.execute(
                runs.start("a molecule with MW < 300 that's stable at 200 °C", {"yes": True, "budget": 30, "seed": 1}, use_models=False)
            )
    alive = [thread for thread in threading.enumerate() if thread is not threading.main_thread()]
    for thread in alive:
        thread.join(5)
    assert threading.active_count() == 1, alive  # a forked process has none of the others


def main() -> None:
    """Read jobs until the input ends."""
    warm()
    gc.collect()
    gc.freeze()  # looking for cycles would write to every object, and so copy in each forked process what it shares with this one
    replies = os.fdopen(os.dup(1), "w")
    for line in sys.stdin:
        job = json.loads(line)
        if job["do"] == "spawn":
            pid = os.fork()
            if pid == 0:
                _child(job)
            answer = {"pid": pid}
        else:
            _, status = os.waitpid(job["pid"], 0)
            answer = {"code": os.waitstatus_to_exitcode(status)}
        replies.write(json.dumps(answer) + "\n")
        replies.flush()


if __name__ == "__main__":
    main()
