"""``molwright properties`` and ``molwright check``: single structures, without a run."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from app.commands.design import AcceptUnread
from app.commands.door import NONE_MEETS, services, unread_shown
from app.commands.quick import value_text
from app.console import emit_json, err, out, print_unchecked
from core.candidate import Candidate, format_value
from core.errors import StructureError
from core.spec import Conditions, marked

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this file to ``app``."""
    app.command()(properties)
    app.command()(check)


def properties(
    context: typer.Context,
    smiles: Annotated[
        list[str], typer.Argument(help="Structures as SMILES; two '*' for a polymer repeat unit; '-' reads them from stdin.")
    ],
    solvent: Annotated[str, typer.Option(help="SMILES of the solvent for the absorption maximum.")] = "ClCCl",
    temperature: Annotated[float, typer.Option(help="Temperature in °C for the thermal stability class.")] = 25.0,
    as_json: AsJson = False,
) -> None:
    """Compute and predict every property of structures. Structures that cannot be read are listed; then the exit code is 2."""
    door = services(context).structures
    given = [line.split()[0] for line in sys.stdin if line.strip()] if smiles == ["-"] else smiles
    conditions = Conditions(solvent="dichloromethane" if solvent == "ClCCl" else solvent, solvent_smiles=solvent, temperature_c=temperature)
    rows: list[tuple[str, Candidate]] = []
    broken = []
    for text in given:
        try:
            rows.append((text, door.values(text, conditions)))
        except StructureError as error:
            broken.append(str(error))
    if as_json:
        emit_json([{"input": text, **_identity(c), "properties": _json(c)} for text, c in rows])
    else:
        for _, c in rows:
            table = Table("property", "value", "method", title=escape(f"{c.smiles}  {c.key}"), title_justify="left")
            for n, v in c.properties.items():
                known = door.definition(n)
                note = f" ({v.reason})" if known.own and v.value is not None and v.reason else ""
                table.add_row(known.label, escape(format_value(v) + note) + (" †" if v.in_domain is False else ""), escape(v.method))
            table.caption = "† outside the model's domain"
            out.print(table)
            out.print(f"safety: {c.safety.verdict if c.safety else 'not screened'}")
            _remarks(c)
    for line in broken:
        err.print(f"[red]not read:[/red] {escape(line)}")
    if broken:
        err.print(f"{len(broken)} of {len(given)} structures could not be read")
        raise typer.Exit(2)


def check(
    context: typer.Context,
    smiles: Annotated[str, typer.Argument(help="The structure as SMILES.")],
    goal: Annotated[str, typer.Option("--goal", help="The goal to hold it against.")],
    accept_unread: AcceptUnread = False,
    as_json: AsJson = False,
) -> None:
    """Hold one structure against a goal, requirement by requirement. Exit code 4 if it misses one, 3 if the guard blocks it."""
    door = services(context)
    with unread_shown(door):
        spec, candidate = door.structures.check(smiles, goal, despite_objections=accept_unread)
    assert candidate.safety is not None
    if as_json:
        requirements = [r.model_dump(mode="json") for r in candidate.requirements]
        wishes = spec.wishes()
        read = {"goal_marked": marked(spec), "wishes_checked": wishes.checked, "wishes_unchecked": wishes.unchecked}
        emit_json(
            {**_identity(candidate), "requirements": requirements, "unchecked": [u.model_dump(mode="json") for u in spec.unchecked], **read}
        )
    else:
        title = escape(f"{candidate.smiles}  {candidate.key}")
        table = Table("", "requirement", "value", "probability", "reason", title=title, title_justify="left")
        for r in candidate.requirements:
            table.add_row("✓" if r.met else "✗", escape(r.text), escape(value_text(r)), f"{r.probability:.2f}", escape(r.reason))
        out.print(table)
        _remarks(candidate)
        print_unchecked(spec)
    if candidate.safety.verdict == "block":
        raise typer.Exit(3)
    if not candidate.meets_all():
        raise typer.Exit(NONE_MEETS)


def _identity(candidate: Candidate) -> dict[str, Any]:
    """What was judged, what it is a part of, and the guard's verdict on all of it, as JSON values."""
    assert candidate.safety is not None
    return {
        "smiles": candidate.smiles,
        "key": candidate.key,
        "class": candidate.candidate_class,
        "given": candidate.given or candidate.smiles,
        "notes": candidate.notes,
        "safety": candidate.safety.model_dump(mode="json"),
    }


def _json(candidate: Candidate) -> dict[str, Any]:
    return {n: v.model_dump(mode="json") for n, v in candidate.properties.items()}


def _remarks(candidate: Candidate) -> None:
    """The notes and the guard's reasons, on stderr."""
    for note in candidate.notes:
        err.print(f"[yellow]note:[/yellow] {escape(note)}")
    for hit in candidate.safety.rules if candidate.safety else []:
        err.print(f"[yellow]safety {hit.verdict}:[/yellow] {escape(f'{hit.id}: {hit.reason}')}")
