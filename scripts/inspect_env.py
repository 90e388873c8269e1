"""Make the environment of Inspect for the test that opens exported evaluations in it, apart from the application's: seconds, 350 MB.

    python3 scripts/inspect_env.py

It lies in ``$MOLWRIGHT_TEST_CACHE/inspect``, or ``molwright/inspect`` in the user's cache folder. A second call finds it in place and returns at
once. The output is its folder. Needs ``venv`` and the package index.
"""

from __future__ import annotations

import vllm_env
from vllm_env import ROOT, environment

#: Where the pins of this environment lie.
PINS = ROOT / "tests" / "evals" / "pins"


def main() -> None:
    """Make it, unless it is complete."""
    vllm_env.PINS = PINS
    print(environment("inspect"))


if __name__ == "__main__":
    main()
