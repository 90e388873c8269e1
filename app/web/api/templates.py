"""Specs kept under a name."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from app.services.templates import Template
from app.web.api.runs import Limit, Offset, next_page
from app.web.door import Door
from app.web.views import TemplatePage, TemplateRequest, TemplateView

router = APIRouter(prefix="/templates", tags=["templates"])


def _view(template: Template) -> TemplateView:
    return TemplateView(**vars(template))


@router.get("")
def _list_templates(door: Door, request: Request, limit: Limit = 50, offset: Offset = 0) -> TemplatePage:
    """The saved specs, newest first."""
    found = door.templates.all()
    shown = [_view(t) for t in found[offset : offset + limit]]
    return TemplatePage(templates=shown, total=len(found), next=next_page(request, limit, offset, len(found)))


@router.post("", status_code=201)
def _save_template(given: TemplateRequest, door: Door, response: Response, request: Request) -> TemplateView:
    """Keep a spec under a name, after a check that it can be run. The same name and spec once more are the same template."""
    saved = door.templates.save(given.name, door.goals.check(given.spec), shared=given.shared)
    response.headers["location"] = f"{request.url.path}/{saved.template_id}"
    return _view(saved)


@router.get("/{template_id}")
def _show_template(template_id: str, door: Door) -> TemplateView:
    """One saved spec, to be run with `POST /runs`."""
    return _view(door.templates.find(template_id))


@router.delete("/{template_id}", status_code=204)
def _delete_template(template_id: str, door: Door) -> None:
    """Remove a saved spec; runs that were started from it stay."""
    door.templates.delete(template_id)
