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
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from serving.local import environments  # noqa: E402
from serving.local.environments import TORCH_INDEX  # noqa: E402

PINS = ROOT / "tests" / "vllm" / "pins"
__all__ = ["ROOT", "TORCH_INDEX", "cache", "environment", "packages", "run"]


def cache() -> Path:
    """The folder of all environments."""
    return environments.cache_folder()


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


def environment(name: str) -> Path:
    """A virtual environment with the pinned packages of ``name``; returns its folder, emptied first if it has to be made."""
    try:
        if name == "vllm":
            return environments.make_vllm(lambda text: print(text, file=sys.stderr))
        mend = _promtool if name == "checks" else None
        return environments.make(cache() / name, PINS / f"{name}.txt", mend=mend, tell=lambda text: print(text, file=sys.stderr))
    except environments.EnvironmentFault as fault:
        sys.exit(str(fault))


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
    for name in parser.parse_args().name or ("vllm", "router", "checks"):
        print(name, environment(name))


if __name__ == "__main__":
    main()
