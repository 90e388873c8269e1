"""What servers and models really do, one function a behaviour: a request in, the reply of such a server out."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tests.agent.models.fake_server import Reply, json_reply, tool_reply

Request = dict[str, Any]
Server = Callable[[Request], Reply]
GOOD = {"name": "aspirin"}
VERDICT = {"colour": "red", "count": 3}


def able(request: Request) -> Reply:
    """A server that takes what it is sent: a call where tools are, an object where a schema is, else text."""
    told = " ".join(str(m.get("content")) for m in request["messages"])
    if request.get("tools"):
        return tool_reply("lookup", GOOD)
    if request.get("response_format"):
        return json_reply(VERDICT)
    if '{"name": "TOOL"' in told:
        return Reply(json.dumps({"name": "lookup", "arguments": GOOD}))
    if "fits this JSON schema" in told:
        return Reply(f"Here you are:\n```json\n{json.dumps(VERDICT)}\n```")
    return Reply("Three dyes were found.")


def refusal(message: str, status: int = 400, **more: Any) -> Reply:
    """An error body as OpenAI has it."""
    return Reply(
        raw=json.dumps({"error": {"message": message, "type": "invalid_request_error", "code": None, **more}}).encode(), status=status
    )


def refusing(when: Callable[[Request], Any], reply: Reply, then: Server = able) -> Server:
    """A server that answers ``reply`` to what it does not take."""
    return lambda request: reply if when(request) else then(request)


def roles(request: Request) -> list[str]:
    return [m["role"] for m in request["messages"]]


def has(field: str) -> Callable[[Request], bool]:
    return lambda request: field in request


def strict(request: Request) -> bool:
    return any("strict" in t["function"] for t in request.get("tools", ()))


def form(request: Request) -> str:
    return str((request.get("response_format") or {}).get("type", ""))


def saying(reply: Reply) -> Server:
    return lambda request: reply


#: Refusals: (kind of request, server, what is learnt).
REFUSALS: dict[str, tuple[str, Server, list[str]]] = {
    "openai_reasoning_temperature": ("must", refusing(lambda r: r.get("temperature") != 1 and "temperature" in r, refusal(
        "Unsupported value: 'temperature' does not support 0 with this model. Only the default (1) value is supported.", param="temperature")),
        ["no_temperature"]),
    "temperature_must_be_positive": ("must", refusing(lambda r: r.get("temperature") == 0, refusal("`temperature` must be strictly positive", 422)),
        ["small_temperature"]),
    "openai_max_tokens": ("must", refusing(has("max_tokens"), refusal(
        "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.", param="max_tokens")),
        ["max_completion_tokens"]),
    "openai_completion_limit": ("must", refusing(lambda r: r.get("max_tokens", 0) > 1024, refusal(
        "max_tokens is too large: 2048. This model supports at most 1024 completion tokens, whereas you provided 2048.", param="max_tokens")),
        ["most_tokens:1024"]),
    "groq_completion_limit": ("must", refusing(lambda r: r.get("max_tokens", 0) > 512, refusal(
        "`max_tokens` must be less than or equal to `512`, the maximum value for `max_tokens` is less than the `context_window` for this model")),
        ["most_tokens:512"]),
    "parallel_unknown": ("must", refusing(has("parallel_tool_calls"), refusal("Unrecognized request argument supplied: parallel_tool_calls")),
        ["no_parallel"]),
    "pydantic_extra": ("must", refusing(has("parallel_tool_calls"), Reply(status=422, raw=json.dumps(
        {"detail": [{"type": "extra_forbidden", "loc": ["body", "parallel_tool_calls"], "msg": "Extra inputs are not permitted"}]}).encode())),
        ["no_parallel"]),
    "strict_unknown": ("must", refusing(strict, refusal("tools.0.function.strict: Extra inputs are not permitted")), ["no_strict"]),
    "required_unknown": ("must", refusing(lambda r: r.get("tool_choice") == "required", refusal(
        "tool_choice must either be a named tool, \"auto\", or \"none\".")), ["no_required"]),
    "mistral_any": ("must", refusing(lambda r: r.get("tool_choice") == "required", refusal(
        "tool_choice: Input should be 'auto', 'none' or 'any'", 422)), ["any_tool"]),
    "deepseek_reasoner_choice": ("must", refusing(lambda r: r.get("tool_choice") == "required", refusal("deepseek-reasoner does not support this tool_choice")),
        ["no_required"]),
    "tool_choice_unknown": ("turn", refusing(has("tool_choice"), refusal("Unknown parameter: 'tool_choice'.")), ["no_tool_choice"]),
    "vllm_without_parser": ("turn", refusing(lambda r: r.get("tool_choice") == "auto", refusal(
        '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set')), ["tools_as_text"]),
    "ollama_without_tools": ("must", refusing(has("tools"), refusal("registry.ollama.ai/library/gemma:2b does not support tools")), ["tools_as_text"]),
    "openrouter_without_tools": ("must", refusing(has("tools"), refusal("No endpoints found that support tool use.", 404)), ["tools_as_text"]),
    "system_role_refused": ("must", refusing(lambda r: "system" in roles(r), refusal("System role not supported")), ["no_system"]),
    "system_role_of_o1": ("must", refusing(lambda r: "system" in roles(r), refusal(
        "Unsupported value: 'messages[0].role' does not support 'system' with this model.", param="messages[0].role")), ["no_system"]),
    "template_without_system": ("must", refusing(lambda r: "system" in roles(r), refusal(
        "Jinja Exception: System role not supported", 500)), ["no_system"]),
    "json_schema_unknown": ("structured", refusing(lambda r: form(r) == "json_schema", refusal(
        "Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model.", param="response_format")), ["json_object"]),
    "response_format_unknown": ("structured", refusing(has("response_format"), refusal("response_format is not supported")), ["json_object", "no_format"]),
    "seed_unknown": ("must", refusing(has("seed"), refusal("property 'seed' is unsupported")), ["no_seed"]),
    "stream_options_unknown": ("prose", refusing(has("stream_options"), refusal("Unrecognized request argument supplied: stream_options")),
        ["no_stream_options"]),
    "stream_refused": ("prose", refusing(lambda r: r.get("stream"), refusal(
        "Your organization must be verified to stream this model.", param="stream")), ["no_stream"]),
    "three_at_once": ("must", refusing(has("temperature"), refusal("temperature is not supported"), refusing(
        has("seed"), refusal("seed is not supported"), refusing(has("parallel_tool_calls"), refusal("parallel_tool_calls is not supported")))),
        ["no_temperature", "no_seed", "no_parallel"]),
    "refusal_under_200": ("must", refusing(has("seed"), Reply(raw=b'{"error": {"message": "seed is not supported", "type": "invalid_request_error"}}')),
        ["no_seed"]),
    "template_kwargs_unknown": ("thinking", refusing(has("chat_template_kwargs"), refusal(
        "Unrecognized request argument supplied: chat_template_kwargs")), ["no_template_kwargs"]),
    "effort_unknown": ("thinking", refusing(has("reasoning_effort"), refusal("Unknown parameter: 'reasoning_effort'.")), ["no_effort"]),
}  # fmt: skip

_ARGS = json.dumps(GOOD)
#: Calls written as text, by the family that writes them so.
WRITTEN = {
    "hermes": f'<tool_call>\n{{"name": "lookup", "arguments": {_ARGS}}}\n</tool_call>',
    "hermes_with_words": f'I will look that up.\n<tool_call>\n{{"name": "lookup", "arguments": {_ARGS}}}\n</tool_call>',
    "qwen_coder_tools": f'<tools>\n{{"name": "lookup", "arguments": {_ARGS}}}\n</tools>',
    "qwen3_coder_xml": "<tool_call>\n<function=lookup>\n<parameter=name>\naspirin\n</parameter>\n</function>\n</tool_call>",
    "llama_function_tag": f"<function=lookup>{_ARGS}</function>",
    "llama_python_tag_json": f'<|python_tag|>{{"name": "lookup", "parameters": {_ARGS}}}<|eom_id|>',
    "llama_python_tag_call": '<|python_tag|>lookup.call(name="aspirin")',
    "llama4_pythonic": '[lookup(name="aspirin")]',
    "gemma_tool_code": '```tool_code\nprint(default_api.lookup(name="aspirin"))\n```',
    "mistral_list": f'[TOOL_CALLS][{{"name": "lookup", "arguments": {_ARGS}}}]',
    "mistral_named": f"[TOOL_CALLS]lookup[ARGS]{_ARGS}",
    "named_args_alone": f"lookup[ARGS]{_ARGS}",
    "deepseek_v3": f"<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>lookup\n```json\n{_ARGS}\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜>",
    "deepseek_v31": f"<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>lookup<｜tool▁sep｜>{_ARGS}<｜tool▁call▁end｜><｜tool▁calls▁end｜>",
    "deepseek_dsml": '<｜DSML｜function_calls>\n<｜DSML｜invoke name="lookup">\n<｜DSML｜parameter name="name" string="true">aspirin</｜DSML｜parameter>\n'
    "</｜DSML｜invoke>\n</｜DSML｜function_calls>",
    "invoke_xml": '<function_calls>\n<invoke name="lookup">\n<parameter name="name">aspirin</parameter>\n</invoke>\n</function_calls>',
    "minimax_xml": '<minimax:tool_call>\n<invoke name="lookup">\n<parameter name="name">aspirin</parameter>\n</invoke>\n</minimax:tool_call>',
    "glm_xml": "<tool_call>lookup\n<arg_key>name</arg_key>\n<arg_value>aspirin</arg_value>\n</tool_call>",
    "kimi": f"<|tool_calls_section_begin|><|tool_call_begin|>functions.lookup:0<|tool_call_argument_begin|>{_ARGS}<|tool_call_end|><|tool_calls_section_end|>",
    "harmony": f"<|channel|>analysis<|message|>Look it up.<|end|><|start|>assistant<|channel|>commentary to=functions.lookup <|constrain|>json<|message|>{_ARGS}<|call|>",
    "granite": f'<|tool_call|>[{{"name": "lookup", "arguments": {_ARGS}}}]',
    "phi": f'<|tool_call|>[{{"name": "lookup", "arguments": {_ARGS}}}]<|/tool_call|>',
    "cohere": f'<|START_ACTION|>[{{"tool_call_id": "0", "tool_name": "lookup", "parameters": {_ARGS}}}]<|END_ACTION|>',
    "internlm": f'<|action_start|><|plugin|>\n{{"name": "lookup", "parameters": {_ARGS}}}<|action_end|>',
    "nemotron": f'<TOOLCALL>[{{"name": "lookup", "arguments": {_ARGS}}}]</TOOLCALL>',
    "jamba": f'<tool_calls>[\n{{"name": "lookup", "arguments": {_ARGS}}}\n]</tool_calls>',
    "functionary": f">>>lookup\n{_ARGS}",
    "react": f"Thought: I should look it up.\nAction: lookup\nAction Input: {_ARGS}\n",
    "bare_object": f'{{"name": "lookup", "arguments": {_ARGS}}}',
    "bare_list": f'[{{"name": "lookup", "arguments": {_ARGS}}}]',
    "bare_parameters": f'{{"name": "lookup", "parameters": {_ARGS}}}',
    "bare_tool_key": f'{{"tool": "lookup", "tool_input": {_ARGS}}}',
    "bare_openai_list": f'{{"tool_calls": [{{"type": "function", "function": {{"name": "lookup", "arguments": {json.dumps(_ARGS)}}}}}]}}',
    "bare_name_as_key": f'{{"lookup": {_ARGS}}}',
    "fenced_json": f'To answer, I call:\n```json\n{{"name": "functions.lookup", "arguments": {_ARGS}}}\n```',
    "python_in_words": 'I will use lookup(name="aspirin") to find it.',
    "after_thoughts": f'<think>Which tool?</think><tool_call>{{"name": "lookup", "arguments": {_ARGS}}}</tool_call>',
    "prefixed_name": f'<tool_call>{{"name": "default_api.lookup", "arguments": {_ARGS}}}</tool_call>',
}
#: Calls as the server gives them, but not as they should be; all mean the same.
ODD_CALLS = {
    "prefix": ("functions.lookup", _ARGS),
    "prefix_and_number": ("functions.lookup:0", _ARGS),
    "channel_in_the_name": ("lookup<|channel|>commentary", _ARGS),
    "arguments_in_quotes": ("lookup", json.dumps(_ARGS)),
    "arguments_wrapped": ("lookup", f'{{"arguments": {_ARGS}}}'),
    "arguments_in_python": ("lookup", "{'name': 'aspirin'}"),
    "capitals": ("Lookup", _ARGS),
}
#: Texts that begin a call which nobody can read: a fault, never an answer.
UNREADABLE = {
    "hermes_garbage": "<tool_call>\nlookup aspirin please\n</tool_call>",
    "mistral_garbage": "[TOOL_CALLS] look up aspirin",
    "invoke_unknown_shape": '<invoke name="lookup"><name>aspirin</name></invoke>',
}
#: Replies of thinking models, each of whose answer is "The answer is four."
THINKING = {
    "tags": Reply("<think>two and two</think>The answer is four."),
    "closing_tag_alone": Reply("two and two make\n</think>\n\nThe answer is four."),
    "tag_said_twice": Reply("<think>I write </think> at the end. Not yet: five.</think>The answer is four."),
    "magistral": Reply("[THINK]two and two[/THINK]The answer is four."),
    "kimi": Reply("◁think▷two and two◁/think▷The answer is four."),
    "seed": Reply("<seed:think>two and two</seed:think>The answer is four."),
    "harmony": Reply("<|channel|>analysis<|message|>two and two<|end|><|start|>assistant<|channel|>final<|message|>The answer is four.<|return|>"),
    "harmony_without_marks": Reply("analysisTwo and two make four, I think.assistantfinalThe answer is four."),
    "answer_tags": Reply("<think>two and two</think><answer>The answer is four.</answer>"),
    "apart": Reply("The answer is four.", reasoning="two and two"),
    "apart_by_the_newer_name": Reply("The answer is four.", reasoning="two and two", thought_in="reasoning"),
    "answer_in_the_reasoning": Reply(None, reasoning="The answer is four."),
    "answer_behind_the_tag_in_the_reasoning": Reply("", reasoning="two and two</think>The answer is four."),
    "parts": Reply(message={"role": "assistant", "content": [
        {"type": "thinking", "thinking": [{"type": "text", "text": "two and two"}]}, {"type": "text", "text": "The answer is four."}]}),
}  # fmt: skip
#: Errors that come as a success, and the kind that they are.
UNDER_200 = {
    "context": ({"error": {"message": "This model's maximum context length is 2048 tokens", "type": "invalid_request_error"}}, "context"),
    "vllm_old": (
        {"object": "error", "message": "The prompt is too long for the context", "type": "BadRequestError", "code": 400},
        "context",
    ),
    "rate": ({"error": {"message": "Rate limit exceeded", "code": 429}}, "busy"),
    "key": ({"error": {"message": "No auth credentials found", "code": 401}}, "key"),
    "unknown_model": ({"error": "model 'm' not found, try pulling it first"}, "unknown_model"),
    "crash": ({"error": {"message": "CUDA error: out of memory", "code": 500}}, "unavailable"),
    "in_the_choice": ({"choices": [{"index": 0, "error": {"code": 429, "message": "Provider overloaded"}, "message": None}]}, "busy"),
    "request": ({"error": {"message": "messages must be a list", "type": "invalid_request_error"}}, "request"),
}
