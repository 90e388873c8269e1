"""What a model server can and cannot do, as found by asking it."""

from __future__ import annotations

import time
from typing import Any, Literal

import httpx
from pydantic import Field

from agent.models import replies
from agent.models.client import PoolBackend
from agent.models.exchange import CallFailed, ChatAnswer, ChatRequest
from agent.models.schema import ToolSchema, response_schema
from core.errors import ConfigurationError, ServingError
from core.model import Model
from serving.pool import EndpointConfig, PoolConfig

#: Longest wait for one probe, seconds. A probe asks for a handful of tokens; a server that takes longer is of no use.
PATIENCE_S = 60.0
#: Longest reply to a probe, tokens.
_REPLY = 128


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
        return f"{self.model} at {self.address}: " + "; ".join([*(a.detail for a in self.abilities), context])


class _Pick(Model):
    """What the probe asks for."""

    colour: Literal["red", "green", "blue"] = Field(description="A colour.")
    number: int = Field(description="A number from 1 to 9.", ge=1, le=9)


def probe(endpoint: EndpointConfig, *, patience_s: float = PATIENCE_S) -> EndpointReport:
    """Find out whether ``endpoint`` is reachable, serves its model, enforces JSON schemas, makes strict tool calls, and streams.

    Never raises for what the server does. ``patience_s``: longest wait for one answer, seconds.
    """
    report = EndpointReport(endpoint=endpoint.name, address=endpoint.base_url, model=endpoint.model)
    served = _served(endpoint, report)
    report.abilities.append(served)
    if not served.works or endpoint.canary == "embedding":
        return report
    backend = _alone(endpoint)
    try:
        for name, ask, judge in (
            ("json_schema", _schema_request, _judge_schema),
            ("tools", _tool_request, _judge_tools),
            ("stream", _stream_request, _judge_stream),
        ):
            report.abilities.append(_tried(name, backend, ask(endpoint.model, patience_s), judge))
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


def _alone(endpoint: EndpointConfig) -> PoolBackend:
    """A backend that asks this server once and no other."""
    alone = {"max_attempts": 1, "unavailable_wait_s": 0.1, "retry_after_max_s": 1.0}
    return PoolBackend(PoolConfig.model_validate({"endpoints": [endpoint], "probe": {"enabled": False}, "retry": alone}))


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


def _tried(name: str, backend: PoolBackend, request: ChatRequest, judge: Any) -> Ability:
    try:
        works, detail = judge(backend.complete(request))
    except CallFailed as failed:
        works, detail = False, f"{name} fails: {failed}"
    return Ability(name=name, works=works, detail=detail)


# Each request asks for something that its format does not allow, so that only a server that enforces the format answers in it.


def _schema_request(model: str, patience_s: float) -> ChatRequest:
    ask = [{"role": "user", "content": "Write a short poem about the sea."}]
    return ChatRequest(model, ask, max_tokens=_REPLY, schema=response_schema(_Pick), deadline_s=patience_s)


def _judge_schema(answer: ChatAnswer) -> tuple[bool, str]:
    found = replies.read_structured(answer.text, answer.calls, answer.finish, _Pick)
    if found.value is not None and not found.mended:
        return True, "json_schema strict"
    return False, f"json_schema is not enforced: {found.fault or found.mended}"


def _tool_request(model: str, patience_s: float) -> ChatRequest:
    ask = [{"role": "user", "content": "Write a short poem about the sea."}]
    return ChatRequest(model, ask, max_tokens=_REPLY, tools=[_PICK.openai()], must_call=True, deadline_s=patience_s)


def _judge_tools(answer: ChatAnswer) -> tuple[bool, str]:
    found = replies.read_step(answer.text, answer.calls, answer.finish, [_PICK], [], "call", True)
    if found.value is not None and not found.mended:
        return True, "strict tool calls"
    return False, f"tool calls are not strict: {found.fault or found.mended}"


def _stream_request(model: str, patience_s: float) -> ChatRequest:
    ask = [{"role": "user", "content": "Say hello."}]
    return ChatRequest(model, ask, max_tokens=8, stream=True, on_text=lambda text: None, deadline_s=patience_s)


def _judge_stream(answer: ChatAnswer) -> tuple[bool, str]:
    counted = "" if not answer.tokens_estimated else ", but gives no token counts: they will be estimates"
    return True, f"streaming{counted}"


_PICK = ToolSchema("pick", "Pick a colour and a number.", _Pick)
