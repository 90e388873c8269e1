"""A tool is a plain function with documented arguments that a language model may call."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, TypeVar, get_type_hints

from core.errors import ConfigurationError, MolwrightError
from core.interfaces import LiteratureStore, RunStore
from core.model import Model, content_hash
from core.spec import DesignSpec
from tools.workspace import Workspace, builtin

MAX_STRUCTURES = 12
"""Structures that one call may hand in."""


class ToolError(MolwrightError):
    """A call that a tool cannot answer. The message is told to the model, which may try another call."""


@dataclass(frozen=True)
class ToolContext:
    """What tools work with.

    Attributes:
        spec: the spec of the run; None in a conversation that has no run.
        literature: opens the literature store; None where there is none.
        store: stored runs; None where the tool may not read them (a proposer sees its own run only through its prompt).
        seed: seed of everything random.
        workspace: properties, calculators and proposers; those that ship and those of plug-ins unless another is handed in.
    """

    spec: DesignSpec | None = None
    literature: Callable[[], AbstractContextManager[LiteratureStore]] | None = None
    store: RunStore | None = None
    seed: int = 0
    workspace: Workspace = field(default_factory=builtin)


A = TypeVar("A", bound=Model)
Function = Callable[[Any, ToolContext], Any]


@dataclass(frozen=True)
class Tool:
    """One tool.

    Attributes:
        name: what the model calls it.
        description: the function's docstring; the model reads it.
        arguments: model of the arguments; every field has a description.
        run: the function. It returns a JSON value and raises ToolError (or another error of ours) for a call it cannot answer.
        outside: whether it reads something that a replay cannot compute again; such a call is recorded.
        effect: whether it starts something; such a call is never run without a person's approval.
    """

    name: str
    description: str
    arguments: type[Model]
    run: Function = field(compare=False)
    outside: bool = False
    effect: bool = False

    def schema_hash(self) -> str:
        """SHA-256 of name, description and argument schema: tells whether two runs offered the same tool."""
        return content_hash([self.name, self.description, self.arguments.model_json_schema()])


TOOLS: dict[str, Tool] = {}


def tool(*, outside: bool = False, effect: bool = False) -> Callable[[Function], Function]:
    """Register the decorated function ``f(arguments: SomeModel, context: ToolContext)`` under its name.

    Raises ConfigurationError if the function or one of its arguments is undocumented, or the name is taken.
    """

    def registered(function: Function) -> Function:
        name = function.__name__
        arguments = get_type_hints(function)["arguments"]
        description = inspect.getdoc(function) or ""
        if not description:
            raise ConfigurationError(f"tool {name!r} has no docstring: the model would not know what it does")
        undocumented = [n for n, f in arguments.model_fields.items() if not f.description]
        if undocumented:
            raise ConfigurationError(f"tool {name!r}: no description for {', '.join(undocumented)}")
        if name in TOOLS:
            raise ConfigurationError(f"two tools are called {name!r}")
        TOOLS[name] = Tool(name=name, description=description, arguments=arguments, run=function, outside=outside, effect=effect)
        return function

    return registered
