"""The gateway: keys, limits, the allow-list, streams, and what it shows of itself."""

from __future__ import annotations

import asyncio
import json
import socket
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import openai
import pytest

from core.errors import ConfigurationError, NotFoundError, ServingError, UsageError
from serving.gateway.app import Gateway
from serving.gateway.config import GatewayConfig, GatewayFile, read_gateway_file
from serving.gateway.keys import KeyStore
from serving.gateway.limits import Limiter
from serving.gateway.protocol import Guard
from serving.gateway.server import build
from serving.pool import CallRecord, PoolConfig
from tests.serving.fake_upstream import Behaviour, FakeServer, fake, serving_app
from tests.serving.pool_kit import FakeClock, config, run, until

CHAT = {"model": "m", "messages": [{"role": "user", "content": "hello"}]}


class Door:
    """A running gateway."""

    def __init__(self, address: str, client: httpx.AsyncClient, keys: KeyStore, gateway: Gateway, server: FakeServer, record: Path) -> None:
        self.address, self.client, self.keys, self.gateway, self.server, self._record = address, client, keys, gateway, server, record

    async def chat(self, **more: Any) -> httpx.Response:
        return await self.client.post("/v1/chat/completions", json={**CHAT, **more})

    def records(self) -> list[CallRecord]:
        return [CallRecord.model_validate_json(line) for line in self._record.read_text(encoding="utf-8").splitlines()]


@asynccontextmanager
async def door(tmp_path: Path, *, behaviour: str = "normal", pool: dict[str, Any] | None = None, **options: Any) -> AsyncIterator[Door]:
    """A gateway in front of one fake, with a key for ada."""
    keys = KeyStore(tmp_path / "keys.json")
    limits = {k: options.pop(k) for k in ("requests_per_minute", "max_concurrency") if k in options}
    key = keys.add("ada", "2026-01-01T00:00:00+00:00", **limits)
    record = tmp_path / "calls.jsonl"
    with fake(default=Behaviour(behaviour)) as (server, url):
        made: PoolConfig = config(url, **{"roles": {"critic": "m"}, **(pool or {})})
        gateway = build(GatewayFile(gateway=GatewayConfig(keys_file=keys._path, record_file=record, drain_s=0, **options), pool=made))
        with serving_app(gateway, http=Guard(gateway._config, gateway.metrics).protocol()) as address:
            async with httpx.AsyncClient(base_url=address, headers={"authorization": f"Bearer {key}"}, trust_env=False) as client:
                yield Door(address, client, keys, gateway, server, record)


def test_an_answer_passes_unchanged_with_its_origin_and_is_recorded_for_the_user(tmp_path: Path) -> None:
    async def main() -> None:
        async with door(tmp_path) as d:
            answer = await d.chat(temperature=0.25)
            role = await d.chat(model="critic")
        assert answer.json()["choices"][0]["message"]["content"] == "one two three four"
        assert answer.headers["x-molwright-endpoint"] == "a"
        assert (role.status_code, role.headers["x-molwright-model"]) == (200, "m")
        sent = d.server.seen[0]
        assert sent["body"] == {**CHAT, "temperature": 0.25}
        assert "authorization" not in sent["headers"], "the caller's key went upstream"
        assert sent["headers"]["x-request-id"] == answer.headers["x-request-id"]
        assert [(r.user, r.outcome, r.model) for r in d.records()] == [("ada", "ok", "m"), ("ada", "ok", "critic")]
        assert "hello" not in (tmp_path / "calls.jsonl").read_text(encoding="utf-8")

    run(main())


def test_the_openai_client_works_against_it(tmp_path: Path) -> None:
    async def main() -> None:
        async with door(tmp_path) as d:
            key = d.client.headers["authorization"].removeprefix("Bearer ")
            client = openai.AsyncOpenAI(base_url=d.address + "/v1", api_key=key, max_retries=0)
            async with client:
                assert [m.id async for m in client.models.list()] == ["m", "critic"]
                whole = await client.chat.completions.create(model="m", messages=[{"role": "user", "content": "x"}])
                stream = await client.chat.completions.create(model="m", messages=[{"role": "user", "content": "x"}], stream=True)
                parts = [c.choices[0].delta.content or "" async for c in stream]
                vector = await client.embeddings.create(model="m", input="x", encoding_format="float")
                with pytest.raises(openai.NotFoundError, match="'other' does not exist"):
                    await client.completions.create(model="other", prompt="x")
        assert whole.choices[0].message.content == "one two three four"
        assert "".join(parts) == "one two three four "
        assert vector.data[0].embedding == [0.6, 0.8]

    run(main())


