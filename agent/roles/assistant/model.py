"""The assistant with a language model: it calls tools in turns and answers from their results."""

from __future__ import annotations

from agent.models import Message, ModelSession, Place, Turn
from agent.roles.assistant.protocol import ROLE, FirstQuestion
from agent.toolbox.conversation import Conversation
from prompts.library import fence

PROMPT = "assistant/chat"


class ModelBackedAssistant:
    """Lets a language model hold the conversation."""

    def __init__(self, session: ModelSession) -> None:
        self._session = session

    def open(self, question: FirstQuestion, place: Place) -> list[Message]:
        """See :class:`Assistant`."""
        shown = fence("\n".join(question.runs), "stored runs") if question.runs else "(none)"
        return self._session.prompt(place, ROLE, PROMPT, {"question": question.text, "runs": shown})

    def turn(self, talk: Conversation, place: Place) -> Turn:
        """See :class:`Assistant`."""
        self._session.under(place, ROLE, PROMPT)
        return talk.turn(place)
