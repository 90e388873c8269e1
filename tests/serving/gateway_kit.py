"""A gateway that listens as ``molwright gateway`` does, and connections to it that send what they like."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx

from serving.gateway.config import GatewayConfig, GatewayFile
from serving.gateway.keys import KeyStore
from serving.gateway.server import server
from tests.serving.fake_upstream import Behaviour, fake, free_socket
from tests.serving.pool_kit import config

HALF = b"GET /health HTTP/1.1\r\nHost: x\r\nX-Half: "


class Open:
    """A running gateway."""

    def __init__(self, port: int, key: str) -> None:
        self.port, self.key = port, key

    async def connect(self, source: str = "127.0.0.1", sent: bytes = HALF) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port, local_addr=(source, 0))
        writer.write(sent)
        await writer.drain()
        return reader, writer

    async def health(self) -> int:
        async with httpx.AsyncClient(trust_env=False, timeout=5) as client:
            return (await client.get(f"http://127.0.0.1:{self.port}/health")).status_code


@contextmanager
def listening(tmp_path: Path, behaviour: str = "normal", **options: Any) -> Iterator[Open]:
    keys = KeyStore(tmp_path / "keys.json")
    key = keys.add("ada", "2026-01-01T00:00:00+00:00")
    with fake(default=Behaviour(behaviour)) as (_, url), closing(free_socket()) as sock:
        gateway = GatewayConfig(keys_file=tmp_path / "keys.json", drain_s=0, **options)
        made = server(GatewayFile(gateway=gateway, pool=config(url)))
        thread = threading.Thread(target=lambda: asyncio.run(made.serve(sockets=[sock])), daemon=True)
        thread.start()
        try:
            yield Open(sock.getsockname()[1], key)
        finally:
            made.should_exit = made.force_exit = True
            thread.join(5)
