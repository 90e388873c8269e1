"""``molwright design``, ``spec``, ``approve``, ``reject``, ``resume``: from a goal to a report."""

from __future__ import annotations

import sys
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from app.commands.compound import Core, Like, Unlike, compound_options
from app.commands.door import NONE_MEETS, AcceptUnread, read_spec, services
from app.commands.scorers import ScorerOption, ScorerSetting, with_scorers
from app.console import emit_json, err, out, print_forecast, print_objections, print_report, print_spec, progress_bar, write_reports
from core.errors import ApprovalNeeded, UsageError
from core.limits import MAX_BUDGET, MAX_CANDIDATES, MAX_SEED, PATIENCE
from core.options import RunOptions
from core.report import Report
from core.spec import DesignSpec, with_suggestions

if TYPE_CHECKING:
    from app.services.entry import Services

#: Faulty lines of a block list or list of known structures that are printed.
FAULTS_PRINTED = 20
#: Notes on how a file was read that are printed.
NOTES_PRINTED = 20


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


SpecFile = Annotated[Path | None, typer.Option("--spec", help="Run this spec (JSON, as `molwright spec GOAL --json` prints it).")]
Blocks = Annotated[
    Path | None,
    typer.Option(
        "--blocks", help="Your building blocks: any file of structures, with name, id, CAS, price, currency, amount, unit if known."
    ),
]
Budget = Annotated[
    int | None,
    typer.Option(
        min=1,
        max=MAX_BUDGET,
        help="At most how many distinct structures are evaluated. The search ends sooner where it does not improve: see --patience.",
    ),
]
Patience = Annotated[
    int | None,
    typer.Option(
        min=1,
        max=MAX_BUDGET,
        help=f"End the search once the ten best did not improve in so many generations in a row; more of it spends more of the budget. Default {PATIENCE}.",
    ),
]
Calls = Annotated[
    int | None,
    typer.Option(
        min=1,
        max=MAX_BUDGET,
        help="How often each costly calculator or scorer that the goal names may be called; by what a call costs unless given, so that the run ends in "
        "about ten minutes on two cores.",
    ),
]
BlocksModeOption = Annotated[BlocksMode, typer.Option("--blocks-mode", help="Add them to the shipped blocks, or use them alone.")]
KnownFile = Annotated[
    Path | None, typer.Option("--known", help="Structures you know already (any file of structures); they are not listed.")
]
Measured = Annotated[
    bool, typer.Option("--measured", help="Use what your team has measured (molwright measurements) in place of predictions.")
]
MaxSimilarity = Annotated[
    float | None,
    typer.Option(
        min=0.05,
        max=1,
        help="Largest similarity of two listed candidates; 1 for no limit. Default 0.7, as long as that fills the list.",
    ),
]


NewOnly = Annotated[bool, typer.Option("--new-only", help="List only structures that are not known.")]
KnownFirst = Annotated[bool, typer.Option("--known-first", help="Known structures take the first places, new ones the others.")]
KnownOnly = Annotated[bool, typer.Option("--known-only", help="List only known structures.")]


def _novelty(list_known: bool, new_only: bool, known_first: bool, known_only: bool) -> dict[str, Any]:
    """What the list is to be made of, as run options. UsageError where two rules are asked for."""
    asked = {"--list-known": list_known, "--new-only": new_only, "--known-first": known_first, "--known-only": known_only}
    given = [name for name, wanted in asked.items() if wanted]
    if len(given) > 1:
        raise UsageError(f"{' and '.join(given)} exclude one another: a list is made by one rule")
    if list_known:
        return {"list_known": True}
    return {"novelty": given[0].removeprefix("--").replace("-", " ")} if given else {}


