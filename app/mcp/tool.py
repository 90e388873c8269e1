"""A tool of the MCP server: a function with documented arguments, and the schema that a client is shown of it."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar, get_type_hints

from pydantic import BaseModel, ConfigDict

from app.services.entry import Services
from core.people import Right


class Arguments(BaseModel):
    """The arguments of a tool. What a client gives under another name is an error, and a number may come as text."""

    model_config = ConfigDict(extra="forbid", defer_build=True)


@dataclass(frozen=True)
class Door:
    """What tools work with.

    Attributes:
        services: the services.
        work: sees to it that somebody executes queued runs.
    """

    services: Services
    work: Callable[[], None]


Answer = dict[str, Any]
Function = Callable[[Door, Any], Answer]
A = TypeVar("A", bound=Function)


@dataclass(frozen=True)
class Tool:
    """One tool.

    Attributes:
        name: what a client calls it.
        description: the function's docstring, which the client's model reads.
        arguments: the model of the arguments.
        run: the function. It returns a JSON object and raises errors of ours.
        reads: whether it changes nothing.
        ends: whether it ends something for good.
        waits: whether it waits for the run of its answer, as its argument ``wait`` says.
        owns: whether the run of its answer is its own: a client that takes the call back cancels it.
        right: what a person with an account must be allowed to do.
    """

    name: str
    description: str
    arguments: type[Arguments]
    run: Function = field(compare=False)
    reads: bool = True
    ends: bool = False
    waits: bool = False
    owns: bool = False
    right: Right = "look"

    def schema(self) -> dict[str, Any]:
        """The JSON schema of the arguments, without what a model needs not be told: titles, limits (an error names them), that an option may be null."""
        whole = self.arguments.model_json_schema()
        short: dict[str, Any] = {"type": "object", "properties": {n: _short(p) for n, p in whole.get("properties", {}).items()}}
        return {**short, "required": whole["required"]} if whole.get("required") else short


#: Every tool by its name, in the order in which they are listed.
TOOLS: dict[str, Tool] = {}


def tool(**kind: Any) -> Callable[[A], A]:
    """Register the decorated function ``f(door, arguments: SomeArguments)`` under its name; ``kind``: what else :class:`Tool` says."""

    def registered(function: A) -> A:
        arguments = get_type_hints(function)["arguments"]
        description = " ".join((inspect.getdoc(function) or "").split())
        TOOLS[function.__name__] = Tool(function.__name__, description, arguments, function, **kind)
        return function

    return registered


def _short(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema of one argument."""
    kinds = [kind for kind in schema.get("anyOf", ()) if kind.get("type") != "null"]
    merged = {**schema, **kinds[0]} if len(kinds) == 1 else schema
    kept = {name: value for name, value in merged.items() if name not in _UNTOLD}
    if isinstance(kept.get("items"), dict):
        kept["items"] = _short(kept["items"])
    return {n: v for n, v in kept.items() if not (n == "default" and v in (None, "", [], False))}


_UNTOLD = ("title", "anyOf", "minLength", "maxLength", "minItems", "maxItems", "minimum", "maximum")
