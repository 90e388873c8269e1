"""The pages: New goal, Saved specifications, Run, Report, Compare, Runs."""

from fastapi import APIRouter


def router() -> APIRouter:
    """Every page."""
    from app.web.pages import asking, compare, goal, report, run, runs, saved

    whole = APIRouter(include_in_schema=False)
    for part in (goal, saved, runs, asking, compare, report, run):
        whole.include_router(part.router)
    return whole
