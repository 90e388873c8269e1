"""JSON schemas that servers can enforce, made from pydantic models."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from pydantic import BaseModel

from core.errors import ConfigurationError
from core.model import content_hash

#: Keywords that are left out: a strict reply names every field, and titles only cost tokens.
_DROPPED = ("title", "default", "examples", "discriminator")
#: Limits that some servers refuse in a strict schema. Replies are held against them here in any case.
_LIMITS = (
    "minLength", "maxLength", "pattern", "format", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf",
    "minItems", "maxItems", "uniqueItems",
)  # fmt: skip


#: What a field may hold here, by its path: ``{"properties[]": ("logp", ...), "reasons[].candidate": (1, 2)}``. It goes into the grammar only.
Choices = Mapping[str, Sequence[str | int]]


@dataclass(frozen=True)
class ToolSchema:
    """A tool as a model sees it. ``arguments`` is the pydantic model of its arguments; no field may be a free mapping."""

    name: str
    description: str
    arguments: type[BaseModel]
    choices: Choices = field(default_factory=dict)

    def openai(self, *, limits: bool = True) -> dict[str, Any]:
        """The tool in the form of the OpenAI API, strict."""
        parameters = with_choices(strict_schema(self.arguments, limits=limits), self.choices)
        function = {"name": self.name, "description": self.description, "parameters": parameters, "strict": True}
        return {"type": "function", "function": function}


def response_schema(model: type[BaseModel], *, limits: bool = True, choices: Choices | None = None) -> dict[str, Any]:
    """The ``json_schema`` object of a strict response format."""
    name = re.sub(r"[^A-Za-z0-9_-]", "_", model.__name__)[:64]
    return {"name": name, "schema": with_choices(strict_schema(model, limits=limits), choices or {}), "strict": True}


def with_choices(schema: dict[str, Any], choices: Choices) -> dict[str, Any]:
    """``schema`` with the enumerations of ``choices``; fields without choices stay as they are. Raises ConfigurationError for another path."""
    if not any(choices.values()):
        return schema
    made = copy.deepcopy(schema)
    for path, values in choices.items():
        if values:
            node = _at(made, path)
            node.pop("maxLength", None)
            node.pop("minLength", None)
            node["enum"] = list(dict.fromkeys(values))
    return made


def _at(schema: dict[str, Any], path: str) -> dict[str, Any]:
    """The part of a schema at ``path``."""
    node = schema
    for name in path.split("."):
        node = resolved(schema, node).get("properties", {}).get(name.removesuffix("[]"))
        if node is None:
            raise ConfigurationError(f"a schema has no field {path!r}")
        if name.endswith("[]"):
            node = resolved(schema, node)["items"]
    found: dict[str, Any] = resolved(schema, node)
    return found


def resolved(schema: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    """What ``node`` refers to in the definitions of ``schema``; itself where it refers to nothing."""
    return schema["$defs"][node["$ref"].rsplit("/", 1)[1]] if "$ref" in node else node


def schema_hash(schema: Any) -> str:
    """SHA-256 of a schema or of a list of tools; empty for none."""
    return content_hash(schema) if schema else ""


def strict_schema(model: type[BaseModel], *, limits: bool = True) -> dict[str, Any]:
    """The JSON schema of ``model`` with every field required and no other allowed. Without ``limits``, lengths and ranges are left out.

    Raises ConfigurationError for a field that a strict schema cannot hold: a free mapping, a value of any type.
    """
    return dict(_cached(model, limits))


@lru_cache(maxsize=512)
def _cached(model: type[BaseModel], limits: bool) -> dict[str, Any]:
    given = model.model_json_schema()
    if "$ref" in given:  # a model that holds itself; servers want the root to be an object
        given = {**given["$defs"][given["$ref"].rsplit("/", 1)[1]], "$defs": given["$defs"]}
    made = _strict(given, model.__name__, limits)
    assert isinstance(made, dict)
    return made


def _strict(node: Any, where: str, limits: bool) -> Any:
    if isinstance(node, list):
        return [_strict(part, where, limits) for part in node]
    if not isinstance(node, dict):
        return node
    kept = {k: v for k, v in node.items() if k not in _DROPPED and (limits or k not in _LIMITS)}
    made: dict[str, Any] = {}
    for key, value in kept.items():
        if key in ("properties", "$defs"):
            made[key] = {name: _strict(part, f"{where}.{name}", limits) for name, part in value.items()}
        elif key == "const":
            made["enum"] = [value]
        elif key in ("anyOf", "oneOf"):
            made["anyOf"] = _strict(value, where, limits)
        elif key == "enum":
            made[key] = value
        else:
            made[key] = _strict(value, where, limits)
    if made.get("type") == "object" or "properties" in made:
        if "properties" not in made and node.get("additionalProperties", True) is not False:
            raise ConfigurationError(f"{where}: a free mapping has no strict schema; name its fields, or use a list of pairs")
        made.setdefault("properties", {})
        made["required"] = list(made["properties"])
        made["additionalProperties"] = False
    elif not {"type", "$ref", "anyOf", "enum", "allOf"} & made.keys():
        raise ConfigurationError(f"{where}: a value of any type has no strict schema")
    return made
