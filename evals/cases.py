"""What an evaluation run consists of."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from core.model import Model

EVAL_VERSION = "1"


class CaseResult(Model):
    """One case of a suite. ``score`` is between 0 and 1; 1 is right."""

    case: str = Field(description="Name of the case: the goal sentence, the structure, ...")
    seed: int = Field(default=0, ge=0, description="Seed used.")
    score: float = Field(ge=0, le=1, description="1 right, 0 wrong, in between a share.")
    detail: dict[str, Any] = Field(default_factory=dict, description="What was found, as JSON values.")


class EvalRun(Model):
    """One execution of a suite."""

    schema_version: str = Field(default=EVAL_VERSION, description="Version of this model.")
    eval_id: str = Field(description="Its id.")
    suite: str = Field(description="Name of the suite.")
    created_at: str = Field(description="When it was started, ISO 8601 UTC.")
    seconds: float = Field(default=0.0, ge=0, description="How long it took.")
    seeds: list[int] = Field(default_factory=list, description="Seeds used.")
    options: dict[str, Any] = Field(default_factory=dict, description="What was chosen: budget, limit, models.")
    versions: dict[str, str] = Field(default_factory=dict, description="Versions of everything that decides a number.")
    schemas: str = Field(
        default="", description="SHA-256 over the schemas of the tools and the prompts: two runs with the same hash were asked alike."
    )
    models: str = Field(default="none", description="Language models used; 'none' is the baseline.")
    cases: list[CaseResult] = Field(default_factory=list, description="Results in the order of the suite.")

    @property
    def score(self) -> float:
        """Mean score of the cases; 0 without cases."""
        return sum(c.score for c in self.cases) / len(self.cases) if self.cases else 0.0
