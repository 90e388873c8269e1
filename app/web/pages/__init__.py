"""The pages: New goal, Saved specifications, Run, Report, Compare, Trace, Runs, Literature, Evaluations."""

from fastapi import APIRouter


def router() -> APIRouter:
    """Every page."""
    from app.web.pages import (
        additions,
        asking,
        compare,
        differences,
        evaluations,
        goal,
        literature,
        lives,
        questions,
        report,
        run,
        runs,
        saved,
        trace,
    )

    whole = APIRouter(include_in_schema=False)
    for part in (goal, saved, runs, asking, compare, literature, questions, additions, lives, trace, differences, evaluations, report, run):
        whole.include_router(part.router)
    return whole
