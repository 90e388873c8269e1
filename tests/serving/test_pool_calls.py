"""Calls through the pool: answers, failover, fallback, retry budget, limits, records."""

from __future__ import annotations

import asyncio
import json
from dataclasses import fields

import pytest

from core.errors import ConfigurationError, ServingError
from serving.pool import EndpointConfig, PoolAnswer, PoolConfig, PoolRequest
from serving.pool.ledger import Attempt, Call, CallRecord, Try
from tests.serving.fake_upstream import Behaviour, fake, free_socket
from tests.serving.pool_kit import Book, FakeClock, chat, config, run, until
from tests.tables import each_row


def refused_address() -> str:
    sock = free_socket()
    address = f"http://127.0.0.1:{sock.getsockname()[1]}/v1"
    sock.close()
    return address


def test_an_answer_comes_back_unchanged_and_is_recorded_once() -> None:
    async def main() -> None:
        with fake() as (server, url):
            async with Book(config(url)) as book:
                answer = await book.pool.send(chat(user="ada", request_id="r1"))
        assert answer.json()["choices"][0]["message"]["content"] == "one two three four"
        [record] = book.records
        assert (record.request_id, record.user, record.outcome, record.status, record.answered_by) == ("r1", "ada", "ok", 200, "a")
        assert (record.tokens_in, record.tokens_out, record.tokens_counted) == (7, 4, True)
        assert server.seen[0]["headers"]["x-request-id"] == "r1"
        assert book.value("molwright_pool_tokens_total", endpoint="a", model="m", direction="out") == 4

    run(main())


def test_completions_and_embeddings_have_their_own_paths() -> None:
    async def main() -> None:
        with fake() as (server, url):
            async with Book(config(url)) as book:
                text = await book.pool.send(PoolRequest("completions", {"model": "m", "prompt": "x"}))
                vector = await book.pool.send(PoolRequest("embeddings", {"model": "m", "input": "x"}))
        assert text.json()["choices"][0]["text"].startswith("one")
        assert vector.json()["data"][0]["embedding"] == [0.6, 0.8]
        assert [s["path"] for s in server.seen] == ["/v1/completions", "/v1/embeddings"]

    run(main())


@each_row("kind", ["server_error", "malformed", "empty", "no_choices", "unauthorized", "not_found"])
@each_row("stream", [False, True])
def test_a_server_that_fails_is_left_for_another(kind: str, stream: bool) -> None:
    if stream and kind in ("malformed", "empty", "no_choices"):
        kind = "first_event_error"

    async def main() -> None:
        with fake(default=Behaviour(kind)) as (bad, bad_url), fake() as (good, good_url):
            async with Book(config(bad_url, good_url)) as book:
                if stream:
                    opened = await book.pool.stream(chat(stream=True))
                    assert not isinstance(opened, PoolAnswer)
                    async with opened:
                        text = b"".join([b async for b in opened])
                    assert text.endswith(b"data: [DONE]\n\n")
                else:
                    assert (await book.pool.send(chat())).endpoint == "b"
        assert len(bad.seen) == len(good.seen) == 1
        [record] = book.records
        assert record.outcome == "ok"
        assert [a.endpoint for a in record.attempts] == ["a", "b"]
        assert record.attempts[0].result != "ok"

    run(main())


def test_a_refused_connection_takes_the_server_out_at_once() -> None:
    async def main() -> None:
        with fake() as (_, good_url):
            async with Book(config(refused_address(), good_url), clock=FakeClock()) as book:
                for _ in range(3):
                    assert (await book.pool.send(chat())).endpoint == "b"
        assert [len(r.attempts) for r in book.records] == [2, 1, 1]
        assert book.records[0].attempts[0].result == "refused"
        assert book.pool.endpoint("a").health() == "open"

    run(main())


def test_a_bad_request_is_the_callers_and_is_not_sent_again() -> None:
    async def main() -> None:
        with fake(default=Behaviour("bad_request")) as (one, a), fake() as (two, b):
            async with Book(config(a, b)) as book:
                whole = await book.pool.send(chat())
                book.pool.endpoint("b").draining = True
                stream = await book.pool.stream(chat(stream=True))
        assert whole.status == 400
        assert isinstance(stream, PoolAnswer)
        assert json.loads(stream.content)["error"]["message"] == "scripted bad_request"
        assert (len(one.seen), len(two.seen)) == (2, 0)
        assert [r.outcome for r in book.records] == ["client_error", "client_error"]
        assert book.pool.endpoint("a").health() == "closed"

    run(main())


