"""A scripted OpenAI-compatible chat server over real sockets, for tests of whatever talks to language models.

    with fake_model() as fake:
        fake.call("lookup", {"name": "aspirin"})      # the next reply: a tool call
        fake.json({"answer": 4})                      # then a structured reply
        fake.say("Four.")                             # then prose
        fake.broken("missing_brace")                  # then one of MALFORMED
        fake.respond = lambda request: Reply(...)     # once the script is spent; without it the server answers 500
        with open_session(fake.url) as session:
            ...
        fake.requests[0]["messages"]

Canaries and pages (/health, /v1/models) are answered beside the script.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from agent.models import ModelBudget, ModelSession, RolePlan
from agent.models.client import PoolBackend
from agent.models.plan import ROLES, role_model
from core.interfaces import Recorder
from serving.pool import PoolConfig
from tests.scratch_recorder import ScratchRecorder
from tests.serving.fake_upstream import serving_app

#: Fast failures: no probes, one attempt a server, short waits.
QUICK: dict[str, Any] = {
    "probe": {"enabled": False},
    "timeouts": {"connect_s": 1.0, "total_s": 5.0, "first_token_s": 5.0, "stall_s": 2.0, "deadline_s": 8.0},
    "retry": {"max_attempts": 2, "backoff_s": 0.01, "unavailable_wait_s": 0.05, "retry_after_max_s": 0.1},
}


@dataclass(frozen=True)
class Reply:
    """One scripted reply. ``calls`` are (tool, arguments as text). ``raw`` replaces the whole body, ``status`` makes it an error.

    ``reasoning``: what a thinking model's server gives beside the text, in the field ``thought_in``.
    """

    text: str | None = ""
    calls: tuple[tuple[Any, Any], ...] = ()
    finish: str | None = "stop"
    usage: dict[str, Any] | None = field(default_factory=lambda: {"prompt_tokens": 20, "completion_tokens": 5, "total_tokens": 25})
    status: int = 200
    error: str = ""
    raw: bytes | None = None
    message: Any = None
    delay: float = 0.0
    break_after: int | None = None
    reasoning: str = ""
    thought_in: str = "reasoning_content"

    @property
    def body(self) -> bytes:
        """The body of a whole answer."""
        if self.raw is not None:
            return self.raw
        if self.status != 200:
            return json.dumps({"error": {"message": self.error or f"scripted {self.status}", "code": self.status}}).encode()
        message: Any = self.message
        if message is None:
            message = {"role": "assistant", "content": self.text}
            if self.reasoning:
                message[self.thought_in] = self.reasoning
            if self.calls:
                message["tool_calls"] = [
                    {"id": f"srv-{n}", "type": "function", "function": {"name": name, "arguments": given}}
                    for n, (name, given) in enumerate(self.calls)
                ]
        body: dict[str, Any] = {"id": "x", "object": "chat.completion", "model": "served", "choices": []}
        body["choices"] = [{"index": 0, "finish_reason": self.finish, "message": message}]
        if self.usage is not None:
            body["usage"] = self.usage
        return json.dumps(body).encode()


def tool_reply(name: str, arguments: Any = None) -> Reply:
    """A well-formed call."""
    return Reply(text=None, calls=((name, json.dumps(arguments or {})),), finish="tool_calls")


def json_reply(value: Any) -> Reply:
    """A structured reply."""
    return Reply(text=json.dumps(value))


#: Every malformed reply by its name, as made from a tool's name and good arguments.
MALFORMED: dict[str, Callable[[str, dict[str, Any]], Reply]] = {
    "missing_brace": lambda t, a: Reply(None, ((t, json.dumps(a)[:-1]),), "tool_calls"),
    "two_missing_brackets": lambda t, a: Reply(None, ((t, json.dumps({**a, "more": [1]})[:-2]),), "tool_calls"),
    "empty_arguments": lambda t, a: Reply(None, ((t, ""),), "tool_calls"),
    "empty_object": lambda t, a: Reply(None, ((t, "{}"),), "tool_calls"),
    "null_arguments": lambda t, a: Reply(None, ((t, None),), "tool_calls"),
    "number_arguments": lambda t, a: Reply(None, ((t, "inf"),), "tool_calls"),
    "true_arguments": lambda t, a: Reply(None, ((t, "true"),), "tool_calls"),
    "list_arguments": lambda t, a: Reply(None, ((t, json.dumps([a])),), "tool_calls"),
    "object_arguments": lambda t, a: Reply(None, ((t, a),), "tool_calls"),
    "wrong_type": lambda t, a: Reply(None, ((t, json.dumps({key: [[]] for key in a})),), "tool_calls"),
    "extra_field": lambda t, a: Reply(None, ((t, json.dumps({**a, "surprise": 1})),), "tool_calls"),
    "not_a_number": lambda t, a: Reply(None, ((t, '{"x": NaN}'),), "tool_calls"),
    "deep_nesting": lambda t, a: Reply(None, ((t, "[" * 20_000),), "tool_calls"),
    "prose": lambda t, a: Reply("I would now look this up for you."),
    "call_as_text": lambda t, a: Reply(json.dumps({"name": t, "arguments": a})),
    "call_in_tags": lambda t, a: Reply(f'<tool_call>\n{{"name": "{t}", "arguments": {json.dumps(a)}}}\n</tool_call>'),
    "call_in_tags_cut": lambda t, a: Reply(f'<tool_call>\n{{"name": "{t}", "arguments": {json.dumps(a)}'),
    "hallucinated_tool": lambda t, a: Reply(None, (("order_pizza", json.dumps(a)),), "tool_calls"),
    "nameless_tool": lambda t, a: Reply(None, (("", json.dumps(a)),), "tool_calls"),
    "null_tool": lambda t, a: Reply(None, ((None, json.dumps(a)),), "tool_calls"),
    "truncated": lambda t, a: Reply(None, ((t, json.dumps(a)[:-3]),), "length"),
    "truncated_whole": lambda t, a: Reply(None, ((t, json.dumps(a)),), "length"),
    "truncated_text": lambda t, a: Reply("Let me think about " * 20, finish="length"),
    "nothing": lambda t, a: Reply(None),
    "empty": lambda t, a: Reply(""),
    "blank": lambda t, a: Reply(" \n\t "),
    "thoughts_only": lambda t, a: Reply("<think>hm</think>"),
    "parallel": lambda t, a: Reply(None, ((t, json.dumps(a)), (t, json.dumps(a)), ("order_pizza", "{}")), "tool_calls"),
    "no_message": lambda t, a: Reply(raw=b'{"choices": [{"index": 0, "finish_reason": "stop"}], "usage": {"prompt_tokens": 3, "completion_tokens": 1}}'),
    "null_message": lambda t, a: Reply(raw=b'{"choices": [{"index": 0, "message": null}]}'),
    "list_message": lambda t, a: Reply(raw=b'{"choices": [{"index": 0, "message": ["a"]}]}'),
    "null_choice": lambda t, a: Reply(raw=b'{"choices": [null]}'),
    "null_function": lambda t, a: Reply(message={"role": "assistant", "content": None, "tool_calls": [{"id": "1", "type": "function", "function": None}]}),
    "number_content": lambda t, a: Reply(message={"role": "assistant", "content": 7}),
    "odd_role": lambda t, a: Reply(message={"role": "wizard", "content": "abracadabra"}),
    "no_json": lambda t, a: Reply(raw=b"<html>gateway</html>"),
    "no_choices": lambda t, a: Reply(raw=b'{"choices": []}'),
}  # fmt: skip


@dataclass
class FakeModel:
    """The server's script and what it saw."""

    model: str = "m"
    api_key: str = ""
    context: int = 8192
    script: deque[Reply] = field(default_factory=deque)
    respond: Callable[[dict[str, Any]], Reply] | None = None
    requests: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    url: str = ""

    def say(self, text: str, **more: Any) -> None:
        """Reply with text."""
        self.script.append(Reply(text, **more))

    def json(self, value: Any, **more: Any) -> None:
        """Reply with a JSON object as text."""
        self.script.append(replace(json_reply(value), **more))

    def call(self, name: str, arguments: Any = None, **more: Any) -> None:
        """Reply with a tool call."""
        self.script.append(replace(tool_reply(name, arguments), **more))

    def fail(self, status: int, message: str = "") -> None:
        """Reply with an HTTP error."""
        self.script.append(Reply(status=status, error=message))

    def broken(self, name: str, tool: str = "lookup", arguments: Any = None) -> None:
        """Reply with one of MALFORMED."""
        self.script.append(MALFORMED[name](tool, arguments if arguments is not None else {"name": "aspirin"}))

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            while (await receive())["type"] != "lifespan.shutdown":
                await send({"type": "lifespan.startup.complete"})
            await send({"type": "lifespan.shutdown.complete"})
            return
        content, more = b"", True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            content, more = content + message.get("body", b""), message.get("more_body", False)
        headers = {k.decode(): v.decode() for k, v in scope["headers"]}
        key = headers.get("authorization", "").removeprefix("Bearer ")
        if self.api_key and key != self.api_key:
            return await _send(send, 401, json.dumps({"error": {"message": f"Incorrect API key provided: {key}"}}).encode())
        if scope["method"] == "GET":
            page = {"object": "list", "data": [{"id": self.model, "object": "model", "max_model_len": self.context}]}
            return await _send(send, 200, json.dumps(page).encode())
        request = json.loads(content)
        if headers.get("x-request-id", "").startswith("canary-"):
            return await _send(send, 200, b'{"choices": [{"text": "x", "message": {"role": "assistant", "content": "x"}}]}')
        self.requests.append(request)
        self.keys.append(key)
        unplanned = Reply(status=500, error="the script is spent")
        reply = self.script.popleft() if self.script else self.respond(request) if self.respond else unplanned
        if reply.delay:
            await asyncio.sleep(reply.delay)
        if request.get("stream") and reply.status == 200 and reply.raw is None:
            return await _stream(send, reply)
        await _send(send, reply.status, reply.body)


