"""Own models trained from a table that came with a request: looked at, confirmed by a person, executed by a worker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app import wiring
from app.services.jobs import HeldJob, Job, JobStore
from app.services.lists import Upload, on_disk, plain_name
from app.services.models import ModelService
from core.errors import UsageError
from core.settings import Settings

#: Most rows of a table, and characters of a text that says something of the property.
MOST_ROWS, LONGEST = 20_000, 300


@dataclass(frozen=True)
class OwnProperty:
    """What a chemist says of the property that is to be learnt; see :meth:`app.services.models.ModelService.train_user_model`."""

    name: str
    unit: str = ""
    log: bool = False
    label: str = ""
    description: str = ""
    synonyms: Sequence[str] = field(default=())
    smiles: str = ""
    target: str = ""
    replace: bool = False


class TrainingService:
    """Queues the training of own models."""

    def __init__(self, settings: Settings, jobs: JobStore, models: ModelService) -> None:
        self._settings, self._jobs, self._models = settings, jobs, models

    def prepare(self, upload: Upload, wanted: OwnProperty, *, confirmed: bool = False, user: str = "") -> Job:
        """Read the table and store the training; it waits for a person's yes unless ``confirmed``.

        UsageError for a name that is taken or a table that cannot be used, StatusError where too many jobs wait.
        """
        texts = (wanted.unit, wanted.label, wanted.description, wanted.smiles, wanted.target, *wanted.synonyms)
        if any(len(text) > LONGEST for text in texts) or len(wanted.synonyms) > 20:
            raise UsageError(f"what is said of a property has at most {LONGEST} characters, and at most 20 other words")
        self._models.check_new(wanted.name, wanted.synonyms, replace=wanted.replace)
        with on_disk(upload) as path:
            seen = self._models.look_at_table(
                path, unit=wanted.unit, log=wanted.log, smiles=wanted.smiles, target=wanted.target, most=MOST_ROWS
            )
        name = plain_name(upload.name)
        asked = {**vars(wanted), "synonyms": list(wanted.synonyms), "file": name, "seen": seen}
        by = user or wiring.user_name(self._settings)
        return self._jobs.create("training", wanted.name, asked, by, {name: upload.content}, waits=not confirmed)

    def work(self, held: HeldJob) -> Mapping[str, Any]:
        """Train the model; a training that was interrupted begins anew. The figures of the model."""
        asked = {name: value for name, value in held.job.asked.items() if name not in ("file", "seen", "name")}
        told: list[str] = []

        def progress(text: str) -> None:
            for folder in (held.folder / "given", self._settings.home):  # where things lie is nobody's business
                text = text.replace(f"{folder}/", "")
            told.append(text)
            held.go_on({"told": told[-50:]}, whole=True)

        data = held.given(str(held.job.asked["file"]))
        made = self._models.train_user_model(str(held.job.asked["name"]), data, **asked, progress=progress)
        left_out = [list(entry) for entry in made.left_out[:100]]
        return {"version": made.card["version"], "left_out": left_out, "left_out_number": len(made.left_out), "told": told[-50:]}
