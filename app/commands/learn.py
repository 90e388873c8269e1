"""``molwright learn``: training sets of verified tasks, adapters for language models, and their entry in a fleet file."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from app.commands.door import services
from app.console import emit_json, err, out
from app.services.learning import TrainingPlan
from app.tables import TextTable, columns, print_table
from core.errors import UsageError

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Adapter = Annotated[Path, typer.Argument(help="Folder of the adapter.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this file to ``app``."""
    group = typer.Typer(help="Train adapters for language models on tasks whose answers code verifies.", no_args_is_help=True)
    group.command("data")(data)
    group.command("model")(model)
    group.command("show")(show)
    group.command("add")(add)
    app.add_typer(group, name="learn")


def _progress() -> Callable[[str], None]:
    start = time.monotonic()
    return lambda text: err.print(f"[dim]{time.monotonic() - start:6.1f} s[/dim] {escape(text)}", soft_wrap=True)


def data(
    context: typer.Context,
    target: Annotated[Path, typer.Option("--out", help="Folder to write to.")],
    role: Annotated[
        list[str] | None,
        typer.Option("--role", help="Role to make a set for; may be repeated; without: every one that there is a set for."),
    ] = None,
    examples: Annotated[int, typer.Option("--examples", min=1, max=100_000, help="Examples of training for each role.")] = 2000,
    questions: Annotated[
        int, typer.Option("--questions", min=1, max=100_000, help="Examples of the test for each role: other wordings, other structures.")
    ] = 300,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Seed of what is drawn.")] = 0,
    runs: Annotated[bool, typer.Option("--runs/--no-runs", help="Take verified steps of stored conversations too.")] = True,
    as_json: AsJson = False,
) -> None:
    """Make training sets of tasks whose answers code verifies, apart from every evaluation, and say what was left out and why."""
    card = services(context).learning.make_data(
        target, role or (), examples=examples, questions=questions, seed=seed, runs=runs, tell=_progress()
    )
    if as_json:
        return emit_json(card)
    table = TextTable(columns("file", "examples", "pairs", "kinds", numbers=("examples", "pairs")))
    for name, row in card["files"].items():
        table.add(name, str(row["examples"]), str(row["pairs"]), ", ".join(f"{k} {n}" for k, n in row["kinds"].items()))
    print_table(table, out)
    found = card["contamination"]
    err.print(
        escape(
            f"held against {found['texts']} texts of {found['files']} files of evaluations: {found['same']} the same and {found['near']} nearly the same were"
            f" left out; {found['between']} of the test stood in training. Nearest that stays: {found['nearest'][0]:.0%} of the words"
        ),
        soft_wrap=True,
    )
    for reason, count in card["left_out"].items():
        err.print(escape(f"left out, {reason}: {count}"), soft_wrap=True)
    return None


