"""Programs in processes of their own that need not import everything again: one process imports it once and forks for each."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


@dataclass
class Ended:
    """How a process ended."""

    code: int
    out: str
    err: str


class Workers:
    """Forks processes that run ``molwright``; see worker.py."""

    def __init__(self) -> None:
        command = [sys.executable, str(ROOT / "tests" / "worker.py")]
        env = {**os.environ, **ONE_THREAD, "PYTHONPATH": str(ROOT), "COLUMNS": "200"}
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env, cwd=ROOT)
        self._lock = threading.Lock()

    def ask(self, job: dict[str, Any]) -> dict[str, Any]:
        """Send one job and read the answer."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with self._lock:
            self._process.stdin.write(json.dumps(job) + "\n")
            self._process.stdin.flush()
            answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer

    def wait(self, pid: int, folder: Path) -> Ended:
        """How process ``pid``, which worked in ``folder``, ended."""
        code = int(self.ask({"do": "wait", "pid": pid})["code"])
        texts = [(folder / f"{name}-{pid}").read_text(encoding="utf-8") for name in ("stdout", "stderr")]
        return Ended(code, *texts)

    def close(self) -> None:
        """End the program that forks."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(timeout=30)
