"""``molwright feedback``, ``review``, ``measurements``, ``next-round``: what people say of candidates, and what they do with it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from app.commands.design import Json, Out, ask_person, finish
from app.commands.door import AcceptUnread, read_spec, services
from app.console import emit_document, emit_json, err, out, print_spec, progress_bar, write_text
from app.tables import TextTable, columns, print_table
from core.errors import ApprovalNeeded, UsageError
from core.limits import MAX_BUDGET, MAX_CANDIDATES, MAX_SEED
from core.review import AGREEMENTS, REASONS, Compared, Coverage, FeedbackEntry, GivenValue

Run = Annotated[str, typer.Argument(help="The run; a prefix of its id is enough.")]
Candidate = Annotated[str, typer.Argument(help="The candidate: its rank, its key or the beginning of one, or its SMILES.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
By = Annotated[str, typer.Option("--by", help="Who says it. Default: the user of the settings.")]
Property = Annotated[str, typer.Option("--property", help="Only values of this property.")]
#: Lines of a file that are named on the terminal.
SHOWN = 20


def register(app: typer.Typer) -> None:
    """Add the commands of this file to ``app``."""
    app.command()(feedback)
    app.command()(review)
    app.command("next-round")(next_round)
    group = typer.Typer(help="Measured values of candidates: enter, list, take back, export, import.", no_args_is_help=True)
    group.command("add", context_settings={"ignore_unknown_options": True})(add)
    group.command("list")(list_measurements)
    group.command("withdraw")(withdraw)
    group.command("export")(export)
    group.command("import")(import_file)
    app.add_typer(group, name="measurements")


def feedback(
    context: typer.Context,
    run: Run,
    key: Candidate,
    verdict: Annotated[str, typer.Argument(help="accept, reject, hold, comment, or withdraw: take one's decision back.")],
    reason: Annotated[str, typer.Option("--reason", help=f"Why: {', '.join(REASONS)}.")] = "",
    comment: Annotated[str, typer.Option("--comment", help="Why, in your own words.")] = "",
    by: By = "",
    as_json: AsJson = False,
) -> None:
    """Keep a reviewer's decision or remark on a candidate, or take the decision back."""
    people = services(context).feedback
    if verdict == "withdraw":
        if reason or comment:
            raise UsageError("a decision is taken back without a reason; say more as a comment")
        named = people.withdraw_decision(run, key, by)
    else:
        named = people.add(run, key, verdict, comment, by, reason=reason)
    standing = people.review(run).of(named)
    if as_json:
        return emit_json(standing.model_dump(mode="json") if standing else None)
    what = "taken back: the decision on" if verdict == "withdraw" else f"kept: {verdict} for"
    err.print(escape(f"{what} {named}{f'; {standing.said}' if standing else ''}"))


def review(
    context: typer.Context,
    run: Run,
    show: Annotated[str, typer.Option("--show", help=f"Only those that are: {', '.join(AGREEMENTS)}.")] = "",
    as_json: AsJson = False,
) -> None:
    """Show what reviewers decided, whether two of them agree, and how predictions held against what was measured."""
    if show and show not in AGREEMENTS:
        raise UsageError(f"--show is one of {', '.join(AGREEMENTS)}, not {show!r}")
    found = services(context).feedback.review(run)
    candidates = [c for c in found.candidates if show in ("", c.agreement)]
    if as_json:
        return emit_json(found.model_copy(update={"candidates": candidates}).model_dump(mode="json"))
    table = TextTable(columns("rank", "candidate", "standing", "remarks", "measured", numbers=("rank",)))
    for c in candidates:
        remarks = "; ".join(
            f"{e.author}: {e.comment or e.reason}" for e in [*c.decisions, *c.comments] if e.comment or e.verdict == "comment"
        )
        table.add(str(c.rank or ""), c.name or c.smiles, c.said, remarks, "; ".join(_short(m) for m in c.measured))
    print_table(table, out)
    counts = found.counts()
    out.print(", ".join(f"{number} {name}" for name, number in counts.items() if number) or "no candidates")
    _print_coverage(found.coverage)


def _short(compared: Compared) -> str:
    return f"{compared.measured.property.replace('_', ' ')} {compared.measured.shown}: {compared.said}"


