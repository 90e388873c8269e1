"""``molwright route``: how one structure could be made."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from app.commands.design import BlocksMode
from app.commands.door import NONE_MEETS, services
from app.console import emit_json, err, out
from app.services.reports import stock_text
from core.candidate import Route


def register(app: typer.Typer) -> None:
    """Add the commands of this file to ``app``."""
    app.command()(route)


def route(
    context: typer.Context,
    smiles: Annotated[str, typer.Argument(help="The structure as SMILES; two '*' for a polymer repeat unit.")],
    blocks: Annotated[
        Path | None,
        typer.Option(
            "--blocks", help="Your building blocks: any file of structures, with name, id, CAS, price, currency, amount, unit if known."
        ),
    ] = None,
    blocks_mode: Annotated[
        BlocksMode, typer.Option("--blocks-mode", help="Add them to the shipped blocks, or use them alone.")
    ] = BlocksMode.EXTEND,
    aizynth: Annotated[bool, typer.Option("--aizynth", help="Ask AiZynthFinder (MOLWRIGHT_ROUTES__AIZYNTH_COMMAND) instead.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Look for a route of one to three named reactions from building blocks. Exit code 4 if none is known, 3 if the guard blocks it."""
    door = services(context)
    inventory = door.lists.blocks(blocks, blocks_mode.value) if blocks else None
    for fault in inventory.faults if inventory else []:
        err.print(escape(f"line {fault.line} left out: {fault.reason}"))
    for note in inventory.notes if inventory else []:
        err.print(f"[yellow]note:[/yellow] {escape(note)}")
    found = door.structures.route(smiles, inventory, aizynth=aizynth)
    if as_json:
        emit_json(found.model_dump(mode="json"))
    else:
        _print(found)
    if found.status == "none known":
        raise typer.Exit(NONE_MEETS)


def _print(found: Route) -> None:
    out.print(escape(f"{found.status}. {found.note}".strip()))
    for number, step in enumerate(found.steps, start=1):
        out.print(escape(f"{number}. {step.reaction}: {' + '.join(step.reactants)} -> {step.product}"))
        if step.note:
            out.print(escape(f"   {step.note}"))
    for material in found.starting_materials:
        stock = f" [{stock_text(material)}]" if found.cost else ""
        warned = f" ({material.verdict}: {', '.join(material.rules)})" if material.verdict != "allow" else ""
        out.print(escape(f"from {material.name}, {material.smiles}{stock}{warned}"))
    if found.cost:
        out.print(escape(f"cost: {found.cost.text}"))
