"""What OpenAI-compatible servers do not take alike, as one table: how a refusal says so, and what is sent instead.

An adaptation changes the body of a chat request. It is named in the settings of an endpoint (``adapt``), or learnt from a refusal where the
pool may learn (``learn``); what was learnt is kept for that server and said with every answer.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

Body = dict[str, Any]
#: Keywords of schemas that some servers refuse; who asks leaves them out by itself, so a complaint about them is no complaint about schemas.
_LIMITS = re.compile(r"(?:min|max)(?:Length|Items|imum)|pattern|uniqueItems|multipleOf|'format'|invalid schema", re.IGNORECASE)
_MOST = re.compile(r"(?:at most|less than or equal to|<=|>|maximum (?:value )?(?:is|of|allowed is))\s*[`'\"]*(\d{2,7})")
_UNKNOWN = r"unknown|unrecogni[sz]ed|unexpected|extra|not permitted|not allowed|unsupported|not support|invalid|additional propert"
#: A prompt that is too long is no parameter that is refused, whatever the words of the error name beside.
_CONTEXT = re.compile(
    r"context length|maximum context|(?:prompt|input|request).{0,30}too long|max_model_len|reduce the length", re.IGNORECASE
)
#: How a gateway, which does not pass a server's words on, says what the server does not take.
HINT = "adapt {}"
_HINT = re.compile(r"\badapt ([a-z_]+(?::\d+)?)\b")
_TOKENS = ("max_tokens", "max_completion_tokens")


@dataclass(frozen=True)
class Adaptation:
    """One thing that some servers do not take.

    Attributes:
        name: how settings and records call it.
        says: what it does, in words.
        refusal: what the words of a refusal that calls for it hold; with a group where a number is learnt too.
        change: the body that is sent instead; the given one where there is nothing to change. The second argument is the learnt number.
        late: whether servers also refuse it with an HTTP 404 or 5xx, as chat templates do.
    """

    name: str
    says: str
    refusal: re.Pattern[str]
    change: Callable[[Body, str], Body]
    late: bool = False


def adapted(body: Body, names: Sequence[str]) -> tuple[Body, tuple[str, ...]]:
    """``body`` as a server that needs the adaptations ``names`` takes it, and those of them that changed it. The given one stays as it is."""
    given = {name.partition(":")[0]: name for name in names}
    changed: list[str] = []
    for row in ADAPTATIONS:
        if row.name in given:
            made = row.change(body, given[row.name].partition(":")[2])
            if made != body:
                changed.append(given[row.name])
            body = made
    return body, tuple(changed)


def lesson(body: Body, names: Sequence[str], status: int, refusal: str) -> str:
    """The adaptation, with its number if it has one, that a server's ``refusal`` of ``body`` calls for beside ``names``; '' if none does.

    ``body``: as the server got it. ``status``: of its answer, HTTP.
    """
    known = {name.partition(":")[0] for name in names}
    if _CONTEXT.search(refusal):
        return ""
    if told := _HINT.search(refusal):
        return told[1] if told[1].partition(":")[0] not in known and not unknown_names([told[1]]) else ""
    for row in ADAPTATIONS:
        if row.name in known or (status not in (400, 422) and not row.late):
            continue
        found = row.refusal.search(refusal)
        if found is None or (row.name in ("json_object", "no_format") and _LIMITS.search(refusal) and _has_limits(body)):
            continue
        number = next((g for g in found.groups() if g), "")
        if row.change(body, number) != body:
            return f"{row.name}:{number}" if number else row.name
    return ""


def in_words(name: str) -> str:
    """What an adaptation does, in words; its name where it is not known."""
    bare, _, number = name.partition(":")
    row = next((row for row in ADAPTATIONS if row.name == bare), None)
    return name if row is None else f"{row.says} ({number})" if number else row.says


def unknown_names(names: Sequence[str]) -> list[str]:
    """Those of ``names`` that are no adaptation."""
    return [n for n in names if n.partition(":")[0] not in {row.name for row in ADAPTATIONS}]


def refusal_text(content: bytes) -> str:
    """What an error body says, in one line: its message, parameter and details; '' for nothing."""
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        return content[:2000].decode("utf-8", "replace")
    error = value.get("error", value) if isinstance(value, dict) else value
    if not isinstance(error, dict):
        return str(error)[:2000]
    parts = [error.get(key) for key in ("param", "message", "detail", "metadata")]
    return "; ".join(p if isinstance(p, str) else json.dumps(p) for p in parts if p)[:2000]


# ---- changes


def _without(*fields: str) -> Callable[[Body, str], Body]:
    def change(body: Body, number: str) -> Body:
        return {k: v for k, v in body.items() if k not in fields} if any(f in body for f in fields) else body

    return change


def _renamed(old: str, new: str) -> Callable[[Body, str], Body]:
    def change(body: Body, number: str) -> Body:
        return {(new if k == old else k): v for k, v in body.items()} if old in body else body

    return change


def _fewer_tokens(body: Body, number: str) -> Body:
    most = int(number or 0)
    changed = {k: most for k in _TOKENS if isinstance(body.get(k), int) and body[k] > most > 0}
    return {**body, **changed} if changed else body


def _small_temperature(body: Body, number: str) -> Body:
    return {**body, "temperature": 0.01} if body.get("temperature") == 0 else body


def _not_strict(body: Body, number: str) -> Body:
    tools = [_with_function(t, {k: v for k, v in t.get("function", {}).items() if k != "strict"}) for t in body.get("tools", ())]
    made = {**body, "tools": tools} if tools else dict(body)
    asked = body.get("response_format")
    if isinstance(asked, dict) and isinstance(asked.get("json_schema"), dict):
        kept = {k: v for k, v in asked["json_schema"].items() if k != "strict"}
        made["response_format"] = {**asked, "json_schema": kept}
    return made


def _with_function(tool: Body, function: Body) -> Body:
    return {**tool, "function": function}


def _choice(choice: str) -> Callable[[Body, str], Body]:
    def change(body: Body, number: str) -> Body:
        return {**body, "tool_choice": choice} if body.get("tool_choice") == "required" else body

    return change


def _tools_as_text(body: Body, number: str) -> Body:
    """The tools described in the prompt, and calls and results of the conversation written into its messages."""
    messages = [_spoken(m) for m in body.get("messages", ())]
    if not body.get("tools"):
        return {**body, "messages": messages} if messages != body.get("messages") else body
    lines = [_described(t["function"]) for t in body["tools"]]
    must = body.get("tool_choice") not in (None, "auto", "none")
    how = "Reply with nothing but one call" if must else "To call a tool, reply with nothing but one call"
    said = f'{how}, written as {{"name": "TOOL", "arguments": {{...}}}}. The tools:\n' + "\n".join(lines)
    kept = {k: v for k, v in body.items() if k not in ("tools", "tool_choice", "parallel_tool_calls")}
    return {**kept, "messages": _told(messages, said)}


def _described(function: Body) -> str:
    return (
        f"{function['name']}: {function.get('description', '')} Arguments: {json.dumps(function.get('parameters', {}), ensure_ascii=False)}"
    )


def _spoken(message: Body) -> Body:
    """A message without calls: a call as the text that it would be, a result as something that the user says."""
    if message.get("role") == "tool":
        return {"role": "user", "content": f"The result of the call:\n{message.get('content') or ''}"}
    if not message.get("tool_calls"):
        return message
    functions = [c["function"] for c in message["tool_calls"]]
    calls = [f'{{"name": {json.dumps(f["name"])}, "arguments": {f["arguments"]}}}' for f in functions]
    kept = {k: v for k, v in message.items() if k != "tool_calls"}
    return {**kept, "content": "\n".join([*filter(None, [message.get("content")]), *calls])}


def _told(messages: Sequence[Body], said: str) -> list[Body]:
    """``messages`` with ``said`` at the end of the system message, which is made if there is none."""
    first = messages[0] if messages else {}
    if first.get("role") == "system":
        return [{**first, "content": f"{first.get('content') or ''}\n\n{said}"}, *messages[1:]]
    return [{"role": "system", "content": said}, *messages]


def _without_system(body: Body, number: str) -> Body:
    messages = body.get("messages", [])
    system = [str(m.get("content") or "") for m in messages if m.get("role") == "system"]
    if not system:
        return body
    others = [m for m in messages if m.get("role") != "system"]
    at = next((n for n, m in enumerate(others) if m.get("role") == "user"), None)
    if at is None:
        return {**body, "messages": [{"role": "user", "content": "\n\n".join(system)}, *others]}
    spoken = {**others[at], "content": "\n\n".join([*system, str(others[at].get("content") or "")])}
    return {**body, "messages": [*others[:at], spoken, *others[at + 1 :]]}


def _alternating(body: Body, number: str) -> Body:
    """Messages of one role in a row as one message; a conversation that begins with the assistant gets a word before it."""
    made: list[Body] = []
    for message in body.get("messages", []):
        plain = message.get("role") in ("user", "assistant") and not message.get("tool_calls")
        if plain and made and made[-1].get("role") == message["role"] and not made[-1].get("tool_calls"):
            made[-1] = {**made[-1], "content": f"{made[-1].get('content') or ''}\n\n{message.get('content') or ''}"}
        else:
            made.append(message)
    first = next((n for n, m in enumerate(made) if m.get("role") != "system"), 0)
    if made and made[first].get("role") == "assistant":
        made.insert(first, {"role": "user", "content": "Go on."})
    return {**body, "messages": made}


def _schema_told(body: Body, form: Body | None) -> Body:
    asked = body.get("response_format") or {}
    kept = {k: v for k, v in body.items() if k != "response_format"} | ({"response_format": form} if form else {})
    if "json_schema" not in asked:
        return kept
    schema = json.dumps(asked["json_schema"].get("schema", {}), ensure_ascii=False)
    return {
        **kept,
        "messages": _told(body.get("messages", []), f"Reply with one JSON object and nothing else. It fits this JSON schema:\n{schema}"),
    }


def _json_object(body: Body, number: str) -> Body:
    return _schema_told(body, {"type": "json_object"}) if "json_schema" in (body.get("response_format") or {}) else body


def _no_format(body: Body, number: str) -> Body:
    return _schema_told(body, None) if "response_format" in body else body


def _written_content(body: Body, number: str) -> Body:
    messages = [{**m, "content": m.get("content") or " "} if m.get("role") == "assistant" else m for m in body.get("messages", ())]
    return {**body, "messages": messages} if messages != body.get("messages") else body


def _no_reasoning(body: Body, number: str) -> Body:
    messages = [{k: v for k, v in m.items() if k != "reasoning_content"} for m in body.get("messages", ())]
    return {**body, "messages": messages} if messages != body.get("messages") else body


def _has_limits(body: Body) -> bool:
    return bool(_LIMITS.search(json.dumps([body.get("response_format"), body.get("tools")])))


def _row(name: str, says: str, refusal: str, change: Callable[[Body, str], Body], late: bool = False) -> Adaptation:
    return Adaptation(name, says, re.compile(refusal, re.IGNORECASE | re.DOTALL), change, late)


#: In the order in which they are tried and applied: the particular before the general, what goes into the system message before what it becomes.
ADAPTATIONS: tuple[Adaptation, ...] = (
    _row("most_tokens", "a reply has no more tokens than the server allows",
         rf"max_(?:completion_)?tokens.*?{_MOST.pattern}", _fewer_tokens),
    _row("max_completion_tokens", "max_tokens is called max_completion_tokens",
         r"max_tokens.*max_completion_tokens|max_tokens.*(?:" + _UNKNOWN + ")", _renamed("max_tokens", "max_completion_tokens")),
    _row("max_tokens", "max_completion_tokens is called max_tokens",
         r"max_completion_tokens", _renamed("max_completion_tokens", "max_tokens")),
    _row("small_temperature", "a temperature of 0 is sent as 0.01",
         r"temperature.*(?:positive|greater than|> ?0|above 0|strictly)", _small_temperature),
    _row("no_temperature", "temperature is left out", r"temperature|top_p", _without("temperature", "top_p")),
    _row("no_seed", "seed is left out", r"\bseed\b", _without("seed")),
    _row("no_parallel", "parallel_tool_calls is left out", r"parallel", _without("parallel_tool_calls")),
    _row("no_stream_options", "stream_options is left out", r"stream_options|include_usage", _without("stream_options")),
    _row("no_template_kwargs", "chat_template_kwargs is left out",
         r"chat_template_kwargs|enable_thinking", _without("chat_template_kwargs")),
    _row("no_effort", "reasoning_effort is left out", r"reasoning_effort|reasoning\.effort", _without("reasoning_effort")),
    _row("no_strict", "strict is left out of tools and schemas", r"\bstrict\b", _not_strict),
    _row("any_tool", 'tool_choice "required" is called "any"', r"tool_choice.*['\"`]any['\"`]", _choice("any")),
    _row("no_required", 'tool_choice "required" is sent as "auto"', r"tool[_ ]choice|['\"`]required['\"`]", _choice("auto"), True),
    _row("tools_as_text", "tools are described in the prompt and called in words",
         r"--enable-auto-tool-choice|tool use|\btools?\b.{0,80}(?:" + _UNKNOWN + r"|does not|not enabled)|"
         r"(?:does not|not) support.{0,40}(?:\btools?\b|function)|\brole.{0,40}\btool\b|\btool\b.{0,20}\brole", _tools_as_text, True),
    _row("no_tool_choice", "tool_choice is left out", r"tool_choice", _without("tool_choice")),
    _row("json_object", "the schema of a reply is told in the prompt, and any JSON object is asked for",
         r"response_format|json_schema|structured output|guided|invalid schema", _json_object),
    _row("no_format", "the schema of a reply is told in the prompt alone", r"response_format|json_object|json mode|structured output", _no_format),
    _row("no_reasoning", "earlier reasoning is not sent back", r"reasoning_content", _no_reasoning),
    _row("no_system", "the system message stands in the first message of the user",
         r"system.{0,20}(?:role|message|prompt)|role.{0,60}system|developer instruction", _without_system, True),
    _row("alternating", "messages of one role in a row are one message", r"alternate|consecutive|same role|last message", _alternating, True),
    _row("written_content", "an empty message of the assistant holds a space",
         r"content.{0,80}(?:none|null|empty|required|missing|valid string|expected)", _written_content, True),
)  # fmt: skip
