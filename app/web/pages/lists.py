"""*Lists*: named, dated lists of substances that a team brings; added, shown with what structure does not decide, removed."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from app.services.entry import Services
from app.web.door import Door
from app.web.guard import MAX_BODY
from app.web.pages.edits import text_of, uploads_of
from app.web.pages.goal import Form
from app.web.problems import status_of
from app.web.rendering import page
from core.errors import MolwrightError, UsageError

router = APIRouter()

FIELDS = ("name", "date", "source", "words", "replace")


@router.get("/lists")
def _lists(request: Request, door: Door) -> Response:
    """The lists that are kept, and the form for another one."""
    return _shown(request, door, dict.fromkeys(FIELDS, ""))


def _shown(request: Request, door: Services, fields: dict[str, str], fault: str = "", status: int = 200) -> Response:
    kept, problems = door.own_lists.all(), door.own_lists.problems()
    values = {"kept": kept, "problems": problems, "fields": fields, "fault": fault, "megabytes": MAX_BODY // 1_000_000}
    return page(request, "substance_lists.html.j2", status=status, **values)


@router.post("/lists")
def _add_list(request: Request, form: Form, door: Door) -> Response:
    """Keep a list of a file; shown at its address. Back to the form where something is in the way."""
    fields = {name: text_of(form, name) for name in FIELDS}
    try:
        uploads = uploads_of(form, "file")
        if not uploads:
            raise UsageError("choose the file of the list first")
        words = [word.strip() for word in fields["words"].split(",") if word.strip()]
        replace = fields["replace"] == "yes"
        made = door.own_lists.add_upload(uploads[0], fields["name"], fields["date"], source=fields["source"], words=words, replace=replace)
    except MolwrightError as error:
        text = str(error).replace("replace it (--replace)", "tick “replace”")
        return _shown(request, door, fields, text, status_of(error))
    return RedirectResponse(f"/lists/{made.property}", 303)


@router.get("/lists/{name}")
def _show_list(request: Request, name: str, door: Door) -> Response:
    """A list and which of its entries structure does not decide, or only in part."""
    return page(request, "substance_list.html.j2", one=door.own_lists.find(name), asked=False)


@router.get("/lists/{name}/remove")
def _ask_before_removing(request: Request, name: str, door: Door) -> Response:
    """The question whether a list shall go."""
    return page(request, "substance_list.html.j2", one=door.own_lists.find(name), asked=True)


@router.post("/lists/{name}/remove")
def _remove_list(name: str, form: Form, door: Door) -> Response:
    """Forget a list, for good."""
    door.own_lists.remove(name)
    return RedirectResponse("/lists", 303)
