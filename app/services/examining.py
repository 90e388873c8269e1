"""The assistant is asked one question at a time in a scratch store, with what each answer took: calls, turns, tokens, seconds."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from app import wiring
from app.services.conversations import ConversationService
from core.errors import MolwrightError, RefusedError
from core.settings import Settings

if TYPE_CHECKING:
    from agent.models import RolePlan
    from evals.suites import Answered


@contextmanager
def examined(
    settings: Settings, *, plan: RolePlan | None, clock: Callable[[], datetime] = wiring.now
) -> Iterator[Callable[[str], Answered]]:
    """What asks the assistant a question in a conversation of its own, by ``plan``; nothing of it is kept after the block.

    A refusal by the guard and an answer that nobody could give are told in the answer. No design run is approved.
    """
    from memory.sql.store import SqlRunStore

    with tempfile.TemporaryDirectory(prefix="molwright-agent-") as folder:
        files = {"url": f"sqlite:///{Path(folder) / 'runs.db'}", "checkpoints": f"sqlite:///{Path(folder) / 'checkpoints.db'}"}
        scratch = settings.model_copy(update={"store": settings.store.model_copy(update=files)})
        with SqlRunStore(scratch.sql_url(), lease_seconds=scratch.store.lease_seconds, clock=clock) as store:
            service = ConversationService(scratch, store, lambda wanted: False, clock=clock, plan=lambda: plan)
            yield lambda question: _asked(service, question)


def _asked(service: ConversationService, question: str) -> Answered:
    from evals.suites import Answered, CallMade

    run_id, begun = service.start(question), time.monotonic()
    text = problem = by = ""
    refused = False
    try:
        answer = service.ask(run_id, question)
        text, by = answer.text, answer.by
    except RefusedError as error:
        text, refused = str(error), True
    except MolwrightError as error:
        problem = str(error)
    seconds = time.monotonic() - begun
    exchanges = [e for e in service.store.events(run_id) if e.kind == "model"]
    calls = [CallMade(name, json.loads(arguments), found) for (name, arguments), found in service.calls(run_id).items()]
    return Answered(
        text=text,
        calls=calls,
        refused=refused,
        problem=problem,
        by=by,
        steps=len(calls) + bool(text and not refused),
        invalid=sum(bool(e.outputs["fault"]) for e in exchanges),
        tokens_in=sum(e.tokens_in for e in exchanges),
        tokens_out=sum(e.tokens_out for e in exchanges),
        seconds=seconds,
    )
