"""Make the environments that the tests with real servers need, apart from the application's.

    python3 scripts/vllm_env.py            all of them
    python3 scripts/vllm_env.py vllm       vLLM's CPU build: real servers without a card (about two minutes, 3.5 GB)
    python3 scripts/vllm_env.py router     vllm-router, which the pool is compared with
    python3 scripts/vllm_env.py checks     promtool and the Compose schema

They lie in ``$MOLWRIGHT_TEST_CACHE``, or ``molwright`` in the user's cache folder. A second call finds them in place and returns at once.
Each line of output is a name and its folder. Needs Python 3.11 to 3.13 with ``venv``, Linux on x86-64 and the package index; ``checks``
takes promtool from the PATH, else from Debian's package (by ``apt-get download``, no root).
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PINS = ROOT / "tests" / "vllm" / "pins"
#: The CPU build of torch is not on PyPI. pip also looks in what its own configuration names.
TORCH_INDEX = "https://download.pytorch.org/whl/cpu"
VLLM_METADATA = "Metadata-Version: 2.1\nName: vllm\nVersion: 0.32.0+cpu\n"


def cache() -> Path:
    """The folder of all environments."""
    named = os.environ.get("MOLWRIGHT_TEST_CACHE", "")
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(named) if named else base / "molwright"


def run(*command: str, cwd: Path | None = None) -> None:
    """Run ``command``; leave with its output if it fails."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd)
    if done.returncode:
        sys.exit(f"{' '.join(command)}\n{done.stdout[-2000:]}{done.stderr[-4000:]}")


def packages(name: str, pins: Path, *options: str) -> Path:
    """A folder with the packages pinned in the file ``pins``, to be put on PYTHONPATH; made again where the pins or Python changed."""
    wanted = hashlib.sha256(pins.read_bytes() + sys.version.encode()).hexdigest()
    folder = cache() / name
    stamp = folder / "complete"
    if not (stamp.exists() and stamp.read_text() == wanted):
        print(f"making {folder}", file=sys.stderr)
        shutil.rmtree(folder, ignore_errors=True)
        run(sys.executable, "-m", "venv", str(folder / "environment"))
        pip = str(folder / "environment" / "bin" / "pip")
        target = ("--target", str(folder / "packages"))
        run(pip, "--disable-pip-version-check", "install", "--quiet", "--no-deps", *options, *target, "-r", str(pins))
        stamp.write_text(wanted)
    return folder / "packages"


def environment(name: str, *options: str) -> Path:
    """A virtual environment with the pinned packages of ``name``; returns its folder, emptied first if it has to be made."""
    pins = PINS / f"{name}.txt"
    wanted = hashlib.sha256(pins.read_bytes() + sys.version.encode() + Path(__file__).read_bytes()).hexdigest()
    folder = cache() / name
    stamp = folder / "complete"
    if stamp.exists() and stamp.read_text() == wanted:
        return folder
    print(f"making {folder}", file=sys.stderr)
    shutil.rmtree(folder, ignore_errors=True)
    run(sys.executable, "-m", "venv", str(folder))
    pip = str(folder / "bin" / "pip")
    run(pip, "--disable-pip-version-check", "install", "--quiet", "--no-deps", *options, "-r", str(pins))
    if name == "vllm":
        _mend_vllm(folder)
    if name == "checks":
        _promtool(folder)
    stamp.write_text(wanted)
    return folder


def _mend_vllm(folder: Path) -> None:
    """Add the package metadata by which vLLM knows its own version and platform; the community wheel leaves it out."""
    (packages,) = (folder / "lib").glob("python*/site-packages")
    metadata = packages / "vllm-0.32.0+cpu.dist-info"
    metadata.mkdir(exist_ok=True)
    (metadata / "METADATA").write_text(VLLM_METADATA)


def _promtool(folder: Path) -> None:
    """Put promtool beside the environment's programs."""
    target = folder / "bin" / "promtool"
    found = shutil.which("promtool")
    if found:
        target.symlink_to(found)
        return
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        sys.exit("promtool is missing: install Prometheus (https://prometheus.io/download/) and put promtool on the PATH")
    with tempfile.TemporaryDirectory() as temporary:
        here = Path(temporary)
        run("apt-get", "download", "prometheus", cwd=here)
        (package,) = here.glob("prometheus_*.deb")
        run("dpkg-deb", "-x", str(package), str(here / "content"))
        shutil.copy2(here / "content" / "usr" / "bin" / "promtool", target)


def main() -> None:
    """Make what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", nargs="*", choices=["vllm", "router", "checks", []], help="which; without: all")
    options = {"vllm": ("--extra-index-url", TORCH_INDEX, "--retries", "1")}
    for name in parser.parse_args().name or ("vllm", "router", "checks"):
        print(name, environment(name, *options.get(name, ())))


if __name__ == "__main__":
    main()
