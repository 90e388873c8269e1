"""Real vLLM servers on the CPU with tiny random models, for tests. Everything a test needs is here:

    from tests.vllm.servers import tiny_adapter, tiny_model, vllm_server

    model = tiny_model(tmp_path, seed=0)                       # a folder; another seed is another model
    adapter = tiny_adapter(tmp_path, "chemistry", seed=1)      # a LoRA adapter for any of them
    with vllm_server(model, "general", adapters={"chemistry": adapter}) as server:
        server.base_url                                        # http://127.0.0.1:PORT/v1
        server.models                                          # ["general", "chemistry"]
    with vllm_server(tiny_model(tmp_path, seed=2), "embeddings", kind="embed") as server: ...

A server takes 20 to 60 seconds to come up and 1 to 3 GB; ``vllm_servers([...])`` starts several side by side (three at most, please).
``server.send(signal.SIGSTOP, "engine")`` signals one of its processes: "api", "engine" or "worker". Leaving the block ends every process of
the group, whatever state it is in.

The models answer nonsense. What is worth asserting: that a structured answer or a strict tool call fits its schema, that a run survives
whatever comes, that nothing wrong passes a gate. Give ``max_tokens``: random weights rarely stop by themselves. Free text at
``temperature=0`` is the same each time.

Mark the tests: ``pytestmark = pytest.mark.vllm``. They are left out of the default run (tests/conftest.py); ``make test-vllm`` makes the
environment (``python3 scripts/vllm_env.py``, once, 3.5 GB in the user's cache folder) and runs them, or ``pytest -m vllm tests/vllm/FILE`` once
it is there.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import httpx
import pytest

from serving.supervisor import end_group, group_members

ROOT = Path(__file__).resolve().parents[2]
Role = Literal["api", "engine", "worker"]
TITLES: dict[str, str] = {"engine": "VLLM::EngineCor", "worker": "VLLM::Worker"}
START_S = 600.0
#: How vLLM is kept small, off the network and away from the other processors' work.
ENVIRONMENT = {
    "VLLM_CPU_KVCACHE_SPACE": "1",
    "VLLM_CPU_OMP_THREADS_BIND": "nobind",
    "OMP_NUM_THREADS": "1",
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "VLLM_NO_USAGE_STATS": "1",
    "DO_NOT_TRACK": "1",
}
STRICT_TOOLS = (
    "--enable-auto-tool-choice", "--tool-call-parser", "hermes", "--tool-strict-level", "parameter",
    "--structured-outputs-config", '{"backend":"xgrammar","disable_any_whitespace":true}',
)  # fmt: skip


def environment_folder(name: str = "vllm") -> Path:
    """The folder of an environment that scripts/vllm_env.py made; the test is skipped if it is not there."""
    named = os.environ.get("MOLWRIGHT_TEST_CACHE", "")
    base = Path(named) if named else Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "molwright"
    if not (base / name / "complete").exists():
        pytest.skip(f"{base / name} is missing: python3 scripts/vllm_env.py {name}")
    return base / name


def tiny_model(folder: Path, *, seed: int = 0) -> Path:
    """Write a model with random weights to ``folder``/tiny-SEED (once) and return that."""
    return _made("model", folder / f"tiny-{seed}", seed)


def tiny_adapter(folder: Path, name: str, *, seed: int = 1) -> Path:
    """Write a LoRA adapter for the tiny models to ``folder``/``name`` (once) and return that."""
    return _made("adapter", folder / name, seed)


def _made(what: str, folder: Path, seed: int) -> Path:
    if not folder.exists():
        python = environment_folder() / "bin" / "python"
        script = Path(__file__).with_name("tiny_models.py")
        command = [str(python), str(script), what, str(folder), "--seed", str(seed)]
        subprocess.run(command, check=True, capture_output=True, env={**os.environ, **ENVIRONMENT}, timeout=300)
    return folder


@dataclass(frozen=True)
class ServerPlan:
    """What a server is started with. ``name``: the model's name to callers; ``adapters``: name -> folder."""

    model: Path
    name: str = "tiny"
    adapters: Mapping[str, Path] = field(default_factory=dict)
    kind: Literal["generate", "embed"] = "generate"
    context: int = 8192
    at_once: int = 8
    port: int = 0
    flags: Sequence[str] = ()

    def arguments(self, port: int) -> list[str]:
        """The command line."""
        words = [str(environment_folder() / "bin" / "vllm"), "serve", str(self.model), "--host", "127.0.0.1", "--port", str(port)]
        words += ["--served-model-name", self.name, "--dtype", "float32", "--max-model-len", str(self.context)]
        words += ["--max-num-seqs", str(self.at_once), "--enforce-eager"]
        if self.kind == "embed":
            words += ["--runner", "pooling", "--convert", "embed"]
        else:
            words += STRICT_TOOLS
        if self.adapters:
            words += ["--enable-lora", "--max-loras", str(len(self.adapters)), "--max-lora-rank", "8"]
            words += ["--lora-modules", *(f"{name}={folder}" for name, folder in self.adapters.items())]
        return [*words, *self.flags]


