"""A run in the order of time: its steps with their true seconds, and what each cost."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from core.model import Model, new_dict, new_list

#: The nodes of the loop and of the closing of a design run, in their order; what comes before is its opening.
LOOP = ("propose", "standardise", "guard", "estimate", "check", "select")
CLOSING = ("confirm", "route", "rank", "explain", "report")


class Cost(Model):
    """What something took."""

    seconds: float = Field(default=0.0, ge=0, description="Wall-clock seconds.")
    calls: int = Field(default=0, ge=0, description="Exchanges with language models.")
    tokens_in: int = Field(default=0, ge=0, description="Prompt tokens.")
    tokens_out: int = Field(default=0, ge=0, description="Completion tokens.")
    tokens_estimated: bool = Field(default=False, description="Whether some counts are estimates because a server gave none.")
    money: float | None = Field(
        default=None,
        description="In the currency of the price table of the run; None where language models were asked and no price is known.",
    )


class TimedStep(Model):
    """One node of one generation, with all the events that it left."""

    node: str = Field(description="Graph node.")
    generation: int = Field(ge=0, description="Generation of the design loop.")
    number: int = Field(ge=0, description="Number of its last event.")
    start: float = Field(
        ge=0, description="When it began, in seconds of work since the run's first event; times between steps are left out."
    )
    between: float = Field(
        ge=0, description="Seconds between the end of the step before and its beginning, in which no step was under way."
    )
    cost: Cost = Field(description="What it took.")
    kinds: dict[str, int] = Field(default_factory=new_dict, description="Number of its events by kind.")
    what: str = Field(default="", description="What came of it, in a few words.")


class TimelinePart(Model):
    """Some steps that belong together: the opening, one generation of the search, the closing, one turn of a conversation."""

    name: Literal["opening", "generation", "closing", "turn"] = Field(description="Which.")
    generation: int = Field(default=0, ge=0, description="Which generation or turn.")
    steps: list[TimedStep] = Field(description="Its steps, in the order of time.")
    cost: Cost = Field(description="What all of it took.")


class Timeline(Model):
    """A run in the order of time."""

    run_id: str = Field(description="The run.")
    begun: str = Field(default="", description="When its first event began, ISO 8601 UTC; empty where no event says.")
    ended: str = Field(default="", description="When its last event was written.")
    events: int = Field(default=0, ge=0, description="Number of events.")
    nodes: list[str] = Field(default_factory=new_list, description="The nodes that left events, in the order in which they first did.")
    copied: int = Field(default=0, ge=0, description="For a fork: how many of them were copied from the run that it goes on from.")
    between: float = Field(
        default=0.0, ge=0, description="Seconds in which no step was under way: the run waited for a worker or a person."
    )
    cost: Cost = Field(description="What all its steps took.")
    parts: list[TimelinePart] = Field(default_factory=new_list, description="Its parts, in the order of time.")

    def by_node(self) -> dict[str, float]:
        """Seconds that the steps of each node took together, by node in the order of time."""
        found: dict[str, float] = {}
        for part in self.parts:
            for step in part.steps:
                found[step.node] = found.get(step.node, 0.0) + step.cost.seconds
        return found
