"""The gateway: one OpenAI-compatible address in front of the pool. An ASGI application without a framework, to stay fast.

Only the paths in ROUTES exist. What is sent to a server is its own path from the pool's table, the caller's JSON body and our
headers; a caller's path, query and headers go no further than here.
"""

from __future__ import annotations

import json
import logging

from prometheus_client import generate_latest

from core.errors import MolwrightError, ServingError
from serving.gateway import views
from serving.gateway.config import GatewayConfig
from serving.gateway.exchange import EXCHANGE, Exchange
from serving.gateway.http import (
    Headers,
    Receive,
    Scope,
    Send,
    bearer,
    header,
    read_body,
    read_object,
    respond,
    respond_error,
    respond_json,
)
from serving.gateway.keys import ApiKey, KeyStore
from serving.gateway.limits import Limiter, Strangers
from serving.gateway.metrics import GatewayMetrics
from serving.gateway.origin import origin
from serving.pool import clock
from serving.pool.call import Operation, PoolAnswer, PoolRequest
from serving.pool.failures import error_body
from serving.pool.pool import Pool
from serving.pool.stream import PoolStream
from serving.pool.transport import DEADLINE_HEADER, read_deadline
from serving.pool.upstream import ADAPTED_HEADER

log = logging.getLogger(__name__)

CALLS: dict[str, Operation] = {
    "/v1/chat/completions": "chat/completions",
    "/v1/completions": "completions",
    "/v1/embeddings": "embeddings",
}
PAGES = ("/v1/models", "/models", "/metrics", "/health")
ROUTES = {**dict.fromkeys(CALLS, "POST"), **dict.fromkeys(PAGES, "GET")}
STREAM_HEADERS: Headers = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-cache"),
    (b"x-accel-buffering", b"no"),
]
ANYONE = ApiKey(name="anonymous", sha256="0" * 64, created_at="", requests_per_minute=10**9, max_concurrency=10**6)


