"""Real servers killed and stopped under load, behind the pool and behind the gateway: no request is lost, the return is noticed.

Each case sends 500 requests through a pool in this process and 500 through a gateway, to two servers of one model and one of another,
with the settings that are shipped, and signals a part of one server while they run.
"""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from serving.pool import CallRecord, PoolConfig, PoolRequest
from tests.serving.pool_kit import Book, chat, run
from tests.vllm.gateways import gateway_process
from tests.vllm.servers import Role, ServerPlan, VllmServer, tiny_model, vllm_servers

pytestmark = pytest.mark.vllm

TOTAL = 500
TIMEOUT_S = 60.0  # of each request, at its caller
AT_ONCE = 24
#: The longest time out of a server, the probe's rhythm and its canary, with room for a machine that is slow.
NOTICED_S = 20.0


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[VllmServer]]:
    """Two servers of the model ``general`` and one of ``other``."""
    folder = tmp_path_factory.mktemp("faults")
    general, other = tiny_model(folder, seed=0), tiny_model(folder, seed=7)
    plans = [ServerPlan(general, "general"), ServerPlan(general, "general"), ServerPlan(other, "other")]
    with vllm_servers(plans, folder) as running:
        yield running


def pool_config(servers: list[VllmServer]) -> PoolConfig:
    """The three servers with the shipped settings."""
    endpoints = [
        {"name": name, "base_url": s.base_url, "model": s.plan.name, "max_concurrency": 8} for name, s in zip("abc", servers, strict=True)
    ]
    settings = {"endpoints": endpoints, "fallbacks": {"general": ["other"]}, "roles": {"critic": "other"}, "queue_limit": 2 * TOTAL}
    return PoolConfig.model_validate(settings)


def body(index: int) -> dict[str, Any]:
    """Four of five requests are for the model that has two servers."""
    model = "critic" if index % 5 == 4 else "general"
    return {"model": model, "messages": [{"role": "user", "content": f"Request {index}"}], "max_tokens": 8, "temperature": 0}


async def through_pool(book: Book, strike: asyncio.Event) -> list[float]:
    """Seconds of each of 500 requests to the pool; ``strike`` is set when a quarter of them has been sent."""
    turn = asyncio.Semaphore(AT_ONCE)

    async def one(index: int) -> float:
        async with turn:
            if index == TOTAL // 4:
                strike.set()
            begin = time.monotonic()
            request = PoolRequest("chat/completions", body(index), request_id=f"p{index}", deadline_s=TIMEOUT_S)
            answer = await book.pool.send(request)
            assert answer.status == 200
            return time.monotonic() - begin

    return await asyncio.gather(*(one(i) for i in range(TOTAL)))


async def through_gateway(address: str) -> list[float]:
    """Seconds of each of 500 requests to the gateway."""
    turn = asyncio.Semaphore(AT_ONCE)
    async with httpx.AsyncClient(base_url=address, timeout=TIMEOUT_S, trust_env=False) as client:

        async def one(index: int) -> float:
            async with turn:
                begin = time.monotonic()
                answer = await client.post("/v1/chat/completions", json=body(index))
                assert answer.status_code == 200, answer.text
                return time.monotonic() - begin

        return await asyncio.gather(*(one(i) for i in range(TOTAL)))


async def noticed(book: Book, address: str, name: str) -> float:
    """Seconds until the pool and the gateway use the server again."""
    begin = time.monotonic()
    async with httpx.AsyncClient(base_url=address, timeout=5, trust_env=False) as client:
        while time.monotonic() - begin < NOTICED_S:
            states = {e["name"]: e["state"] for e in (await client.get("/models")).json()["endpoints"]}
            if states[name] == "closed" and book.pool.endpoint(name).ready():
                return time.monotonic() - begin
            await asyncio.sleep(0.05)
    pytest.fail(f"{name} is not used {NOTICED_S:.0f} s after its return")


def pages(server: VllmServer) -> tuple[int, int]:
    """Status of /health and /metrics; 0 where there was no answer."""

    def status(path: str) -> int:
        try:
            return httpx.get(server.root_url + path, timeout=5, trust_env=False).status_code
        except httpx.HTTPError:
            return 0

    return status("/health"), status("/metrics")


@pytest.mark.parametrize("role", ["api", "engine", "worker"])
@pytest.mark.parametrize("number", [signal.SIGSTOP, signal.SIGKILL])
def test_no_request_is_lost_and_the_return_is_noticed(
    number: signal.Signals, role: Role, servers: list[VllmServer], tmp_path: Path
) -> None:
    record = tmp_path / "calls.jsonl"
    victim = servers[0]

    async def main(address: str) -> None:
        async with Book(pool_config(servers)) as book:
            strike = asyncio.Event()

            async def fault() -> tuple[int, int]:
                await strike.wait()
                victim.send(number, role)
                if number == signal.SIGKILL:
                    return 0, 0
                return await asyncio.to_thread(pages, victim)

            begin = time.monotonic()
            shown, pooled, gated = await asyncio.gather(fault(), through_pool(book, strike), through_gateway(address))
            lasted = time.monotonic() - begin
            assert not book.pool.endpoint("a").ready() or number == signal.SIGKILL
            if number == signal.SIGSTOP:
                victim.send(signal.SIGCONT, role)
            else:
                victim.stop()
                victim.start()
                await asyncio.to_thread(victim.wait)
            back = await noticed(book, address, "a")
            answers = {(await book.pool.send(chat("general", f"{n}"))).endpoint for n in range(6)}
            assert answers == {"a", "b"}
            hung = book.value("molwright_pool_hung_total", endpoint="a")
        worst = (max(pooled), max(gated))
        assert max(worst) < TIMEOUT_S
        if number == signal.SIGSTOP:
            assert hung >= 1
            assert shown == ((200, 200) if role != "api" else (0, 0)), "health and metrics as vLLM shows them"
        records = [CallRecord.model_validate_json(line) for line in record.read_text(encoding="utf-8").splitlines()]
        for found in ([r for r in book.records if r.request_id.startswith("p")], records):
            assert len({r.request_id for r in found}) == len(found) == TOTAL
            assert {r.outcome for r in found} == {"ok"}
            assert {r.answered_model for r in found if r.model == "critic"} == {"other"}
        again = sum(len(r.attempts) > 1 for r in [*book.records, *records])
        assert again, "nothing was in flight at the server that was lost"
        print(
            f"\n{number.name} {role}: 0 of {2 * TOTAL} lost, {again} sent again, longest {worst[0]:.1f} s (pool) {worst[1]:.1f} s (gateway), "
            f"load {lasted:.0f} s, /health and /metrics {shown}, return noticed after {back:.1f} s"
        )

    with gateway_process(tmp_path, pool_config(servers), record) as address:
        run(main(address), limit=300)
