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

from core.errors import NotAllowedError, NotFoundError, SpecError, StoreError, UsageError
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
        shared_by: who lets everybody with an account use it; '' for nobody: it is one's own.
    """

    template_id: str
    name: str
    saved_at: str
    spec: DesignSpec
    shared_by: str = ""


class TemplateService:
    """Keeps specs under names. Each account (``person``) has its own, and what others share; those of this machine (no account) are another set."""

    def __init__(self, settings: Settings, *, clock: Callable[[], datetime], person: str = "") -> None:
        self._folder = settings.home / "templates" / person if person else settings.home / "templates"
        self._shared = settings.home / "shared-templates" if person else None
        self._person = person
        self._clock = clock

    def save(self, name: str, spec: DesignSpec, *, shared: bool = False) -> Template:
        """Keep ``spec`` as ``name``. The same once more changes nothing. UsageError for a name that is empty or too long, StoreError.

        ``shared``: everybody with an account finds it too; where there are no accounts everybody does in any case.
        """
        name = " ".join(name.split())
        if not name or len(name) > MOST_NAME:
            raise UsageError(f"a template needs a name of at most {MOST_NAME} characters")
        slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40].strip("-") or "spec"
        template_id = f"{slug}-{content_hash([name, spec.model_dump(mode='json')])[:10]}"
        folder = self._shared if shared and self._shared is not None else self._folder
        path = _path(folder, template_id)
        if path.is_file():
            return self.find(template_id)
        by = self._person if folder == self._shared else ""
        made = Template(template_id, name, self._clock().isoformat(), spec, by)
        data = {"name": made.name, "saved_at": made.saved_at, "spec": spec.model_dump(mode="json"), **({"shared_by": by} if by else {})}
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=folder, suffix=".part", delete=False) as file:
                json.dump(data, file, ensure_ascii=False)
            os.replace(file.name, path)
        except OSError as error:
            raise StoreError(f"the template could not be kept in {folder}: {error.strerror or error}") from error
        return made

    def find(self, template_id: str) -> Template:
        """The template with this id. NotFoundError if there is none; SpecError if its file is damaged or of a later version."""
        path = next((found for folder in self._folders if (found := _path(folder, template_id)).is_file()), None)
        if path is None:
            raise NotFoundError(f"there is no template {template_id!r}")
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
            name, saved_at, spec = str(data["name"]), str(data["saved_at"]), json.dumps(data["spec"])
            by = str(data.get("shared_by", ""))
        except FileNotFoundError:
            raise NotFoundError(f"there is no template {template_id!r}") from None
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise SpecError(f"the template {template_id} cannot be read: {error}") from error
        return Template(template_id, name, saved_at, read_spec_text(spec, f"the template {template_id}"), by)

    def all(self) -> list[Template]:
        """Every template that can be read, one's own and those that are shared, newest first; [] for none."""
        found = []
        for name in sorted({path.stem for folder in self._folders for path in folder.glob("*.json")}):
            try:
                found.append(self.find(name))
            except (SpecError, NotFoundError):
                continue
        return sorted(found, key=lambda t: (t.saved_at, t.template_id), reverse=True)

    def delete(self, template_id: str) -> None:
        """Remove a template. NotFoundError if there is none, NotAllowedError for one that somebody else shares."""
        folder = self._folder
        if self._shared is not None and not _path(folder, template_id).is_file():
            found, folder = self.find(template_id), self._shared
            if found.shared_by != self._person:
                raise NotAllowedError(f"{found.name!r} is shared by {found.shared_by}, who alone can remove it")
        try:
            _path(folder, template_id).unlink()
        except FileNotFoundError:
            raise NotFoundError(f"there is no template {template_id!r}") from None

    @property
    def _folders(self) -> list[Path]:
        return [self._folder, *([self._shared] if self._shared is not None else [])]


def _path(folder: Path, template_id: str) -> Path:
    """The file of a template; NotFoundError for what is no id of one."""
    if not _ID.fullmatch(template_id):
        raise NotFoundError(f"there is no template {template_id[:60]!r}")
    return folder / f"{template_id}.json"
