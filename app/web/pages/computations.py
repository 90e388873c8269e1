"""What costs seconds to hours, computed for one structure: begun from its page, followed, cancelled, removed."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from app.web.door import Door
from app.web.pages.edits import text_of
from app.web.pages.goal import Form
from app.web.rendering import page
from core.candidate import legend
from core.errors import UsageError

router = APIRouter()


@router.post("/structures/computations")
def _start_computation(form: Form, door: Door) -> Response:
    """Let a worker compute what the goal needs, or what was chosen; shown at an address of its own."""
    goal, names = text_of(form, "goal"), [str(name) for chosen in form.getlist("names") for name in str(chosen).split()]
    if not (goal or names):
        raise UsageError("choose what is to be computed first")
    smiles, name = door.profiles.read(text_of(form, "structure"))
    despite = text_of(form, "accept_unread") == "yes"
    job = door.computations.start(smiles, goal=goal, names=names, despite_objections=despite, title=name)
    return RedirectResponse(f"/structures/computations/{job.job_id}", 303)


@router.get("/structures/computations/{job_id}")
def _show_computation(request: Request, job_id: str, door: Door) -> Response:
    """How a computation stands; once it is over, its values."""
    job, computations = door.jobs.find(job_id, "computation"), door.computations
    found, names = computations.candidate(job), set(computations.names(job))
    lines = [line for line in door.profiles.lines(found) if line.name in names] if found is not None else []
    values: dict[str, Any] = {"job": job, "here": f"/structures/computations/{job_id}", "candidate": found, "lines": lines}
    values |= {"spec": computations.spec(job), "marks": legend(found.properties[line.name] for line in lines) if found is not None else ""}
    return page(request, "computation.html.j2", **values)


@router.post("/structures/computations/{job_id}/cancel")
def _cancel_computation(job_id: str, form: Form, door: Door) -> Response:
    """End a computation."""
    door.jobs.find(job_id, "computation")
    door.jobs.cancel(job_id)
    return RedirectResponse(f"/structures/computations/{job_id}", 303)


@router.post("/structures/computations/{job_id}/delete")
def _delete_computation(job_id: str, form: Form, door: Door) -> Response:
    """Remove a computation that is over."""
    door.jobs.find(job_id, "computation")
    door.jobs.delete(job_id)
    return RedirectResponse("/structures", 303)
