"""Put torch's CPU build into a folder for the tests that need it, apart from the application's environment: about a minute, 1 GB.

    python3 scripts/torch_env.py

It lies in ``$MOLWRIGHT_TEST_CACHE/torch``, or ``molwright/torch`` in the user's cache folder. A second call finds it in place and returns at
once. The output is its folder, to be put on PYTHONPATH. Needs ``venv`` and the package index.
"""

from __future__ import annotations

from vllm_env import ROOT, TORCH_INDEX, packages

PINS = ROOT / "tests" / "tools" / "predictors" / "torch_pins.txt"


def main() -> None:
    """Fill it, unless it is complete."""
    folder = packages("torch", PINS, "--extra-index-url", TORCH_INDEX, "--retries", "1")
    print(folder)


if __name__ == "__main__":
    main()
