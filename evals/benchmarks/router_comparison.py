"""The pool and the gateway against vllm-router, on the same servers, in one run: throughput, p50, p99, and what a stopped server costs.

    python -m evals.benchmarks.router_comparison --router ~/.cache/molwright/router/bin/vllm-router
    python -m evals.benchmarks.router_comparison --router ... --server http://127.0.0.1:8001/v1 --server http://127.0.0.1:8002/v1 --model tiny

``python3 scripts/vllm_env.py router`` installs the router. Without ``--server`` the servers are two scripted fakes (of the tests) that
answer after 20 ms; they are also stopped (SIGSTOP) under load. Every door gets the same requests in short rounds that alternate, so that
a drift of the machine meets all alike. ``direct`` sends to the servers in turn, without anything between. Ratios are ours over the
router's: of throughput the median of the rounds' ratios, of p50 and p99 those of all requests. The processor time of a request in the
router's and in the gateway's own process does not depend on what else the machine does.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import functools
import itertools
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from core.errors import ConfigurationError
from serving.bench import distribution
from serving.pool import BASE_URL, Pool, PoolConfig, PoolTransport

ROOT = Path(__file__).resolve().parents[2]
FAKE = ROOT / "tests" / "serving" / "fake_upstream.py"
SERVE = "import pathlib, sys; from serving.gateway.config import read_gateway_file as r; from serving.gateway.server import serve; serve(r(pathlib.Path(sys.argv[1])))"
PATIENCE_S = 30.0


@dataclass
class Door:
    """One way to the servers, and what was measured on it."""

    name: str
    client: httpx.AsyncClient
    paths: Iterator[str]
    seconds: list[float] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)
    failed: int = 0
    process: subprocess.Popen[str] | None = None
    cpu_s: float = 0.0


async def one_round(
    door: Door, model: str, requests: int, at_once: int, tokens: int, label: str, strike: Callable[[], object] | None = None
) -> list[float]:
    """Seconds of each answered request; failures are counted at the door. ``strike`` is called after a quarter of them."""
    numbers, times = iter(range(requests)), []

    async def worker() -> None:
        for number in numbers:
            if strike is not None and number == requests // 4:
                strike()
            message = {"role": "user", "content": f"{label} {number}: name a dye."}
            body = {"model": model, "messages": [message], "max_tokens": tokens, "temperature": 0}
            begin = time.perf_counter()
            try:
                answer = await door.client.post(next(door.paths), json=body)
                good = answer.status_code == 200
            except (httpx.HTTPError, OSError):
                good = False
            if good:
                times.append(time.perf_counter() - begin)
            else:
                door.failed += 1

    begin = time.perf_counter()
    await asyncio.gather(*(worker() for _ in range(at_once)))
    door.rates.append(len(times) / (time.perf_counter() - begin))
    return times


async def compare(doors: list[Door], model: str, options: argparse.Namespace) -> None:
    """Rounds of every door, in turn and back."""
    for door in doors:
        await one_round(door, model, options.at_once, options.at_once, options.tokens, "warm")
        door.rates, door.failed = [], 0
    for number in range(options.rounds):
        for door in doors if number % 2 == 0 else reversed(doors):
            before = cpu_seconds(door.process)
            door.seconds += await one_round(door, model, options.requests, options.at_once, options.tokens, f"{number}")
            door.cpu_s += cpu_seconds(door.process) - before


def cpu_seconds(process: subprocess.Popen[str] | None) -> float:
    """Processor time that a process and its threads have taken; 0 without one."""
    if process is None:
        return 0.0
    fields = Path(f"/proc/{process.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def hang(doors: list[Door], model: str, options: argparse.Namespace, fakes: list[subprocess.Popen[str]]) -> dict[str, Any]:
    """The same with one server stopped under load: how many requests fail, how long the longest takes."""
    found = {}
    for door in doors:
        door.failed = 0
        stop = functools.partial(os.kill, fakes[0].pid, signal.SIGSTOP)
        try:
            times = await one_round(door, model, options.requests, options.at_once, options.tokens, "hang", stop)
        finally:
            os.kill(fakes[0].pid, signal.SIGCONT)
        found[door.name] = {"requests": options.requests, "failed": door.failed, "longest_s": max(times, default=None)}
        await asyncio.sleep(5)
    return found


@contextlib.contextmanager
def process(*command: str, log: Path | None = None, first_line: bool = False) -> Iterator[subprocess.Popen[str]]:
    """A process that is ended with the block."""
    with contextlib.ExitStack() as stack:
        out = subprocess.PIPE if first_line else stack.enter_context((log or Path(os.devnull)).open("w"))
        started = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT if log else None, text=True, cwd=ROOT)
        try:
            yield started
        finally:
            started.send_signal(signal.SIGCONT)
            started.terminate()
            try:
                started.wait(10)
            except subprocess.TimeoutExpired:
                started.kill()
                started.wait()


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


def wait(address: str, seconds: float = 120.0) -> None:
    """Until an address answers at all. Raises RuntimeError."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(httpx.HTTPError):
            if httpx.get(address, timeout=2, trust_env=False).status_code < 500:
                return
        time.sleep(0.1)
    raise RuntimeError(f"{address} does not answer")


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Start what is needed, measure, and give the figures."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        servers, fakes = list(options.server), []
        if not servers:
            if not FAKE.exists():
                raise ConfigurationError(f"{FAKE} is missing: run this from the repository")
            words = (sys.executable, str(FAKE), "--port", "0", "--model", options.model, "--behaviour", "slow", "--delay", "0.02")
            fakes = [stack.enter_context(process(*words, first_line=True)) for _ in range(2)]
            servers = [f"http://127.0.0.1:{int(f.stdout.readline())}/v1" for f in fakes if f.stdout]
        pool_table = {"endpoints": [{"base_url": s, "model": options.model, "max_concurrency": options.at_once} for s in servers]}
        router, gateway = free_port(), free_port()
        urls = [s.removesuffix("/v1") for s in servers]
        words = (options.router, "--host", "127.0.0.1", "--port", str(router), "--worker-urls", *urls, "--policy", options.policy)
        routing = stack.enter_context(
            process(*words, "--prometheus-port", str(free_port()), "--log-level", "warning", log=folder / "router.log")
        )
        config = folder / "gateway.toml"
        rows = [["[[pool.endpoints]]", *(f"{k} = {json.dumps(v)}" for k, v in e.items())] for e in pool_table["endpoints"]]
        tables = "\n".join(line for row in rows for line in row)
        config.write_text(f"[gateway]\nport = {gateway}\nrequire_keys = false\n{tables}\n", encoding="utf-8")
        guarding = stack.enter_context(process(sys.executable, "-c", SERVE, str(config), log=folder / "gateway.log"))
        wait(f"http://127.0.0.1:{router}/health")
        wait(f"http://127.0.0.1:{gateway}/health")
        between = {"router": (router, routing), "gateway": (gateway, guarding)}
        return asyncio.run(_measure(options, servers, between, pool_table, fakes))


