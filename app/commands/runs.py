"""``molwright runs``, ``report``, ``trace``, ``replay``, ``feedback``: what is stored, and whether it can be repeated."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from app import wiring
from app.commands.design import finish
from app.console import emit_json, err, out, write_text
from app.services.runs import RunService
from core.errors import NotFoundError, ReplayDiffers, UsageError
from core.settings import get_settings
from core.trace import TraceEvent

Run = Annotated[str, typer.Argument(help="The run; a prefix of its id is enough.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this file to ``app``."""
    group = typer.Typer(help="List and show stored runs.", no_args_is_help=True)
    group.command("list")(list_runs)
    group.command("show")(show_run)
    app.add_typer(group, name="runs")
    app.command()(report)
    app.command()(trace)
    app.command()(replay)
    app.command()(feedback)


def list_runs(limit: Annotated[int, typer.Option(min=1, help="How many, newest first.")] = 20, as_json: AsJson = False) -> None:
    """List the stored runs, newest first."""
    found = wiring.open_store(get_settings()).runs(limit)
    if as_json:
        return emit_json([asdict(r) for r in found])
    table = Table("run", "status", "created", "goal")
    for r in found:
        table.add_row(r.run_id, r.status, r.created_at[:19], escape(r.goal[:80]))
    out.print(table)


def show_run(run: Run, as_json: AsJson = False) -> None:
    """Show one run: status, spec, what was evaluated."""
    from agent.reading import describe

    store = wiring.open_store(get_settings())
    record = store.run(run)
    counts: dict[str, int] = {}
    for candidate in store.candidates(record.run_id):
        counts[candidate.status] = counts.get(candidate.status, 0) + 1
    if as_json:
        spec = store.spec(record.run_id).model_dump(mode="json") if record.spec_version else None
        return emit_json({**asdict(record), "spec": spec, "candidates": counts, "feedback": store.feedback(record.run_id)})
    out.print(f"run {record.run_id} · {record.status} · created {record.created_at[:19]} · finished {record.finished_at[:19] or 'not yet'}")
    if record.error:
        out.print(escape(record.error))
    out.print("structures: " + (", ".join(f"{n} {s}" for s, n in sorted(counts.items())) or "none yet"))
    if record.spec_version:
        out.print(escape(describe(store.spec(record.run_id))))
    for note in store.feedback(record.run_id):
        out.print(escape(f"{note['key']}: {note['verdict']} by {note['author']}: {note['comment']}"))


def report(
    run: Run,
    html: Annotated[bool, typer.Option("--html", help="The report as one HTML file that works offline.")] = False,
    as_json: AsJson = False,
    csv: Annotated[bool, typer.Option("--csv", help="The candidates as CSV.")] = False,
    sdf: Annotated[bool, typer.Option("--sdf", help="The candidates as SDF.")] = False,
    target: Annotated[Path | None, typer.Option("--out", help="Write to this file instead of stdout.")] = None,
) -> None:
    """Print a stored report in one of its forms."""
    from tools.reporting import render_html, to_csv, to_sdf

    if sum((html, as_json, csv, sdf)) > 1:
        raise UsageError("choose one of --html, --json, --csv, --sdf")
    settings = get_settings()
    document = RunService(settings, wiring.open_store(settings)).report(run)
    if not (html or as_json or csv or sdf):
        return finish(settings, document, None, None)
    if html:
        text = render_html(document)
    elif as_json:
        text = document.model_dump_json(indent=2) + "\n"
    else:
        text = to_csv(document) if csv else to_sdf(document)
    if target:
        write_text(target, text)
    else:
        typer.echo(text, nl=False)


def trace(run: Run, as_json: AsJson = False) -> None:
    """Show what happened in a run, event by event."""
    store = wiring.open_store(get_settings())
    events = store.events(store.run(run).run_id)
    if as_json:
        return emit_json([e.model_dump(mode="json") for e in events])
    table = Table("#", "node", "gen.", "index", "kind", "what", "hash")
    for e in events:
        table.add_row(str(e.sequence), e.node, str(e.generation), escape(e.index), e.kind, escape(_what(e)), e.output_hash[:12])
    out.print(table)


def _what(event: TraceEvent) -> str:
    """What an event holds, in a few words."""
    if event.kind == "model":
        counted = "about " if event.outputs["tokens_estimated"] else ""
        said = event.outputs["problem"] or event.outputs["fault"] or event.outputs["mended"]
        asked = f"{event.inputs['role']}: {event.model} at {event.endpoint or 'no endpoint'}"
        return f"{asked}, {counted}{event.tokens_in}+{event.tokens_out} tokens, {event.seconds:.2f} s" + (f": {said[:100]}" if said else "")
    if event.kind == "tool":
        return f"{event.inputs.get('tool', '')}, {event.seconds:.2f} s"
    return f"{len(event.outputs)} items" if isinstance(event.outputs, (list, dict, str)) else ""


def replay(
    run: Run,
    start: Annotated[
        int | None,
        typer.Option("--from", "--from-event", help="Fork a new run that repeats the record up to this event and then goes on by itself."),
    ] = None,
    changes: Annotated[
        list[str] | None,
        typer.Option("--with", help="What the fork changes: budget=N, candidates=N, met_probability=P, model=ROLE:NAME, prompt=FILE."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Repeat a run from its record and compare every step; exit code 6 if anything differs."""
    from evals.replay import replay as replay_run

    settings = get_settings()
    store = wiring.open_store(settings)
    record = store.run(run)
    if start is not None or changes:
        service = RunService(settings, store)
        fork = service.fork(record.run_id, start or 0, changes or [])
        err.print(f"run {fork} repeats run {record.run_id} up to event {start or 0} and goes on from there")
        return finish(settings, service.execute(fork), None, "-" if as_json else None)
    result = replay_run(store, record.run_id, executor=wiring.open_executor(settings))
    if as_json:
        emit_json(result.model_dump(mode="json"))
    else:
        out.print(escape(result.text))
    if not result.identical:
        raise ReplayDiffers(f"the replay of run {record.run_id} differs at event {result.first_difference}")


def feedback(
    run: Run,
    key: Annotated[str, typer.Argument(help="Key of the candidate: its InChIKey or polymer key, or its rank.")],
    verdict: Annotated[str, typer.Argument(help="accept, reject or comment.")],
    comment: Annotated[str, typer.Option(help="Why.")] = "",
) -> None:
    """Keep a reviewer's verdict on a candidate."""
    if verdict not in ("accept", "reject", "comment"):
        raise UsageError(f"the verdict is accept, reject or comment, not {verdict!r}")
    settings = get_settings()
    store = wiring.open_store(settings)
    record = store.run(run)
    document = RunService(settings, store).report(record.run_id)
    named = {str(c.rank): c.key for c in document.candidates} | {c.key: c.key for c in [*document.candidates, *document.closest]}
    if key not in named:
        raise NotFoundError(f"run {record.run_id} lists no candidate {key!r}; ranks 1 to {len(document.candidates)} or a key")
    store.add_feedback(record.run_id, named[key], verdict, comment, wiring.user_name(settings), wiring.now().isoformat())
    err.print(f"kept: {verdict} for {named[key]}")
