"""What a caller asks of the pool, what comes back, and the state in between."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from serving.pool.adapting import adapted
from serving.pool.ledger import Try

Operation = Literal["chat/completions", "completions", "embeddings"]
OPERATIONS: tuple[Operation, ...] = ("chat/completions", "completions", "embeddings")


@dataclass(frozen=True)
class PoolRequest:
    """One logical request.

    ``body``: the OpenAI request; its "model" is a model or role of the pool, its "stream" decides the form of the answer.
    ``deadline_s``: seconds from now, all retries included.
    """

    operation: Operation
    body: Mapping[str, Any]
    request_id: str = ""
    user: str = ""
    deadline_s: float | None = None

    @property
    def stream(self) -> bool:
        """Whether the caller wants a stream."""
        return self.body.get("stream") is True

    @property
    def model(self) -> str:
        """The model or role asked for, or ''."""
        model = self.body.get("model")
        return model if isinstance(model, str) else ""

    def body_for(self, adapt: Sequence[str]) -> tuple[dict[str, Any], tuple[str, ...]]:
        """The body for a server that needs these adaptations, and those that changed it."""
        return adapted(dict(self.body), adapt if self.operation == "chat/completions" else ())

    def content_for(self, upstream_model: str, adapt: Sequence[str] = ()) -> bytes:
        """The bytes to send to a server that knows the model by this name and needs these adaptations.

        Written anew from the parsed body, so that a server cannot read another meaning into doubled keys than we did.
        """
        return json.dumps({**self.body_for(adapt)[0], "model": upstream_model}).encode()


@dataclass(frozen=True)
class PoolAnswer:
    """A whole answer: a 200 that was checked to be one, or a 4xx by which the server blames the request.

    ``adapted``: what the server was not sent as it was asked, by :mod:`serving.pool.adapting`.
    """

    status: int
    content: bytes
    endpoint: str
    model: str
    request_id: str
    adapted: tuple[str, ...] = ()

    def json(self) -> Any:
        """The content, parsed."""
        return json.loads(self.content)


@dataclass
class Pending:
    """A request under way."""

    request: PoolRequest
    request_id: str
    chain: list[str]
    started: float
    deadline_at: float
    key: bytes | None
    tried: set[str] = field(default_factory=set)
    rounds: int = 0
    unavailable_since: float | None = None
    attempts: list[Try] = field(default_factory=list)
    sent: int = 0
    last_failure: str = ""
    last_public: str = ""  # the same without the server's words
