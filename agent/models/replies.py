"""Replies of language models: what can be used, what can be mended, and what the model must be told.

Servers that enforce a schema still cut replies off, lose braces or arguments, and talk where they should call. Everything is checked here.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar
from typing import get_origin as typing_origin

from pydantic import BaseModel, ValidationError

from agent.models.dialects import Written, calls_in, known_name
from agent.models.exchange import Message, RawCall
from agent.models.jsonish import loads, read_json, whole_items
from agent.models.schema import ToolSchema
from agent.models.thoughts import thinks, without_thoughts

T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)

#: How often one call with the same arguments may be made in one conversation.
SAME_CALLS = 2
#: A reply is a loop if it ends with one passage of at most _LONGEST_PASSAGE characters at least _TIMES times in a row, over at least
#: _LEAST characters.
_LONGEST_PASSAGE, _TIMES, _LEAST = 400, 8, 160
#: Longest piece of a reply that a fault quotes, characters.
_SHOWN = 300
CUT_OFF = "the reply was cut off by its length limit; make it shorter"
CUT_OFF_THINKING = "the reply was cut off by its length limit before the answer began; think less"
_FILTERED = "the server's content filter stopped the reply"


@dataclass(frozen=True)
class ReadReply(Generic[T]):
    """The result of reading a reply: either ``value``, or ``fault``, which the model is told. ``mended`` says what was put right here."""

    value: T | None = None
    fault: str = ""
    mended: str = ""


@dataclass(frozen=True)
class ToolCall:
    """A validated call. ``arguments`` is an instance of the tool's argument model, ``given`` the same as JSON values."""

    id: str
    name: str
    arguments: BaseModel
    given: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Step:
    """A usable reply in a tool loop: text, and at most one call."""

    text: str = ""
    call: ToolCall | None = None


def read_structured(text: str, calls: Sequence[RawCall], finish: str, schema: type[M]) -> ReadReply[M]:
    """``text`` as an instance of ``schema``."""
    said_all = text
    text = without_thoughts(text)
    if finish == "length":
        return _kept_items(text, schema) or ReadReply(fault=_cut_off(said_all))
    if not text.strip() and calls:
        text = calls[0].arguments
    if not text.strip() and finish == "content_filter":
        return ReadReply(fault=_FILTERED)
    if not text.strip():
        return ReadReply(fault="the reply was empty; reply with the JSON object")
    value, mended = read_json(text)
    if not isinstance(value, dict):
        return ReadReply(fault=f"the reply was not a JSON object: {shown(text)}")
    try:
        return ReadReply(schema.model_validate(value), mended=mended)
    except ValidationError as error:
        return ReadReply(fault=f"the JSON object does not fit the schema: {said(error)}")


def read_prose(text: str, calls: Sequence[RawCall], finish: str) -> ReadReply[str]:
    """``text`` as prose. It must not be empty, cut off, or one passage over and over."""
    said_all, text = text, without_thoughts(text).strip()
    if ends_in_a_loop(text):
        return ReadReply(fault="the reply repeats one passage over and over; say each thing once")
    if finish == "length":
        return ReadReply(fault=_cut_off(said_all))
    if not text and finish == "content_filter":
        return ReadReply(fault=_FILTERED)
    if not text:
        return ReadReply(
            fault="a tool was called where text was wanted; reply with text" if calls else "the reply was empty; reply with text"
        )
    return ReadReply(text)


