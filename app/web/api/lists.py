"""Named, dated lists of substances that a team brings, such as the REACH candidate list."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from app.web.door import Door
from app.web.room_views import SubstanceListRequest, SubstanceLists, SubstanceListView

router = APIRouter(prefix="/lists", tags=["lists"])


@router.get("")
def _list_lists(door: Door) -> SubstanceLists:
    """The lists that are kept."""
    return SubstanceLists(lists=[SubstanceListView.of(one) for one in door.own_lists.all()], problems=door.own_lists.problems())


@router.post("", status_code=201)
def _add_list(given: SubstanceListRequest, door: Door, request: Request, response: Response) -> SubstanceListView:
    """Keep a list: goals may ask by it from then on, and every structure is held against it."""
    made = door.own_lists.add_upload(
        given.file.upload(), given.name, given.date, source=given.source, words=given.words, replace=given.replace
    )
    response.headers["location"] = f"{request.url.path}/{made.property}"
    return SubstanceListView.of(made)


@router.get("/{name}")
def _show_list(name: str, door: Door) -> SubstanceListView:
    """A list by its name, a word for it or its property, with the entries that structure does not decide."""
    return SubstanceListView.of(door.own_lists.find(name))


@router.delete("/{name}", status_code=204)
def _remove_list(name: str, door: Door) -> None:
    """Forget a list, for good: runs that used it no longer replay."""
    door.own_lists.remove(name)
