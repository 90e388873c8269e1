"""What costs seconds to hours, computed for one structure by a worker: begun, followed, cancelled, removed."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from app.web.api.runs import Limit, Offset, next_page
from app.web.door import Door
from app.web.room_views import ComputationPage, ComputationRequest, ComputationView

router = APIRouter(prefix="/structures/computations", tags=["structures"])


@router.post("", status_code=202)
def _start_computation(given: ComputationRequest, door: Door, request: Request, response: Response) -> ComputationView:
    """Let a worker compute what costs seconds to hours (quantum chemistry, a program of one's own) for one structure: what a goal needs, or properties by name."""
    smiles, name = door.profiles.read(given.structure)
    job = door.computations.start(smiles, goal=given.goal, names=given.names, despite_objections=given.accept_unread, title=name)
    response.headers["location"] = f"{request.url.path}/{job.job_id}"
    return ComputationView.of(job)


@router.get("")
def _list_computations(door: Door, request: Request, limit: Limit = 50, offset: Offset = 0) -> ComputationPage:
    """The computations, newest first."""
    found = door.jobs.all("computation")
    shown = [ComputationView.of(job) for job in found[offset : offset + limit]]
    return ComputationPage(computations=shown, total=len(found), next=next_page(request, limit, offset, len(found)))


@router.get("/{job_id}")
def _show_computation(job_id: str, door: Door) -> ComputationView:
    """How a computation stands, and what it came to."""
    return ComputationView.of(door.jobs.find(job_id, "computation"))


@router.post("/{job_id}/cancel", status_code=202)
def _cancel_computation(job_id: str, door: Door) -> ComputationView:
    """End a computation for good."""
    door.jobs.find(job_id, "computation")
    door.jobs.cancel(job_id)
    return ComputationView.of(door.jobs.find(job_id))


@router.delete("/{job_id}", status_code=204)
def _delete_computation(job_id: str, door: Door) -> None:
    """Remove a computation that is over."""
    door.jobs.find(job_id, "computation")
    door.jobs.delete(job_id)
