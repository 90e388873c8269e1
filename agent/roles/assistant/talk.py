"""What every assistant's conversation rests on: its tools, the newest runs, and the numbers of an answer that nothing supports."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from agent.models import Message, ModelSession
from agent.roles.assistant.offer import choices
from agent.roles.assistant.protocol import ROLE
from agent.roles.assistant.question import Question, read_question
from agent.roles.fact_check.numbers import numbers_in
from agent.toolbox import ASSISTANT_TOOLS, ToolContext
from agent.toolbox.conversation import Conversation
from core.interfaces import RunStore
from tools.catalogue.catalogue import Catalogue

HEADING = "\nQuestion:\n"
"""What stands before the question in the prompt that opens a conversation with a language model."""
_RUN = re.compile(r"\b[0-9a-f]{12}\b")
#: What says that something is safe, harmful or allowed.
_SAFETY = re.compile(
    r"\b(?:safe(?:ly|ty)?|unsafe|harmless|harmful|toxic(?:ity)?|non-?toxic|poison\w*|hazard\w*|dangerous|carcinogen\w*|mutagen\w*|explosive|flammable"
    r"|allowed|permitted|banned|legal|illegal|controlled|regulated)\b",
    re.IGNORECASE,
)
RUNS_SHOWN = 5
"""Stored runs that a conversation opens with."""
#: Earlier questions that a follow-up may take something over from.
_REMEMBERED = 6


def newest_runs(store: RunStore) -> list[str]:
    """The newest design runs of ``store``, a line each, newest first."""
    runs = [r for r in store.runs(50) if r.kind == "design"]
    return [f"{r.run_id}  {r.status}  {r.created_at[:10]}  {r.goal}" for r in runs[:RUNS_SHOWN]]


def conversation(session: ModelSession, context: ToolContext, state: dict[str, Any]) -> Conversation:
    """The conversation that ``state`` holds."""
    catalogue = context.workspace.catalogue
    question = asked(state["messages"], catalogue=catalogue)
    bound = choices(question, known_runs(state["messages"]), catalogue=catalogue) if session.uses(ROLE) else {}
    return Conversation(session, ROLE, ASSISTANT_TOOLS, context, state, choices=bound)


def asked(messages: Iterable[Message], *, catalogue: Catalogue) -> Question:
    """The last question of a conversation, with what it takes over from those before it."""
    texts = [words_of(m) for m in messages if m["role"] == "user"]
    question = Question()
    for text in texts[-_REMEMBERED:]:
        question = read_question(text, catalogue=catalogue).follows(question)
    return question


def words_of(message: Message) -> str:
    """What the person wrote in a message: of the prompt that opens a conversation, the question alone and not the list of stored runs."""
    return str(message["content"]).rpartition(HEADING)[2]


def known_runs(messages: Iterable[Message]) -> list[str]:
    """Ids of runs that stand in a conversation, in order."""
    return list(dict.fromkeys(found for m in messages if m["role"] in ("user", "tool") for found in _RUN.findall(str(m["content"]))))


def claims_safety(answer: str) -> bool:
    """Whether an answer says that something is safe, harmful or allowed."""
    return bool(_SAFETY.search(answer))


def unsupported_numbers(answer: str, messages: Iterable[Message], *, catalogue: Catalogue) -> list[str]:
    """Numbers of ``answer`` that stand, at its precision, neither in a tool's result nor in what the person wrote; as written, in order."""
    texts = [words_of(m) if m["role"] == "user" else str(m["content"]) for m in messages if m["role"] in ("user", "tool")]
    known = [n.value for text in texts for n in numbers_in(text, catalogue=catalogue)]
    return [
        n.text for n in numbers_in(answer, catalogue=catalogue) if not any(abs(abs(n.value) - abs(k)) <= n.tolerance + 1e-9 for k in known)
    ]
