"""What callers without a key, and servers behind, cannot do to a gateway."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import httpx
import pytest

from core.errors import ServingError
from serving.gateway import views
from serving.gateway.limits import Strangers
from serving.gateway.origin import origin
from serving.pool.call import PoolAnswer
from serving.pool.config import EndpointConfig, Timeouts
from serving.pool.failures import AttemptFailed
from serving.pool.upstream import Upstream
from tests.serving.fake_upstream import Behaviour, fake
from tests.serving.gateway_kit import HALF, Open, listening
from tests.serving.pool_kit import Book, FakeClock, config, run, until

REFUSED = b"HTTP/1.1 429 Too Many Requests\r\nconnection: close\r\ncontent-length: 0\r\nretry-after: 1\r\n\r\n"


@asynccontextmanager
async def attack(gateway: Open, count: int, source: str = "127.0.0.1") -> AsyncIterator[list[asyncio.StreamReader]]:
    made = [await gateway.connect(source) for _ in range(count)]
    try:
        yield [reader for reader, _ in made]
    finally:
        for _, writer in made:
            writer.close()


async def _ended(reader: asyncio.StreamReader) -> bytes:
    try:
        return await asyncio.wait_for(reader.read(), 5)
    except ConnectionError:
        return b""


def test_more_half_heads_than_connections_keep_nobody_out(tmp_path: Path) -> None:
    async def main() -> None:
        with listening(tmp_path, max_connections=20, header_timeout_s=60) as gateway:
            async with attack(gateway, 60) as readers:
                assert [await gateway.health() for _ in range(3)] == [200] * 3
                assert await _ended(readers[0]) == b""  # the one that has waited longest went

    run(main())


def test_one_address_has_its_share_of_the_connections(tmp_path: Path) -> None:
    async def main() -> None:
        with listening(tmp_path, max_connections_per_address=5, header_timeout_s=60) as gateway:
            async with attack(gateway, 6, source="127.0.0.2") as readers:
                assert await _ended(readers[5]) in (b"", REFUSED)  # the answer is lost where the half head was not read yet
                assert await gateway.health() == 200

    run(main())


def test_a_slow_head_is_closed_however_it_drips(tmp_path: Path) -> None:
    async def main() -> None:
        with listening(tmp_path, header_timeout_s=0.3) as gateway:
            silent, _ = await gateway.connect(sent=b"")
            dripping, writer = await gateway.connect()

            async def drip() -> None:
                while not writer.is_closing():
                    writer.write(b"x")
                    await asyncio.sleep(0.05)

            task = asyncio.ensure_future(drip())
            assert [await _ended(silent), await _ended(dripping)] == [b"", b""]
            task.cancel()
            again, writer = await gateway.connect(sent=b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
            assert b"200 OK" in await again.readuntil(b"}")
            writer.write(HALF)
            assert await _ended(again) == b""  # a second request of a connection has no more time than the first

    run(main())


def test_a_head_that_is_too_long_is_refused(tmp_path: Path) -> None:
    async def main() -> None:
        with listening(tmp_path, max_header_bytes=2048) as gateway:
            reader, _ = await gateway.connect(sent=HALF + b"x" * 4096)
            assert (await _ended(reader)).startswith(b"HTTP/1.1 400")

    run(main())


def test_a_chunked_body_is_cut_at_the_limit(tmp_path: Path) -> None:
    async def main() -> None:
        with listening(tmp_path, max_body_bytes=4096) as gateway:
            head = f"POST /v1/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {gateway.key}\r\nTransfer-Encoding: chunked\r\n\r\n"
            _, writer = await gateway.connect(sent=head.encode())
            sent = 0
            with suppress(ConnectionError):
                while sent < 64 * 1024 * 1024:
                    writer.write(b"10000\r\n" + b"x" * 65536 + b"\r\n")
                    await writer.drain()
                    sent += 65536
            assert sent < 16 * 1024 * 1024  # what kernel buffers hold, and not the 64 MiB that were to come

    run(main())


def test_an_answer_to_an_unread_body_arrives(tmp_path: Path) -> None:
    async def main() -> None:
        with listening(tmp_path, max_body_bytes=4096) as gateway:
            async with httpx.AsyncClient(trust_env=False, headers={"authorization": f"Bearer {gateway.key}"}) as client:
                for _ in range(3):
                    answer = await client.post(f"http://127.0.0.1:{gateway.port}/v1/completions", content=b"x" * 60_000)
                    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "body_too_large")

    run(main())


def test_addresses_without_a_key_are_counted_and_those_with_one_are_not() -> None:
    clock = FakeClock()
    strangers = Strangers(clock, 2)
    strangers.count("a")
    strangers.count("a")
    with pytest.raises(ServingError) as caught:
        strangers.count("a")
    assert (caught.value.status, caught.value.kind) == (429, "stranger_limit")
    strangers.count("b")
    clock.time += 60
    strangers.count("a")


@pytest.mark.parametrize(
    ("host", "counts_as"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8::1", "2001:db8::/64"),
        ("2001:db8::2%eth0", "2001:db8::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
    ],
)
def test_what_counts_as_one_address(host: str, counts_as: str) -> None:
    assert origin(host) == counts_as


# ---- servers behind


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("This model's maximum context length is 8192 tokens at /srv/secret", "context_length_exceeded"),
        ("Invalid json_schema /srv/secret", "schema_refused"),
        ("Traceback /srv/secret line 5", "refused"),
    ],
)
def test_a_refusal_is_told_in_our_words(said: str, code: str) -> None:
    answer = PoolAnswer(400, json.dumps({"error": {"message": said}}).encode(), "a", "m", "1")
    error = views.refusal(answer)
    assert (error.kind, error.status) == (code, 400)
    assert "secret" not in str(error)


@pytest.mark.parametrize("behaviour", ["server_error", "bad_request", "first_event_error", "unauthorized"])
@pytest.mark.parametrize("stream", [False, True])
def test_no_words_of_a_server_reach_a_caller(tmp_path: Path, behaviour: str, stream: bool) -> None:
    async def main() -> None:
        with listening(tmp_path, behaviour) as gateway:
            async with httpx.AsyncClient(trust_env=False, headers={"authorization": f"Bearer {gateway.key}"}) as client:
                body = {"model": "m", "messages": [{"role": "user", "content": "hello"}], "stream": stream}
                answer = await client.post(
                    f"http://127.0.0.1:{gateway.port}/v1/chat/completions", json=body, headers={"x-molwright-deadline-s": "2"}
                )
                assert "scripted" not in answer.text
                assert "engine is gone" not in answer.text

    run(main())


@asynccontextmanager
async def _upstream(answer: bytes, limit: int = 1000) -> AsyncIterator[tuple[Upstream, list[bytes]]]:
    """A client of a server that gives every request the same answer, and the heads of the requests."""
    asked: list[bytes] = []

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                asked.append(head)
                if b"content-length: 2" in head:
                    await reader.readexactly(2)
                writer.write(answer)
                await writer.drain()
        writer.close()

    listener = await asyncio.start_server(handle, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    made = Upstream(EndpointConfig(name="a", base_url=f"http://127.0.0.1:{port}/v1", model="m"), Timeouts(), limit)
    try:
        yield made, asked
    finally:
        await made.aclose()
        listener.close()


def _answer(status: bytes, content: bytes, *headers: bytes) -> bytes:
    return b"\r\n".join([b"HTTP/1.1 " + status, *headers, b"content-length: %d" % len(content), b"", content])


def test_no_cookie_is_kept() -> None:
    async def main() -> None:
        async with _upstream(_answer(b"200 OK", b'{"choices": [{}]}', b"set-cookie: session=ada")) as (made, asked):
            for _ in range(2):
                await made.whole("completions", b"{}", "1")
            assert len(asked) == 2
            assert all(b"cookie" not in head for head in asked)

    run(main())


@pytest.mark.parametrize("status", [b"200 OK", b"400 Bad Request"])
def test_an_answer_beyond_the_limit_is_not_read_on(status: bytes) -> None:
    async def main() -> None:
        async with _upstream(_answer(status, b"x" * 1001)) as (made, _):
            for work in (made.whole("completions", b"{}", "1"), made.get("metrics", root=True)):
                with pytest.raises(AttemptFailed, match="more than 1000 bytes"):
                    await work

    run(main())


def test_an_idle_pool_does_not_call_a_server_hung_that_works_for_somebody_else() -> None:
    async def main() -> None:
        probe = {"enabled": True, "interval_s": 1, "idle_s": 15, "stall_s": 5, "canary_timeout_s": 10}
        with fake(default=Behaviour("hung"), hang_canary=True, counting=True) as (fake_server, url):
            clock = FakeClock()
            book = Book(config(url, probe=probe), clock=clock)
            await clock.advance(15)
            seen = fake_server.canaries
            task = asyncio.ensure_future(book.pool.monitors["a"].probe())
            await until(lambda: fake_server.canaries == seen + 1)
            await clock.advance(10)
            assert await task == "busy"
            assert book.pool.endpoint("a").health() == "closed"
            await book.pool.aclose()

    run(main())
