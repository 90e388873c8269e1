"""Hung servers, recovery, and the parts that decide them."""

from __future__ import annotations

import asyncio

import pytest
from prometheus_client import generate_latest

from core.errors import ServingError
from serving.pool import EndpointConfig, PoolAnswer
from serving.pool.breaker import Breaker, RetryBudget
from serving.pool.clock import Aborted, Scope
from serving.pool.config import BreakerConfig
from serving.pool.endpoint import RateWindow
from serving.pool.monitor import Monitor, sum_counters
from tests.serving.fake_upstream import Behaviour, FakeServer, fake
from tests.serving.pool_kit import Book, FakeClock, chat, config, run, until

PROBE = {"enabled": True, "interval_s": 1, "idle_s": 15, "stall_s": 5, "canary_timeout_s": 10}


async def hang(clock: FakeClock, server: FakeServer, monitor: Monitor) -> str:
    """One probe whose canary gets no answer in its time."""
    seen = server.canaries
    task = asyncio.ensure_future(monitor.probe())
    await until(lambda: server.canaries == seen + 1 or task.done())
    await clock.advance(10)
    return await task


def test_calls_at_a_hung_server_are_cancelled_and_sent_again_though_its_health_page_answers() -> None:
    async def main() -> None:
        with fake(default=Behaviour("hung"), hang_canary=True) as (one, a), fake() as (_, b):
            clock = FakeClock()
            book = Book(config(a, b, probe=PROBE), clock=clock)
            monitor = book.pool.monitors["a"]
            tasks = [asyncio.ensure_future(book.pool.send(chat())) for _ in range(6)]
            await until(lambda: len(one.seen) == 3 and len(book.records) == 3)
            assert await monitor.probe() == "not_due"
            await clock.advance(5)
            assert await hang(clock, one, monitor) == "hung"
            answers = await asyncio.gather(*tasks)
            assert {x.endpoint for x in answers[1::2]} == {x.endpoint for x in answers[::2]} == {"b"}
            assert book.pool.endpoint("a").health() == "open"
            assert (await book.pool.send(chat())).endpoint == "b"
            await until(lambda: one.aborted >= 3)
            await book.pool.aclose()
        assert [[x.result for x in r.attempts] for r in book.records[3:6]] == [["hung", "ok"]] * 3
        assert [r.outcome for r in book.records] == ["ok"] * 7
        assert book.value("molwright_pool_hung_total", endpoint="a") == 1
        assert max(r.seconds for r in book.records) <= 15

    run(main())


def test_a_busy_server_whose_token_counter_moves_is_not_hung() -> None:
    async def main() -> None:
        with fake(default=Behaviour("hung"), hang_canary=True, counting=True) as (server, url):
            clock = FakeClock()
            book = Book(config(url, probe=PROBE), clock=clock)
            task = asyncio.ensure_future(book.pool.send(chat()))
            await until(lambda: server.seen)
            for _ in range(2):
                await clock.advance(5)
                assert await hang(clock, server, book.pool.monitors["a"]) == "busy"
            assert not task.done()
            server.release.set()
            assert (await task).status == 200
            await book.pool.aclose()
        assert [a.result for a in book.records[0].attempts] == ["ok"]

    run(main())


def test_a_server_that_comes_back_is_noticed_by_a_canary_not_by_a_caller() -> None:
    async def main() -> None:
        with fake(default=Behaviour("server_error")) as (one, a), fake() as (_, b):
            clock = FakeClock()
            book = Book(config(a, b, probe={**PROBE, "recheck_s": 10}, breaker={"failures": 1, "open_s": 4}), clock=clock)
            monitor = book.pool.monitors["a"]
            await book.pool.send(chat())
            assert (book.pool.endpoint("a").health(), await monitor.probe()) == ("open", "not_due")
            await clock.advance(4)
            assert book.pool.endpoint("a").health() == "half_open"
            assert (await book.pool.send(chat())).endpoint == "b"
            assert await monitor.probe() == "failed"
            one.default = Behaviour()
            await clock.advance(7.9)
            assert await monitor.probe() == "not_due"
            await clock.advance(0.2)
            assert await monitor.probe() == "alive"
            assert book.pool.endpoint("a").health() == "closed"
            assert {(await book.pool.send(chat())).endpoint for _ in range(2)} == {"a", "b"}
            await book.pool.aclose()
        assert len(one.seen) == 2

    run(main())