def test_without_a_known_key_nothing_but_health_is_told(tmp_path: Path) -> None:
    async def main() -> None:
        async with door(tmp_path) as d:
            for authorization in ("", "Bearer", "Bearer wrong", "Basic abc", "Bearer mw-\u00e9"):
                headers = {b"authorization": authorization.encode("latin-1")}
                for path in ("/v1/models", "/models", "/metrics"):
                    assert (await d.client.get(path, headers=headers)).status_code == 401
                refused = await d.client.post("/v1/chat/completions", json=CHAT, headers=headers)
                assert refused.status_code == 401
                assert refused.json()["error"]["type"] == "authentication_error"
                assert refused.headers["www-authenticate"] == "Bearer"
                assert (await d.client.get("/health", headers=headers)).json()["status"] == "ok"
        assert d.server.seen == []

    run(main())


NO_PATHS = (
    "/invocations", "/tokenize", "/detokenize", "/load", "/ping", "/version", "/v1/load_lora_adapter", "/v1/responses", "/docs", "/openapi.json", "/",
    "/v1/chat/completions/", "//v1/chat/completions", "/v1/../invocations", "/v1/%2e%2e/invocations", "/V1/chat/completions", "/v1/chat%2fcompletions/x",
    "/v1/chat/completions%00", "/v1/completions;x", "http://127.0.0.1:1/invocations",
)  # fmt: skip


def test_no_other_path_exists(tmp_path: Path) -> None:
    async def main() -> None:
        async with door(tmp_path) as d:
            key = d.client.headers["authorization"]
            host, port = d.address.removeprefix("http://").split(":")
            for path in NO_PATHS:
                for method in ("GET", "POST"):
                    reader, writer = await asyncio.open_connection(host, int(port))
                    head = (
                        f"{method} {path} HTTP/1.1\r\nHost: x\r\nAuthorization: {key}\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{{}}"
                    )
                    writer.write(head.encode())
                    answer = await reader.read()
                    writer.close()
                    assert answer.split(b" ", 2)[1] == b"404", (method, path, answer[:100])
            assert d.server.seen == []

    run(main())


def test_a_wrong_method_is_405(tmp_path: Path) -> None:
    async def main() -> None:
        async with door(tmp_path) as d:
            assert (await d.client.get("/v1/chat/completions")).status_code == 405
            assert (await d.client.post("/v1/models", json={})).status_code == 405

    run(main())


UNUSABLE = (
    (b"{", "not JSON"),
    (b"", "not JSON"),
    (b"[1]", "not a JSON object"),
    (b"[" * 100_000, "not JSON"),
    (b"\xff\xfe", "not JSON"),
    (b'{"messages": []}', "needs a model"),
    (b'{"model": 3}', "needs a model"),
    (b'{"model": "m", "messages": [], "chat_template": "{{ x }}"}', "chat_template is not taken"),
)


def test_a_request_that_cannot_be_used_is_400_and_goes_nowhere(tmp_path: Path) -> None:
    async def main() -> None:
        async with door(tmp_path) as d:
            for content, message in UNUSABLE:
                answer = await d.client.post("/v1/chat/completions", content=content)
                assert answer.status_code == 400, content[:40]
                assert message in answer.json()["error"]["message"]
                assert answer.json()["error"]["type"] == "invalid_request_error"
            stream = await d.client.post("/v1/embeddings", json={"model": "m", "input": "x", "stream": True})
            assert stream.status_code == 400
        assert d.server.seen == []

    run(main())


def test_a_large_body_is_refused_announced_or_not(tmp_path: Path) -> None:
    async def main() -> None:
        async def drops() -> AsyncIterator[bytes]:
            for _ in range(20):
                yield b"x" * 1000

        async with door(tmp_path, max_body_bytes=4096) as d:
            announced = await d.client.post("/v1/chat/completions", content=b"x" * 5000)
            chunked = await d.client.post("/v1/chat/completions", content=drops())
        assert [announced.status_code, chunked.status_code] == [413, 413]
        assert announced.json()["error"]["code"] == "body_too_large"

    run(main())


def test_a_body_that_does_not_arrive_is_408(tmp_path: Path) -> None:
    async def main() -> None:
        async with door(tmp_path, body_timeout_s=0.1) as d:
            host, port = d.address.removeprefix("http://").split(":")
            reader, writer = await asyncio.open_connection(host, int(port))
            key = d.client.headers["authorization"]
            writer.write(f"POST /v1/completions HTTP/1.1\r\nHost: x\r\nAuthorization: {key}\r\nContent-Length: 50\r\n\r\n{{".encode())
            answer = await reader.readuntil(b"}}")
            writer.close()
        assert b" 408 " in answer.split(b"\r\n")[0]

    run(main())


