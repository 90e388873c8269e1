"""What can go wrong with one attempt, and what follows from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from core.errors import ServingError

FailureKind = Literal[
    "refused",
    "connect_timeout",
    "disconnected",
    "timeout",
    "hung",
    "rate_limited",
    "server_error",
    "unauthorized",
    "not_served",
    "malformed",
    "deadline",
    "closing",
]


@dataclass(frozen=True)
class Consequence:
    """What a failure means for its server and for the call."""

    status: int  # HTTP status where it is the last word
    retry: bool = True  # whether another attempt makes sense
    budgeted: bool = True  # whether that attempt is taken from the retry budget
    blame: bool = True  # whether it counts against the server
    trip: bool = False  # whether the server is taken out at once
    sent: bool = True  # whether the request may have reached the server


#: The budget holds back retries that an overloaded server would have to pay for. A server that is gone, hung or full pays for none.
CONSEQUENCES: dict[FailureKind, Consequence] = {
    "refused": Consequence(status=503, budgeted=False, trip=True, sent=False),
    "connect_timeout": Consequence(status=503, budgeted=False, trip=True, sent=False),
    "disconnected": Consequence(status=502, budgeted=False),
    "timeout": Consequence(status=504),
    "hung": Consequence(status=504, budgeted=False, blame=False),
    "rate_limited": Consequence(status=429, budgeted=False, blame=False, sent=False),
    "server_error": Consequence(status=502),
    "unauthorized": Consequence(status=502, trip=True, sent=False),
    "not_served": Consequence(status=502, sent=False),
    "malformed": Consequence(status=502),
    "deadline": Consequence(status=504, retry=False, blame=False),
    "closing": Consequence(status=503, retry=False, blame=False),
}


class AttemptFailed(Exception):
    """One attempt at one server failed.

    ``retry_after``: seconds the server asks to be left alone, where it said. ``status`` and ``body``: its HTTP answer, where there was one.
    """

    def __init__(self, kind: FailureKind, detail: str, *, retry_after: float | None = None, status: int = 0, body: bytes = b"") -> None:
        super().__init__(f"{kind}: {detail}" if detail else kind)
        self.kind: FailureKind = kind
        self.detail = detail
        self.retry_after = retry_after
        self.status = status
        self.body = body

    @property
    def consequence(self) -> Consequence:
        """What follows from it."""
        return CONSEQUENCES[self.kind]


_TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    429: "rate_limit_error",
}


def error_body(error: ServingError, message: str | None = None) -> dict[str, object]:
    """The error as an OpenAI error object. The type follows from the HTTP status, the code is the error's kind; ``message``: the error's own if None."""
    fallback = "invalid_request_error" if error.status < 500 else "server_error"
    return {
        "error": {
            "message": str(error) if message is None else message,
            "type": _TYPES.get(error.status, fallback),
            "param": None,
            "code": error.kind,
        }
    }
