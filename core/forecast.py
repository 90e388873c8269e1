"""What is told of a run before it is run: how many qualifying candidates to expect, which wish binds, and what relaxing each would bring."""

from __future__ import annotations

from pydantic import Field

from core.model import Model, new_list


class Relaxation(Model):
    """One wish made weaker, all others kept."""

    id: str = Field(description="The requirement.")
    change: str = Field(description="What is asked for instead, in words: 'Glass transition temperature at least 230 °C instead of 250'.")
    low: float | None = Field(default=None, description="Lower end asked for instead, in the unit of the requirement; None: open.")
    high: float | None = Field(default=None, description="Upper end asked for instead, likewise.")
    dropped: bool = Field(default=False, description="Whether the requirement is left out altogether.")
    expected: int = Field(ge=0, description="Qualifying candidates to expect then.")
    factor: float = Field(ge=1, description="How many times as many that is, before rounding to whole candidates.")


class Forecast(Model):
    """How many qualifying candidates a run of a spec may be expected to find.

    A qualifying candidate is one of the distinct structures that a run evaluates within its budget and that meets every hard requirement by the
    run's own check; the list shows the best of them. Wishes on the list as a whole, objectives and routes do not count.
    """

    known: bool = Field(description="Whether there is a forecast; otherwise ``reason`` says why not.")
    reason: str = Field(default="", description="Why nothing can be said.")
    expected: int | None = Field(default=None, ge=0, description="Qualifying candidates to expect; None: unknown.")
    low: int | None = Field(
        default=None, ge=0, description="Lower end of the range that held four of five of the goals it was calibrated on."
    )
    high: int | None = Field(default=None, ge=0, description="Upper end of that range; never more than what is expected to be evaluated.")
    evaluated: int = Field(ge=0, description="Structures that the run is expected to evaluate.")
    asked: int = Field(ge=1, description="Candidates that are to be listed.")
    binding: str = Field(default="", description="Id of the requirement without which the most would qualify; '' where none matters.")
    relaxations: list[Relaxation] = Field(
        default_factory=new_list, description="What relaxing each requirement would bring, the most first."
    )
    structures: int = Field(default=0, ge=0, description="Reference structures that it rests on.")
    meeting: int = Field(default=0, ge=0, description="Those of them that meet every requirement already.")
    earlier: int | None = Field(
        default=None, ge=0, description="Candidates of earlier runs in the store that meet all of it; None: not looked at."
    )
    notes: list[str] = Field(default_factory=new_list, description="What it rests on, and what it leaves out of account.")

    def summary(self) -> str:
        """The forecast in a sentence."""
        if not self.known:
            return f"unknown: {self.reason}"
        scale = f"of about {self.evaluated} evaluated"
        if self.high == 0 or (self.expected == 0 and (self.high or 0) <= 1):
            return f"none or next to none {scale}"
        return f"about {self.expected} {scale} (four times in five between {self.low} and {self.high})"
