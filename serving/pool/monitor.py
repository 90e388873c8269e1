"""Watches the servers: finds those that hang although their port answers, and those that came back.

vLLM's /health and /metrics answer 200 while the engine or a worker process is stopped. So what counts is progress: an answer or
an event of a live call; else one token from a canary; else a token counter that moves although the canary waits (a busy server).
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from typing import Literal, TypeVar

from serving.pool.call import Operation
from serving.pool.clock import Aborted, Clock, Scope
from serving.pool.config import Canary, EndpointConfig, ProbeConfig
from serving.pool.endpoint import Endpoint
from serving.pool.failures import AttemptFailed
from serving.pool.upstream import Upstream

log = logging.getLogger(__name__)
T = TypeVar("T")
ProbeResult = Literal["not_due", "alive", "busy", "hung", "failed"]
COUNTERS = ("vllm:generation_tokens_total", "vllm:prompt_tokens_total")
#: What a gateway shows instead, where it is another pool's endpoint.
GATEWAY_COUNTER = "molwright_pool_progress_total"
#: Reading the counters may take this share of the canary's time.
COUNTER_SHARE = 0.2


class Monitor:
    """Probes one server. ``report(result, failure)`` is told the outcome of each probe that was made."""

    def __init__(
        self,
        endpoint: Endpoint,
        upstream: Upstream,
        config: ProbeConfig,
        clock: Clock,
        report: Callable[[Endpoint, ProbeResult, AttemptFailed | None], None],
    ) -> None:
        self._endpoint = endpoint
        self._upstream = upstream
        self._config = config
        self._clock = clock
        self._report = report
        self._number = 0
        self._kind: Canary = endpoint.config.canary

    async def run(self) -> None:
        """Probe when due, for ever. An unexpected error is logged and the watch goes on."""
        while True:
            await self._clock.sleep(self._config.interval_s)
            try:
                await self.probe()
            except Exception:
                log.exception("probe of %s", self._endpoint.name)

    def due(self) -> bool:
        """Whether a probe is due: a trial after a time out, or no sign of life for too long."""
        state = self._endpoint.breaker.state()
        if state != "closed":
            return state == "half_open"
        silent = self._clock.now() - self._endpoint.last_sign
        return silent >= (self._config.stall_s if self._endpoint.outstanding else self._config.idle_s)

    async def probe(self, *, force: bool = False) -> ProbeResult:
        """Probe the server if that is due, and report."""
        if not force and not self.due():
            return "not_due"
        asked = self._clock.now()
        before = await self.token_count()  # somebody else's call may keep the server busy, also where we have none under way
        failure: AttemptFailed | None = None
        result: ProbeResult = "alive"
        try:
            await self._within(self._config.canary_timeout_s, self._canary())
        except AttemptFailed as error:
            failure = error
            result = "alive" if error.kind == "rate_limited" else "failed"
            if error.kind == "timeout":
                result = "busy" if await self._moved(before, asked) else "hung"
        if result in ("alive", "busy"):
            self._endpoint.sign_of_life()
        self._report(self._endpoint, result, failure)
        return result

    async def token_count(self) -> float | None:
        """The sum of the server's token counters, or None if it shows none."""
        try:
            response = await self._within(COUNTER_SHARE * self._config.canary_timeout_s, self._upstream.get("metrics", root=True))
        except AttemptFailed:
            return None
        return sum_counters(response.text, self._endpoint.config) if response.status_code == 200 else None

    async def _moved(self, before: float | None, asked: float) -> bool:
        if self._endpoint.outstanding and self._endpoint.last_sign > asked:
            return True
        if before is None:
            return False
        after = await self.token_count()
        return after is not None and after > before

    async def _canary(self) -> None:
        """The smallest computation that the server offers; one without /completions is asked to chat. Raises AttemptFailed."""
        try:
            await self._canary_by(self._kind)
        except AttemptFailed as error:
            if error.kind != "not_served" or self._kind != "completion":
                raise
            await self._canary_by("chat")
            self._kind = "chat"

    async def _canary_by(self, kind: Canary) -> None:
        config = self._endpoint.config
        if kind == "models":
            response = await self._upstream.get("models")
            if response.status_code != 200:
                raise AttemptFailed("server_error", f"/v1/models: HTTP {response.status_code}")
            return
        self._number += 1
        model = config.upstream_model(config.model)
        operation: Operation = "completions"
        body: dict[str, object] = {"model": model, "prompt": "1", "max_tokens": 1, "temperature": 0}
        if kind == "chat":
            operation = "chat/completions"
            body = {"model": model, "messages": [{"role": "user", "content": "1"}], "max_tokens": 1, "temperature": 0}
        elif kind == "embedding":
            operation, body = "embeddings", {"model": model, "input": "1"}
        await self._upstream.whole(operation, json.dumps(body).encode(), f"canary-{self._endpoint.name}-{self._number}")

    async def _within(self, seconds: float, work: Awaitable[T]) -> T:
        scope = Scope(self._clock)
        scope.arm("timeout", seconds)
        try:
            with scope:
                return await work
        except Aborted as error:
            raise AttemptFailed("timeout", f"no answer in {seconds:g} s") from error
        finally:
            scope.close()


def sum_counters(text: str, config: EndpointConfig) -> float | None:
    """The sum of vLLM's token counters, or of a gateway's progress with the endpoint's models, in a Prometheus page; None if it has neither."""
    total, found = 0.0, False
    ours = tuple(f'model="{config.upstream_model(model)}"' for model in config.models())
    for line in text.splitlines():
        if line.startswith(COUNTERS) or (line.startswith(GATEWAY_COUNTER) and any(m in line for m in ours)):
            try:
                total += float(line.rsplit(None, 1)[1])
            except (ValueError, IndexError):
                continue
            found = True
    return total if found else None


def start(monitors: list[Monitor]) -> list[asyncio.Task[None]]:
    """One task a server."""
    return [asyncio.get_running_loop().create_task(m.run()) for m in monitors]
