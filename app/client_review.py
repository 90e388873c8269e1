"""The part of the typed client (:mod:`app.client`) for reviews: decisions, measured values, next rounds."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from pydantic import Field

from app.client_calls import Calls
from app.client_documents import Document, Page, Run
from core.review import CandidateReview, Compared, Coverage, FeedbackEntry, MeasuredValue
from core.rounds import NextRound
from core.spec import DesignSpec


class Decisions(Document):
    """How the candidates of a run stand."""

    run_id: str = Field(description="The run.")
    candidates: list[CandidateReview] = Field(description="By rank; then others of which somebody said something.")
    counts: dict[str, int] = Field(description="Number of the run's candidates of each standing.")
    history: list[FeedbackEntry] = Field(description="All that was ever said, the oldest first.")


class Measurements(Document):
    """Measured values of a run against its predictions."""

    measurements: list[Compared] = Field(description="The values, the oldest first.")
    coverage: list[Coverage] = Field(description="How the predictions held, by property.")


class LeftOut(Document):
    """A row, or a value of one, that is not kept."""

    line: int = Field(description="Its line in the file, from 1.")
    reason: str = Field(description="Why.")


class ReadFile(Document):
    """What came of a file of measured values."""

    kept: list[str] = Field(description="Ids of the entries.")
    left_out: list[LeftOut] = Field(description="What is not kept, by line.")
    notes: list[str] = Field(description="How the file was read.")


class MeasuredSomewhere(Document):
    """A measured value in its run."""

    run_id: str = Field(description="The run.")
    id: str = Field(description="Id of the entry.")
    key: str = Field(description="Key of the candidate.")
    measured: MeasuredValue = Field(description="The value.")
    author: str = Field(description="Who entered it.")
    at: str = Field(description="When, ISO 8601 UTC.")


class MeasuredPage(Page):
    """Some of the measured values of all runs."""

    measurements: list[MeasuredSomewhere] = Field(description="The values, the oldest first.")


class ReviewCalls(Calls):
    """What :class:`app.client.Client` asks of reviews; each method raises as those of the client do."""

    def decisions(self, run_id: str, *, standing: str = "") -> Decisions:
        """How each candidate of a run stands; ``standing``: only those that are 'undecided', 'one decision', 'agreed' or 'disputed'."""
        return self._get(Decisions, "GET", f"/runs/{quote(run_id)}/decisions", params={"standing": standing} if standing else {})

    def decide(
        self, run_id: str, candidate: str, verdict: str, *, reason: str | None = None, comment: str = "", reviewer: str = ""
    ) -> CandidateReview:
        """Keep a verdict ('accept', 'reject', 'hold', 'comment') on a candidate, named by rank, key or SMILES; returns how it stands."""
        given = {"candidate": candidate, "verdict": verdict, "reason": reason, "comment": comment, "reviewer": reviewer}
        return self._get(CandidateReview, "POST", f"/runs/{quote(run_id)}/decisions", json=given)

    def withdraw(self, run_id: str, entry_id: str, *, comment: str = "", reviewer: str = "") -> FeedbackEntry:
        """Take back a decision, a remark or a measured value of one's own."""
        given = {"comment": comment, "reviewer": reviewer}
        return self._get(FeedbackEntry, "POST", f"/runs/{quote(run_id)}/decisions/{quote(entry_id)}/withdraw", json=given)

    def measurements(self, run_id: str) -> Measurements:
        """The measured values of a run against its predictions."""
        return self._get(Measurements, "GET", f"/runs/{quote(run_id)}/measurements")

    def measure(self, run_id: str, candidate: str, property_name: str, value: str | float, unit: str = "", **more: str) -> Compared:
        """Keep a measured value; ``more``: qualifier, spread, solvent, conditions, note, measured_by, measured_on, reviewer, as the API takes them."""
        given = {"candidate": candidate, "property": property_name, "value": str(value), "unit": unit, **more}
        return self._get(Compared, "POST", f"/runs/{quote(run_id)}/measurements", json=given)

    def import_measurements(self, run_id: str, content: str, *, name: str = "measurements.csv", reviewer: str = "") -> ReadFile:
        """Keep the measured values of a file, by its ``content``; its ``name`` tells the format."""
        given = {"file": {"name": name, "text": content}, "reviewer": reviewer}
        return self._get(ReadFile, "POST", f"/runs/{quote(run_id)}/measurements/import", json=given)

    def measured(self, property_name: str = "", *, limit: int = 50, offset: int = 0) -> MeasuredPage:
        """The measured values of all runs, the oldest first."""
        asked = {"property": property_name, "limit": limit, "offset": offset}
        return self._get(MeasuredPage, "GET", "/measurements", params=asked)

    def export_measurements(self, property_name: str = "", *, run_id: str = "") -> str:
        """Measured values as CSV; of one property it is a training file for an own model."""
        return self._ask("GET", "/measurements/export", params={"property": property_name, "run": run_id}).text

    def plan_next_round(self, run_id: str, *, resemble: bool = True) -> NextRound:
        """What a next round would be started from, with its spec; nothing is started."""
        return self._get(NextRound, "GET", f"/runs/{quote(run_id)}/next-round", params={"resemble": resemble})

    def next_round(self, run_id: str, spec: DesignSpec | None = None, *, key: str = "", **settings: Any) -> Run:
        """Start the next round. ``spec``: in place of the plan's; ``settings``: resemble, budget, approve, ... as the API takes them."""
        given = {"spec": spec.model_dump(mode="json") if spec else None, **settings}
        headers = {"idempotency-key": key} if key else {}
        return self._get(Run, "POST", f"/runs/{quote(run_id)}/next-round", json=given, headers=headers)
