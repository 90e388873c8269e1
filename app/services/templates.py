"""Specs that are kept under a name, to be used again: one file each in the home folder."""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from core.errors import NotFoundError, SpecError, StoreError, UsageError
from core.model import content_hash
from core.settings import Settings
from core.spec import DesignSpec
from core.spec_file import read_spec_text

#: What an id looks like; nothing else is ever made into a file name.
_ID = re.compile(r"[a-z0-9-]{1,60}")
MOST_NAME = 100


@dataclass(frozen=True)
class Template:
    """A spec with its name.

    Attributes:
        template_id: under which it is found; the same name and spec have the same.
        name: what it is called.
        saved_at: when, ISO 8601 UTC.
        spec: the spec.
    """

    template_id: str
    name: str
    saved_at: str
    spec: DesignSpec


class TemplateService:
    """Keeps specs under names. Each account (``person``) has its own; those of this machine (no account) are another set."""

    def __init__(self, settings: Settings, *, clock: Callable[[], datetime], person: str = "") -> None:
        self._folder = settings.home / "templates" / person if person else settings.home / "templates"
        self._clock = clock

    def save(self, name: str, spec: DesignSpec) -> Template:
        """Keep ``spec`` as ``name``. The same once more changes nothing. UsageError for a name that is empty or too long, StoreError."""
        name = " ".join(name.split())
        if not name or len(name) > MOST_NAME:
            raise UsageError(f"a template needs a name of at most {MOST_NAME} characters")
        slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40].strip("-") or "spec"
        template_id = f"{slug}-{content_hash([name, spec.model_dump(mode='json')])[:10]}"
        made = Template(template_id, name, self._clock().isoformat(), spec)
        path = self._path(template_id)
        if path.is_file():
            return self.find(template_id)
        data = {"name": made.name, "saved_at": made.saved_at, "spec": spec.model_dump(mode="json")}
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=self._folder, suffix=".part", delete=False) as file:
                json.dump(data, file, ensure_ascii=False)
            os.replace(file.name, path)
        except OSError as error:
            raise StoreError(f"the template could not be kept in {self._folder}: {error.strerror or error}") from error
        return made

    def find(self, template_id: str) -> Template:
        """The template with this id. NotFoundError if there is none; SpecError if its file is damaged or of a later version."""
        path = self._path(template_id)
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
            name, saved_at, spec = str(data["name"]), str(data["saved_at"]), json.dumps(data["spec"])
        except FileNotFoundError:
            raise NotFoundError(f"there is no template {template_id!r}") from None
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise SpecError(f"the template {template_id} cannot be read: {error}") from error
        return Template(template_id, name, saved_at, read_spec_text(spec, f"the template {template_id}"))

    def all(self) -> list[Template]:
        """Every template that can be read, newest first; [] for none."""
        found = []
        for path in sorted(self._folder.glob("*.json")):
            try:
                found.append(self.find(path.stem))
            except (SpecError, NotFoundError):
                continue
        return sorted(found, key=lambda t: (t.saved_at, t.template_id), reverse=True)

    def delete(self, template_id: str) -> None:
        """Remove a template. NotFoundError if there is none."""
        try:
            self._path(template_id).unlink()
        except FileNotFoundError:
            raise NotFoundError(f"there is no template {template_id!r}") from None

    def _path(self, template_id: str) -> Path:
        if not _ID.fullmatch(template_id):
            raise NotFoundError(f"there is no template {template_id[:60]!r}")
        return self._folder / f"{template_id}.json"