async def _stream(send: Any, reply: Reply) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/event-stream")]})
    if reply.reasoning:
        await _event(send, {"choices": [{"index": 0, "delta": {"role": "assistant", reply.thought_in: reply.reasoning}}]})
    words = [w + " " for w in (reply.text or "").split(" ")]
    words[-1] = words[-1][:-1]
    for number, word in enumerate(words):
        if reply.break_after == number:
            raise ConnectionAbortedError("scripted")
        await _event(send, {"choices": [{"index": 0, "delta": {"role": "assistant", "content": word}}]})
    await _event(send, {"choices": [{"index": 0, "delta": {}, "finish_reason": reply.finish}]})
    if reply.usage is not None:
        await _event(send, {"choices": [], "usage": reply.usage})
    await send({"type": "http.response.body", "body": b"data: [DONE]\n\n"})


async def _event(send: Any, value: Any) -> None:
    await send({"type": "http.response.body", "body": b"data: " + json.dumps(value).encode() + b"\n\n", "more_body": True})


async def _send(send: Any, status: int, body: bytes) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


@contextmanager
def fake_model(model: str = "m", **options: Any) -> Iterator[FakeModel]:
    """A fake in a thread, at ``fake.url``."""
    fake = FakeModel(model, **options)
    with serving_app(fake, wait=False) as address:
        fake.url = address + "/v1"
        yield fake


