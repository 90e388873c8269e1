"""An example of a training set, and how sets are written and read: JSON, one example a line."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError

from core.errors import UsageError
from core.model import Model, new_dict, new_list

Split = Literal["train", "test"]
#: The roles that there are training sets for.
ROLES = ("assistant", "interpreter", "researcher", "proposer")


class Call(Model):
    """A tool call."""

    name: str = Field(description="The tool.")
    arguments: dict[str, Any] = Field(default_factory=new_dict, description="Its arguments.")


class Example(Model):
    """What a model is shown and what it should reply. ``messages``, ``tools`` and ``schema`` are what the role itself sends to a server."""

    id: str = Field(description="Its name: role, kind and a hash of what is asked.")
    role: str = Field(description="The role.")
    kind: str = Field(description="The kind of task.")
    split: Split = Field(description="train, or test: other wordings and other structures.")
    asked: str = Field(description="The words that a person wrote: the question or goal.")
    messages: list[dict[str, Any]] = Field(description="The prompt, as messages.")
    tools: list[dict[str, Any]] = Field(default_factory=new_list, description="The tools that are offered.")
    form: dict[str, Any] = Field(default_factory=new_dict, description="The JSON schema of a reply that is no call.")
    reply: dict[str, Any] = Field(description="The verified reply, a message of the assistant.")
    wrong: list[dict[str, Any]] = Field(default_factory=new_list, description="Replies that code has found wrong.")
    accepted: list[Call] = Field(default_factory=new_list, description="Calls that count as right, where the reply is one.")
    checked: list[str] = Field(default_factory=new_list, description="What verified the reply.")
    source: str = Field(default="template", description="template, or run:ID of the stored run that it comes from.")


def call_message(name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """A message of the assistant that calls a tool."""
    function = {"name": name, "arguments": json.dumps(arguments, ensure_ascii=False)}
    return {"role": "assistant", "content": "", "tool_calls": [{"id": "call0", "type": "function", "function": function}]}


def text_message(text: str) -> dict[str, Any]:
    """A message of the assistant in words, or JSON as text."""
    return {"role": "assistant", "content": text}


def named(role: str, kind: str, asked: str, salt: str = "") -> str:
    """The id of an example."""
    return f"{role}-{kind}-{hashlib.sha256(f'{asked}|{salt}'.encode()).hexdigest()[:10]}"


def part_of(text: str) -> Split:
    """The part that a structure, passage or group belongs to by its name, the same each time: a fifth of them are for the test alone."""
    return "test" if int(hashlib.sha256(text.encode()).hexdigest(), 16) % 5 == 0 else "train"


def write_examples(path: Path, examples: Iterable[Example]) -> str:
    """Write a set; returns the SHA-256 of the file."""
    text = "".join(json.dumps(e.model_dump(mode="json"), ensure_ascii=False) + "\n" for e in examples)
    path.write_text(text, encoding="utf-8")
    return hashlib.sha256(text.encode()).hexdigest()


def read_examples(path: Path) -> Iterator[Example]:
    """The examples of a file. UsageError with the line for what is none, and for a file that cannot be read."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or error}") from error
    for number, line in enumerate(lines, 1):
        try:
            yield Example.model_validate_json(line)
        except ValidationError as error:
            raise UsageError(f"{path}, line {number} is no example: {error.errors()[0]['msg']}") from error
