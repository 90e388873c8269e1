"""Wall time and peak memory of default design runs, each in a process of its own.

    python -m evals.benchmarks.design_runs [--goals 3] [--json FILE]

The baseline in the same table is the bare start of the program (``molwright spec GOAL``): what is left is the run itself. Memory
is the peak of the process with its workers, summed.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from evals.suites.design import goals


def measure(arguments: list[str], home: str) -> dict[str, Any]:
    """Seconds, peak MB (resident, the process and its children, sampled every 50 ms) and exit code of one ``molwright`` call."""
    start = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "app.cli", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "MOLWRIGHT_HOME": home},
    )
    peak = 0.0
    done = threading.Event()

    def watch() -> None:
        nonlocal peak
        while not done.wait(0.05):
            peak = max(peak, sum(_resident(pid) for pid in _family(process.pid)))

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    out, _ = process.communicate()
    done.set()
    watcher.join()
    return {"seconds": round(time.monotonic() - start, 2), "peak_mb": round(peak, 1), "exit": process.returncode, "stdout": out}


def _family(pid: int) -> list[int]:
    """``pid`` and all its descendants, from /proc."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except (OSError, IndexError, ValueError):
                continue
            children.setdefault(parent, []).append(int(entry.name))
    found, queue = [], [pid]
    while queue:
        current = queue.pop()
        found.append(current)
        queue += children.get(current, [])
    return found


def _resident(pid: int) -> float:
    """Resident MB of a process that does not share its pages with another of the family (Pss); 0 if it is gone."""
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    except OSError:
        return 0.0
    return 0.0


def main(arguments: list[str] | None = None) -> int:
    """Print one row a goal; 1 if a run failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--goals", type=int, default=3, help="how many goals of the design suite")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    given = parser.parse_args(arguments)
    rows: list[dict[str, Any]] = []
    print(f"{'start s':>8} {'run s':>8} {'ratio':>6} {'peak MB':>8} {'listed':>6} {'evaluated':>9}  goal")
    for goal in goals()[: given.goals]:
        with tempfile.TemporaryDirectory() as home:
            bare = measure(["spec", goal], home)
            run = measure(["design", goal, "--yes", "--json", "-"], home)
        report: dict[str, Any] = json.loads(run["stdout"]) if run["exit"] in (0, 4) else {"candidates": [], "evaluated": 0}
        row = {"goal": goal, "start_s": bare["seconds"], **{k: run[k] for k in ("seconds", "peak_mb", "exit")}}
        row |= {"listed": len(report["candidates"]), "evaluated": report["evaluated"]}
        rows.append(row)
        ratio = run["seconds"] / bare["seconds"]
        print(
            f"{bare['seconds']:8.1f} {run['seconds']:8.1f} {ratio:6.1f} {run['peak_mb']:8.0f} {row['listed']:6} {row['evaluated']:9}  {goal}",
            flush=True,
        )
    if given.json:
        given.json.write_text(json.dumps(rows, indent=2))
    return int(any(r["exit"] not in (0, 4) for r in rows))


if __name__ == "__main__":
    sys.exit(main())
