"""Calls of costly calculators side by side, each answered as soon as it is done; answers of earlier runs are not computed again."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from core.errors import ConfigurationError, MolwrightError
from tools.calculators.costly.protocol import Call, CostlyCalculator, Outcome, call_key, failed
from tools.calculators.costly.session import Outcomes, Session, open_session, shortened

#: Seconds after which whoever waits for an answer may look at something else.
MOMENT = 2.0


class KeptCalls(Protocol):
    """Answers of earlier calls as JSON values, by their key (:func:`call_key`). Raises nothing: what cannot be kept is computed again."""

    def get(self, key: str) -> Any:
        """What is kept under ``key``; None if there is nothing."""
        ...

    def put(self, key: str, value: Mapping[str, Any]) -> None:
        """Keep a value."""
        ...


@dataclass(frozen=True)
class Answer:
    """What became of one call.

    Attributes:
        place: index of the call among those that were asked together, from 0.
        outcomes: what was found, by property.
        seconds: what it took; 0 where it was kept from an earlier run.
        kept: whether it was.
    """

    place: int
    outcomes: Outcomes
    seconds: float
    kept: bool = False


class Callers(Protocol):
    """Who calls costly calculators for a run."""

    def answers(
        self, calculator: CostlyCalculator, calls: Sequence[Call], meanwhile: Callable[[], None] = lambda: None
    ) -> Generator[Answer, None, None]:
        """An answer to every call, in the order in which they are done; closed before its end, it asks for no more. ``meanwhile`` is called every
        few seconds while no answer is there; what it raises passes through.

        ConfigurationError where the calculator cannot be called here at all.
        """
        ...

    def close(self) -> None:
        """End every calculator that is at work."""
        ...


class NoCallers:
    """Nobody calls: the callers of a replay, whose record has every answer."""

    def answers(
        self, calculator: CostlyCalculator, calls: Sequence[Call], meanwhile: Callable[[], None] = lambda: None
    ) -> Generator[Answer, None, None]:
        """MolwrightError."""
        raise MolwrightError(f"{calculator.name} is not called here")

    def close(self) -> None:
        """Nothing to end."""


@dataclass
class CallPool:
    """``workers`` sessions of each calculator at most; they stay open between calls, until :meth:`close`. For one caller at a time."""

    workers: int
    kept: KeptCalls | None = None
    _idle: dict[str, list[Session]] = field(default_factory=dict)
    _busy: list[Session] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _closed: bool = False

    def answers(
        self, calculator: CostlyCalculator, calls: Sequence[Call], meanwhile: Callable[[], None] = lambda: None
    ) -> Generator[Answer, None, None]:
        """See :class:`Callers`. What cannot be started (a program that does not exist) is a failed value like any other fault."""
        done: queue.SimpleQueue[Answer | ConfigurationError] = queue.SimpleQueue()
        left: queue.SimpleQueue[tuple[int, Call] | None] = queue.SimpleQueue()
        asked = 0
        for place, call in enumerate(calls):
            if (found := self._earlier(calculator, call)) is not None:
                done.put(Answer(place, found, 0.0, kept=True))
            else:
                asked += 1
                left.put((place, call))
        threads = min(self.workers, asked)
        for _ in range(threads):
            left.put(None)
        enough = threading.Event()
        for n in range(threads):
            given = (calculator, left, done, -(-asked // threads), enough)
            threading.Thread(target=self._work, args=given, name=f"{calculator.name} {n}", daemon=True).start()
        try:
            for _ in calls:
                while (answer := _taken_within(done, MOMENT)) is None:
                    meanwhile()
                if isinstance(answer, ConfigurationError):
                    raise answer
                self._keep(calculator, calls[answer.place], answer)
                yield answer
        finally:
            enough.set()

    def close(self) -> None:
        """See :class:`Callers`. A call that is under way is ended; nobody waits for its answer."""
        with self._lock:
            self._closed = True
            sessions = [s for idle in self._idle.values() for s in idle] + self._busy
            self._idle.clear()
        for session in sessions:
            session.close()

    def _earlier(self, calculator: CostlyCalculator, call: Call) -> Outcomes | None:
        """What an earlier run found; None for nothing, or for what is none of our files."""
        key = call_key(calculator, call) if self.kept is not None else ""
        found = self.kept.get(key) if self.kept is not None and key else None
        try:
            return None if found is None else {name: Outcome(float(found[name][0]), float(found[name][1])) for name in call.names}
        except (KeyError, TypeError, ValueError, IndexError):
            return None

    def _keep(self, calculator: CostlyCalculator, call: Call, answer: Answer) -> None:
        """Keep an answer that is whole: what failed may not fail another time."""
        whole = not answer.kept and all(o.value is not None for o in answer.outcomes.values())
        if self.kept is not None and whole and (key := call_key(calculator, call)):
            self.kept.put(key, {name: [o.value, o.sigma] for name, o in answer.outcomes.items()})

    def _work(
        self,
        calculator: CostlyCalculator,
        left: queue.SimpleQueue[tuple[int, Call] | None],
        done: queue.SimpleQueue[Answer | ConfigurationError],
        share: int,
        enough: threading.Event,
    ) -> None:
        """Answer calls until there are no more or it is ``enough``, at most ``share`` at once. One thread of several."""
        session: Session | None = None
        ended = False
        while not ended and not self._closed and not enough.is_set():
            batch: list[tuple[int, Call]] = []
            try:
                session = session or self._taken(calculator)
                most, fault = min(session.size, share), ""
            except ConfigurationError as error:  # the run waits for whoever can set it right
                return done.put(error)
            except Exception as error:  # a calculator that cannot be started is a fault of every call
                most, fault = 1, f"it cannot be started: {error}"
            while len(batch) < most and not ended:
                item = left.get()
                ended = item is None
                batch += [item] if item is not None else []
            begun = time.monotonic()
            if session is None or fault:
                outcomes: list[Outcomes] = [failed(call.names, shortened(fault)) for _, call in batch]
            else:
                outcomes = session.ask([call for _, call in batch]) if batch else []
            seconds = round((time.monotonic() - begun) / max(len(batch), 1), 3)
            for (place, _), found in zip(batch, outcomes, strict=True):
                done.put(Answer(place, found, seconds))
        if session is not None:
            self._put_back(calculator, session)

    def _taken(self, calculator: CostlyCalculator) -> Session:
        with self._lock:
            idle = self._idle.setdefault(_name(calculator), [])
            session = idle.pop() if idle else open_session(calculator)
            self._busy.append(session)
            return session

    def _put_back(self, calculator: CostlyCalculator, session: Session) -> None:
        with self._lock:
            self._busy.remove(session)
            if not self._closed:
                self._idle.setdefault(_name(calculator), []).append(session)
                return
        session.close()


def _taken_within(done: queue.SimpleQueue[Answer | ConfigurationError], seconds: float) -> Answer | ConfigurationError | None:
    try:
        return done.get(timeout=seconds)
    except queue.Empty:
        return None


def _name(calculator: CostlyCalculator) -> str:
    return f"{calculator.name} {calculator.version}"