def test_users_have_rate_limits(tmp_path: Path) -> None:
    async def main() -> None:
        async with door(tmp_path, requests_per_minute=2) as d:
            answers = [await d.chat() for _ in range(3)]
            other = d.keys.add("bob", "2026-01-01T00:00:00+00:00")
            bob = await d.client.post("/v1/chat/completions", json=CHAT, headers={"authorization": f"Bearer {other}"})
        assert [a.status_code for a in answers] == [200, 200, 429]
        assert answers[2].json()["error"]["code"] == "rate_limit"
        assert 1 <= int(answers[2].headers["retry-after"]) <= 30
        assert bob.status_code == 200

    run(main())


def test_users_have_concurrency_limits(tmp_path: Path) -> None:
    async def main() -> None:
        async with door(tmp_path, behaviour="hung", max_concurrency=2) as d:
            tasks = [asyncio.ensure_future(d.chat()) for _ in range(2)]
            await until(lambda: len(d.server.seen) == 2)
            refused = await d.chat()
            d.server.release.set()
            assert [t.status_code for t in await asyncio.gather(*tasks)] == [200, 200]
            assert (await d.chat()).status_code == 200
        assert (refused.status_code, refused.json()["error"]["code"]) == (429, "concurrency_limit")
        assert "retry-after" in refused.headers

    run(main())


def test_the_rate_refills_evenly() -> None:
    clock = FakeClock()
    limiter = Limiter(clock)
    from serving.gateway.keys import ApiKey

    key = ApiKey(name="a", sha256="0" * 64, created_at="", requests_per_minute=60, max_concurrency=5)

    def passes() -> bool:
        try:
            limiter.enter(key)
        except ServingError:
            return False
        limiter.leave(key)
        return True

    assert sum(passes() for _ in range(100)) == 60
    clock.time += 2.5
    assert sum(passes() for _ in range(10)) == 2


def test_a_full_queue_is_503_with_retry_after(tmp_path: Path) -> None:
    async def main() -> None:
        async with door(tmp_path, behaviour="hung", pool={"max_concurrency": 1, "queue_limit": 1}) as d:
            tasks = [asyncio.ensure_future(d.chat()) for _ in range(2)]
            await until(lambda: d.gateway._pool.balancer.waiting() == 1)
            refused = await d.chat()
            d.server.release.set()
            assert [t.status_code for t in await asyncio.gather(*tasks)] == [200, 200]
        assert (refused.status_code, refused.json()["error"]["code"]) == (503, "queue_full")
        assert int(refused.headers["retry-after"]) >= 1

    run(main())


def test_a_stream_passes_event_by_event(tmp_path: Path) -> None:
    async def main() -> None:
        async with door(tmp_path) as d:
            d.server.default = Behaviour("slow", delay=0.03)
            blocks = []
            async with d.client.stream("POST", "/v1/chat/completions", json={**CHAT, "stream": True}) as answer:
                async for block in answer.aiter_raw():
                    blocks.append(block)
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert len(blocks) >= 4, "the stream was gathered before it was passed on"
        assert b"".join(blocks).endswith(b"data: [DONE]\n\n")

    run(main())


def test_a_broken_stream_ends_with_an_error_event_and_without_done(tmp_path: Path) -> None:
    async def main() -> None:
        async with door(tmp_path, behaviour="broken_stream") as d:
            answer = await d.chat(stream=True)
            metrics = (await d.client.get("/metrics")).text
        events = answer.text.strip().split("\n\n")
        assert answer.status_code == 200
        assert "[DONE]" not in answer.text
        assert json.loads(events[-1].removeprefix("data: "))["error"]["code"] == "broken_stream"
        assert all(json.loads(e.removeprefix("data: ")) for e in events)
        assert 'molwright_pool_broken_streams_total{endpoint="a"} 1.0' in metrics
        assert [r.outcome for r in d.records()] == ["broken_stream"]

    run(main())


@pytest.mark.parametrize("stream", [False, True])
def test_a_caller_that_leaves_aborts_the_call_upstream(tmp_path: Path, stream: bool) -> None:
    async def main() -> None:
        async with door(tmp_path, behaviour="stalled_stream" if stream else "hung") as d:
            with pytest.raises(httpx.ReadTimeout):
                await d.client.post("/v1/chat/completions", json={**CHAT, "stream": stream}, timeout=0.2)
            await until(lambda: d.server.aborted == 1)
            await until(lambda: d.records())
            assert "molwright_gateway_clients_left_total 1.0" in (await d.client.get("/metrics")).text
        assert [(r.outcome, r.status) for r in d.records()] == [("cancelled", 499)]

    run(main())


