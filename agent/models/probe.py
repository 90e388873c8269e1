"""What a model server can and cannot do, as found by asking it."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any, Literal

import httpx
from pydantic import Field

from agent.models import replies
from agent.models.asking import usable
from agent.models.client import PoolBackend
from agent.models.exchange import CallFailed, ChatAnswer, ChatRequest
from agent.models.learnt import Learnt
from agent.models.schema import ToolSchema, response_schema
from agent.models.thoughts import thinks, without_thoughts
from core.errors import ConfigurationError, ServingError
from core.model import Model
from serving.pool import EndpointConfig, PoolConfig
from serving.pool.adapting import in_words

#: Longest wait for one probe, seconds. A probe asks for a handful of tokens; a server that takes longer is of no use.
PATIENCE_S = 60.0
#: Longest reply to a probe, tokens, and that of a model that used it up for thinking.
_REPLY, _THINKING_REPLY = 256, 4096


class Ability(Model):
    """One ability of a server, and whether it has it."""

    name: str = Field(description="What was tried.")
    works: bool = Field(description="Whether it worked.")
    detail: str = Field(default="", description="What came of it, in words.")


class EndpointReport(Model):
    """What one server can do for one model."""

    endpoint: str = Field(description="Name of the endpoint.")
    address: str = Field(description="Its base URL.")
    model: str = Field(description="The model that was tried.")
    context_tokens: int | None = Field(default=None, description="Longest prompt with its reply, where the server says it.")
    thinking_tokens: int = Field(default=0, description="Tokens of the longest reply in which the model thought first; 0: it did not.")
    adapted: list[str] = Field(default_factory=list, description="What the server does not take: names of adaptations.")
    abilities: list[Ability] = Field(
        default_factory=list, description="What was tried, in order; after a failure that rules out the rest, no more."
    )

    @property
    def works(self) -> bool:
        """Whether everything that was tried works."""
        return all(a.works for a in self.abilities)

    def text(self) -> str:
        """The report in one line."""
        context = f"context {self.context_tokens} tokens" if self.context_tokens else "context not said"
        more = [f"does not take everything ({in_words(n)}: {n})" for n in self.adapted]
        if self.thinking_tokens:
            more.append(f"thinks before it answers (up to {self.thinking_tokens} tokens here)")
        return f"{self.model} at {self.address}: " + "; ".join([*(a.detail for a in self.abilities), *more, context])


class _Pick(Model):
    """What the probe asks for."""

    colour: Literal["red", "green", "blue"] = Field(description="A colour.")
    number: int = Field(description="A number from 1 to 9.", ge=1, le=9)


def probe(
    endpoint: EndpointConfig,
    *,
    temperature: float = 0.0,
    thinking: str = "",
    seed: int | None = 0,
    patience_s: float = PATIENCE_S,
    learnt: Learnt | None = None,
) -> EndpointReport:
    """Find out whether ``endpoint`` is reachable, serves its model, enforces JSON schemas, makes strict tool calls, also by choice, and streams.

    Never raises for what the server does. ``temperature``, ``thinking`` and ``seed`` as calls of a run carry them; ``patience_s``: longest wait
    for one answer, seconds; ``learnt``: where it is remembered what the server does not take, which is found out anew.
    """
    report = EndpointReport(endpoint=endpoint.name, address=endpoint.base_url, model=endpoint.model)
    served = _served(endpoint, report)
    report.abilities.append(served)
    if not served.works or endpoint.canary == "embedding":
        return report
    if learnt is not None:
        learnt.forget(_pool_of(endpoint))
    backend = _alone(endpoint, learnt)
    plain = ChatRequest(
        endpoint.model, [], max_tokens=_REPLY, temperature=temperature, thinking=thinking, seed=seed, deadline_s=patience_s
    )  # fmt: skip
    try:
        for name, more, judge in _TRIED:
            report.abilities.append(_tried(name, backend, replace(plain, **more), judge, report))
        report.adapted = backend.learnt().get(endpoint.name, [])
    finally:
        backend.close()
    return report


class Speed(Model):
    """How fast one server answered one short request."""

    first_token_s: float = Field(description="Seconds to the first piece of the reply.")
    tokens_per_s: float | None = Field(description="Tokens a second after it; None where too few came to tell.")
    tokens: int = Field(description="Tokens of the reply.")
    estimated: bool = Field(default=False, description="Whether the server gave no count, so that the number of tokens is an estimate.")


def speed(endpoint: EndpointConfig, *, patience_s: float = PATIENCE_S) -> Speed:
    """How fast ``endpoint`` answers: one streamed reply of at most 64 tokens. CallFailed where it does not; ``patience_s``: seconds to wait."""
    times: list[float] = []
    ask = [{"role": "user", "content": "Count from one to thirty in words."}]
    request = ChatRequest(
        endpoint.model, ask, max_tokens=64, stream=True, on_text=lambda text: times.append(time.monotonic()), deadline_s=patience_s
    )
    backend = _alone(endpoint)
    try:
        start = time.monotonic()
        answer = backend.complete(request)
    finally:
        backend.close()
    first, last = (times[0], times[-1]) if times else (time.monotonic(), time.monotonic())
    rate = (answer.tokens_out - 1) / (last - first) if answer.tokens_out > 1 and last > first else None
    rounded = None if rate is None else round(rate, 1)
    return Speed(first_token_s=round(first - start, 3), tokens_per_s=rounded, tokens=answer.tokens_out, estimated=answer.tokens_estimated)


def _alone(endpoint: EndpointConfig, learnt: Learnt | None = None) -> PoolBackend:
    """A backend that asks this server once and no other."""
    return PoolBackend(_pool_of(endpoint), learnt=learnt)


def _pool_of(endpoint: EndpointConfig) -> PoolConfig:
    alone = {"max_attempts": 1, "unavailable_wait_s": 0.1, "retry_after_max_s": 1.0}
    return PoolConfig.model_validate({"endpoints": [endpoint], "probe": {"enabled": False}, "retry": alone})


def _served(endpoint: EndpointConfig, report: EndpointReport) -> Ability:
    """Whether the server answers and has the model. Its context length goes into ``report``."""
    try:
        found = listed(endpoint.base_url, endpoint.api_key())
    except (ConfigurationError, ServingError) as error:
        return Ability(name="reachable", works=False, detail=str(error))
    missing = [m for m in endpoint.models() if endpoint.upstream_model(m) not in found]
    if missing:
        return Ability(name="served", works=False, detail=f"does not have {', '.join(missing)}; it has {', '.join(found) or 'none'}")
    length = found[endpoint.upstream_model(endpoint.model)].get("max_model_len")
    report.context_tokens = length if isinstance(length, int) and length > 0 else None
    return Ability(name="served", works=True, detail="reachable, model served")


def listed(base_url: str, key: str = "", *, patience_s: float = 10.0) -> dict[str, dict[str, Any]]:
    """The models that a server says it has, by name. ``patience_s``: seconds to wait. Raises ServingError saying why there is no list."""
    headers = {"authorization": f"Bearer {key}"} if key else {}
    try:
        response = httpx.get(f"{base_url.rstrip('/')}/models", headers=headers, timeout=patience_s, trust_env=False)
        if response.status_code in (401, 403):
            raise ServingError(f"refuses the API key (HTTP {response.status_code})", kind="unauthorized")
        response.raise_for_status()
        return {str(m["id"]): m for m in response.json()["data"]}
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        raise ServingError(f"does not answer: {str(error) or type(error).__name__}", kind="unavailable") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ServingError("answers /models with something that is no list of models", kind="malformed") from error


def _tried(name: str, backend: PoolBackend, request: ChatRequest, judge: Any, report: EndpointReport) -> Ability:
    """What came of one request; a model that thought until its tokens were used up is asked again with room for it."""
    try:
        answer = backend.complete(request)
        if answer.finish == "length" and not without_thoughts(answer.text).strip() and not answer.calls:
            answer = backend.complete(replace(request, max_tokens=_THINKING_REPLY))
        if answer.reasoning or thinks(answer.text):
            report.thinking_tokens = max(report.thinking_tokens, answer.tokens_out)
        works, detail = judge(answer)
    except CallFailed as failed:
        works, detail = False, f"{name} fails: {failed}"
    return Ability(name=name, works=works, detail=detail)


def _judge_schema(answer: ChatAnswer) -> tuple[bool, str]:
    found = replies.read_structured(*usable(answer.text, answer.calls, answer.finish, answer.reasoning), _Pick)
    if found.value is not None and not found.mended:
        return (
            (True, "json_schema strict")
            if not _told(answer)
            else (True, "follows a JSON schema that the prompt tells, nothing enforces it")
        )
    return False, f"json_schema is not enforced: {found.fault or found.mended}"


def _judge_tools(answer: ChatAnswer) -> tuple[bool, str]:
    found = replies.read_step(*usable(answer.text, answer.calls, answer.finish, answer.reasoning), [_PICK], [], "call", True)
    if found.value is not None and not found.mended:
        return True, "strict tool calls"
    return False, f"tool calls are not strict: {found.fault or found.mended}"


def _judge_choice(answer: ChatAnswer) -> tuple[bool, str]:
    found = replies.read_step(*usable(answer.text, answer.calls, answer.finish, answer.reasoning), [_PICK], [], "call", False)
    if found.value is None:
        return False, f"where it may choose, its calls cannot be read: {found.fault}"
    if found.value.call is None:
        return False, "calls no tool of its own accord"
    return True, f"calls tools of its own accord{f', {found.mended}' if found.mended else ''}"


def _judge_stream(answer: ChatAnswer) -> tuple[bool, str]:
    counted = "" if not answer.tokens_estimated else ", but gives no token counts: they will be estimates"
    return True, f"{'does not stream' if 'no_stream' in answer.adapted else 'streaming'}{counted}"


def _told(answer: ChatAnswer) -> bool:
    """Whether the schema stood in the prompt, because the server takes none."""
    return bool({"json_object", "no_format"} & set(answer.adapted))


_PICK = ToolSchema("pick", "Pick a colour and a number.", _Pick)
_POEM = [{"role": "user", "content": "Write a short poem about the sea."}]
_CALL = [{"role": "user", "content": "Call the tool pick with a colour and a number of your choice."}]
_HELLO = [{"role": "user", "content": "Say hello."}]
#: What is tried. The first two ask for something that their format does not allow, so that only a server that enforces it answers in it.
_TRIED: tuple[tuple[str, dict[str, Any], Any], ...] = (
    ("json_schema", {"messages": _POEM, "schema": response_schema(_Pick)}, _judge_schema),
    ("tools", {"messages": _POEM, "tools": [_PICK.openai()], "must_call": True}, _judge_tools),
    ("choice", {"messages": _CALL, "tools": [_PICK.openai()]}, _judge_choice),
    ("stream", {"messages": _HELLO, "stream": True, "on_text": lambda text: None}, _judge_stream),
)
