"""The backend that asks real servers: langchain-openai's ChatOpenAI over an endpoint pool. One base URL is a pool of one."""

from __future__ import annotations

import json
import re
import threading
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import httpx

from agent.models.beside import REASONING, read_beside
from agent.models.exchange import CallFailed, ChatAnswer, ChatRequest, FailureKind, RawCall
from agent.models.learnt import Learnt
from agent.models.thoughts import Spoken, without_thoughts
from agent.models.tokens import estimate_request, estimate_tokens
from core.errors import ConfigurationError
from serving.pool import EndpointConfig, PoolConfig, SyncPool
from serving.pool.transport import BASE_URL, DEADLINE_HEADER, SyncPoolTransport
from serving.pool.upstream import ADAPTED_HEADER

if TYPE_CHECKING:
    from langchain_openai import ChatOpenAI

_KINDS: dict[str, FailureKind] = {
    "unauthorized": "key",
    "not_served": "unknown_model",
    "unknown_model": "unknown_model",
    "timeout": "timeout",
    "deadline": "timeout",
    "hung": "timeout",
    "rate_limited": "busy",
    "queue_full": "busy",
    "malformed": "malformed",
    "broken_stream": "broken_stream",
}
_CONTEXT = re.compile(r"context|maximum.{0,20}length|too long|too many tokens|max_model_len", re.IGNORECASE)
_SCHEMA = re.compile(r"schema|response_format|strict|grammar|json", re.IGNORECASE)
_LAST = re.compile(r"\(last: [^:]*: (unauthorized|not_served):")
_TEXT = 500
#: Shortest API key that is masked, characters. Shorter ones ("EMPTY", "none") are placeholders, words that may stand in any reply.
_SECRET = 8


