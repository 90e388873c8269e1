"""Requests to a model server and its answers, as the session and the backends share them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

#: A message in the form of the OpenAI API: role and content, and for tools also tool_calls or tool_call_id.
Message = dict[str, Any]

FailureKind = Literal[
    "unavailable", "timeout", "busy", "key", "unknown_model", "context", "schema", "request", "malformed", "broken_stream"
]


class CallFailed(Exception):
    """There is no reply that can be read. ``kind`` says what can be done about it; the text says what happened and holds no key.

    ``usage`` gives the prompt and completion tokens if the server counted some all the same.
    """

    def __init__(self, kind: FailureKind, text: str, *, endpoint: str = "", usage: tuple[int, int] | None = None) -> None:
        super().__init__(text)
        self.kind: FailureKind = kind
        self.endpoint = endpoint
        self.tokens_in, self.tokens_out = usage or (0, 0)


@dataclass(frozen=True)
class ChatRequest:
    """One request. ``schema`` is an OpenAI ``json_schema`` object, ``tools`` OpenAI tools; ``on_text`` streams the reply.

    ``thinking``: whether the model is to think first, as in :class:`agent.models.plan.RoleModel`.
    """

    model: str
    messages: list[Message]
    temperature: float = 0.0
    seed: int | None = 0
    max_tokens: int = 1024
    schema: dict[str, Any] | None = None
    tools: list[dict[str, Any]] = field(default_factory=list)
    must_call: bool = False
    stream: bool = False
    on_text: Callable[[str], None] | None = None
    deadline_s: float = 120.0
    thinking: str = ""


@dataclass(frozen=True)
class RawCall:
    """A tool call as the server wrote it. ``arguments`` is its text, which need not be JSON."""

    name: str
    arguments: str


@dataclass(frozen=True)
class ChatAnswer:
    """One reply. ``finish`` is the server's finish reason; ``model`` and ``endpoint`` are those that answered.

    ``reasoning``: what the model thought, where the server gives it apart. ``adapted``: what was not sent as asked, because the server does
    not take it (:mod:`serving.pool.adapting`).
    """

    text: str = ""
    calls: tuple[RawCall, ...] = ()
    finish: str = "stop"
    model: str = ""
    endpoint: str = ""
    tokens_in: int = 0
    tokens_out: int = 0
    tokens_estimated: bool = False
    reasoning: str = ""
    adapted: tuple[str, ...] = ()


class Backend(Protocol):
    """Sends requests to whatever serves language models."""

    def complete(self, request: ChatRequest) -> ChatAnswer:
        """The reply. Raises CallFailed if there is none."""
        ...

    def close(self) -> None:
        """Close connections and threads."""
        ...


class NoBackend:
    """Refuses every request with the reason ``why``. It is for replays, and for runs whose endpoints are not configured here."""

    def __init__(self, why: str) -> None:
        self._why = why

    def complete(self, request: ChatRequest) -> ChatAnswer:
        """Raises CallFailed."""
        raise CallFailed("unavailable", self._why)

    def close(self) -> None:
        """Do nothing, as there are no connections."""
