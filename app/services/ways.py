"""A way to answer, in words: which model, adapter or prompt the assistant uses in place of what is configured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app import wiring
from core.errors import ConfigurationError, UsageError
from core.registry import checked_name
from core.settings import Settings

if TYPE_CHECKING:
    from agent.models import RolePlan

ROLE = "assistant"
HOW = (
    "write the id of a stored run of the suite agent, none, current, or model:NAME, adapter:NAME, prompt:FILE (several with commas between)"
)


def plan_of_way(settings: Settings, way: str) -> RolePlan | None:
    """The plan by which the assistant answers: 'none' (code alone), 'current', or what ``way`` puts in place of it.

    UsageError for words that are none of these, ConfigurationError without a server or without the model.
    """
    if way == "none":
        return None
    if way == "current":
        return wiring.plan_of(settings)
    model, prompts = "", dict[str, str]()
    for part in way.split(","):
        kind, _, value = part.partition(":")
        if kind in ("model", "adapter") and value and not model:
            model = checked_name(value)
        elif kind == "prompt" and value:
            name, text = _prompt(value)
            prompts[name] = text
        else:
            raise UsageError(f"{part!r} says nothing that can be compared: {HOW}")
    plan = _with_model(settings, model) if model else wiring.plan_of(settings)
    if plan is None or ROLE not in plan.roles:
        raise ConfigurationError(
            f"{way!r} needs a server of language models, and the assistant's role (MOLWRIGHT_MODELS__URL, or _POOL; see docs/language-models.md)"
        )
    return plan.model_copy(update={"prompts": {**plan.prompts, **prompts}})


def _prompt(path: str) -> tuple[str, str]:
    from evals.fork import read_prompt

    name, text = read_prompt(path)
    if name.split("/")[0] != ROLE:
        raise UsageError(f"{path}: the suite asks the assistant alone, and this is the prompt {name}")
    return name, text


def _with_model(settings: Settings, model: str) -> RolePlan | None:
    """The configured plan with ``model`` for the assistant alone."""
    asked = settings.model_copy(update={"models": settings.models.model_copy(update={"roles": {ROLE: model}})})
    return wiring.plan_of(asked)
