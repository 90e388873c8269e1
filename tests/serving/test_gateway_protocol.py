"""What a gateway answers to requests that are written by hand: the forms that HTTP/1.1 allows, and those that it does not serve."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from serving.gateway.protocol import PIPELINED
from tests.serving.gateway_kit import Open, listening
from tests.serving.pool_kit import run

HEALTH = b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n"


def chat(gateway: Open, *headers: str, stream: bool = False, version: str = "1.1", body: bytes | None = None) -> bytes:
    """A request of a model as bytes."""
    content = (
        json.dumps({"model": "m", "messages": [{"role": "user", "content": "x"}], "stream": stream}).encode() if body is None else body
    )
    length = [] if any(h.lower().startswith("transfer-encoding") for h in headers) else [f"Content-Length: {len(content)}"]
    lines = [f"POST /v1/chat/completions HTTP/{version}", "Host: x", f"Authorization: Bearer {gateway.key}", *length, *headers]
    return "\r\n".join([*lines, "", ""]).encode() + content


async def said(gateway: Open, sent: bytes, *later: bytes) -> bytes:
    """All that comes back until the gateway ends the connection."""
    reader, writer = await gateway.connect(sent=sent)
    for part in later:
        await asyncio.sleep(0.05)
        writer.write(part)
    try:
        return await asyncio.wait_for(reader.read(), 10)
    except ConnectionError:
        return b""
    finally:
        writer.close()


def with_gateway(tmp_path: Path, check: Callable[[Open], Awaitable[None]], **options: object) -> None:
    async def main() -> None:
        with listening(tmp_path, **options) as gateway:
            await check(gateway)

    run(main())


@pytest.mark.parametrize(
    "sent",
    [
        b"GET /health HTTP/1.1\r\n\r\n",
        b"GET /health HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
        b"GET /health HTTP/1.1\nHost: x\n\n",
        b"GET /health HTTP/1.1\r\nHost : x\r\n\r\n",
        b"GET /health HTTP/1.1\r\nHost: x\r\nX: a\x00b\r\n\r\n",
        b"GET /health HTTP/3.7\r\nHost: x\r\n\r\n",
        b"POST /v1/completions HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}",
        b"POST /v1/completions HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        b"POST /v1/completions HTTP/1.1\r\nHost: x\r\nContent-Length: +2\r\n\r\n{}",
        b"POST /v1/completions HTTP/1.1\r\nHost: x\r\nUpgrade: h2c\r\nConnection: upgrade\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ],
)
def test_what_is_no_request_is_told_so_and_ended(tmp_path: Path, sent: bytes) -> None:
    async def check(gateway: Open) -> None:
        answer = await said(gateway, sent)
        assert answer.startswith(b"HTTP/1.1 400 Bad Request\r\n")
        assert b"connection: close" in answer

    with_gateway(tmp_path, check)


@pytest.mark.parametrize(
    "parts",
    [
        [HEALTH[:-2] + b"X: " + b"x" * 3000 + b"\r\n\r\n"],
        [HEALTH[:-2] + b"".join(b"X%d: y\r\n" % i for i in range(400)) + b"\r\n"],
        [HEALTH[:-2] + b"X: " + b"x" * 1500, b"x" * 1500],
        [b"GET /" + b"x" * 3000 + b" HTTP/1.1\r\nHost: x\r\n\r\n"],
    ],
    ids=["one header at once", "many headers", "one header in pieces", "the target"],
)
def test_a_head_has_a_size_however_it_is_made_up(tmp_path: Path, parts: list[bytes]) -> None:
    async def check(gateway: Open) -> None:
        assert (await said(gateway, *parts)).startswith(b"HTTP/1.1 400")

    with_gateway(tmp_path, check, max_header_bytes=2048)


def test_what_stands_behind_a_body_in_chunks_has_the_size_of_a_head(tmp_path: Path) -> None:
    async def check(gateway: Open) -> None:
        sent = chat(gateway, "Transfer-Encoding: chunked", body=b"2\r\n{}\r\n0\r\nX: ")
        assert (await said(gateway, sent, b"x" * 1500, b"x" * 1500)).startswith(b"HTTP/1.1 400")

    with_gateway(tmp_path, check, max_header_bytes=2048)


def test_requests_sent_together_are_answered_in_their_order(tmp_path: Path) -> None:
    async def check(gateway: Open) -> None:
        last = chat(gateway, "Connection: close")
        answer = await said(gateway, HEALTH + chat(gateway) + HEALTH + last)
        heads = [part for part in answer.split(b"HTTP/1.1 200 OK\r\n") if part]
        assert [b"one two three four" in part for part in heads] == [False, True, False, True]

    with_gateway(tmp_path, check)


def test_more_requests_sent_together_than_are_taken_end_the_connection(tmp_path: Path) -> None:
    async def check(gateway: Open) -> None:
        answer = await said(gateway, chat(gateway) + HEALTH * (PIPELINED + 1))
        assert answer.count(b"HTTP/1.1 200 OK") == 1

    with_gateway(tmp_path, check)


def test_a_request_that_asks_for_another_protocol_is_answered_in_this_one(tmp_path: Path) -> None:
    async def check(gateway: Open) -> None:
        whole = chat(gateway, "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABk")
        for sent in ([whole], [whole[:-10], whole[-10:]]):
            answer = await said(gateway, *sent)
            assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
            assert b"connection: close" in answer

    with_gateway(tmp_path, check)


def test_a_stream_for_http_1_0_ends_with_its_connection(tmp_path: Path) -> None:
    async def check(gateway: Open) -> None:
        answer = await said(gateway, chat(gateway, stream=True, version="1.0"))
        head, _, body = answer.partition(b"\r\n\r\n")
        assert b"transfer-encoding" not in head
        assert body.startswith(b"data: {")
        assert body.endswith(b"data: [DONE]\n\n")

    with_gateway(tmp_path, check)


def test_whoever_waits_to_be_told_sends_its_body_then(tmp_path: Path) -> None:
    async def check(gateway: Open) -> None:
        whole = chat(gateway, "Expect: 100-continue", "Connection: close")
        head, _, body = whole.partition(b"\r\n\r\n")
        reader, writer = await gateway.connect(sent=head + b"\r\n\r\n")
        assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        writer.write(body)
        assert (await reader.read()).startswith(b"HTTP/1.1 200 OK\r\n")

    with_gateway(tmp_path, check)


def test_a_body_that_is_not_wanted_is_not_asked_for(tmp_path: Path) -> None:
    async def check(gateway: Open) -> None:
        sent = b"POST /v1/completions HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n"
        answer = await said(gateway, sent)
        assert answer.startswith(b"HTTP/1.1 401")

    with_gateway(tmp_path, check)


def test_an_answer_to_head_has_no_body(tmp_path: Path) -> None:
    async def check(gateway: Open) -> None:
        answer = await said(gateway, b"HEAD /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 405")
        assert answer.endswith(b"\r\n\r\n")

    with_gateway(tmp_path, check)
