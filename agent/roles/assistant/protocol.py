"""What an assistant is asked and what it answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from agent.models import Message, Place, Turn
from agent.toolbox.conversation import Conversation

ROLE = "assistant"
STEPS = 16
"""Turns that an assistant has for one question."""


@dataclass(frozen=True)
class FirstQuestion:
    """What opens a conversation: the question, and lines on the newest stored runs (see :func:`agent.roles.assistant.talk.newest_runs`)."""

    text: str
    runs: Sequence[str]


class Assistant(Protocol):
    """Answers questions with the tools of :data:`agent.toolbox.ASSISTANT_TOOLS`."""

    def open(self, question: FirstQuestion, place: Place) -> list[Message]:
        """The first messages of a conversation."""
        ...

    def turn(self, talk: Conversation, place: Place) -> Turn:
        """The next step of ``talk``: a tool call, the answer, or the problem that there is none."""
        ...
