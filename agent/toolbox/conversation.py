"""A tool loop: a language model's turns, the tools' answers, and the room in the prompt that both share."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import Field

from agent.models import Message, ModelSession, Place, ToolCall, ToolSchema, Turn, estimate_request, tool_result
from agent.models.schema import Choices
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
        choices: Mapping[str, Choices] | None = None,
    ) -> None:
        """``state``: as :meth:`state` gave it, or ``{"messages": [...]}`` for a new one. ``extra``: tools that the caller answers itself.

        ``choices``: by tool, what its arguments may be; it goes into the grammar.
        """
        self._session = session
        self._role = role
        self._context = context
        self.messages: list[Message] = [dict(m) for m in state["messages"]]
        self.book = Workbook(texts=state.get("results", ()))
        self._held: dict[str, str] = dict(state.get("held", {}))
        offered: list[Tool] = [TOOLS[name] for name in tools]
        self.schemas = [
            *(ToolSchema(t.name, t.description, t.arguments, (choices or {}).get(t.name, {})) for t in offered),
            *extra,
            ToolSchema(READ_RESULT, "Show a part of an earlier result that was cut or replaced by its id.", ReadArguments),
        ]
        self._tools = {t.name: t for t in offered}

    def state(self) -> dict[str, Any]:
        """The conversation as JSON values, from which it can be taken up again."""
        return {"messages": self.messages, "results": self.book.texts(), "held": self._held}

    def turn(
        self, place: Place, *, must_call: bool = False, urged: bool = False, only: Sequence[str] = (), extra: Sequence[ToolSchema] = ()
    ) -> Turn:
        """The model's next step; it is part of the conversation afterwards.

        ``must_call``, ``urged``: see :meth:`ModelSession.turn`. ``only``: the tools that it may call in it, by name; all if empty. ``extra``:
        tools that are offered in this step alone. What shows earlier results is offered only where one is not shown whole.
        """
        allowed = [s for s in self.schemas if not only or s.name in only]
        self._make_room(place, [*allowed, *extra])
        short = self.book.cut or any(m["role"] == "tool" and self.book.is_stub(str(m["content"])) for m in self.messages)
        offered = [s for s in allowed if s.name != READ_RESULT or short]
        turn = self._session.turn(place, self._role, self.messages, [*offered, *extra], must_call=must_call, urged=urged)
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
        self._held[str(len(self.messages))] = name  # the ids of calls begin anew with each question
        self.messages.append(tool_result(call, fence(self.book.show(name), f"result of {call.name}")))

    def answers(self) -> Iterator[tuple[str, Any]]:
        """(tool, answer) of every call so far, whole, in order."""
        for _, call, answer in self._results():
            yield call["name"], answer

    def made(self) -> dict[tuple[str, str], Any]:
        """The answers of the calls since the last word of the user, by tool and arguments (JSON with sorted keys)."""
        last = max((n for n, m in enumerate(self.messages) if m["role"] == "user"), default=0)
        return {
            (call["name"], json.dumps(json.loads(call["arguments"]), sort_keys=True)): answer
            for n, call, answer in self._results()
            if n > last
        }

    def _results(self) -> Iterator[tuple[int, dict[str, Any], Any]]:
        """Where a result stands, the call as the model made it, and the whole answer."""
        call: dict[str, Any] = {}
        for number, message in enumerate(self.messages):
            if message.get("tool_calls"):
                call = message["tool_calls"][0]["function"]
            elif name := self._held_at(number):
                yield number, call, self.book.whole(name)

    def _held_at(self, number: int) -> str:
        """The id of the result that message ``number`` shows; '' for none. Conversations of earlier versions know it by the call."""
        message = self.messages[number]
        return self._held.get(str(number)) or self._held.get(message.get("tool_call_id", ""), "") if message["role"] == "tool" else ""

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

    def _make_room(self, place: Place, schemas: Sequence[ToolSchema]) -> None:
        """Drop thoughts, then replace results by their ids, oldest first, while the conversation is longer than the model's context allows.

        ``schemas``: the tools that are offered in this step, which share the room.
        """
        tools = [s.openai() for s in schemas]
        room = self._session.room(self._role, place)
        for message in self.messages:
            if estimate_request(self.messages, None, tools) <= room:
                return
            message.pop("reasoning_content", None)
        for number, message in enumerate(self.messages):
            if estimate_request(self.messages, None, tools) <= room:
                return
            if name := self._held_at(number):
                self.messages[number] = {**message, "content": self.book.stub(name)}
