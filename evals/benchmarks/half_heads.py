"""What callers without a key can do to a gateway by half a head on each of many connections: who else is served meanwhile, and how soon they are gone.

    python -m evals.benchmarks.half_heads [--connections 2100] [--seconds 20] [--json]

Four processes on the loopback: the scripted fake server of the tests, a gateway as ``molwright gateway`` runs it with shipped limits, somebody
with a key, and this attacker, which opens connections from many addresses of 127.0.0.0/8 (each within its share), sends half a head on each, lets one letter
follow every second, and opens each one again that was closed. Meanwhile the caller with a key asks for chat completions from an address of
its own, each on a new connection. Exit code 1 unless every one of these is answered with 200 within the limit and no half head outlives the time
that a head has.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.errors import ConfigurationError
from evals.benchmarks.gateway_overhead import BODY, FAKE, ROOT, _free_port, _wait
from serving.gateway.config import GatewayConfig

HALF = b"GET /health HTTP/1.1\r\nHost: x\r\nX-Half: "
#: Connections from one address, under the gateway's shipped share.
FROM_ONE = 300
#: How long a call of somebody with a key may take on a machine that runs attacker, gateway and server alike.
PATIENCE_S = 5.0
#: A half head may live so much longer than the limit: the attacker is slow to see the end of 2,100 connections.
SLACK_S = 5.0


@dataclass
class Seen:
    """What the attacker saw; the lives, in seconds, are those of half heads that the gateway ended."""

    opened: int = 0
    most: int = 0
    alive: int = 0
    lives: list[float] = field(default_factory=list)


async def half_head(port: int, number: int, seen: Seen, end: float) -> None:
    """One connection of the attack, opened again as often as it is closed."""
    source = f"127.0.{1 + number // FROM_ONE}.1"
    while time.monotonic() < end:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(source, 0))
        except OSError:
            await asyncio.sleep(0.5)
            continue
        begin = time.monotonic()
        seen.opened += 1
        seen.alive += 1
        seen.most = max(seen.most, seen.alive)
        writer.write(HALF)
        gone = asyncio.ensure_future(reader.read())
        with contextlib.suppress(OSError):
            while time.monotonic() < end and not gone.done():
                await asyncio.wait([gone], timeout=1.0)
                writer.write(b"x")
        if gone.done():
            seen.lives.append(time.monotonic() - begin)
            gone.exception()
        gone.cancel()
        seen.alive -= 1
        writer.close()


def calls(port: int, key: str, seconds: float) -> dict[str, Any]:
    """Somebody with a key, for some seconds: how long each call took, and what went wrong."""
    head = f"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {key}\r\nconnection: close\r\ncontent-length: {len(BODY)}\r\n\r\n"
    took: list[float] = []
    failed: list[str] = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        begin = time.monotonic()
        try:
            with socket.create_connection(("127.0.0.1", port), PATIENCE_S, source_address=("127.0.200.1", 0)) as connection:
                connection.sendall(head.encode() + BODY)
                answer = b"".join(iter(lambda: connection.recv(65536), b""))
            if not answer.startswith(b"HTTP/1.1 200"):
                failed.append(answer[:60].decode("latin-1"))
        except OSError as error:
            failed.append(f"{type(error).__name__}: {error}")
        took.append(time.monotonic() - begin)
        time.sleep(0.1)
    return {"calls": took, "failed": failed}


async def attack(port: int, connections: int, seconds: float) -> Seen:
    """The attack."""
    seen, end = Seen(), time.monotonic() + seconds
    await asyncio.gather(*(half_head(port, number, seen, end) for number in range(connections)))
    return seen


def measure(connections: int, seconds: float) -> dict[str, Any]:
    """Start everything, attack, and give the figures."""
    if not FAKE.exists():
        raise ConfigurationError(f"{FAKE} is missing: run this from the repository")
    from serving.gateway.keys import KeyStore

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 3 * connections + 500)), hard))
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        fake = stack.enter_context(subprocess.Popen([sys.executable, str(FAKE), "--port", "0"], stdout=subprocess.PIPE, text=True))
        stack.callback(fake.kill)
        assert fake.stdout is not None
        port, config = _free_port(), Path(folder) / "gateway.toml"
        upstream = f'[[pool.endpoints]]\nbase_url = "http://127.0.0.1:{int(fake.stdout.readline())}/v1"\nmodel = "m"\n'
        config.write_text(f"[gateway]\nport = {port}\n{upstream}", encoding="utf-8")
        key = KeyStore(Path(folder) / "gateway-keys.json").add("bench", "", requests_per_minute=10**9)
        command = [sys.executable, "-m", "evals.benchmarks.gateway_overhead", "--serve", str(config)]
        gateway = stack.enter_context(subprocess.Popen(command, cwd=ROOT))
        stack.callback(gateway.kill)
        _wait(port)
        command = [sys.executable, "-m", "evals.benchmarks.half_heads", "--call", str(port), key, "--seconds", str(seconds)]
        calling = stack.enter_context(subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True))
        stack.callback(calling.kill)
        seen = asyncio.run(attack(port, connections, seconds))
        served = json.loads(calling.communicate(timeout=60)[0])
    limit = GatewayConfig().header_timeout_s
    return {
        "half_heads": connections,
        "opened": seen.opened,
        "most_at_once": seen.most,
        "ended_by_the_gateway": len(seen.lives),
        "life_median_s": statistics.median(seen.lives) if seen.lives else None,
        "life_longest_s": max(seen.lives, default=None),
        "header_timeout_s": limit,
        "calls": len(served["calls"]),
        "failed": served["failed"],
        "call_median_s": statistics.median(served["calls"]) if served["calls"] else None,
        "call_longest_s": max(served["calls"], default=None),
        "met": bool(served["calls"]) and not served["failed"] and bool(seen.lives) and max(seen.lives) <= limit + SLACK_S,
        "load_average": os.getloadavg()[0],
        "processors": os.cpu_count(),
    }


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--connections", type=int, default=2100)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--call", nargs=2, metavar=("PORT", "KEY"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.call:
        print(json.dumps(calls(int(options.call[0]), options.call[1], options.seconds)))
        return 0
    result = measure(options.connections, options.seconds)
    if options.json:
        print(json.dumps(result, indent=2))
    else:
        for name, value in result.items():
            print(f"{name.replace('_', ' '):>22}: {value:.2f}" if isinstance(value, float) else f"{name.replace('_', ' '):>22}: {value}")
    return 0 if result["met"] else 1


if __name__ == "__main__":
    sys.exit(main())
