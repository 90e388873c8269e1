"""A design run that an assistant wants to start: what it means, and which words of its goal were borrowed from a retrieved text."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from agent.reading import describe, interpret
from agent.toolbox import ToolError
from agent.toolbox.conversation import Conversation
from core.approval import objections
from core.errors import MolwrightError
from core.spec import DesignSpec
from tools.safety.guard import goal_verdict
from tools.workspace import Workspace

BORROWED_WORDS = 4
"""Words in a row that must stand in a retrieved text, and nowhere else, to count as borrowed."""
_WORD = re.compile(r"\w+", re.UNICODE)
#: Tools whose answers name the goals of stored runs.
_GOAL_TOOLS = ("list_runs", "show_report")


@dataclass(frozen=True)
class WantedDesign:
    """A design run that the model wants to start, as a person is asked about it.

    Attributes:
        goal: the goal as the model wrote it.
        spec: what it means, by the built-in interpreter.
        text: the spec in words.
        borrowed: words of the goal that come from a retrieved text and neither from the person nor from an approved goal; '' if none do.
        objections: why a person has to look at the spec first, whatever was said beforehand; nothing where nobody has to.
    """

    goal: str
    spec: DesignSpec
    text: str
    borrowed: str
    objections: tuple[str, ...]


def wanted_design(goal: str, talk: Conversation, workspace: Workspace) -> WantedDesign:
    """What a call of start_design would start. Raises ToolError if the guard blocks the goal or it cannot be understood."""
    verdict = goal_verdict(goal)
    if verdict.verdict == "block":
        raise ToolError("the safety guard refuses this goal: " + "; ".join(h.reason for h in verdict.rules if h.verdict == "block"))
    try:
        spec = interpret(goal, workspace=workspace)
    except MolwrightError as error:
        raise ToolError(str(error)) from error
    said = [str(m["content"]) for m in talk.messages if m["role"] == "user"]
    answers = list(talk.answers())
    goals = [g for name, answer in answers if name in _GOAL_TOOLS for g in _goals(answer)]
    read = "\n".join(json.dumps(answer, ensure_ascii=False) for _, answer in answers)
    return WantedDesign(goal, spec, describe(spec), borrowed_words(goal, "\n".join([*said, *goals]), read), objections(spec))


def borrowed_words(goal: str, said: str, read: str) -> str:
    """The longest run of at least BORROWED_WORDS words of ``goal`` that stands in ``read`` and not in ``said``; '' if there is none."""
    words = _words(goal)
    spoken, retrieved = (f" {' '.join(_words(text))} " for text in (said, read))
    for length in range(len(words), BORROWED_WORDS - 1, -1):
        for start in range(len(words) - length + 1):
            part = " ".join(words[start : start + length])
            if f" {part} " in retrieved and f" {part} " not in spoken:
                return part
    return ""


def _goals(answer: Any) -> list[str]:
    """The goals of stored runs in a tool's answer: a person approved each of them."""
    rows = answer if isinstance(answer, list) else [answer]
    return [str(row["goal"]) for row in rows if isinstance(row, dict) and "goal" in row]


def _words(text: str) -> list[str]:
    return [w.lower() for w in _WORD.findall(text)]
