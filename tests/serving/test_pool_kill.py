"""Servers killed and stopped under load: no request is lost, each has one outcome."""

from __future__ import annotations

import asyncio
import signal

import pytest

from core.errors import ServingError
from serving.pool import PoolAnswer
from tests.serving.fake_upstream import FakeProcess
from tests.serving.pool_kit import FAST, QUICK, Book, chat, config, gathered, run


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_a_server_lost_under_load_loses_no_request(number: signal.Signals) -> None:
    total = 300
    servers = [FakeProcess("--behaviour", "slow", "--delay", "0.02") for _ in range(2)]

    async def main() -> None:
        made = config(*(s.base_url for s in servers), probe=FAST, max_concurrency=8, queue_limit=total, breaker=QUICK)
        async with Book(made) as book:

            async def one(index: int) -> str:
                if index == total // 4:
                    servers[0].signal(number)
                answer = await book.pool.send(chat(request_id=f"r{index}"))
                return answer.request_id

            answered = await asyncio.gather(*(one(i) for i in range(total)))
            assert answered == [f"r{i}" for i in range(total)]
            assert sorted(r.request_id for r in book.records) == sorted(answered)
            assert {r.outcome for r in book.records} == {"ok"}
            moved = [r for r in book.records if len(r.attempts) > 1]
            assert moved, "nothing was in flight at the server that was lost"
            assert {r.attempts[0].result for r in moved} <= {"disconnected", "refused", "hung"}
            assert "timeout" not in {a.result for r in book.records for a in r.attempts}, "found hung before any call ran out of time"
            assert book.pool.endpoint("a").health() != "closed"
            if number == signal.SIGSTOP:
                servers[0].signal(signal.SIGCONT)
            else:
                servers[0].stop()
                servers[0] = FakeProcess(port=servers[0].port)
            async with asyncio.timeout(30):
                while book.pool.endpoint("a").health() != "closed":
                    await asyncio.sleep(0.05)
            assert {(await book.pool.send(chat())).endpoint for _ in range(4)} == {"a", "b"}

    try:
        run(main(), limit=90)
    finally:
        for server in servers:
            server.stop()


def test_streams_under_a_kill_are_whole_or_end_with_an_error_and_each_has_one_outcome() -> None:
    total = 60
    servers = [FakeProcess("--behaviour", "slow", "--delay", "0.03") for _ in range(2)]

    async def main() -> None:
        async with Book(config(*(s.base_url for s in servers), probe=FAST, max_concurrency=8, queue_limit=total, breaker=QUICK)) as book:

            async def one(index: int) -> str:
                stream = await book.pool.stream(chat(stream=True, request_id=f"r{index}"))
                assert not isinstance(stream, PoolAnswer)
                if index == total // 3:
                    servers[0].signal(signal.SIGKILL)
                try:
                    return "ok" if (await gathered(stream)).endswith(b"data: [DONE]\n\n") else "cut"
                except ServingError as error:
                    return error.kind

            results = await asyncio.gather(*(one(i) for i in range(total)))
            assert set(results) <= {"ok", "broken_stream"}
            assert results.count("ok") >= total - 8
            by_id = {r.request_id: r.outcome for r in book.records}
            assert [by_id[f"r{i}"] for i in range(total)] == results
            assert len(book.records) == total

    try:
        run(main(), limit=90)
    finally:
        for server in servers:
            server.stop()
