"""``--scorer NAME=COMMAND`` and what belongs to it: programs of one's own that score structures, for the length of a command."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer
from pydantic import ValidationError

from app.commands.door import services
from core.errors import UsageError
from core.scorers import Scorer

if TYPE_CHECKING:
    from app.services.entry import Services

ScorerOption = Annotated[
    list[str] | None,
    typer.Option(
        "--scorer",
        help="A program of your own that scores structures, and what goals call its number: 'vina score=python dock.py'. Again for another. See docs/costly.md.",
        metavar="NAME=COMMAND",
    ),
]
ScorerSetting = Annotated[
    list[str] | None,
    typer.Option(
        "--scorer-set",
        help="What is declared of it: unit, better (lower, higher), seconds, limit, range, form (lines, batch, reinvent), batch, of, version, keep: "
        "'unit=kcal/mol'; 'NAME:unit=kcal/mol' where there are several.",
        metavar="[NAME:]KEY=VALUE",
    ),
]


def with_scorers(context: typer.Context, scorers: list[str] | None, declared: list[str] | None) -> Services:
    """The services of this call with these scorers beside those of the settings.

    Raises UsageError for a scorer that is not said as NAME=COMMAND, a program that is not there, and what cannot be declared.
    """
    door = services(context)
    given = dict(_named(text) for text in scorers or ())
    tables: dict[str, dict[str, Any]] = {name: {"command": command} for name, command in given.items()}
    for setting in map(_setting, declared or ()):
        name = setting.scorer or (next(iter(tables)) if len(tables) == 1 else "")
        if name not in tables:
            raise UsageError(
                f"--scorer-set {setting.key}={setting.value}: say of which scorer, as NAME:{setting.key}={setting.value}; there are: {', '.join(tables) or 'none'}"
            )
        tables[name][setting.key] = setting.value
    if not tables:
        return door
    before = door.settings.scorers
    found = {name: _scorer(name, table, before.get(name)) for name, table in tables.items()}
    return door.with_settings(door.settings.model_copy(update={"scorers": {**before, **found}}))


@dataclass(frozen=True)
class _Setting:
    scorer: str
    key: str
    value: str


def _named(text: str) -> tuple[str, str]:
    name, sign, command = (part.strip() for part in text.partition("="))
    if not sign or not name or not command:
        raise UsageError(f"--scorer {text!r}: write NAME=COMMAND, such as 'vina score=python dock.py'")
    program = command.split()[0].strip("'\"")
    if shutil.which(program) is None:
        raise UsageError(f"--scorer {name!r}: there is no program {program!r}")
    return name, command


def _setting(text: str) -> _Setting:
    left, sign, value = text.partition("=")
    name, _, key = left.rpartition(":")
    if not sign or not key.strip() or not value.strip():
        raise UsageError(f"--scorer-set {text!r}: write KEY=VALUE, such as unit=kcal/mol")
    return _Setting(name.strip(), key.strip(), value.strip())


def _scorer(name: str, table: dict[str, Any], before: Scorer | None) -> Scorer:
    """What was declared here, over what the settings say of a scorer of this name."""
    known = before.model_dump() if before is not None else {}
    try:
        return Scorer.model_validate({**known, "name": name, **table})
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(map(str, e['loc'])) + ': ' if e['loc'] else ''}{e['msg'].removeprefix('Value error, ')}" for e in error.errors()
        )
        raise UsageError(f"--scorer {name!r}: {faults}") from error
