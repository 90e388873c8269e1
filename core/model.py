"""The base of every persisted or returned model.

The modules of models that every command loads evaluate their annotations as they stand: of postponed ones, which are texts, Pydantic makes types one by
one, and that is a twentieth of what a small command costs.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """A pydantic model that forbids unknown fields and can be written by field name or by alias."""

    model_config = ConfigDict(
        extra="forbid",
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
        defer_build=True,  # a model that a command never makes needs no validator
    )


def new_list() -> list[Any]:
    """An empty list. As a default: Pydantic asks a factory for its signature, which of ``list`` itself takes milliseconds to find out."""
    return []


def new_dict() -> dict[Any, Any]:
    """An empty dict; as :func:`new_list`."""
    return {}


def canonical_json(value: Any) -> str:
    """``value`` as JSON with sorted keys and no spaces: the form that hashes are made from.

    Raises TypeError for a value that JSON cannot hold, ValueError for NaN or infinity.
    """
    if isinstance(value, BaseModel):
        value = value.model_dump(mode="json")
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def content_hash(value: Any) -> str:
    """SHA-256 of :func:`canonical_json`, in hexadecimal (64 characters)."""
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()
