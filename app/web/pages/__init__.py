"""The pages: New goal, Saved specs, Run, Report, Compare, Runs."""

from fastapi import APIRouter


def router() -> APIRouter:
    """Every page."""
    from app.web.pages import compare, goal, run, runs, saved

    whole = APIRouter(include_in_schema=False)
    for part in (goal, saved, runs, compare, run):
        whole.include_router(part.router)
    return whole
