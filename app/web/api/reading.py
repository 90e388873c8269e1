"""Goals and specs, single structures: what is answered at once and stores nothing."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from app.services import reports
from app.web.door import Door, beside_options, reading_of
from app.web.views import CheckRequest, GoalRequest, Reading, SpecRequest, StructureRequest
from core.candidate import Candidate
from core.forecast import Forecast
from core.options import RunOptions
from core.spec import EstimationConditions

router = APIRouter()


@router.post("/specs", tags=["specs"])
def _read_goal(given: GoalRequest, door: Door) -> Reading:
    """What a goal means: its spec, the words that were not read with suggestions, and why a person has to look. Contradictions are an error."""
    beside = RunOptions.model_validate(beside_options(door.lists, given))
    return reading_of(door, door.goals.interpret(given.goal, beside))


@router.post("/specs/check", tags=["specs"])
def _check_spec(given: SpecRequest, door: Door) -> Reading:
    """An edited spec, with texts and units filled in. An error names what cannot be run."""
    return reading_of(door, door.goals.check(given.spec))


@router.post("/specs/forecast", tags=["specs"])
def _forecast(given: SpecRequest, door: Door) -> Forecast:
    """How many qualifying candidates a run of a spec may be expected to find, and what relaxing each requirement would bring."""
    return door.forecasts.of(door.goals.check(given.spec))


@router.post("/structures", tags=["structures"])
def _properties(given: StructureRequest, door: Door) -> Candidate:
    """Every property of one structure, with the safety guard's verdict."""
    return reports.with_measured(door.structures.values(given.smiles, EstimationConditions()))


@router.post("/structures/check", tags=["structures"])
def _check_structure(given: CheckRequest, door: Door) -> Candidate:
    """How one structure stands to each requirement of a goal."""
    _, judged = door.structures.check(given.smiles, given.goal, despite_objections=given.accept_unread)
    return reports.with_measured(judged)


@router.get(
    "/structures/drawing",
    tags=["structures"],
    response_class=Response,
    responses={200: {"description": "The drawing.", "content": {"image/svg+xml": {}}}},
)
def _draw_structure(
    smiles: Annotated[
        str,
        Query(
            min_length=1, max_length=2000, description="The structure.", openapi_examples={"paracetamol": {"value": "CC(=O)Nc1ccc(O)cc1"}}
        ),
    ],
    parent: Annotated[str, Query(max_length=2000, description="SMILES of another structure: what differs from it is marked.")] = "",
    core: Annotated[
        str, Query(max_length=2000, description="SMILES of a part that lies in the same place in every drawing that has it.")
    ] = "",
) -> Response:
    """A structure as an SVG document."""
    return Response(reports.drawing(smiles, parent=parent, core=core), media_type="image/svg+xml")
