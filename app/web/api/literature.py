"""The team's papers: searched, asked, added, listed, removed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import StreamingResponse
from fastapi.sse import format_sse_event
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from app.client_papers import (
    FoundPassage,
    FoundPassages,
    Mentions,
    PaperAddition,
    PaperConversation,
    PaperDetail,
    PaperNumbers,
    PaperPage,
    PaperPassage,
    PaperStats,
)
from app.services.paper_talks import PaperTalkService
from app.web import paper_views as views
from app.web.api.runs import Limit, Offset, next_page
from app.web.door import Door
from core.passages import PassageFilter

router = APIRouter(prefix="/literature", tags=["literature"])
#: Some names, each not overlong.
Names = list[Annotated[str, Field(max_length=200)]]
#: Seconds between two looks at an answer that is being made.
LOOK = 0.2


def _accepted(
    since: Annotated[int | None, Query(ge=0, le=9999, description="First year of publication.")] = None,
    until: Annotated[int | None, Query(ge=0, le=9999, description="Last year of publication.")] = None,
    source: Annotated[Names | None, Query(max_length=50, description="File or service it came from, letter for letter.")] = None,
    section: Annotated[Names | None, Query(max_length=50, description="Heading of the section, letter for letter.")] = None,
    doi: Annotated[Names | None, Query(max_length=50, description="DOI.")] = None,
    collection: Annotated[Names | None, Query(max_length=50, description="Collection.")] = None,
) -> PassageFilter:
    dois = tuple(name.lower() for name in doi or ())
    return PassageFilter(since, until, tuple(source or ()), tuple(section or ()), dois, tuple(collection or ()))


@router.get("/passages")
def _find_passages(
    door: Door,
    accepted: Annotated[PassageFilter, Depends(_accepted)],
    q: Annotated[
        list[Annotated[str, Field(max_length=1000)]],
        Query(min_length=1, max_length=10, description="What to look for; of several the first counts most."),
    ],
    step_back: Annotated[bool, Query(description="Also ask with the synonyms of chemists' terms.")] = False,
    limit: Annotated[int, Query(ge=1, le=50, description="How many.")] = 10,
) -> FoundPassages:
    """The passages of the papers that answer best, by words and, where there is an embedding model, by vectors."""
    found = door.papers.find(q, accepted=accepted, limit=limit, step_back=step_back)
    given = [
        {**views.passage(a.passage, a.document).model_dump(), "score": a.score, "marks": a.marks, "folded": a.folded} for a in found.answers
    ]
    return FoundPassages(passages=[FoundPassage.model_validate(one) for one in given], remark=found.remark)


@router.get("/passages/{passage_id}")
def _show_passage(passage_id: str, door: Door) -> PaperPassage:
    """One passage."""
    view = door.paper_keeping.passage(passage_id)
    return views.passage(view.passage, view.stored.document)


@router.get("/papers")
def _list_papers(
    door: Door,
    request: Request,
    words: Annotated[str, Query(max_length=200, description="Words of title, journal or DOI.")] = "",
    collection: Annotated[str, Query(max_length=100, description="Only this collection.")] = "",
    retracted: Annotated[bool | None, Query(description="Only retracted ones, or only the others.")] = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> PaperPage:
    """The papers that fit, newest first."""
    found, total = door.paper_keeping.listed(words, collection=collection, retracted=retracted, limit=limit, offset=offset)
    return PaperPage(papers=[views.summary(s) for s in found], total=total, next=next_page(request, limit, offset, total))


@router.post("/papers", status_code=202)
def _add_papers(given: views.PaperAdditionRequest, door: Door, request: Request, response: Response) -> PaperAddition:
    """Begin to add papers; the address in `Location` tells how far they are and what could not be read."""
    addition_id = door.paper_additions.begin([file.upload() for file in given.files], given.collection)
    response.headers["location"] = f"{request.url.path.removesuffix('papers')}additions/{addition_id}"
    return views.addition(door.paper_additions.addition(addition_id))


@router.get("/additions/{addition_id}")
def _show_addition(addition_id: str, door: Door) -> PaperAddition:
    """How far the papers of a request are. It is forgotten when the server ends."""
    return views.addition(door.paper_additions.addition(addition_id))


@router.get("/papers/{document_id}")
def _show_paper(document_id: str, door: Door) -> PaperDetail:
    """All that is known of a paper: its data, passages, substances and reported values."""
    return views.detail(door, door.paper_keeping.find(document_id))


@router.delete("/papers/{document_id}", status_code=204)
def _remove_paper(document_id: str, door: Door) -> None:
    """Remove a paper with everything that was made of it, by its id or DOI."""
    door.paper_keeping.remove([door.paper_keeping.find(document_id).document.document_id])


@router.get("/values")
def _list_values(
    door: Door,
    property: Annotated[str, Query(max_length=100, description="Name of a property.")] = "",
    of: Annotated[str, Query(max_length=1000, description="A substance: a name, SMILES, repeat unit or InChIKey.")] = "",
    approved: Annotated[bool, Query(description="Only those that somebody released for training.")] = False,
    limit: Annotated[int, Query(ge=1, le=1000, description="How many.")] = 200,
) -> PaperNumbers:
    """Numbers that the papers report, each with its sentence."""
    rows = door.paper_keeping.values(property=property, of=of, approved=approved, limit=limit)
    return PaperNumbers(values=[views.number(door, row) for row in rows])


@router.get("/mentions")
def _list_mentions(
    door: Door,
    what: Annotated[str, Query(min_length=1, max_length=1000, description="A name, SMILES, repeat unit or InChIKey; or a group.")],
    motif: Annotated[bool, Query(description="Whether it is a group (by name or SMARTS) that a substance holds.")] = False,
    limit: Annotated[int, Query(ge=1, le=200, description="How many.")] = 50,
) -> Mentions:
    """Passages that name a substance, or any substance that holds a group."""
    return views.mentioned(door.paper_keeping.mentions(what, motif=motif, limit=limit))


@router.post("/questions", status_code=202)
def _ask_papers(given: views.PaperQuestionRequest, door: Door, request: Request, response: Response) -> PaperConversation:
    """Begin to answer a question; the address in `Location` has the answer when it is there."""
    accepted = door.questions.accepted(given.follows) if given.follows else given.accepted()
    run_id = door.paper_talks.begin(given.question, accepted=accepted, limit=given.sentences, model=given.use_models, follows=given.follows)
    response.headers["location"] = f"{request.url.path}/{run_id}"
    return views.conversation(door.paper_talks.talk(run_id))


@router.get("/questions/{question_id}")
def _show_question(question_id: str, door: Door) -> PaperConversation:
    """A question with its answer, and those that it follows."""
    return views.conversation(door.paper_talks.talk(question_id))


@router.get(
    "/questions/{question_id}/stream",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "Events `answer` with what is there of it as JSON (ReplySoFar), each time there is more; `end` with the conversation.",
            "content": {"text/event-stream": {}},
        }
    },
)
async def _stream_answer(question_id: str, door: Door) -> StreamingResponse:
    """An answer while it is made, as server-sent events: how many passages were found, then each sentence as soon as it is checked."""
    talks = door.paper_talks
    await run_in_threadpool(talks.talk, question_id)  # an unknown question is an error, not an empty stream
    return StreamingResponse(_answer_events(talks, question_id), media_type="text/event-stream", headers={"x-accel-buffering": "no"})


async def _answer_events(talks: PaperTalkService, question_id: str) -> AsyncIterator[bytes]:
    before = ""
    while (talk := await run_in_threadpool(talks.talk, question_id)).waiting:
        text = views.so_far(talk.last.so_far).model_dump_json()
        if text != before:
            yield format_sse_event(data_str=text, event="answer")
            before = text
        await asyncio.sleep(LOOK)
    yield format_sse_event(data_str=views.conversation(talk).model_dump_json(), event="end")


@router.get("/stats")
def _paper_stats(door: Door) -> PaperStats:
    """Numbers of what is stored."""
    return views.stats(door.paper_keeping.stats())
