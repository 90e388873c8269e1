"""``molwright models``: the predictors that ship, and a chemist's own properties trained from a table of measurements."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from rich.markup import escape
from rich.table import Table

from app import wiring
from app.commands.door import services
from app.console import emit_json, err, out
from core.errors import NotFoundError, UsageError
from core.settings import Settings

if TYPE_CHECKING:
    from tools.workspace import Workspace

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Name = Annotated[str, typer.Argument(help="Name of the property.")]
Data = Annotated[Path, typer.Option("--data", help="Table with a header: CSV, semicolons or tabs.")]
Smiles = Annotated[
    str, typer.Option("--smiles", help="Column with the structures (two '*' for polymers); found by itself where it is called smiles.")
]
Target = Annotated[str, typer.Option("--target", help="Column with the measured values.")]
Seed = Annotated[int, typer.Option("--seed", min=0, help="Seed of the folds and learners.")]
Device = Annotated[
    str, typer.Option("--device", help="Where a shipped property is trained: auto (a GPU where torch finds one), cpu, cuda or cuda:1.")
]
#: Bad rows that are listed on the terminal; the model card lists all.
SHOWN_ROWS = 20


def register(app: typer.Typer) -> None:
    """Add the commands of this file to ``app``."""
    group = typer.Typer(help="The predictors: those that ship, and your own from your measurements.", no_args_is_help=True)
    group.command("list")(list_models)
    group.command("show")(show)
    group.command("train")(train)
    group.command("evaluate")(evaluate)
    app.add_typer(group, name="models")


def _progress() -> Callable[[str], None]:
    start = time.monotonic()

    def show_progress(text: str) -> None:
        err.print(f"[dim]{time.monotonic() - start:6.1f} s[/dim] {escape(text)}")

    return show_progress


def _shipped_card(name: str) -> dict[str, Any]:
    from tools.predictors.weights import WeightsFolder

    return WeightsFolder(name).card


def _known(settings: Settings, name: str) -> Literal["shipped", "own"]:
    """Whether ``name`` ships or is the user's own. Raises NotFoundError naming what there is."""
    from tools.predictors.specs import PREDICTORS

    cards = _own_cards(wiring.open_workspace(settings))
    if name in PREDICTORS:
        return "shipped"
    if name in cards:
        return "own"
    raise NotFoundError(f"there is no model {name!r}; there are: {', '.join([*PREDICTORS, *cards])}")


def _own_cards(workspace: Workspace) -> dict[str, dict[str, Any]]:
    """The model cards of the user's own models, by name."""
    return workspace.user_models.cards if workspace.user_models else {}


def _summary(card: dict[str, Any], kind: str) -> dict[str, Any]:
    """What a list shows of a model card."""
    data = card["data"]
    return {
        "name": card["name"],
        "kind": kind,
        "unit": card["unit"],
        "version": card["version"],
        "data": data.get("source") or data.get("file", ""),
        "licence": data["licence"],
        "rows": data["rows_used"],
        "metrics": {
            split: {key: m[key] for key in ("n", "rmse", "mae", "coverage") if key in m}
            for split, m in card["metrics"].items()
            if isinstance(m, dict)
        },
        "warnings": card.get("warnings", []),
    }


def list_models(context: typer.Context, as_json: AsJson = False) -> None:
    """List the predictors: data, licence, rows and headline figures out of fold."""
    from tools.predictors.specs import PREDICTORS

    workspace = wiring.open_workspace(services(context).settings)
    problems = dict(workspace.problems)
    rows = [_summary(_shipped_card(name), "shipped") for name in PREDICTORS]
    rows += [_summary(c, "own") for c in _own_cards(workspace).values()]
    if as_json:
        return emit_json({"models": rows, "problems": problems})
    table = Table("model", "unit", "rows", "RMSE / MAE (random split)", "90 % interval holds", "data", "licence", "version")
    for row in rows:
        by_split: dict[str, dict[str, Any]] = row["metrics"]
        first = next((m for split, m in by_split.items() if split.startswith("random")), next(iter(by_split.values()), {}))
        table.add_row(
            row["name"] + (" (own)" if row["kind"] == "own" else ""),
            escape(row["unit"]),
            str(row["rows"]),
            f"{first.get('rmse', '?')} / {first.get('mae', '?')}",
            f"{first['coverage']:.1%}" if "coverage" in first else "",
            escape(row["data"]),
            escape(row["licence"]),
            row["version"],
        )
    out.print(table)
    for row in rows:
        for warning in row["warnings"]:
            err.print(f"[yellow]{row['name']}:[/yellow] {escape(warning)}")
    for name, problem in problems.items():
        err.print(f"[yellow]note:[/yellow] the own model {escape(name)} cannot be used: {escape(problem)}")


