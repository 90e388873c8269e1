"""What the API takes and gives of reviews: decisions, measured values, next rounds."""

from __future__ import annotations

from pydantic import ConfigDict, Field, StrictBool

from app.services.feedback import LONGEST, LONGEST_NAME
from app.services.measurements import ReadFile
from app.web.views import FileContent, GivenSpec, RunSettings
from core.model import Model
from core.review import Agreement, CandidateReview, Compared, Coverage, FeedbackEntry, GivenValue, MeasuredValue, Reason
from core.trace import Verdict

REVIEWER = Field(default="", max_length=LONGEST_NAME, description="Who says it; empty: whoever is at work here.")


class DecisionRequest(Model):
    """What a reviewer says of a candidate."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"candidate": "1", "verdict": "accept"},
                {"candidate": "2", "verdict": "reject", "reason": "unstable", "comment": "a peroxide", "reviewer": "bob"},
            ]
        },
    )

    candidate: str = Field(min_length=1, max_length=2000, description="Its rank, its key or the beginning of one, or its SMILES.")
    verdict: Verdict = Field(description="What is said of it.")
    reason: Reason | None = Field(default=None, description="Why, from the list; a rejection needs this or a comment.")
    comment: str = Field(default="", max_length=LONGEST, description="Why, in the reviewer's own words.")
    reviewer: str = REVIEWER


class WithdrawRequest(Model):
    """Taking back what one has said."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{}, {"comment": "the wrong compound"}]})

    comment: str = Field(default="", max_length=LONGEST, description="Why.")
    reviewer: str = REVIEWER


class DecisionsView(Model):
    """How the candidates of a run stand."""

    run_id: str = Field(description="The run.")
    candidates: list[CandidateReview] = Field(description="By rank; then others of which somebody said something.")
    counts: dict[Agreement, int] = Field(description="Number of the run's candidates of each standing.")
    history: list[FeedbackEntry] = Field(description="All that was ever said, the oldest first, what was taken back among it.")


class MeasurementRequest(Model):
    """A value that was measured of a candidate."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"candidate": "1", "property": "melting_point", "value": "388 ± 2", "unit": "K", "measured_on": "2026-11-30"},
                {"candidate": "2", "property": "flash point", "value": "> 110 °C", "conditions": "closed cup", "measured_by": "ada"},
            ]
        },
    )

    candidate: str = Field(min_length=1, max_length=2000, description="Its rank, its key or the beginning of one, or its SMILES.")
    property: str = Field(min_length=1, max_length=100, description="The property: its name or another word for it.")
    value: str = Field(min_length=1, max_length=200, description="A number, '< 388', '120-124', '3.1 ± 0.2'; the unit may follow.")
    unit: str = Field(default="", max_length=40, description="Its unit; converted to that of the property, or refused.")
    qualifier: str = Field(default="", max_length=20, description="'<', '>' or '~', for a value that does not say it.")
    spread: str = Field(default="", max_length=40, description="What stands behind ±, in the unit of the value.")
    solvent: str = Field(default="", max_length=500, description="For an absorption: name or SMILES of the solvent, film or gas.")
    conditions: str = Field(default="", max_length=LONGEST, description="Under which conditions it was measured.")
    note: str = Field(default="", max_length=LONGEST, description="What else is to be said.")
    measured_by: str = Field(default="", max_length=LONGEST_NAME, description="Who measured it.")
    measured_on: str = Field(default="", max_length=10, description="On which day, YYYY-MM-DD.")
    reviewer: str = REVIEWER

    def given(self) -> GivenValue:
        """The value as the services take it."""
        return GivenValue(**self.model_dump(exclude={"candidate", "reviewer"}))


class MeasurementsView(Model):
    """Measured values of a run against its predictions."""

    measurements: list[Compared] = Field(description="The values, the oldest first.")
    coverage: list[Coverage] = Field(description="How the predictions held, by property.")


class MeasurementFile(Model):
    """A file of measured values."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"file": {"name": "lab.csv", "text": "smiles,melting point (°C)\nCO,-97\n"}}]},
    )

    file: FileContent = Field(description="Structures with a column called like a property, or with columns property, value and unit.")
    reviewer: str = REVIEWER


class LeftOut(Model):
    """A row, or a value of one, that is not kept."""

    line: int = Field(description="Its line in the file, from 1.")
    reason: str = Field(description="Why.")


class ReadFileView(Model):
    """What came of a file of measured values."""

    kept: list[str] = Field(description="Ids of the entries.")
    left_out: list[LeftOut] = Field(description="What is not kept, by line.")
    notes: list[str] = Field(description="How the file was read.")

    @classmethod
    def of(cls, read: ReadFile) -> ReadFileView:
        """The same as a document."""
        return cls(kept=read.kept, left_out=[LeftOut(line=n, reason=r) for n, r in read.left_out], notes=read.notes)


class MeasuredSomewhere(Model):
    """A measured value in its run."""

    run_id: str = Field(description="The run.")
    id: str = Field(description="Id of the entry.")
    key: str = Field(description="Key of the candidate.")
    measured: MeasuredValue = Field(description="The value.")
    author: str = Field(description="Who entered it.")
    at: str = Field(description="When, ISO 8601 UTC.")


class MeasuredPage(Model):
    """Some of the measured values of all runs, the oldest first."""

    measurements: list[MeasuredSomewhere] = Field(description="The values.")
    total: int = Field(ge=0, description="Number of all that fit.")
    next: str | None = Field(description="Address of the next page; null on the last.")


class NextRoundRequest(RunSettings):
    """A run that is to be started from the decisions on another one."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"approve": True, "budget": 300}]})

    spec: GivenSpec | None = Field(default=None, description="The spec to run instead of that which the plan has.")
    resemble: StrictBool = Field(default=True, description="Whether its candidates have to resemble one that was accepted.")
