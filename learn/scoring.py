"""Whether a call is the right one: the right tool, and arguments that mean the same."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from agent.models.dialects import calls_in
from evals.agent_cases import structure_of
from learn.example import Call, Example

#: Arguments whose texts name structures.
_STRUCTURES = ("smiles", "structures", "first", "second")
#: Arguments in words, which may be put in many ways: only the tool counts.
_FREE = ("text", "query", "limit", "goal")


def same_call(made: Call, wanted: Call) -> bool:
    """Whether two calls do the same: the same structures however they are written, the same names in any order."""
    if made.name != wanted.name or set(made.arguments) != set(wanted.arguments):
        return False
    if made.name == "compare_structures":
        pair = [sorted(_meant(n, c.arguments[n]) for n in ("first", "second")) for c in (made, wanted)]
        return pair[0] == pair[1]
    return all(_meant(n, v) == _meant(n, wanted.arguments[n]) for n, v in made.arguments.items() if n not in _FREE)


def _meant(name: str, value: Any) -> Any:
    if isinstance(value, list):
        return sorted(str(_meant(name, v)) for v in value)
    if isinstance(value, str):
        return (structure_of(value) or value.strip().lower()) if name in _STRUCTURES else value.strip().lower()
    return value


def call_in(message: dict[str, Any], tools: Sequence[dict[str, Any]] = ()) -> Call | None:
    """The first call of a message of the assistant; None for none that can be read.

    Given the ``tools`` that were offered, also one that the server's parser left in the text, as a conversation reads it.
    """
    try:
        function = message["tool_calls"][0]["function"]
        return _call(str(function["name"]), function["arguments"])
    except (KeyError, IndexError, TypeError, ValueError):
        offered = {t["function"]["name"]: tuple(t["function"]["parameters"].get("properties", ())) for t in tools}
        written = calls_in(str(message.get("content") or ""), offered).calls if offered else ()
        return _call(written[0].name, written[0].arguments) if written else None


def _call(name: str, arguments: Any) -> Call | None:
    try:
        given = json.loads(arguments) if isinstance(arguments, str) else arguments
    except ValueError:
        return None
    return Call(name=name, arguments=given) if isinstance(given, dict) else None


def right_tool(example: Example, call: Call | None) -> bool:
    """Whether the tool is one of those that count as right."""
    return call is not None and any(call.name == a.name for a in example.accepted)


def right_call(example: Example, call: Call | None) -> bool:
    """Whether the call is one of those that count as right, with its arguments."""
    return call is not None and any(same_call(call, a) for a in example.accepted)


def measurable(examples: Sequence[Example]) -> list[Example]:
    """The examples whose reply is a call."""
    return [e for e in examples if e.accepted]
