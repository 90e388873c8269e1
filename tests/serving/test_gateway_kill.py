"""A server killed or stopped behind the gateway under load: every caller gets its answer."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

import httpx
import pytest

from serving.gateway.config import GatewayConfig, GatewayFile
from serving.gateway.protocol import Guard
from serving.gateway.server import build
from serving.pool import CallRecord
from tests.serving.fake_upstream import FakeProcess, serving_app
from tests.serving.pool_kit import FAST, QUICK, config, run

TOTAL = 200


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_callers_of_the_gateway_do_not_notice(number: signal.Signals, tmp_path: Path) -> None:
    servers = [FakeProcess("--behaviour", "slow", "--delay", "0.02") for _ in range(2)]
    pool = config(*(s.base_url for s in servers), probe=FAST, breaker=QUICK, max_concurrency=8, queue_limit=TOTAL)
    record = tmp_path / "calls.jsonl"
    gateway = build(GatewayFile(gateway=GatewayConfig(require_keys=False, record_file=record, drain_s=0), pool=pool))

    async def main(address: str) -> None:
        turn = asyncio.Semaphore(40)
        async with httpx.AsyncClient(base_url=address, timeout=10, trust_env=False) as client:

            async def one(index: int) -> int:
                async with turn:
                    if index == TOTAL // 3:
                        servers[0].signal(number)
                    body = {"model": "m", "messages": [{"role": "user", "content": str(index)}]}
                    return (await client.post("/v1/chat/completions", json=body)).status_code

            assert await asyncio.gather(*(one(i) for i in range(TOTAL))) == [200] * TOTAL

    try:
        with serving_app(gateway, http=Guard(gateway._config, gateway.metrics).protocol()) as address:
            run(main(address), limit=30)
    finally:
        for server in servers:
            server.stop()
    records = [CallRecord.model_validate_json(line) for line in record.read_text(encoding="utf-8").splitlines()]
    assert len({r.request_id for r in records}) == len(records) == TOTAL
    assert {r.outcome for r in records} == {"ok"}
    assert any(len(r.attempts) > 1 for r in records)
