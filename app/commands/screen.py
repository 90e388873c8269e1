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

from app import wiring
from app.commands.design import NONE_MEETS, Json, read_spec, write_reports
from app.console import emit_json, err, print_report
from core.errors import RefusedError, UsageError
from core.settings import Settings, get_settings
from core.spec import DesignSpec

if TYPE_CHECKING:
    from core.interfaces import StreamExecutor


def register(app: typer.Typer) -> None:
    """Add the command of this file to ``app``."""
    app.command()(screen)


def screen(
    library: Annotated[Path, typer.Argument(help="Structures: .smi, .csv, .tsv, .txt or .sdf, each also with .gz.")],
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
    smiles_column: Annotated[str, typer.Option(help="Column of a CSV file that holds the structures.")] = "",
    limit: Annotated[int | None, typer.Option(min=1, help="Read at most so many records.")] = None,
    restart: Annotated[bool, typer.Option("--restart", help="Begin again instead of going on where the last call stopped.")] = False,
    json_target: Json = None,
) -> None:
    """Hold every structure of a library against a goal and rank those that meet it. The same command again goes on where it stopped."""
    from agent.reading import describe

    settings = get_settings()
    spec = _spec(goal, spec_file, settings).model_copy(update={"candidates": top})
    _allowed(spec)
    if json_target != "-":
        err.print(escape("\n".join(describe(spec).splitlines()[:-1])) + "\n")  # the last line is about design runs
    from tools.screening.journal import Journal
    from tools.screening.run import JOURNAL, identity
    from tools.screening.run import screen as run_screen

    known = identity(library, spec, smiles_column)
    folder = out_dir or settings.home / "screens" / f"{library.name.split('.')[0]}-{known['library'][:6]}{known['goal'][:6]}"
    if restart:
        for name in (JOURNAL, f"{JOURNAL}-wal", f"{JOURNAL}-shm"):
            (folder / name).unlink(missing_ok=True)
    journal = Journal(folder / JOURNAL, known)
    executor = _executor(workers or settings.workers, ray, workers)
    try:
        with _bar(library.name) as progress:
            done = run_screen(library, spec, journal, executor, smiles_column=smiles_column, progress=progress, limit=limit)
    except BaseException:
        err.print(f"stopped; nothing is lost: the same command goes on where it stopped (journal {escape(str(folder / JOURNAL))})")
        raise
    finally:
        executor.close()
    _finish(spec, journal, done, folder, library, known, json_target)


def _finish(spec: DesignSpec, journal: Any, done: Any, folder: Path, library: Path, known: dict[str, str], json_target: str | None) -> None:
    from tools.screening.report import report_of, write_hits, write_rejects

    run_id = f"{known['library'][:6]}{known['goal'][:6]}"
    report = report_of(journal, spec, done, run_id=run_id, created_at=wiring.now().isoformat(), library=library.name)
    paths = write_reports(report, folder)
    write_hits(journal, spec, folder / "hits.csv")
    paths.append(folder / "hits.csv")
    for table in ("unreadable", "blocked"):
        if write_rejects(journal, table, folder / f"{table}.csv"):
            paths.append(folder / f"{table}.csv")
    if done.resumed:
        err.print(f"{done.resumed:,} of {done.read:,} records had been read by an earlier call")
    for _, line, name, reason in _first(journal, 5):
        err.print(f"[yellow]not read:[/yellow] line {line} {escape(name)}: {escape(reason)}")
    if done.unreadable > 5:
        err.print(f"... and {done.unreadable - 5:,} more: {escape(str(folder / 'unreadable.csv'))}")
    if json_target:
        emit_json(report.model_dump(mode="json"), json_target)
    if json_target != "-":
        print_report(report, paths, run=False)
    journal.close()
    if not done.hits:
        raise typer.Exit(NONE_MEETS)


def _first(journal: Any, number: int) -> list[tuple[int, int, str, str]]:
    from itertools import islice

    return list(islice(journal.listed("unreadable"), number))


def _spec(goal: str, spec_file: Path | None, settings: Settings) -> DesignSpec:
    from agent.reading import interpret
    from agent.spec_check import check_spec

    if bool(goal.strip()) == (spec_file is not None):
        raise UsageError("give either --goal or --spec")
    made = check_spec(read_spec(spec_file)) if spec_file else interpret(goal, met_probability=settings.met_probability)
    objectives = [o for o in made.objectives if o.property != "route"]  # no route is looked for in a library
    assumptions = [a for a in made.assumptions if not a.text.startswith("candidates with a known route")]
    return made.model_copy(update={"objectives": objectives, "assumptions": assumptions})


def _allowed(spec: DesignSpec) -> None:
    """Raise RefusedError if the guard blocks the goal or what the spec names."""
    from tools.safety.spec import screen_spec

    verdict = screen_spec(spec)
    if verdict.verdict == "block":
        raise RefusedError("the safety guard refused this goal. " + "; ".join(f"{h.id}: {h.reason}" for h in verdict.rules))


def _executor(workers: int, ray: str, asked: int | None) -> StreamExecutor:
    if ray:
        from tools.execution_ray import RayExecutor

        return RayExecutor(ray, asked)
    from tools.execution import ProcessExecutor, SerialExecutor

    return ProcessExecutor(workers) if workers > 1 else SerialExecutor()


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
                err.print(f"{event['read']:,} records read ({event['part']:.0%}), {event['hits']:,} hits, {rate:,.0f} records/s")

        yield line
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f}%  {task.fields[text]}"))
    with Progress(*columns, TimeElapsedColumn(), TimeRemainingColumn(), console=err, transient=True) as bar:
        task = bar.add_task(escape(name), total=1.0, text="")

        def show(event: dict[str, Any]) -> None:
            bar.update(task, completed=event["part"], text=f"{event['read']:,} records, {event['hits']:,} hits")

        yield show
