"""Runs: started, found, approved, stopped, gone on with."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Header, Query, Request, Response

from app.services.entry import Services
from app.web.door import Door, beside_options
from app.web.problems import problem_of
from app.web.views import (
    ApprovalRequest,
    BatchAnswer,
    BatchOutcome,
    BatchRequest,
    CopyRequest,
    RunDocument,
    RunPage,
    RunRequest,
    RunView,
)
from core.errors import MolwrightError, StatusError
from core.interfaces import RunFilter
from core.options import given_options
from core.report import RunStatus
from core.spec import with_suggestions

router = APIRouter(prefix="/runs", tags=["runs"])

Archived = Literal["no", "yes", "all"]
#: What each means to the store.
ARCHIVED: dict[str, bool | None] = {"no": False, "yes": True, "all": None}
Limit = Annotated[int, Query(ge=1, le=200, description="How many.")]
Offset = Annotated[int, Query(ge=0, le=10_000_000, description="How many are passed over.")]


def next_page(request: Request, limit: int, offset: int, total: int) -> str | None:
    """The address of the page after this one; None for the last."""
    if offset + limit >= total:
        return None
    url = request.url.include_query_params(limit=limit, offset=offset + limit)
    return f"{url.path}?{url.query}"


def document_of(door: Services, run_id: str) -> RunDocument:
    """A run with its spec, its counts and its place in the queue. NotFoundError."""
    runs = door.runs()
    found = runs.show(run_id)
    waits = found.record.status == "waiting" and found.spec is not None
    return RunDocument(
        **RunView.of(found.record).model_dump(),
        spec=found.spec,
        structures=found.candidates,
        position=runs.position(found.record.run_id),
        objections=list(door.goals.objections(found.spec)) if waits and found.spec else [],
        parent=found.parent,
        rounds=found.rounds,
    )


Key = Annotated[str, Header(max_length=200, description="The same key gives the same run, however often it is sent.")]


def start(door: Services, given: RunRequest, key: str) -> str:
    """Put a run into the queue and return its id. Raises what cannot be used as an error of ours."""
    named = ("candidates", "budget", "seed", "max_similarity", "list_known", "novelty")
    changes = {name: value for name in named if (value := getattr(given, name)) is not None}
    spec = door.goals.check(given.spec.model_copy(update=changes)).model_dump(mode="json") if given.spec else None
    asked = {"yes": given.approve or None, "despite_objections": given.accept_unread or None, "spec": spec}
    options = given_options({k: v for k, v in {**changes, **beside_options(door.lists, given), **asked}.items() if v is not None})
    known = door.lists.uploaded_known(given.known.upload()) if given.known else None
    if given.measured:
        known = door.measurements.as_known(given.spec.conditions.solvent_smiles if given.spec else "", known)
    return door.runs().start(
        given.goal if given.goal.strip() or not given.spec else given.spec.goal,
        options,
        use_models=given.use_models,
        blocks=door.lists.uploaded_blocks(given.blocks.upload(), given.blocks_mode) if given.blocks else None,
        known=known,
        queued=True,
        key=key,
    )


@router.post("", status_code=201)
def _start_run(given: RunRequest, door: Door, response: Response, request: Request, idempotency_key: Key = "") -> RunDocument:
    """Put a run into the queue. With `approve` it runs to its report, unless a rule wants a person to look; otherwise it waits for approval."""
    run_id = start(door, given, idempotency_key)
    response.headers["location"] = f"{request.url.path}/{run_id}"
    return document_of(door, run_id)


@router.post("/batch")
def _start_batch(given: BatchRequest, door: Door, idempotency_key: Key = "") -> BatchAnswer:
    """Put several runs into the queue. What is wrong with one keeps none of the others out: each has its run or its problem, in their order."""
    outcomes = []
    for number, asked in enumerate(given.runs):
        try:
            run_id = start(door, asked, f"{idempotency_key}/{number}" if idempotency_key else "")
            outcomes.append(BatchOutcome(run=document_of(door, run_id)))
        except MolwrightError as error:
            outcomes.append(BatchOutcome(problem=problem_of(error)))
    return BatchAnswer(outcomes=outcomes)


@router.post("/{run_id}/copy", status_code=201)
def _copy_run(run_id: str, given: CopyRequest, door: Door, response: Response, request: Request, idempotency_key: Key = "") -> RunDocument:
    """A new run with the whole spec of another one, perhaps with other settings. Lists of known structures and blocks are not copied."""
    spec = door.runs().show(run_id).spec
    if spec is None:
        raise StatusError(f"run {run_id} has no spec yet, so there is nothing to copy")
    new_id = start(door, RunRequest(spec=spec, **given.model_dump()), idempotency_key)
    response.headers["location"] = request.url.path.replace(f"{run_id}/copy", new_id)
    return document_of(door, new_id)


@router.get("")
def _list_runs(
    door: Door,
    request: Request,
    text: Annotated[str, Query(max_length=1000, description="A part of the goal, or the beginning of the id.")] = "",
    status: Annotated[list[RunStatus] | None, Query(description="Only runs with one of these.")] = None,
    since: Annotated[str, Query(max_length=40, description="Created at this moment or later, ISO 8601 UTC.")] = "",
    until: Annotated[str, Query(max_length=40, description="Created before this moment.")] = "",
    archived: Annotated[Archived, Query(description="Whether runs that somebody put out of sight are among them.")] = "no",
    user: Annotated[str, Query(max_length=200, description="A part of the name of who started them.")] = "",
    limit: Limit = 50,
    offset: Offset = 0,
) -> RunPage:
    """The runs that fit, newest first."""
    wanted = RunFilter(text, tuple(status or ()), since, until, ARCHIVED[archived], user=user.strip())
    found, total = door.runs().search(wanted, limit, offset)
    return RunPage(runs=[RunView.of(r) for r in found], total=total, next=next_page(request, limit, offset, total))


@router.get("/{run_id}")
def _show_run(run_id: str, door: Door) -> RunDocument:
    """One run; the beginning of its id is enough."""
    return document_of(door, run_id)


@router.post("/{run_id}/approve", status_code=202)
def _approve_run(run_id: str, given: ApprovalRequest, door: Door) -> RunDocument:
    """Approve the spec that waits, perhaps edited; a worker goes on with the run."""
    runs = door.runs()
    spec = given.spec
    if given.accept_suggestions:
        spec = with_suggestions(spec or runs.waiting_spec(run_id))
    runs.approve_later(run_id, spec, despite_objections=given.accept_unread)
    return document_of(door, run_id)


@router.post("/{run_id}/reject")
def _reject_run(run_id: str, door: Door) -> RunDocument:
    """End a run that waits for approval: its spec is not what was meant. What it stored is kept."""
    door.runs().reject(run_id)
    return document_of(door, run_id)


@router.delete("/{run_id}", status_code=204)
def _delete_run(run_id: str, door: Door) -> None:
    """Remove a run that is over, for good: specs, structures, report, trace, progress, feedback and seals. Takes the whole id."""
    door.runs().delete(run_id)


@router.post("/{run_id}/archive")
def _archive_run(run_id: str, door: Door) -> RunDocument:
    """Put a run that is over out of sight: lists leave it out unless they are asked for it. Takes the whole id."""
    door.archive.put_away(run_id)
    return document_of(door, run_id)


@router.post("/{run_id}/restore")
def _restore_run(run_id: str, door: Door) -> RunDocument:
    """Put an archived run back among the others. Takes the whole id."""
    door.archive.bring_back(run_id)
    return document_of(door, run_id)


@router.post("/{run_id}/pause", status_code=202)
def _pause_run(run_id: str, door: Door) -> RunDocument:
    """Pause a run: `pausing` until its worker has ended the step under way."""
    door.runs().pause(run_id)
    return document_of(door, run_id)


@router.post("/{run_id}/cancel", status_code=202)
def _cancel_run(run_id: str, door: Door) -> RunDocument:
    """End a run for good; what it stored is kept."""
    door.runs().cancel(run_id)
    return document_of(door, run_id)


@router.post("/{run_id}/resume", status_code=202)
def _resume_run(run_id: str, door: Door) -> RunDocument:
    """Put a paused, failed or abandoned run into the queue."""
    door.runs().resume_later(run_id)
    return document_of(door, run_id)
