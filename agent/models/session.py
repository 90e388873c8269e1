"""A run's conversations with language models.

Each exchange is recorded before it is used, each reply is checked, and each failure becomes an explicit problem. Nothing here raises for
what a model or a server does. An outcome with a problem means that the role's built-in form takes over.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from pydantic import BaseModel

from agent.models import account, replies
from agent.models.asking import Ask, Listener, Outcome, Place, Try, Turn, answer_in, number_of, outputs_of, thought_only, told_about, usable
from agent.models.exchange import Backend, CallFailed, ChatRequest, Message, NoBackend, RawCall
from agent.models.fitted import fitted
from agent.models.plan import RoleModel, RolePlan
from agent.models.replies import ReadReply, Step, ToolCall
from agent.models.schema import Choices, ToolSchema, response_schema, schema_hash
from agent.models.tokens import estimate_request
from core.errors import ConfigurationError
from core.interfaces import Recorder
from core.model import content_hash
from core.report import ModelUse
from core.trace import CallRecord, TraceEvent
from prompts.library import Prompt, load, parse

T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)

Variables = dict[str, Any]
Shorten = Callable[[Variables], Variables | None]
#: Failures after which the fallback model is asked.
_SWITCH = ("unavailable", "timeout", "busy", "key", "unknown_model", "resting")
#: Failures after which the same model is asked again.
_AGAIN = ("malformed", "broken_stream")
#: How many times the longest reply a model may have once more that used all of it up for thinking.
MORE_ROOM = 4


class ModelSession:
    """The language models of one run. ``plan`` says which role uses which; if it names no role, no model is ever asked."""

    def __init__(self, plan: RolePlan, backend: Backend, recorder: Recorder | None) -> None:
        self.plan = plan
        self._backend = backend
        self._recorder = recorder
        self._events: dict[Place, int] = {}
        self._asks: dict[Place, int] = {}
        self._tools: dict[Place, int] = {}
        self._prompts: dict[Place, Prompt] = {}
        self._kind = ""
        self._scales: dict[tuple[str, str, int], float] = {}

    # ---- what roles use

    def uses(self, role: str) -> bool:
        """Whether a language model takes part in ``role``."""
        return role in self.plan.roles

    def name_of(self, role: str) -> str:
        """The model of ``role``; '' where none takes part in it."""
        return self._model(role, self.plan).model if self.uses(role) else ""

    def about(self, kind: str) -> None:
        """From here on the run's goal is known to be of ``kind``, for which the plan may have models of their own."""
        self._kind = kind

    def room(self, role: str, place: Place | None = None) -> int:
        """Tokens that a prompt of ``role`` may have, with its schemas, as :func:`agent.models.tokens.estimate_request` counts them.

        At a ``place`` by what the server counted in the run so far.
        """
        model = self._model(role, self.plan)
        room = max(model.context_tokens - model.max_tokens, 0)
        return int(room / self._scale(model, place)) if place is not None else room

    def little(self, role: str) -> bool:
        """Whether the model of ``role`` counts as a small one: see :attr:`agent.models.plan.RoleModel.little`."""
        return self._model(role, self.plan).little

    def _scale(self, model: RoleModel, place: Place) -> float:
        """See :func:`agent.models.account.scale`."""
        key = (model.model, place.node, place.generation)
        if key not in self._scales:
            self._scales[key] = account.scale(self._record().calls(), *key)
        return self._scales[key]

    def prompt(self, place: Place, role: str, name: str, variables: Variables) -> list[Message]:
        """The rendered messages of prompt ``name``, for a tool loop at ``place``. Raises ConfigurationError if they do not fit."""
        return [dict(message) for message in self.under(place, role, name).render(**variables)]

    def under(self, place: Place, role: str, name: str) -> Prompt:
        """Prompt ``name``; calls at ``place`` are recorded as made under it. For a tool loop that goes on at another place."""
        plan = self._plan_at(place)
        prompt = parse(plan.prompts[name], name) if name in plan.prompts else load(name)
        if prompt.role != role:
            raise ConfigurationError(f"prompt {name} is for the role {prompt.role}, not {role}")
        self._prompts[place] = prompt
        return prompt

    def structured(
        self,
        place: Place,
        role: str,
        prompt: str,
        variables: Variables,
        schema: type[M],
        *,
        shorten: Shorten | None = None,
        choices: Choices | None = None,
        on_text: Callable[[str], None] | None = None,
    ) -> Outcome[M]:
        """A reply that is an instance of ``schema``, and as far as the server's grammar goes one of ``choices``.

        ``on_text`` receives the reply's text piece by piece as in :meth:`prose`; it changes nothing of what is recorded.
        ``shorten`` is the caller's rule for a prompt that is too long: given the variables it returns shorter ones, or None if that is
        not possible. Without it, and after it, a prompt that does not fit is a problem; nothing is cut in silence.
        """
        messages = self._fitting(place, role, prompt, variables, shorten, response_schema(schema, choices=choices))

        def read(text: str, calls: Sequence[RawCall], finish: str, number: int) -> ReadReply[M]:
            return replies.read_structured(text, calls, finish, schema)

        return self._converse(self._ask(place, role, messages, read, schema=schema, choices=choices or {}, on_text=on_text))

    def turn(
        self, place: Place, role: str, messages: list[Message], tools: Sequence[ToolSchema], *, must_call: bool = False, urged: bool = False
    ) -> Turn:
        """One step of a tool loop over ``messages`` (made by :meth:`prompt`, then replies and :func:`tool_result` in turns).

        With ``must_call`` text instead of a call is a fault that the model is told. ``urged``: the server is asked for a call, but text is
        taken where it comes all the same.
        """

        def read(text: str, calls: Sequence[RawCall], finish: str, number: int) -> ReadReply[Step]:
            return replies.read_step(text, calls, finish, tools, messages, f"call{number:05d}", must_call)

        outcome = self._converse(self._ask(place, role, messages, read, tools=tuple(tools), must_call=must_call or urged))
        step = outcome.value
        if step is None:
            return Turn(problem=outcome.problem, repairs=outcome.repairs)
        return Turn([step.call] if step.call else [], step.text, "", outcome.repairs, _reply(step, outcome.reasoning))

    def prose(
        self,
        place: Place,
        role: str,
        prompt: str,
        variables: Variables,
        on_text: Callable[[str], None] | None = None,
        *,
        shorten: Shorten | None = None,
    ) -> Outcome[str]:
        """A reply in words. ``on_text`` receives it piece by piece as it arrives, including the text of attempts that are then discarded."""
        messages = self._fitting(place, role, prompt, variables, shorten, None)

        def read(text: str, calls: Sequence[RawCall], finish: str, number: int) -> ReadReply[str]:
            return replies.read_prose(text, calls, finish)

        return self._converse(self._ask(place, role, messages, read, prose=True, on_text=on_text))

    def tool(self, place: Place, name: str, arguments: dict[str, Any], produce: Callable[[], Any]) -> Any:
        """The answer of a tool that reads outside the run, as a JSON value. It is recorded once and read back in a resume or a replay."""
        number = self._tools[place] = self._tools.get(place, -1) + 1

        def timed() -> CallRecord:
            begun = time.monotonic()
            outputs = produce()
            return CallRecord(outputs, seconds=round(time.monotonic() - begun, 6))

        inputs = {"tool": name, "arguments": arguments}
        index = f"{place.name}:tool:{number}"
        return self._record().call(place.node, place.generation, index, "tool", inputs, timed).outputs

    def account(self) -> list[ModelUse]:
        """What each language model at each endpoint has done in the run so far."""
        return account.uses(self._recorder.calls()) if self._recorder is not None and self.plan.roles else []

    def close(self) -> None:
        """Close the connections."""
        self._backend.close()

    # ---- inside

    def _record(self) -> Recorder:
        if self._recorder is None:
            raise ConfigurationError("no role of this session uses a language model")
        return self._recorder

    def _model(self, role: str, plan: RolePlan) -> RoleModel:
        if role not in plan.roles:
            raise ConfigurationError(f"the role {role} uses no language model")
        return plan.kinds.get(self._kind, {}).get(role) or plan.roles[role]

    def _plan_at(self, place: Place) -> RolePlan:
        """The plan in force for the next event at ``place``."""
        return self.plan.at(f"{place.node}/{place.generation}/{place.name}:{self._events.get(place, -1) + 1}")

    def _fitting(
        self, place: Place, role: str, prompt: str, variables: Variables, shorten: Shorten | None, schema: dict[str, Any] | None
    ) -> list[Message]:
        messages = self.prompt(place, role, prompt, variables)
        while shorten is not None and estimate_request(messages, schema) > self.room(role, place):
            shorter = shorten(variables)
            if shorter is None or shorter == variables:
                break
            variables = shorter
            messages = self.prompt(place, role, prompt, variables)
        return messages

    def _ask(self, place: Place, role: str, messages: list[Message], read: Any, **more: Any) -> Ask[Any]:
        number = self._asks[place] = self._asks.get(place, -1) + 1
        prompt = self._prompts.get(place)
        return Ask(place, number, role, prompt.hash if prompt else "", _recent(messages), read, **more)

    def _converse(self, ask: Ask[T]) -> Outcome[T]:
        """Ask until a reply can be used, the attempts are spent, or nobody answers."""
        how = Try(self._model(ask.role, self._plan_at(ask.place)))
        repairs = attempts = 0
        while True:
            event = self._exchange(ask, how)
            problem, kind = str(event.outputs["problem"]), str(event.outputs["kind"])
            if not problem:
                # read from the record, also right after it was written: a resume and a replay take the same way
                found = ask.read(*answer_in(event), number_of(event))
                repairs += bool(found.mended)
                if not found.fault:
                    return Outcome(found.value, "", repairs, str(event.outputs.get("reasoning", "")))
                problem, told = found.fault, told_about(event, found.fault)
                if thought_only(event):
                    told, how = (), replace(how, room=how.room * MORE_ROOM)
            elif kind == "schema" and how.limits:
                how = replace(how, limits=False)
                continue
            elif kind in _SWITCH and how.model.fallback_model and not how.instead_of:
                how = replace(how, model=how.model.model_copy(update={"model": how.model.fallback_model}), instead_of=how.model.model)
                continue
            elif kind in _AGAIN:
                told = ()
            else:
                return Outcome(None, problem, repairs)
            attempts += 1
            if attempts > self._plan_at(ask.place).attempts:
                return Outcome(None, f"{how.model.model} gave nothing usable in {attempts} attempts: {problem}", repairs)
            repairs += 1
            how = replace(how, attempt=attempts, told=told)

    def _exchange(self, ask: Ask[Any], how: Try) -> TraceEvent:
        """One recorded exchange."""
        place = ask.place
        number = self._events[place] = self._events.get(place, -1) + 1
        schema, tools = ask.formats(how.limits)
        messages = [*ask.messages, *how.told]
        most = how.model.max_tokens
        if how.room > 1:
            size = estimate_request(messages, schema, tools) * self._scale(how.model, place)
            most = max(most, min(most * how.room, how.model.context_tokens - int(size)))
        if how.limits and how.model.little:
            tools = [fitted(tool, how.model.max_tokens) for tool in tools]
        request = ChatRequest(
            model=how.model.model,
            messages=messages,
            temperature=how.model.temperature,
            seed=self._seed(place, number) if self.plan.seeds else None,
            max_tokens=most,
            schema=schema,
            tools=tools,
            must_call=ask.must_call,
            stream=ask.prose or ask.on_text is not None,
            deadline_s=how.model.deadline_s,
            thinking=how.model.thinking,
        )
        inputs = {
            "role": ask.role,
            "ask": ask.number,
            "attempt": how.attempt,
            "model": how.model.model,
            "instead_of": how.instead_of,
            "messages": request.messages,
            "schema": schema_hash(schema),
            "tools": schema_hash(tools),
            "must_call": ask.must_call,
            "seed": request.seed,
            "temperature": request.temperature,
            "max_tokens": request.max_tokens,
            **({"thinking": request.thinking} if request.thinking else {}),
        }
        listener = Listener(ask.on_text)

        event = self._record().call(
            place.node,
            place.generation,
            f"{place.name}:{number}",
            "model",
            inputs,
            lambda: self._produce(ask, how, replace(request, on_text=listener.hear if request.stream else None), number),
        )
        listener.finish(str(event.outputs["text"]))
        return event

    def _produce(self, ask: Ask[Any], how: Try, request: ChatRequest, number: int) -> CallRecord:
        """Send the request, unless something forbids it, and say what came of it."""
        events = self._record().calls()
        estimate = estimate_request(request.messages, request.schema, request.tools)
        size = int(estimate * self._scale(how.model, ask.place))
        budget = self.plan.budget
        so_far = account.spent(events, budget)
        nothing = CallRecord(None, model=request.model, prompt_hash=ask.prompt_hash)
        if stopped := account.stop_reason(so_far, size, budget):
            return replace(nothing, outputs=outputs_of(problem=stopped, kind="budget"))
        room = how.model.context_tokens - request.max_tokens
        if size > room:
            text = f"context: the prompt has about {size} tokens, {max(room, 0)} fit beside a reply of {request.max_tokens}"
            return replace(nothing, outputs=outputs_of(problem=text, kind="context"))
        if account.resting(events, request.model):
            text = f"{request.model} is left alone: its last {account.GIVE_UP} calls or more found no server"
            return replace(nothing, outputs=outputs_of(problem=text, kind="resting"))
        request = replace(request, deadline_s=max(min(request.deadline_s, budget.seconds - so_far.seconds), 0.1))
        begun = time.monotonic()
        try:
            answer = self._backend.complete(request)
        except CallFailed as failed:
            seconds = round(time.monotonic() - begun, 6)
            outputs = outputs_of(problem=str(failed), kind=failed.kind)
            counted = replace(nothing, tokens_in=failed.tokens_in, tokens_out=failed.tokens_out)
            return replace(counted, outputs=outputs, endpoint=failed.endpoint, seconds=seconds)
        text, calls, finish = usable(answer.text, answer.calls, answer.finish, answer.reasoning)
        found = ask.read(text, calls, finish, number)
        mended = found.mended if text == answer.text else "; ".join(m for m in ("the answer stood in the reasoning", found.mended) if m)
        return replace(
            nothing,
            outputs={**outputs_of(answer, fault=found.fault, mended=mended), "estimate": estimate},
            endpoint=answer.endpoint,
            model=answer.model or request.model,
            tokens_in=answer.tokens_in,
            tokens_out=answer.tokens_out,
            seconds=round(time.monotonic() - begun, 6),
        )

    def _seed(self, place: Place, number: int) -> int:
        """The seed of one call, below 2**31. It differs from call to call, so that a retry uses another seed."""
        return int(content_hash([self.plan.seed, place.node, place.generation, place.name, number])[:8], 16) >> 1


def tool_result(call: ToolCall, content: Any) -> Message:
    """The message with a tool's result: text as it is, any other value as JSON."""
    text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
    return {"role": "tool", "tool_call_id": call.id, "content": text}


def _recent(messages: Sequence[Message]) -> list[Message]:
    """``messages`` with what the model thought since the last word of the user only."""
    last = max((n for n, m in enumerate(messages) if m["role"] == "user"), default=0)
    return [{k: v for k, v in m.items() if k != "reasoning_content" or n > last} for n, m in enumerate(messages)]


def _reply(step: Step, reasoning: str) -> Message:
    """The message of a step. With a call goes what the model thought: servers of some models want it back while tools are called."""
    message: Message = {"role": "assistant", "content": step.text}
    if step.call:
        function = {"name": step.call.name, "arguments": json.dumps(step.call.given, ensure_ascii=False)}
        message["tool_calls"] = [{"id": step.call.id, "type": "function", "function": function}]
        if reasoning:
            message["reasoning_content"] = reasoning
    return message


NO_MODELS = ModelSession(RolePlan(), NoBackend("no language model is configured"), None)
