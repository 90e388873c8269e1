"""``molwright settings``: what is configured, and where each value comes from."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from app.commands.door import services
from app.console import emit_json, out
from app.tables import TextTable, columns, print_table
from core.settings import effective


def register(app: typer.Typer) -> None:
    """Add the command of this file to ``app``."""
    app.command()(settings)


def settings(context: typer.Context, as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Show every setting in force and where it comes from: the environment, molwright.toml or the default. Secrets are hidden."""
    found = effective(services(context).settings)
    if as_json:
        return emit_json([asdict(s) for s in found])
    table = TextTable(columns("setting", "value", "from"))
    for s in found:
        table.add(s.name, s.value, s.source)
    print_table(table, out)
