"""The assistant with a language model: it calls tools in turns and answers from their results."""

from __future__ import annotations

from dataclasses import replace

from pydantic import Field

from agent.models import Message, ModelSession, Place, ToolSchema, Turn
from agent.roles.assistant.built_in import CALL, BuiltInAssistant
from agent.roles.assistant.offer import offered
from agent.roles.assistant.protocol import ROLE, FirstQuestion
from agent.roles.assistant.talk import asked, claims_safety, unsupported_numbers, words_of
from agent.toolbox.conversation import READ_RESULT, Conversation
from core.model import Model
from prompts.library import fence
from tools.catalogue.catalogue import Catalogue

PROMPT, SHORT = "assistant/chat", "assistant/short"
NOT_LOOKED_UP = "(The model answered this without looking anything up.)"
WITHHELD = (
    "The model's answer is withheld: it states {what}, and nothing was looked up that says so. Ask for a property, a structure or a run by name, "
    "or ask again."
)


class AnswerArguments(Model):
    """An answer in words."""

    text: str = Field(description="The answer, in a few plain sentences without numbers.", min_length=1, max_length=2000)


ANSWER = ToolSchema(
    "answer", "Answer in words without looking anything up: for greetings and questions about the conversation only.", AnswerArguments
)


def prompt_for(little: bool) -> str:
    """The prompt that opens a conversation: a ``little`` model, one with little context, reads little."""
    return SHORT if little else PROMPT


class ModelBackedAssistant:
    """Lets a language model hold the conversation.

    The first step of a question has to be a call: of a tool that fits the question, or of ``answer``. Where the model gives nothing usable, or
    states what nothing says, the built-in form answers what it understands.
    """

    def __init__(self, session: ModelSession, built_in: BuiltInAssistant, catalogue: Catalogue) -> None:
        self._session = session
        self._built_in = built_in
        self._catalogue = catalogue

    def open(self, question: FirstQuestion, place: Place) -> list[Message]:
        """See :class:`Assistant`."""
        shown = fence("\n".join(question.runs), "stored runs") if question.runs else "(none)"
        return self._session.prompt(place, ROLE, prompt_for(self._session.little(ROLE)), {"question": question.text, "runs": shown})

    def turn(self, talk: Conversation, place: Place) -> Turn:
        """See :class:`Assistant`."""
        if note := _taken_over(talk.messages):
            return _noted(self._built_in.turn(talk, place), talk, note)
        room = self._session.room(ROLE)
        self._session.under(place, ROLE, prompt_for(self._session.little(ROLE)))
        question = asked(talk.messages, catalogue=self._catalogue)
        text = words_of(next(m for m in reversed(talk.messages) if m["role"] == "user"))
        first = not talk.made()
        names = (*offered(text, question, room), READ_RESULT)
        turn = talk.turn(place, urged=first, only=names, extra=[ANSWER] if first else [])
        if turn.problem:
            return self._instead(talk, place, turn.problem) or turn
        return self._unlooked(talk, place, turn) if first else turn

    def _unlooked(self, talk: Conversation, place: Place, turn: Turn) -> Turn:
        """A first step: a call of a tool as it is; an answer marked, or withheld where it states what nothing says."""
        if turn.calls and turn.calls[0].name != ANSWER.name:
            return turn
        arguments = turn.calls[0].arguments if turn.calls else None
        said = arguments.text if isinstance(arguments, AnswerArguments) else turn.text
        del talk.messages[-1]
        numbers = unsupported_numbers(said, talk.messages, catalogue=self._catalogue)
        what = f"numbers ({', '.join(numbers)})" if numbers else "something about safety" if claims_safety(said) else ""
        if what and (instead := self._instead(talk, place, f"it stated {what} without looking anything up")):
            return instead
        text = WITHHELD.format(what=what) if what else f"{said}\n{NOT_LOOKED_UP}"
        reply: Message = {"role": "assistant", "content": text}
        talk.messages.append(reply)
        return Turn(text=text, reply=reply, repairs=turn.repairs, by_code=bool(what))

    def _instead(self, talk: Conversation, place: Place, why: str) -> Turn | None:
        """The step of the built-in form in place of the model's; None for a question that it does not understand."""
        if not self._built_in.understands(talk.messages):
            return None
        return _noted(self._built_in.turn(talk, place), talk, f"(Answered by code in place of the language model: {why}.)")


def _noted(turn: Turn, talk: Conversation, note: str) -> Turn:
    """A step of the built-in form: a call keeps the note as its text, an answer ends with it."""
    text = f"{turn.text}\n{note}" if turn.text else note
    reply: Message = {**turn.reply, "content": text}
    talk.messages[-1] = reply
    return replace(turn, text=text if turn.text else "", reply=reply)


def _taken_over(messages: list[Message]) -> str:
    """Why code has made calls since the last word of the user, as it noted; it goes on then. '' where it has made none."""
    last = max((n for n, m in enumerate(messages) if m["role"] == "user"), default=0)
    made = (m for m in messages[last:] if any(c["id"].startswith(CALL) for c in m.get("tool_calls", ())))
    return str(next((m["content"] for m in made), ""))
