"""``molwright eval``: measure it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from app.commands.door import services
from app.console import emit_json, err, out
from app.tables import TextTable, columns, print_table
from core.evaluation import EvalRun, KindScore

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this file to ``app``."""
    group = typer.Typer(help="Run evaluation suites; results are stored and comparable.", no_args_is_help=True)
    group.command("list")(list_suites)
    group.command("run")(run_suite)
    group.command("show")(show)
    group.command("compare")(compare)
    group.command("ab")(ab)
    group.command("export")(export)
    app.add_typer(group, name="eval")


def list_suites(context: typer.Context, as_json: AsJson = False) -> None:
    """List the suites and the stored runs."""
    evaluations = services(context).evaluations
    suites, stored = evaluations.suites(), evaluations.list()
    if as_json:
        return emit_json({"suites": suites, "runs": [r.model_dump(mode="json") for r in stored]})
    table = TextTable(columns("suite", "what it measures"))
    for name, description in suites.items():
        table.add(name, description)
    print_table(table, out)
    if stored:
        runs = TextTable(columns("run", "suite", "created", "cases", "score", "models", numbers=("created", "cases", "score")))
        for r in stored:
            runs.add(r.eval_id, r.suite, r.created_at[:19], str(r.cases), f"{r.score:.3f}", r.models)
        print_table(runs, out)


def run_suite(
    context: typer.Context,
    suite: Annotated[str, typer.Argument(help="Name of the suite; `molwright eval list` shows them.")],
    seeds: Annotated[int, typer.Option(min=1, help="How many seeds, from 0.")] = 1,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many cases.")] = None,
    budget: Annotated[int | None, typer.Option(min=1, help="Evaluations of each design run.")] = None,
    as_json: AsJson = False,
) -> None:
    """Run a suite and store its results."""
    evaluations = services(context).evaluations
    result = evaluations.run(suite, seeds=seeds, limit=limit, budget=budget, progress=lambda line: err.print(escape(line)))
    _show(result, evaluations.kinds(result), as_json)


def show(
    context: typer.Context,
    eval_id: Annotated[str, typer.Argument(help="Id of the evaluation run; a prefix is enough.")],
    as_json: AsJson = False,
) -> None:
    """Show a stored evaluation run, case by case."""
    evaluations = services(context).evaluations
    result = evaluations.find(eval_id)
    _show(result, evaluations.kinds(result), as_json, all_cases=True)


def compare(
    context: typer.Context,
    a: Annotated[str, typer.Argument(help="The baseline.")],
    b: Annotated[str, typer.Argument(help="What is compared with it.")],
    as_json: AsJson = False,
) -> None:
    """Compare two runs of a suite, paired by case and seed."""
    result = services(context).evaluations.compare(a, b)
    if as_json:
        return emit_json(result.model_dump(mode="json"))
    out.print(f"{result.suite}: {result.b} against {result.a}: [bold]{result.verdict}[/bold]")
    out.print(
        f"mean {result.mean_a:.4f} -> {result.mean_b:.4f}, difference {result.difference:+.4f}, 95 % interval {result.low:+.4f} to {result.high:+.4f}"
    )
    out.print(f"{result.pairs} pairs; the smallest difference that would have been seen (80 % power): {result.detectable:.4f}")
    for warning in result.warnings:
        err.print(f"[yellow]note:[/yellow] {escape(warning)}")


