"""Put torch's CPU build into a folder for the tests that need it, apart from the application's environment: about a minute, 1 GB.

    python3 scripts/torch_env.py

It lies in ``$MOLWRIGHT_TEST_CACHE/torch``, or ``molwright/torch`` in the user's cache folder. A second call finds it in place and returns at
once. The output is its folder, to be put on PYTHONPATH. Needs ``venv`` and the package index.
"""

from __future__ import annotations

import hashlib
import shutil
import sys

from vllm_env import ROOT, TORCH_INDEX, cache, run

PINS = ROOT / "tests" / "tools" / "predictors" / "torch_pins.txt"


def main() -> None:
    """Fill it, unless it is complete."""
    wanted = hashlib.sha256(PINS.read_bytes() + sys.version.encode()).hexdigest()
    folder = cache() / "torch"
    stamp = folder / "complete"
    if not (stamp.exists() and stamp.read_text() == wanted):
        print(f"making {folder}", file=sys.stderr)
        shutil.rmtree(folder, ignore_errors=True)
        run(sys.executable, "-m", "venv", str(folder / "environment"))
        pip = str(folder / "environment" / "bin" / "pip")
        options = ("--no-deps", "--extra-index-url", TORCH_INDEX, "--retries", "1", "--target", str(folder / "packages"))
        run(pip, "--disable-pip-version-check", "install", "--quiet", *options, "-r", str(PINS))
        stamp.write_text(wanted)
    print(folder / "packages")


if __name__ == "__main__":
    main()
