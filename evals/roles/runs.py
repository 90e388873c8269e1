"""One design run with some roles backed by a scripted model, in a scratch store, and what its report came to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from agent.models import NO_MODELS, ModelSession, RolePlan
from agent.models.plan import role_model
from core.errors import MolwrightError
from core.interfaces import LiteratureStore
from core.report import Report
from evals.roles.scripted import GoodModel, RandomModel, Scripted
from evals.scratch import finished_run
from tools.literature.notes import ShippedNotes

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
    options: dict[str, Any] = {
        "budget": budget, "seed": seed, "candidates": LISTED, "met_probability": 0.5, "yes": True, "user": "benchmark", "despite_objections": True,
    }  # fmt: skip
    plan = RolePlan(roles={role: role_model(role, model, context_tokens=32_000) for role in roles})
    if roles:
        options["models"] = plan.model_dump(mode="json", exclude_none=True)
    try:
        with finished_run(
            goal,
            options,
            models=lambda recorder: ModelSession(plan, MODELS[model](), recorder) if roles else NO_MODELS,
            literature=_notes,
        ) as store:
            return Ran(goal, seed, model, tuple(roles), store.report("run"))
    except MolwrightError as error:
        return Ran(goal, seed, model, tuple(roles), None, f"{type(error).__name__}: {error}")


@contextmanager
def _notes() -> Iterator[LiteratureStore]:
    yield ShippedNotes()