def design(
    context: typer.Context,
    goal: Annotated[str, typer.Argument(help="What is wanted, in a sentence.")] = "",
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Approve the spec without asking.")] = False,
    candidates: Annotated[int | None, typer.Option(min=1, max=MAX_CANDIDATES, help="How many candidates to list.")] = None,
    budget: Budget = None,
    patience: Patience = None,
    seed: Annotated[int | None, typer.Option(min=0, max=MAX_SEED, help="Seed of every random choice.")] = None,
    spec_file: SpecFile = None,
    blocks: Blocks = None,
    blocks_mode: BlocksModeOption = BlocksMode.EXTEND,
    known: KnownFile = None,
    measured: Measured = False,
    core: Core = None,
    like: Like = None,
    unlike: Unlike = None,
    list_known: Annotated[bool, typer.Option("--list-known", help="List known structures too, marked as such.")] = False,
    new_only: NewOnly = False,
    known_first: KnownFirst = False,
    known_only: KnownOnly = False,
    max_similarity: MaxSimilarity = None,
    scorer: ScorerOption = None,
    scorer_set: ScorerSetting = None,
    calls: Calls = None,
    accept_unread: AcceptUnread = False,
    no_models: Annotated[bool, typer.Option("--no-models", help="Ask no language model, even if one is configured.")] = False,
    out_dir: Out = None,
    json_target: Json = None,
) -> None:
    """Interpret a goal, show the spec, and run it to a ranked report."""
    door = with_scorers(context, scorer, scorer_set)
    given = read_spec(door, spec_file) if spec_file else None
    sentence = given.goal if given and not goal.strip() else goal
    wished: dict[str, Any] = {"candidates": candidates, "budget": budget, "seed": seed, "max_similarity": max_similarity}
    wished |= _novelty(list_known, new_only, known_first, known_only)
    changes = {k: v for k, v in wished.items() if v is not None}
    given_spec = given.model_copy(update=changes).model_dump(mode="json") if given else None
    options = RunOptions.model_validate(
        {
            **changes,
            **compound_options(core, like, unlike),
            "patience": patience,
            "calls": calls,
            "yes": yes,
            "spec": given_spec,
            "despite_objections": accept_unread or None,
        }
    )
    with progress_bar(budget or (given.budget if given else door.settings.search.budget)) as progress:
        runs = door.runs(progress)
        run_id = runs.start(sentence, options, use_models=not no_models, **_lists(door, blocks, blocks_mode, known, measured))
        if plan := runs.plan(run_id):
            from app.services.health import describe_plan

            err.print(escape(f"language models: {describe_plan(plan)}"))
        try:
            report = runs.execute(run_id)
        except ApprovalNeeded as needed:
            waits = needed
            report = None
    if report is None:
        report = ask_person(door, run_id, waits)
    elif json_target != "-":
        show_spec(door, report.spec)
    finish(door, report, out_dir, json_target)


def _lists(door: Services, blocks: Path | None, mode: BlocksMode, known: Path | None, measured: bool) -> dict[str, Any]:
    """The user's lists, read and said on stderr how well that went. UsageError if a file cannot be used at all."""
    found: dict[str, Any] = {}
    if blocks is not None:
        inventory = door.lists.blocks(blocks, mode.value)
        found["blocks"] = inventory
        priced = sum(r.stock.price is not None for r in inventory.rows)
        err.print(escape(f"{blocks}: {len(inventory.rows)} building blocks, {priced} with a price; {len(inventory.faults)} lines left out"))
        for fault in inventory.faults[:FAULTS_PRINTED]:
            err.print(escape(f"  line {fault.line}: {fault.reason}"))
        if len(inventory.faults) > FAULTS_PRINTED:
            err.print(f"  and {len(inventory.faults) - FAULTS_PRINTED} more; the report lists them")
        _print_notes(inventory.notes)
    if known is not None:
        structures = door.lists.known(known)
        found["known"] = structures
        err.print(escape(f"{known}: {len(structures.structures)} known structures; {structures.unreadable} entries could not be read"))
        for text in structures.faults[:FAULTS_PRINTED]:
            err.print(escape(f"  {text}"))
        _print_notes(structures.notes)
    if measured:
        found["known"] = values = door.measurements.as_known(given=found.get("known"))
        count = len({key for by_key in values.sources.values() for key in by_key})
        err.print(f"{count} structure{'s' if count != 1 else ''} with values that your team has measured")
    return found


def _print_notes(notes: list[str]) -> None:
    """How a file was read, on stderr."""
    for note in notes[:NOTES_PRINTED]:
        err.print(f"  [yellow]note:[/yellow] {escape(note)}")
    if len(notes) > NOTES_PRINTED:
        err.print(f"  and {len(notes) - NOTES_PRINTED} more notes")


def spec(
    context: typer.Context,
    goal: Annotated[str, typer.Argument(help="What is wanted, in a sentence.")],
    core: Core = None,
    like: Like = None,
    unlike: Unlike = None,
    scorer: ScorerOption = None,
    scorer_set: ScorerSetting = None,
    forecast: Annotated[
        bool,
        typer.Option(
            "--forecast", help="Say how many qualifying candidates a run may be expected to find, and what relaxing each wish brings."
        ),
    ] = False,
    json_target: Annotated[bool, typer.Option("--json", help="Print the spec as JSON; with --forecast the forecast.")] = False,
) -> None:
    """Show what a goal means, without running it."""
    door = with_scorers(context, scorer, scorer_set)
    goals = door.goals
    made = goals.interpret(goal, RunOptions.model_validate(compound_options(core, like, unlike)))
    if forecast:
        told = door.forecasts.of(made)
        if json_target:
            emit_json(told.model_dump(mode="json"))
        else:
            print_spec(made, goals.describe(made))
            print_objections(goals.objections(made), ())
            print_forecast(told, made)
    elif json_target:
        emit_json(made.model_dump(mode="json"))
    else:
        print_spec(made, goals.describe(made), out)
        print_objections(goals.objections(made), ())


