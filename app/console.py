"""What the command line shows: progress, the ranked table, the spec. Messages go to stderr, data to stdout."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import typer
from rich.console import Console
from rich.markup import escape
from rich.text import Text

from app.tables import Column, TextTable, broken_at_words, columns, print_table
from core.candidate import Candidate, PropertyValue, legend
from core.errors import UsageError
from core.spec import DesignSpec, marked, share_checked, use_in_words

if TYPE_CHECKING:
    from core.events import BestFound, ProgressEvent, ProgressSink
    from core.forecast import Forecast
    from core.report import ModelUse, Report
    from tools.catalogue.catalogue import Catalogue

#: Width of tables where there is no terminal to ask.
PAGE = 140


class Page(Console):
    """A console that breaks prose at words where there is a terminal to be read, and leaves it whole in files and pipes.

    A word longer than the terminal is never broken by us, so that structures and paths can be copied.
    """

    def print(self, *objects: Any, **options: Any) -> None:
        """As rich's, without any other wrapping unless the caller asks for it."""
        if self.is_terminal and len(objects) == 1 and isinstance(objects[0], str | Text) and "soft_wrap" not in options:
            text = objects[0] if isinstance(objects[0], Text) else self.render_str(objects[0])
            objects = (broken_at_words(text, self.width),)
        if not self.is_terminal:
            options.setdefault("highlight", False)  # nobody sees it, and its patterns take long to read
        super().print(*objects, **{"soft_wrap": True, **options})


out = Page(width=None if sys.stdout.isatty() or "COLUMNS" in os.environ else PAGE, emoji=False)
err = Page(stderr=True, emoji=False)


def emit_json(data: Any, target: str = "-") -> None:
    """Write ``data`` as JSON to the file ``target``, or to stdout for '-'. UsageError if the file cannot be written."""
    if target == "-":
        sys.stdout.write(json_text(data, sys.stdout, indent=2) + "\n")
        return
    write_text(Path(target), json.dumps(data, indent=2, ensure_ascii=False) + "\n")


def json_text(data: Any, stream: TextIO, *, indent: int | None = None) -> str:
    """``data`` as JSON for ``stream``; where its encoding lacks a character of it, all but ASCII is escaped, so that nothing is lost."""
    text = json.dumps(data, indent=indent, ensure_ascii=False)
    try:
        text.encode(stream.encoding or "utf-8")
    except UnicodeEncodeError:
        return json.dumps(data, indent=indent)
    return text


def emit_document(text: str) -> None:
    """Write a report in one of its forms to stdout: in UTF-8 whatever the terminal, as its file would be."""
    sys.stdout.flush()
    typer.echo(text.encode(), nl=False)


def write_text(path: Path, text: str) -> None:
    """Write ``text`` to ``path`` through a temporary file, so that a full disk leaves the old one whole. UsageError if it fails."""
    temporary = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(path)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise UsageError(f"cannot write {path}: {error.strerror or error}") from error


#: Without a terminal, calls of a costly calculator are told at most so often, seconds.
CALLS_TOLD = 10.0


@contextmanager
def progress_bar(budget: int) -> Iterator[ProgressSink]:
    """A sink that shows stage, evaluations of budget, best so far and time left, on stderr.

    Without a terminal it prints one line a generation.
    """
    if not err.is_terminal:
        yield _plain_progress(budget)
        return
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    from core.events import BestFound, CallDone, GenerationDone, StageBegun, TextWritten

    spinner = SpinnerColumn("line" if err.options.ascii_only else "dots")
    columns = (spinner, TextColumn("{task.description:<12}"), BarColumn(), TextColumn("{task.completed}/{task.total} evaluated"))
    with Progress(
        *columns, TextColumn("{task.fields[best]}"), TextColumn("{task.fields[left]}"), TimeElapsedColumn(), console=err, transient=True
    ) as bar:
        task = bar.add_task("starting", total=budget, best="", left="")
        start = time.monotonic()

        def show(event: ProgressEvent) -> None:
            update: dict[str, Any] = {}
            if isinstance(event, StageBegun | TextWritten):
                update["description"] = event.stage
            if isinstance(event, CallDone):
                update["description"] = event.said
            if isinstance(event, GenerationDone):
                update["best"] = f"best {event.best:.3f}"
            if isinstance(event, StageBegun | GenerationDone) and event.evaluated:
                update["completed"] = event.evaluated
                rate = event.evaluated / max(time.monotonic() - start, 1e-3)
                update["left"] = f"at most {max(0.0, budget - event.evaluated) / rate:.0f} s left"
            if isinstance(event, BestFound):
                bar.console.print(_best_line(event))
            bar.update(task, **update)

        yield show


