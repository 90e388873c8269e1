"""Programs outside that score structures: JSON lines to one process that stays, JSON lines to a process a batch, REINVENT's external process.

``docs/costly.md`` states the protocols. A program is trusted with nothing: it is started without a shell in a session of its own, its output is
bounded, every reply is checked, and one that hangs, dies or answers something else costs the values that it was asked for.
"""

from __future__ import annotations

import json
import math
import os
import queue
import shlex
import signal
import subprocess
import threading
import time
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from typing import IO, Any

from core.counting import counted
from core.errors import MolwrightError
from core.scorers import Scorer
from tools.calculators.costly.protocol import Call, Outcome, failed
from tools.calculators.costly.session import Outcomes, shortened
from tools.execution import THREAD_VARIABLES

#: Longest line, and most of one process's output, that is read, characters.
LINE, OUTPUT = 1_000_000, 64_000_000
#: Seconds that a process is given to end by itself when nothing more is asked of it.
LEAVE = 2.0


class ProgramError(MolwrightError):
    """A program did not do what its protocol says; the message says what."""


class _Program:
    """A started program whose output is read by threads of its own. ProgramError where it cannot be started."""

    def __init__(self, command: str) -> None:
        try:
            words = shlex.split(command)
            if not words:
                raise ValueError("the command is empty")
            self.process = subprocess.Popen(
                words,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                encoding="utf-8",
                errors="replace",
                start_new_session=True,
                env={**dict.fromkeys(THREAD_VARIABLES, "1"), **os.environ},
            )
        except (OSError, ValueError) as error:
            raise ProgramError(f"its program cannot be started: {error}") from error
        self.lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._last: deque[str] = deque(maxlen=5)
        self._readers = [
            threading.Thread(target=reader, args=(stream,), daemon=True)
            for reader, stream in ((self._read, self.process.stdout), (self._note, self.process.stderr))
        ]
        for reader in self._readers:
            reader.start()

    def say(self, text: str, *, last: bool = False) -> None:
        """Write to its input, and close that after the ``last``. ProgramError if it does not read any more."""
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(text)
            self.process.stdin.flush()
            if last:
                self.process.stdin.close()
        except (OSError, ValueError):
            raise ProgramError(self.how_it_ended()) from None

    def line(self, until: float) -> str | None:
        """The next line of its output; None at the end. ProgramError after the moment ``until`` of the monotonic clock, in seconds."""
        try:
            return self.lines.get(timeout=max(0.0, until - time.monotonic()))
        except queue.Empty:
            raise ProgramError("") from None

    def how_it_ended(self) -> str:
        """How it died, with the last that it said on its error output."""
        try:
            code = self.process.wait(LEAVE)
        except subprocess.TimeoutExpired:
            return "its program closed its output" + self._said()
        self._readers[1].join(LEAVE)
        how = f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
        return f"its program ended ({how})" + self._said()

    def end(self) -> None:
        """End it and everything that it started."""
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            self.process.kill()
        self.process.wait()
        with suppress(OSError):  # what was written and not read goes with it; its outputs are closed by their readers
            assert self.process.stdin is not None
            self.process.stdin.close()

    def _said(self) -> str:
        return shortened(f': "{self._last[-1].strip()}"') if self._last else ""

    def _read(self, stream: IO[str]) -> None:
        size = 0
        try:
            while line := stream.readline(LINE):
                size += len(line)
                self.lines.put(line)
                if size > OUTPUT or (not line.endswith("\n") and len(line) >= LINE):
                    break
        except (OSError, ValueError):
            pass
        stream.close()
        self.lines.put(None)

    def _note(self, stream: IO[str]) -> None:
        try:
            while line := stream.readline(LINE):
                if line.strip():
                    self._last.append(line)
        except (OSError, ValueError):
            pass
        stream.close()


class LinesSession:
    """One process that stays: a JSON line in, a JSON line out. Started anew after a call that it did not answer."""

    size = 1

    def __init__(self, scorer: Scorer) -> None:
        self._scorer = scorer
        self._program: _Program | None = None
        self._number = 0

    def ask(self, calls: Sequence[Call]) -> list[Outcomes]:
        """See :class:`tools.calculators.costly.session.Session`."""
        return [self._one(call) for call in calls]

    def close(self) -> None:
        """See :class:`tools.calculators.costly.session.Session`."""
        program, self._program = self._program, None
        if program is not None:
            program.end()

    def _one(self, call: Call) -> Outcomes:
        limit = self._scorer.longest
        self._number += 1
        try:
            self._program = program = self._program or _Program(self._scorer.command)
            program.say(request(self._number, call))
            line = program.line(time.monotonic() + limit)
            if line is None:
                raise ProgramError(program.how_it_ended())
            found = _reply(line, {self._number: call})
        except ProgramError as error:
            self.close()
            return failed(call.names, str(error) or f"it took longer than {limit:g} s and was ended")
        return dict.fromkeys(call.names, found[self._number])


