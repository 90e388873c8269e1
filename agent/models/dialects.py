"""Calls that a model wrote into its text, in the forms that model families were trained on, as one table.

A server that has the right parser turns them into calls; many have the wrong one or none. A text that holds the mark of a form and cannot be
read is told to the model as a fault: it is never an answer.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from agent.models.exchange import RawCall
from agent.models.jsonish import loads, read_json

#: Names of the tools that are offered, each with the names of its arguments.
Tools = Mapping[str, tuple[str, ...]]
_NAME_KEYS = ("name", "tool_name", "tool", "function", "function_name", "action", "recipient_name")
_ARGUMENT_KEYS = ("arguments", "parameters", "args", "tool_input", "action_input", "input", "kwargs")
_LIST_KEYS = ("tool_calls", "function_calls", "calls", "tool_uses")
_NAME = r"[\w.:/-]+"
_PARAMETER = re.compile(
    r"<(?:\|?｜?DSML｜?)?(?:parameter|param)(?:\s+name)?\s*=\s*[\"']?(?P<key>\w+)[\"']?[^>]*>(?P<value>.*?)</(?:｜DSML｜)?(?:parameter|param)>"
    r"|<arg_key>\s*(?P<key2>\w+)\s*</arg_key>\s*<arg_value>(?P<value2>.*?)</arg_value>",
    re.DOTALL,
)


@dataclass(frozen=True)
class Dialect:
    """One form of a call.

    Attributes:
        name: how records call it.
        mark: what shows that a call in this form begins; its group ``name`` is the tool's name, where that stands in the mark.
        end: what ends it; nothing: the end of the text.
        read: the calls in what stands between (also where the end is missing), given the name of the mark.
    """

    name: str
    mark: re.Pattern[str]
    end: re.Pattern[str] | None
    read: Callable[[str, str, Tools], list[RawCall]]


@dataclass(frozen=True)
class Written:
    """What was found in a text: ``calls`` in the form ``dialect``. A dialect without calls: one was begun that cannot be read."""

    dialect: str = ""
    calls: tuple[RawCall, ...] = ()


def calls_in(text: str, tools: Tools) -> Written:
    """The calls of ``tools`` that stand in ``text``, in the first form of the table that it holds."""
    broken = ""
    for dialect in DIALECTS:
        marks = list(dialect.mark.finditer(text))
        if not marks:
            continue
        calls = [
            call
            for mark in marks
            for call in dialect.read(_inside(text, mark.end(), dialect.end), mark.groupdict().get("name") or "", tools)
        ]
        if calls:
            return Written(dialect.name, tuple(calls))
        broken = broken or dialect.name
    bare = _bare(text.strip(), tools)
    return Written("a bare call", tuple(bare)) if bare else Written(broken)


def known_name(name: str, tools: Tools) -> str:
    """The tool that ``name`` means: prefixes (``functions.``, ``default_api.``), numbers (``:0``) and marks of templates left out; else as given."""
    if name in tools:
        return name
    bare = re.split(r"<\||\[ARGS\]|\s", name.strip())[0].strip("`'\"*")
    bare = re.sub(r"[:#]\d+$", "", bare)
    last = re.split(r"[./:]", bare)[-1].removesuffix("()")
    for candidate in (bare, last):
        for tool in tools:
            if candidate == tool or candidate.lower().replace("-", "_") == tool.lower():
                return tool
    return name


def _inside(text: str, start: int, end: re.Pattern[str] | None) -> str:
    """What stands from ``start`` up to the end mark: the first one before which all JSON is whole, else the first one."""
    if end is None:
        return text[start:]
    ends = list(end.finditer(text, start))
    for found in ends:
        inner = text[start : found.start()]
        if "{" not in inner or loads(_object(inner)) is not None or inner.count("{") == inner.count("}"):
            return inner
    return text[start : ends[0].start()] if ends else text[start:]


def _object(text: str) -> str:
    begin, last = text.find("{"), text.rfind("}")
    return text[begin : last + 1] if 0 <= begin < last else ""


# ---- readers


def _json(inner: str, name: str, tools: Tools) -> list[RawCall]:
    """JSON: the arguments where the mark named the tool, else one call or a list of them."""
    text = inner.strip()
    if name:
        value, _ = read_json(text)
        return [_call(name, value)] if isinstance(value, dict) else []
    for piece in _values(text):
        found = list(_objects(piece, tools, sure=True))
        if found:
            return found
    return _parameters(inner, name, tools) or _functions(inner, tools)


def _values(text: str) -> Iterator[Any]:
    value = loads(text)
    yield value if value is not None else read_json(text)[0]
    begin, last = text.find("["), text.rfind("]")
    if 0 <= begin < last:
        yield loads(text[begin : last + 1])
    objects = [loads(line) for line in text.splitlines() if line.strip()]
    if objects and all(isinstance(o, dict) for o in objects):
        yield objects


def _objects(value: Any, tools: Tools, sure: bool) -> Iterator[RawCall]:
    """The calls that a JSON value describes. ``sure``: a mark said that it is a call; else its tool must be one that is offered."""
    if isinstance(value, list):
        for part in value:
            yield from _objects(part, tools, sure)
        return
    if not isinstance(value, dict):
        return
    for key in _LIST_KEYS:
        if isinstance(value.get(key), list):
            yield from _objects(value[key], tools, sure)
            return
    if isinstance(value.get("function"), dict):
        value = value["function"]
    name = next((value[k] for k in _NAME_KEYS if isinstance(value.get(k), str)), "")
    arguments = next((value[k] for k in _ARGUMENT_KEYS if k in value), None)
    if name and (sure or known_name(name, tools) in tools) and (arguments is not None or len(value) == 1 or sure):
        yield _call(name, {} if arguments is None else arguments)
    elif len(value) == 1:
        (key, inner), *_ = value.items()
        if known_name(str(key), tools) in tools and isinstance(inner, dict):
            yield _call(str(key), inner)


def _parameters(inner: str, name: str, tools: Tools) -> list[RawCall]:
    """XML: a name, then a tag for each argument."""
    found = list(_PARAMETER.finditer(inner))
    if not name and found:
        head = inner[: found[0].start()].strip()
        name = head if re.fullmatch(_NAME, head) else ""
    if not name:
        return []
    if not found:
        value, _ = read_json(inner)
        if isinstance(value, dict):
            return [_call(name, value)]
        return [_call(name, {})] if not inner.strip() else []
    return [_call(name, {(m["key"] or m["key2"]): _typed(m["value"] if m["key"] else m["value2"]) for m in found})]


def _functions(inner: str, tools: Tools) -> list[RawCall]:
    """``<function=NAME>`` inside another mark."""
    found = re.finditer(rf"<function=(?P<name>{_NAME})>(?P<inner>.*?)(?:</function>|\Z)", inner, re.DOTALL)
    return [call for m in found for call in _parameters(m["inner"], m["name"], tools)]


def _typed(text: str) -> Any:
    """The value of a tag: JSON where it is a list, an object, a number or a truth value, else the text itself."""
    bare = text.strip("\n")
    value = loads(bare.strip())
    return bare if value is None or isinstance(value, str) else value


def _python(inner: str, name: str, tools: Tools) -> list[RawCall]:
    """Python: one call with keywords, or a list of them."""
    text = re.sub(r"^```\w*|```$", "", inner.strip()).strip()
    try:
        tree = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return _json(inner, name, tools) if "{" in inner and not name else []
    nodes = tree.elts if isinstance(tree, (ast.List, ast.Tuple)) else [tree]
    made = [_python_call(node, tools) for node in nodes]
    return [call for call in made if call is not None]


def _python_call(node: ast.expr, tools: Tools) -> RawCall | None:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print" and len(node.args) == 1:
        node = node.args[0]
    if not isinstance(node, ast.Call):
        return None
    name = ast.unparse(node.func).removesuffix(".call")
    tool = known_name(name, tools)
    try:
        given = {k.arg: ast.literal_eval(k.value) for k in node.keywords if k.arg}
        given |= dict(zip(tools.get(tool, ()), (ast.literal_eval(a) for a in node.args), strict=False))
        return _call(name, given)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return None


def _react(inner: str, name: str, tools: Tools) -> list[RawCall]:
    """``Action: NAME`` and ``Action Input: {...}``."""
    value, _ = read_json(inner.split("\nObservation")[0])
    return [_call(name, value)] if isinstance(value, dict) else []


def _bare(text: str, tools: Tools) -> list[RawCall]:
    """A call without any mark: the whole text is JSON or Python that calls an offered tool, or a sentence ends in such a call."""
    fenced = re.search(r"```(?:json|python|tool_code|tool_call|xml)?\s*\n(.*?)\n?\s*```", text, re.DOTALL)
    for piece in [text, *([fenced[1]] if fenced else [])]:
        found = next((calls for value in _values(piece) if (calls := list(_objects(value, tools, sure=False)))), [])
        if not found:
            found = [c for c in _python(piece, "", tools) if known_name(c.name, tools) in tools] if _calls_python(piece, tools) else []
        if found:
            return found
    for name in tools:
        spoken = re.search(rf"\b{re.escape(name)}\s*(?=[({{])", text)
        if spoken is not None:
            rest = text[spoken.end() :]
            found = _python(name + _bracketed(rest), "", tools) if rest.startswith("(") else _json(_bracketed(rest), name, tools)
            if found and loads(found[0].arguments):
                return found
    return []


def _calls_python(text: str, tools: Tools) -> bool:
    return re.match(r"\s*\[?\s*(?:print\()?[\w.]+\(", text) is not None and any(name in text for name in tools)


def _bracketed(text: str) -> str:
    """``text`` up to the bracket that closes its first one; all of it where none does."""
    opening = text[0]
    closing = ")" if opening == "(" else "}"
    depth, quote = 0, ""
    for place, character in enumerate(text):
        if quote:
            quote = "" if character == quote and text[place - 1] != "\\" else quote
        elif character in "\"'":
            quote = character
        elif character == opening:
            depth += 1
        elif character == closing:
            depth -= 1
            if not depth:
                return text[: place + 1]
    return text


def _call(name: str, arguments: Any) -> RawCall:
    return RawCall(name, arguments if isinstance(arguments, str) else json.dumps(arguments, ensure_ascii=False))


def _dialect(name: str, mark: str, end: str, read: Callable[[str, str, Tools], list[RawCall]]) -> Dialect:
    return Dialect(name, re.compile(mark, re.DOTALL), re.compile(end, re.DOTALL) if end else None, read)


#: The families' forms. A mark that another one holds comes after it.
DIALECTS: tuple[Dialect, ...] = (
    _dialect("DeepSeek", rf"<｜tool▁call▁begin｜>(?:function<｜tool▁sep｜>)?(?P<name>{_NAME})(?:<｜tool▁sep｜>|\s*\n)", r"<｜tool▁call▁end｜>", _json),
    _dialect("DeepSeek DSML", rf"<｜DSML｜invoke name=\"(?P<name>{_NAME})\">", r"</｜DSML｜invoke>", _parameters),
    _dialect("invoke", rf"<invoke name=[\"'](?P<name>{_NAME})[\"']\s*>", r"</invoke>", _parameters),
    _dialect("GLM", rf"<tool_call>\s*(?P<name>{_NAME})\s*(?=<arg_key>)", r"</tool_call>", _parameters),
    _dialect("Qwen coder", rf"<function=(?P<name>{_NAME})>", r"</function>|</tool_call>", _parameters),
    _dialect("Kimi", rf"<\|tool_call_begin\|>\s*(?P<name>{_NAME})\s*<\|tool_call_argument_begin\|>", r"<\|tool_call_end\|>", _json),
    _dialect("Harmony", rf"to=(?P<name>(?:functions|tools)\.{_NAME})[^{{]*?<\|message\|>", r"<\|(?:call|end|return|start)\|>", _json),
    _dialect("Mistral with names", rf"(?:\[TOOL_CALLS\]\s*)?(?P<name>{_NAME})\s*(?:\[CALL_ID\]\w+)?\[ARGS\]", r"(?=\[TOOL_CALLS\])|</s>|\Z", _json),
    _dialect("Mistral", r"\[TOOL_CALLS\]", r"</s>|\[/TOOL_CALLS\]|\Z", _json),
    _dialect("Hermes", r"<tool_call>", r"</tool_call>", _json),
    _dialect("Qwen 2.5 coder", r"<tools>", r"</tools>", _json),
    _dialect("tags", r"<(?:tool_calls|function_calls?|functioncall|toolcall|TOOLCALL|tool-call|api_call)>",
             r"</(?:tool_calls|function_calls?|functioncall|toolcall|TOOLCALL|tool-call|api_call)>", _json),
    _dialect("Granite and Phi", r"<\|tool_call\|>", r"<\|/tool_call\|>|<\|end_of_text\|>|\Z", _json),
    _dialect("Cohere", r"<\|START_ACTION\|>", r"<\|END_ACTION\|>|\Z", _json),
    _dialect("InternLM", r"<\|action_start\|>\s*(?:<\|plugin\|>)?", r"<\|action_end\|>|\Z", _json),
    _dialect("Llama", r"<\|python_tag\|>", r"<\|eom_id\|>|<\|eot_id\|>|\Z", _python),
    _dialect("Gemma", r"```tool_code\s*\n", r"\n?\s*```|\Z", _python),
    _dialect("ReAct", rf"(?:^|\n)\s*Action:\s*(?P<name>{_NAME})\s*\n\s*Action Input:", r"\Z", _react),
    _dialect("Functionary", rf">>>(?P<name>{_NAME})\n", r"\Z|(?=>>>)", _json),
)  # fmt: skip
