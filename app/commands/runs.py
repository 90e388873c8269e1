"""``molwright runs``, ``report``, ``trace``, ``replay``, ``verify``: what is stored, and whether it can be repeated."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from app.commands.design import finish
from app.commands.difference import print_difference
from app.commands.door import services
from app.commands.life import print_life
from app.commands.review import entry_line
from app.commands.sharing import register_in
from app.console import emit_document, emit_json, err, json_text, out, print_spec, progress_bar, write_text
from app.services.event_words import event_words
from app.services.reports import TextForm, render
from app.tables import TextTable, columns, print_table
from core.errors import ReplayDiffers, UsageError
from core.events import StatusChanged
from core.verification import Verification

Run = Annotated[str, typer.Argument(help="The run; a prefix of its id is enough.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this file to ``app``."""
    group = typer.Typer(help="List, show, follow and stop stored runs.", no_args_is_help=True)
    group.command("list")(list_runs)
    group.command("show")(show_run)
    group.command("watch")(watch)
    group.command("pause")(pause)
    group.command("cancel")(cancel)
    group.command("diff")(diff)
    register_in(group)
    app.add_typer(group, name="runs")
    app.command()(report)
    app.command()(trace)
    app.command()(replay)
    app.command()(verify)


def list_runs(
    context: typer.Context, limit: Annotated[int, typer.Option(min=1, help="How many, newest first.")] = 20, as_json: AsJson = False
) -> None:
    """List the stored runs, newest first."""
    found = services(context).runs().list(limit)
    if as_json:
        return emit_json([asdict(r) for r in found])
    table = TextTable(columns("run", "status", "created", "goal", numbers=("created",)))
    for r in found:
        table.add(r.run_id, r.status, r.created_at[:19], r.goal[:80])
    print_table(table, out)


def show_run(context: typer.Context, run: Run, as_json: AsJson = False) -> None:
    """Show one run: status, spec, what was evaluated."""
    door = services(context)
    found = door.runs().show(run)
    record = found.record
    if as_json:
        spec = found.spec.model_dump(mode="json") if found.spec else None
        said = [entry.model_dump(mode="json") for entry in found.feedback]
        rounds = {"parent": found.parent, "rounds": found.rounds}
        return emit_json({**asdict(record), "spec": spec, "candidates": found.candidates, "feedback": said, **rounds})
    out.print(f"run {record.run_id} · {record.status} · created {record.created_at[:19]} · finished {record.finished_at[:19] or 'not yet'}")
    if record.error:
        out.print(escape(record.error))
    if found.parent:
        out.print(f"a next round of run {found.parent}")
    if found.rounds:
        out.print(f"next rounds of it: {', '.join(found.rounds)}")
    out.print("structures: " + (", ".join(f"{n} {s}" for s, n in sorted(found.candidates.items())) or "none yet"))
    if found.spec:
        print_spec(found.spec, door.goals.describe(found.spec), out)
    for entry in found.feedback:
        out.print(escape(entry_line(entry)))


def watch(
    context: typer.Context,
    run: Run,
    after: Annotated[int, typer.Option(min=0, help="Only what comes after this event.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")] = False,
) -> None:
    """Follow a run that another process executes, until nothing executes it any more."""
    runs = services(context).runs()
    if as_json:
        for event in runs.follow(run, after):
            typer.echo(json_text(event.model_dump(mode="json"), sys.stdout))
        return
    with progress_bar(runs.budget(run)) as show:
        for event in runs.follow(run, after):
            show(event.event)
            if isinstance(event.event, StatusChanged) and event.event.message:
                err.print(escape(event.event.message))
    record = runs.find(run)
    held = (
        ""
        if record.status not in ("running", "pausing", "cancelling")
        else f", but no process executes it: molwright resume {record.run_id}"
    )
    err.print(f"run {record.run_id} is {record.status}{held}")


def pause(context: typer.Context, run: Run) -> None:
    """Pause a run, wherever it is executed; `molwright resume` goes on with it."""
    err.print(f"run {run} is {services(context).runs().pause(run)}")


def cancel(context: typer.Context, run: Run) -> None:
    """End a run for good, wherever it is executed. What it stored is kept."""
    err.print(f"run {run} is {services(context).runs().cancel(run)}")


def diff(
    context: typer.Context,
    a: Annotated[str, typer.Argument(help="The first run; a prefix of its id is enough.")],
    b: Annotated[str, typer.Argument(help="The run that is compared with it.")],
    as_json: AsJson = False,
) -> None:
    """Show how a run differs from another: what was asked for, what is listed, where their records part."""
    found = services(context).tracing.difference(a, b)
    if as_json:
        return emit_json(found.model_dump(mode="json"))
    print_difference(found)