class Gateway:
    """The ASGI application. The pool is started and closed with the server's lifespan."""

    def __init__(self, config: GatewayConfig, pool: Pool, keys: KeyStore, metrics: GatewayMetrics) -> None:
        self._config = config
        self._pool = pool
        self._keys = keys
        self.metrics = metrics
        self._limiter = Limiter(pool.clock)
        self._strangers = Strangers(pool.clock, config.refusals_per_minute)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection event of ASGI."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            await self._request(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1000})

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self._pool.start()
                await send({"type": "lifespan.startup.complete"})
            else:
                await self._pool.aclose(self._config.drain_s)
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _request(self, scope: Scope, receive: Receive, send: Send) -> None:
        path, begin, status = scope["path"], self._pool.clock.now(), 500
        exchange: Exchange = scope["extensions"][EXCHANGE]
        known = path if path in ROUTES else "other"
        self.metrics.running += 1
        try:
            await self._answer(path, scope, receive, send)
            status = exchange.status or 499
        except ServingError as error:
            status = error.status
            if not exchange.status and error.kind != "client_left":
                await respond_error(send, error)
        except MolwrightError:
            log.exception("gateway")
            if not exchange.status:
                told = "the gateway is misconfigured; its log says how"
                await respond_error(send, ServingError(told, kind="configuration", status=500))
        finally:
            self.metrics.running -= 1
            self.metrics.requests.labels(known, str(status)).inc()
            self.metrics.seconds.labels(known).observe(self._pool.clock.now() - begin)

    async def _answer(self, path: str, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            self._check_route(path, scope["method"])
            key = ANYONE if path == "/health" or (path == "/metrics" and self._config.open_metrics) else self._user(scope)
        except ServingError as error:
            raise self._refused(error) from None
        if path in CALLS:
            try:
                self._limiter.enter(key)
            except ServingError as error:
                raise self._refused(error) from None
            try:
                await self._call(CALLS[path], key, scope, receive, send)
            finally:
                self._limiter.leave(key)
        elif path == "/health":
            code, value = views.health(self._pool)
            await respond_json(send, code, value)
        elif path == "/metrics":
            await self._show_metrics(send)
        elif path == "/v1/models":
            await respond_json(send, 200, views.model_list(self._pool))
        else:
            await respond_json(send, 200, views.fleet(self._pool))

    def _check_route(self, path: str, method: str) -> None:
        if path not in ROUTES:
            raise ServingError(f"there is no {path[:100]} here", kind="not_found", status=404)
        if method != ROUTES[path]:
            raise ServingError(f"{path} takes {ROUTES[path]}", kind="method_not_allowed", status=405)

    def _user(self, scope: Scope) -> ApiKey:
        if not self._config.require_keys:
            return ANYONE
        given = bearer(scope)
        key = self._keys.find(given) if given else None
        if key is None:
            self._strangers.count(origin(scope["client"][0]) if scope.get("client") else "")
            what = "this API key is not known" if given else "an API key is needed: Authorization: Bearer KEY"
            raise ServingError(what, kind="invalid_api_key", status=401)
        return key

    def _refused(self, error: ServingError) -> ServingError:
        """Count what is refused before it reaches the pool."""
        self.metrics.refused.labels(error.kind).inc()
        return error

    async def _show_metrics(self, send: Send) -> None:
        self._pool.refresh_metrics()
        self.metrics.in_flight.set(self.metrics.running)
        await respond(send, 200, generate_latest(self._pool.metrics.registry), [], b"text/plain; version=0.0.4; charset=utf-8")

    # ---- calls

    async def _call(self, operation: Operation, key: ApiKey, scope: Scope, receive: Receive, send: Send) -> None:
        """One call of a model; ends early where the caller leaves or stalls."""
        life = clock.Scope(self._pool.clock)
        exchange: Exchange = scope["extensions"][EXCHANGE]
        if exchange.unread():
            life.arm("slow_request", self._config.body_timeout_s)
        try:
            with life:
                try:
                    request = await self._read(operation, key, scope, receive)
                except ServingError as error:
                    raise self._refused(error) from None
                life.disarm("slow_request")
                exchange.on_left(lambda: life.abort("client_left"))
                if request.stream:
                    await self._stream(request, life, send)
                else:
                    await self._respond(request, await self._pool.send(request), send)
        except clock.Aborted as error:
            if error.reason == "slow_request":
                raise ServingError("the request did not arrive in time", kind="slow_request", status=408) from error
            self.metrics.left.inc()
            raise ServingError("the caller left", kind="client_left", status=499) from error
        finally:
            life.close()

    async def _read(self, operation: Operation, key: ApiKey, scope: Scope, receive: Receive) -> PoolRequest:
        body = read_object(await read_body(scope, receive, self._config.max_body_bytes))
        if not isinstance(body.get("model"), str) or not body["model"]:
            raise ServingError("the request needs a model", kind="invalid_request", status=400)
        refused = [f for f in self._config.refused_fields if f in body]
        if refused:
            raise ServingError(f"the field {refused[0]} is not taken here", kind="invalid_request", status=400)
        if operation == "embeddings" and body.get("stream"):
            raise ServingError("embeddings are not streamed", kind="invalid_request", status=400)
        deadline = read_deadline(header(scope, DEADLINE_HEADER.encode()))
        return PoolRequest(operation, body, user=key.name, deadline_s=deadline)

    async def _respond(self, request: PoolRequest, answer: PoolAnswer, send: Send) -> None:
        if answer.status != 200:
            hint = self._pool.endpoint(answer.endpoint).lesson(request, answer.status, answer.content)
            return await respond_error(send, views.refusal(answer, hint), _origin(answer))
        await respond(send, answer.status, answer.content, _origin(answer))

    async def _stream(self, request: PoolRequest, life: clock.Scope, send: Send) -> None:
        opened = await self._pool.stream(request)
        if isinstance(opened, PoolAnswer):
            return await self._respond(request, opened, send)
        async with opened:
            await send({"type": "http.response.start", "status": 200, "headers": STREAM_HEADERS + _origin(opened)})
            try:
                async for block in opened:
                    if opened.told:
                        raise ServingError("the model server ended the stream with an error", kind="broken_stream", status=502)
                    life.arm("client_stalled", self._config.client_stall_s)
                    await send({"type": "http.response.body", "body": block, "more_body": True})
                    life.disarm("client_stalled")
            except ServingError as error:
                event = b"data: " + json.dumps(error_body(error, error.public)).encode() + b"\n\n"
                await send({"type": "http.response.body", "body": event, "more_body": True})
        await send({"type": "http.response.body", "body": b""})


def _origin(answer: PoolAnswer | PoolStream) -> Headers:
    """Who answered."""
    changed = [(ADAPTED_HEADER.encode(), ",".join(answer.adapted).encode())] if answer.adapted else []
    return [
        *changed,
        (b"x-request-id", answer.request_id.encode()),
        (b"x-molwright-endpoint", answer.endpoint.encode()),
        (b"x-molwright-model", answer.model.encode("utf-8")),
    ]