def show(context: typer.Context, name: Name, as_json: AsJson = False) -> None:
    """Show a model card: data, licence, splits, figures, calibration, domain, limits, versions, hashes."""
    from tools.predictors.weights import WEIGHTS

    folder = WEIGHTS if _known(services(context).settings, name) == "shipped" else wiring.own_models_folder(services(context).settings)
    file = folder / name / ("card.json" if as_json else "card.md")
    try:
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise NotFoundError(f"the model card {file} cannot be read: {error.strerror}") from error
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
    from tools.predictors.specs import PREDICTORS

    if name in PREDICTORS:
        given = {"--unit": unit, "--log": log, "--smiles": smiles, "--target": target, "--label": label, "--synonym": synonym}
        if wrong := [option for option, value in given.items() if value]:
            raise UsageError(f"{name} ships with molwright and has its columns and unit: {', '.join(wrong)} cannot be given")
        return _train_shipped(services(context).settings, name, data, seed, where, device, as_json)
    _refuse_device(device)
    from tools.predictors.user_models.train import OwnProperty, check_name, train_own

    settings = services(context).settings
    workspace = wiring.open_workspace(settings).enter()
    check_name(name, workspace.catalogue)
    _refuse_known_words(name, synonym or [])
    known = _own_cards(workspace)
    if name in known and not replace:
        raise UsageError(
            f"there is an own model {name} (version {known[name]['version']}); --replace trains it again, and runs that used it "
            "no longer replay"
        )
    folder = wiring.own_models_folder(settings)
    wiring.prepare_home(settings)
    wanted = OwnProperty(
        name=name, unit=unit, log=log, label=label, description=description, synonyms=tuple(w.lower() for w in synonym or [])
    )
    card, table = train_own(data, wanted, folder, smiles=smiles, target=target, seed=seed, progress=_progress())
    problems = wiring.open_workspace(settings).problems
    if name in problems:
        raise UsageError(f"the model was written to {folder / name}, but cannot be used: {problems[name]}")
    if as_json:
        return emit_json(card)
    for bad in table.bad[:SHOWN_ROWS]:
        err.print(f"left out, line {bad.line}: {escape(bad.reason)}")
    if len(table.bad) > SHOWN_ROWS:
        err.print(f"... and {len(table.bad) - SHOWN_ROWS} more; all are in the model card")
    _print_metrics(card)
    for warning in card["warnings"]:
        err.print(f"[yellow]warning:[/yellow] {escape(warning)}")
    err.print(f"registered: goals may now ask for {escape(_example(card))}; card: {escape(str(folder / name / 'card.md'))}")


def _refuse_device(device: str) -> None:
    """Raise UsageError where a GPU was asked for in training a property of the user's own."""
    if device not in ("auto", "cpu"):
        raise UsageError("a property of your own is always learnt on the processor; --device is for the properties that ship")


def _example(card: dict[str, Any]) -> str:
    middle = sum(card["typical"]) / 2
    number, unit = (10**middle, card["plain_unit"]) if card["log"] else (middle, card["unit"])
    return f"'{card['name']} below {number:.3g} {unit}".rstrip() + "'"


def _refuse_known_words(name: str, synonyms: list[str]) -> None:
    """Raise UsageError for a name or synonym that goals already use for something else (a group, an element, a colour ...)."""
    from agent.reading.lexicon import key_of, lexicon
    from tools.catalogue.registry import REGISTRY

    for word in (name, name.replace("_", " "), *synonyms):
        own = REGISTRY.resolve(word)
        meanings = set(lexicon().meanings.get(key_of(word), {})) - {"unchk"}
        if meanings and not (own is not None and own.own):
            raise UsageError(
                f"goals already use the word {word!r} for something else; choose another, such as my_{name.removeprefix('my_')}"
            )


