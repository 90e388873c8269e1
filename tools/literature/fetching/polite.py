"""Asking a public service politely: who asks, not too often, again after a while where it is busy, and no further."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from core.errors import LiteratureError, NotFoundError

if TYPE_CHECKING:
    import httpx

ATTEMPTS = 5
TIMEOUT = 30.0
LARGEST = 50_000_000
#: Seconds before the second attempt; each further one waits twice as long, and never longer than a service may ask for.
_FIRST_WAIT, _LONGEST_WAIT = 1.0, 120.0
_BUSY = (429, 500, 502, 503, 504)


class PoliteClient:
    """Requests to one service, at least ``interval`` seconds apart. ``mailto``: the address that the service may write to; '' for none.

    ``transport``, ``sleep`` and ``clock`` are httpx's and the system's unless given.
    """

    def __init__(
        self,
        service: str,
        interval: float,
        mailto: str = "",
        *,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        import httpx

        agent = f"molwright/{_version()}" + (f" (mailto:{mailto})" if mailto else "")
        self.service = service
        self.mailto = mailto
        self._interval = interval
        self._sleep, self._clock = sleep, clock
        self._last: float | None = None
        self._client = httpx.Client(timeout=TIMEOUT, follow_redirects=True, headers={"User-Agent": agent}, transport=transport)

    def close(self) -> None:
        """Give the connections back."""
        self._client.close()

    def get(self, address: str, parameters: Mapping[str, Any]) -> bytes:
        """The answer to one question. NotFoundError for what the service does not have; LiteratureError where it cannot be reached, refuses,
        or stays busy, saying what it said.
        """
        import httpx

        wait, said = _FIRST_WAIT, ""
        for attempt in range(1, ATTEMPTS + 1):
            self._keep_apart()
            try:
                answer = self._client.get(address, params=dict(parameters))
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                if attempt >= 2:  # a machine without a network gets no better by waiting
                    raise LiteratureError(
                        f"{self.service} ({_host(address)}) cannot be reached: {_short(error)}; is there a network connection?"
                    ) from error
                said = _short(error)
            except (httpx.TransportError, httpx.TooManyRedirects) as error:
                said = _short(error)
            else:
                if answer.status_code == 200:
                    return self._body(answer)
                if answer.status_code == 404:
                    raise NotFoundError(f"{self.service} does not have {address.rpartition('/')[2]}")
                said = f"HTTP {answer.status_code} {answer.text[:200].strip()}"
                if answer.status_code not in _BUSY:
                    raise LiteratureError(f"{self.service} refused the question: {said}")
                wait = max(wait, _retry_after(answer.headers.get("Retry-After")))
            if attempt < ATTEMPTS:
                self._sleep(min(wait, _LONGEST_WAIT))
                wait *= 2
        raise LiteratureError(f"{self.service} gave no answer in {ATTEMPTS} attempts: {said}")

    def _body(self, answer: httpx.Response) -> bytes:
        if len(answer.content) > LARGEST:
            raise LiteratureError(f"{self.service} answered with more than {LARGEST // 1_000_000} MB")
        return answer.content

    def _keep_apart(self) -> None:
        now = self._clock()
        if self._last is not None and now - self._last < self._interval:
            self._sleep(self._interval - (now - self._last))
        self._last = self._clock()


def _version() -> str:
    try:
        return version("molwright")
    except PackageNotFoundError:
        return "0"


def _host(address: str) -> str:
    return address.split("/")[2]


def _retry_after(value: str | None) -> float:
    return float(value) if value and value.strip().isdigit() else 0.0


def _short(error: BaseException) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