def _plain_progress(budget: int) -> ProgressSink:
    from core.events import BestFound, CallDone, GenerationDone

    start = time.monotonic()
    told = start

    def show(event: ProgressEvent) -> None:
        nonlocal told
        if isinstance(event, CallDone) and (event.made == event.calls or time.monotonic() - told >= CALLS_TOLD):
            told = time.monotonic()
            err.print(escape(event.said))
        if isinstance(event, GenerationDone):
            spent, done = time.monotonic() - start, event.evaluated
            left = (budget - done) * spent / done if done else 0.0
            err.print(f"generation {event.generation}: {done} of {budget} evaluated, best {event.best:.3f}, at most {left:.0f} s left")
        if isinstance(event, BestFound):
            err.print(_best_line(event))

    return show


def _best_line(event: BestFound) -> str:
    """The best structure so far, in one line of markup."""
    verdict = "meets every requirement" if event.meets else "does not meet every requirement"
    return escape(f"best so far, of {event.evaluated}: {event.smiles} ({verdict}, fitness {event.fitness:.3f})")


def print_spec(spec: DesignSpec, described: str, console: Console = err) -> None:
    """Print a spec in words. Where the console has colours, the unread words of the sentence are underlined in place of their marks."""
    sentence = marked(spec)
    before, found, after = described.partition(f"Read:  {sentence}")
    if not found or console.no_color or console.color_system is None:
        console.print(escape(described))
        return
    text = Text(f"{before}Read:  ")
    for span in spec.reading:
        text.append(span.text, style="bold underline yellow" if span.unread else "")
    console.print(text.append(after))


def print_unchecked(spec: DesignSpec) -> None:
    """The sentence with its unread words marked, how much of it is checked, and each wish that is not, on stderr."""
    if any(s.unread for s in spec.reading):
        print_spec(spec, f"Read:  {marked(spec)}")
    if share := share_checked(spec):
        err.print(f"[yellow]checked:[/yellow] {share} of the goal; nothing was held against the others")
    for entry in spec.unchecked:
        could = f" (could be read as: {entry.suggestion})" if entry.suggestion else ""
        err.print(f"[yellow]not checked:[/yellow] {escape(f'{entry.phrase}: {entry.reason}{could}')}")


def print_objections(against: Sequence[str], ways: Sequence[str]) -> None:
    """Why a person has to look at a spec first, and how to go on, on stderr."""
    for objection in against:
        err.print(f"[yellow]look at this first:[/yellow] {escape(objection)}")
    if ways:
        err.print("To go on:")
    for way in ways:
        err.print(f"  {escape(way)}")


def print_forecast(forecast: Forecast, spec: DesignSpec) -> None:
    """The forecast of a spec on stdout: the number, what binds, and a row for each wish that could be relaxed."""
    out.print(escape(f"Qualifying candidates to expect: {forecast.summary()}"), soft_wrap=True)
    for requirement in spec.requirements:
        if requirement.id == forecast.binding:
            out.print(escape(f"What binds: {requirement.id}, {requirement.text}"), soft_wrap=True)
    if forecast.relaxations:
        table = TextTable(
            columns("Wish", "Ask instead for", "Expected", "Times as many", numbers=("Expected", "Times as many"), marks=("Wish",)),
            title="What relaxing one wish would bring",
        )
        for row in forecast.relaxations:
            table.add(row.id, row.change, str(row.expected), f"{row.factor:.2g}")
        print_table(table, out)
    if forecast.earlier:
        out.print(escape(f"{forecast.earlier} candidates of earlier runs meet all of it already"), soft_wrap=True)
    for note in forecast.notes:
        out.print(escape(note), soft_wrap=True)


