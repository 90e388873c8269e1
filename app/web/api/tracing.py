"""What happened in a run: its trace, its timeline, the lives of its structures, replays, forks, the difference to another run."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse

from app.web.api.runs import Limit, Offset, document_of, next_page
from app.web.door import Door
from app.web.trace_views import EventDocument, ForkRequest, ReplayPage, wanted_events
from app.web.views import RunDocument, TracePage
from core.life import CandidateLife, Whereabouts
from core.replays import ReplayJob
from core.run_difference import RunDifference
from core.timeline import Timeline
from core.trace import EventKind

router = APIRouter(prefix="/runs/{run_id}", tags=["trace"])
JSON_LINES = "application/jsonl"


@router.get("/trace")
def _show_trace(
    run_id: str,
    door: Door,
    request: Request,
    kind: Annotated[EventKind | None, Query(description="Only events of this kind.")] = None,
    node: Annotated[str, Query(max_length=60, description="Only events of this node.")] = "",
    generation: Annotated[int | None, Query(ge=0, le=1_000_000, description="Only events of this generation.")] = None,
    text: Annotated[str, Query(max_length=200, description="Only events with these words in what was asked or what came.")] = "",
    limit: Limit = 50,
    offset: Offset = 0,
) -> TracePage:
    """What happened in the run, in order: the record that a replay repeats."""
    found, total = door.tracing.events(run_id, wanted_events(kind or "", node, generation, text), limit, offset)
    return TracePage(events=[line.event for line in found], total=total, next=next_page(request, limit, offset, total))


@router.get(
    "/trace.jsonl",
    response_class=StreamingResponse,
    responses={200: {"description": "One event a line, in order.", "content": {JSON_LINES: {}}}},
)
def _export_trace(run_id: str, door: Door) -> StreamingResponse:
    """The whole trace as a file: one event a line as JSON."""
    return trace_file(door.tracing.lines(run_id), door.runs().find(run_id).run_id)


def trace_file(lines: object, run_id: str) -> StreamingResponse:
    """The lines of a trace as a file to be saved."""
    name = f'attachment; filename="molwright-{run_id}-trace.jsonl"'
    return StreamingResponse(lines, media_type=JSON_LINES, headers={"content-disposition": name})  # type: ignore[arg-type]


@router.get("/trace/{number}")
def _show_event(run_id: str, number: int, door: Door) -> EventDocument:
    """One event by its number, with all that it holds, what it cost, and its neighbours."""
    return EventDocument.of_event(door.tracing.event(run_id, number))


@router.get("/timeline")
def _show_timeline(run_id: str, door: Door) -> Timeline:
    """The run in the order of time: its steps with their true seconds, tokens and, where a price is known, money."""
    return door.tracing.timeline(run_id)


@router.get("/candidates/{key}/life")
def _show_life(run_id: str, key: str, door: Door) -> CandidateLife:
    """One candidate from its proposal to its place, or to where it was lost and why."""
    return door.tracing.life(run_id, key)


@router.get("/whereabouts")
def _find_structure(
    run_id: str,
    door: Door,
    structure: Annotated[str, Query(min_length=1, max_length=1000, description="A SMILES, a common name, a candidate's key or its rank.")],
) -> Whereabouts:
    """Where a structure is in the run, and why it is not among the candidates where it is not."""
    return door.tracing.whereabouts(run_id, structure)


@router.get("/difference")
def _show_difference(
    run_id: str, door: Door, to: Annotated[str, Query(min_length=1, max_length=64, description="The run that is compared with it.")]
) -> RunDifference:
    """How another run differs from this one: what was asked for, what is listed, where their records part."""
    return door.tracing.difference(run_id, to)


@router.post("/replays", status_code=202)
def _ask_replay(run_id: str, door: Door, request: Request, response: Response) -> ReplayJob:
    """Ask for a replay; a worker executes it. The one under way, if the run has one."""
    job = door.replays.ask(run_id)
    response.headers["location"] = f"{request.url.path}/{job.replay_id}"
    return job


@router.get("/replays")
def _list_replays(run_id: str, door: Door) -> ReplayPage:
    """The replays of the run with their verdicts, newest first."""
    return ReplayPage(replays=door.replays.of_run(run_id))


@router.get("/replays/{replay_id}")
def _show_replay(run_id: str, replay_id: str, door: Door) -> ReplayJob:
    """One replay; its verdict once a worker has executed it."""
    return door.replays.find(run_id, replay_id)


@router.post("/fork", status_code=201)
def _fork_run(run_id: str, given: ForkRequest, door: Door, request: Request, response: Response) -> RunDocument:
    """A new run that repeats this one up to an event and then goes on by itself, with something changed; a worker executes it."""
    new_id = door.runs().fork(run_id, given.from_event, given.changes(), without=given.without, queued=True)
    response.headers["location"] = request.url.path.replace(f"/{run_id}/fork", f"/{new_id}")
    return document_of(door, new_id)
