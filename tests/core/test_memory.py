"""Large blocks of memory go back to the system when they are let go, though small ones that stay were made between them."""

from __future__ import annotations

import platform
import subprocess
import sys

_SCRIPT = """
import sys
import numpy as np
from core.memory import hand_back_large_blocks

def resident():
    return int(open("/proc/self/statm").read().split()[1]) * 4096 / 1e6

if sys.argv[1] == "told":
    assert hand_back_large_blocks() and hand_back_large_blocks()
np.ones(3_500_000)  # 28 MB: when this is freed, glibc takes smaller blocks from the heap from then on
before, kept = resident(), []
large = []
for _ in range(40):
    large.append(np.ones(250_000))  # 2 MB
    kept.append([bytearray(3000) for _ in range(5)])
del large
print(resident() - before)
"""


def _left(how: str) -> float:
    """MB that are still held after all large blocks are freed."""
    return float(subprocess.run([sys.executable, "-c", _SCRIPT, how], capture_output=True, text=True, check=True, timeout=120).stdout)


def test_large_blocks_go_back() -> None:
    if platform.libc_ver()[0] == "glibc":
        assert _left("told") < 10 < 60 < _left("untold")
    else:
        from core.memory import hand_back_large_blocks

        assert not hand_back_large_blocks()