def test_a_server_that_was_down_for_long_is_used_soon_after_its_return() -> None:
    async def main() -> None:
        with fake(default=Behaviour("server_error")) as (one, a), fake() as (_, b):
            clock = FakeClock()
            book = Book(config(a, b, probe=PROBE, breaker={"failures": 1}), clock=clock)
            monitor = book.pool.monitors["a"]
            await book.pool.send(chat())
            for _ in range(600):  # ten minutes
                await clock.advance(1)
                assert await monitor.probe() in ("not_due", "failed")
            one.default = Behaviour()
            waited = 0
            while not book.pool.endpoint("a").ready():
                await clock.advance(1)
                await monitor.probe()
                waited += 1
            assert waited <= 3
            await book.pool.aclose()

    run(main())


def test_an_idle_server_that_dies_is_found_before_a_caller_does() -> None:
    async def main() -> None:
        with fake(default=Behaviour("server_error")) as (one, a), fake() as (_, b):
            clock = FakeClock()
            async with Book(config(a, b, probe=PROBE, breaker={"failures": 1}), clock=clock) as book:
                for _ in range(15):
                    await clock.advance(1)
                await until(lambda: book.pool.endpoint("a").health() == "open")
                assert not one.seen
                assert (await book.pool.send(chat())).endpoint == "b"

    run(main())


def test_a_server_with_chat_only_is_asked_to_chat() -> None:
    async def main() -> None:
        with fake() as (server, url):
            server.default = Behaviour("not_found")
            async with Book(config(url, probe=PROBE), clock=FakeClock()) as book:
                monitor = book.pool.monitors["a"]
                assert await monitor.probe(force=True) == "failed"
                assert server.canaries == 2
                server.default = Behaviour()
                assert await monitor.probe(force=True) == "alive"

    run(main())


def test_a_stream_at_a_hung_server_ends_with_an_error() -> None:
    async def main() -> None:
        with fake(default=Behaviour("stalled_stream"), hang_canary=True) as (_, url):
            clock = FakeClock()
            async with Book(config(url, probe=PROBE, timeouts={"stall_s": 100}), clock=clock) as book:
                stream = await book.pool.stream(chat(stream=True))
                assert not isinstance(stream, PoolAnswer)
                await stream.__anext__()
                await stream.__anext__()
                book.pool.endpoint("a").abort_all("hung")
                with pytest.raises(ServingError, match="hung"):
                    await stream.__anext__()
        assert [r.outcome for r in book.records] == ["broken_stream"]

    run(main())


def test_without_any_server_a_call_fails_after_the_configured_wait() -> None:
    async def main() -> None:
        with fake(default=Behaviour("unauthorized")) as (_, url):
            clock = FakeClock()
            made = config(url, probe=PROBE, breaker={"open_s": 1000, "open_max_s": 1000}, retry={"unavailable_wait_s": 20})
            async with Book(made, clock=clock) as book:
                with pytest.raises(ServingError, match="unauthorized") as at_once:
                    await book.pool.send(chat())
            made = config(url, probe=PROBE, breaker={"open_s": 10}, retry={"unavailable_wait_s": 20})
            book = Book(made, clock=clock)  # nobody probes: the server stays out
            task = asyncio.ensure_future(book.pool.send(chat()))
            await until(lambda: book.pool.balancer.waiting() == 1)
            await clock.advance(19.9)
            assert not task.done()
            await clock.advance(0.2)
            with pytest.raises(ServingError, match="unauthorized") as waited:
                await task
            await book.pool.aclose()
        assert (at_once.value.kind, at_once.value.status, waited.value.kind) == ("unavailable", 503, "unavailable")
        assert at_once.value.retry_after == pytest.approx(1000)

    run(main())