def ab(
    context: typer.Context,
    a: Annotated[
        str, typer.Argument(help="What it is held against: the id of a stored run, none, current, model:NAME, adapter:NAME, prompt:FILE.")
    ],
    b: Annotated[str, typer.Argument(help="What is judged, written in the same way; several with commas between: model:NAME,prompt:FILE.")],
    seeds: Annotated[int, typer.Option(min=1, help="How many seeds, from 0, of what is run.")] = 1,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many questions, of what is run.")] = None,
    as_json: AsJson = False,
) -> None:
    """Say whether one model, adapter or prompt answers better than another: on the assistant's questions, by an exact test."""
    result = services(context).evaluations.ab(a, b, seeds=seeds, limit=limit, progress=lambda line: err.print(escape(line)))
    if as_json:
        return emit_json(result.model_dump(mode="json"))
    compared = result.comparison
    out.print(f"{escape(result.b)} against {escape(result.a)}: [bold]{result.verdict}[/bold] ({escape(result.why)})")
    out.print(
        f"right: {compared.mean_a:.1%} -> {compared.mean_b:.1%}, difference {compared.difference:+.1%}, 95 % interval {compared.low:+.1%} to "
        f"{compared.high:+.1%}, {compared.pairs} pairs; the smallest difference that would have been seen (80 % power): {compared.detectable:.1%}"
    )
    table = TextTable(columns("kind", "cases", "A", "B", "better", "worse", "p", numbers=("cases", "A", "B", "better", "worse", "p")))
    for k in result.kinds:
        table.add(k.kind, str(k.cases), f"{k.a:.1%}", f"{k.b:.1%}", str(k.gained), str(k.lost), f"{k.p:.2g}")
    print_table(table, out)
    for name, (first, second) in result.took.items():
        out.print(f"{name}: {first:.3g} -> {second:.3g}")
    out.print(f"[dim]{escape(result.rule)}[/dim]")
    out.print(f"stored runs: A {compared.a}, B {compared.b}")
    for warning in compared.warnings:
        err.print(f"[yellow]note:[/yellow] {escape(warning)}")


def export(
    context: typer.Context,
    eval_id: Annotated[str, typer.Argument(help="Id of the evaluation run; a prefix is enough.")],
    inspect: Annotated[Path, typer.Option("--inspect", help="Folder that gets a log in Inspect's format, for `inspect view --log-dir`.")],
    as_json: AsJson = False,
) -> None:
    """Write a stored evaluation run as a log that Inspect opens."""
    path = services(context).evaluations.export_inspect(eval_id, inspect)
    if as_json:
        return emit_json({"file": str(path)})
    out.print(f"written: {escape(str(path))}")
    err.print(f"to look at it: inspect view --log-dir {escape(str(path.parent))}")


def _show(result: EvalRun, kinds: Sequence[KindScore], as_json: bool, *, all_cases: bool = False) -> None:
    if as_json:
        by_kind = {"kinds": [k.model_dump(mode="json") for k in kinds]} if kinds else {}
        return emit_json({**result.model_dump(mode="json"), "score": result.score, **by_kind})
    cases = result.cases if all_cases else [c for c in result.cases if c.score < 1]
    if cases:
        table = TextTable(columns("score", "seed", "case", "detail", numbers=("score", "seed")))
        for c in cases:
            table.add(f"{c.score:.2f}", str(c.seed), c.case, str(c.detail)[:300])
        print_table(table, out)
    if kinds:
        _show_kinds(kinds)
    right = sum(c.score == 1 for c in result.cases)
    out.print(
        f"{result.suite} {result.eval_id}: score {result.score:.4f}, {right} of {len(result.cases)} cases entirely right, {result.seconds:.1f} s"
    )


def _show_kinds(kinds: Sequence[KindScore]) -> None:
    """The cases by kind: how many are right, with the interval, and what they took on average."""
    took = list(kinds[-1].took)
    table = TextTable(columns("kind", "cases", "right", "share (95 %)", *took, numbers=("cases", "right", "share (95 %)", *took)))
    for k in kinds:
        share = f"{100 * k.right / k.cases:.0f} % ({100 * k.low:.0f} to {100 * k.high:.0f})" if k.cases else ""
        table.add(k.kind, str(k.cases), str(k.right), share, *(f"{k.took[name]:.3g}" if name in k.took else "" for name in took))
    print_table(table, out)
