"""The built-in assistant: it holds no conversation without a language model, and says so."""

from __future__ import annotations

from agent.models import Message, Place, Turn
from agent.roles.assistant.protocol import FirstQuestion
from agent.toolbox.conversation import Conversation

NEEDS_MODEL = "a conversation needs a language model, and the role assistant uses none here"


class BuiltInAssistant:
    """Declines every question with the reason."""

    def open(self, question: FirstQuestion, place: Place) -> list[Message]:
        """See :class:`Assistant`."""
        return [{"role": "user", "content": question.text}]

    def turn(self, talk: Conversation, place: Place) -> Turn:
        """See :class:`Assistant`."""
        return Turn(problem=NEEDS_MODEL)
