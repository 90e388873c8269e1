"""Whether what is stored of a run is what was stored: the outcome of checking its seals."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from core.model import Model, new_list

SealState = Literal["sealed", "open", "not sealed", "broken"]


class Verification(Model):
    """What the seals of a run say. ``faults`` names table and column, or the number of the event, of everything that was changed."""

    run_id: str = Field(description="The run.")
    state: SealState = Field(
        description=(
            "sealed: finished, and as it was sealed; open: not finished, and every event as it was written; not sealed: of a molwright that "
            "did not seal; broken: something was changed."
        )
    )
    head: str = Field(default="", description="The newest seal (SHA-256): whoever keeps it elsewhere can hold the run against it.")
    events: int = Field(default=0, ge=0, description="Events whose seals agree.")
    faults: list[str] = Field(default_factory=new_list, description="What was changed, added or removed, in words.")
    notes: list[str] = Field(default_factory=new_list, description="What the seals do not cover, in words.")

    @property
    def text(self) -> str:
        """The outcome in words, several lines."""
        said = {
            "sealed": f"run {self.run_id} is as it was sealed: {self.events} events and all that is stored beside them agree",
            "open": f"run {self.run_id} is not finished: its {self.events} events are as they were written; the rest is sealed at its end",
            "not sealed": f"run {self.run_id} is not sealed: it was stored by a molwright that did not seal, and nothing can be told of it",
            "broken": f"run {self.run_id} was changed after it was stored",
        }
        lines = [said[self.state], *(f"changed: {fault}" for fault in self.faults), *(f"note: {note}" for note in self.notes)]
        return "\n".join([*lines, f"seal: {self.head}"] if self.head else lines)
