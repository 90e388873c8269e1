"""What every door says of an error: the name of its kind, and what a program can do something with beside the message."""

from __future__ import annotations

from typing import Any

from core.errors import MolwrightError, UnreadGoal


def kind_of(error: Exception) -> str:
    """The name of an error's kind: 'not-found' for NotFoundError."""
    name = type(error).__name__.removesuffix("Error")
    return "".join(f"-{c.lower()}" if c.isupper() and i else c.lower() for i, c in enumerate(name))


def more_of(error: MolwrightError) -> dict[str, Any]:
    """What a program can do something with, beside the message."""
    found: dict[str, Any] = {}
    if isinstance(error, UnreadGoal):
        found["spec"] = error.spec.model_dump(mode="json")
    for name in ("objections", "rules", "phrase", "position", "run_id"):
        value = getattr(error, name, None)
        if value not in (None, "", ()):
            found[name] = list(value) if isinstance(value, tuple) else value
    return found