def print_report(report: Report, paths: list[Path], *, run: bool = True, catalogue: Catalogue) -> None:
    """The ranked table on stdout; summary, warnings and files on stderr. ``run``: whether it is a design run, which can be repeated."""
    names = list(dict.fromkeys([*report.spec.property_names(), *catalogue.columns()[:1]]))[:5]
    shown = report.candidates or report.closest
    if shown:
        share = share_checked(report.spec)
        all_met = f"p(meets what is checked: {share})" if share else "p(all met)"
        none = "None that may be listed meets every requirement" if report.left_out_by_rule else "None meets every requirement"
        title = "Candidates" if report.candidates else f"{none}. The closest"
        if unknown := use_in_words(report.spec):
            title = f"{title} ({unknown})"
        print_table(_table(title, shown, names, all_met, catalogue=catalogue), out)
        for c in shown:
            out.print(f"{c.rank or '-':>3}  {escape(c.smiles)}", highlight=False)
            if c.against:
                out.print(f"     against: {escape(c.strongest_against)}", highlight=False, soft_wrap=True)
            for line in _paper_lines(c):
                out.print(f"     {escape(line)}", highlight=False, soft_wrap=True)
    print_unchecked(report.spec)
    err.print(escape(report.summary))
    if report.choice and report.choice.rule and report.candidates:
        err.print(escape(f"{report.choice.new_listed} of {len(report.candidates)} listed are new (the rule: {report.choice.rule})"))
    for use in report.models:
        err.print(escape(model_line(use)))
    for costly in report.costly:
        err.print(escape(costly.said))
    for remark in report.remarks:
        err.print(escape(f"a model's opinion on candidate {remark.rank_after} ({remark.severity}): {remark.reason}"))
    for warning in report.warnings:
        err.print(f"[yellow]note:[/yellow] {escape(warning)}")
    for path in paths:
        err.print(f"report: {escape(str(path))}")
    if not run:
        return
    err.print(
        f"run {report.run_id} · {report.evaluated} evaluated · {report.timings.get('total', 0):.0f} s · repeat: molwright replay {report.run_id}"
    )


def _paper_lines(candidate: Candidate) -> list[str]:
    """What the team's papers say of a candidate, a line each: where it is named first, and every number that is reported of it."""
    said = candidate.in_papers
    if said is None:
        return []
    known = [f"known already: {m.place.reference}" for m in said.known[:1]]
    return [*known, *(f"reported {v.property_name.replace('_', ' ')}: {v.said}" for v in said.values)]


def write_reports(report: Report, folder: Path, *, catalogue: Catalogue) -> list[Path]:
    """Write report.html, .json, .csv and .sdf into ``folder`` and return their paths."""
    from app.services.reports import FILES, render

    for name, form in FILES.items():
        write_text(folder / name, render(report, form, catalogue=catalogue))
    return [folder / name for name in FILES]


def model_line(use: ModelUse) -> str:
    """What one endpoint's model did for one role, in one line."""
    about = "about " if use.tokens_estimated else ""
    counts = [f"{use.calls} calls", f"{about}{use.tokens_in}+{use.tokens_out} tokens", f"{use.seconds:.1f} s"]
    counts += [f"{n} {word}" for n, word in ((use.repairs, "repaired"), (use.failures, "failed")) if n]
    back = f"; fell back: {use.note}" if use.fell_back else f"; {use.note}" if use.note else ""
    return f"{use.role}: {use.model} at {use.endpoint or 'no endpoint'}, {', '.join(counts)}{back}"


def _table(title: str, candidates: list[Candidate], names: list[str], all_met: str, *, catalogue: Catalogue) -> TextTable:
    """One row a candidate; ``all_met`` heads the probability that its requirements hold together. The structures follow below the table, whole, so that they can be copied."""
    values = [Column(_heading(name, candidates, catalogue=catalogue), "number") for name in names]
    table = TextTable(
        [Column("#", "mark"), Column("name"), Column(all_met, "number"), Column("score", "number"), *values, Column("route")], title
    )
    for c in candidates:
        p = "" if c.p_meets is None else probability_text(c.p_meets)
        score = "" if c.score is None else f"{c.score:.3f}"
        route = c.route.status if c.route else ""
        table.add(str(c.rank or "-"), c.name or c.inchikey or c.key, p, score, *(_cell(n, c.properties.get(n)) for n in names), route)
    table.caption = legend(p for c in candidates for n, p in c.properties.items() if n in names)
    return table


def probability_text(probability: float) -> str:
    """A probability with two decimals; what is not certain is never rounded to 0.00 or 1.00."""
    if 0 < probability < 0.01:
        return "<0.01"
    return ">0.99" if 0.99 < probability < 1 else f"{probability:.2f}"


def _heading(name: str, candidates: list[Candidate], *, catalogue: Catalogue) -> str:
    """Label and unit of a property; of an own property whose model is gone, its name and the unit of its stored values."""
    if name in catalogue:
        label, unit = catalogue[name].label, catalogue[name].unit
    else:
        label, unit = name, next((c.properties[name].unit for c in candidates if name in c.properties), "")
    return label + (f", {unit}" if unit else "")


def _cell(name: str, value: PropertyValue | None) -> str:
    """A value without its unit, which stands in the heading."""
    if value is None:
        return ""
    from tools.calculators.measured_spread import with_spread

    return with_spread(name, value) + value.mark
