"""The built-in assistant: code reads the question, tools answer it, and their answers are put into sentences. No language model is asked."""

from __future__ import annotations

import json

from agent.models import Message, Place, ToolCall, Turn
from agent.roles.assistant.calls import Given, key_of, wanted
from agent.roles.assistant.protocol import FirstQuestion
from agent.roles.assistant.sentences import answered
from agent.roles.assistant.talk import asked
from agent.toolbox.conversation import Conversation
from tools.catalogue.catalogue import Catalogue

#: How the ids of its calls begin.
CALL = "by-code-"


class BuiltInAssistant:
    """Answers plain questions about properties, rules, safety, comparisons and stored runs, and says what it cannot answer."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def open(self, question: FirstQuestion, place: Place) -> list[Message]:
        """See :class:`Assistant`."""
        return [{"role": "user", "content": question.text}]

    def turn(self, talk: Conversation, place: Place) -> Turn:
        """See :class:`Assistant`. The next call that the question needs, or the answer once all are made; the same for the same conversation."""
        question = asked(talk.messages, catalogue=self._catalogue)
        done = talk.made()
        for number, (name, given) in enumerate(wanted(question, done, catalogue=self._catalogue)):
            if key_of(name, given) not in done:
                return self._calling(talk, name, given, f"{place.name}-{number}")
        text = answered(question, done, catalogue=self._catalogue)
        reply: Message = {"role": "assistant", "content": text}
        talk.messages.append(reply)
        return Turn(text=text, reply=reply, by_code=True)

    def understands(self, messages: list[Message]) -> bool:
        """Whether the last question is one that this form can look something up for."""
        question = asked(messages, catalogue=self._catalogue)
        return question.asks and next(wanted(question, {}, catalogue=self._catalogue), None) is not None

    def _calling(self, talk: Conversation, name: str, given: Given, call_id: str) -> Turn:
        schema = next(s for s in talk.schemas if s.name == name)
        arguments = schema.arguments.model_validate(given)
        call = ToolCall(f"{CALL}{call_id}", name, arguments, given)
        function = {"name": name, "arguments": json.dumps(given, ensure_ascii=False)}
        reply: Message = {"role": "assistant", "content": "", "tool_calls": [{"id": call.id, "type": "function", "function": function}]}
        talk.messages.append(reply)
        return Turn([call], reply=reply, by_code=True)
