"""The pool: one call in, one answer from whichever server can give it, and exactly one outcome in the record."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from core.errors import ServingError
from serving.pool import monitor
from serving.pool.adapting import ADAPTATIONS
from serving.pool.affinity import prefix_key
from serving.pool.balancer import Balancer, Lease
from serving.pool.breaker import RetryBudget
from serving.pool.call import OPERATIONS, Pending, PoolAnswer, PoolRequest
from serving.pool.clock import Aborted, Clock, Scope, SystemClock
from serving.pool.config import PoolConfig
from serving.pool.endpoint import Endpoint
from serving.pool.failures import AttemptFailed, FailureKind
from serving.pool.ledger import Call, Ledger, Outcome, Sink, Try, counted_in, id_factory
from serving.pool.metrics import HEALTH, PoolMetrics
from serving.pool.status import PoolStatus, read_status
from serving.pool.stream import CALLER_LEFT, PoolStream
from serving.pool.upstream import Answer, OpenStream, Upstream


class Pool:
    """Endpoints of one or more models behind ``send`` and ``stream``. Lives on one event loop; see SyncPool for threads.

    ``sink`` gets each request's record; ``clock`` and ``ids`` are injected in tests.
    """

    def __init__(
        self,
        config: PoolConfig,
        *,
        sink: Sink | None = None,
        clock: Clock | None = None,
        metrics: PoolMetrics | None = None,
        ids: Callable[[], str] | None = None,
    ) -> None:
        self.config = config
        self.clock: Clock = clock or SystemClock()
        self.metrics = metrics or PoolMetrics()
        self.metrics.begin(config)
        self.ledger = Ledger(sink)
        self.endpoints = [Endpoint(e, config, self.clock) for e in config.endpoints]
        self.balancer = Balancer(config, self.endpoints, self.clock, self.metrics)
        self.budget = RetryBudget(config.retry.budget_reserve, config.retry.budget_ratio)
        self._ids = ids or id_factory()
        self._upstreams = {e.name: Upstream(e.config, config.timeouts, config.max_answer_bytes) for e in self.endpoints}
        self.monitors = {
            e.name: monitor.Monitor(e, self._upstreams[e.name], config.probe, self.clock, self._probed) for e in self.endpoints
        }
        self._tasks: list[asyncio.Task[None]] = []
        self.closing = False

    async def __aenter__(self) -> Pool:
        self.start()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.aclose()

    def start(self) -> None:
        """Begin to watch the servers, if the configuration says so."""
        if self.config.probe.enabled and not self._tasks:
            self._tasks = monitor.start(list(self.monitors.values()))

    async def aclose(self, grace_s: float = 0.0) -> None:
        """Take no more calls, give those under way ``grace_s`` seconds, abort the rest, close every connection."""
        self.closing = True
        if grace_s > 0:
            await self._until(self.ledger.idle, grace_s)
        self.balancer.closing = True
        self.balancer.changed()
        for endpoint in self.endpoints:
            endpoint.abort_all("closing")
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []
        await asyncio.sleep(0)
        for upstream in self._upstreams.values():
            await upstream.aclose()

    # ---- calls

    async def send(self, request: PoolRequest) -> PoolAnswer:
        """A whole answer. Raises ServingError where no server of the model or its fallbacks gave one."""
        if request.stream:
            raise ServingError("a request with stream=true needs Pool.stream", kind="invalid_request", status=400)
        pending = self._begin(request)
        with self._recorded(pending):
            lease, answer = await self._dispatch(pending)
            assert isinstance(answer, Answer)
            self._finish_answer(pending, lease, answer)
        return self._answered(pending, lease, answer)

    def _answered(self, pending: Pending, lease: Lease, answer: Answer) -> PoolAnswer:
        changed = (*pending.request.body_for(lease.endpoint.adapt)[1], *answer.adapted)
        return PoolAnswer(answer.status, answer.content, lease.endpoint.name, lease.model, pending.request_id, changed)

    async def stream(self, request: PoolRequest) -> PoolStream | PoolAnswer:
        """A stream whose first event has come; a PoolAnswer if the server refuses the request (4xx). Raises ServingError.

        The caller must exhaust or ``aclose`` it (``async with`` does).
        """
        if not request.stream:
            raise ServingError("a request without stream=true needs Pool.send", kind="invalid_request", status=400)
        pending = self._begin(request)
        with self._recorded(pending):
            lease, opened = await self._dispatch(pending)
            if isinstance(opened, Answer):
                self._finish_answer(pending, lease, opened)
                return self._answered(pending, lease, opened)
        return PoolStream(self, pending, lease, opened)

    def resolve(self, name: str) -> str:
        """The model that a model's or role's name stands for. Raises ServingError (404) for another name."""
        model = self.config.roles.get(name, name)
        if not self.balancer.has(model):
            raise ServingError(f"the model {name!r} does not exist", kind="unknown_model", status=404)
        return model

    def _begin(self, request: PoolRequest) -> Pending:
        if request.operation not in OPERATIONS:
            raise ServingError(f"no such operation: {request.operation}", kind="invalid_request", status=400)
        if self.closing:
            raise ServingError("the pool is closing", kind="closing", status=503, retry_after=1.0)
        model = self.resolve(request.model)
        now, limit = self.clock.now(), self.config.timeouts.deadline_s
        seconds = limit if request.deadline_s is None else min(max(request.deadline_s, 0.0), limit)
        pending = Pending(
            request=request,
            request_id=request.request_id or self._ids(),
            chain=[model, *(m for m in self.config.fallbacks.get(model, []) if m != model)],
            started=now,
            deadline_at=now + seconds,
            key=prefix_key(request.body, self.config.affinity),
        )
        self.ledger.begin(pending.request_id)
        self.budget.deposit()
        return pending

    @contextlib.contextmanager
    def _recorded(self, pending: Pending) -> Iterator[None]:
        """Whatever ends the request early becomes its outcome."""
        try:
            yield
        except ServingError as error:
            rejected = not pending.attempts and error.kind in ("queue_full", "closing")
            outcome: Outcome = "deadline" if error.kind == "deadline" else "rejected" if rejected else "failed"
            if not pending.attempts:
                self.metrics.rejected.labels(error.kind).inc()
            self.finish(pending, outcome, error.status, error=str(error))
            raise
        except asyncio.CancelledError:
            self.finish(pending, "cancelled", CALLER_LEFT)
            raise
        except BaseException as error:
            self.finish(pending, "failed", 500, error=f"{type(error).__name__}: {error}")
            raise

    async def _dispatch(self, pending: Pending) -> tuple[Lease, Answer | OpenStream]:
        """Attempts until one succeeds. The lease of a stream is still held."""
        while True:
            lease = await self.balancer.acquire(pending)
            begin = self.clock.now()
            try:
                result = await self._attempt(pending, lease)
            except AttemptFailed as failure:
                self._failed(pending, lease, failure, self.clock.now() - begin)
                self.balancer.release(lease)
                self._decide(pending, lease, failure)
                continue
            except BaseException:
                lease.endpoint.breaker.neutral()
                self._note(pending, lease, "cancelled", self.clock.now() - begin)
                self.balancer.release(lease)
                raise
            lease.endpoint.sign_of_life()
            self.metrics.progress.labels(lease.endpoint.name, lease.model).inc()
            lease.endpoint.breaker.success()
            if isinstance(result, Answer):
                self._note(pending, lease, "ok", self.clock.now() - begin)
                self.balancer.release(lease)
            return lease, result

    async def _attempt(self, pending: Pending, lease: Lease) -> Answer | OpenStream:
        """One attempt; where the pool may learn, again without what the server refused of it."""
        for _ in range(len(ADAPTATIONS)):
            failure, adapt = None, list(lease.endpoint.adapt)
            try:
                result = await self._sent(pending, lease)
                if not isinstance(result, Answer) or result.status == 200:
                    return result
                status, content = result.status, result.content
            except AttemptFailed as failed:
                failure, status, content = failed, failed.status, failed.body
            learnt = self.config.learn and (adapt != lease.endpoint.adapt or lease.endpoint.learn(pending.request, status, content))
            if not learnt:
                break
        if failure is not None:
            raise failure
        return result

    async def _sent(self, pending: Pending, lease: Lease) -> Answer | OpenStream:
        endpoint, request, timeouts = lease.endpoint, pending.request, self.config.timeouts
        upstream = self._upstreams[endpoint.name]
        content = request.content_for(endpoint.config.upstream_model(lease.model), endpoint.adapt)
        scope = Scope(self.clock)
        patience, left = timeouts.first_token_s if request.stream else timeouts.total_s, pending.deadline_at - self.clock.now()
        scope.arm("timeout" if patience < left else "deadline", min(patience, left))
        endpoint.scopes.add(scope)
        try:
            with scope:
                if request.stream:
                    return await upstream.stream(request.operation, content, pending.request_id)
                return await upstream.whole(request.operation, content, pending.request_id)
        except Aborted as error:
            kind: FailureKind = error.reason  # type: ignore[assignment]  # the names of the timers are failure kinds
            raise AttemptFailed(kind, f"{endpoint.name} gave no {'event' if request.stream else 'answer'} in time") from error
        finally:
            scope.close()
            endpoint.scopes.discard(scope)

    def _failed(self, pending: Pending, lease: Lease, failure: AttemptFailed, seconds: float) -> None:
        """Book a failed attempt against the call and, where it is to blame, the server."""
        endpoint, consequence = lease.endpoint, failure.consequence
        self._note(pending, lease, failure.kind, seconds, failure.detail)
        pending.tried.add(endpoint.name)
        pending.last_failure, pending.last_public = f"{endpoint.name}: {failure}", f"{endpoint.name}: {failure.kind}"
        if consequence.sent:
            pending.sent += 1
            pending.unavailable_since = None
        if consequence.blame:
            self._blame(endpoint, failure)
        else:
            endpoint.breaker.neutral()
        if failure.retry_after is not None and failure.kind in ("rate_limited", "server_error"):
            endpoint.pause(failure.retry_after)
            self.balancer.changed_after(failure.retry_after)
            self.balancer.changed()

    def _blame(self, endpoint: Endpoint, failure: AttemptFailed) -> None:
        endpoint.last_error = str(failure)[:300]
        if endpoint.breaker.failure(trip=failure.consequence.trip):
            self.balancer.changed_after(endpoint.breaker.ready_at() - self.clock.now())
            self.balancer.changed()

    def _decide(self, pending: Pending, lease: Lease, failure: AttemptFailed) -> None:
        """Return if another attempt is to be made; raise ServingError if not."""
        consequence = failure.consequence
        retry = consequence.retry and pending.sent < self.config.retry.max_attempts
        if retry and (not consequence.budgeted or self.budget.withdraw()):
            self.metrics.failovers.labels(lease.model, failure.kind).inc()
            return
        why = "" if retry or not consequence.retry else f" after {len(pending.attempts)} attempts"
        why = "; the retry budget is spent" if retry else why
        raise ServingError(
            f"no answer for {pending.chain[0]}{why} (last: {pending.last_failure})",
            kind=failure.kind,
            status=consequence.status,
            retry_after=failure.retry_after,
            public=f"no answer for {pending.chain[0]}{why} (last: {pending.last_public})",
        )

    # ---- books

    def _note(self, pending: Pending, lease: Lease, result: str, seconds: float, detail: str = "") -> None:
        name = lease.endpoint.name
        pending.attempts.append(Try(name, lease.model, result, max(seconds, 0.0), detail[:300]))
        self.metrics.attempts.labels(name, lease.model, result).inc()
        self.metrics.seconds.labels(name, lease.model).observe(seconds)

    def _finish_answer(self, pending: Pending, lease: Lease, answer: Answer) -> None:
        outcome: Outcome = "ok" if answer.status == 200 else "client_error"
        self.finish(pending, outcome, answer.status, lease=lease, usage=answer.usage)

    def finish(
        self,
        pending: Pending,
        outcome: Outcome,
        status: int,
        *,
        lease: Lease | None = None,
        usage: Mapping[str, Any] | None = None,
        counted_tokens: int | None = None,
        first_token_s: float | None = None,
        error: str = "",
    ) -> None:
        """Close the request in the record; a second time changes nothing. For the pool and its streams."""
        tokens_in, tokens_out = counted_in(usage, "prompt_tokens"), counted_in(usage, "completion_tokens")
        if not usage and counted_tokens is not None:
            tokens_out = counted_tokens
        record = Call(
            request_id=pending.request_id,
            user=pending.request.user,
            operation=pending.request.operation,
            stream=pending.request.stream,
            model=pending.request.model,
            outcome=outcome,
            status=status,
            answered_by=lease.endpoint.name if lease else "",
            answered_model=lease.model if lease else "",
            attempts=pending.attempts,
            tokens_in=tokens_in,
            tokens_out=tokens_out,
            tokens_counted=bool(usage),
            seconds=max(self.clock.now() - pending.started, 0.0),
            first_token_seconds=first_token_s,
            error=error,
        )
        if not self.ledger.finish(record):
            return
        self.metrics.calls.labels(pending.chain[0], outcome).inc()
        if lease is not None:
            name = lease.endpoint.name
            lease.endpoint.rate.add(tokens_out)
            self.metrics.tokens.labels(name, lease.model, "in").inc(tokens_in)
            self.metrics.tokens.labels(name, lease.model, "out").inc(tokens_out)
            if lease.model != pending.chain[0]:
                self.metrics.fallbacks.labels(pending.chain[0], lease.model).inc()

    def stream_ended(self, pending: Pending, lease: Lease, seconds: float, broken: str) -> None:
        """A stream gave its slot back; ``broken`` says why, if it broke. For PoolStream."""
        self._note(pending, lease, "broken_stream" if broken else "ok", seconds, broken)
        if broken:
            self.metrics.broken.labels(lease.endpoint.name).inc()
            self._blame(lease.endpoint, AttemptFailed("disconnected", broken))
        self.balancer.release(lease)

    # ---- servers

    def _probed(self, endpoint: Endpoint, result: monitor.ProbeResult, failure: AttemptFailed | None) -> None:
        """What a probe found."""
        self.metrics.probes.labels(endpoint.name, result).inc()
        if result in ("alive", "busy"):
            for model in endpoint.config.models():
                self.metrics.progress.labels(endpoint.name, model).inc()
            was_out = endpoint.breaker.state() != "closed"
            endpoint.breaker.success()
            if was_out:
                self.balancer.changed()
            return
        failure = failure or AttemptFailed("hung", "")
        endpoint.last_error = f"probe: {result}: {failure}"[:300]
        endpoint.breaker.failure(trip=result == "hung" or failure.consequence.trip)
        if result == "hung":
            self.metrics.hung.labels(endpoint.name).inc()
            endpoint.abort_all("hung")
        self.balancer.changed()

    def endpoint(self, name: str) -> Endpoint:
        """The endpoint of that name. Raises ServingError if there is none."""
        for endpoint in self.endpoints:
            if endpoint.name == name:
                return endpoint
        raise ServingError(f"there is no endpoint {name!r}", kind="unknown_endpoint", status=404)

    async def drain(self, name: str, timeout_s: float | None = None) -> bool:
        """Send nothing more to a server and wait until its calls have ended. False if some still run after ``timeout_s``."""
        endpoint = self.endpoint(name)
        endpoint.draining = True
        self.balancer.changed()
        return await self._until(endpoint.idle, timeout_s)

    async def _until(self, event: asyncio.Event, seconds: float | None) -> bool:
        """Whether the event came within ``seconds``."""
        scope = Scope(self.clock)
        scope.arm("grace", seconds)
        try:
            with scope:
                await event.wait()
        except Aborted:
            return False
        finally:
            scope.close()
        return True

    def undrain(self, name: str) -> None:
        """Use a drained server again."""
        self.endpoint(name).draining = False
        self.balancer.changed()

    def status(self) -> PoolStatus:
        """Every server and role with its health, load and measured output tokens per second."""
        return read_status(self.config, self.endpoints, waiting=self.balancer.waiting(), retry_budget=self.budget.left)

    def refresh_metrics(self) -> None:
        """Bring the gauges up to date, before they are read."""
        for endpoint in self.endpoints:
            self.metrics.in_flight.labels(endpoint.name).set(endpoint.outstanding)
            self.metrics.up.labels(endpoint.name).set(endpoint.ready())
            self.metrics.health.labels(endpoint.name).set(HEALTH[endpoint.health()])
            self.metrics.rate.labels(endpoint.name).set(endpoint.rate.rate() or 0.0)
        self.metrics.queue.set(self.balancer.waiting())
        self.metrics.budget.set(self.budget.left)
