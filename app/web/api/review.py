"""Reviews: decisions on candidates, measured values, and the next round that is started from them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.services.entry import Services
from app.web.acting import acting, noted
from app.web.api.runs import Key, Limit, Offset, document_of, next_page
from app.web.door import Door
from app.web.review_views import (
    DecisionRequest,
    DecisionsView,
    MeasuredPage,
    MeasuredSomewhere,
    MeasurementFile,
    MeasurementRequest,
    MeasurementsView,
    NextRoundRequest,
    ReadFileView,
    WithdrawRequest,
)
from app.web.views import RunDocument
from core.review import Agreement, CandidateReview, Compared, FeedbackEntry
from core.rounds import NextRound

router = APIRouter()
runs = APIRouter(prefix="/runs/{run_id}", tags=["review"])

Word = Annotated[str, Query(alias="property", max_length=100, description="Only values of this property.")]
#: Settings of a run that a next round may have otherwise.
SETTINGS = ("candidates", "budget", "seed", "max_similarity", "list_known", "novelty")


@runs.get("/decisions")
def _list_decisions(
    run_id: str, door: Door, standing: Annotated[Agreement | None, Query(description="Only those that stand so.")] = None
) -> DecisionsView:
    """How each candidate stands: who decided what, whether two agree, what was measured; and all that was ever said."""
    found = door.feedback.review(run_id)
    shown = [c for c in found.candidates if standing in (None, c.agreement)]
    return DecisionsView(run_id=found.run_id, candidates=shown, counts=found.counts(), history=door.feedback.history(run_id))


@runs.post("/decisions", status_code=201)
def _decide(run_id: str, given: DecisionRequest, door: Door, request: Request) -> CandidateReview:
    """Accept, reject or hold a candidate, or say something of it. Of each reviewer the newest decision counts; nothing is overwritten."""
    author = acting(request, door, given.reviewer)
    key = door.feedback.add(run_id, given.candidate, given.verdict, given.comment, author, reason=given.reason or "")
    standing = _standing(door, run_id, key)
    noted(request, given.verdict, standing.rank, run_id)
    return standing


@runs.post("/decisions/{entry_id}/withdraw")
def _withdraw(run_id: str, entry_id: str, given: WithdrawRequest, door: Door, request: Request) -> FeedbackEntry:
    """Take back a decision, a remark or a measured value that one has entered oneself. It stays in the history."""
    return door.feedback.withdraw(run_id, entry_id, acting(request, door, given.reviewer), given.comment)


@runs.get("/measurements")
def _list_measurements(run_id: str, door: Door) -> MeasurementsView:
    """The measured values of a run's candidates beside what it predicted."""
    found, coverage = door.measurements.of_run(run_id)
    return MeasurementsView(measurements=found, coverage=coverage)


@runs.post("/measurements", status_code=201)
def _measure(run_id: str, given: MeasurementRequest, door: Door, request: Request) -> Compared:
    """Keep a value that was measured of a candidate. A unit that does not fit is an error."""
    found = door.measurements.add(run_id, given.candidate, given.given(), acting(request, door, given.reviewer))
    noted(request, f"a measured {given.property.replace('_', ' ')}", _standing(door, run_id, found.key).rank, run_id)
    return found


@runs.post("/measurements/import")
def _import_measurements(run_id: str, given: MeasurementFile, door: Door, request: Request) -> ReadFileView:
    """Keep the measured values of a file, of those structures that the run evaluated. What is not kept is said by line."""
    return ReadFileView.of(door.measurements.read_upload(run_id, given.file.upload(), acting(request, door, given.reviewer)))


@runs.get("/next-round")
def _plan_next_round(
    run_id: str,
    door: Door,
    resemble: Annotated[bool, Query(description="Whether its candidates have to resemble what was accepted.")] = True,
) -> NextRound:
    """What a next round would be started from, with its spec; nothing is started."""
    return door.rounds.plan(run_id, resemble=resemble)


@runs.post("/next-round", status_code=201)
def _start_next_round(
    run_id: str, given: NextRoundRequest, door: Door, request: Request, response: Response, idempotency_key: Key = ""
) -> RunDocument:
    """Put a run into the queue that is near what was accepted, lists nothing of what was reviewed, and knows what was measured."""
    changes = {name: value for name in SETTINGS if (value := getattr(given, name)) is not None}
    new_id = door.rounds.start(
        run_id,
        given.spec,
        resemble=given.resemble,
        changes=changes,
        approve=given.approve,
        accept_unread=given.accept_unread,
        use_models=given.use_models,
        key=idempotency_key,
        author=acting(request, door),
    )
    response.headers["location"] = request.url.path.replace(f"{run_id}/next-round", new_id)
    return document_of(door, new_id)


@router.get("/measurements", tags=["review"])
def _list_all_measurements(door: Door, request: Request, property_name: Word = "", limit: Limit = 50, offset: Offset = 0) -> MeasuredPage:
    """The measured values of all runs, the oldest first."""
    found = door.measurements.everywhere(property_name)
    shown = [
        MeasuredSomewhere(run_id=run, id=e.id, key=e.key, measured=e.measured, author=e.author, at=e.at)
        for run, e in found[offset : offset + limit]
        if e.measured is not None
    ]
    return MeasuredPage(measurements=shown, total=len(found), next=next_page(request, limit, offset, len(found)))


@router.get(
    "/measurements/export",
    tags=["review"],
    response_class=Response,
    responses={200: {"description": "The file.", "content": {"text/csv": {}}}},
)
def _export_measurements(
    door: Door,
    property_name: Word = "",
    run: Annotated[str, Query(max_length=64, description="Only values of this run.")] = "",
) -> Response:
    """Measured values as CSV; of one property it is a training file for an own model."""
    text = door.measurements.table(property_name, run)
    return Response(text, media_type="text/csv; charset=utf-8", headers={"content-disposition": 'attachment; filename="measurements.csv"'})


def _standing(door: Services, run_id: str, key: str) -> CandidateReview:
    """How the candidate stands now."""
    found = door.feedback.review(run_id).of(key)
    assert found is not None  # somebody has just said something of it
    return found


router.include_router(runs)
