"""Tools whose calls cannot be longer than a reply may be: for models that run on in a list or a sentence until they are cut off."""

from __future__ import annotations

import json
from typing import Any

from agent.models.schema import resolved

#: How many items a list may have, tried in this order, and the characters that each of its texts keeps at least: a longer structure is rare.
_ITEMS = (12, 8, 6, 4, 3, 2, 1)
_LEAST_TEXT = 80
#: Characters of a call beside its name and arguments.
_AROUND = 48
#: Characters of a number; levels of a schema that holds itself.
_NUMBER, _DEEPEST = 12, 6


def fitted(tool: dict[str, Any], tokens: int) -> dict[str, Any]:
    """``tool`` (as :meth:`ToolSchema.openai` gives it) with texts and lists so bounded that each call fits a reply of ``tokens`` tokens.

    A token is reckoned as one character, the least that it stands for in plain text; a call in other scripts may still be cut off. Bounds that are
    narrower stay; where one item with a text of one character is too long already, it is left at that.
    """
    function = tool["function"]
    parameters = function["parameters"]
    room = tokens - _AROUND - len(function["name"])
    if _longest(parameters, parameters, max(_ITEMS), tokens, 0) <= room:
        return tool
    items, text = next(
        ((i, t) for i in _ITEMS if (t := _text(parameters, i, room)) >= _LEAST_TEXT), (1, max(_text(parameters, 1, room), 1))
    )
    return {**tool, "function": {**function, "parameters": _bounded(parameters, items, text)}}


def _text(schema: dict[str, Any], items: int, room: int) -> int:
    """The most characters that every text may have so that the longest value takes at most ``room``; 0 if none fits."""
    low, high = 0, max(room, 0)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if _longest(schema, schema, items, middle, 0) <= room else (low, middle - 1)
    return low


def _longest(node: dict[str, Any], root: dict[str, Any], items: int, text: int, depth: int) -> int:
    """Characters of the longest value of a schema whose lists have at most ``items`` and whose texts at most ``text``."""
    if depth > _DEEPEST:
        return text
    if "$ref" in node:
        return _longest(resolved(root, node), root, items, text, depth + 1)
    if "enum" in node:
        return max(len(json.dumps(v, ensure_ascii=False)) for v in node["enum"])
    if "anyOf" in node:
        return max(_longest(one, root, items, text, depth + 1) for one in node["anyOf"])
    kind = node.get("type")
    if kind == "object":
        return 2 + sum(len(name) + 6 + _longest(part, root, items, text, depth + 1) for name, part in node["properties"].items())
    if kind == "array":
        return 2 + min(int(node.get("maxItems", items)), items) * (2 + _longest(node["items"], root, items, text, depth + 1))
    return 2 + min(int(node.get("maxLength", text)), text) if kind == "string" else _NUMBER


def _bounded(node: Any, items: int, text: int) -> Any:
    """A copy of a part of a schema with the bounds."""
    if isinstance(node, list):
        return [_bounded(part, items, text) for part in node]
    if not isinstance(node, dict):
        return node
    made = {key: _bounded(part, items, text) for key, part in node.items()}
    if made.get("type") == "string" and "enum" not in made:
        made["maxLength"] = min(made.get("maxLength", text), text)
        made.update({"minLength": min(made["minLength"], text)} if "minLength" in made else {})
    elif made.get("type") == "array" and "items" in made:
        made["maxItems"] = min(made.get("maxItems", items), items)
        made.update({"minItems": min(made["minItems"], items)} if "minItems" in made else {})
    return made
