"""The server of a model on this machine: vLLM's CPU build on the loopback address, supervised, and the pool file by which roles find it."""

from __future__ import annotations

import os
import platform
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from core.errors import MolwrightError, UsageError
from serving.commands import LOOPBACK, STRUCTURED_OUTPUTS
from serving.local.packages import ModelPackage
from serving.supervisor import FleetStatus, ServerSpec, read_status, stop, supervised

#: GB that the environment takes with what pip unpacks on the way, and that must stay free beside the model.
ENVIRONMENT_GB, SPARE_GB = 7.0, 0.5
#: Memory that a server takes, GB.
MEMORY_GB = 3.0
#: Seconds that a server may take to come up.
START_S = 900.0
#: How vLLM is kept small and off the network. One thread: two on two busy cores were thirty times slower.
ENVIRONMENT = {
    "PYTHONPATH": "",  # its packages are its own
    "VLLM_CPU_KVCACHE_SPACE": "1",
    "VLLM_CPU_OMP_THREADS_BIND": "nobind",
    "OMP_NUM_THREADS": "1",
    "KMP_BLOCKTIME": "0",
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "VLLM_NO_USAGE_STATS": "1",
    "DO_NOT_TRACK": "1",
    "VLLM_HOST_IP": LOOPBACK,
}
REPLY = 384
_POOL = """\
# Written by `molwright models local`; used for as long as its server runs and no other model is configured.
[pool.roles]
{roles}

[pool.probe]
enabled = false

[[pool.endpoints]]
name = "this-machine"
base_url = "http://{host}:{port}/v1"
model = "{model}"
adapters = [{adapters}]
context = {context}
reply = {reply}
max_concurrency = 4
adapt = ["no_seed"]  # vLLM on a processor ends at a seed together with a temperature
"""


@dataclass(frozen=True)
class Serving:
    """What is served.

    Attributes:
        package: the model. model: its folder. vllm: the program.
        adapters: name to folder.
        roles: role to the name of the model or adapter that it uses.
        port: port on the loopback address; 0: one that is free.
        rank: the largest rank of the adapters.
    """

    package: ModelPackage
    model: Path
    vllm: Path
    adapters: Mapping[str, Path] = field(default_factory=dict)
    roles: Mapping[str, str] = field(default_factory=dict)
    port: int = 0
    rank: int = 8

    def arguments(self, port: int) -> list[str]:
        """The command line."""
        words = [
            str(self.vllm),
            "serve",
            str(self.model),
            "--host",
            LOOPBACK,
            "--port",
            str(port),
            "--served-model-name",
            self.package.name,
        ]
        words += ["--dtype", "float32", "--max-model-len", str(self.package.context), "--max-num-seqs", "8", "--enforce-eager"]
        words += ["--enable-auto-tool-choice", "--tool-call-parser", "hermes", "--tool-strict-level", "parameter"]
        words += ["--structured-outputs-config", STRUCTURED_OUTPUTS]
        if self.adapters:
            words += ["--enable-lora", "--max-loras", str(len(self.adapters)), "--max-lora-rank", str(self.rank)]
            words += ["--lora-modules", *(f"{name}={folder}" for name, folder in self.adapters.items())]
        return words


def folder(home: Path) -> Path:
    """Where state, log and pool file of this machine's server lie; the page of the fleet lists it."""
    return home / "fleet" / "local" / "this-machine"


def local_pool(home: Path) -> Path | None:
    """The pool file of this machine's server while it is supervised; None otherwise."""
    pool = folder(home) / "pool.toml"
    if not pool.exists():
        return None
    try:
        status = read_status(pool.parent)
    except UsageError:
        return None
    return pool if status is not None and supervised(status) else None


def unsuitable(free_gb: float, flags: Sequence[str], memory_gb: float, *, needed_gb: float) -> list[str]:
    """Why a model cannot be served on a machine with this much free disk and memory, GB, and these processor flags; [] where it can."""
    found = []
    if platform.system() != "Linux" or platform.machine() != "x86_64":
        found.append(f"the server's CPU build is for Linux on x86-64, and this is {platform.system()} on {platform.machine()}")
    elif "avx2" not in flags:
        found.append("the processor has no AVX2, which the server's CPU build needs")
    if not (3, 11) <= sys.version_info[:2] <= (3, 13):
        found.append(f"Python 3.11 to 3.13 is needed, and this is {sys.version_info[0]}.{sys.version_info[1]}")
    if free_gb < needed_gb:
        found.append(f"{needed_gb:.1f} GB of disk are needed, and {free_gb:.1f} GB are free")
    if memory_gb < MEMORY_GB:
        found.append(f"{MEMORY_GB:.0f} GB of memory are needed, and {memory_gb:.1f} GB are available")
    return found


