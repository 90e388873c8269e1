"""The record of the calls: each logical request has exactly one outcome, however many attempts it took."""

from __future__ import annotations

import asyncio
import itertools
import logging
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from core.errors import ServingError
from core.model import Model

RECORD_VERSION = "1"
Outcome = Literal["ok", "client_error", "failed", "broken_stream", "cancelled", "rejected", "deadline"]

log = logging.getLogger(__name__)


def id_factory() -> Callable[[], str]:
    """Request ids that no other process makes: a random prefix and a number."""
    prefix, numbers = secrets.token_hex(6), itertools.count(1)
    return lambda: f"mw-{prefix}-{next(numbers)}"


def counted_in(usage: Mapping[str, Any] | None, name: str) -> int:
    """A count of tokens in a server's usage object; 0 where there is none that can be one."""
    value = usage.get(name) if usage else None
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**9 else 0


@dataclass(slots=True)
class Try:
    """One attempt at one server, as :class:`Attempt` keeps it."""

    endpoint: str
    model: str
    result: str
    seconds: float
    detail: str = ""


@dataclass(slots=True, kw_only=True)
class Call:
    """One logical request with its outcome, as sinks get it: the fields of :class:`CallRecord`, not checked again."""

    request_id: str
    user: str
    operation: str
    stream: bool
    model: str
    outcome: Outcome
    status: int
    answered_by: str
    answered_model: str
    attempts: list[Try]
    tokens_in: int
    tokens_out: int
    tokens_counted: bool
    seconds: float
    first_token_seconds: float | None
    error: str

    def record(self) -> CallRecord:
        """The same to be stored, checked."""
        return CallRecord.model_validate(self, from_attributes=True)


class Attempt(Model):
    """One attempt at one server."""

    endpoint: str = Field(description="The server.")
    model: str = Field(description="The model asked there.")
    result: str = Field(description="'ok', 'cancelled' or the kind of failure.")
    seconds: float = Field(ge=0, description="How long it took.")
    detail: str = Field(default="", description="What the failure said.")


class CallRecord(Model):
    """One logical request with its outcome."""

    schema_version: str = Field(default=RECORD_VERSION, description="Version of this model.")
    request_id: str = Field(description="Identity of the request.")
    user: str = Field(default="", description="Who asked, where known.")
    operation: str = Field(description="chat/completions, completions or embeddings.")
    stream: bool = Field(description="Whether the answer was streamed.")
    model: str = Field(description="The model or role asked for.")
    outcome: Outcome = Field(description="How it ended.")
    status: int = Field(description="HTTP status of the answer; 499 if the caller left.")
    answered_by: str = Field(default="", description="The endpoint whose answer was used.")
    answered_model: str = Field(default="", description="The model that answered; another than asked for after a fallback.")
    attempts: list[Attempt] = Field(default_factory=list, description="Every attempt, in order.")
    tokens_in: int = Field(default=0, ge=0, description="Prompt tokens, as the server counts them.")
    tokens_out: int = Field(default=0, ge=0, description="Completion tokens.")
    tokens_counted: bool = Field(default=True, description="False where the server gave no usage and events were counted instead.")
    seconds: float = Field(default=0.0, ge=0, description="From the request to its end.")
    first_token_seconds: float | None = Field(default=None, description="To the first event of a stream.")
    error: str = Field(default="", description="What the caller was told.")


Sink = Callable[[Call], None]


class Ledger:
    """Opens and closes requests. ``sink`` is called once a request; an error in it is logged and counted, never the caller's."""

    def __init__(self, sink: Sink | None = None) -> None:
        self._sink = sink
        self._open: set[str] = set()
        self.opened = 0
        self.closed = 0
        self.sink_errors = 0
        self.idle = asyncio.Event()  # set while no request is under way
        self.idle.set()

    def begin(self, request_id: str) -> None:
        """A request begins. Raises ServingError if one of the same id is under way."""
        if request_id in self._open:
            raise ServingError(f"request {request_id} is under way already", kind="duplicate_request", status=409)
        self._open.add(request_id)
        self.idle.clear()
        self.opened += 1

    def finish(self, record: Call) -> bool:
        """A request ends. False, and nothing recorded, if it had ended before."""
        if record.request_id not in self._open:
            return False
        self._open.remove(record.request_id)
        if not self._open:
            self.idle.set()
        self.closed += 1
        if self._sink is not None:
            try:
                self._sink(record)
            except Exception:
                self.sink_errors += 1
                log.exception("the record of request %s could not be written", record.request_id)
        return True

    def open_requests(self) -> list[str]:
        """Ids of the requests under way, sorted."""
        return sorted(self._open)


class JsonlSink:
    """Appends each record as one line of JSON. Prompts and answers are not in it."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("a", encoding="utf-8", buffering=1)

    def __call__(self, call: Call) -> None:
        """Write one record."""
        self._file.write(call.record().model_dump_json() + "\n")

    def close(self) -> None:
        """Close the file."""
        self._file.close()
