"""The model servers."""

from __future__ import annotations

from fastapi import APIRouter

from app.web.door import Door
from app.web.room_views import FleetDocument

router = APIRouter(prefix="/fleet", tags=["fleet"])


@router.get("")
def _show_fleet(door: Door) -> FleetDocument:
    """Which servers are configured, what they have loaded, whether they answer, how fast they are. It takes some seconds at most."""
    return FleetDocument.of(door.fleet.view())


@router.post("/measure", status_code=202)
def _measure_fleet(door: Door) -> FleetDocument:
    """Measure how fast each server answers: one short reply each, beside the requests. What was measured stands in the fleet afterwards."""
    door.fleet.measure()
    return FleetDocument.of(door.fleet.view())
