"""Make ``.venv`` with exactly the locked, hashed dependencies and ``.venv/bin/molwright``.

    python3 scripts/bootstrap.py          what ``make design`` needs
    python3 scripts/bootstrap.py --dev    also what ``make test`` needs

Needs Python 3.11 to 3.13 with ``venv`` and ``ensurepip``, nothing else. A second call finds everything in place and returns at once;
a changed lock is installed over the old one. Exit code 1 with the remedy if the machine lacks something.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"


def fail(message: str) -> None:
    """Print ``message`` and leave with exit code 1."""
    print(f"set-up: {message}", file=sys.stderr)
    sys.exit(1)


def check_machine() -> None:
    """Stop with the remedy if this Python cannot make a virtual environment."""
    if not (3, 11) <= sys.version_info[:2] < (3, 14):
        found = ".".join(map(str, sys.version_info[:3]))
        fail(f"Python 3.11, 3.12 or 3.13 is needed, this is {found} ({sys.executable}). Choose another: make PYTHON=python3.11 ...")
    for module in ("venv", "ensurepip"):
        if importlib.util.find_spec(module) is None:
            version = f"{sys.version_info[0]}.{sys.version_info[1]}"
            fail(f"this Python lacks the module {module!r}. On Debian or Ubuntu: sudo apt install python{version}-venv")


def fingerprint(requirements: Path) -> str:
    """SHA-256 of what decides the content of the environment."""
    digest = hashlib.sha256(sys.version.encode())
    for file in (requirements, ROOT / "pyproject.toml"):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def run(*command: str) -> None:
    """Run ``command``; stop with its output if it fails."""
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode:
        fail(
            f"{' '.join(command)}\n{result.stdout[-2000:]}{result.stderr[-4000:]}\nWhat was installed stays; run the same command again to go on."
        )


def main() -> None:
    """Install what is missing."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dev", action="store_true", help="also install what the tests need")
    name = "dev" if parser.parse_args().dev else "base"
    requirements = ROOT / "requirements" / f"{name}.txt"
    wanted = fingerprint(requirements)
    stamps = [VENV / f"molwright-{name}.stamp"] + ([VENV / "molwright-dev.stamp"] if name == "base" else [])
    for stamp in stamps:
        expected = wanted if stamp.stem.endswith(name) else fingerprint(ROOT / "requirements" / "dev.txt")
        if stamp.exists() and stamp.read_text() == expected and PYTHON.exists():
            return
    check_machine()
    start = time.monotonic()
    print(f"set-up: installing the locked dependencies into {VENV.name}/ (once; about a minute)", file=sys.stderr)
    if not PYTHON.exists():
        run(sys.executable, "-m", "venv", "--clear", str(VENV))
    pip = (str(PYTHON), "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-deps")
    run(*pip, "--require-hashes", "-r", str(requirements))
    run(*pip, "--no-build-isolation", "--no-index", "--editable", str(ROOT))
    stamps[0].write_text(wanted)
    print(f"set-up: done in {time.monotonic() - start:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    main()
