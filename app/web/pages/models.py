"""*Models*: the predictors with their cards, own models and their training, and which language model answers for which role."""

from __future__ import annotations

import json

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from app.services.entry import Services
from app.services.trainings import MOST_ROWS, OwnProperty
from app.web.door import Door
from app.web.guard import MAX_BODY
from app.web.pages.edits import text_of, uploads_of
from app.web.pages.goal import Form
from app.web.problems import status_of
from app.web.rendering import page
from core.errors import MolwrightError, UsageError

router = APIRouter()

FIELDS = ("name", "unit", "log", "label", "description", "synonyms", "smiles", "target", "replace")


@router.get("/models")
def _models(request: Request, door: Door) -> Response:
    """Every predictor with the head of its card, own models, trainings, language models by role."""
    return _shown(request, door, dict.fromkeys(FIELDS, ""))


def _shown(request: Request, door: Services, fields: dict[str, str], fault: str = "", status: int = 200) -> Response:
    rows, problems = door.models.list()
    roles, roles_fault = door.models.language_models()
    labels = {p.name: p.label for p in door.workspace.catalogue}
    own = [row for row in rows if row["kind"] == "own"]
    return page(
        request, "models.html.j2", status=status, shipped=[row for row in rows if row["kind"] == "shipped"], own=own, labels=labels,
        problems=problems, roles=roles, roles_fault=roles_fault, trainings=door.jobs.all("training"), fields=fields, fault=fault,
        most=f"{MOST_ROWS:,}", megabytes=MAX_BODY // 1_000_000,
    )  # fmt: skip


@router.post("/models/trainings")
def _start_training(request: Request, form: Form, door: Door) -> Response:
    """Read the table and show what was read; a person then says whether it is trained."""
    fields = {name: text_of(form, name) for name in FIELDS}
    try:
        uploads = uploads_of(form, "table")
        if not uploads:
            raise UsageError("choose a table of measurements first")
        words = tuple(word.strip() for word in fields["synonyms"].split(",") if word.strip())
        texts = {name: fields[name] for name in ("name", "unit", "label", "description", "smiles", "target")}
        wanted = OwnProperty(**texts, log=fields["log"] == "yes", synonyms=words, replace=fields["replace"] == "yes")  # type: ignore[arg-type]
        job = door.trainings.prepare(uploads[0], wanted)
    except MolwrightError as error:
        return _shown(request, door, fields, _in_the_words_of_the_page(str(error)), status_of(error))
    return RedirectResponse(f"/models/trainings/{job.job_id}", 303)


def _in_the_words_of_the_page(text: str) -> str:
    """An error whose advice names options of the command line, with the fields of the form in their place."""
    fields = {"--target": "the field “Column of the values”", "--smiles": "the field “Column of the structures”"}
    for option, field in {**fields, "--replace": "“Train it again”"}.items():
        text = text.replace(option, field)
    return text


@router.get("/models/trainings/{job_id}")
def _show_training(request: Request, job_id: str, door: Door) -> Response:
    """What was read of the table, the question whether it shall be trained, and how that goes."""
    return page(request, "training.html.j2", job=door.jobs.find(job_id, "training"), here=f"/models/trainings/{job_id}")


@router.post("/models/trainings/{job_id}/{what}")
def _change_training(job_id: str, what: str, form: Form, door: Door) -> Response:
    """Confirm, cancel or delete a training."""
    door.jobs.find(job_id, "training")
    does = {"confirm": door.jobs.approve, "cancel": door.jobs.cancel, "delete": door.jobs.delete}
    if what not in does:
        raise UsageError(f"a training cannot be asked to {what[:40]!r}")
    does[what](job_id)
    return RedirectResponse("/models" if what == "delete" else f"/models/trainings/{job_id}", 303)


@router.get("/models/{model}")
def _show_model(request: Request, model: str, door: Door) -> Response:
    """The card of a predictor."""
    card = json.loads(door.models.card(model, "json"))
    catalogue = door.workspace.catalogue
    label = catalogue[model].label if model in catalogue else model
    return page(request, "model.html.j2", card=card, label=label, own=door.models.kind(model) == "own")


@router.get("/models/{model}/remove")
def _ask_before_removing(request: Request, model: str, door: Door) -> Response:
    """What would go, and the question whether it shall."""
    if door.models.kind(model) == "shipped":
        raise UsageError(f"{model} ships with molwright and cannot be removed")
    return page(request, "model_remove.html.j2", name=model)


@router.post("/models/{model}/remove")
def _remove_model(model: str, form: Form, door: Door) -> Response:
    """Remove an own model, for good."""
    door.models.remove(model)
    return RedirectResponse("/models", 303)
