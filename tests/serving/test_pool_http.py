"""The HTTP client of the pool against servers that answer in every way that HTTP/1.1 allows, and in some that it does not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from core.errors import ConfigurationError
from serving.pool.config import EndpointConfig, Timeouts
from serving.pool.http import Broken, Client, ConnectFailed
from serving.pool.upstream import Upstream
from tests.serving.pool_kit import run


class Scripted:
    """A server that answers the requests of every connection from one script; None ends the connection."""

    def __init__(self, *answers: bytes | None) -> None:
        self.answers = list(answers)
        self.connections = 0
        self.heads: list[bytes] = []
        self.ended = asyncio.Event()

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while self.answers:
                self.heads.append(await reader.readuntil(b"\r\n\r\n"))
                answer = self.answers.pop(0)
                if answer is None:
                    break
                writer.write(answer)
            else:
                await reader.read()
        self.ended.set()
        writer.close()


@asynccontextmanager
async def client(server: Scripted) -> AsyncIterator[Client]:
    listener = await asyncio.start_server(server, "127.0.0.1", 0)
    made = Client(f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}", {"authorization": "Bearer k"}, 2.0)
    try:
        yield made
    finally:
        await made.aclose()
        listener.close()


async def get(asked: Client, limit: int = 1000) -> bytes | None:
    response = await asked.request("GET", "/v1/models")
    try:
        return await response.read(limit)
    finally:
        response.close()


PLAIN = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"
CHUNKED = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\no\r\n1\r\nk\r\n0\r\n\r\n"


def test_a_connection_is_kept_whatever_the_form_of_the_answer() -> None:
    async def main() -> None:
        server = Scripted(PLAIN, CHUNKED, PLAIN)
        async with client(server) as asked:
            assert [await get(asked) for _ in range(3)] == [b"ok"] * 3
        assert server.connections == 1
        assert all(b"authorization: Bearer k" in head for head in server.heads)

    run(main())


@pytest.mark.parametrize(
    "answer",
    [b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nok", b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok and more"],
)
def test_a_connection_that_cannot_be_used_again_is_not_kept(answer: bytes) -> None:
    async def main() -> None:
        server = Scripted(answer, PLAIN)
        async with client(server) as asked:
            assert [await get(asked), await get(asked)] == [b"ok", b"ok"]
            assert server.connections == 2

    run(main())


@pytest.mark.parametrize("answer", [None, b"SSH-2.0-x\r\n\r\n", b"HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n"])
def test_what_is_no_answer_is_broken(answer: bytes | None) -> None:
    async def main() -> None:
        async with client(Scripted(answer)) as asked:
            with pytest.raises(Broken):
                await get(asked)

    run(main())


def test_an_answer_that_is_left_early_ends_its_connection() -> None:
    async def main() -> None:
        server = Scripted(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nok")
        async with client(server) as asked:
            response = await asked.request("GET", "/v1/models")
            assert [await anext(aiter(response.chunks()))] == [b"ok"]
            response.close()
            response.close()
            await asyncio.wait_for(server.ended.wait(), 5)

    run(main())


def test_a_cancelled_request_ends_its_connection() -> None:
    async def main() -> None:
        server = Scripted(b"")
        async with client(server) as asked:
            task = asyncio.ensure_future(get(asked))
            while not server.heads:
                await asyncio.sleep(0.01)
            task.cancel()
            await asyncio.wait_for(server.ended.wait(), 5)
            with pytest.raises(asyncio.CancelledError):
                await task

    run(main())


def test_a_large_answer_comes_whole_and_one_beyond_the_limit_not_at_all() -> None:
    async def main() -> None:
        size = 3_000_000
        answer = b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % size + b"x" * size
        async with client(Scripted(answer, answer, answer)) as asked:
            assert await get(asked, size) == b"x" * size
            response = await asked.request("GET", "/v1/models")
            assert sum([len(part) async for part in response.chunks()]) == size
            response.close()
            assert await get(asked, size - 1) is None

    run(main())


def test_a_server_that_is_not_there() -> None:
    async def main() -> None:
        asked = Client("http://127.0.0.1:1", {}, 2.0)
        with pytest.raises(ConnectFailed):
            await get(asked)

    run(main())


@pytest.mark.parametrize("value", ["a\r\nx-other: b", "gehe\u00efm", "a\x00"])
def test_what_would_be_more_than_a_header_is_refused_before_it_is_sent(value: str) -> None:
    with pytest.raises(ValueError, match="cannot stand in the head") as caught:
        Client("http://127.0.0.1:1", {"authorization": value}, 2.0)
    assert value not in str(caught.value)

    async def main() -> None:
        asked = Client("http://127.0.0.1:1", {}, 2.0)
        with pytest.raises(ValueError, match="cannot stand in the head"):
            await asked.request("GET", "/v1/models", headers=(("x-request-id", value),))
        with pytest.raises(ValueError, match="cannot be asked for"):
            await asked.request("GET", f"/v1/{value}")

    run(main())


def test_a_key_that_cannot_be_sent_is_said_without_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_KEY", "gehe\u00efm")
    with pytest.raises(ConfigurationError, match="endpoint a: its address or its key") as caught:
        Upstream(EndpointConfig(name="a", base_url="http://h:1/v1", model="m", api_key_env="A_KEY"), Timeouts())
    assert "gehe" not in str(caught.value)


def test_a_head_that_does_not_end_is_not_read_on() -> None:
    async def main() -> None:
        for answer in (
            b"HTTP/1.1 200 OK\r\nx: " + b"x" * 300_000,
            b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\nx: " + b"x" * 300_000,
        ):
            async with client(Scripted(answer)) as asked:
                with pytest.raises(Broken, match="more than 65536 bytes"):
                    await get(asked)

    run(main())


def test_an_answer_without_a_length_ends_with_its_connection() -> None:
    async def main() -> None:
        async def once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\n\r\no")
            await writer.drain()
            await asyncio.sleep(0.05)
            writer.write(b"k")
            writer.close()

        listener = await asyncio.start_server(once, "127.0.0.1", 0)
        asked = Client(f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}", {}, 2.0)
        assert [await get(asked), await get(asked)] == [b"ok", b"ok"]
        await asked.aclose()
        listener.close()

    run(main())
