"""The pages: New goal, Saved specifications, Run, Report, Compare, Trace, Runs, Share, Literature, Evaluations, Sign in, My account, Admin."""

from fastapi import APIRouter


def router() -> APIRouter:
    """Every page."""
    from app.web.pages import (
        access,
        additions,
        admin,
        asking,
        compare,
        differences,
        evaluations,
        goal,
        literature,
        lives,
        me,
        questions,
        report,
        run,
        runs,
        saved,
        signing,
        trace,
    )

    whole = APIRouter(include_in_schema=False)
    for part in (
        *(signing, me, admin, access, goal, saved, runs, asking, compare, literature, questions, additions),
        *(lives, trace, differences, evaluations, report, run),
    ):
        whole.include_router(part.router)
    return whole
