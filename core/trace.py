"""The record of a run: what happened, in order, and what came from outside the arithmetic."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from pydantic import Field

from core.model import Model, new_dict

TRACE_VERSION = "1"

#: What a reviewer says of a candidate.
Verdict = Literal["accept", "reject", "hold", "comment"]
EventKind = Literal["decision", "record", "tool", "model", "step", "error"]


class TraceEvent(Model):
    """One event of a run. (run_id, node, generation, index) identifies it; writing it twice changes nothing.

    ``record``, ``model`` and ``tool`` events hold what came from outside the arithmetic and are read back in a replay;
    ``step`` events hold the hash of what a node computed and are compared in a replay.
    """

    schema_version: str = Field(default=TRACE_VERSION, description="Version of this model.")
    run_id: str = Field(description="The run.")
    sequence: int = Field(default=0, ge=0, description="Order within the run, given by the store.")
    node: str = Field(description="Graph node, or 'run' for what concerns the whole run.")
    generation: int = Field(default=0, ge=0, description="Generation of the design loop.")
    index: str = Field(default="0", description="Which event of this node and generation: a number or a name.")
    kind: EventKind = Field(description="What it is.")
    request_hash: str = Field(default="", description="SHA-256 of what was asked; a replay that asks something else differs here.")
    inputs: dict[str, Any] = Field(default_factory=new_dict, description="What was asked, or a summary with its hash where it is large.")
    outputs: Any = Field(default=None, description="What came back.")
    output_hash: str = Field(default="", description="SHA-256 of the outputs.")
    endpoint: str = Field(default="", description="Address of the model server, for model calls.")
    model: str = Field(default="", description="Name of the model, for model calls.")
    prompt_hash: str = Field(default="", description="SHA-256 of the prompt template, for model calls.")
    tokens_in: int = Field(default=0, ge=0, description="Prompt tokens.")
    tokens_out: int = Field(default=0, ge=0, description="Completion tokens.")
    seconds: float = Field(default=0.0, ge=0, description="Wall-clock duration; never compared.")
    at: str = Field(default="", description="When it was written, ISO 8601 UTC; never compared.")


@dataclass(frozen=True)
class CallRecord:
    """What one exchange with a model server, or one tool that reads outside, came to: what a ``model`` or ``tool`` event holds.

    ``outputs`` is a JSON value. ``endpoint`` and ``model`` are those that answered; empty where none did.
    """

    outputs: Any
    endpoint: str = ""
    model: str = ""
    prompt_hash: str = ""
    tokens_in: int = 0
    tokens_out: int = 0
    seconds: float = 0.0
