"""*Ask your papers*: a question is answered beside the request and kept at an address, with those that it follows."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from app.services.entry import Services
from app.web.door import Door
from app.web.pages.edits import text_of
from app.web.pages.goal import Form
from app.web.pages.literature import NARROWING, accepted_by, narrowing
from app.web.problems import status_of
from app.web.rendering import page
from core.errors import MolwrightError

router = APIRouter(prefix="/literature/questions")


@router.get("")
def _new_question(request: Request, door: Door) -> Response:
    """An empty form, and what was asked lately."""
    return _form_page(request, door, request.query_params.get("q", "")[:1000], narrowing(request))


def _form_page(request: Request, door: Services, asked: str, fields: dict[str, str], fault: str = "", status: int = 200) -> Response:
    values = {"facets": door.paper_keeping.facets(), "recent": door.questions.recent(), "stats": door.paper_keeping.stats()}
    return page(request, "ask.html.j2", status=status, question=asked, fields=fields, fault=fault, **values)


@router.post("")
def _ask_papers(request: Request, form: Form, door: Door) -> Response:
    """Begin to answer; on to the address of the answer, or back to the form where something is in the way."""
    asked, fields = text_of(form, "question"), {name: text_of(form, name) for name in NARROWING}
    follows, model = text_of(form, "follows"), text_of(form, "extracts") != "yes"
    try:
        accepted = accepted_by(fields)
        if follows:  # a further question looks where the first one did
            accepted = door.questions.accepted(follows)
        run_id = door.paper_talks.begin(asked, accepted=accepted, model=model, follows=follows)
    except MolwrightError as error:
        if follows:
            return _shown(request, door, follows, str(error), asked, status_of(error))
        return _form_page(request, door, asked, fields, str(error), status_of(error))
    return RedirectResponse(f"/literature/questions/{run_id}#last", 303)


@router.get("/{question_id}")
def _show_question(request: Request, question_id: str, door: Door) -> Response:
    """A question with its answer and those before it; for a page that waits the conversation alone."""
    return _shown(request, door, question_id)


def _shown(request: Request, door: Services, run_id: str, fault: str = "", asked: str = "", status: int = 200) -> Response:
    talk = door.paper_talks.talk(run_id)
    template = "answers.html.j2" if request.headers.get("hx-request") == "true" else "question.html.j2"
    accepted = door.questions.accepted(talk.last.run_id)
    return page(request, template, status=status, talk=talk, accepted=accepted, fault=fault, question=asked)