def approve(
    context: typer.Context,
    run: Annotated[str, typer.Argument(help="The waiting run; a prefix of its id is enough.")],
    spec_file: Annotated[Path | None, typer.Option("--spec", help="Approve this edited spec instead.")] = None,
    accept_suggestions: Annotated[
        bool, typer.Option("--accept-suggestions", help="Ask also for what could be read of the unread words, as the spec lists it.")
    ] = False,
    accept_unread: AcceptUnread = False,
    scorer: ScorerOption = None,
    scorer_set: ScorerSetting = None,
    out_dir: Out = None,
    json_target: Json = None,
) -> None:
    """Approve a waiting run's spec, perhaps edited, and run it."""
    door = with_scorers(context, scorer, scorer_set)
    given = read_spec(door, spec_file) if spec_file else None
    if accept_suggestions:
        given = with_suggestions(given or door.runs().waiting_spec(run))
    try:
        with progress_bar(given.budget if given else door.runs().budget(run)) as progress:
            report = door.runs(progress).approve(run, given, despite_objections=accept_unread)
    except ApprovalNeeded as needed:
        report = ask_person(door, needed.run_id, needed, given)
    finish(door, report, out_dir, json_target)


def reject(context: typer.Context, run: Annotated[str, typer.Argument(help="The waiting run; a prefix of its id is enough.")]) -> None:
    """End a run that waits for approval."""
    services(context).runs().reject(run)
    err.print(f"run {run} is rejected")


def resume(
    context: typer.Context,
    run: Annotated[str, typer.Argument(help="The run; a prefix of its id is enough.")],
    scorer: ScorerOption = None,
    scorer_set: ScorerSetting = None,
    out_dir: Out = None,
    json_target: Json = None,
) -> None:
    """Go on with a run that was stopped, paused, killed or failed."""
    door = with_scorers(context, scorer, scorer_set)
    with progress_bar(door.runs().budget(run)) as progress:
        report = door.runs(progress).execute(run)
    finish(door, report, out_dir, json_target)


def finish(door: Services, report: Report, out_dir: Path | None, json_target: str | None, *, shown_only: bool = False) -> None:
    """Write the report's files, show it, and leave with exit code 4 if nothing meets the requirements.

    ``shown_only``: files that cannot be written are said and no fault.
    """
    paths: list[Path] = []
    try:
        paths = write_reports(
            report, out_dir or door.settings.home / "reports" / report.run_id, catalogue=door.workspace_of(report.run_id).catalogue
        )
    except UsageError as error:
        if not shown_only:
            raise
        err.print(f"[yellow]note:[/yellow] {escape(str(error))}")
    if json_target:
        emit_json(report.model_dump(mode="json"), json_target)
    if json_target != "-":
        print_report(report, paths, catalogue=door.workspace_of(report.run_id).catalogue)
    if not report.candidates:
        raise typer.Exit(NONE_MEETS)


def show_spec(door: Services, made: DesignSpec) -> None:
    """Print the spec in plain words on stderr."""
    print_spec(made, door.goals.describe(made))
    err.print()


def ask_person(door: Services, run_id: str, needed: ApprovalNeeded, edited: DesignSpec | None = None) -> Report:
    """Show the waiting spec, or the ``edited`` one, and ask for approval; without a terminal stop and say how to go on."""
    made = edited or door.store.spec(run_id)
    show_spec(door, made)
    person = sys.stdin.isatty() and err.is_terminal
    print_objections(needed.objections, () if person or not needed.objections else _ways(run_id, made))
    if not person:
        raise needed
    if not typer.confirm("Run this spec?", default=True, err=True):
        door.runs().reject(run_id)
        err.print(
            f"rejected. To change it: molwright spec GOAL --json > spec.json, edit it, molwright design --spec spec.json (run {run_id})"
        )
        raise typer.Exit(5)
    with progress_bar(made.budget) as progress:
        return door.runs(progress).approve(run_id, edited, despite_objections=True)  # a person has just looked at it


def _ways(run_id: str, made: DesignSpec) -> list[str]:
    """How to go on with a run that a rule objects to."""
    suggested = [f"molwright approve {run_id} --accept-suggestions    ask also for what could be read of the unread words"]
    return (suggested if any(u.requirements or u.objectives for u in made.unchecked) else []) + [
        f"molwright approve {run_id} --accept-unread    run it as it was read; what is not checked stays unchecked",
        f"molwright approve {run_id} --spec FILE    run an edited spec; molwright spec GOAL --json > FILE begins one",
        f"molwright reject {run_id}    and say the goal in other words, with the properties and numbers that are meant",
    ]
