"""``molwright doctor``: what is configured, what works, what is missing."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer
from rich.text import Text

from app.commands.door import services
from app.console import emit_json, out
from app.tables import TextTable, columns, print_table


def register(app: typer.Typer) -> None:
    """Add the command of this file to ``app``."""
    app.command()(doctor)


def doctor(context: typer.Context, as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Test every configured part. Exit code 1 if one that is needed does not work."""
    parts = services(context).health.parts()
    if as_json:
        emit_json([asdict(p) for p in parts])
    else:
        table = TextTable(columns("part", "", "detail"))
        for p in parts:
            table.add(p.part, Text("works", "green") if p.works else Text("fails", "red"), p.detail)
        print_table(table, out)
    if not all(p.works for p in parts):
        raise typer.Exit(1)
