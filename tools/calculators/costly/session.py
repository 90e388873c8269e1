"""A costly calculator at work: something that is asked, answers in time or is ended, and never raises for a structure."""

from __future__ import annotations

import math
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Mapping, Sequence
from multiprocessing.connection import Connection
from typing import Protocol

from core.errors import MolwrightError
from tools.calculators.costly.protocol import Call, CostlyCalculator, Outcome, failed
from tools.execution import THREAD_VARIABLES

#: Seconds that a worker may take to start, imports and all.
START = 120.0
#: Longest reason that is kept, characters.
LONGEST = 300

Outcomes = Mapping[str, Outcome]


class Session(Protocol):
    """A calculator that can be asked. ``size``: how many calls it takes at once."""

    size: int

    def ask(self, calls: Sequence[Call]) -> list[Outcomes]:
        """What it finds, one for each of at most ``size`` calls. A call that fails, dies or takes too long has no value, and the reason."""
        ...

    def close(self) -> None:
        """End it, whatever it does."""
        ...


def open_session(calculator: CostlyCalculator) -> Session:
    """``calculator`` at work: a session of its own where it has one (a program outside), else a worker process that calls it."""
    own = getattr(calculator, "session", None)
    session: Session = own() if own is not None else WorkerSession(calculator)
    return session


def checked(call: Call, found: object) -> Outcomes:
    """What a calculator gave for ``call`` with everything in it verified: an outcome for each name, numbers finite, sigmas at least 0.

    What is not so is a failed value with its reason.
    """
    if not isinstance(found, Mapping):
        return failed(call.names, f"the calculator gave {type(found).__name__} in place of outcomes by name")
    return {name: _sound(name, found.get(name)) for name in call.names}


def _sound(name: str, outcome: object) -> Outcome:
    if not isinstance(outcome, Outcome):
        return Outcome(None, reason=f"the calculator gave no outcome for {name}")
    if outcome.value is None:
        return Outcome(None, reason=shortened(outcome.reason) or "the calculator gave no value and no reason")
    if not all(_number(n) for n in (outcome.value, outcome.sigma)) or outcome.sigma < 0:
        return Outcome(None, reason=f"the calculator gave no usable number: {outcome.value!r} ± {outcome.sigma!r}")
    return Outcome(float(outcome.value), float(outcome.sigma))


def _number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def shortened(text: str) -> str:
    """``text`` in one line of at most 300 characters."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"


class WorkerSession:
    """A worker process that calls :meth:`CostlyCalculator.compute`; it is started anew after a call that had to be ended.

    The process is spawned, works on one core, and ends when the process that started it does.
    """

    size = 1

    def __init__(self, calculator: CostlyCalculator) -> None:
        self._calculator = calculator
        self._process: multiprocessing.process.BaseProcess | None = None
        self._end: Connection | None = None

    def ask(self, calls: Sequence[Call]) -> list[Outcomes]:
        """See :class:`Session`."""
        return [self._one(call) for call in calls]

    def close(self) -> None:
        """See :class:`Session`."""
        process, end, self._process, self._end = self._process, self._end, None, None
        if end is not None:
            end.close()
        if process is not None:
            process.kill()
            process.join()

    def _one(self, call: Call) -> Outcomes:
        limit = self._calculator.limit
        try:
            end = self._started()
            end.send(call)
            if not end.poll(limit):
                self.close()
                return failed(call.names, f"it took longer than {limit:g} s and was ended")
            kind, found = end.recv()
        except (EOFError, OSError):
            return failed(call.names, f"its process died ({self._how_it_died()})")
        except MolwrightError as error:
            return failed(call.names, str(error))
        if kind == "raised":
            return failed(call.names, shortened(str(found)))
        return checked(call, found)

    def _started(self) -> Connection:
        """The end to talk to a worker that is ready. MolwrightError if it cannot be started."""
        if self._end is not None and self._process is not None and self._process.is_alive():
            return self._end
        self.close()
        spawn = multiprocessing.get_context("spawn")
        self._end, other = spawn.Pipe()
        self._process = spawn.Process(target=_serve, args=(other, self._calculator), daemon=True)
        self._process.start()
        other.close()
        if not self._end.poll(START):
            self.close()
            raise MolwrightError(f"its process was not ready after {START:g} s")
        self._end.recv()
        return self._end

    def _how_it_died(self) -> str:
        process = self._process
        if process is not None:
            process.join(5)
        code = None if process is None else process.exitcode
        self.close()
        if code is not None and code < 0:
            return f"signal {signal.Signals(-code).name}"
        return f"exit code {code}"


def _serve(end: Connection, calculator: CostlyCalculator) -> None:
    """Answer calls until nobody asks any more. Runs in the worker process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for variable in THREAD_VARIABLES:
        os.environ[variable] = "1"
    threading.Thread(target=_leave_with, args=(os.getppid(),), daemon=True).start()
    end.send("ready")
    while True:
        try:
            call = end.recv()
        except (EOFError, OSError):
            return
        try:
            found: tuple[str, object] = ("found", dict(calculator.compute(call)))
        except Exception as error:  # whatever goes wrong in foreign code is a failed value
            found = ("raised", f"{type(error).__name__}: {error}")
        try:
            end.send(found)
        except (OSError, BrokenPipeError):
            return


def _leave_with(parent: int) -> None:
    """End this process when the one that started it is gone: a call may have hours to go that nobody waits for."""
    while os.getppid() == parent:
        time.sleep(2.0)
    os._exit(1)
