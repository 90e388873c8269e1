"""Streams: passed on whole, failed over only before the first event, ended once in the record."""

from __future__ import annotations

import asyncio

import pytest

from core.errors import ServingError
from serving.pool import PoolAnswer, PoolStream
from serving.pool.sse import MAX_EVENT_BYTES, EventReader
from tests.serving.fake_upstream import Behaviour, fake
from tests.serving.pool_kit import Book, FakeClock, chat, config, gathered, run, until


async def opened(book: Book, **more: object) -> PoolStream:
    stream = await book.pool.stream(chat(stream=True, **more))  # type: ignore[arg-type]
    assert not isinstance(stream, PoolAnswer)
    return stream


async def collect(stream: PoolStream, blocks: list[bytes]) -> None:
    async for block in stream:
        blocks.append(block)


def test_a_stream_passes_unchanged_and_its_events_count_as_tokens() -> None:
    async def main() -> None:
        with fake() as (_, url):
            async with Book(config(url)) as book:
                text = await gathered(await opened(book))
                assert book.pool.endpoint("a").outstanding == 0
        assert text.count(b"data: ") == 5
        assert text.endswith(b"data: [DONE]\n\n")
        [record] = book.records
        assert (record.outcome, record.tokens_out, record.tokens_counted) == ("ok", 4, False)
        assert record.first_token_seconds is not None
        assert record.first_token_seconds <= record.seconds

    run(main())


def test_usage_is_taken_where_the_server_gives_it() -> None:
    async def main() -> None:
        with fake() as (_, url):
            async with Book(config(url)) as book:
                request = chat(stream=True)
                request.body["stream_options"] = {"include_usage": True}  # type: ignore[index]
                stream = await book.pool.stream(request)
                await gathered(stream)
        assert (book.records[0].tokens_in, book.records[0].tokens_out, book.records[0].tokens_counted) == (7, 4, True)

    run(main())


@pytest.mark.parametrize("kind", ["broken_stream", "no_done"])
def test_a_stream_that_breaks_after_its_first_event_ends_with_an_error_and_is_not_begun_again(kind: str) -> None:
    async def main() -> None:
        with fake(default=Behaviour(kind)) as (one, a), fake() as (two, b):
            async with Book(config(a, b)) as book:
                blocks: list[bytes] = []
                with pytest.raises(ServingError) as caught:
                    await collect(await opened(book), blocks)
        assert caught.value.kind == "broken_stream"
        assert all(b.endswith(b"\n\n") for b in blocks), "half an event was passed on"
        assert (len(one.seen), len(two.seen)) == (1, 0)
        assert [(r.outcome, len(r.attempts), r.answered_by) for r in book.records] == [("broken_stream", 1, "a")]
        assert book.value("molwright_pool_broken_streams_total", endpoint="a") == 1

    run(main())


def test_a_stream_that_stalls_is_broken_after_its_time() -> None:
    async def main() -> None:
        with fake(default=Behaviour("stalled_stream")) as (server, url):
            clock = FakeClock()
            async with Book(config(url, timeouts={"stall_s": 8}), clock=clock) as book:
                stream = await opened(book)
                while b"two" not in await stream.__anext__():
                    pass
                pending = asyncio.ensure_future(stream.__anext__())
                await asyncio.sleep(0.02)
                await clock.advance(7.9)
                assert not pending.done()
                await clock.advance(0.2)
                with pytest.raises(ServingError, match="stall"):
                    await pending
                await until(lambda: server.aborted == 1)
        assert book.records[0].outcome == "broken_stream"

    run(main())


def test_a_slow_reader_is_no_stall() -> None:
    async def main() -> None:
        with fake() as (_, url):
            clock = FakeClock()
            async with Book(config(url, timeouts={"stall_s": 8}), clock=clock) as book:
                stream = await opened(book)
                await stream.__anext__()
                await clock.advance(100)
                assert (await gathered(stream)).endswith(b"data: [DONE]\n\n")
        assert book.records[0].outcome == "ok"

    run(main())


def test_leaving_a_stream_aborts_it_at_the_server() -> None:
    async def main() -> None:
        with fake(default=Behaviour("slow", delay=0.1, chunks=50)) as (server, url):
            async with Book(config(url)) as book:
                async with await opened(book) as stream:
                    await stream.__anext__()
                await until(lambda: server.aborted == 1)
                assert book.pool.endpoint("a").outstanding == 0
        assert [(r.outcome, r.status, r.answered_by) for r in book.records] == [("cancelled", 499, "a")]

    run(main())


def test_leaving_after_done_is_a_finished_stream() -> None:
    async def main() -> None:
        with fake() as (_, url):
            async with Book(config(url)) as book, await opened(book) as stream:
                async for block in stream:
                    if b"[DONE]" in block:
                        break
        assert book.records[0].outcome == "ok"

    run(main())


def test_cancelling_the_reader_ends_the_stream_once() -> None:
    async def main() -> None:
        with fake(default=Behaviour("stalled_stream")) as (server, url):
            async with Book(config(url)) as book:
                task = asyncio.ensure_future(gathered(await opened(book)))
                await asyncio.sleep(0.05)
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task
                await until(lambda: server.aborted == 1)
        assert [r.outcome for r in book.records] == ["cancelled"]

    run(main())


def test_the_deadline_ends_a_stream_without_blame() -> None:
    async def main() -> None:
        with fake(default=Behaviour("stalled_stream")) as (_, url):
            clock = FakeClock()
            async with Book(config(url), clock=clock) as book:
                stream = await opened(book, deadline_s=5)
                task = asyncio.ensure_future(gathered(stream))
                await asyncio.sleep(0.05)
                await clock.advance(5.1)
                with pytest.raises(ServingError):
                    await task
        assert book.records[0].outcome == "deadline"
        assert book.value("molwright_pool_broken_streams_total", endpoint="a") == 0

    run(main())


@pytest.mark.parametrize("end", [b"\n\n", b"\r\n\r\n"])
@pytest.mark.parametrize("size", [1, 7, 1000])
def test_events_are_cut_whole_however_the_bytes_come(end: bytes, size: int) -> None:
    first = 'data: {"choices": [{"delta": {"content": "é"}}]}'.encode()
    text = b": ping" + end + first + end + b'data: {"choices": [], "usage": {"completion_tokens": 3}}' + end + b"data: [DONE]" + end
    reader, blocks = EventReader(), []
    for at in range(0, len(text), size):
        block = reader.feed(text[at : at + size])
        if block:
            assert block.endswith(end)
            blocks.append(block)
    assert b"".join(blocks) == text
    assert (reader.data_events, reader.usage, reader.done) == (2, {"completion_tokens": 3}, True)


def test_an_endless_event_is_refused() -> None:
    reader = EventReader()
    for _ in range(MAX_EVENT_BYTES // 65_536):
        reader.feed(b"x" * 65_536)
    with pytest.raises(ValueError, match="bytes"):
        reader.feed(b"x")


def test_many_small_chunks_are_read() -> None:
    reader, event = EventReader(), b'data: {"choices": [{"delta": {"content": "x"}}]}\n\n'
    for _ in range(20_000):
        reader.feed(event)
    assert reader.data_events == 20_000
