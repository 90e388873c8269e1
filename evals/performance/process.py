"""Programs in processes of their own, with what the operating system says they cost."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from core.errors import MolwrightError

#: This checkout.
HERE = Path(__file__).resolve().parents[2]
#: Processor seconds in which a processor of usual speed imports NumPy and RDKit: seconds are given as on such a one.
USUAL_START = 0.25
_START = "import numpy, rdkit.Chem"


class MeasureError(MolwrightError):
    """A figure cannot be measured: the program that is measured failed."""


@dataclass(frozen=True)
class Cost:
    """What a process and those that it waited for cost: processor seconds, the peak of its resident memory in MB, and what it printed."""

    seconds: float
    peak: float
    out: str


def run(tree: Path, arguments: Sequence[str], *, variables: Mapping[str, str | None] = {}, exits: Sequence[int] = (0,)) -> Cost:
    """What ``python ARGUMENTS`` costs with the packages of checkout ``tree``, in a home folder of its own.

    ``variables``: of the environment, None for one that is to be unset. Raises MeasureError for an exit code that is not among ``exits``.
    """
    with tempfile.TemporaryDirectory() as home, tempfile.TemporaryFile("w+b") as out, tempfile.TemporaryFile("w+b") as err:
        own = {"PYTHONPATH": str(tree), "MOLWRIGHT_HOME": home, "PYTHONPYCACHEPREFIX": _compiled().name}
        env = {**os.environ, **own, **{k: v for k, v in variables.items() if v is not None}}
        env = {k: v for k, v in env.items() if variables.get(k, "") is not None and k != "PYTHONDONTWRITEBYTECODE"}
        process = subprocess.Popen([sys.executable, *arguments], stdin=subprocess.DEVNULL, stdout=out, stderr=err, env=env, cwd=home)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        if process.returncode not in exits:
            said = err.read().decode("utf-8", "replace").strip().splitlines()[-1:]
            raise MeasureError(f"python {' '.join(arguments)[:200]} ended with {process.returncode}: {''.join(said)}")
        return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, out.read().decode("utf-8", "replace"))


def least(tree: Path, arguments: Sequence[str], *, times: int = 9) -> float:
    """Processor seconds of ``python ARGUMENTS``, as on a processor of usual speed: the least of some runs, which the first one warms up.

    The speed of the processor, and what else it has to do, is measured between the runs by the import of NumPy and RDKit.
    """
    found, starts = [], []
    for _ in range(times + 1):
        starts.append(run(tree, ["-c", _START]).seconds)
        found.append(run(tree, arguments).seconds)
    return min(found[1:]) / min(starts[1:]) * USUAL_START


@cache
def _compiled() -> tempfile.TemporaryDirectory[str]:
    """Where modules are kept compiled, as an installed program has them, as long as this process lives."""
    return tempfile.TemporaryDirectory()


@cache
def printed(tree: Path, script: str) -> list[float]:
    """The numbers that the Python ``script`` prints on its last line, run with the packages of ``tree``. MeasureError if it fails."""
    lines = run(tree, ["-c", script]).out.strip().splitlines()
    try:
        return [float(word) for word in lines[-1].split()]
    except (IndexError, ValueError):
        raise MeasureError(f"the script printed no numbers but {lines[-1:]}") from None