def _print_coverage(coverage: list[Coverage]) -> None:
    for c in coverage:
        told = f"{c.inside} of {c.compared} inside the 90 % interval" if c.compared else "none comparable with a prediction"
        out.print(escape(f"{c.property.replace('_', ' ')}: {c.measured} structure{'s' if c.measured != 1 else ''} measured, {told}"))


def entry_line(entry: FeedbackEntry) -> str:
    """One line on what somebody said."""
    who = f"{entry.at[:16].replace('T', ' ')} {entry.author}"
    if entry.measured is not None:
        said = f"measured {entry.measured.property.replace('_', ' ')} {entry.measured.shown}"
    else:
        said = f"took {entry.withdraws[:12]} back" if entry.withdraws else entry.verdict
    why = "; ".join(w for w in (entry.reason, entry.comment) if w)
    return f"{entry.id[:12]} {entry.key or 'the run'}: {said} ({who}){f': {why}' if why else ''}"


def add(
    context: typer.Context,
    run: Run,
    candidate: Candidate,
    property_name: Annotated[str, typer.Argument(metavar="PROPERTY", help="What was measured: melting_point, 'flash point', Tg, ...")],
    value: Annotated[str, typer.Argument(help="A number, '< 388', '120-124', '3.1 ± 0.2'; the unit may follow.")],
    unit: Annotated[str, typer.Option("--unit", help="Its unit; converted to that of the property, or refused.")] = "",
    qualifier: Annotated[str, typer.Option("--qualifier", help="<, > or ~.")] = "",
    spread: Annotated[str, typer.Option("--spread", help="What stands behind ±, in the unit of the value.")] = "",
    solvent: Annotated[str, typer.Option("--solvent", help="For an absorption: its name or SMILES, film or gas.")] = "",
    conditions: Annotated[str, typer.Option("--conditions", help="Under which conditions.")] = "",
    note: Annotated[str, typer.Option("--note", help="What else is to be said.")] = "",
    measured_by: Annotated[str, typer.Option("--measured-by", help="Who measured it.")] = "",
    on: Annotated[str, typer.Option("--on", help="On which day: YYYY-MM-DD.")] = "",
    by: By = "",
    as_json: AsJson = False,
) -> None:
    """Keep a value that was measured of a candidate, and show it against the prediction."""
    given = GivenValue(property_name, value, unit, qualifier, spread, solvent, conditions, note, measured_by, on)
    kept = services(context).measurements.add(run, candidate, given, by)
    if as_json:
        return emit_json(kept.model_dump(mode="json"))
    out.print(escape(f"{kept.id[:12]} {kept.key}: {_short(kept)}"))


def list_measurements(
    context: typer.Context,
    run: Annotated[str, typer.Argument(help="The run; without one, the values of all runs.")] = "",
    property_name: Property = "",
    as_json: AsJson = False,
) -> None:
    """List measured values: those of a run against their predictions, or those of all runs."""
    door = services(context)
    if run:
        found, coverage = door.measurements.of_run(run)
        word = door.measurements.property_named(property_name) if property_name else ""
        found = [c for c in found if word in ("", c.measured.property)]
        coverage = [c for c in coverage if word in ("", c.property)]
        if as_json:
            return emit_json({"measurements": [c.model_dump(mode="json") for c in found], "coverage": [c.model_dump() for c in coverage]})
        table = TextTable(columns("id", "candidate", "property", "measured", "against the prediction", "who"))
        for c in found:
            m = c.measured
            table.add(c.id[:12], m.smiles, m.property.replace("_", " "), m.shown, c.said, m.measured_by or c.author)
        print_table(table, out)
        return _print_coverage(coverage)
    everywhere = door.measurements.everywhere(property_name)
    if as_json:
        return emit_json({"measurements": [{"run_id": r, **e.model_dump(mode="json")} for r, e in everywhere]})
    table = TextTable(columns("id", "run", "structure", "property", "measured", "who", "entered"))
    for run_id, e in everywhere:
        if value := e.measured:
            who = value.measured_by or e.author
            table.add(e.id[:12], run_id, value.smiles, value.property.replace("_", " "), value.shown, who, e.at[:10])
    print_table(table, out)


def withdraw(
    context: typer.Context,
    run: Run,
    entry: Annotated[str, typer.Argument(help="Id of the measured value, or of any other entry, or the beginning of one.")],
    by: By = "",
) -> None:
    """Take back a measured value or a remark that one has entered; it stays in the history."""
    gone = services(context).feedback.withdraw(run, entry, by)
    err.print(escape(f"taken back: {entry_line(gone)}"))


