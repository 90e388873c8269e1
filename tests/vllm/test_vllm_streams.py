"""Streams from a real server: whoever leaves ends the work upstream; a stream that breaks says so and is counted."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from serving.pool import CallRecord, EndpointConfig, PoolConfig
from tests.vllm.gateways import gateway_process
from tests.vllm.servers import VllmServer, tiny_model, vllm_server

pytestmark = pytest.mark.vllm

LONG = 7000


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[VllmServer]:
    """One server."""
    with vllm_server(tiny_model(tmp_path_factory.mktemp("streams")), "general") as running:
        yield running


def body(tokens: int, stream: bool) -> dict[str, Any]:
    """A request that goes on for ``tokens``."""
    message = {"role": "user", "content": "Go on"}
    return {"model": "general", "messages": [message], "max_tokens": tokens, "ignore_eos": True, "temperature": 0, "stream": stream}


def value(address: str, name: str) -> float:
    """The sum of a metric's samples at an address, 0 if it has none."""
    text = httpx.get(f"{address}/metrics", timeout=10, trust_env=False).text
    return sum(float(line.rsplit(None, 1)[1]) for line in text.splitlines() if line.startswith((name + "{", name + " ")))


def settled(address: str, name: str) -> float:
    """The metric once it has stood still for two seconds: vLLM's counters lag behind what it does."""
    last, since, end = value(address, name), time.monotonic(), time.monotonic() + 60
    while time.monotonic() - since < 2.0 and time.monotonic() < end:
        time.sleep(0.2)
        now = value(address, name)
        if now != last:
            last, since = now, time.monotonic()
    return last


def config(server: VllmServer) -> PoolConfig:
    """The pool of that server."""
    return PoolConfig(endpoints=[EndpointConfig(name="a", base_url=server.base_url, model="general")])


def records(path: Path) -> list[CallRecord]:
    """What the gateway recorded."""
    return [CallRecord.model_validate_json(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("stream", [True, False])
def test_a_client_that_leaves_ends_the_work_upstream(stream: bool, server: VllmServer, tmp_path: Path) -> None:
    before = value(server.root_url, "vllm:generation_tokens_total")
    with gateway_process(tmp_path, config(server), tmp_path / "calls.jsonl") as address:
        if stream:
            with httpx.stream("POST", f"{address}/v1/chat/completions", json=body(LONG, True), timeout=60, trust_env=False) as answer:
                next(answer.iter_bytes())
        else:
            with pytest.raises(httpx.ReadTimeout):
                httpx.post(f"{address}/v1/chat/completions", json=body(LONG, False), timeout=1.0, trust_env=False)
        made = settled(server.root_url, "vllm:generation_tokens_total") - before
        assert value(server.root_url, "vllm:num_requests_running") == 0
        assert made < LONG / 2, "the server went on although nobody listened"
        assert value(address, "molwright_gateway_clients_left_total") == 1
    assert [r.outcome for r in records(tmp_path / "calls.jsonl")] == ["cancelled"]
    print(f"\nthe client left ({'stream' if stream else 'whole'}): {made:.0f} of {LONG} tokens were made")


def test_a_stream_is_whole(server: VllmServer, tmp_path: Path) -> None:
    with gateway_process(tmp_path, config(server)) as address:
        answer = httpx.post(f"{address}/v1/chat/completions", json=body(50, True), timeout=60, trust_env=False)
        assert answer.text.endswith("data: [DONE]\n\n")
        events = [json.loads(line[6:]) for line in answer.text.splitlines() if line.startswith("data: {")]
        whole = httpx.post(f"{address}/v1/chat/completions", json=body(50, False), timeout=60, trust_env=False).json()
    streamed = "".join(e["choices"][0]["delta"].get("content") or "" for e in events if e["choices"])
    assert streamed == whole["choices"][0]["message"]["content"]


@pytest.mark.parametrize("role", ["api", "engine"])
def test_a_broken_stream_ends_with_an_error_and_is_counted(role: Any, server: VllmServer, tmp_path: Path) -> None:
    record = tmp_path / "calls.jsonl"
    try:
        with gateway_process(tmp_path, config(server), record) as address:
            with httpx.stream("POST", f"{address}/v1/chat/completions", json=body(LONG, True), timeout=60, trust_env=False) as answer:
                blocks = answer.iter_bytes()
                text = next(blocks)
                server.send(signal.SIGKILL, role)
                text += b"".join(blocks)
            last = json.loads([line for line in text.decode().splitlines() if line.startswith("data: {")][-1][6:])
            assert last["error"]["message"]
            assert value(address, "molwright_pool_broken_streams_total") == 1
        (found,) = records(record)
        assert (found.outcome, len(found.attempts)) == ("broken_stream", 1), "a stream is never begun again"
        print(f"\nSIGKILL {role} in a stream: {last['error']['message'][:100]}")
    finally:
        server.stop()
        server.start()
        server.wait()
