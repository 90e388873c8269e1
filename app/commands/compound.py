"""Options of ``design`` and ``spec`` about a compound at hand: what stays of it, and sets to resemble or not."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from app.console import err
from app.services.lists import ListService
from core.errors import NotFoundError, UsageError

#: Faulty entries of a reference set that are printed.
FAULTS_PRINTED = 20
#: Longest file with a core that is read, in bytes.
MAX_CORE_FILE = 100_000

Core = Annotated[
    str | None,
    typer.Option(
        "--core",
        help="What stays of the compound in the goal: a SMILES ('*' or atom maps mark the positions that are open), a mol file, "
        "'scaffold', a group or ring by name, 'all but GROUP', or 'substituents on RING'.",
        metavar="SMILES|MOL|WORDS",
    ),
]
Like = Annotated[
    list[str] | None,
    typer.Option("--like", help="Structures to resemble: a file of structures, a name or a SMILES. May be repeated."),
]
Unlike = Annotated[
    list[str] | None,
    typer.Option("--unlike", help="Structures not to resemble: a file of structures, a name or a SMILES. May be repeated."),
]


def compound_options(core: str | None, like: list[str] | None, unlike: list[str] | None) -> dict[str, Any]:
    """These options as those of a run; files are read. NotFoundError or UsageError for what cannot be used."""
    options: dict[str, Any] = {}
    if core is not None:
        options["core"] = _core_text(core)
    for name, given in (("like", like), ("unlike", unlike)):
        if given:
            options[name] = [_references(text) for text in given]
    return options


def _core_text(given: str) -> str:
    """The text of a mol file, or what was given."""
    if not given.strip():
        raise UsageError("--core is empty")
    path = Path(given)
    if not given.lower().endswith((".mol", ".sdf", ".smi")):
        return given
    try:
        if path.stat().st_size > MAX_CORE_FILE:
            raise UsageError(f"{path} is larger than a core can be")
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise NotFoundError(f"cannot read the core {path}: {error}") from error
    if given.lower().endswith(".smi"):
        return text.split()[0] if text.split() else ""
    return text.split("$$$$")[0]


def _references(text: str) -> dict[str, Any]:
    found = ListService().references(text)
    left_out = f"; {found.unreadable} entries could not be read" if found.unreadable else ""
    err.print(escape(f"{found.name}: {len(found.smiles)} reference structures{left_out}"))
    for fault in found.faults[:FAULTS_PRINTED]:
        err.print(escape(f"  {fault}"))
    for note in found.notes:
        err.print(f"  [yellow]note:[/yellow] {escape(note)}")
    return {"name": found.name, "references": list(found.smiles)}
