"""What a server's reply holds beside text and calls, by any of its names: reasoning, a refusal, a call in the older form."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from agent.models.exchange import ChatAnswer, RawCall

#: Fields in which servers give what a model thought.
REASONING = ("reasoning_content", "reasoning", "thinking", "thoughts")
#: Finish reasons that mean what "length" means.
_CUT = ("length", "max_tokens", "model_length", "max_output_tokens", "token_limit")


def read_beside(answer: ChatAnswer, body: dict[str, Any]) -> ChatAnswer:
    """``answer`` with what the server's whole reply ``body`` says beside it; ``answer`` itself for a reply that came in pieces."""
    answer = replace(answer, finish="length" if answer.finish.lower() in _CUT else answer.finish)
    try:
        message = body["choices"][0]["message"]
        older = message.get("function_call")
    except (KeyError, IndexError, TypeError, AttributeError):
        return answer
    calls, text = answer.calls, answer.text
    if not calls and isinstance(older, dict):
        arguments = older.get("arguments")
        calls = (RawCall(str(older.get("name") or ""), arguments if isinstance(arguments, str) else json.dumps(arguments or {})),)
    if not text and not calls and isinstance(message.get("refusal"), str):
        text = message["refusal"]
    return replace(answer, calls=calls, text=text, reasoning=_reasoning(message))


def _reasoning(message: dict[str, Any]) -> str:
    for name in REASONING:
        if isinstance(message.get(name), str) and message[name].strip():
            return str(message[name])
    for name in ("reasoning_details", "content"):
        parts = message.get(name)
        if isinstance(parts, list):
            found = [_part(p) for p in parts if isinstance(p, dict) and (name != "content" or p.get("type") in ("thinking", "reasoning"))]
            if any(found):
                return "".join(found)
    return ""


def _part(part: dict[str, Any]) -> str:
    """The text of one part: itself, or parts within it."""
    for name in ("thinking", "text", "summary"):
        value = part.get(name)
        if isinstance(value, str):
            return value
        if isinstance(value, list):
            return "".join(_part(p) for p in value if isinstance(p, dict))
    return ""
