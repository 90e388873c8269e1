"""What a language model is asked at one place of a run, over all attempts, and what the record keeps of each attempt."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from agent.models import replies
from agent.models.exchange import ChatAnswer, Message, RawCall
from agent.models.plan import RoleModel
from agent.models.replies import ReadReply, ToolCall
from agent.models.schema import Choices, ToolSchema, response_schema
from agent.models.thoughts import thinks, without_thoughts
from core.trace import TraceEvent

T = TypeVar("T")


@dataclass(frozen=True)
class Place:
    """Where in a run something is asked. ``name`` is unique within the node and generation.

    The exchanges of a place are numbered from 0 as they are made, so one execution of a node must make all of them in a fixed order.
    """

    node: str
    generation: int
    name: str


@dataclass(frozen=True)
class Outcome(Generic[T]):
    """The result of an exchange. If there is a ``problem``, the value is None and the built-in form takes over.

    ``reasoning``: what the model thought, where its server gave that apart.
    """

    value: T | None
    problem: str = ""
    repairs: int = 0
    reasoning: str = ""


@dataclass(frozen=True)
class Turn:
    """One step of a tool loop: either at most one call, or text. ``reply`` is the message to append to the conversation.

    ``by_code``: no language model wrote it, so that its numbers need no check.
    """

    calls: list[ToolCall] = field(default_factory=list)
    text: str = ""
    problem: str = ""
    repairs: int = 0
    reply: Message = field(default_factory=dict)
    by_code: bool = False


@dataclass(frozen=True)
class Ask(Generic[T]):
    """One question at a place, over all its attempts."""

    place: Place
    number: int
    role: str
    prompt_hash: str
    messages: list[Message]
    read: Callable[[str, Sequence[RawCall], str, int], ReadReply[T]]
    schema: type[BaseModel] | None = None
    choices: Choices = field(default_factory=dict)
    tools: tuple[ToolSchema, ...] = ()
    must_call: bool = False
    prose: bool = False
    on_text: Callable[[str], None] | None = None

    def formats(self, limits: bool) -> tuple[dict[str, Any] | None, list[dict[str, Any]]]:
        """The response schema and the tools in the form that the server receives."""
        return (
            response_schema(self.schema, limits=limits, choices=self.choices) if self.schema else None,
            [t.openai(limits=limits) for t in self.tools],
        )


@dataclass(frozen=True)
class Try:
    """What one attempt at a question uses. ``room``: how many times the role's longest reply it may have, for a model that thinks."""

    model: RoleModel
    instead_of: str = ""
    attempt: int = 0
    limits: bool = True
    told: tuple[Message, ...] = ()
    room: int = 1


class Listener:
    """Passes streamed text on. An error of the listener is raised after the exchange is recorded, not before."""

    def __init__(self, on_text: Callable[[str], None] | None) -> None:
        self._on_text = on_text
        self._heard = False
        self._error: Exception | None = None

    def hear(self, text: str) -> None:
        """Pass on a piece of text."""
        self._heard = True
        if self._on_text is not None and self._error is None:
            try:
                self._on_text(text)
            except Exception as error:
                self._error = error

    def finish(self, text: str) -> None:
        """Pass on a whole reply that came from the record, and raise what the listener raised."""
        if text and not self._heard:
            self.hear(text)
        if self._error is not None:
            raise self._error


def outputs_of(answer: ChatAnswer | None = None, *, problem: str = "", kind: str = "", fault: str = "", mended: str = "") -> dict[str, Any]:
    """What an event keeps of an exchange: the reply or the problem, and what was wrong with the reply or was mended."""
    answer = answer or ChatAnswer(finish="")
    return {
        "problem": problem,
        "kind": kind,
        "text": answer.text,
        "calls": [{"name": c.name, "arguments": c.arguments} for c in answer.calls],
        "finish": answer.finish,
        "tokens_estimated": answer.tokens_estimated,
        "fault": fault,
        "mended": mended,
        **({"reasoning": answer.reasoning} if answer.reasoning else {}),
        **({"adapted": list(answer.adapted)} if answer.adapted else {}),
    }


def answer_in(event: TraceEvent) -> tuple[str, list[RawCall], str]:
    """Text, calls and finish reason of a recorded reply, as :func:`usable` gives them."""
    calls = [RawCall(c["name"], c["arguments"]) for c in event.outputs["calls"]]
    return usable(event.outputs["text"], calls, event.outputs["finish"], event.outputs.get("reasoning", ""))


def usable(text: str, calls: Sequence[RawCall], finish: str, reasoning: str) -> tuple[str, list[RawCall], str]:
    """Text, calls and finish reason of a reply. Where a whole reply holds nothing but reasoning, the answer stands in that."""
    if not text.strip() and not calls and finish not in ("length", "content_filter"):
        text = reasoning
    return text, list(calls), finish


def thought_only(event: TraceEvent) -> bool:
    """Whether a recorded reply was cut off while the model still thought."""
    out = event.outputs
    if out["finish"] != "length" or out["calls"]:
        return False
    return (bool(out.get("reasoning")) or thinks(out["text"])) and not without_thoughts(out["text"]).strip()


def number_of(event: TraceEvent) -> int:
    """Number of the exchange within its place."""
    return int(event.index.rsplit(":", 1)[1])


def told_about(event: TraceEvent, fault: str) -> tuple[Message, ...]:
    """Two messages for the next attempt: the bad reply, shortened, and what was wrong with it."""
    text, calls, _ = answer_in(event)
    said = " ".join([without_thoughts(text), *(f"{c.name}({c.arguments})" for c in calls)]).strip()
    return (
        {"role": "assistant", "content": replies.shown(said) or "(nothing)"},
        {"role": "user", "content": f"That reply cannot be used: {fault}. Reply again, correctly."},
    )