def model(
    context: typer.Context,
    base: Annotated[
        Path | None, typer.Option("--base", help="Folder of the base model (`molwright models local --fetch` prints one).")
    ] = None,
    role: Annotated[str, typer.Option("--role", help="The role that the adapter is for.")] = "assistant",
    folder: Annotated[Path | None, typer.Option("--data", help="Folder of the training set (`molwright learn data`).")] = None,
    target: Annotated[Path | None, typer.Option("--out", help="Folder of the adapter.")] = None,
    name: Annotated[str, typer.Option("--name", help="Name that it is served under; without: the name of its folder.")] = "",
    recipe: Annotated[
        str,
        typer.Option(
            "--recipe", help="cpu, or one for a card: rtx5090, pro6000, rtx5060ti-a, rtx5060ti-b, rtx4060ti; with --dry-run also all."
        ),
    ] = "cpu",
    seed: Annotated[int, typer.Option("--seed", min=0, help="Seed of everything random.")] = 0,
    epochs: Annotated[float, typer.Option("--epochs", min=0.01, max=100, help="How often each example is seen.")] = 1.0,
    steps: Annotated[int, typer.Option("--steps", min=0, help="At most so many steps of supervised training; 0: as the epochs say.")] = 0,
    preferences: Annotated[int, typer.Option("--preferences", min=0, help="Steps of preference training (DPO) behind it; 0: none.")] = 100,
    examples: Annotated[int, typer.Option("--examples", min=0, help="At most so many examples; 0: all.")] = 0,
    full: Annotated[bool, typer.Option("--full-precision", help="On a processor: weights in 32 bit, slower.")] = False,
    threads: Annotated[int, typer.Option("--threads", min=1, help="Threads on a processor; more than one helps only on idle cores.")] = 1,
    python: Annotated[
        Path | None, typer.Option("--python", help="Python of an environment of deploy/learn; without: one for the processor is made.")
    ] = None,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Plan the memory, with --python have peft and trl build the adapter without weights, and leave."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Train an adapter: supervised, then by preference. The same command again goes on where it was stopped. Exit code 2 where it does not fit."""
    learning = services(context).learning
    if dry_run:
        names = learning.recipes() if recipe == "all" else [recipe]
        names = [n for n in names if n != "cpu" or base is not None]
        plans = [learning.plan(n, base, preferences=preferences > 0, check=python) for n in names]
        if as_json:
            emit_json({"plans": [asdict(p) for p in plans]})
        else:
            _show(plans)
        if not all(p.fits for p in plans):
            raise typer.Exit(2)
        return None
    missing = [option for option, given in (("--base", base), ("--data", folder), ("--out", target)) if given is None]
    if base is None or folder is None or target is None:
        raise UsageError(f"{', '.join(missing)} must be given")
    card = learning.train(
        base, folder, target, role=role, name=name, recipe=recipe, seed=seed, epochs=epochs, steps=steps, preferences=preferences,
        examples=examples, half=not full, threads=threads, python=python, tell=_progress(),
    )  # fmt: skip
    if as_json:
        return emit_json(card)
    trained = card["trained"]
    out.print(
        escape(f"{card['name']}: {trained['examples']} examples, {trained['tokens']} tokens, {trained['seconds']:.0f} s; {target}"),
        soft_wrap=True,
    )
    err.print(
        escape(f"try it: molwright models local --adapter {target}; serve it: molwright learn add FLEET.toml {target} --deployment NAME"),
        soft_wrap=True,
    )
    return None


def _show(plans: list[TrainingPlan]) -> None:
    parts = ("weights", "adapter", "activations", "logits", "beside")
    figures = (*(f"{p}, GiB" for p in parts), "in all, GiB", "there, GiB", "trained, million")
    table = TextTable(columns("recipe", "card", "model", *figures, "fits", numbers=figures))
    for plan in plans:
        numbers = [f"{plan.parts[p]:.2f}" for p in parts]
        fits = "yes" if plan.fits else "no"
        table.add(
            plan.recipe, plan.card, plan.model, *numbers, f"{plan.total:.2f}", f"{plan.there:.1f}", f"{plan.trainable / 1e6:.1f}", fits
        )
    print_table(table, out)
    for plan in plans:
        if plan.checked:
            counted = plan.checked["trainable"]
            agree = "as planned" if counted == plan.trainable else f"planned were {plan.trainable}"
            err.print(escape(f"{plan.recipe}: peft trains {counted} parameters, {agree}"))


def show(context: typer.Context, adapter: Adapter, as_json: AsJson = False) -> None:
    """Show an adapter's card: base, data, hashes, training, how it did before and after."""
    card = services(context).learning.card(adapter)
    if as_json:
        return emit_json(card)
    trained = card["trained"]
    lines = [
        f"{card['name']}, for the {card['role']}, on {card['base']}, seed {card['seed']}, recipe {card['recipe']['name']} (rank {card['recipe']['rank']})",
        f"trained on {trained['examples']} examples, {trained['tokens']} tokens, in {trained['seconds']:.0f} s; SHA-256 of the examples {card['sha256']}",
        *(f"{file}: {digest}" for file, digest in card["files"].items()),
        *_measured(card),
    ]
    for line in lines:
        out.print(escape(line), soft_wrap=True)
    return None


def _measured(card: dict[str, Any]) -> list[str]:
    if not card.get("after"):
        return ["not measured: python -m learn.report measures the base and adapters on the same questions"]
    rows = [f"{when}: right tool and arguments {_share(card[when])}" for when in ("before", "after")]
    change = card["difference"]
    return [*rows, f"difference {change['difference']:+.1%} ({change['low']:+.1%} to {change['high']:+.1%}, 95 % interval)"]


def _share(row: dict[str, Any]) -> str:
    right = row["right"]
    return f"{right['right']} of {row['questions']} ({right['low']:.0%} to {right['high']:.0%})"


def add(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="The fleet file.")],
    adapter: Adapter,
    deployment: Annotated[str, typer.Option("--deployment", help="The deployment that serves its base.")],
    role: Annotated[
        list[str] | None, typer.Option("--role", help="A role that uses it; may be repeated; without: that of its card.")
    ] = None,
    kind: Annotated[
        list[str] | None, typer.Option("--kind", help="A kind of goal that it is for: chemistry, materials, thermal; may be repeated.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Enter an adapter in a fleet file; one of its name there is replaced. `vllm serve --enable-lora` then serves it."""
    made = services(context).learning.enter(file, adapter, deployment, roles=role or (), kinds=kind or ())
    if as_json:
        return emit_json(made)
    err.print(escape(f"{made['name']} is entered at {deployment} in {file}; see: molwright fleet plan {file}"), soft_wrap=True)
    return None