def export(
    context: typer.Context,
    property_name: Property = "",
    run: Annotated[str, typer.Option("--run", help="Only values of this run.")] = "",
    target: Annotated[Path | None, typer.Option("--out", help="Write to this file instead of stdout.")] = None,
) -> None:
    """Write measured values as CSV; with --property a training file for `molwright models train`."""
    text = services(context).measurements.table(property_name, run)
    if target:
        write_text(target, text)
    else:
        emit_document(text)


def import_file(
    context: typer.Context,
    run: Run,
    file: Annotated[
        Path, typer.Argument(help="Structures with measured values: CSV, XLSX, SDF; a column a property, or property and value.")
    ],
    by: By = "",
    as_json: AsJson = False,
) -> None:
    """Read measured values of a run's structures from a file. What is not kept is listed; then the exit code is 2 if nothing is."""
    read = services(context).measurements.read(run, file, by)
    if as_json:
        emit_json({"kept": read.kept, "left_out": [{"line": n, "reason": r} for n, r in read.left_out], "notes": read.notes})
    else:
        for note in read.notes:
            err.print(f"[yellow]note:[/yellow] {escape(note)}")
        for line, reason in read.left_out[:SHOWN]:
            err.print(escape(f"left out, line {line}: {reason}"))
        if len(read.left_out) > SHOWN:
            err.print(f"... and {len(read.left_out) - SHOWN} more; --json lists all")
        err.print(f"{len(read.kept)} measured value{'s' if len(read.kept) != 1 else ''} kept")
    if not read.kept and read.left_out:
        sys.exit(UsageError.exit_code)


def next_round(
    context: typer.Context,
    run: Run,
    spec_file: Annotated[
        Path | None, typer.Option("--spec", help="Run this edited spec instead; --show --json FILE holds the one to edit as 'spec'.")
    ] = None,
    show: Annotated[bool, typer.Option("--show", help="Only say what the next round would be started from.")] = False,
    anywhere: Annotated[bool, typer.Option("--anywhere", help="Do not ask for what resembles the accepted ones.")] = False,
    candidates: Annotated[int | None, typer.Option(min=1, max=MAX_CANDIDATES, help="How many candidates to list.")] = None,
    budget: Annotated[int | None, typer.Option(min=1, max=MAX_BUDGET, help="How many distinct structures may be evaluated.")] = None,
    seed: Annotated[int | None, typer.Option(min=0, max=MAX_SEED, help="Seed of every random choice. Default: the next one.")] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Approve the spec without asking.")] = False,
    accept_unread: AcceptUnread = False,
    no_models: Annotated[bool, typer.Option("--no-models", help="Ask no language model, even if one is configured.")] = False,
    out_dir: Out = None,
    json_target: Json = None,
) -> None:
    """Start a run from the decisions on another one: near what was accepted, without what was reviewed."""
    door = services(context)
    planned = door.rounds.plan(run, resemble=not anywhere)
    if show and json_target:
        return emit_json(planned.model_dump(mode="json"), json_target)
    err.print(
        f"{len(planned.accepted)} accepted, {len(planned.rejected)} rejected, {len(planned.open)} open; {planned.measured} structure{'' if planned.measured == 1 else 's'} with measured values"
    )
    for note in planned.notes:
        err.print(f"[yellow]note:[/yellow] {escape(note)}")
    if show:
        return print_spec(planned.spec, door.goals.describe(planned.spec), out)
    changes = {k: v for k, v in {"candidates": candidates, "budget": budget, "seed": seed}.items() if v is not None}
    given = read_spec(door, spec_file) if spec_file else None
    wanted = given or planned.spec
    with progress_bar(budget or wanted.budget) as progress:
        runs = door.runs(progress)
        run_id = door.rounds.start(
            run,
            given,
            resemble=not anywhere,
            changes=changes,
            approve=yes,
            accept_unread=accept_unread,
            use_models=not no_models,
            queued=False,
        )
        err.print(f"run {run_id} is the next round of run {planned.run_id}")
        try:
            report = runs.execute(run_id)
        except ApprovalNeeded as needed:
            waits, report = needed, None
    finish(door, report or ask_person(door, run_id, waits), out_dir, json_target)
