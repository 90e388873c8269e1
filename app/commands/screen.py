"""``molwright screen``: a library of any size held against a goal."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from app.commands.design import Json
from app.commands.door import NONE_MEETS, AcceptUnread, read_spec, unread_shown
from app.commands.scorers import ScorerOption, ScorerSetting, with_scorers
from app.console import emit_json, err, print_report, print_spec, write_reports
from app.services.entry import Services
from core.errors import UsageError
from core.limits import MAX_BUDGET

if TYPE_CHECKING:
    from app.services.libraries import LibraryResult, LibraryScreen


def register(app: typer.Typer) -> None:
    """Add the command of this file to ``app``."""
    app.command()(screen)


def screen(
    context: typer.Context,
    library: Annotated[Path, typer.Argument(help="Structures: .smi, .csv, .tsv, .txt, .sdf or .xlsx, each also with .gz.")],
    goal: Annotated[str, typer.Option("--goal", help="What is wanted, in a sentence.")] = "",
    spec_file: Annotated[Path | None, typer.Option("--spec", help="Screen against this spec (JSON) instead of a goal.")] = None,
    top: Annotated[int, typer.Option("--top", min=1, max=1000, help="How many structures the ranked report lists.")] = 100,
    out_dir: Annotated[
        Path | None, typer.Option("--out", help="Folder for journal and results; default: screens/ in MOLWRIGHT_HOME.")
    ] = None,
    workers: Annotated[int | None, typer.Option(min=1, max=4096, help="Processes (or Ray tasks) side by side.")] = None,
    ray: Annotated[
        str, typer.Option("--ray", help="Run on a Ray cluster: its address, 'auto', or 'local' for one of this machine's own.")
    ] = "",
    smiles_column: Annotated[str, typer.Option(help="Column of a table that holds the structures.")] = "",
    limit: Annotated[int | None, typer.Option(min=1, help="Read at most so many records.")] = None,
    calls: Annotated[
        int | None,
        typer.Option(
            "--calls", min=1, max=MAX_BUDGET, help="Where the goal needs what costs a call: how many calls; default: by what a call takes."
        ),
    ] = None,
    scorer: ScorerOption = None,
    scorer_set: ScorerSetting = None,
    restart: Annotated[bool, typer.Option("--restart", help="Begin again instead of going on where the last call stopped.")] = False,
    accept_unread: AcceptUnread = False,
    json_target: Json = None,
) -> None:
    """Hold every structure of a library against a goal and rank those that meet it. The same command again goes on where it stopped."""
    if bool(goal.strip()) == (spec_file is not None):
        raise UsageError("give either --goal or --spec")
    door = with_scorers(context, scorer, scorer_set)
    with unread_shown(door):
        spec = door.libraries.spec(read_spec(door, spec_file) if spec_file else goal, top, calls=calls, despite_objections=accept_unread)
    if json_target != "-":
        print_spec(spec, "\n".join(door.goals.describe(spec).splitlines()[:-1]) + "\n")  # the last line is about design runs
    asked = door.libraries.prepare(library, spec, out_dir, smiles_column)
    if not asked.kept:
        err.print(
            f"[yellow]note:[/yellow] {escape(str(door.settings.home))} cannot be written: no files are kept; --out says where they may go"
        )
    if restart:
        asked.restart()
    try:
        _show(door, _held(door, asked, workers, ray, limit), asked, json_target)
    finally:
        asked.end()


def _held(door: Services, asked: LibraryScreen, workers: int | None, ray: str, limit: int | None) -> LibraryResult:
    try:
        with _bar(asked.library.name) as progress:
            return door.libraries.run(asked, workers=workers, ray=ray, limit=limit, progress=progress)
    except BaseException:
        if asked.kept:
            err.print(f"stopped; nothing is lost: the same command goes on where it stopped (journal {escape(str(asked.journal))})")
        raise


def _show(door: Services, result: LibraryResult, asked: LibraryScreen, json_target: str | None) -> None:
    done, report, library = result.screened, result.report, asked.library.name
    paths = write_reports(report, asked.folder, catalogue=door.workspace.catalogue) + result.files if asked.kept else []
    if done.resumed:
        err.print(f"{done.resumed:,} of {done.read:,} records had been read by an earlier call")
    for note in done.notes:
        err.print(f"[yellow]note:[/yellow] {escape(note)}")
    for line, name, reason in result.unreadable:
        err.print(f"[yellow]not read:[/yellow] line {line} {escape(name)}: {escape(reason)}")
    if done.unreadable > len(result.unreadable):
        err.print(
            f"... and {done.unreadable - len(result.unreadable):,} more: {escape(str(asked.folder / 'unreadable.csv')) if asked.kept else '--out keeps a list of them'}"
        )
    if json_target:
        emit_json(report.model_dump(mode="json"), json_target)
    if json_target != "-":
        print_report(report, paths, run=False, catalogue=door.workspace.catalogue)
    if done.unreadable == done.read:
        raise UsageError(f"no record of {library} could be read" if done.read else f"{library} holds no record")
    if not done.hits:
        raise typer.Exit(NONE_MEETS)


def _called(event: dict[str, Any]) -> str:
    return f"{event['hits']:,} of {event['read']:,} records pass all that is cheap; {event['calls']:,} of at most {event['allowed']:,} calls of {event['calculator']}"


@contextmanager
def _bar(name: str) -> Iterator[Any]:
    """A callback that shows the share of the library read, records, hits, records a second and the time left, on stderr."""
    start = time.monotonic()
    if not err.is_terminal:
        shown = start

        def line(event: dict[str, Any]) -> None:
            nonlocal shown
            now = time.monotonic()
            if now - shown >= 10:
                shown = now
                rate = event["read"] / max(now - start, 1e-3)
                if "calls" in event:
                    return err.print(_called(event))
                err.print(f"{event['read']:,} records read ({event['part']:.0%}), {event['hits']:,} hits, {rate:,.0f} records/s")

        yield line
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f}%  {task.fields[text]}"))
    with Progress(*columns, TimeElapsedColumn(), TimeRemainingColumn(), console=err, transient=True) as bar:
        task = bar.add_task(escape(name), total=1.0, text="")

        def show(event: dict[str, Any]) -> None:
            if "calls" in event:
                return bar.update(task, completed=event["calls"] / max(event["allowed"], 1), text=escape(_called(event)))
            bar.update(task, completed=event["part"], text=f"{event['read']:,} records, {event['hits']:,} hits")

        yield show
