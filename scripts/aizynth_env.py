"""Make the environment with the real AiZynthFinder that its tests need, apart from the application's: about a minute of processor time, 1.5 GB.

    python3 scripts/aizynth_env.py

It lies in ``$MOLWRIGHT_TEST_CACHE/aizynth``, or ``molwright/aizynth`` in the user's cache folder. A second call finds it in place and returns
at once. The output is its folder. Needs Python 3.11 or 3.12 with ``venv`` (AiZynthFinder knows no newer) and the package index.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys

from vllm_env import ROOT, cache, run

PINS = ROOT / "tests" / "aizynth" / "pins.txt"
VERSIONS = ((3, 11), (3, 12))


def python() -> str:
    """A Python that AiZynthFinder can be installed for: this one if it fits, else one on the PATH."""
    if sys.version_info[:2] in VERSIONS:
        return sys.executable
    found = [path for major, minor in VERSIONS if (path := shutil.which(f"python{major}.{minor}"))]
    return found[0] if found else sys.exit("AiZynthFinder needs Python 3.11 or 3.12; neither is on the PATH")


def main() -> None:
    """Make it, unless it is complete."""
    program = python()
    version = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    wanted = hashlib.sha256(PINS.read_bytes() + version.encode()).hexdigest()
    folder = cache() / "aizynth"
    stamp = folder / "complete"
    if not (stamp.exists() and stamp.read_text() == wanted):
        print(f"making {folder}", file=sys.stderr)
        shutil.rmtree(folder, ignore_errors=True)
        run(program, "-m", "venv", str(folder))
        run(str(folder / "bin" / "pip"), "--disable-pip-version-check", "install", "--quiet", "--no-deps", "-r", str(PINS))
        stamp.write_text(wanted)
    print(folder)


if __name__ == "__main__":
    main()
