"""Put Playwright into a folder for the tests that look at pages in a browser, apart from the application's environment: seconds, 130 MB.

    python3 scripts/browser_env.py

It lies in ``$MOLWRIGHT_TEST_CACHE/browser``, or ``molwright/browser`` in the user's cache folder. A second call finds it in place and returns
at once. The output is its folder, to be put on PYTHONPATH. The browser itself is a Chromium or Chrome of the machine; where there is none, a
superuser on Debian gets one by apt-get, and anyone else is told how. Needs ``venv`` and the package index.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from vllm_env import ROOT, packages

PINS = ROOT / "tests" / "browser" / "pins.txt"
#: Programs that will do, the first found is taken; the tests look for the same.
BROWSERS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def main() -> None:
    """Fill it, unless it is complete, and see to a browser."""
    folder = packages("browser", PINS)
    if not any(shutil.which(name) for name in BROWSERS):
        _install_browser()
    print(folder)


def _install_browser() -> None:
    """Debian's Chromium, where that is possible; the tests that need it are skipped otherwise."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print("installing Chromium", file=sys.stderr)
        for words in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", "chromium", "fonts-dejavu-core"]):
            if subprocess.run(["apt-get", *words], capture_output=True, check=False).returncode:
                break
    if not any(shutil.which(name) for name in BROWSERS):
        print("no browser: install Chromium (Debian: apt-get install chromium); the tests are skipped without it", file=sys.stderr)


if __name__ == "__main__":
    main()