async def _measure(
    options: argparse.Namespace,
    servers: list[str],
    between: dict[str, tuple[int, subprocess.Popen[str]]],
    pool_table: dict[str, Any],
    fakes: list[Any],
) -> dict[str, Any]:
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None, keepalive_expiry=4.0)
    async with contextlib.AsyncExitStack() as stack:
        pool = await stack.enter_async_context(Pool(PoolConfig.model_validate(pool_table)))

        async def door(name: str, *bases: str, transport: httpx.AsyncBaseTransport | None = None) -> Door:
            client = httpx.AsyncClient(timeout=PATIENCE_S, limits=limits, trust_env=False, transport=transport)
            return Door(name, await stack.enter_async_context(client), itertools.cycle([f"{b}/chat/completions" for b in bases]))

        doors = [await door("direct", *servers)]
        for name, (port, running) in between.items():
            doors.append(await door(name, f"http://127.0.0.1:{port}/v1"))
            doors[-1].process = running
        doors.append(await door("pool", BASE_URL, transport=PoolTransport(pool)))
        await compare(doors, options.model, options)
        result: dict[str, Any] = {"doors": {d.name: _row(d) for d in doors}}
        router = result["doors"]["router"]
        result["ratios_to_router"] = {
            d.name: {
                "throughput": statistics.median(a / b for a, b in zip(d.rates, doors[1].rates, strict=True)),
                **{key: result["doors"][d.name][key] / router[key] for key in ("p50_s", "p99_s")},
            }
            for d in doors[2:]
        }
        if fakes:
            result["one_server_stopped"] = await hang(doors[1:], options.model, options, fakes)
    return {
        "servers": "two scripted fakes" if fakes else servers, "policy": options.policy, "at_once": options.at_once, **result,
        "load_average": os.getloadavg()[0], "processors": os.cpu_count(),
    }  # fmt: skip


def _row(door: Door) -> dict[str, Any]:
    times = distribution(door.seconds)
    if times is None:
        raise RuntimeError(f"{door.name}: no request was answered")
    return {
        "requests": times.count, "failed": door.failed, "requests_per_second": statistics.median(door.rates),
        "p50_s": times.p50, "p99_s": times.p99, "cpu_ms_per_request": door.cpu_s / times.count * 1e3 if door.process else None,
    }  # fmt: skip


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--router", default="vllm-router", help="the program vllm-router")
    parser.add_argument("--policy", default="power_of_two")
    parser.add_argument("--server", action="append", default=[], help="address of a server with /v1; may be given more than once")
    parser.add_argument("--model", default="m")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--requests", type=int, default=64, help="of a round")
    parser.add_argument("--at-once", type=int, default=16)
    parser.add_argument("--tokens", type=int, default=16)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    result = run(options)
    if options.json:
        print(json.dumps(result, indent=2))
        return 0
    for name, row in result["doors"].items():
        rate, p50, p99 = row["requests_per_second"], row["p50_s"] * 1e3, row["p99_s"] * 1e3
        cpu = f", {row['cpu_ms_per_request']:.2f} ms of processor time a request" if row["cpu_ms_per_request"] is not None else ""
        print(f"{name:>8}: {rate:.1f} requests/s, p50 {p50:.1f} ms, p99 {p99:.1f} ms, {row['failed']} of {row['requests']} failed{cpu}")
    for name, row in result["ratios_to_router"].items():
        print(f"{name} / router: throughput × {row['throughput']:.2f}, p50 × {row['p50_s']:.2f}, p99 × {row['p99_s']:.2f}")
    for name, row in result.get("one_server_stopped", {}).items():
        print(
            f"one server stopped, {name}: {row['failed']} of {row['requests']} failed in {PATIENCE_S:.0f} s, longest {row['longest_s']:.1f} s"
        )
    print(f"load average {result['load_average']:.1f} on {result['processors']} processors")
    return 0


if __name__ == "__main__":
    sys.exit(main())