def processor_flags() -> list[str]:
    """What the processor can do, by the kernel; [] where it does not say."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
    return next((line.partition(":")[2].split() for line in lines if line.startswith("flags")), [])


def available_memory_gb() -> float:
    """Memory that is available, GB; infinite where the kernel does not say."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return float("inf")
    kilobytes = next((int(line.split()[1]) for line in lines if line.startswith("MemAvailable")), None)
    return float("inf") if kilobytes is None else kilobytes / 1024**2


def free_disk_gb(place: Path) -> float:
    """Free disk at ``place``, or at the nearest folder above it that is there, GB."""
    while not place.exists():
        place = place.parent
    return shutil.disk_usage(place).free / 1e9


def begin(home: Path, serving: Serving, tell: Callable[[str], None], *, patience_s: float = START_S) -> str:
    """Start the server under a supervisor of its own, which outlives this process, and wait until it answers; returns its address.

    Raises UsageError if one runs already, MolwrightError if it does not come up.
    """
    here = folder(home)
    running = read_status(here)
    if running is not None and supervised(running):
        raise UsageError("a model is served on this machine already: molwright models local --stop ends it")
    port = serving.port or _free_port()
    here.mkdir(parents=True, exist_ok=True)
    spec = ServerSpec(name=serving.package.name, arguments=serving.arguments(port), environment=ENVIRONMENT, port=port)
    (here / "spec.json").write_text(spec.model_dump_json(), encoding="utf-8")
    log = here / f"{serving.package.name}.log"
    log.unlink(missing_ok=True)
    (here / "state.json").unlink(missing_ok=True)
    tell(f"starting vLLM on port {port}; its log: {log}")
    keeper = subprocess.Popen(
        [sys.executable, "-m", "serving.local.keep", str(here)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
    )
    try:
        _wait(here, log, keeper, patience_s, tell)
    except BaseException:
        if (status := read_status(here)) is not None and supervised(status):
            stop(here)
        raise
    _write_pool(here, serving, port)
    return f"http://{LOOPBACK}:{port}/v1"


def _wait(here: Path, log: Path, keeper: subprocess.Popen[bytes], patience_s: float, tell: Callable[[str], None]) -> None:
    """Until the server answers. MolwrightError with the end of its log if it ends first, or takes too long."""
    begun, said = time.monotonic(), 0.0
    while True:
        status = read_status(here)
        state = status.servers[0] if status and status.servers else None
        if state is not None and state.state == "healthy":
            return
        spent = time.monotonic() - begun
        if (state is not None and state.restarts) or keeper.poll() is not None or spent > patience_s:
            why = state.reason if state is not None and state.reason else f"it did not answer within {spent:.0f} s"
            raise MolwrightError(f"the server did not come up: {why}. The end of {log}:\n{_end_of(log)}")
        if spent - said >= 15:
            said = spent
            tell(f"vLLM loads the model ({spent:.0f} s; 20 to 60 s on an idle machine)")
        time.sleep(0.5)


def _end_of(log: Path) -> str:
    try:
        return log.read_text(encoding="utf-8", errors="replace")[-1500:]
    except OSError:
        return "(no log)"


def _write_pool(here: Path, serving: Serving, port: int) -> None:
    roles = serving.roles or {"assistant": serving.package.name}
    text = _POOL.format(
        roles="\n".join(f'{role} = "{name}"' for role, name in roles.items()),
        host=LOOPBACK,
        port=port,
        model=serving.package.name,
        adapters=", ".join(f'"{name}"' for name in serving.adapters),
        context=serving.package.context,
        reply=REPLY,
    )
    (here / "pool.toml").write_text(text, encoding="utf-8")


def end(home: Path) -> list[str]:
    """End the server; returns what was ended. UsageError if none was started."""
    here = folder(home)
    (here / "pool.toml").unlink(missing_ok=True)
    if read_status(here) is None:
        raise UsageError("no model is served on this machine: molwright models local starts one")
    return stop(here)


def standing(home: Path) -> FleetStatus | None:
    """How the server is; None where none was started or its supervisor is gone."""
    status = read_status(folder(home))
    return status if status is not None and supervised(status) else None


def _free_port() -> int:
    with socket.socket() as sock:
        sock.bind((LOOPBACK, 0))
        port: int = sock.getsockname()[1]
        return port
