"""``molwright design``, ``spec``, ``approve``, ``reject``, ``resume``: from a goal to a report."""

from __future__ import annotations

import sys
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from pydantic import ValidationError
from rich.markup import escape

from app import wiring
from app.console import emit_json, err, out, print_report, progress_bar, write_text
from app.services.runs import RunService
from core.errors import ApprovalNeeded, NotFoundError, SpecError
from core.interfaces import RunStore
from core.report import Report
from core.settings import Settings, get_settings
from core.spec import DesignSpec

if TYPE_CHECKING:
    from agent.models import RolePlan

NONE_MEETS = 4
#: Faulty lines of a block list or list of known structures that are printed.
FAULTS_PRINTED = 20


class BlocksMode(Enum):
    """What a user's block list does to the shipped one."""

    EXTEND = "extend"
    REPLACE = "replace"


Json = Annotated[str | None, typer.Option("--json", help="Write the report as JSON to this file, or to stdout for '-'.", metavar="FILE|-")]
Out = Annotated[Path | None, typer.Option("--out", help="Folder for the report files; default: reports/RUN in MOLWRIGHT_HOME.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this file to ``app``."""
    app.command()(design)
    app.command()(spec)
    app.command()(approve)
    app.command()(reject)
    app.command()(resume)


def design(
    goal: Annotated[str, typer.Argument(help="What is wanted, in a sentence.")] = "",
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Approve the spec without asking.")] = False,
    candidates: Annotated[int | None, typer.Option(min=1, max=1000, help="How many candidates to list.")] = None,
    budget: Annotated[int | None, typer.Option(min=1, help="How many distinct structures may be evaluated.")] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Seed of every random choice.")] = None,
    spec_file: Annotated[
        Path | None, typer.Option("--spec", help="Run this spec (JSON, as `molwright spec GOAL --json` prints it).")
    ] = None,
    blocks: Annotated[
        Path | None,
        typer.Option("--blocks", help="Your building blocks: CSV with smiles, and name, id, price, currency, amount, unit if known."),
    ] = None,
    blocks_mode: Annotated[
        BlocksMode, typer.Option("--blocks-mode", help="Add them to the shipped blocks, or use them alone.")
    ] = BlocksMode.EXTEND,
    known: Annotated[
        Path | None, typer.Option("--known", help="Structures you know already (.smi, .csv, .sdf, also .gz); they are not listed.")
    ] = None,
    list_known: Annotated[bool, typer.Option("--list-known", help="List known structures too, marked as such.")] = False,
    max_similarity: Annotated[
        float | None,
        typer.Option(
            min=0.05,
            max=1,
            help="Largest similarity of two listed candidates; 1 for no limit. Default 0.7, as long as that fills the list.",
        ),
    ] = None,
    no_models: Annotated[bool, typer.Option("--no-models", help="Ask no language model, even if one is configured.")] = False,
    out_dir: Out = None,
    json_target: Json = None,
) -> None:
    """Interpret a goal, show the spec, and run it to a ranked report."""
    settings = get_settings()
    given = read_spec(spec_file) if spec_file else None
    sentence = given.goal if given and not goal.strip() else goal
    wished = {"candidates": candidates, "budget": budget, "seed": seed, "max_similarity": max_similarity, "list_known": list_known or None}
    options: dict[str, Any] = {**wished, "yes": yes}
    if given:
        options["spec"] = given.model_copy(update={k: v for k, v in wished.items() if v is not None}).model_dump(mode="json")
    if no_models:
        options["models"] = False
    store = wiring.open_store(settings)
    run_id = RunService(settings, store).start(sentence, options, **_brought(blocks, blocks_mode, known))
    if plan := wiring.stored_plan(store.run(run_id).options):
        err.print(escape(f"language models: {describe_plan(plan)}"))
    with progress_bar(budget or (given.budget if given else settings.budget)) as progress:
        service = RunService(settings, store, progress)
        try:
            report = service.execute(run_id)
        except ApprovalNeeded:
            report = None
    if report is None:
        report = _ask(service, run_id)
    elif json_target != "-":
        show_spec(report.spec)
    finish(settings, report, out_dir, json_target)


def _brought(blocks: Path | None, mode: BlocksMode, known: Path | None) -> dict[str, Any]:
    """The user's lists, read and said on stderr how well that went. UsageError if a file cannot be used at all."""
    found: dict[str, Any] = {}
    if blocks is not None:
        from tools.synthesis.inventory import read_inventory

        inventory = read_inventory(blocks, mode.value)
        found["blocks"] = inventory
        priced = sum(r.stock.price is not None for r in inventory.rows)
        err.print(escape(f"{blocks}: {len(inventory.rows)} building blocks, {priced} with a price; {len(inventory.faults)} lines left out"))
        for fault in inventory.faults[:FAULTS_PRINTED]:
            err.print(escape(f"  line {fault.line}: {fault.reason}"))
        if len(inventory.faults) > FAULTS_PRINTED:
            err.print(f"  and {len(inventory.faults) - FAULTS_PRINTED} more; the report lists them")
    if known is not None:
        from tools.ranking.novelty import read_known

        structures = read_known(known)
        found["known"] = structures
        err.print(escape(f"{known}: {len(structures.structures)} known structures; {structures.unreadable} entries could not be read"))
        for text in structures.faults[:FAULTS_PRINTED]:
            err.print(escape(f"  {text}"))
    return found


def spec(
    goal: Annotated[str, typer.Argument(help="What is wanted, in a sentence.")],
    json_target: Annotated[bool, typer.Option("--json", help="Print the spec as JSON.")] = False,
) -> None:
    """Show what a goal means, without running it."""
    from agent.reading import describe, interpret
    from core.errors import RefusedError
    from tools.safety.guard import screen_goal

    verdict = screen_goal(goal)
    if verdict.verdict == "block":
        raise RefusedError("the safety guard refused this goal. " + "; ".join(f"{h.id}: {h.reason}" for h in verdict.rules))
    made = interpret(goal, budget=get_settings().budget, met_probability=get_settings().met_probability)
    if json_target:
        emit_json(made.model_dump(mode="json"))
    else:
        out.print(escape(describe(made)))


def approve(
    run: Annotated[str, typer.Argument(help="The waiting run; a prefix of its id is enough.")],
    spec_file: Annotated[Path | None, typer.Option("--spec", help="Approve this edited spec instead.")] = None,
    out_dir: Out = None,
    json_target: Json = None,
) -> None:
    """Approve a waiting run's spec, perhaps edited, and run it."""
    settings = get_settings()
    given = read_spec(spec_file) if spec_file else None
    store = wiring.open_store(settings)
    with progress_bar(given.budget if given else _budget(store, run, settings)) as progress:
        report = RunService(settings, store, progress).approve(run, given)
    finish(settings, report, out_dir, json_target)


def reject(run: Annotated[str, typer.Argument(help="The waiting run; a prefix of its id is enough.")]) -> None:
    """End a run that waits for approval."""
    settings = get_settings()
    RunService(settings, wiring.open_store(settings)).reject(run)
    err.print(f"run {run} is rejected")


def resume(
    run: Annotated[str, typer.Argument(help="The run; a prefix of its id is enough.")],
    out_dir: Out = None,
    json_target: Json = None,
) -> None:
    """Go on with a run that was stopped, killed or failed."""
    settings = get_settings()
    store = wiring.open_store(settings)
    with progress_bar(_budget(store, run, settings)) as progress:
        report = RunService(settings, store, progress).execute(run)
    finish(settings, report, out_dir, json_target)


def finish(settings: Settings, report: Report, out_dir: Path | None, json_target: str | None) -> None:
    """Write the report's files, show it, and leave with exit code 4 if nothing meets the requirements."""
    folder = out_dir or settings.home / "reports" / report.run_id
    paths = write_reports(report, folder)
    if json_target:
        emit_json(report.model_dump(mode="json"), json_target)
    if json_target != "-":
        print_report(report, paths)
    if not report.candidates:
        raise typer.Exit(NONE_MEETS)


def write_reports(report: Report, folder: Path) -> list[Path]:
    """Write report.html, .json, .csv and .sdf into ``folder`` and return their paths."""
    from tools.reporting import render_html, to_csv, to_sdf

    files = {
        "report.html": render_html(report),
        "report.json": report.model_dump_json(indent=2),
        "candidates.csv": to_csv(report),
        "candidates.sdf": to_sdf(report),
    }
    for name, text in files.items():
        write_text(folder / name, text)
    return [folder / name for name in files]


def describe_plan(plan: RolePlan) -> str:
    """Each model with the roles that it takes part in during a run, in one line."""
    roles: dict[str, list[str]] = {}
    for role, used in plan.roles.items():
        if role != "assistant":
            roles.setdefault(used.model, []).append(role)
    return "; ".join(f"{model} as {', '.join(names)}" for model, names in roles.items())


def read_spec(path: Path) -> DesignSpec:
    """The spec in ``path``. NotFoundError if the file cannot be read, SpecError with the place if it is not a spec."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise NotFoundError(f"cannot read the spec {path}: {error}") from error
    try:
        return DesignSpec.model_validate_json(text)
    except ValidationError as error:
        lines = "; ".join(f"{'.'.join(str(p) for p in e['loc']) or 'file'}: {e['msg']}" for e in error.errors()[:5])
        raise SpecError(f"{path} is not a spec: {lines}") from error


def show_spec(spec: DesignSpec) -> None:
    """Print the spec in plain words on stderr."""
    from agent.reading import describe

    err.print(escape(describe(spec)))
    err.print()


def _ask(service: RunService, run_id: str) -> Report:
    """Show the waiting spec and ask for approval; without a terminal stop and say how to approve."""
    made = service.store.spec(run_id)
    show_spec(made)
    if not (sys.stdin.isatty() and err.is_terminal):
        raise ApprovalNeeded(run_id)
    if not typer.confirm("Run this spec?", default=True, err=True):
        service.reject(run_id)
        err.print(
            f"rejected. To change it: molwright spec GOAL --json > spec.json, edit it, molwright design --spec spec.json (run {run_id})"
        )
        raise typer.Exit(5)
    with progress_bar(made.budget) as progress:
        return RunService(service.settings, service.store, progress).approve(run_id)


def _budget(store: RunStore, run: str, settings: Settings) -> int:
    """Evaluations that the run may spend: its spec's, or what it was started with while it has no spec."""
    record = store.run(run)
    if record.spec_version:
        return store.spec(record.run_id).budget
    return int(record.options.get("budget", settings.budget))
