"""What every command works with: the services, made once a call in ``app/cli.py`` and found through Typer's context."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from core.errors import NotFoundError, UnreadGoal

if TYPE_CHECKING:
    from app.services.entry import Services
    from core.spec import DesignSpec

#: Exit code of a command that found nothing which meets every requirement.
NONE_MEETS = 4

AcceptUnread = Annotated[
    bool, typer.Option("--accept-unread", help="Go on although much of the goal was not read, or a model reads it otherwise.")
]


def services(context: typer.Context) -> Services:
    """The services of this call."""
    from app.services.entry import Services

    found = context.find_object(Services)
    assert found is not None, "the program's callback makes them"
    return found


@contextmanager
def unread_shown(door: Services) -> Iterator[None]:
    """Show the spec of a goal of which too little was read, on stderr, before the error ends the command."""
    from app.console import print_spec

    try:
        yield
    except UnreadGoal as error:
        print_spec(error.spec, "\n".join(door.goals.describe(error.spec).splitlines()[:-1]))  # the last line is about design runs
        raise


def read_spec(door: Services, path: Path) -> DesignSpec:
    """The spec in ``path``. NotFoundError if the file cannot be read, SpecError with the place if it is not a spec."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise NotFoundError(f"cannot read the spec {path}: {error}") from error
    return door.goals.read(text, str(path))
