"""One design run with some roles backed by a scripted model, in a scratch store, and what its report came to."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from langgraph.checkpoint.memory import InMemorySaver

from agent.models import NO_MODELS, ModelSession, RolePlan
from agent.models.plan import role_model
from core.errors import MolwrightError
from core.interfaces import LiteratureStore
from core.report import Report
from evals.roles.scripted import GoodModel, RandomModel, Scripted
from graphs.context import DesignContext
from graphs.design import build
from memory.recorder import SqlRecorder
from memory.sql.store import SqlRunStore
from tools.execution import SerialExecutor
from tools.literature.notes import ShippedNotes
from tools.workspace import builtin

#: The roles that a model can take in a design run.
ROLES = ("interpreter", "researcher", "proposer", "critic", "reporter")
LISTED = 10
MODELS: dict[str, type[Scripted]] = {"good": GoodModel, "random": RandomModel}


@dataclass(frozen=True)
class Ran:
    """One run: which model had which roles, and its report; ``error``: why there is none."""

    goal: str
    seed: int
    model: str
    roles: tuple[str, ...]
    report: Report | None
    error: str = ""


def run(goal: str, seed: int, model: str, roles: Sequence[str], budget: int) -> Ran:
    """One run of the product's own graph; ``model`` is a name of MODELS, or '' for none."""
    options = {
        "budget": budget, "seed": seed, "candidates": LISTED, "met_probability": 0.5, "yes": True, "user": "benchmark", "despite_objections": True,
    }  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="molwright-roles-") as folder, SqlRunStore(f"sqlite:///{Path(folder) / 'runs.db'}") as store:
        plan = RolePlan(roles={role: role_model(role, model, context_tokens=32_000) for role in roles})
        store.create_run(
            "run", goal, {**options, **({"models": plan.model_dump(mode="json", exclude_none=True)} if roles else {})}, _now().isoformat()
        )
        lease = store.acquire("run", "benchmark")
        recorder = SqlRecorder(store, lease, _now)
        models = ModelSession(plan, MODELS[model](), recorder) if roles else NO_MODELS
        context = DesignContext(
            workspace=builtin(),
            store=store,
            lease=lease,
            recorder=recorder,
            executor=SerialExecutor(),
            literature=_notes,
            clock=_now,
            models=models,
        )
        config: Any = {"configurable": {"thread_id": "run"}, "recursion_limit": 1_000_000}
        try:
            build(InMemorySaver()).invoke({"goal": goal, "options": options}, config, context=context)
            return Ran(goal, seed, model, tuple(roles), store.report("run"))
        except MolwrightError as error:
            return Ran(goal, seed, model, tuple(roles), None, f"{type(error).__name__}: {error}")


@contextmanager
def _notes() -> Iterator[LiteratureStore]:
    yield ShippedNotes()


def _now() -> datetime:
    return datetime.now(UTC)
