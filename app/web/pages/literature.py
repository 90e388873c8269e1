"""*Literature*: the team's papers searched, a passage and a paper each at an address of its own, the list of papers, and their removal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from app.services.entry import Services
from app.services.paper_keeping import substances
from app.web.door import Door
from app.web.pages.goal import Form
from app.web.problems import status_of
from app.web.rendering import page
from app.web.turning import turning
from core.errors import MolwrightError, UsageError
from core.passages import PassageFilter

router = APIRouter(prefix="/literature")

#: Passages on one page, the most that are shown, and papers on one page.
PASSAGES, MOST, PAPERS = 10, 50, 25
#: The fields that narrow a search, with how long each may be.
NARROWING, LONGEST = ("since", "until", "source", "section", "collection", "doi"), 200
#: Numbers and substances of a paper that are shown at first.
SHOWN = 60


@router.get("")
def _search_papers(
    request: Request,
    door: Door,
    asked: Annotated[str, Query(max_length=1000, alias="q")] = "",
    step_back: Annotated[str, Query(max_length=5)] = "",
    limit: Annotated[int, Query(ge=1, le=MOST)] = PASSAGES,
) -> Response:
    """The passages that answer a question best; for htmx these alone."""
    fields, found, fault, status = narrowing(request), None, "", 200
    try:
        if asked.strip():
            found = door.papers.find([asked], accepted=accepted_by(fields), limit=limit, step_back=step_back == "yes")
    except MolwrightError as error:
        fault, status = str(error), status_of(error)
    given = {"q": asked, "step_back": step_back, **fields}
    more = min(2 * limit, MOST)
    further = "/literature?" + urlencode({**{k: v for k, v in given.items() if v}, "limit": more}) if more > limit else ""
    further = further if found and len(found.answers) == limit else ""
    values: dict[str, Any] = {"asked": given, "found": found, "fault": fault, "further": further, "pieces": _pieces}
    if request.headers.get("hx-request") == "true":
        return page(request, "passages.html.j2", **values)
    return page(request, "literature.html.j2", status=status, **values, **_choices(door))


def narrowing(request: Request) -> dict[str, str]:
    """The fields of a request that narrow a search, as they were filled in; '' for an empty one."""
    return {name: request.query_params.get(name, "").strip()[:LONGEST] for name in NARROWING}


def accepted_by(fields: dict[str, str]) -> PassageFilter:
    """What these fields let through. UsageError for a year that is none."""
    years = {name: _year(fields[name]) for name in ("since", "until")}
    one = {f"{name}s": (fields[name],) if fields[name] else () for name in ("source", "section", "collection")}
    return PassageFilter(**years, **one, dois=(fields["doi"].lower(),) if fields["doi"] else ())  # type: ignore[arg-type]


def _year(text: str) -> int | None:
    if not text:
        return None
    if not text.isdigit() or len(text) != 4:
        raise UsageError(f"a year has four digits, not {text[:20]!r}")
    return int(text)


def _choices(door: Services) -> dict[str, Any]:
    """What a search can be narrowed to, and what is stored."""
    return {"facets": door.paper_keeping.facets(), "stats": door.paper_keeping.stats()}


def _pieces(text: str, marks: Sequence[tuple[int, int]]) -> list[tuple[str, bool]]:
    """``text`` in pieces, each with whether it is marked."""
    pieces, at = [], 0
    for start, end in marks:
        pieces += [(text[at:start], False), (text[start:end], True)]
        at = end
    return [piece for piece in [*pieces, (text[at:], False)] if piece[0]]


@router.get("/passages/{passage_id}")
def _show_passage(request: Request, passage_id: str, door: Door) -> Response:
    """A passage with its paper, the substances and the numbers in it, and its neighbours."""
    view = door.paper_keeping.passage(passage_id)
    marks = sorted({(m.start - view.passage.start, m.end - view.passage.start) for m in view.mentions if m.end <= view.passage.end})
    apart = [m for n, m in enumerate(marks) if n == 0 or marks[n - 1][1] <= m[0]]
    values: dict[str, Any] = {"view": view, "pieces": _pieces(view.passage.text, apart), "named": substances(view.mentions)}
    return page(request, "passage.html.j2", d=view.stored.document, **values)


@router.get("/papers")
def _list_papers(
    request: Request,
    door: Door,
    words: Annotated[str, Query(max_length=200)] = "",
    collection: Annotated[str, Query(max_length=100)] = "",
    retracted: Annotated[str, Query(max_length=5)] = "",
    number: Annotated[int, Query(ge=1, le=1_000_000, alias="page")] = 1,
) -> Response:
    """The papers that fit, newest first, what is stored in all, and what could not be added."""
    asked = {"words": words.strip(), "collection": collection, "retracted": retracted}
    only = True if retracted == "yes" else None
    found, total = door.paper_keeping.listed(words, collection=collection, retracted=only, limit=PAPERS, offset=(number - 1) * PAPERS)
    given = {name: value for name, value in asked.items() if value}
    turned = turning("/literature/papers", given, number, total, PAPERS)
    values: dict[str, Any] = {"papers": found, "total": total, "asked": asked, **turned}
    if request.headers.get("hx-request") == "true":
        return page(request, "papers_list.html.j2", **values)
    return page(request, "papers.html.j2", **values, **_choices(door), failures=door.paper_keeping.failures(50))


@router.get("/papers/{document_id}")
def _show_paper(request: Request, document_id: str, door: Door, whole: Annotated[str, Query(alias="all", max_length=5)] = "") -> Response:
    """All that is known of a paper: its data, passages, the substances that it names and the numbers that it reports."""
    stored = door.paper_keeping.find(document_id)
    if stored.document.document_id != document_id:  # found by its DOI, or by the beginning of its id
        return RedirectResponse(f"/literature/papers/{quote(stored.document.document_id)}", 303)
    passages, mentions, values = door.paper_keeping.parts(document_id)
    named, most = substances(mentions), 10_000 if whole == "yes" else SHOWN
    shown: dict[str, Any] = {"passages": passages, "named": named[:most], "values": values[:most]}
    left = max(len(named), len(values)) > most
    return page(request, "paper.html.j2", stored=stored, d=stored.document, left=left, totals=(len(named), len(values)), **shown)


@router.get("/papers/{document_id}/text")
def _show_text(document_id: str, door: Door) -> Response:
    """All the text of a paper, as plain text."""
    return Response(
        door.paper_keeping.text(door.paper_keeping.find(document_id).document.document_id), media_type="text/plain; charset=utf-8"
    )


@router.get("/papers/{document_id}/delete")
def _ask_before_removing(request: Request, document_id: str, door: Door) -> Response:
    """What would go, and the question whether it shall."""
    stored = door.paper_keeping.find(document_id)
    return page(request, "paper_delete.html.j2", stored=stored, d=stored.document)


@router.post("/papers/{document_id}/delete")
def _remove_paper(document_id: str, form: Form, door: Door) -> Response:
    """Remove a paper with everything that was made of it."""
    door.paper_keeping.remove([door.paper_keeping.find(document_id).document.document_id])
    return RedirectResponse("/literature/papers", 303)
