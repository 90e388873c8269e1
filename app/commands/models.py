"""``molwright models``: the predictors that ship, a chemist's own properties trained from a table of measurements, and a local language model."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from rich.markup import escape

from app.commands import registry
from app.commands.door import services
from app.commands.models_local import local
from app.console import emit_json, err, out
from app.tables import TextTable, columns, print_table
from core.errors import UsageError

if TYPE_CHECKING:
    from app.services.models import TrainedAgain

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Name = Annotated[str, typer.Argument(help="Name of the property.")]
Data = Annotated[Path, typer.Option("--data", help="Table with a header: CSV, semicolons or tabs.")]
Smiles = Annotated[
    str, typer.Option("--smiles", help="Column with the structures (two '*' for polymers); found by itself where it is called smiles.")
]
Target = Annotated[str, typer.Option("--target", help="Column with the measured values.")]
Seed = Annotated[int, typer.Option("--seed", min=0, max=2**32 - 1, help="Seed of the folds and learners.")]
Device = Annotated[
    str, typer.Option("--device", help="Where a shipped property is trained: auto (a GPU where torch finds one), cpu, cuda or cuda:1.")
]
#: Bad rows that are listed on the terminal; the model card lists all.
SHOWN_ROWS = 20


def register(app: typer.Typer) -> None:
    """Add the commands of this file to ``app``."""
    group = typer.Typer(
        help="The predictors that ship and your own; which language models, adapters and prompts answer; a small language model on this machine.",
        no_args_is_help=True,
    )
    group.command("list")(list_models)
    group.command("show")(show)
    group.command("train")(train)
    group.command("evaluate")(evaluate)
    registry.extend(group)
    group.command("local")(local)
    app.add_typer(group, name="models")


def _progress() -> Callable[[str], None]:
    start = time.monotonic()

    def show_progress(text: str) -> None:
        err.print(f"[dim]{time.monotonic() - start:6.1f} s[/dim] {escape(text)}")

    return show_progress


def list_models(context: typer.Context, as_json: AsJson = False) -> None:
    """List the predictors: data, licence, rows and headline figures out of fold."""
    rows, problems = services(context).models.list()
    if as_json:
        return emit_json({"models": rows, "problems": problems})
    figures = ("rows", "RMSE / MAE (random split)", "90 % interval holds")
    table = TextTable(columns("model", "unit", *figures, "data", "licence", "version", numbers=figures))
    for row in rows:
        by_split: dict[str, dict[str, Any]] = row["metrics"]
        first = next((m for split, m in by_split.items() if split.startswith("random")), next(iter(by_split.values()), {}))
        table.add(
            row["name"] + (" (own)" if row["kind"] == "own" else ""),
            row["unit"],
            str(row["rows"]),
            f"{first.get('rmse', '?')} / {first.get('mae', '?')}",
            f"{first['coverage']:.1%}" if "coverage" in first else "",
            row["data"],
            row["licence"],
            row["version"],
        )
    print_table(table, out)
    for row in rows:
        for warning in row["warnings"]:
            err.print(f"[yellow]{row['name']}:[/yellow] {escape(warning)}")
    for name, problem in problems.items():
        err.print(f"[yellow]note:[/yellow] the own model {escape(name)} cannot be used: {escape(problem)}")


def show(context: typer.Context, name: Name, as_json: AsJson = False) -> None:
    """Show a model card: data, licence, splits, figures, calibration, domain, limits, versions, hashes."""
    text = services(context).models.card(name, "json" if as_json else "md")
    if as_json:
        return emit_json(json.loads(text))
    out.print(escape(text))


def train(
    context: typer.Context,
    name: Name,
    data: Data,
    smiles: Smiles = "",
    target: Target = "",
    unit: Annotated[str, typer.Option("--unit", help="Unit of the measured values (own properties).")] = "",
    log: Annotated[bool, typer.Option("--log", help="Learn the decimal logarithm: for values over several decades.")] = False,
    seed: Seed = 0,
    label: Annotated[str, typer.Option("--label", help="Name in reports (own properties).")] = "",
    synonym: Annotated[list[str] | None, typer.Option("--synonym", help="Another word for goals; may be repeated.")] = None,
    description: Annotated[str, typer.Option("--description", help="One sentence on what was measured and how.")] = "",
    replace: Annotated[
        bool, typer.Option("--replace", help="Train an own model again; runs that used the old one no longer replay.")
    ] = False,
    where: Annotated[Path | None, typer.Option("--out", help="Folder for the weights of a shipped property trained again.")] = None,
    device: Device = "auto",
    as_json: AsJson = False,
) -> None:
    """Train a shipped property again from its data, or a property of your own from your measurements."""
    models = services(context).models
    if models.ships(name):
        given = {"--unit": unit, "--log": log, "--smiles": smiles, "--target": target, "--label": label, "--synonym": synonym}
        if wrong := [option for option, value in given.items() if value]:
            raise UsageError(f"{name} ships with molwright and has its columns and unit: {', '.join(wrong)} cannot be given")
        again = models.train_shipped(name, data, seed=seed, folder=where, device=device, progress=_progress())
        return _show_trained_again(name, again, as_json)
    made = models.train_user_model(
        name, data, unit=unit, log=log, label=label, description=description, synonyms=synonym or (),
        smiles=smiles, target=target, seed=seed, replace=replace, device=device, progress=_progress(),
    )  # fmt: skip
    if as_json:
        return emit_json(made.card)
    for line, reason in made.left_out[:SHOWN_ROWS]:
        err.print(f"left out, line {line}: {escape(reason)}")
    if len(made.left_out) > SHOWN_ROWS:
        err.print(f"... and {len(made.left_out) - SHOWN_ROWS} more; all are in the model card")
    _print_metrics(made.card)
    for warning in made.card["warnings"]:
        err.print(f"[yellow]warning:[/yellow] {escape(warning)}")
    err.print(f"registered: goals may now ask for {escape(_example(made.card))}; card: {escape(str(made.folder / 'card.md'))}")


def _example(card: dict[str, Any]) -> str:
    middle = sum(card["typical"]) / 2
    number, unit = (10**middle, card["plain_unit"]) if card["log"] else (middle, card["unit"])
    return f"'{card['name']} below {number:.3g} {unit}".rstrip() + "'"


def _print_metrics(card: dict[str, Any]) -> None:
    figures = ("n", f"RMSE, {card['unit']}", f"MAE, {card['unit']}", "R²", "90 % interval holds")
    table = TextTable(columns("split", *figures, numbers=figures), title=f"{card['name']} {card['version']}")
    for split, m in card["metrics"].items():
        table.add(
            split, str(m["n"]), str(m["rmse"]), str(m["mae"]), str(m.get("r2", "")), f"{m['coverage']:.1%}" if "coverage" in m else ""
        )
    print_table(table, out)


def _show_trained_again(name: str, again: TrainedAgain, as_json: bool) -> None:
    if as_json:
        found = {"card": again.card, "same_data": again.same_data, "reproduced": again.reproduced, "trained_and_shipped": again.compared}
        return emit_json(found)
    figures = ("RMSE here / shipped", "MAE here / shipped", "coverage here / shipped")
    table = TextTable(columns("split", *figures, numbers=figures), title=name)
    for split, pair in again.compared.items():
        table.add(split, *(f"{a} / {b}" for a, b in pair.values()))
    print_table(table, out)
    what = "the same data as the shipped weights" if again.same_data else "other data than the shipped weights"
    agree = "agree" if again.reproduced else "differ"
    err.print(f"{what}; the figures {agree}. Weights: {escape(str(again.folder))} (the shipped ones are untouched)")


def evaluate(
    context: typer.Context,
    name: Name,
    data: Data,
    split: Annotated[
        Literal["random", "scaffold", "cluster"] | None,
        typer.Option("--split", help="Cross-validate the recipe on the table with this split; without it the stored model is asked."),
    ] = None,
    smiles: Smiles = "",
    target: Target = "",
    seed: Seed = 0,
    device: Device = "auto",
    as_json: AsJson = False,
) -> None:
    """Measure a model on a table: the stored model on structures it was not trained on, or its recipe by cross-validation."""
    models = services(context).models
    found = models.evaluate(name, data, split, smiles=smiles, target=target, seed=seed, device=device, progress=_progress())
    if as_json:
        return emit_json(found)
    for bad in found["bad_rows"][:SHOWN_ROWS]:
        err.print(f"left out, line {bad[0]}: {escape(bad[1])}")
    if len(found["bad_rows"]) > SHOWN_ROWS:
        err.print(f"... and {len(found['bad_rows']) - SHOWN_ROWS} more")
    figures = ("n", f"RMSE, {found['unit']}", f"MAE, {found['unit']}", "R²", "Spearman", "90 % interval holds")
    table = TextTable(columns("rows", *figures, numbers=figures), title=f"{name}: {found['what']}")
    for rows, m in found["figures"].items():
        table.add(
            rows,
            str(m["n"]),
            str(m["rmse"]),
            str(m["mae"]),
            str(m["r2"]),
            str(m["spearman"]),
            f"{m['coverage']:.1%}" if "coverage" in m else "",
        )
    print_table(table, out)
