"""Questions about a candidate: asked on its page, answered beside the request; the conversation stands in the address."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from app.services.entry import Services
from app.web.door import Door
from app.web.pages.edits import text_of
from app.web.pages.goal import Form
from app.web.rendering import page
from core.candidate import Candidate

router = APIRouter()


def asked_about(door: Services, run_id: str, candidate: Candidate, talk_id: str) -> dict[str, Any]:
    """What the template of a conversation shows. NotFoundError for a conversation about something else."""
    talk = door.asking.talk(run_id, candidate, talk_id) if talk_id else None
    return {"run_id": run_id, "talk": talk, "by_model": talk.model if talk else door.asking.model()}


@router.post("/runs/{run_id}/candidates/{key}/ask")
def _ask(run_id: str, key: str, form: Form, door: Door) -> Response:
    """Put the question; the answer appears on the candidate's page."""
    run_id = door.runs().find(run_id).run_id
    candidate = door.runs().candidate(run_id, key)
    talk_id = door.asking.ask(run_id, candidate, text_of(form, "question"), text_of(form, "talk"))
    return RedirectResponse(f"/runs/{run_id}/candidates/{quote(key, safe='')}?{urlencode({'talk': talk_id})}#ask", 303)


@router.get("/runs/{run_id}/candidates/{key}/talk")
def _show_talk(request: Request, run_id: str, key: str, door: Door, talk: Annotated[str, Query(max_length=64)]) -> Response:
    """The conversation alone, for a page that waits for an answer."""
    run_id = door.runs().find(run_id).run_id
    candidate = door.runs().candidate(run_id, key)
    return page(request, "talk.html.j2", c=candidate, **asked_about(door, run_id, candidate, talk))
