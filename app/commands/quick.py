"""``molwright quick``: an answer to a goal in about a second, without a run."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.markup import escape

from app.commands.door import NONE_MEETS, AcceptUnread, services, unread_shown
from app.console import emit_json, err, out, print_unchecked, probability_text
from app.tables import TextTable, columns, print_table
from core.candidate import Candidate, RequirementResult
from core.spec import DesignSpec


def register(app: typer.Typer) -> None:
    """Add the command of this file to ``app``."""
    app.command()(quick)


def quick(
    context: typer.Context,
    goal: Annotated[str, typer.Argument(help="What is wanted, in a sentence.")],
    number: Annotated[
        int | None, typer.Option("-n", min=1, max=100, help="How many structures; default one. More take some seconds.")
    ] = None,
    accept_unread: AcceptUnread = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Construct structures that meet a goal at once: the quick form, without a run. Exit code 4 if none is found, 3 if the guard refuses.

    Best for goals that can be counted and for small changes of a given structure. Nothing is ranked by probability and nothing is stored.
    """
    door = services(context)
    with unread_shown(door):
        found = door.structures.quick(goal, number, despite_objections=accept_unread)
    if as_json:
        data = {
            "form": "quick",
            "what_it_is": found.what_it_is,
            "goal": goal,
            "spec": found.spec.model_dump(mode="json"),
            "candidates": [c.model_dump(mode="json") for c in found.candidates],
            "set_requirements": [r.model_dump(mode="json") for r in found.whole],
            "why_none": found.why_none,
        }
        emit_json(data)
    else:
        for candidate in found.candidates:
            _print(candidate)
        for result in found.whole:
            out.print(escape(f"{'✓' if result.met else '✗'} the list as a whole: {result.text}"))
        _remarks(found.spec, found.what_it_is)
    if not found.candidates:
        err.print(escape(found.why_none))
        err.print("none found in the quick form; a run searches further: molwright design GOAL")
        raise typer.Exit(NONE_MEETS)


def _print(candidate: Candidate) -> None:
    title = f"{candidate.smiles}  {candidate.key}  {candidate.name}".rstrip()
    table = TextTable(columns("", "requirement", "value", "probability", numbers=("value", "probability"), marks=("",)), title=title)
    for r in candidate.requirements:
        table.add("✓" if r.met else "✗", r.text, value_text(r), probability_text(r.probability))
    print_table(table, out)
    if candidate.route is not None:
        materials = ", ".join(m.name for m in candidate.route.starting_materials)
        out.print(escape(f"route {candidate.route.status}: {len(candidate.route.steps)} steps from {materials}"))
    if candidate.against:
        err.print(f"[yellow]strongest reason against it:[/yellow] {escape(candidate.strongest_against)}")
    for hit in candidate.safety.rules if candidate.safety else []:
        err.print(f"[yellow]safety {hit.verdict}:[/yellow] {escape(f'{hit.id}: {hit.reason}')}")
    for note in candidate.notes:
        err.print(f"[yellow]note:[/yellow] {escape(note)}")


def value_text(result: RequirementResult) -> str:
    """The value that a requirement was judged by, with its unit; '' where there is none."""
    if result.value is None:
        return ""
    return f"{result.value:.4g} {result.unit}".rstrip() if isinstance(result.value, float) else f"{result.value} {result.unit}".rstrip()


def _remarks(spec: DesignSpec, what_it_is: str) -> None:
    print_unchecked(spec)
    for assumption in spec.assumptions:
        err.print(f"[yellow]assumed:[/yellow] {escape(assumption.text)}")
    err.print(escape(what_it_is))
