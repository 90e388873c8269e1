"""*Add papers*: files that are uploaded, read beside the request; how far they are and what could not be read stands at an address."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from app.web.door import Door
from app.web.guard import MAX_BODY
from app.web.pages.edits import text_of, uploads_of
from app.web.pages.goal import Form
from app.web.problems import status_of
from app.web.rendering import page
from core.errors import MolwrightError

router = APIRouter(prefix="/literature")
#: Collection of papers for which nobody named another, as on the command line.
USUAL = "papers"


@router.get("/add")
def _choose_papers(request: Request, door: Door) -> Response:
    """A form for files and the collection that they belong to."""
    return page(request, "add_papers.html.j2", facets=door.paper_keeping.facets(), most=MAX_BODY, collection=USUAL, fault="")


@router.post("/add")
def _add_papers(request: Request, form: Form, door: Door) -> Response:
    """Begin to add the files; on to the address that tells how far they are."""
    collection = text_of(form, "collection") or USUAL
    try:
        addition = door.paper_additions.begin(uploads_of(form, "files"), collection)
    except MolwrightError as error:
        facets = door.paper_keeping.facets()
        return page(
            request, "add_papers.html.j2", status=status_of(error), facets=facets, most=MAX_BODY, collection=collection, fault=str(error)
        )
    return RedirectResponse(f"/literature/additions/{addition}", 303)


@router.get("/additions/{addition_id}")
def _show_addition(request: Request, addition_id: str, door: Door) -> Response:
    """How far the files of one request are; for a page that waits the state alone."""
    addition = door.paper_additions.addition(addition_id)
    part = request.headers.get("hx-request") == "true"
    return page(request, "addition_state.html.j2" if part else "addition.html.j2", addition=addition)
