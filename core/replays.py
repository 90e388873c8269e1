"""Replays that somebody asked for: run beside everything else by a worker, kept with their verdict."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from core.model import Model
from core.verification import Verification

ReplayState = Literal["queued", "running", "done", "failed"]


class ReplayResult(Model):
    """What a replay found."""

    run_id: str = Field(description="The run that was replayed.")
    identical: bool = Field(description="Whether every recorded event was asked for again and agreed.")
    events: int = Field(ge=0, description="Events compared and found equal.")
    first_difference: str = Field(default="", description="Node, generation and index of the first event that differs.")
    text: str = Field(description="The result in words.")


class ReplayJob(Model):
    """One replay that was asked for, and its verdict once it is there."""

    replay_id: str = Field(description="Its id.")
    run_id: str = Field(description="The run.")
    state: ReplayState = Field(description="queued: waits for a worker; running; done: there is a verdict; failed: there is none, and why.")
    asked_by: str = Field(default="", description="Who asked for it.")
    asked_at: str = Field(description="When, ISO 8601 UTC.")
    begun_at: str = Field(default="", description="When a worker began; empty while none has.")
    finished_at: str = Field(default="", description="When it ended; empty while it has not.")
    result: ReplayResult | None = Field(default=None, description="The verdict; null while there is none.")
    seals: Verification | None = Field(
        default=None, description="Whether anything stored of the run was changed; null while nobody looked."
    )
    problem: str = Field(default="", description="Why there is no verdict; empty where there is one or it is still to come.")

    @property
    def identical(self) -> bool | None:
        """Whether the run, computed again, is what was stored and nothing stored was changed; None while there is no verdict."""
        if self.result is None:
            return None
        return self.result.identical and (self.seals is None or self.seals.state != "broken")
