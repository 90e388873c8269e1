"""What handlers work with: the services of the application, and requests turned into what the services take."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Request

from app.services.entry import Services
from app.services.lists import ListService
from app.web.person import person_of
from app.web.views import Beside, Reading
from core.options import NamedReferences
from core.spec import DesignSpec, marked


def _services(request: Request) -> Services:
    found: Services = request.app.state.services
    return found.seen_by(person_of(request))


#: The services as whoever asks has them, as a parameter of a handler: only what that person may see is there.
Door = Annotated[Services, Depends(_services)]


def beside_options(lists: ListService, given: Beside) -> dict[str, Any]:
    """Core and reference sets as options of a run. UsageError for what is no structure; no file of this machine is opened."""
    found: dict[str, Any] = {"core": given.core.strip() or None if given.core else None}
    for name, texts, files in (("like", given.like, given.like_files), ("unlike", given.unlike, given.unlike_files)):
        read = [lists.named_references(text) for text in texts if text.strip()]
        read += [lists.uploaded_references(file.upload()) for file in files]
        if read:
            found[name] = [NamedReferences(name=r.name, references=list(r.smiles)).model_dump() for r in read]
    return {name: value for name, value in found.items() if value is not None}


def reading_of(door: Services, spec: DesignSpec) -> Reading:
    """The spec with what a person needs to judge it."""
    wishes = spec.wishes()
    return Reading(
        spec=spec,
        described=door.goals.describe(spec),
        marked=marked(spec),
        wishes_checked=wishes.checked,
        wishes_unchecked=wishes.unchecked,
        objections=list(door.goals.objections(spec)),
    )
