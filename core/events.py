"""What a run tells while it is executed: progress, for any door to show.

Progress is never trace: it is not recorded for a replay, may repeat after a resume, and old events of a long run are dropped.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, TypeAdapter

from core.model import Model
from core.report import RunStatus


class StageBegun(Model):
    """A step of a run begins."""

    kind: Literal["stage"] = Field(default="stage", description="Which event this is.")
    stage: str = Field(description="Name of the step.")
    generation: int = Field(default=0, ge=0, description="Generation of the design loop.")
    evaluated: int = Field(default=0, ge=0, description="Distinct structures evaluated so far.")


class GenerationDone(Model):
    """A generation of the design loop was judged and its parents were chosen."""

    kind: Literal["generation"] = Field(default="generation", description="Which event this is.")
    generation: int = Field(ge=0, description="Its number, from 0.")
    evaluated: int = Field(ge=0, description="Distinct structures evaluated so far.")
    budget: int = Field(ge=1, description="How many may be evaluated.")
    best: float = Field(description="Mean fitness of the ten best, 0 to 1.")


class BestFound(Model):
    """A structure was found that is better than all before it."""

    kind: Literal["best"] = Field(default="best", description="Which event this is.")
    generation: int = Field(ge=0, description="The generation that brought it, from 0.")
    evaluated: int = Field(ge=0, description="Distinct structures evaluated so far.")
    key: str = Field(description="Key of the candidate.")
    smiles: str = Field(description="Its structure.")
    fitness: float = Field(description="Its fitness, 0 to 1.")
    meets: bool = Field(description="Whether it meets every requirement.")


class CallDone(Model):
    """A call of a costly calculator is done."""

    kind: Literal["call"] = Field(default="call", description="Which event this is.")
    calculator: str = Field(description="Name of the calculator.")
    made: int = Field(ge=1, description="Calls of the run so far.")
    calls: int = Field(ge=1, description="How many it may make.")
    failed: int = Field(ge=0, description="How many of those made brought no value.")

    @property
    def said(self) -> str:
        """In words: 'vina score: 12 of at most 48 calls, 1 without a value'."""
        return f"{self.calculator}: {self.made} of at most {self.calls} calls" + (f", {self.failed} without a value" if self.failed else "")


class TextWritten(Model):
    """A language model wrote a piece of a text that the run will hold."""

    kind: Literal["text"] = Field(default="text", description="Which event this is.")
    stage: str = Field(description="Name of the step that the text is for.")
    text: str = Field(description="The piece; the pieces in their order are the text.")


class TurnTaken(Model):
    """The language model of a conversation takes a turn."""

    kind: Literal["turn"] = Field(default="turn", description="Which event this is.")
    step: int = Field(ge=1, description="Number of the turn for this question.")


class ToolCalled(Model):
    """The language model of a conversation calls a tool."""

    kind: Literal["tool"] = Field(default="tool", description="Which event this is.")
    name: str = Field(description="Name of the tool.")
    arguments: dict[str, Any] = Field(description="What it is called with.")


class StatusChanged(Model):
    """The run was started, or left by the process that executed it."""

    kind: Literal["status"] = Field(default="status", description="Which event this is.")
    status: RunStatus = Field(description="The run's status from now on.")
    message: str = Field(default="", description="Why, where something went wrong.")


ProgressEvent = Annotated[
    StageBegun | GenerationDone | BestFound | CallDone | TextWritten | TurnTaken | ToolCalled | StatusChanged,
    Field(discriminator="kind"),
]
#: Reads a stored event.
PROGRESS: TypeAdapter[ProgressEvent] = TypeAdapter(ProgressEvent, config=ConfigDict(defer_build=True))
#: Who wants to hear of progress.
ProgressSink = Callable[[ProgressEvent], None]


class NumberedEvent(Model):
    """A stored progress event. Numbers grow within a run, without gaps while it is executed; the oldest may be gone."""

    run_id: str = Field(description="The run.")
    number: int = Field(ge=1, description="Place in the run's stream; ask for what comes after it.")
    at: str = Field(description="When it happened, ISO 8601 UTC.")
    event: ProgressEvent = Field(description="What happened.")


def silent(event: ProgressEvent) -> None:
    """A sink for those who do not want to hear."""
