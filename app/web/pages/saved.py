"""*Saved specifications*: named, listed, looked at, used again, each at an address of its own; and the core of a compound, marked atom by atom."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse, Response
from markupsafe import Markup
from starlette.datastructures import FormData

from app.web.door import Door, reading_of
from app.web.guard import checked_form
from app.web.pages.edits import edited, text_of, uploads_of
from app.web.pages.goal import COMPOUND, goal_page, stored_spec
from app.web.problems import status_of
from app.web.rendering import page
from core.errors import MolwrightError, UsageError

router = APIRouter()
Form = Annotated[FormData, Depends(checked_form)]
#: Where on the page the atoms of the compound are: what one came for stands in sight.
ATOMS = "#atoms"


@router.get("/templates")
def _list_templates(request: Request, door: Door) -> Response:
    """Every saved spec, newest first."""
    return page(request, "templates.html.j2", templates=door.templates.all())


@router.post("/templates")
def _save_template(request: Request, form: Form, door: Door) -> Response:
    """Keep the spec of the form, with the changes made in it, under the name given."""
    spec = stored_spec(door, form)
    try:
        spec = door.goals.check(edited(spec, form))
        saved = door.templates.save(text_of(form, "template_name"), spec, shared=text_of(form, "template_shared") == "yes")
    except MolwrightError as error:
        return goal_page(request, door, spec.goal, reading=reading_of(door, spec), fault=str(error), status=status_of(error))
    return RedirectResponse(f"/templates/{saved.template_id}", 303)


@router.get("/templates/{template_id}")
def _use_template(request: Request, template_id: str, door: Door) -> Response:
    """A saved spec as a form: to be changed, approved and run."""
    saved = door.templates.find(template_id)
    return goal_page(request, door, saved.spec.goal, reading=reading_of(door, door.goals.check(saved.spec)), saved=saved)


@router.post("/templates/{template_id}/delete")
def _delete_template(template_id: str, form: Form, door: Door) -> Response:
    """Remove a saved spec."""
    door.templates.delete(template_id)
    return RedirectResponse("/templates", 303)


@router.get("/core")
def _mark_core(
    request: Request,
    door: Door,
    text: Annotated[str, Query(max_length=4000)] = "",
    goal: Annotated[str, Query(max_length=20_000)] = "",
    opened: Annotated[list[int] | None, Query(alias="open", max_length=200)] = None,
    free: Annotated[list[int] | None, Query(max_length=200)] = None,
) -> Response:
    """A compound drawn with a link at each atom; its state is in the address."""
    view, fault, status = None, "", 200

    def address(smiles: str, opens: list[int], frees: list[int]) -> str:
        return "/core?" + urlencode({"text": smiles, "goal": goal, "open": opens, "free": frees}, doseq=True) + ATOMS

    try:
        if text.strip():
            view = door.cores.view(text, opened or [], free or [], address)
    except MolwrightError as error:
        fault, status = str(error), status_of(error)
    use = "/?" + urlencode({"goal": goal, "core": view.core, "compound": view.smiles}) if view and view.core else ""
    if view is not None:
        view = replace(view, svg=Markup(view.svg))  # a drawing of ours, which escapes its texts
    return page(request, "core.html.j2", status=status, view=view, fault=fault, text=text, goal=goal, use=use)


@router.post("/core/begin")
def _begin_core(request: Request, form: Form) -> Response:
    """From the goal's form to the drawing of its core, with the sentence: a page of its own, also where htmx sends the form."""
    goal, text = text_of(form, "goal")[:20_000], (text_of(form, "core") or text_of(form, COMPOUND))[:4000]
    address = "/core?" + urlencode({"text": text, "goal": goal}) + (ATOMS if text else "")
    if request.headers.get("hx-request") == "true":
        return Response(status_code=204, headers={"hx-redirect": address})
    return RedirectResponse(address, 303)


@router.post("/core")
def _draw_core(request: Request, form: Form, door: Door) -> Response:
    """A compound that was typed, pasted as a mol block, or comes as a file: shown at the address of its drawing."""
    goal, text = text_of(form, "goal"), text_of(form, "text")
    try:
        for upload in uploads_of(form, "file"):
            text = door.lists.uploaded_references(upload).smiles[0]
        if not text:
            raise UsageError("give a compound: a SMILES, a mol block, a common name, or a file")
        smiles = door.cores.view(text, [], [], lambda smiles, opens, frees: "")
    except MolwrightError as error:
        return page(request, "core.html.j2", status=status_of(error), view=None, fault=str(error), text=text[:4000], goal=goal, use="")
    marks = {"text": smiles.smiles, "goal": goal, "open": smiles.open}
    return RedirectResponse("/core?" + urlencode(marks, doseq=True) + ATOMS, 303)
