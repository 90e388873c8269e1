"""Make the environment with AutoDock Vina that its tests and the worked example of docs/costly.md need: 15 MB, a few seconds.

    python3 scripts/docking_env.py

It lies in ``$MOLWRIGHT_TEST_CACHE/docking``, or ``molwright/docking`` in the user's cache folder, beside receptors that the DOCKSTRING
package brings (Apache-2.0). A second call finds it in place and returns at once. The output is the folder to put on PYTHONPATH. Needs the
package index.
"""

from __future__ import annotations

from vllm_env import ROOT, packages

PINS = ROOT / "tests" / "docking" / "pins.txt"


def main() -> None:
    """Make it, unless it is complete."""
    print(packages("docking", PINS))


if __name__ == "__main__":
    main()
