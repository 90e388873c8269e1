"""How two runs differ: what was asked for, what is listed, what happened."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from core.model import Model, new_dict, new_list

Part = Literal["goal", "requirement", "objective", "list", "assumption", "option"]


class RunSide(Model):
    """One of the two runs."""

    run_id: str = Field(description="The run.")
    goal: str = Field(description="Its goal.")
    status: str = Field(description="Its status.")
    created_at: str = Field(description="When it was started, ISO 8601 UTC.")
    forked_from: str = Field(default="", description="For a fork: run and event that it goes on from, as RUN:EVENT.")
    evaluated: int = Field(default=0, ge=0, description="Number of structures evaluated.")
    listed: int = Field(default=0, ge=0, description="Number of candidates listed.")
    events: int = Field(default=0, ge=0, description="Number of events of its trace.")
    seconds: float | None = Field(default=None, description="Wall-clock seconds of its steps; None where no report says.")


class SpecChange(Model):
    """One thing that the two specs do not have alike. None: that side does not have it."""

    part: Part = Field(description="What kind of thing it is.")
    name: str = Field(description="What it is called.")
    a: str | None = Field(description="How it is in the first run.")
    b: str | None = Field(description="How it is in the second run.")


class RankedTwice(Model):
    """A candidate that at least one of the two runs lists."""

    key: str = Field(description="Its key.")
    smiles: str = Field(description="Its SMILES.")
    name: str = Field(default="", description="Its name, where one is known.")
    rank_a: int | None = Field(default=None, description="Its rank in the first run; None: not listed.")
    rank_b: int | None = Field(default=None, description="Its rank in the second run; None: not listed.")
    score_a: float | None = Field(default=None, description="Its score in the first run, 0 to 1; None: none.")
    score_b: float | None = Field(default=None, description="Its score in the second run, 0 to 1; None: none.")
    elsewhere: str = Field(default="", description="Where it is listed in one only: what became of it in the other.")

    @property
    def moved(self) -> int | None:
        """By how many ranks it stands higher in the second run than in the first; None where it is not listed in both."""
        return self.rank_a - self.rank_b if self.rank_a is not None and self.rank_b is not None else None

    @property
    def gained(self) -> float | None:
        """Its score in the second run less that in the first; None where either is unknown."""
        return self.score_b - self.score_a if self.score_a is not None and self.score_b is not None else None


class EventDifference(Model):
    """The first place where the two records part."""

    node: str = Field(description="Graph node.")
    generation: int = Field(ge=0, description="Generation of the design loop.")
    index: str = Field(description="Which event of this node and generation.")
    kind: str = Field(description="What it is: record, model, tool or step.")
    number_a: int | None = Field(default=None, description="Its number in the first run; None: it is not there.")
    number_b: int | None = Field(default=None, description="Its number in the second run; None: it is not there.")
    what: str = Field(description="What is different about it, in words.")
    changes: list[str] = Field(default_factory=new_list, description="Up to three places in it that differ, as 'path: first -> second'.")


class NodeUse(Model):
    """What one node did in each of the two runs."""

    node: str = Field(description="Graph node.")
    events_a: int = Field(default=0, ge=0, description="Number of events in the first run; those that a fork copied are not counted here.")
    events_b: int = Field(default=0, ge=0, description="Number of events in the second run; as before.")
    seconds_a: float = Field(default=0.0, ge=0, description="Seconds of its steps in the first run; copied events took none.")
    seconds_b: float = Field(default=0.0, ge=0, description="Seconds of its steps in the second run.")
    tokens_a: int = Field(default=0, ge=0, description="Tokens of its language models in the first run.")
    tokens_b: int = Field(default=0, ge=0, description="Tokens of its language models in the second run.")


class RunDifference(Model):
    """The second run against the first."""

    a: RunSide = Field(description="The first run.")
    b: RunSide = Field(description="The second run.")
    same_spec: bool = Field(description="Whether both ask for the same with the same options.")
    spec: list[SpecChange] = Field(default_factory=new_list, description="What the specs do not have alike.")
    both: int = Field(default=0, ge=0, description="Number of candidates that both list.")
    only_a: int = Field(default=0, ge=0, description="Number that only the first lists.")
    only_b: int = Field(default=0, ge=0, description="Number that only the second lists.")
    moved: int = Field(default=0, ge=0, description="Number that both list at different ranks.")
    ranking: list[RankedTwice] = Field(default_factory=new_list, description="What either lists, by the rank in the second run.")
    agree: int = Field(default=0, ge=0, description="Number of events that both have and that are the same.")
    differ: int = Field(default=0, ge=0, description="Number of events that differ or that only one has.")
    first: EventDifference | None = Field(default=None, description="The first event that differs; None where none does.")
    kinds_a: dict[str, int] = Field(default_factory=new_dict, description="Number of events of the first run by kind.")
    kinds_b: dict[str, int] = Field(default_factory=new_dict, description="Number of events of the second run by kind.")
    nodes: list[NodeUse] = Field(default_factory=new_list, description="What each node did, in the order of the first run.")
    notes: list[str] = Field(default_factory=new_list, description="What could not be compared, and why.")

    @property
    def text(self) -> str:
        """The outcome in words, several lines."""
        lines = ["the specs are the same" if self.same_spec else f"the specs differ in {_count(len(self.spec), 'place')}"]
        if self.a.listed or self.b.listed:
            moved = f" ({self.moved} at another rank)" if self.both else ""
            lines.append(f"{self.both} listed in both{moved}, {self.only_a} only in the first run, {self.only_b} only in the second")
        if self.first is None:
            lines.append(f"no event differs: all {self.agree} agree")
        else:
            place = f"{self.first.node}, generation {self.first.generation}, {self.first.index}"
            lines.append(f"{_count(self.differ, 'event')} of {self.agree + self.differ} differ; the first: {place}: {self.first.what}")
        return "\n".join([*lines, *(f"note: {note}" for note in self.notes)])


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