class VllmServer:
    """A server that runs. ``models``: the names that callers may ask for."""

    def __init__(self, plan: ServerPlan, log: Path) -> None:
        self.plan = plan
        self.port = plan.port or free_port()
        self.base_url = f"http://127.0.0.1:{self.port}/v1"
        self.root_url = f"http://127.0.0.1:{self.port}"
        self.models = [plan.name, *plan.adapters]
        self.log = log
        self.start()

    def start(self) -> None:
        """Start it (again, on the same port). Returns before it is ready."""
        niced = ["nice", "-n", "5", *self.plan.arguments(self.port)]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                niced, env={**os.environ, **ENVIRONMENT}, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )

    def wait(self, seconds: float = START_S) -> None:
        """Until /health answers 200. Fails with the end of the log if the server ends first."""
        until = time.monotonic() + seconds
        while time.monotonic() < until and self.process.poll() is None:
            if self.healthy():
                return
            time.sleep(0.25)
        pytest.fail(f"vLLM did not start:\n{self.log.read_text(errors='replace')[-4000:]}")

    def healthy(self) -> bool:
        """Whether /health answers 200 now."""
        with contextlib.suppress(httpx.HTTPError):
            return httpx.get(f"{self.root_url}/health", timeout=3, trust_env=False).status_code == 200
        return False

    def pids(self, role: Role) -> list[int]:
        """The processes of a part: the API server, the engine core, the workers."""
        if role == "api":
            return [self.process.pid]
        return [pid for pid in group_members(self.process.pid) if title(pid).startswith(TITLES[role])]

    def send(self, number: signal.Signals, role: Role) -> None:
        """Signal the processes of a part. Fails if there are none."""
        pids = self.pids(role)
        assert pids, f"no {role} among {[(p, title(p)) for p in group_members(self.process.pid)]}"
        for pid in pids:
            os.kill(pid, number)

    def stop(self, patience: float = 10.0) -> None:
        """End every process of it."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGCONT)
        end_group(self.process.pid, patience, self.process)


@contextlib.contextmanager
def vllm_servers(plans: Sequence[ServerPlan], logs: Path) -> Iterator[list[VllmServer]]:
    """Several servers, started side by side, all ready. ``logs``: a folder for their output."""
    servers: list[VllmServer] = []
    try:
        for plan in plans:
            servers.append(VllmServer(plan, logs / f"{plan.name}-{len(servers)}.log"))
        for server in servers:
            server.wait()
        yield servers
    finally:
        for server in servers:
            server.stop()


@contextlib.contextmanager
def vllm_server(
    model: Path,
    name: str = "tiny",
    *,
    adapters: Mapping[str, Path] | None = None,
    kind: Literal["generate", "embed"] = "generate",
    context: int = 8192,
    flags: Sequence[str] = (),
) -> Iterator[VllmServer]:
    """One server, ready. Its log lies beside the model's folder."""
    plan = ServerPlan(model, name, adapters or {}, kind, context, flags=flags)
    with vllm_servers([plan], model.parent) as (server,):
        yield server


def title(pid: int) -> str:
    """The command line of a process, by which vLLM names its parts; empty if it is gone."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8", errors="replace").replace("\0", " ").strip()
    return ""


def free_port() -> int:
    """A port of the loopback address that nobody listens on now."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


def main() -> None:
    """``python -m tests.vllm.servers FOLDER [N]``: N servers of one model to try things on, until Enter."""
    folder, count = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1
    with vllm_servers([ServerPlan(tiny_model(folder))] * count, folder) as running:
        print(" ".join(server.base_url for server in running), flush=True)
        sys.stdin.readline()


if __name__ == "__main__":
    main()
