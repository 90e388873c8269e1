"""The pages: New goal, Run, Report, Runs."""

from fastapi import APIRouter


def router() -> APIRouter:
    """Every page."""
    from app.web.pages import goal, run, runs

    whole = APIRouter(include_in_schema=False)
    for part in (goal, runs, run):
        whole.include_router(part.router)
    return whole