def _print_metrics(card: dict[str, Any]) -> None:
    table = Table(
        "split",
        "n",
        f"RMSE, {card['unit']}",
        "MAE",
        "R²",
        "90 % interval holds",
        title=f"{card['name']} {card['version']}",
        title_justify="left",
    )
    for split, m in card["metrics"].items():
        table.add_row(
            split, str(m["n"]), str(m["rmse"]), str(m["mae"]), str(m.get("r2", "")), f"{m['coverage']:.1%}" if "coverage" in m else ""
        )
    out.print(table)


def _train_shipped(settings: Settings, name: str, data: Path, seed: int, where: Path | None, device: str, as_json: bool) -> None:
    """Train from the shipped recipe into a folder of its own and hold the figures against those that ship."""
    from tools.predictors.specs import spec_of
    from tools.predictors.training.device import choose
    from tools.predictors.training.fit import train as train_predictor

    folder = where or wiring.prepare_home(settings) / "trained"
    shipped = _shipped_card(name)
    progress = _progress()
    card = train_predictor(data, spec_of(name), folder, seed, progress, device=choose(device, progress))
    same_data = card["data"]["sha256"] == shipped["data"]["sha256"]
    compared = {
        split: {key: [m.get(key), shipped["metrics"][split].get(key)] for key in ("rmse", "mae", "coverage")}
        for split, m in card["metrics"].items()
        if split in shipped["metrics"]
    }
    reproduced = bool(compared) and all(_close(a, b) for pair in compared.values() for a, b in pair.values())
    if as_json:
        return emit_json({"card": card, "same_data": same_data, "reproduced": reproduced, "trained_and_shipped": compared})
    table = Table("split", "RMSE here / shipped", "MAE here / shipped", "coverage here / shipped", title=name, title_justify="left")
    for split, pair in compared.items():
        table.add_row(split, *(f"{a} / {b}" for a, b in pair.values()))
    out.print(table)
    what = "the same data as the shipped weights" if same_data else "other data than the shipped weights"
    err.print(
        f"{what}; the figures {'agree' if reproduced else 'differ'}. Weights: {escape(str(folder / name))} (the shipped ones are untouched)"
    )


def _close(a: Any, b: Any) -> bool:
    if not isinstance(a, (int, float)) or not isinstance(b, (int, float)):
        return bool(a == b)
    return abs(a - b) <= 0.005 * max(abs(a), abs(b))


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
    from tools.predictors.user_models.external import evaluate_own, evaluate_shipped

    if _known(services(context).settings, name) == "shipped":
        found = evaluate_shipped(name, data, split, seed=seed, smiles=smiles, target=target, progress=_progress(), device=device)
    else:
        _refuse_device(device)
        models = wiring.open_workspace(services(context).settings).user_models
        assert models is not None, "_known has found the model"
        found = evaluate_own(models.model(name), data, split, seed=seed, smiles=smiles, target=target, progress=_progress())
    if as_json:
        return emit_json(found)
    for bad in found["bad_rows"][:SHOWN_ROWS]:
        err.print(f"left out, line {bad[0]}: {escape(bad[1])}")
    if len(found["bad_rows"]) > SHOWN_ROWS:
        err.print(f"... and {len(found['bad_rows']) - SHOWN_ROWS} more")
    table = Table(
        "rows",
        "n",
        f"RMSE, {found['unit']}",
        "MAE",
        "R²",
        "Spearman",
        "90 % interval holds",
        title=escape(f"{name}: {found['what']}"),
        title_justify="left",
    )
    for rows, m in found["figures"].items():
        table.add_row(
            rows,
            str(m["n"]),
            str(m["rmse"]),
            str(m["mae"]),
            str(m["r2"]),
            str(m["spearman"]),
            f"{m['coverage']:.1%}" if "coverage" in m else "",
        )
    out.print(table)
