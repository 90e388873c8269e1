"""What every assistant's conversation rests on: its tools, the newest runs, and the numbers of an answer that nothing supports."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from agent.models import Message, ModelSession
from agent.roles.assistant.protocol import ROLE
from agent.roles.fact_check.numbers import numbers_in
from agent.toolbox import ASSISTANT_TOOLS, ToolContext
from agent.toolbox.conversation import Conversation
from core.interfaces import RunStore
from tools.catalogue.catalogue import Catalogue

RUNS_SHOWN = 5
"""Stored runs that a conversation opens with."""


def newest_runs(store: RunStore) -> list[str]:
    """The newest design runs of ``store``, a line each, newest first."""
    runs = [r for r in store.runs(50) if r.kind == "design"]
    return [f"{r.run_id}  {r.status}  {r.created_at[:10]}  {r.goal}" for r in runs[:RUNS_SHOWN]]


def conversation(session: ModelSession, context: ToolContext, state: dict[str, Any]) -> Conversation:
    """The conversation that ``state`` holds."""
    return Conversation(session, ROLE, ASSISTANT_TOOLS, context, state)


def unsupported_numbers(answer: str, messages: Iterable[Message], *, catalogue: Catalogue) -> list[str]:
    """Numbers of ``answer`` that stand, at its precision, neither in a tool's result nor in what the person wrote; as written, in order."""
    known = [n.value for m in messages if m["role"] in ("user", "tool") for n in numbers_in(str(m["content"]), catalogue=catalogue)]
    return [
        n.text for n in numbers_in(answer, catalogue=catalogue) if not any(abs(abs(n.value) - abs(k)) <= n.tolerance + 1e-9 for k in known)
    ]