def test_the_fallback_model_answers_where_no_server_of_the_model_can() -> None:
    async def main() -> None:
        with fake("big", default=Behaviour("server_error")) as (_, a), fake("small") as (small, b):
            endpoints = [EndpointConfig(name="a", base_url=a, model="big"), EndpointConfig(name="b", base_url=b, model="small")]
            made = PoolConfig(endpoints=endpoints, fallbacks={"big": ["small"]}, roles={"critic": "big"}, probe={"enabled": False})
            async with Book(made) as book:
                answer = await book.pool.send(chat("critic"))
        assert (answer.endpoint, answer.model) == ("b", "small")
        assert small.seen[0]["body"]["model"] == "small"
        [record] = book.records
        assert (record.model, record.answered_model) == ("critic", "small")
        assert book.value("molwright_pool_fallbacks_total", model="big", answered="small") == 1

    run(main())


def test_a_server_may_know_the_model_by_another_name_and_serve_adapters() -> None:
    async def main() -> None:
        with fake() as (server, url):
            endpoint = EndpointConfig(base_url=url, model="general", served_as="org/Model-7B", adapters=["chemistry"])
            async with Book(PoolConfig(endpoints=[endpoint], probe={"enabled": False})) as book:
                await book.pool.send(chat("general"))
                await book.pool.send(chat("chemistry"))
        assert [s["body"]["model"] for s in server.seen] == ["org/Model-7B", "chemistry"]

    run(main())


def test_an_unknown_model_is_404_and_never_begins() -> None:
    async def main() -> None:
        async with Book(config(refused_address())) as book:
            with pytest.raises(ServingError, match="does not exist") as caught:
                await book.pool.send(chat("other"))
        assert caught.value.status == 404
        assert book.pool.ledger.opened == 0

    run(main())


def test_retries_end_with_the_attempts_and_say_what_happened() -> None:
    async def main() -> None:
        with fake(default=Behaviour("server_error")) as (server, url):
            clock = FakeClock()
            async with Book(config(url, retry={"max_attempts": 3}, breaker={"failures": 10}), clock=clock) as book:
                task = asyncio.ensure_future(book.pool.send(chat()))
                while not task.done():
                    await asyncio.sleep(0.005)
                    await clock.advance(0.1)
                with pytest.raises(ServingError, match=r"after 3 attempts.*scripted server_error") as caught:
                    await task
        assert (caught.value.kind, caught.value.status) == ("server_error", 502)
        assert len(server.seen) == 3
        assert [(r.outcome, len(r.attempts)) for r in book.records] == [("failed", 3)]

    run(main())


def test_the_retry_budget_bounds_retries_across_calls() -> None:
    async def main() -> None:
        with fake(default=Behaviour("server_error")) as (one, a), fake(default=Behaviour("server_error")) as (two, b):
            made = config(a, b, retry={"budget_reserve": 2, "budget_ratio": 0.0, "max_attempts": 2}, breaker={"failures": 100})
            async with Book(made) as book:
                results = [await _kind(book, chat()) for _ in range(6)]
        assert results == ["server_error"] * 6
        assert len(one.seen) + len(two.seen) == 6 + 2
        assert "retry budget is spent" in book.records[-1].error

    run(main())


async def _kind(book: Book, request: PoolRequest) -> str:
    try:
        await book.pool.send(request)
    except ServingError as error:
        return error.kind
    return "ok"


def test_429_is_honoured_and_the_call_waits_its_time() -> None:
    async def main() -> None:
        with fake() as (server, url):
            server.script.append(Behaviour("rate_limited", retry_after="7"))
            clock = FakeClock()
            async with Book(config(url), clock=clock) as book:
                task = asyncio.ensure_future(book.pool.send(chat()))
                await until(lambda: book.pool.endpoint("a").health() == "paused")
                await clock.advance(6.9)
                await asyncio.sleep(0.02)
                assert (len(server.seen), task.done()) == (1, False)
                await clock.advance(0.2)
                await task
        assert len(server.seen) == 2
        assert [a.result for a in book.records[0].attempts] == ["rate_limited", "ok"]

    run(main())