def test_a_caller_that_takes_nothing_of_its_answer_is_dropped(tmp_path: Path) -> None:
    async def main() -> None:
        async with door(tmp_path, client_stall_s=0.2) as d:
            d.server.default = Behaviour(chunks=500, padding=50_000)
            host, port = d.address.removeprefix("http://").split(":")
            sock = socket.socket()
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            sock.connect((host, int(port)))
            body = json.dumps({**CHAT, "stream": True})
            head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: {d.client.headers['authorization']}\r\nContent-Length: {len(body)}\r\n\r\n"
            sock.sendall((head + body).encode())
            await until(lambda: d.records())
            sock.close()
            assert d.gateway._pool.endpoint("a").outstanding == 0
        assert [r.outcome for r in d.records()] == ["cancelled"]

    run(main())


def test_errors_of_servers_become_openai_errors(tmp_path: Path) -> None:
    async def main() -> None:
        async with door(tmp_path, behaviour="server_error", pool={"retry": {"max_attempts": 1}}) as d:
            failed = await d.chat()
            d.server.default = Behaviour("bad_request")
            bad = await d.chat()
        assert (failed.status_code, failed.json()["error"]["type"]) == (502, "server_error")
        assert (bad.status_code, bad.json()["error"]["message"]) == (400, "the model server refused the request (HTTP 400)")
        assert "scripted" not in failed.text + bad.text

    run(main())


def test_models_shows_each_roles_model_health_and_measured_rate(tmp_path: Path) -> None:
    async def main() -> None:
        async with door(tmp_path) as d:
            before = (await d.client.get("/models")).json()
            await d.chat()
            after = (await d.client.get("/models")).json()
        assert before["roles"] == [
            {"role": "critic", "model": "m", "fallbacks": [], "endpoints": 1, "healthy": 1, "tokens_per_second": None}
        ]
        assert after["roles"][0]["tokens_per_second"] > 0
        assert after["endpoints"][0]["state"] == "closed"
        assert "last_error" not in after["endpoints"][0]

    run(main())


def test_health_is_503_when_a_model_has_no_server(tmp_path: Path) -> None:
    async def main() -> None:
        async with door(tmp_path) as d:
            assert (await d.client.get("/health")).status_code == 200
            d.gateway._pool.endpoint("a").draining = True
            down = await d.client.get("/health")
        assert (down.status_code, down.json()) == (503, {"status": "down", "models_down": ["m"]})

    run(main())


def test_a_removed_key_stops_working_at_once(tmp_path: Path) -> None:
    async def main() -> None:
        async with door(tmp_path) as d:
            assert (await d.chat()).status_code == 200
            d.keys.remove("ada")
            assert (await d.chat()).status_code == 401

    run(main())


def test_a_key_file_that_root_writes_belongs_to_the_owner_of_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[tuple[int, int]] = []
    monkeypatch.setattr("serving.gateway.keys.os.geteuid", lambda: 0)
    monkeypatch.setattr("serving.gateway.keys.os.fchown", lambda _, user, group: given.append((user, group)))
    KeyStore(tmp_path / "keys.json").add("ada", "2026-01-01T00:00:00+00:00")
    assert given == [(tmp_path.stat().st_uid, tmp_path.stat().st_gid)] * 2, "the file and its lock"


def test_keys_are_stored_hashed_for_their_owner_only(tmp_path: Path) -> None:
    keys = KeyStore(tmp_path / "sub" / "keys.json")
    key = keys.add("ada", "2026-01-01T00:00:00+00:00", requests_per_minute=5, max_concurrency=2)
    text = (tmp_path / "sub" / "keys.json").read_text(encoding="utf-8")
    assert key.startswith("mw-")
    assert len(key) > 40
    assert key not in text
    assert key[3:] not in text
    assert stat.S_IMODE((tmp_path / "sub" / "keys.json").stat().st_mode) == 0o600
    found = keys.find(key)
    assert found is not None
    assert (found.name, found.requests_per_minute, found.max_concurrency) == ("ada", 5, 2)
    assert keys.find("mw-other") is None
    with pytest.raises(UsageError, match="already"):
        keys.add("ada", "2026-01-01T00:00:00+00:00")
    with pytest.raises(UsageError, match="pattern"):
        keys.add("a b", "2026-01-01T00:00:00+00:00")
    with pytest.raises(NotFoundError):
        keys.remove("bob")
    keys.remove("ada")
    assert keys.find(key) is None
    (tmp_path / "sub" / "keys.json").write_text("{", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="not a key file"):
        keys.keys()


