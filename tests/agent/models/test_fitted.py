"""A call that the grammar of a bounded tool allows fits the reply, whatever the model writes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from agent.models.fitted import fitted
from agent.models.schema import ToolSchema
from agent.roles.assistant.model import ANSWER
from agent.toolbox import ASSISTANT_TOOLS, TOOLS


def _longest(node: dict[str, Any]) -> Any:
    """The longest value that a bounded schema allows."""
    if "enum" in node:
        return max(node["enum"], key=lambda v: len(json.dumps(v)))
    if node.get("type") == "object":
        return {name: _longest(part) for name, part in node["properties"].items()}
    if node.get("type") == "array":
        return [_longest(node["items"])] * int(node["maxItems"])
    return {"string": "x" * int(node.get("maxLength", 0)), "integer": 10**9, "number": 0.123456789, "boolean": False}[node["type"]]


@pytest.mark.parametrize("tokens", [256, 384, 1024, 2048])
def test_no_call_of_a_shown_tool_is_longer_than_the_reply(tokens: int) -> None:
    schemas = [ANSWER, *(ToolSchema(t.name, t.description, t.arguments) for t in TOOLS.values() if t.name in ASSISTANT_TOOLS)]
    assert len(schemas) > 12
    wrong = []
    for schema in schemas:
        tool = fitted(schema.openai(), tokens)
        call = {"name": schema.name, "parameters": _longest(tool["function"]["parameters"])}
        if len(json.dumps([call])) > tokens:
            wrong.append((schema.name, len(json.dumps([call]))))
    assert not wrong


def test_bounds_leave_room_for_what_people_ask() -> None:
    named = {"properties[]": ["logp", "polymer_refractive_index"]}
    tool = fitted(ToolSchema("estimate_properties", "", TOOLS["estimate_properties"].arguments, named).openai(), 384)["function"][
        "parameters"
    ]
    smiles = tool["properties"]["smiles"]
    assert smiles["maxItems"] >= 2
    assert smiles["items"]["maxLength"] >= 80
    assert smiles["minItems"] == 1


def test_what_fits_and_what_is_narrower_stays() -> None:
    schema = ToolSchema("edit_structure", "", TOOLS["edit_structure"].arguments)
    assert fitted(schema.openai(), 100_000) == schema.openai()
    narrow = fitted(schema.openai(), 1024)["function"]["parameters"]["properties"]
    assert narrow["group"]["maxLength"] == 80
    assert schema.openai()["function"]["parameters"]["properties"]["group"]["maxLength"] == 80