def test_429_goes_to_another_server_first_and_a_long_wait_is_told_to_the_caller() -> None:
    async def main() -> None:
        limited = Behaviour("rate_limited", retry_after="120")
        with fake(default=limited) as (_, a), fake() as (_, b):
            async with Book(config(a, b), clock=FakeClock()) as book:
                assert (await book.pool.send(chat())).endpoint == "b"
                book.pool.endpoint("b").draining = True
                with pytest.raises(ServingError) as caught:
                    await book.pool.send(chat())
        assert caught.value.status == 429
        assert caught.value.retry_after == pytest.approx(120.0)

    run(main())


def test_calls_beyond_the_slots_wait_in_order_and_beyond_the_queue_are_refused() -> None:
    async def main() -> None:
        with fake(default=Behaviour("hung")) as (server, url):
            async with Book(config(url, max_concurrency=2, queue_limit=2)) as book:
                tasks = [asyncio.ensure_future(book.pool.send(chat(request_id=f"r{i}"))) for i in range(4)]
                await until(lambda: len(server.seen) == 2 and book.pool.balancer.waiting() == 2)
                with pytest.raises(ServingError, match="queue is full") as caught:
                    await book.pool.send(chat(request_id="r4"))
                assert caught.value.status == 503
                assert caught.value.retry_after is not None
                assert caught.value.retry_after >= 1
                server.release.set()
                await asyncio.gather(*tasks)
        assert server.most_running == 2
        assert [s["headers"]["x-request-id"] for s in server.seen[2:]] == ["r2", "r3"]
        assert sorted((r.request_id, r.outcome) for r in book.records) == [*((f"r{i}", "ok") for i in range(4)), ("r4", "rejected")]

    run(main())


def test_a_waiting_call_that_is_cancelled_frees_its_place() -> None:
    async def main() -> None:
        with fake(default=Behaviour("hung")) as (server, url):
            async with Book(config(url, max_concurrency=1)) as book:
                first = asyncio.ensure_future(book.pool.send(chat()))
                await until(lambda: server.seen)
                second, third = (asyncio.ensure_future(book.pool.send(chat())) for _ in range(2))
                await until(lambda: book.pool.balancer.waiting() == 2)
                second.cancel()
                server.release.set()
                await asyncio.gather(first, third)
                assert book.pool.endpoint("a").outstanding == 0
        assert sorted(r.outcome for r in book.records) == ["cancelled", "ok", "ok"]

    run(main())


def test_a_caller_that_leaves_aborts_the_call_at_the_server() -> None:
    async def main() -> None:
        with fake(default=Behaviour("hung")) as (server, url):
            async with Book(config(url)) as book:
                task = asyncio.ensure_future(book.pool.send(chat()))
                await until(lambda: server.seen)
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task
                await until(lambda: server.aborted == 1)
                assert book.pool.endpoint("a").outstanding == 0
        assert [(r.outcome, r.status, r.attempts[0].result) for r in book.records] == [("cancelled", 499, "cancelled")]

    run(main())


@pytest.mark.parametrize("stream", [False, True])
def test_a_server_without_an_answer_in_time_is_left_for_another(stream: bool) -> None:
    async def main() -> None:
        with fake(default=Behaviour("hung")) as (slow, a), fake() as (_, b):
            clock = FakeClock()
            async with Book(config(a, b, timeouts={"first_token_s": 10, "total_s": 10}), clock=clock) as book:
                call = book.pool.stream(chat(stream=True)) if stream else book.pool.send(chat())
                task: asyncio.Task[object] = asyncio.ensure_future(call)
                await until(lambda: slow.seen)
                await clock.advance(10.1)
                result = await task
                assert getattr(result, "endpoint", "") == "b"
                if stream:
                    await result.aclose()  # type: ignore[attr-defined]
                await until(lambda: slow.aborted == 1)
        assert book.records[0].attempts[0].result == "timeout"

    run(main())


