"""A tool loop: a language model's turns, the tools' answers, and the room in the prompt that both share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import Field

from agent.models import Message, ModelSession, Place, ToolCall, ToolSchema, Turn, estimate_request, tool_result
from agent.toolbox.tool import TOOLS, Tool, ToolContext, ToolError
from agent.toolbox.workbook import Workbook
from core.errors import MolwrightError
from core.model import Model
from prompts.library import fence

READ_RESULT = "read_result"


class ReadArguments(Model):
    """Which part of which result."""

    result: str = Field(description="Id of the result: r1, r2, ...", max_length=12)
    start: int = Field(description="First character to show; 0 for the beginning.", ge=0)


class Conversation:
    """One tool loop of one role. Everything in it can be written down (:meth:`state`) and taken up again.

    Tool results are kept whole in the workbook and go to the model as fenced data, in part where they are long. When the conversation
    outgrows the model's context, the oldest results are replaced by their ids, from which ``read_result`` shows them again.
    """

    def __init__(
        self,
        session: ModelSession,
        role: str,
        tools: Sequence[str],
        context: ToolContext,
        state: Mapping[str, Any],
        extra: Sequence[ToolSchema] = (),
    ) -> None:
        """``state``: as :meth:`state` gave it, or ``{"messages": [...]}`` for a new one. ``extra``: tools that the caller answers itself."""
        self._session = session
        self._role = role
        self._context = context
        self.messages: list[Message] = [dict(m) for m in state["messages"]]
        self.book = Workbook(texts=state.get("results", ()))
        self._held: dict[str, str] = dict(state.get("held", {}))
        offered: list[Tool] = [TOOLS[name] for name in tools]
        self.schemas = [
            *(ToolSchema(t.name, t.description, t.arguments) for t in offered),
            *extra,
            ToolSchema(READ_RESULT, "Show a part of an earlier result that was cut or replaced by its id.", ReadArguments),
        ]
        self._tools = {t.name: t for t in offered}

    def state(self) -> dict[str, Any]:
        """The conversation as JSON values, from which it can be taken up again."""
        return {"messages": self.messages, "results": self.book.texts(), "held": self._held}

    def turn(self, place: Place, *, must_call: bool = False) -> Turn:
        """The model's next step; it is part of the conversation afterwards."""
        self._make_room()
        turn = self._session.turn(place, self._role, self.messages, self.schemas, must_call=must_call)
        if not turn.problem:
            self.messages.append(turn.reply)
        return turn

    def run(self, call: ToolCall, place: Place) -> Any:
        """Run a tool and add its answer to the conversation. A call that cannot be answered is answered with the reason."""
        try:
            answer = self._run(call, place)
        except MolwrightError as error:
            answer = {"error": str(error)}
        self.give(call, answer)
        return answer

    def give(self, call: ToolCall, answer: Any) -> None:
        """Add ``answer`` (a JSON value) as the result of ``call``."""
        if call.name == READ_RESULT:
            text = answer if isinstance(answer, str) else f"error: {answer['error']}"
            self.messages.append(tool_result(call, fence(text, READ_RESULT)))
            return
        name = self.book.keep(answer)
        self._held[call.id] = name
        self.messages.append(tool_result(call, fence(self.book.show(name), f"result of {call.name}")))

    def answers(self) -> Iterator[tuple[str, Any]]:
        """(tool, answer) of every call so far, whole, in order."""
        names = {c["id"]: c["function"]["name"] for m in self.messages for c in m.get("tool_calls", ())}
        for call_id, result in self._held.items():
            yield names[call_id], self.book.whole(result)

    def _run(self, call: ToolCall, place: Place) -> Any:
        if call.name == READ_RESULT:
            assert isinstance(call.arguments, ReadArguments)
            return self.book.show(call.arguments.result, call.arguments.start)
        tool = self._tools[call.name]
        if tool.effect:
            raise ToolError(f"{call.name} needs a person's approval")
        if not tool.outside:
            return tool.run(call.arguments, self._context)

        def produce() -> Any:
            try:
                return tool.run(call.arguments, self._context)
            except MolwrightError as error:
                return {"error": str(error)}

        return self._session.tool(place, call.name, call.given, produce)

    def _make_room(self) -> None:
        """Replace results by their ids, oldest first, while the conversation is longer than the model's context allows."""
        tools = [s.openai() for s in self.schemas]
        room = self._session.room(self._role)
        for number, message in enumerate(self.messages):
            if estimate_request(self.messages, None, tools) <= room:
                return
            name = self._held.get(message.get("tool_call_id", ""))
            if name is not None:
                self.messages[number] = {**message, "content": self.book.stub(name)}
