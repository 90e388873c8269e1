"""JSON as language models write it: what can be read of it, and what had to be put right."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from typing import Any

_FENCED = re.compile(r"```[a-zA-Z]*\s*\n(.*?)\n?\s*```", re.DOTALL)


def read_json(text: str) -> tuple[Any, str]:
    """The JSON value in ``text`` and what had to be mended; (None, '') if there is none.

    Mended are a Markdown fence, prose around one object, brackets that are missing at the end, and an object in the form of Python.
    """
    stripped = text.strip()
    for candidate, mended in _candidates(stripped):
        value = loads(candidate)
        if value is not None:
            return value, mended
    start, end = stripped.find("{"), stripped.rfind("}")
    value = _python_object(stripped[start : end + 1]) if 0 <= start < end else None
    return (value, "an object in the form of Python") if value is not None else (None, "")


def loads(text: str) -> Any:
    """``text`` as one JSON value, NaN and infinities not allowed; None if it is none."""

    def refuse(name: str) -> Any:
        raise ValueError(name)

    try:
        return json.loads(text, parse_constant=refuse, strict=False)  # some servers let raw control characters through
    except (ValueError, RecursionError):
        return None


def whole_items(text: str) -> Iterator[Any]:
    """The JSON values that a cut-off ``text`` gives without the last, incomplete items of its lists; those that keep most come first."""
    start = text.find("{")
    cuts: list[tuple[int, str]] = []
    stack: list[str] = []
    inside = escaped = False
    for place, character in enumerate(text[max(start, 0) :], max(start, 0)):
        if inside:
            inside, escaped = _in_string(character, escaped)
        elif character == '"':
            inside = True
        elif character in "{[":
            stack.append("}" if character == "{" else "]")
        elif character in "}]" and (not stack or stack.pop() != character):
            break
        elif stack and stack[-1] == "]" and character in "}],":
            cuts.append((place + (character != ","), "".join(reversed(stack))))
    for place, closing in reversed(cuts):
        value = loads(text[start:place] + closing)
        if value is not None:
            yield value


def _in_string(character: str, escaped: bool) -> tuple[bool, bool]:
    """Whether the next character still stands in the string, and is escaped."""
    if escaped:
        return True, False
    return character != '"', character == "\\"


def _python_object(text: str) -> dict[str, Any] | None:
    try:
        value = ast.literal_eval(text)
        return json.loads(json.dumps(value, allow_nan=False)) if isinstance(value, dict) else None
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return None


def _candidates(text: str) -> list[tuple[str, str]]:
    found = [(text, "")]
    fenced = _FENCED.search(text)
    if fenced:
        found.append((fenced[1], "a Markdown fence"))
    start, end = text.find("{"), text.rfind("}")
    if start >= 0 and end > start and (start, end) != (0, len(text) - 1):
        found.append((text[start : end + 1], "text around the JSON"))
    closed = _closed(text[start:]) if start >= 0 else ""
    if closed:
        found.append((closed, "a missing bracket"))
    return found


def _closed(text: str) -> str:
    """``text`` with the brackets that are open at its end closed; '' if nothing is open or they do not match."""
    stack: list[str] = []
    inside = escaped = False
    for character in text:
        if inside:
            inside, escaped = _in_string(character, escaped)
        elif character == '"':
            inside = True
        elif character in "{[":
            stack.append("}" if character == "{" else "]")
        elif character in "}]" and (not stack or stack.pop() != character):
            return ""
    if inside or not stack or len(stack) > 4:
        return ""
    return text.rstrip().rstrip(",") + "".join(reversed(stack))
