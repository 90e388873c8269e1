"""Replies of language models: what can be used, what can be mended, and what the model must be told.

Servers that enforce a schema still cut replies off, lose braces or arguments, and talk where they should call. Everything is checked here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from agent.models.exchange import Message, RawCall
from agent.models.schema import ToolSchema

T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)

#: How often one call with the same arguments may be made in one conversation.
SAME_CALLS = 2
_THOUGHT = re.compile(r"\A\s*<think>.*?</think>\s*", re.DOTALL | re.IGNORECASE)
_FENCED = re.compile(r"\A\s*```[a-zA-Z]*\s*\n(.*?)\n?\s*```\s*\Z", re.DOTALL)
_CALL_TAG = re.compile(r"<tool_call>\s*(.*)\Z", re.DOTALL)
_CALL_END = "</tool_call>"
#: A reply is a loop if it ends with one passage of at most _LONGEST_PASSAGE characters at least _TIMES times in a row, over at least
#: _LEAST characters.
_LONGEST_PASSAGE, _TIMES, _LEAST = 400, 8, 160
#: Longest piece of a reply that a fault quotes, characters.
_SHOWN = 300
_CUT_OFF = "the reply was cut off by its length limit; make it shorter"


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
    if finish == "length":
        return ReadReply(fault=_CUT_OFF)
    text = without_thoughts(text)
    if not text.strip() and calls:
        text = calls[0].arguments
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
    text = without_thoughts(text).strip()
    if ends_in_a_loop(text):
        return ReadReply(fault="the reply repeats one passage over and over; say each thing once")
    if finish == "length":
        return ReadReply(fault=_CUT_OFF)
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
        return ReadReply(fault=_CUT_OFF)
    text = without_thoughts(text)
    mended = ""
    if not calls:
        written = _written_call(text, {t.name for t in tools})
        if written is None:
            if must_call:
                what = f'you wrote "{shown(text)}".' if text.strip() else "the reply was empty."
                return ReadReply(fault=f"a tool call is needed, not text; {what} Call one of: {_names(tools)}")
            prose = read_prose(text, calls, finish)
            return ReadReply(Step(text=prose.value or ""), prose.fault) if prose.fault == "" else ReadReply(fault=prose.fault)
        calls, text, mended = [written], "", "a call written as text"
    if len(calls) > 1:
        mended = f"{len(calls)} calls at once, the first was taken"
    made = _checked(calls[0], tools, history, call_id)
    if made.fault or made.value is None:
        return ReadReply(fault=made.fault)
    return ReadReply(Step(text=text.strip(), call=made.value), mended="; ".join(m for m in (mended, made.mended) if m))


def read_json(text: str) -> tuple[Any, str]:
    """The JSON value in ``text`` and what had to be mended; (None, '') if there is none.

    Mended are a Markdown fence, prose around one object, and brackets or quotes that are missing at the end.
    """
    stripped = text.strip()
    for candidate, mended in _candidates(stripped):
        value = _loads(candidate)
        if value is not None:
            return value, mended
    return None, ""


def without_thoughts(text: str) -> str:
    """``text`` without a reasoning block before the reply."""
    return _THOUGHT.sub("", text, count=1)


def shown(text: str) -> str:
    """``text`` on one line, shortened visibly."""
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else f"{line[:_SHOWN]}... ({len(line)} characters)"


def said(error: ValidationError) -> str:
    """What a validation found, in words for the model: each field and what is wrong with it."""
    found = [f"{'.'.join(str(p) for p in e['loc']) or 'the object'}: {e['msg']}" for e in error.errors(include_url=False)[:6]]
    more = len(error.errors()) - len(found)
    return "; ".join([*found, *([f"and {more} more"] if more > 0 else [])])


def _candidates(text: str) -> list[tuple[str, str]]:
    found = [(text, "")]
    fenced = _FENCED.match(text)
    if fenced:
        found.append((fenced[1], "a Markdown fence"))
    start, end = text.find("{"), text.rfind("}")
    if start > 0 and end > start:
        found.append((text[start : end + 1], "text around the JSON"))
    closed = _closed(text[start:]) if start >= 0 else ""
    if closed:
        found.append((closed, "a missing bracket"))
    return found


def _loads(text: str) -> Any:
    def refuse(name: str) -> Any:
        raise ValueError(name)

    try:
        return json.loads(text, parse_constant=refuse, strict=False)  # some servers let raw control characters through
    except (ValueError, RecursionError):
        return None


def _closed(text: str) -> str:
    """``text`` with the brackets that are open at its end closed; '' if nothing is open or they do not match."""
    stack: list[str] = []
    inside = escaped = False
    for character in text:
        if inside:
            if escaped:
                escaped = False
            elif character == "\\":
                escaped = True
            elif character == '"':
                inside = False
        elif character == '"':
            inside = True
        elif character in "{[":
            stack.append("}" if character == "{" else "]")
        elif character in "}]" and (not stack or stack.pop() != character):
            return ""
    if inside or not stack or len(stack) > 4:
        return ""
    return text.rstrip().rstrip(",") + "".join(reversed(stack))


def _written_call(text: str, names: set[str]) -> RawCall | None:
    """A call that a model wrote into its text, in the form of its template or as a bare object."""
    tagged = _CALL_TAG.search(text)
    value = _tagged_value(tagged[1]) if tagged else read_json(text)[0]
    if not isinstance(value, dict):
        return None
    inner = value.get("function")
    value = inner if isinstance(inner, dict) else value
    name, arguments = value.get("name"), value.get("arguments", value.get("parameters"))
    if not isinstance(name, str) or (not tagged and name not in names) or arguments is None:
        return None
    return RawCall(name, arguments if isinstance(arguments, str) else json.dumps(arguments))


def _tagged_value(text: str) -> Any:
    """The JSON value behind the opening tag of a call, up to a closing tag: the first one with which it can be read."""
    end = text.find(_CALL_END)
    while end >= 0:
        value = _loads(text[:end].strip())
        if value is not None:
            return value
        end = text.find(_CALL_END, end + 1)
    return read_json(text.split(_CALL_END)[0].strip())[0]


def _checked(call: RawCall, tools: Sequence[ToolSchema], history: Sequence[Message], call_id: str) -> ReadReply[ToolCall]:
    tool = next((t for t in tools if t.name == call.name), None)
    if tool is None:
        return ReadReply(fault=f"there is no tool {shown(call.name)!r} here; the tools are: {_names(tools)}")
    text, mended = call.arguments.strip(), ""
    if not text:
        text, mended = "{}", "empty arguments" if not tool.arguments.model_fields else ""
        if tool.arguments.model_fields:
            return ReadReply(fault=f"the arguments of {tool.name} were empty; it needs {', '.join(tool.arguments.model_fields)}")
    value, put_right = read_json(text)
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
    return sum(f.get("name") == name and json.dumps(_loads(f.get("arguments", "")), sort_keys=True) == wanted for f in made)


def _names(tools: Sequence[ToolSchema]) -> str:
    return ", ".join(t.name for t in tools)