def ends_in_a_loop(text: str) -> bool:
    """Whether ``text`` ends with one passage that is repeated over and over."""
    tail = text[-_LONGEST_PASSAGE * _TIMES :]
    for period in range(1, min(_LONGEST_PASSAGE, len(tail) // _TIMES) + 1):
        same = next((n for n in range(len(tail) - period) if tail[-1 - n] != tail[-1 - n - period]), len(tail) - period)
        if same + period >= max(period * _TIMES, _LEAST):
            return True
    return False


def read_step(
    text: str, calls: Sequence[RawCall], finish: str, tools: Sequence[ToolSchema], history: Sequence[Message], call_id: str, must_call: bool
) -> ReadReply[Step]:
    """A reply in a tool loop. ``history`` is the conversation so far; a call that stands in it SAME_CALLS times is a fault."""
    if finish == "length":
        return ReadReply(fault=_cut_off(text))
    said_all, text = text, without_thoughts(text)
    mended = ""
    if not calls:
        offered = {t.name: tuple(t.arguments.model_fields) for t in tools}
        written = calls_in(text, offered) if tools else Written()
        if tools and not text.strip() and not written.calls:  # some models call while they think and answer nothing
            written = calls_in(said_all, offered)
        if not written.calls:
            if written.dialect:
                return ReadReply(
                    fault=f"a call was written into the text and could not be read: {shown(text)}. Call one of: {_names(tools)}"
                )
            if must_call:
                what = f'you wrote "{shown(text)}".' if text.strip() else "the reply was empty."
                return ReadReply(fault=f"a tool call is needed, not text; {what} Call one of: {_names(tools)}")
            prose = read_prose(text, calls, finish)
            return ReadReply(Step(text=prose.value or ""), prose.fault) if prose.fault == "" else ReadReply(fault=prose.fault)
        calls, text, mended = written.calls, "", f"a call written as text ({written.dialect})"
    if len(calls) > 1:
        mended = f"{len(calls)} calls at once, the first was taken"
    made = _checked(calls[0], tools, history, call_id)
    if made.fault or made.value is None:
        return ReadReply(fault=made.fault)
    return ReadReply(Step(text=text.strip(), call=made.value), mended="; ".join(m for m in (mended, made.mended) if m))


def shown(text: str) -> str:
    """``text`` on one line, shortened visibly."""
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else f"{line[:_SHOWN]}... ({len(line)} characters)"


def said(error: ValidationError) -> str:
    """What a validation found, in words for the model: each field and what is wrong with it."""
    found = [f"{'.'.join(str(p) for p in e['loc']) or 'the object'}: {e['msg']}" for e in error.errors(include_url=False)[:6]]
    more = len(error.errors()) - len(found)
    return "; ".join([*found, *([f"and {more} more"] if more > 0 else [])])


def _cut_off(text: str) -> str:
    """The fault of a reply that was cut off; whether that was before its answer began."""
    return CUT_OFF_THINKING if thinks(text) and not without_thoughts(text).strip() else CUT_OFF


def _kept_items(text: str, schema: type[M]) -> ReadReply[M] | None:
    """Of a reply that was cut off inside a list, the object with the items that are whole; None if that does not fit the schema."""
    if not any(typing_origin(f.annotation) is list for f in schema.model_fields.values()):
        return None
    for value in whole_items(text):
        try:
            return ReadReply(schema.model_validate(value), mended="cut off; what was whole of its list is kept")
        except ValidationError:
            continue
    return None


def _checked(call: RawCall, tools: Sequence[ToolSchema], history: Sequence[Message], call_id: str) -> ReadReply[ToolCall]:
    name = known_name(call.name, {t.name: () for t in tools})
    tool = next((t for t in tools if t.name == name), None)
    if tool is None:
        return ReadReply(fault=f"there is no tool {shown(call.name)!r} here; the tools are: {_names(tools)}")
    text, mended = call.arguments.strip(), ""
    if not text:
        text, mended = "{}", "empty arguments" if not tool.arguments.model_fields else ""
        if tool.arguments.model_fields:
            return ReadReply(fault=f"the arguments of {tool.name} were empty; it needs {', '.join(tool.arguments.model_fields)}")
    value, put_right = read_json(text)
    if isinstance(value, str):
        value, put_right = read_json(value)[0], "arguments in quotes"
    if isinstance(value, dict) and len(value) == 1 and not set(value) & set(tool.arguments.model_fields):
        inner = next(iter(value.values()))  # {"arguments": {...}}
        value, put_right = (inner, "arguments in an object of their own") if isinstance(inner, dict) else (value, put_right)
    if not isinstance(value, dict):
        return ReadReply(fault=f"the arguments of {tool.name} were not a JSON object: {shown(text)}")
    try:
        arguments = tool.arguments.model_validate(value)
    except ValidationError as error:
        return ReadReply(fault=f"the arguments of {tool.name} do not fit its schema: {said(error)}")
    given = arguments.model_dump(mode="json")
    if _made_before(tool.name, given, history) >= SAME_CALLS:
        return ReadReply(fault=f"{tool.name} was called with these arguments {SAME_CALLS} times already; its result stands above. Go on")
    return ReadReply(ToolCall(call_id, tool.name, arguments, given), mended=mended or put_right)


def _made_before(name: str, given: dict[str, Any], history: Sequence[Message]) -> int:
    wanted = json.dumps(given, sort_keys=True)
    made = [c.get("function", {}) for m in history for c in m.get("tool_calls") or []]
    return sum(f.get("name") == name and json.dumps(loads(f.get("arguments", "")), sort_keys=True) == wanted for f in made)


def _names(tools: Sequence[ToolSchema]) -> str:
    return ", ".join(t.name for t in tools)
