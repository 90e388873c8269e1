"""Which roles of a run use which language model, and what they may spend.

The plan is stored in the run's options, so that a resume and a replay follow it too.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, model_validator

from core.model import Model

#: The reasoning roles that a language model can take part in.
ROLES = ("interpreter", "researcher", "proposer", "critic", "reporter", "assistant")
#: Default sampling temperature of the roles that are not at 0: proposing needs variety, everything else the likeliest answer.
TEMPERATURES = {"proposer": 0.8, "assistant": 0.2}


Thinking = Literal["", "on", "off", "low", "medium", "high"]


#: Tokens of a context up to which a model counts as a small one: its prompts are short, and its calls cannot be longer than a reply.
LITTLE_CONTEXT = 4096


class RoleModel(Model):
    """The language model of one role."""

    model: str = Field(min_length=1, description="The model's name, as its endpoint or pool knows it.")
    fallback_model: str = Field(default="", description="Asked where no server of the model answers; empty: the built-in form takes over.")
    temperature: float = Field(default=0.0, ge=0, le=2, description="Sampling temperature.")
    max_tokens: int = Field(default=2048, ge=16, description="Longest reply, tokens.")
    context_tokens: int = Field(default=8192, ge=256, description="Longest prompt with its reply, tokens.")
    deadline_s: float = Field(default=120.0, gt=0, description="Longest wait for one reply with every retry, seconds.")
    thinking: Thinking = Field(
        default="", description="Whether the model thinks before it answers: on, off, or how much; empty: as its server does."
    )

    @property
    def little(self) -> bool:
        """Whether the model has so little context that it counts as a small one."""
        return self.context_tokens <= LITTLE_CONTEXT


class ModelPrice(Model):
    """The price of a language model: by tokens, by the power that its server draws, or both."""

    per_million_in: float = Field(default=0.0, ge=0, description="Price of a million prompt tokens.")
    per_million_out: float = Field(default=0.0, ge=0, description="Price of a million completion tokens.")
    watts: float = Field(default=0.0, ge=0, description="Power drawn while it answers, W.")


class ModelBudget(Model):
    """What a run may spend on language models. Once it is spent, no more calls are made and the built-in forms take over."""

    calls: int = Field(default=300, ge=0, description="Exchanges.")
    tokens: int = Field(default=1_000_000, ge=0, description="Prompt and completion tokens together.")
    seconds: float = Field(default=3600.0, ge=0, description="Wall-clock seconds of the calls.")
    money: float | None = Field(default=None, ge=0, description="In the currency of the price table; none: not limited.")
    prices: dict[str, ModelPrice] = Field(default_factory=dict, description="Price by model.")
    price_per_kwh: float = Field(default=0.0, ge=0, description="Price of a kilowatt hour, for models with watts.")


class EarlierPlan(Model):
    """In a fork, the plan by which the copied part of the record was asked."""

    plan: RolePlan = Field(description="The plan of the run that was forked.")
    places: list[str] = Field(description="The model events that were copied, each as node/generation/index.")


class RolePlan(Model):
    """Which role uses which language model, and within which limits."""

    roles: dict[str, RoleModel] = Field(default_factory=dict, description="The model of each role; a role that is absent is built-in.")
    kinds: dict[str, dict[str, RoleModel]] = Field(
        default_factory=dict, description="By kind of goal (chemistry, materials, thermal): the models that roles use for it instead."
    )
    budget: ModelBudget = Field(default_factory=ModelBudget, description="What the run may spend.")
    attempts: int = Field(default=2, ge=0, le=10, description="How often a reply that cannot be used is asked for again.")
    prompts: dict[str, str] = Field(default_factory=dict, description="Prompt texts that replace those of the program, by ROLE/NAME.")
    seed: int = Field(default=0, ge=0, description="The run's seed, from which each call's seed is made.")
    seeds: bool = Field(default=True, description="Whether each call carries a seed.")
    earlier: EarlierPlan | None = Field(default=None, description="In a fork: the plan before the change.")

    @model_validator(mode="after")
    def _fits(self) -> RolePlan:
        unknown = sorted(set(self.roles) - set(ROLES))
        if unknown:
            raise ValueError(f"{', '.join(unknown)}: not a role; the roles are {', '.join(ROLES)}")
        if self.budget.money is not None:
            models = {m for r in self.every() for m in (r.model, r.fallback_model) if m}
            unpriced = sorted(models - set(self.budget.prices))
            if unpriced:
                raise ValueError(f"a budget in money needs a price for {', '.join(unpriced)}")
        return self

    def every(self) -> list[RoleModel]:
        """The model of every role, for any kind of goal."""
        return [*self.roles.values(), *(used for roles in self.kinds.values() for used in roles.values())]

    def at(self, place: str) -> RolePlan:
        """The plan that the event at ``place`` (node/generation/index) was or is asked with."""
        plan = self
        while plan.earlier is not None and place in plan.earlier.places:
            plan = plan.earlier.plan
        return plan


def role_model(role: str, model: str, **changes: Any) -> RoleModel:
    """The language model of a role with the role's default temperature, unless ``changes`` set another."""
    return RoleModel(**{"model": model, "temperature": TEMPERATURES.get(role, 0.0), **changes})


def stored_plan(options: dict[str, Any]) -> RolePlan | None:
    """The plan in a run's options; None for a run without models."""
    return RolePlan.model_validate(options["models"]) if options.get("models") else None
