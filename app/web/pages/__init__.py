"""The pages: New goal, Saved specifications, Run, Report, Compare, Review, Trace, Runs, Share, Structures, Libraries, Lists, Models, Fleet, Literature, Evaluations,
Sign in, My account, Admin."""

from fastapi import APIRouter


def router() -> APIRouter:
    """Every page."""
    from app.web.pages import (
        access,
        additions,
        admin,
        asking,
        compare,
        computations,
        differences,
        evaluations,
        fleet,
        goal,
        libraries,
        lists,
        literature,
        lives,
        me,
        models,
        questions,
        report,
        review,
        run,
        runs,
        saved,
        signing,
        structures,
        trace,
    )

    whole = APIRouter(include_in_schema=False)
    for part in (
        *(
            signing,
            me,
            admin,
            access,
            goal,
            saved,
            runs,
            computations,
            structures,
            libraries,
            lists,
            models,
            fleet,
            asking,
            compare,
            review,
            literature,
            questions,
            additions,
        ),
        *(lives, trace, differences, evaluations, report, run),
    ):
        whole.include_router(part.router)
    return whole