def test_a_gateway_without_keys_stays_on_this_machine(tmp_path: Path) -> None:
    path = tmp_path / "gateway.toml"
    text = '[gateway]\nrequire_keys = false\n{}\n[[pool.endpoints]]\nbase_url = "http://127.0.0.1:1/v1"\nmodel = "m"\n'
    for host in ("0.0.0.0", "10.0.0.1", "gpu-host"):
        path.write_text(text.format(f'host = "{host}"'), encoding="utf-8")
        with pytest.raises(ConfigurationError, match="only possible on a loopback address"):
            read_gateway_file(path)
    path.write_text(text.format("keys_file = 'k.json'"), encoding="utf-8")
    read = read_gateway_file(path)
    assert (read.gateway.host, read.gateway.keys_file) == ("127.0.0.1", tmp_path / "k.json")


def test_an_open_gateway_answers_without_a_key(tmp_path: Path) -> None:
    async def main() -> None:
        async with door(tmp_path, require_keys=False, open_metrics=True) as d:
            answer = await d.client.post("/v1/chat/completions", json=CHAT, headers={"authorization": ""})
        assert answer.status_code == 200
        assert d.records()[0].user == "anonymous"

    run(main())


def test_what_alerts_watch_is_exported_before_anything_happened(tmp_path: Path) -> None:
    async def main() -> None:
        async with door(tmp_path) as d:
            page = (await d.client.get("/metrics")).text
        for line in (
            'molwright_pool_hung_total{endpoint="a"} 0.0',
            'molwright_pool_broken_streams_total{endpoint="a"} 0.0',
            'molwright_pool_calls_total{model="m",outcome="failed"} 0.0',
            'molwright_pool_rejected_total{reason="queue_full"} 0.0',
            'molwright_gateway_refused_total{reason="invalid_api_key"} 0.0',
            'molwright_pool_endpoint_up{endpoint="a"} 1.0',
            "molwright_pool_retry_budget 100.0",
            "molwright_gateway_in_flight 1.0",
        ):
            assert line in page.splitlines()

    run(main())


def test_a_doubled_key_means_the_same_here_and_upstream(tmp_path: Path) -> None:
    async def main() -> None:
        async with door(tmp_path) as d:
            content = b'{"model": "other", "model": "m", "messages": [{"role": "user", "content": "\\ud800"}]}'
            answer = await d.client.post("/v1/chat/completions", content=content)
        assert answer.status_code == 200
        assert d.server.seen[0]["body"] == {"model": "m", "messages": [{"role": "user", "content": "\ud800"}]}

    run(main())


def test_the_gateway_strips_what_it_is_told_and_says_what_else_would_help(tmp_path: Path) -> None:
    from agent.models.client import PoolBackend
    from agent.models.exchange import ChatRequest
    from tests.agent.models.behaviours import has, refusal, refusing
    from tests.agent.models.fake_server import fake_model

    tools = [{"type": "function", "function": {"name": "lookup", "description": "Look up.", "parameters": {}, "strict": True}}]
    with fake_model() as server:
        server.respond = refusing(has("seed"), refusal("seed is not supported"))
        pool = PoolConfig.model_validate(
            {"endpoints": [{"base_url": server.url, "model": "m", "adapt": ["no_strict"]}], "probe": {"enabled": False}}
        )
        gateway = build(GatewayFile(gateway=GatewayConfig(keys_file=tmp_path / "keys.json", require_keys=False, drain_s=0), pool=pool))
        with serving_app(gateway, http=Guard(gateway._config, gateway.metrics).protocol()) as address:
            call = f"{address}/v1/chat/completions"
            taken = httpx.post(call, json={**CHAT, "tools": tools}, trust_env=False)
            refused = httpx.post(call, json={**CHAT, "seed": 1}, trust_env=False)
            backend = PoolBackend(PoolConfig.model_validate({"endpoints": [{"base_url": f"{address}/v1", "model": "m"}]}))
            answer = backend.complete(ChatRequest("m", CHAT["messages"], tools=tools))
            backend.close()
    assert (taken.status_code, taken.headers["x-molwright-adapted"]) == (200, "no_strict")
    assert refused.status_code == 400
    assert "adapt no_seed: seed is left out" in refused.json()["error"]["message"]
    assert "is not supported" not in refused.text  # the server's own words
    assert sorted(answer.adapted) == ["no_seed", "no_strict"]
    assert not any("strict" in t["function"] for r in server.requests for t in r.get("tools", ()))
