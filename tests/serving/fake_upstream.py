"""A scripted OpenAI-compatible server: in a thread (scripted from the test) or as a process (to be killed and stopped).

    python fake_upstream.py --port 0 --model m [--behaviour slow --delay 0.05]      prints its port as the first line

Behaviours: normal, slow, hung, rate_limited, server_error, broken_stream, malformed, empty, no_choices, first_event_error, no_done,
unauthorized, not_found, bad_request. A server that hangs still answers /health, /metrics and /v1/models, as vLLM does.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import uvicorn

WORDS = ("one", "two", "three", "four")


@dataclass
class Behaviour:
    """How a request is answered."""

    kind: str = "normal"
    delay: float = 0.0
    retry_after: str | None = None
    chunks: int = len(WORDS)
    padding: int = 0  # characters added to each event of a stream


@dataclass
class FakeServer:
    """The ASGI application and what it saw. Thread-safe enough for tests: deque operations and integers."""

    model: str = "m"
    api_key: str = ""
    default: Behaviour = field(default_factory=Behaviour)
    script: deque[Behaviour] = field(default_factory=deque)
    hang_canary: bool = False
    counter: int = 0
    metrics_page: str = ""
    counting: bool = False  # whether the token counter moves at each reading
    seen: list[dict[str, Any]] = field(default_factory=list)
    canaries: int = 0
    answered: int = 0
    aborted: int = 0
    running: int = 0
    most_running: int = 0
    release: threading.Event = field(default_factory=threading.Event)
    arrived: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            while (await receive())["type"] != "lifespan.shutdown":
                await send({"type": "lifespan.startup.complete"})
            await send({"type": "lifespan.shutdown.complete"})
            return
        path, body = scope["path"], b""
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        if scope["method"] == "GET":
            await self._page(path, send)
            return
        request = json.loads(body)
        headers = {k.decode(): v.decode() for k, v in scope["headers"]}
        canary = headers.get("x-request-id", "").startswith("canary-")
        if canary:
            self.canaries += 1
        self.running += 1
        self.most_running = max(self.most_running, self.running)
        watch = asyncio.ensure_future(self._watch(receive, asyncio.current_task()))
        try:
            behaviour = self.default if canary or not self.script else self.script.popleft()
            if canary and not self.hang_canary and behaviour.kind in ("hung", "slow"):
                behaviour = Behaviour()
            if not canary:
                self.seen.append({"path": path, "headers": headers, "body": request})
                self.arrived.release()
            await self._complete(path, request, behaviour, send)
            self.answered += not canary
        except asyncio.CancelledError:
            self.aborted += 1
        finally:
            self.running -= 1
            watch.cancel()

    async def _watch(self, receive: Any, task: Any) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        task.cancel()

    async def _page(self, path: str, send: Any) -> None:
        if path == "/health":
            return await _send(send, 200, b"")
        if path == "/v1/models":
            return await _send(send, 200, {"object": "list", "data": [{"id": self.model, "object": "model", "max_model_len": 2048}]})
        if path == "/metrics":
            self.counter += self.counting
            if self.metrics_page:
                return await _send(send, 200, self.metrics_page.encode())
            text = f'# TYPE vllm:generation_tokens_total counter\nvllm:generation_tokens_total{{model_name="m"}} {float(self.counter)}\n'
            return await _send(send, 200, text.encode())
        await _send(send, 404, {"error": {"message": "no such page"}})

    async def _complete(self, path: str, request: dict[str, Any], how: Behaviour, send: Any) -> None:
        if how.delay:
            await asyncio.sleep(how.delay)
        errors = {"rate_limited": 429, "server_error": 500, "unauthorized": 401, "not_found": 404, "bad_request": 400}
        if how.kind in errors:
            headers = [(b"retry-after", how.retry_after.encode())] if how.retry_after is not None else []
            return await _send(send, errors[how.kind], {"error": {"message": f"scripted {how.kind}", "code": errors[how.kind]}}, headers)
        if how.kind == "hung":
            while not self.release.is_set():
                await asyncio.sleep(0.01)
        if how.kind == "malformed":
            return await _send(send, 200, b'{"choices": [{"index": 0, "mess')
        if how.kind == "empty":
            return await _send(send, 200, b"")
        if how.kind == "no_choices":
            return await _send(send, 200, {"object": "chat.completion", "choices": []})
        if path == "/v1/embeddings":
            return await _send(
                send, 200, {"object": "list", "data": [{"embedding": [0.6, 0.8], "index": 0}], "usage": {"prompt_tokens": 3}}
            )
        if request.get("stream"):
            return await self._stream(request, how, send)
        await _send(send, 200, _whole(path, request, self.model))

    async def _stream(self, request: dict[str, Any], how: Behaviour, send: Any) -> None:
        start = {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/event-stream")]}
        await send(start)
        if how.kind == "first_event_error":
            await _event(send, {"error": {"message": "engine is gone", "code": 500}})
            await send({"type": "http.response.body", "body": b"data: [DONE]\n\n"})
            return
        for number in range(how.chunks):
            if how.kind == "broken_stream" and number == 2:
                await send({"type": "http.response.body", "body": b'data: {"choices": [{"del', "more_body": True})
                raise ConnectionAbortedError("scripted")
            if how.kind == "stalled_stream" and number == 2:
                while not self.release.is_set():
                    await asyncio.sleep(0.01)
            if how.kind == "slow" and number:
                await asyncio.sleep(how.delay)
            await _event(
                send, {"model": self.model, "choices": [{"index": 0, "delta": {"content": WORDS[number % 4] + " " + "x" * how.padding}}]}
            )
        if request.get("stream_options", {}).get("include_usage"):
            await _event(send, {"choices": [], "usage": {"prompt_tokens": 7, "completion_tokens": how.chunks}})
        await send({"type": "http.response.body", "body": b"" if how.kind == "no_done" else b"data: [DONE]\n\n"})


def _whole(path: str, request: dict[str, Any], model: str) -> dict[str, Any]:
    text = " ".join(WORDS)
    choice = {"text": text} if path == "/v1/completions" else {"message": {"role": "assistant", "content": text}}
    usage = {"prompt_tokens": 7, "completion_tokens": 4, "total_tokens": 11}
    return {"id": "x", "model": model, "choices": [{"index": 0, "finish_reason": "stop", **choice}], "usage": usage}


async def _event(send: Any, value: Any) -> None:
    await send({"type": "http.response.body", "body": b"data: " + json.dumps(value).encode() + b"\n\n", "more_body": True})


async def _send(send: Any, status: int, value: Any, headers: Any = ()) -> None:
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    base = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": [*base, *headers]})
    await send({"type": "http.response.body", "body": body})


def free_socket(port: int = 0) -> socket.socket:
    """A listening socket on the loopback."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # asyncio sets TCP_NODELAY only where it sees the protocol
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind(("127.0.0.1", port))
    sock.listen(256)
    return sock


