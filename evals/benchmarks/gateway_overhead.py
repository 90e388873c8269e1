"""What the gateway costs: the median time of a call through it less that of a direct call, alternating in one run.

    python -m evals.benchmarks.gateway_overhead [--pairs 400] [--json]

Three processes on the loopback: the scripted fake server of the tests, the gateway, and this client with one kept connection to
each. Exit code 1 if the median overhead is 3 ms or more. Run from the repository; the fake is not installed with the package.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import platform
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from core.errors import ConfigurationError
from serving.bench import distribution

ROOT = Path(__file__).resolve().parents[2]
FAKE = ROOT / "tests" / "serving" / "fake_upstream.py"
LIMIT_S = 0.003
WARMUP = 50
BODY = json.dumps(
    {"model": "m", "messages": [{"role": "system", "content": "You are a chemist. " * 40}, {"role": "user", "content": "A dye?"}]}
).encode()


def call(connection: http.client.HTTPConnection, key: str) -> float:
    """Seconds of one chat completion on a kept connection. Raises RuntimeError if it is not answered."""
    headers = {"content-type": "application/json", "authorization": f"Bearer {key}"}
    begin = time.perf_counter()
    connection.request("POST", "/v1/chat/completions", BODY, headers)
    response = connection.getresponse()
    content = response.read()
    seconds = time.perf_counter() - begin
    if response.status != 200:
        raise RuntimeError(f"HTTP {response.status}: {content[:200]!r}")
    return seconds


def measure(pairs: int) -> dict[str, object]:
    """Start everything, make ``pairs`` pairs of calls after a warm-up, and give seconds of direct and gateway calls."""
    if not FAKE.exists():
        raise ConfigurationError(f"{FAKE} is missing: run this from the repository")
    from serving.gateway.keys import KeyStore

    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        fake = stack.enter_context(subprocess.Popen([sys.executable, str(FAKE), "--port", "0"], stdout=subprocess.PIPE, text=True))
        stack.callback(fake.kill)
        assert fake.stdout is not None
        upstream = int(fake.stdout.readline())
        port = _free_port()
        config = Path(folder) / "gateway.toml"
        config.write_text(
            f'[gateway]\nport = {port}\n[[pool.endpoints]]\nbase_url = "http://127.0.0.1:{upstream}/v1"\nmodel = "m"\n', encoding="utf-8"
        )
        key = KeyStore(Path(folder) / "gateway-keys.json").add("bench", "", requests_per_minute=10**9)
        gateway = stack.enter_context(
            subprocess.Popen([sys.executable, "-m", "evals.benchmarks.gateway_overhead", "--serve", str(config)], cwd=ROOT)
        )
        stack.callback(gateway.kill)
        _wait(port)
        direct = http.client.HTTPConnection("127.0.0.1", upstream)
        through = http.client.HTTPConnection("127.0.0.1", port)
        stack.callback(direct.close)
        stack.callback(through.close)
        for _ in range(WARMUP):
            call(direct, key), call(through, key)
        plain: list[float] = []
        guarded: list[float] = []
        for index in range(pairs):
            for connection, times in ((direct, plain), (through, guarded))[:: 1 if index % 2 else -1]:
                times.append(call(connection, key))
        a, b, paired = distribution(plain), distribution(guarded), distribution([g - p for p, g in zip(plain, guarded, strict=True)])
    assert a is not None
    assert b is not None
    assert paired is not None
    return {
        "pairs": pairs,
        "direct_s": a.model_dump(),
        "gateway_s": b.model_dump(),
        "overhead_median_s": b.p50 - a.p50,
        "overhead_paired_median_s": paired.p50,
        "limit_s": LIMIT_S,
        "met": b.p50 - a.p50 < LIMIT_S,
        "load_average": os.getloadavg()[0],
        "processors": os.cpu_count(),
        "python": platform.python_version(),
    }


def _free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


def _wait(port: int, seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise RuntimeError("the gateway did not start")


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--pairs", type=int, default=400)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--serve", metavar="FILE", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        from serving.gateway.config import read_gateway_file
        from serving.gateway.server import serve

        serve(read_gateway_file(Path(options.serve)))
        return 0
    result = measure(max(options.pairs, 1))
    if options.json:
        print(json.dumps(result, indent=2))
    else:
        for name in ("direct_s", "gateway_s"):
            d = result[name]
            assert isinstance(d, dict)
            print(f"{name[:-2]:>8}: p50 {d['p50'] * 1e3:.2f} ms, p95 {d['p95'] * 1e3:.2f} ms, p99 {d['p99'] * 1e3:.2f} ms")
        print(f"overhead: {result['overhead_median_s'] * 1e3:.2f} ms at the median of {result['pairs']} pairs (wanted: under 3 ms)")  # type: ignore[operator]
        print(f"load average {result['load_average']:.1f} on {result['processors']} processors")
    return 0 if result["met"] else 1


if __name__ == "__main__":
    sys.exit(main())
