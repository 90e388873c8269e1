"""*Fleet*: the model servers, what they have loaded, whether they answer, how fast they are."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from app.web.door import Door
from app.web.pages.goal import Form
from app.web.rendering import page

router = APIRouter()


@router.get("/fleet")
def _fleet(request: Request, door: Door) -> Response:
    """The fleet now."""
    return page(request, "fleet.html.j2", fleet=door.fleet.view())


@router.post("/fleet/measure")
def _measure(form: Form, door: Door) -> Response:
    """Measure the servers beside the requests."""
    door.fleet.measure()
    return RedirectResponse("/fleet", 303)