class BatchSession:
    """A process for every batch, which reads its input to the end: JSON lines, or REINVENT's external process."""

    def __init__(self, scorer: Scorer) -> None:
        self._scorer = scorer
        self._program: _Program | None = None
        self.size = scorer.batch

    def ask(self, calls: Sequence[Call]) -> list[Outcomes]:
        """See :class:`tools.calculators.costly.session.Session`."""
        limit = self._scorer.longest * len(calls)
        numbered = dict(enumerate(calls, start=1))
        reinvent = self._scorer.form == "reinvent"
        given = "\n".join(c.smiles for c in calls) if reinvent else "".join(request(n, c) for n, c in numbered.items())
        found: dict[int, Outcome] = {}
        try:
            self._program = program = _Program(self._scorer.command)
            program.say(given, last=True)
            until, lines = time.monotonic() + limit, []
            while (line := program.line(until)) is not None:
                lines.append(line)
            if program.process.wait(LEAVE):
                raise ProgramError(program.how_it_ended())
            if reinvent:
                found = _payload("".join(lines), self._scorer.name, numbered)
            else:
                for line in lines:
                    found |= _reply(line, numbered)
            why = "its program gave no reply for this structure"
        except subprocess.TimeoutExpired:
            why = "its program closed its output and did not end"
        except ProgramError as error:
            why = str(error) or f"{counted(len(calls), 'structure')} took longer than {limit:g} s and the program was ended"
        self.close()
        return [{name: found.get(n) or Outcome(None, reason=why) for name in call.names} for n, call in numbered.items()]

    def close(self) -> None:
        """See :class:`tools.calculators.costly.session.Session`."""
        program, self._program = self._program, None
        if program is not None:
            program.end()


def request(number: int, call: Call) -> str:
    """The line that asks for one structure; ``number`` is the id, at least 1, that its reply must carry. Never empty."""
    return json.dumps({"id": number, "smiles": call.smiles, "class": call.candidate_class}) + "\n"


def _reply(line: str, asked: dict[int, Call]) -> dict[int, Outcome]:
    """What a reply says, by the id of what was asked. ProgramError for what is none."""
    shown = shortened(line)[:120]
    try:
        reply = json.loads(line)
    except ValueError:
        raise ProgramError(f"its program answered {shown!r}, which is no JSON") from None
    if not isinstance(reply, dict) or reply.get("id") not in asked or isinstance(reply.get("id"), bool):
        raise ProgramError(f"its program answered {shown!r}, which carries no id of what was asked")
    number = int(reply["id"])
    if reply.get("value") is None:
        if not isinstance(reply.get("error"), str) or not reply["error"].strip():
            raise ProgramError(f"its program answered {shown!r}, which has neither a value nor an error")
        return {number: Outcome(None, reason=shortened(reply["error"]))}
    return {number: _number(reply["value"], reply.get("sigma", 0.0), shown)}


def _payload(text: str, name: str, asked: dict[int, Call]) -> dict[int, Outcome]:
    """The scores of a REINVENT external process, by number. ProgramError for what is none."""
    shown = shortened(text)[:120]
    try:
        payload = json.loads(text)["payload"]
    except (ValueError, KeyError, TypeError):
        raise ProgramError(f"its program answered {shown!r}, which is no JSON object with a payload") from None
    if not isinstance(payload, dict) or not payload:
        raise ProgramError("the payload that its program gave holds no scores by name")
    key = next((k for k in (name, "predictions") if k in payload), next(iter(payload)) if len(payload) == 1 else None)
    if key is None:
        raise ProgramError(f"the payload that its program gave has {', '.join(map(repr, payload))}, and none of them is {name!r}")
    scores = payload[key]
    if not isinstance(scores, list) or len(scores) != len(asked):
        count = len(scores) if isinstance(scores, list) else "no list of"
        raise ProgramError(f"its program gave {count} scores for {len(asked)} structures")
    return {n: _number(score, 0.0, str(score)) for n, score in zip(asked, scores, strict=True)}


def _number(value: Any, sigma: Any, shown: str) -> Outcome:
    if not all(isinstance(n, (int, float)) and not isinstance(n, bool) and math.isfinite(n) for n in (value, sigma)) or sigma < 0:
        return Outcome(None, reason=f"its program gave no usable number: {shown}")
    return Outcome(float(value), float(sigma))
