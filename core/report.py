"""The report of a run: what the chemist reads and what other programs parse."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from core.candidate import Candidate, Citation
from core.model import Model
from core.spec import Assumption, DesignSpec, Unchecked

REPORT_VERSION = "1"

RunStatus = Literal["waiting", "running", "success", "no_candidate", "refused", "rejected", "failed"]
#: A run with one of these is over; a failed one can be resumed.
FINISHED: tuple[RunStatus, ...] = ("success", "no_candidate", "refused", "rejected")


class Evidence(Model):
    """A statement from the literature that bears on the goal."""

    text: str = Field(description="The statement; cites its source as [n].")
    citation: int = Field(ge=1, description="Number of the citation.")


class BindingRequirement(Model):
    """The requirement that keeps most candidates out."""

    id: str = Field(description="Requirement id.")
    text: str = Field(description="The requirement in words.")
    failed: int = Field(ge=0, description="How many evaluated structures fail it.")
    failed_alone: int = Field(ge=0, description="How many fail it and nothing else.")
    evaluated: int = Field(ge=0, description="How many structures were checked.")
    best: float | str | None = Field(default=None, description="The value that came closest.")


class WeightSensitivity(Model):
    """What happens to the order when one objective's weight changes."""

    objective: str = Field(description="Objective id.")
    change: float = Field(description="Relative change of the weight: -0.2 or 0.2.")
    top_changes: list[str] = Field(default_factory=list, description="Keys of candidates whose rank would change by this.")
    first: str = Field(default="", description="Key of the candidate that would rank first.")


class Point(Model):
    """An evaluated structure in the plots."""

    key: str = Field(description="Its key.")
    smiles: str = Field(description="Its SMILES.")
    values: dict[str, float] = Field(default_factory=dict, description="Numbers by property name.")
    status: str = Field(description="kept or rejected.")
    listed: bool = Field(default=False, description="Whether it is in the ranked list.")


class Report(Model):
    """Everything that a reviewer needs, in one document."""

    schema_version: str = Field(default=REPORT_VERSION, description="Version of this model.")
    run_id: str = Field(description="The run.")
    goal: str = Field(description="The goal sentence, unchanged.")
    status: RunStatus = Field(description="How the run ended.")
    created_at: str = Field(default="", description="When the run was started, ISO 8601 UTC.")
    spec: DesignSpec = Field(description="The approved spec.")
    approved_by: str = Field(default="", description="Who approved the spec.")
    summary: str = Field(default="", description="The result in words; every number in it is a stored one.")
    candidates: list[Candidate] = Field(default_factory=list, description="Ranked; every requirement of each is met.")
    closest: list[Candidate] = Field(default_factory=list, description="Those that come closest without meeting every requirement.")
    binding_requirement: BindingRequirement | None = Field(default=None, description="What keeps most structures out.")
    assumptions: list[Assumption] = Field(default_factory=list, description="Copied from the spec.")
    unchecked: list[Unchecked] = Field(default_factory=list, description="Copied from the spec.")
    warnings: list[str] = Field(default_factory=list, description="What the reader should know before using the result.")
    evidence: list[Evidence] = Field(default_factory=list, description="What the literature says.")
    citations: list[Citation] = Field(default_factory=list, description="References of the evidence.")
    rejected: dict[str, int] = Field(default_factory=dict, description="Number of rejected structures by rule.")
    proposers: dict[str, dict[str, int]] = Field(default_factory=dict, description="By proposer: proposed, valid, novel, kept, listed.")
    sensitivity: list[WeightSensitivity] = Field(default_factory=list, description="Effect of ±20 % on each weight.")
    tied: list[list[str]] = Field(default_factory=list, description="Groups of listed candidates that are tied within error.")
    points: list[Point] = Field(default_factory=list, description="A sample of the evaluated structures for the plots.")
    evaluated: int = Field(default=0, ge=0, description="Distinct structures evaluated.")
    stop_reason: str = Field(default="", description="Why the search ended.")
    versions: dict[str, str] = Field(default_factory=dict, description="Versions of molwright, RDKit, predictors.")
    timings: dict[str, float] = Field(default_factory=dict, description="Seconds by stage, and 'total'.")
