"""Small libraries held against a goal, answered at once; nothing is stored. Large ones are for a worker: ``libraries``."""

from __future__ import annotations

from fastapi import APIRouter

from app.web.door import Door
from app.web.views import ScreenRequest, ScreenView, UnreadRecord
from core.errors import UsageError

router = APIRouter(tags=["screens"])


@router.post("/screens")
def _screen(given: ScreenRequest, door: Door) -> ScreenView:
    """Hold every structure of a library of at most 500 records against a goal or a spec, and rank those that meet it."""
    if bool(given.goal.strip()) == (given.spec is not None):
        raise UsageError("give either a goal or a spec")
    wanted = given.spec or door.goals.interpret(given.goal)  # which the guard reads first
    spec = door.libraries.spec(wanted, given.listed, despite_objections=given.accept_unread)
    found = door.libraries.at_once(given.library.upload(), spec)
    done = found.screened
    return ScreenView(
        report=found.report,
        read=done.read,
        hits=done.hits,
        unreadable=done.unreadable,
        blocked=done.blocked,
        failed=done.failed,
        notes=list(done.notes),
        not_read=[UnreadRecord(line=line, name=name, reason=reason) for line, name, reason in found.unreadable],
    )
