"""What model servers were found not to take, kept between processes so that each is refused once only."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from serving.pool import PoolConfig
from serving.pool.adapting import unknown_names

#: How long it is believed, seconds: servers are updated.
BELIEVED_S = 30 * 86400.0


class Learnt:
    """A JSON file: by address and model of a server, the names of adaptations and when they were learnt. A file that cannot be read is empty."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def known(self, config: PoolConfig) -> PoolConfig:
        """``config`` with what is remembered of its servers, beside what it says of them itself."""
        rows = self._rows()
        return config.model_copy(
            update={
                "endpoints": [
                    e.model_copy(update={"adapt": _joined(e.adapt, rows.get(_key(e.base_url, e.model), ()))}) for e in config.endpoints
                ]
            }
        )

    def keep(self, config: PoolConfig, learnt: Mapping[str, Sequence[str]]) -> None:
        """Remember what servers of ``config`` do not take, by their names. A folder that cannot be written to is let alone."""
        found = {_key(e.base_url, e.model): [n for n in learnt[e.name] if n not in e.adapt] for e in config.endpoints if e.name in learnt}
        news = {key: names for key, names in found.items() if names}
        if not news:
            return
        stored = self._stored()
        for key, names in news.items():
            stored[key] = {"adapt": _joined(_names(stored.get(key)), names), "at": time.time()}
        self._write(stored)

    def forget(self, config: PoolConfig) -> None:
        """Forget what is remembered of the servers of ``config``: they are tried anew."""
        stored = self._stored()
        kept = {k: v for k, v in stored.items() if k not in {_key(e.base_url, e.model) for e in config.endpoints}}
        if kept != stored:
            self._write(kept)

    def _rows(self) -> dict[str, list[str]]:
        rows = self._stored()
        return {k: _names(v) for k, v in rows.items() if isinstance(v, dict) and time.time() - float(v.get("at") or 0) < BELIEVED_S}

    def _stored(self) -> dict[str, Any]:
        try:
            value = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return value if isinstance(value, dict) else {}

    def _write(self, value: Mapping[str, Any]) -> None:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            new = self._path.with_name(f"{self._path.name}.{os.getpid()}")
            new.write_text(json.dumps(value, indent=1, sort_keys=True), encoding="utf-8")
            os.replace(new, self._path)
        except OSError:
            return


def _key(base_url: str, model: str) -> str:
    return f"{base_url} {model}"


def _joined(first: Sequence[str], second: Sequence[str]) -> list[str]:
    return list(dict.fromkeys([*first, *second]))


def _names(row: Any) -> list[str]:
    """The names of one row that are adaptations."""
    names = row.get("adapt") if isinstance(row, dict) else None
    return [n for n in names if isinstance(n, str) and not unknown_names([n])] if isinstance(names, list) else []