def pool_config(*urls: str, model: str = "m", **options: Any) -> PoolConfig:
    """A pool of servers of one model, named a, b, c, that fails fast."""
    endpoints = [{"name": chr(97 + n), "base_url": url, "model": model} for n, url in enumerate(urls)]
    return PoolConfig.model_validate({"endpoints": endpoints, **QUICK, **options})


def plan_for(*roles: str, model: str = "m", **options: Any) -> RolePlan:
    """A plan in which ``roles`` (all of them, if none is named) use one model."""
    budget = {k: options.pop(k) for k in ("calls", "tokens", "seconds", "money", "prices", "price_per_kwh") if k in options}
    changes = {k: options.pop(k) for k in ("fallback_model", "max_tokens", "context_tokens", "deadline_s") if k in options}
    named = {role: role_model(role, model, **changes) for role in roles or ROLES}
    return RolePlan(roles=named, budget=ModelBudget.model_validate(budget), **options)


@contextmanager
def open_session(
    *urls: str, plan: RolePlan | None = None, recorder: Recorder | None = None, pool: PoolConfig | None = None, **options: Any
) -> Iterator[ModelSession]:
    """A session over servers at ``urls``; ``options`` go to the plan. The record is kept in memory unless one is given."""
    backend = PoolBackend(pool or pool_config(*urls))
    session = ModelSession(plan or plan_for(**options), backend, recorder or ScratchRecorder())
    try:
        yield session
    finally:
        session.close()