@contextmanager
def serving_app(app: Any, *, wait: bool = True, http: Any = "auto") -> Iterator[str]:
    """Any ASGI application on a loopback port, in a thread; gives its address. ``wait``: for its end, which takes 0.15 s; ``http``: uvicorn's protocol."""
    sock = free_socket()
    config = uvicorn.Config(app, http=http, log_level="critical", access_log=False, lifespan="on", ws="none", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[sock])), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{sock.getsockname()[1]}"
    finally:
        server.should_exit = server.force_exit = True
        if wait:
            thread.join(5)


@contextmanager
def fake(model: str = "m", **options: Any) -> Iterator[tuple[FakeServer, str]]:
    """A fake in a thread: the server and its /v1 address."""
    server = FakeServer(model, **options)
    with serving_app(server, wait=False) as address:
        try:
            yield server, address + "/v1"
        finally:
            server.release.set()


class FakeProcess:
    """A fake in a process of its own."""

    def __init__(self, *arguments: str, port: int = 0) -> None:
        command = [sys.executable, str(Path(__file__).resolve()), "--port", str(port), *arguments]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.port = int(self.process.stdout.readline())
        self.base_url = f"http://127.0.0.1:{self.port}/v1"

    def signal(self, number: signal.Signals) -> None:
        """SIGKILL, SIGSTOP or SIGCONT."""
        os.kill(self.process.pid, number)

    def stop(self) -> None:
        """End it whatever its state."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(5)
        if self.process.stdout is not None:
            self.process.stdout.close()


def main() -> None:
    """Run as a process."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--model", default="m")
    parser.add_argument("--behaviour", default="normal")
    parser.add_argument("--delay", type=float, default=0.0)
    options = parser.parse_args()
    sock = free_socket(options.port)
    print(sock.getsockname()[1], flush=True)
    app = FakeServer(options.model, default=Behaviour(options.behaviour, delay=options.delay))
    config = uvicorn.Config(app, log_level="critical", access_log=False, ws="none")
    asyncio.run(uvicorn.Server(config).serve(sockets=[sock]))


if __name__ == "__main__":
    main()
