"""Evaluated structures found again, in all runs."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request

from app.services.finding import HITS, How, Wanted
from app.web.door import Door
from app.web.views import FoundPage, FoundStructure
from core.interfaces import RunFilter
from core.report import RunStatus

router = APIRouter()


@router.get("/structures", tags=["structures"])
def _find_structures(
    door: Door,
    request: Request,
    structure: Annotated[str, Query(max_length=1000, description="SMILES, or SMARTS for a part.")] = "",
    how: Annotated[How, Query(description="Whether it is to be contained or resembled.")] = "substructure",
    least: Annotated[float, Query(ge=0, le=1, description="Least Tanimoto similarity (Morgan fingerprints, radius 2).")] = 0.5,
    property: Annotated[str, Query(max_length=100, description="Registered name of a property with numbers.")] = "",
    low: Annotated[float | None, Query(description="Its value is at least this, in its unit.")] = None,
    high: Annotated[float | None, Query(description="Its value is at most this.")] = None,
    kept: Annotated[bool, Query(description="Only what met every requirement of its run.")] = False,
    text: Annotated[str, Query(max_length=1000, description="Only runs with this in their goal, or whose id begins so.")] = "",
    status: Annotated[list[RunStatus] | None, Query(description="Only runs with one of these.")] = None,
    since: Annotated[str, Query(max_length=40, description="Only runs created at this moment or later, ISO 8601 UTC.")] = "",
    until: Annotated[str, Query(max_length=40, description="Only runs created before this moment.")] = "",
    user: Annotated[str, Query(max_length=200, description="A part of the name of who started its run.")] = "",
    after: Annotated[str, Query(max_length=120, description="Where an earlier answer stopped.")] = "",
    limit: Annotated[int, Query(ge=1, le=HITS, description="How many hits to give at most.")] = 50,
) -> FoundPage:
    """Structures of all runs that contain a part, resemble one, or have a property in a range; about 200,000 are looked at, `next` looks on."""
    runs = RunFilter(text, tuple(status or ()), since, until, user=user.strip())
    found = door.finding.find(Wanted(structure, how, least, property, low, high, kept), runs, after, limit)
    further = request.url.include_query_params(after=found.after)
    return FoundPage(
        hits=[FoundStructure(run_id=h.run.run_id, goal=h.run.goal, similarity=h.similarity, candidate=h.candidate) for h in found.hits],
        found=found.found,
        looked=found.looked,
        runs=found.runs,
        next=f"{further.path}?{further.query}" if found.after else None,
    )