def test_the_breaker_opens_doubles_its_time_and_closes() -> None:
    clock = FakeClock()
    breaker = Breaker(BreakerConfig(failures=2, open_s=1, open_max_s=3), clock, probed=False)
    assert not breaker.failure()
    breaker.success()
    assert not breaker.failure()
    assert breaker.failure()
    assert (breaker.state(), breaker.ready()) == ("open", False)
    assert not breaker.failure(), "failures of earlier calls while open change nothing"
    for expected in (2, 3, 3):
        clock.time = breaker.ready_at()
        assert (breaker.state(), breaker.ready()) == ("half_open", True)
        breaker.started()
        assert not breaker.ready(), "one trial at a time"
        assert breaker.failure()
        assert breaker.ready_at() - clock.time == expected
    clock.time = breaker.ready_at()
    breaker.started()
    breaker.neutral()
    assert breaker.ready()
    breaker.success()
    assert breaker.state() == "closed"
    assert breaker.failure(trip=True)
    assert breaker.ready_at() - clock.time == 1


def test_the_retry_budget_fills_with_calls_up_to_its_reserve() -> None:
    budget = RetryBudget(2, 0.5)
    assert [budget.withdraw() for _ in range(3)] == [True, True, False]
    budget.deposit()
    assert not budget.withdraw()
    budget.deposit()
    assert budget.withdraw()
    for _ in range(100):
        budget.deposit()
    assert budget.left == 2


def test_a_scope_ends_waits_but_lets_foreign_cancellation_through() -> None:
    async def main() -> None:
        clock = FakeClock()
        scope = Scope(clock)

        async def wait() -> None:
            with scope:
                await asyncio.sleep(60)

        task = asyncio.ensure_future(wait())
        await asyncio.sleep(0)
        scope.abort("hung")
        with pytest.raises(Aborted, match="hung"):
            await task
        with pytest.raises(Aborted, match="hung"), scope:
            raise AssertionError("an aborted scope was entered")
        scope = Scope(clock)
        task = asyncio.ensure_future(wait())
        await asyncio.sleep(0)
        scope.abort("hung")
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        scope = Scope(clock)
        scope.arm("timeout", 5)
        task = asyncio.ensure_future(wait())
        await asyncio.sleep(0)
        await clock.advance(5)
        with pytest.raises(Aborted, match="timeout"):
            await task

    run(main())


def test_tokens_per_second_counts_busy_time_only() -> None:
    clock = FakeClock()
    window = RateWindow(clock, span_s=100, slots=10)
    assert window.rate() is None
    window.busy(True)
    clock.time += 4
    window.add(200)
    window.busy(False)
    clock.time += 50
    assert window.rate() == pytest.approx(50)
    clock.time += 100
    assert window.rate() is None


def test_token_counters_are_summed() -> None:
    page = 'vllm:generation_tokens_total{engine="0"} 5.0\nvllm:prompt_tokens_total{engine="0"} 2.0\nvllm:generation_tokens_created 9e9\n'
    server = EndpointConfig(base_url="http://x/v1", model="m", adapters=["n"])
    assert sum_counters(page, server) == 7
    assert sum_counters("up 1\n", server) is None
    lines = [f'molwright_pool_progress_total{{endpoint="a",model="{m}"}} {v}' for m, v in (("m", 2.0), ("n", 3.0), ("other", 50.0))]
    assert sum_counters("\n".join(lines), server) == 5


def test_a_gateway_as_endpoint_is_not_hung_while_its_own_servers_make_progress() -> None:
    async def main() -> None:
        with fake(default=Behaviour("hung"), hang_canary=True) as (server, url):
            clock = FakeClock()
            inner = Book(config(url))
            inner.pool.metrics.progress.labels("a", "m").inc()
            book = Book(config(url, probe=PROBE), clock=clock)
            task = asyncio.ensure_future(book.pool.send(chat()))
            await until(lambda: server.seen)
            server.metrics_page = generate_latest(inner.pool.metrics.registry).decode()
            await clock.advance(5)
            seen = server.canaries
            probe = asyncio.ensure_future(book.pool.monitors["a"].probe())
            await until(lambda: server.canaries == seen + 1)
            inner.pool.metrics.progress.labels("a", "m").inc()
            server.metrics_page = generate_latest(inner.pool.metrics.registry).decode()
            await clock.advance(10)
            assert await probe == "busy"
            await clock.advance(5)
            assert await hang(clock, server, book.pool.monitors["a"]) == "hung"
            task.cancel()
            await inner.pool.aclose()
            await book.pool.aclose()

    run(main())
