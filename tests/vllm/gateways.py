"""A gateway in a process of its own, with the settings that ``molwright gateway`` has."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from serving.pool import PoolConfig
from tests.vllm.servers import ROOT, free_port

SERVE = """
import pathlib, sys
from serving.gateway.config import read_gateway_file
from serving.gateway.server import serve
serve(read_gateway_file(pathlib.Path(sys.argv[1])))
"""


@contextlib.contextmanager
def gateway_process(folder: Path, pool: PoolConfig, record: Path | None = None) -> Iterator[str]:
    """The gateway's address, without /v1. It takes calls without a key; its records go to ``record``."""
    port = free_port()
    lines = ["[gateway]", f"port = {port}", "require_keys = false", "drain_s = 5.0"]
    lines += [f"record_file = {json.dumps(str(record))}"] if record else []
    lines += ["[pool]", f"queue_limit = {pool.queue_limit}"]
    lines += ["[pool.fallbacks]", *(f"{json.dumps(k)} = {json.dumps(v)}" for k, v in pool.fallbacks.items())]
    lines += ["[pool.roles]", *(f"{json.dumps(k)} = {json.dumps(v)}" for k, v in pool.roles.items())]
    for endpoint in pool.endpoints:
        shown = endpoint.model_dump(exclude_defaults=True)
        lines += ["[[pool.endpoints]]", *(f"{k} = {json.dumps(v)}" for k, v in shown.items())]
    config = folder / "gateway.toml"
    config.write_text("\n".join(lines), encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", SERVE, str(config)]
    with (folder / "gateway.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
    try:
        address = f"http://127.0.0.1:{port}"
        _wait(address, process, folder / "gateway.log")
        yield address
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(httpx.HTTPError):
            httpx.get(f"{address}/health", timeout=2, trust_env=False)
            return
        time.sleep(0.1)
    pytest.fail(f"the gateway did not start:\n{log.read_text(errors='replace')[-2000:]}")
