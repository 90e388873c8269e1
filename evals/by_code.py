"""The built-in assistant asked in memory, without a store: what it answers and which calls it made. For thousands of questions."""

from __future__ import annotations

import json
import time

from agent.models import Place
from agent.models.session import NO_MODELS
from agent.roles.assistant.built_in import BuiltInAssistant
from agent.roles.assistant.information import only_information
from agent.roles.assistant.protocol import STEPS, FirstQuestion
from agent.roles.assistant.talk import conversation
from agent.toolbox import ToolContext
from evals.suites.base import Answered, CallMade
from tools.safety.guard import goal_verdict
from tools.workspace import Workspace


def answered(question: str, workspace: Workspace) -> Answered:
    """What the built-in assistant answers to ``question``, the safety guard before it, as in a conversation."""
    begun = time.perf_counter()
    verdict = goal_verdict(question)
    if verdict.verdict == "block" and not only_information(question, verdict, catalogue=workspace.catalogue):
        return Answered("; ".join(hit.reason for hit in verdict.rules), refused=True, seconds=time.perf_counter() - begun)
    assistant, place = BuiltInAssistant(workspace.catalogue), Place("by_code", 1, "question")
    talk = conversation(NO_MODELS, ToolContext(workspace=workspace), {"messages": assistant.open(FirstQuestion(question, ()), place)})
    for step in range(STEPS):
        turn = assistant.turn(talk, place)
        if not turn.calls:
            calls = [CallMade(name, json.loads(arguments), found) for (name, arguments), found in talk.made().items()]
            return Answered(turn.text, calls, steps=step + 1, seconds=time.perf_counter() - begun)
        talk.run(turn.calls[0], place)
    return Answered("", problem=f"no answer in {STEPS} steps")
