"""``molwright route``: how one structure could be made."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from app.commands.design import NONE_MEETS, BlocksMode
from app.console import emit_json, err, out
from core.candidate import Route
from core.settings import get_settings


def register(app: typer.Typer) -> None:
    """Add the commands of this file to ``app``."""
    app.command()(route)


def route(
    smiles: Annotated[str, typer.Argument(help="The structure as SMILES; two '*' for a polymer repeat unit.")],
    blocks: Annotated[
        Path | None,
        typer.Option("--blocks", help="Your building blocks: CSV with smiles, and name, id, price, currency, amount, unit if known."),
    ] = None,
    blocks_mode: Annotated[
        BlocksMode, typer.Option("--blocks-mode", help="Add them to the shipped blocks, or use them alone.")
    ] = BlocksMode.EXTEND,
    aizynth: Annotated[bool, typer.Option("--aizynth", help="Ask AiZynthFinder (MOLWRIGHT_AIZYNTH_COMMAND) instead.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Look for a route of one to three named reactions from building blocks. Exit code 4 if none is known, 3 if the guard blocks it."""
    from core.errors import RefusedError
    from tools.safety.guard import screen_materials, screen_structure
    from tools.structures.standardise import standardise
    from tools.synthesis.inventory import library_of, read_inventory
    from tools.synthesis.routes import find_route
    from tools.synthesis.routes.aizynth import AizynthFinder

    kind = "polymer" if smiles.count("*") == 2 else "molecule"
    structure = standardise(smiles, kind)  # type: ignore[arg-type]
    verdict = screen_structure(structure.whole, kind)  # type: ignore[arg-type]
    if verdict.verdict == "block":
        raise RefusedError("the safety guard blocks this structure. " + "; ".join(f"{h.id}: {h.reason}" for h in verdict.rules))
    inventory = read_inventory(blocks, blocks_mode.value) if blocks else None
    for fault in inventory.faults if inventory else []:
        err.print(escape(f"line {fault.line} left out: {fault.reason}"))
    library = library_of(inventory)
    if aizynth:
        found = AizynthFinder(get_settings().aizynth_command).find(structure.smiles, library)
    else:
        found = find_route(structure.smiles, kind, library)  # type: ignore[arg-type]
    found = screen_materials(found)
    if any(m.verdict == "block" for m in found.starting_materials):
        raise RefusedError("the route that was found needs a material that the safety guard blocks")
    if as_json:
        emit_json(found.model_dump(mode="json"))
    else:
        _print(found)
    if found.status == "none known":
        raise typer.Exit(NONE_MEETS)


def _print(found: Route) -> None:
    from tools.reporting.html import stock_text

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
