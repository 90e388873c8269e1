"""Errors as answers: problem+json (RFC 9457) for programs, a page for people, with the exit codes of the command line."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from app.services.problems import kind_of, more_of
from core.errors import (
    ApprovalNeeded,
    GoalError,
    LiteratureError,
    MolwrightError,
    NotAllowedError,
    NotFoundError,
    QuotaError,
    RefusedError,
    RunBusy,
    RunStopped,
    ServingError,
    SignInError,
    StatusError,
    StoreError,
    StructureError,
    UnreadGoal,
    UsageError,
)

log = logging.getLogger(__name__)
MEDIA_TYPE = "application/problem+json"


class Forbidden(MolwrightError):
    """A form that is not from a page of ours."""

    exit_code = 2


class Problem(BaseModel):
    """What went wrong."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(description="Name of the kind of error: urn:molwright:problem:not-found, ...")
    title: str = Field(description="The HTTP status in words.")
    status: int = Field(description="The HTTP status.")
    detail: str = Field(description="What is wrong, for people.")
    exit_code: int = Field(
        description="What the command line returns for the same error: 1 a fault, 2 unusable input, 3 refused, 5 a person has to look."
    )


#: The HTTP status of each error, the most special first.
STATUSES: tuple[tuple[type[MolwrightError], int], ...] = (
    (Forbidden, 403),
    (SignInError, 401),
    (NotAllowedError, 403),
    (QuotaError, 429),
    (NotFoundError, 404),
    (StatusError, 409),
    (GoalError, 422),
    (StructureError, 422),
    (UsageError, 422),
    (RefusedError, 403),
    (ApprovalNeeded, 409),
    (UnreadGoal, 409),
    (RunStopped, 409),
    (RunBusy, 409),
    (StoreError, 503),
    (LiteratureError, 503),
    (MolwrightError, 500),
)


def problem_of(error: MolwrightError) -> Problem:
    """What an answer to the error would say."""
    status = status_of(error)
    return Problem(
        type=f"urn:molwright:problem:{kind_of(error)}",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=str(error),
        exit_code=error.exit_code,
        **more_of(error),
    )


def problem_response(status: int, kind: str, detail: str, *, exit_code: int, **more: Any) -> Response:
    """The answer to an error of this kind; ``more``: further members of the document."""
    problem = Problem(
        type=f"urn:molwright:problem:{kind}", title=HTTPStatus(status).phrase, status=status, detail=detail, exit_code=exit_code, **more
    )
    return JSONResponse(problem.model_dump(mode="json"), status, media_type=MEDIA_TYPE)


def status_of(error: MolwrightError) -> int:
    """The HTTP status that says the same as the error."""
    if isinstance(error, ServingError):
        return error.status
    return next(status for kind, status in STATUSES if isinstance(error, kind))


def install(app: FastAPI) -> None:
    """Answer every error of the API as a problem, and of the pages as a page."""

    def known(request: Request, error: Exception) -> Response:
        assert isinstance(error, MolwrightError)
        return answer(request, status_of(error), kind_of(error), str(error), error.exit_code, **more_of(error))

    def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        faults = [{"at": ".".join(str(p) for p in e["loc"]), "message": e["msg"]} for e in error.errors()]
        detail = "; ".join(f"{f['at']}: {f['message']}" for f in faults)
        return answer(request, 422, "usage", detail, 2, faults=faults)

    def plain(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        kind = HTTPStatus(error.status_code).phrase.lower().replace(" ", "-")
        return answer(request, error.status_code, kind, error.detail, 2)

    def unexpected(request: Request, error: Exception) -> Response:
        log.error("%s %s", request.method, request.url.path, exc_info=error)
        return answer(request, 500, "fault", "something went wrong here; the server's log says what", 1)

    app.add_exception_handler(MolwrightError, known)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, plain)
    app.add_exception_handler(Exception, unexpected)


def answer(request: Request, status: int, kind: str, detail: str, exit_code: int, **more: Any) -> Response:
    """The answer to an error: a problem for a program, a page for a person."""
    if request.url.path.startswith("/api/"):
        return problem_response(status, kind, detail, exit_code=exit_code, **more)
    from app.web.rendering import page

    return page(request, "error.html.j2", status=status, title=HTTPStatus(status).phrase, detail=detail)
