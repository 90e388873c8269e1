"""The API, version 1."""

from fastapi import APIRouter

from app.web.problems import MEDIA_TYPE, Problem

API = "/api/v1"

#: What every operation may answer with beside its own result.
PROBLEMS: dict[int | str, dict[str, object]] = {
    status: {"model": Problem, "description": what, "content": {MEDIA_TYPE: {}}}
    for status, what in (
        (401, "On a server with accounts: the token is missing, or not valid."),
        (403, "Refused by the safety guard, a request from elsewhere, or something that your role may not do."),
        (404, "There is no such thing."),
        (409, "Its status does not allow that, or a person has to look first."),
        (413, "The request is too large."),
        (421, "Not a name of this server."),
        (422, "The goal or an argument cannot be used."),
        (429, "Your quota of runs is used up, or that was too much at once."),
        (500, "A fault."),
        (503, "The database or the papers cannot be used."),
    )
}


def router() -> APIRouter:
    """Every operation of the API."""
    from app.web.api import (
        computations,
        evaluations,
        finding,
        fleet,
        libraries,
        lists,
        literature,
        models,
        people,
        profiles,
        progress,
        reading,
        results,
        review,
        runs,
        screens,
        templates,
        tracing,
    )

    whole = APIRouter(prefix=API, responses=PROBLEMS)
    looking = (reading, templates, screens, libraries, finding, profiles, computations, models, lists, fleet, literature, people)
    for part in (*looking, runs, results, tracing, review, progress, evaluations):
        whole.include_router(part.router)
    return whole