class PoolBackend:
    """Sends requests through a pool. May be used from several threads. Keys never appear in what it returns or raises."""

    def __init__(self, config: PoolConfig, *, pool: SyncPool | None = None, learnt: Learnt | None = None) -> None:
        """``pool`` is a pool that is open already. Without it, one is made from ``config`` at the first request and closed with this backend.

        ``learnt``: where it is remembered what servers do not take.
        """
        self._remembered = learnt
        config = learnt.known(config) if learnt else config
        self._config = config.model_copy(update={"learn": True})
        self._pool = pool
        self._own = pool is None
        self._tap: _Tap | None = None
        self._models: dict[str, ChatOpenAI] = {}
        self._lock = threading.Lock()
        self._unstreamed: set[str] = set()
        self._secrets = [key for key in (_key(e) for e in config.endpoints) if len(key) >= _SECRET]

    def complete(self, request: ChatRequest) -> ChatAnswer:
        """The reply. Raises CallFailed if there is none."""
        try:
            model, tap = self._open(request.model)
        except ConfigurationError as error:  # a key that is not set here
            raise CallFailed("key", str(error)) from None
        heard = tap.begin()
        try:
            answer = self._asked(model, request, heard)
        except Exception as error:
            kind, text = _failure(error, request, heard)
            rescued = _rescued(heard) if kind == "malformed" else None
            if rescued is None:
                raise CallFailed(kind, self._clean(text), endpoint=heard.endpoint, usage=_counts(heard.usage)) from None
            answer = rescued
        answer = read_beside(answer, heard.body)
        tokens_in, tokens_out, estimated = _tokens(request, answer, heard.usage)
        return replace(
            answer,
            text=self._clean(answer.text),
            calls=tuple(RawCall(self._clean(c.name), self._clean(c.arguments)) for c in answer.calls),
            reasoning=self._clean(answer.reasoning or heard.reasoning),
            adapted=heard.adapted,
            tokens_in=tokens_in,
            tokens_out=tokens_out,
            tokens_estimated=estimated,
        )

    def _asked(self, model: ChatOpenAI, request: ChatRequest, heard: _Heard) -> ChatAnswer:
        """The reply; a server that refuses to stream is asked for the whole of it."""
        import openai

        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # langchain's advice on schemas is for its own users
            if request.stream and request.model not in self._unstreamed:
                try:
                    return _streamed(model, request, heard)
                except openai.BadRequestError as error:
                    if not re.search(r"\bstream", str(error), re.IGNORECASE):
                        raise
                    self._unstreamed.add(request.model)
            answer = _whole(model, request, heard)
        if request.stream:
            heard.adapted = (*heard.adapted, "no_stream")
            if request.on_text is not None:
                request.on_text(without_thoughts(answer.text))
        return answer

    def learnt(self) -> dict[str, list[str]]:
        """By endpoint: what it does not take, as configured and as learnt so far; {} before the first request."""
        with self._lock:
            return self._pool.learnt() if self._pool is not None else {}

    def close(self) -> None:
        """Close the connections; a second call does nothing."""
        if self._remembered is not None:
            self._remembered.keep(self._config, self.learnt())
        with self._lock:
            pool, self._pool, self._tap, self._models = self._pool, None, None, {}
            if pool is not None and self._own:
                pool.close()

    def _open(self, name: str) -> tuple[ChatOpenAI, _Tap]:
        from langchain_openai import ChatOpenAI

        with self._lock:
            if self._pool is None:
                self._pool = SyncPool(self._config)
            if self._tap is None:
                self._tap = _Tap(SyncPoolTransport(self._pool))
            if name not in self._models:
                self._models[name] = ChatOpenAI(
                    model=name,
                    base_url=BASE_URL,
                    api_key="the-pool-has-the-keys",  # type: ignore[arg-type]  # a string is accepted and made secret
                    http_client=httpx.Client(transport=self._tap, trust_env=False, timeout=None),
                    openai_proxy=None,
                    max_retries=0,
                    stream_usage=True,
                    use_responses_api=False,
                )
            return self._models[name], self._tap

    def _clean(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return text


class _Heard:
    """What was seen of one exchange with the server."""

    def __init__(self) -> None:
        self.endpoint = ""
        self.model = ""
        self.body: dict[str, Any] = {}
        self.usage: dict[str, Any] = {}
        self.reasoning = ""
        self.adapted: tuple[str, ...] = ()


class _Tap(httpx.BaseTransport):
    """Passes requests on and keeps what langchain does not return: who answered, and the token counts of a reply that it cannot read."""

    def __init__(self, inner: httpx.BaseTransport) -> None:
        self._inner = inner
        self._local = threading.local()

    def begin(self) -> _Heard:
        """Begin a new exchange in this thread."""
        self._local.heard = _Heard()
        heard: _Heard = self._local.heard
        return heard

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request through the transport below and note who answered."""
        response = self._inner.handle_request(request)
        heard: _Heard = self._local.heard
        heard.endpoint = response.headers.get("x-molwright-endpoint", "")
        heard.model = response.headers.get("x-molwright-model", "")
        heard.adapted = tuple(n for n in response.headers.get(ADAPTED_HEADER, "").split(",") if n)
        if response.headers.get("content-type") == "application/json":
            heard.body = _object(response.read())
            usage = heard.body.get("usage")
            heard.usage = usage if isinstance(usage, dict) else {}
            return response
        assert isinstance(response.stream, httpx.SyncByteStream)
        return httpx.Response(response.status_code, headers=response.headers, stream=_Overheard(response.stream, heard))


class _Overheard(httpx.SyncByteStream):
    """A stream of events, from which what the model thinks is kept."""

    def __init__(self, inner: httpx.SyncByteStream, heard: _Heard) -> None:
        self._inner = inner
        self._heard = heard

    def __iter__(self) -> Iterator[bytes]:
        for block in self._inner:
            if b"reasoning" in block:
                for line in block.splitlines():
                    self._heard.reasoning += _thought_in(line)
            yield block

    def close(self) -> None:
        self._inner.close()


def _thought_in(line: bytes) -> str:
    """What an event's line adds to the reasoning."""
    try:
        delta = _object(line.removeprefix(b"data:").strip())["choices"][0]["delta"]
        return next((delta[f] for f in REASONING if isinstance(delta.get(f), str)), "")
    except (KeyError, IndexError, TypeError, AttributeError):
        return ""


def _object(content: bytes) -> dict[str, Any]:
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _rescued(heard: _Heard) -> ChatAnswer | None:
    """The reply that langchain cannot hold, such as arguments that are ``true``, so that the model can be told; None if there is none."""
    try:
        choice = heard.body["choices"][0]
        message = choice["message"]
        if message["role"] != "assistant":
            return None
        made = [c["function"] if isinstance(c["function"], dict) else {} for c in message.get("tool_calls") or []]
    except (KeyError, IndexError, TypeError):
        return None
    calls = tuple(RawCall(str(f.get("name") or ""), _as_text(f.get("arguments"))) for f in made)
    return ChatAnswer(_as_text(message.get("content")), calls, str(choice.get("finish_reason") or "stop"), heard.model, heard.endpoint)


def _as_text(value: Any) -> str:
    return "" if value is None else value if isinstance(value, str) else json.dumps(value)


def _options(request: ChatRequest) -> dict[str, Any]:
    """What goes to ``ChatOpenAI.invoke`` and ``stream`` beside the messages."""
    # In the body itself: as arguments the client would rename max_tokens, rewrite messages, and parse a reply that was cut off.
    body: dict[str, Any] = {"max_tokens": request.max_tokens, "messages": request.messages, **_thinking(request.thinking)}
    if request.schema:
        body["response_format"] = {"type": "json_schema", "json_schema": request.schema}
    options: dict[str, Any] = {
        "temperature": request.temperature,
        "extra_headers": {DEADLINE_HEADER: f"{request.deadline_s:.3f}"},
        "extra_body": body,
    }
    if request.seed is not None:
        options["seed"] = request.seed
    return options


def _thinking(switch: str) -> dict[str, Any]:
    """The switch of a thinking model, by the names that chat templates and servers know it by."""
    if not switch:
        return {}
    wanted = switch != "off"
    body: dict[str, Any] = {"chat_template_kwargs": {"enable_thinking": wanted, "thinking": wanted}}
    return body if switch in ("on", "off") else {**body, "reasoning_effort": switch}


def _whole(model: ChatOpenAI, request: ChatRequest, heard: _Heard) -> ChatAnswer:
    bound: Any = model
    if request.tools:
        choice = "required" if request.must_call else "auto"
        bound = model.bind_tools(request.tools, strict=True, parallel_tool_calls=False, tool_choice=choice)
    message = bound.invoke(request.messages, **_options(request))
    calls = [RawCall(c["name"], json.dumps(c["args"], ensure_ascii=False)) for c in message.tool_calls]
    calls += [RawCall(c.get("name") or "", c.get("args") or "") for c in message.invalid_tool_calls]
    finish = str(message.response_metadata.get("finish_reason") or "stop")
    return ChatAnswer(_text(message.content), tuple(calls), finish, heard.model, heard.endpoint)


def _streamed(model: ChatOpenAI, request: ChatRequest, heard: _Heard) -> ChatAnswer:
    parts: list[str] = []
    finish, spoken = "stop", Spoken()
    tell = request.on_text or (lambda text: None)
    for chunk in _chunks(model, request):
        text = _text(chunk.content)
        finish = str(chunk.response_metadata.get("finish_reason") or finish)
        if chunk.usage_metadata:
            counts = chunk.usage_metadata
            heard.usage = {"prompt_tokens": counts.get("input_tokens"), "completion_tokens": counts.get("output_tokens")}
        if text:
            parts.append(text)
            if heard_now := spoken.hear(text):
                tell(heard_now)
    if rest := spoken.rest():
        tell(rest)
    if not parts and (whole := _rescued(heard)) is not None:  # a server that does not stream and does not say so
        tell(without_thoughts(whole.text))
        return whole
    return ChatAnswer("".join(parts), (), finish, heard.model, heard.endpoint)


def _chunks(model: ChatOpenAI, request: ChatRequest) -> Iterator[Any]:
    return model.stream(request.messages, **_options(request))


def _text(content: Any) -> str:
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    return "".join(p if isinstance(p, str) else str(p.get("text", "")) for p in parts if isinstance(p, (str, dict)))


def _tokens(request: ChatRequest, answer: ChatAnswer, usage: dict[str, Any]) -> tuple[int, int, bool]:
    """Prompt and completion tokens, and whether they are estimates because the server gave none."""
    counted = _counts(usage)
    if counted is not None:
        return *counted, False
    out = estimate_tokens(answer.text) + sum(estimate_tokens(c.name + c.arguments) for c in answer.calls)
    return estimate_request(request.messages, request.schema, request.tools), out, True


def _counts(usage: dict[str, Any]) -> tuple[int, int] | None:
    """Prompt and completion tokens as the server counted them, or None."""
    given = [usage.get(name) for name in ("prompt_tokens", "completion_tokens")]
    counts = [g for g in given if isinstance(g, int) and not isinstance(g, bool) and 0 <= g < 10**9]
    return (counts[0], counts[1]) if len(counts) == 2 else None


def _failure(error: Exception, request: ChatRequest, heard: _Heard) -> tuple[FailureKind, str]:
    """The kind of what went wrong, and a text that says it."""
    import openai

    if isinstance(error, openai.APIStatusError):
        return _refusal(error, request)
    if isinstance(error, (openai.APITimeoutError, httpx.TimeoutException)):
        return "timeout", f"{request.model} gave no answer in {request.deadline_s:.0f} s"
    if isinstance(error, (openai.APIConnectionError, httpx.HTTPError, openai.APIError)):
        cause = error.__cause__ or error
        kind: FailureKind = "broken_stream" if request.stream and heard.endpoint else "unavailable"
        return kind, f"{request.model}: {str(cause)[:_TEXT] or type(cause).__name__}"
    return "malformed", f"{request.model} sent a reply that cannot be read: {type(error).__name__}: {str(error)[:_TEXT]}"


def _refusal(error: Any, request: ChatRequest) -> tuple[FailureKind, str]:
    """What an HTTP error means. The pool's errors carry their kind as the code; a server's own 4xx is passed on as it is."""
    body = error.body if isinstance(error.body, dict) else {}
    message = str(body.get("message") or error.message)[:_TEXT]
    last = _LAST.search(message)  # the pool found no server, and says what the last one did
    known = _KINDS.get(last[1] if last else str(body.get("code")))
    if known == "key":
        return "key", f"the server of {request.model} refused the API key: {message}"
    if known == "unknown_model":
        return "unknown_model", f"no server has the model {request.model}: {message}"
    if known is not None:
        return known, f"{request.model}: {message}"
    if error.status_code >= 500:
        return "unavailable", f"no server of {request.model} answered: {message}"
    if error.status_code in (400, 413, 422):
        if _CONTEXT.search(message):
            return "context", f"context: the prompt is longer than {request.model} takes: {message}"
        if _SCHEMA.search(message) and (request.schema or request.tools):
            return "schema", f"{request.model} refused the schema: {message}"
    return "request", f"{request.model} refused the request (HTTP {error.status_code}): {message}"


def _key(endpoint: EndpointConfig) -> str:
    try:
        return endpoint.api_key()
    except ConfigurationError:
        return ""


def models_of(config: PoolConfig) -> Sequence[str]:
    """The language models of a pool, in its order. Embedding servers are left out."""
    return list(dict.fromkeys(m for e in config.endpoints if e.canary != "embedding" for m in e.models()))