def test_the_deadline_ends_a_call_wherever_it_is_without_blame() -> None:
    async def main() -> None:
        with fake(default=Behaviour("hung")) as (server, url):
            clock = FakeClock()
            async with Book(config(url, max_concurrency=1), clock=clock) as book:
                running = asyncio.ensure_future(book.pool.send(chat(deadline_s=5)))
                await until(lambda: server.seen)
                waiting = asyncio.ensure_future(book.pool.send(chat(deadline_s=4)))
                await until(lambda: book.pool.balancer.waiting() == 1)
                await clock.advance(4.5)
                with pytest.raises(ServingError, match="deadline") as first:
                    await waiting
                await clock.advance(1)
                with pytest.raises(ServingError) as second:
                    await running
                assert book.pool.endpoint("a").health() == "closed"
        assert (first.value.status, second.value.status) == (504, 504)
        assert [r.outcome for r in book.records] == ["deadline", "deadline"]

    run(main())


def test_draining_finishes_what_runs_and_sends_nothing_more() -> None:
    async def main() -> None:
        with fake(default=Behaviour("hung")) as (one, a), fake() as (_, b):
            clock = FakeClock()
            async with Book(config(a, b), clock=clock) as book:
                running = asyncio.ensure_future(book.pool.send(chat()))
                await until(lambda: one.seen)
                drained = asyncio.ensure_future(book.pool.drain("a", 30))
                await asyncio.sleep(0)
                assert {(await book.pool.send(chat())).endpoint for _ in range(3)} == {"b"}
                assert not drained.done()
                one.release.set()
                assert (await running).endpoint == "a"
                assert await drained
                book.pool.undrain("a")
                assert {(await book.pool.send(chat())).endpoint for _ in range(2)} == {"a", "b"}

    run(main())


def test_closing_gives_calls_their_time_then_ends_them() -> None:
    async def main() -> None:
        with fake(default=Behaviour("hung")) as (server, url):
            clock = FakeClock()
            book = Book(config(url), clock=clock)
            running = asyncio.ensure_future(book.pool.send(chat()))
            await until(lambda: server.seen)
            closing = asyncio.ensure_future(book.pool.aclose(grace_s=3))
            await asyncio.sleep(0)
            with pytest.raises(ServingError, match="closing"):
                await book.pool.send(chat())
            await clock.advance(3.1)
            with pytest.raises(ServingError) as caught:
                await running
            await closing
            assert caught.value.kind == "closing"
            assert [r.outcome for r in book.records] == ["failed"]
            assert book.pool.ledger.open_requests() == []

    run(main())


def test_one_request_id_cannot_be_under_way_twice() -> None:
    async def main() -> None:
        with fake(default=Behaviour("hung")) as (server, url):
            async with Book(config(url)) as book:
                first = asyncio.ensure_future(book.pool.send(chat(request_id="same")))
                await until(lambda: server.seen)
                with pytest.raises(ServingError, match="under way already"):
                    await book.pool.send(chat(request_id="same"))
                server.release.set()
                await first
        assert [r.request_id for r in book.records] == ["same"]

    run(main())


def test_a_record_that_cannot_be_written_does_not_cost_the_answer() -> None:
    async def main() -> None:
        from serving.pool import Pool

        def sink(record: object) -> None:
            raise OSError("disk full")

        with fake() as (_, url):
            async with Pool(config(url), sink=sink) as pool:
                assert (await pool.send(chat())).status == 200
                assert pool.ledger.sink_errors == 1

    run(main())


def test_the_servers_key_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    async def main() -> None:
        with fake() as (server, url):
            made = PoolConfig(endpoints=[EndpointConfig(base_url=url, model="m", api_key_env="A_KEY")], probe={"enabled": False})
            monkeypatch.delenv("A_KEY", raising=False)
            with pytest.raises(ConfigurationError, match="A_KEY"):
                Book(made)
            monkeypatch.setenv("A_KEY", "secret")
            async with Book(made) as book:
                await book.pool.send(chat())
        assert server.seen[0]["headers"]["authorization"] == "Bearer secret"

    run(main())


def test_what_sinks_get_is_what_is_stored() -> None:
    stored = {name for name in CallRecord.model_fields if name != "schema_version"}
    assert {f.name for f in fields(Call)} == stored
    assert {f.name for f in fields(Try)} == set(Attempt.model_fields)
