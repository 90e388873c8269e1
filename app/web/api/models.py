"""The predictors: those that ship and a team's own, and the training of these."""

from __future__ import annotations

import json
from typing import Any

from fastapi import APIRouter, Request, Response

from app.services.trainings import OwnProperty
from app.web.api.runs import Limit, Offset, next_page
from app.web.door import Door
from app.web.room_views import ModelList, TrainingPage, TrainingRequest, TrainingView

router = APIRouter(prefix="/models", tags=["models"])


@router.get("")
def _list_models(door: Door) -> ModelList:
    """Every predictor with the head of its card, and which language model each reasoning role asks."""
    models, problems = door.models.list()
    language_models, fault = door.models.language_models()
    return ModelList(models=models, problems=problems, language_models=language_models, fault=fault)


@router.get("/trainings")
def _list_trainings(door: Door, request: Request, limit: Limit = 50, offset: Offset = 0) -> TrainingPage:
    """The trainings, newest first."""
    found = door.jobs.all("training")
    shown = [TrainingView.of(job) for job in found[offset : offset + limit]]
    return TrainingPage(trainings=shown, total=len(found), next=next_page(request, limit, offset, len(found)))


@router.post("/trainings", status_code=202)
def _start_training(given: TrainingRequest, door: Door, request: Request, response: Response) -> TrainingView:
    """Read a table of measurements for a model of one's own. It waits for a person's yes; with `confirm` a worker trains it."""
    wanted = OwnProperty(**given.model_dump(exclude={"table", "confirm"}))
    job = door.trainings.prepare(given.table.upload(), wanted, confirmed=given.confirm)
    response.headers["location"] = f"{request.url.path}/{job.job_id}"
    return TrainingView.of(job)


@router.get("/trainings/{job_id}")
def _show_training(job_id: str, door: Door) -> TrainingView:
    """How a training stands."""
    return TrainingView.of(door.jobs.find(job_id, "training"))


@router.post("/trainings/{job_id}/confirm", status_code=202)
def _confirm_training(job_id: str, door: Door) -> TrainingView:
    """Confirm a training: a worker trains the model."""
    door.jobs.find(job_id, "training")
    door.jobs.approve(job_id)
    return TrainingView.of(door.jobs.find(job_id))


@router.post("/trainings/{job_id}/cancel", status_code=202)
def _cancel_training(job_id: str, door: Door) -> TrainingView:
    """End a training; a model of that name stays as it was."""
    door.jobs.find(job_id, "training")
    door.jobs.cancel(job_id)
    return TrainingView.of(door.jobs.find(job_id))


@router.delete("/trainings/{job_id}", status_code=204)
def _delete_training(job_id: str, door: Door) -> None:
    """Remove what is kept of a training, its table too; the model stays."""
    door.jobs.find(job_id, "training")
    door.jobs.delete(job_id)


@router.get("/{model}")
def _show_model(model: str, door: Door) -> dict[str, Any]:
    """The whole card of a predictor."""
    card: dict[str, Any] = json.loads(door.models.card(model, "json"))
    return card


@router.delete("/{model}", status_code=204)
def _delete_model(model: str, door: Door) -> None:
    """Remove an own model, for good: runs that used it no longer replay. One that ships stays."""
    door.models.remove(model)
