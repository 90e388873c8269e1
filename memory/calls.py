"""Answers of costly calculators kept between runs: one small file a call, so that another run with the same structure need not ask again."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any


class CallFiles:
    """The answers in ``folder``, by key. A file that cannot be read or written is as if it were not there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, key: str) -> Any:
        """The JSON value kept under ``key``; None if there is none."""
        try:
            return json.loads(self._path(key).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None

    def put(self, key: str, value: Mapping[str, Any]) -> None:
        """Keep a JSON value; whoever reads at the same time finds all of it or nothing."""
        path = self._path(key)
        new = path.with_suffix(f".{os.getpid()}.new")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            new.write_text(json.dumps(value), encoding="utf-8")
            os.replace(new, path)
        except OSError:
            return

    def _path(self, key: str) -> Path:
        return self._folder / key[:2] / f"{key}.json"
