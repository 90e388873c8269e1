"""JSON forms for the record: what is hashed, what is kept for comparison, and how two of them differ."""

from __future__ import annotations

import json
from typing import Any

from pydantic import BaseModel

from core.errors import StoreError
from core.model import content_hash

KEPT_CHARACTERS = 20_000
"""A part longer than this is kept as its hash and length."""

_WORTH_A_HASH = 200
_SHOWN_CHANGES = 3
_SHOWN_CHARACTERS = 120


def plain(value: Any, what: str) -> Any:
    """``value`` as it comes back from the record: JSON objects, lists, strings, numbers, booleans and None only.

    Tuples become lists, keys become strings, pydantic models become objects. Raises StoreError, naming ``what``, for a
    value that JSON cannot hold, and for NaN and infinity.
    """
    try:
        return json.loads(json.dumps(value, default=_model, allow_nan=False))
    except (TypeError, ValueError, RecursionError) as error:
        raise StoreError(f"{what} cannot be recorded: {error}") from error


def _model(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    raise TypeError(f"{type(value).__name__} is not a JSON value")


def condensed(value: Any) -> Any:
    """``value`` with each long part of an object replaced by its hash and length, its longest parts too where all are long together.

    The whole is replaced if it is long even so.
    """
    if isinstance(value, dict):
        parts = {name: _short(part) for name, part in value.items()}
        lengths = {name: len(json.dumps(part)) for name, part in parts.items()}
        whole = len(json.dumps(parts))
        for name in sorted(lengths, key=lambda name: -lengths[name]):
            if whole <= KEPT_CHARACTERS or lengths[name] <= _WORTH_A_HASH:
                break
            parts[name] = _hashed(value[name])
            whole += len(json.dumps(parts[name])) - lengths[name]
        if whole <= KEPT_CHARACTERS:
            return parts
    return _short(value)


def _is_long(value: Any) -> bool:
    return len(json.dumps(value)) > KEPT_CHARACTERS


def _short(value: Any) -> Any:
    return _hashed(value) if _is_long(value) else value


def _hashed(value: Any) -> dict[str, Any]:
    return {"sha256": content_hash(value), "characters": len(json.dumps(value))}


def changes(expected: Any, got: Any) -> list[str]:
    """Up to three places where two JSON values differ, each as ``path: expected -> got``; empty if they are equal."""
    found: list[str] = []
    _compare(expected, got, "", found)
    if len(found) > _SHOWN_CHANGES:
        return [*found[:_SHOWN_CHANGES], f"and {len(found) - _SHOWN_CHANGES} more"]
    return found


def _compare(expected: Any, got: Any, path: str, found: list[str]) -> None:
    if isinstance(expected, dict) and isinstance(got, dict):
        for name in sorted(expected.keys() | got.keys()):
            _compare(expected.get(name, _MISSING), got.get(name, _MISSING), f"{path}.{name}" if path else name, found)
    elif isinstance(expected, list) and isinstance(got, list):
        for place in range(max(len(expected), len(got))):
            old = expected[place] if place < len(expected) else _MISSING
            _compare(old, got[place] if place < len(got) else _MISSING, f"{path}[{place}]", found)
    elif type(expected) is not type(got) or repr(expected) != repr(got):  # 1, 1.0 and True differ, 0.0 and -0.0 too
        found.append(f"{path or 'value'}: {_shown(expected)} -> {_shown(got)}")


class _Missing:
    """Stands for a part that one side does not have."""


_MISSING = _Missing()


def _shown(value: Any) -> str:
    if isinstance(value, _Missing):
        return "nothing"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[: _SHOWN_CHARACTERS - 3]}..."