def report(
    context: typer.Context,
    run: Run,
    html: Annotated[bool, typer.Option("--html", help="The report as one HTML file that works offline.")] = False,
    as_json: AsJson = False,
    csv: Annotated[bool, typer.Option("--csv", help="The candidates as CSV.")] = False,
    sdf: Annotated[bool, typer.Option("--sdf", help="The candidates as SDF.")] = False,
    target: Annotated[Path | None, typer.Option("--out", help="Write to this file instead of stdout.")] = None,
) -> None:
    """Print a stored report in one of its forms."""
    flags: dict[TextForm, bool] = {"html": html, "json": as_json, "csv": csv, "sdf": sdf}
    forms = [form for form, asked in flags.items() if asked]
    if len(forms) > 1:
        raise UsageError("choose one of --html, --json, --csv, --sdf")
    door = services(context)
    document = door.runs().report(run)
    if not forms:
        return finish(door, document, None, None, shown_only=True)
    text = render(document, forms[0], catalogue=door.workspace_of(document.run_id).catalogue) + ("\n" if as_json else "")
    if target:
        write_text(target, text)
    else:
        emit_document(text)


def trace(
    context: typer.Context,
    run: Run,
    candidate: Annotated[
        str, typer.Option("--candidate", help="The life of one candidate: its key or the beginning of one, its rank, or its SMILES.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Show what happened in a run, event by event, or what became of one candidate and why."""
    if candidate:
        found = services(context).tracing.life(run, candidate)
        return emit_json(found.model_dump(mode="json")) if as_json else print_life(found)
    events = services(context).runs().trace(run)
    if as_json:
        return emit_json([e.model_dump(mode="json") for e in events])
    table = TextTable(columns("#", "node", "gen.", "index", "kind", "what", "hash", numbers=("gen.",), marks=("#",)))
    for e in events:
        table.add(str(e.sequence), e.node, str(e.generation), e.index, e.kind, event_words(e), e.output_hash[:12])
    print_table(table, out)


def replay(
    context: typer.Context,
    run: Run,
    start: Annotated[
        int | None,
        typer.Option("--from", "--from-event", help="Fork a new run that repeats the record up to this event and then goes on by itself."),
    ] = None,
    changes: Annotated[
        list[str] | None,
        typer.Option("--with", help="What the fork changes: budget=N, candidates=N, met_probability=P, model=ROLE:NAME, prompt=FILE."),
    ] = None,
    without: Annotated[
        str,
        typer.Option(
            "--without",
            help="What the fork does without: the number of an event (a proposer's batch or an exchange with a language model), or a role.",
        ),
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Repeat a run from its record and compare every step; exit code 6 if anything differs. A fork ends with its differences to the run."""
    door = services(context)
    runs = door.runs()
    run_id = runs.find(run).run_id
    if start is not None or changes or without:
        fork = runs.fork(run_id, start, changes or [], without=without)
        _, _, event = str(runs.find(fork).given.forked_from).rpartition(":")
        err.print(f"run {fork} repeats run {run_id} up to event {event} and goes on from there")
        report = runs.execute(fork)
        err.print(escape(door.tracing.difference(run_id, fork).text))
        return finish(door, report, None, "-" if as_json else None)
    result, seals = runs.replay(run_id), runs.verify(run_id)
    if as_json:
        emit_json({**result.model_dump(mode="json"), "seals": seals.model_dump(mode="json")})
    else:
        out.print(escape(result.text))
        out.print(escape(seals.text))
    if not result.identical:
        raise ReplayDiffers(f"the replay of run {run_id} differs at event {result.first_difference}")
    _raise_if_broken(seals)


def verify(
    context: typer.Context,
    run: Run,
    head: Annotated[
        str, typer.Option("--head", help="A seal that this command printed before and that you kept elsewhere: the run must still have it.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Tell whether anything stored of a run was changed since it was stored, and what; exit code 6 if so. Takes no computing, unlike replay."""
    found = services(context).runs().verify(run, head)
    if as_json:
        emit_json(found.model_dump(mode="json"))
    else:
        out.print(escape(found.text))
    _raise_if_broken(found)


def _raise_if_broken(found: Verification) -> None:
    if found.state == "broken":
        raise ReplayDiffers(f"run {found.run_id} was changed after it was stored: {found.faults[0]}")
