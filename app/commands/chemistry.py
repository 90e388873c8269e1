"""``molwright properties`` and ``molwright check``: single structures, without a run."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from app.commands.door import NONE_MEETS, AcceptUnread, services, unread_shown
from app.commands.quick import value_text
from app.commands.scorers import ScorerOption, ScorerSetting, with_scorers
from app.console import emit_json, err, out, print_unchecked, probability_text
from app.services.structures import GivenStructure
from app.tables import TextTable, columns, print_table
from core.candidate import Candidate, PropertyValue, legend
from core.counting import counted
from core.errors import StructureError
from core.spec import EstimationConditions, marked

if TYPE_CHECKING:
    from app.services.structures import StructureService

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this file to ``app``."""
    app.command()(properties)
    app.command()(check)


def properties(
    context: typer.Context,
    smiles: Annotated[
        list[str],
        typer.Argument(help="Structures as SMILES, two '*' for a polymer repeat unit; files of structures; '-' reads lines from stdin."),
    ],
    solvent: Annotated[str, typer.Option(help="SMILES of the solvent for the absorption maximum.")] = "ClCCl",
    temperature: Annotated[float, typer.Option(help="Temperature in °C for the thermal stability class.")] = 25.0,
    quantum: Annotated[
        bool,
        typer.Option(
            "--quantum",
            help="Also what quantum chemistry computes: orbitals, ionisation energy, dipole moment and the like, in seconds to minutes a structure.",
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Compute and predict every property of structures. Structures that cannot be read are listed; then the exit code is 2."""
    door = services(context).structures
    conditions = EstimationConditions(
        solvent="dichloromethane" if solvent == "ClCCl" else solvent, solvent_smiles=solvent, temperature_c=temperature
    )
    also = door.quantum_names() if quantum else []
    rows: list[tuple[GivenStructure, Candidate]] = []
    broken: list[str] = []
    for one in (one for text in smiles for one in door.given(text, sys.stdin.buffer.read)):
        if one.note:
            err.print(f"[yellow]note:[/yellow] {escape(one.note)}")
            continue
        named = f"{one.where}: " if one.where != one.smiles else ""
        try:
            if one.fault:
                raise StructureError(one.fault)
            rows.append((one, door.values(one.smiles, conditions, also)))
        except StructureError as error:
            broken.append(f"{named}{error}")
    if as_json:
        emit_json([{"input": one.smiles, "name": one.title, **_identity(c), "properties": _json(c)} for one, c in rows])
    else:
        for one, c in rows:
            print_table(_values_table(c, one.title, door), out)
            out.print(f"safety: {c.safety.verdict if c.safety else 'not screened'}")
            _remarks(c)
    for line in broken:
        err.print(f"[red]not read:[/red] {escape(line)}")
    if broken:
        err.print(f"{len(broken):,} of {counted(len(broken) + len(rows), 'structure')} could not be read")
        raise typer.Exit(2)


def check(
    context: typer.Context,
    smiles: Annotated[str, typer.Argument(help="The structure as SMILES.")],
    goal: Annotated[str, typer.Option("--goal", help="The goal to hold it against.")],
    scorer: ScorerOption = None,
    scorer_set: ScorerSetting = None,
    accept_unread: AcceptUnread = False,
    as_json: AsJson = False,
) -> None:
    """Hold one structure against a goal, requirement by requirement; what costs a call is computed. Exit code 4 if it misses one, 3 if the guard blocks it."""
    door = with_scorers(context, scorer, scorer_set)
    with unread_shown(door):
        spec, candidate = door.structures.check(smiles, goal, despite_objections=accept_unread, call=True)
    assert candidate.safety is not None
    if as_json:
        requirements = [r.model_dump(mode="json") for r in candidate.requirements]
        wishes = spec.wishes()
        read = {"goal_marked": marked(spec), "wishes_checked": wishes.checked, "wishes_unchecked": wishes.unchecked}
        emit_json(
            {**_identity(candidate), "requirements": requirements, "unchecked": [u.model_dump(mode="json") for u in spec.unchecked], **read}
        )
    else:
        headings = columns("", "requirement", "value", "probability", "reason", numbers=("value", "probability"), marks=("",))
        table = TextTable(headings, title="  ".join(filter(None, (candidate.name, candidate.smiles, candidate.key))))
        for r in candidate.requirements:
            table.add("✓" if r.met else "✗", r.text, value_text(r), probability_text(r.probability), r.reason)
        print_table(table, out)
        _remarks(candidate)
        print_unchecked(spec)
    if candidate.safety.verdict == "block":
        raise typer.Exit(3)
    if not candidate.meets_all():
        raise typer.Exit(NONE_MEETS)


def _values_table(candidate: Candidate, title: str, door: StructureService) -> TextTable:
    """Every property of a structure that was given as ``title``, one a row; a remark says why a value is not known, or what an own model says of it."""
    table = TextTable(
        columns("property", "value", "unit", "method", "remark", numbers=("value",)),
        title="  ".join(filter(None, (title or candidate.name, candidate.smiles, candidate.key))),
    )
    for name, value in candidate.properties.items():
        known = door.definition(name)
        unit = value.unit if value.number is not None else ""
        remark = (value.reason or "") if known.user_defined or value.value is None else ""
        table.add(known.label, value.shown + value.mark, unit, value.method, "; ".join(t for t in (_known(value), remark) if t))
    table.caption = legend(candidate.properties.values())
    return table


def _known(value: PropertyValue) -> str:
    """What is known of the structure beside its value, and what the model made of it where a measurement took its place."""
    fitted = f"; the model, which has learnt it, makes {value.fitted:.4g} of it" if value.fitted is not None else ""
    return value.known + fitted


def _identity(candidate: Candidate) -> dict[str, Any]:
    """What was judged, what it is a part of, and the guard's verdict on all of it, as JSON values."""
    assert candidate.safety is not None
    return {
        "smiles": candidate.smiles,
        "key": candidate.key,
        "known_as": candidate.name,
        "class": candidate.candidate_class,
        "given": candidate.given or candidate.smiles,
        "notes": candidate.notes,
        "safety": candidate.safety.model_dump(mode="json"),
        "lists": [s.model_dump(mode="json") for s in candidate.lists],
        "against": [r.model_dump(mode="json") for r in candidate.against],
    }


def _json(candidate: Candidate) -> dict[str, Any]:
    return {n: v.model_dump(mode="json") for n, v in candidate.properties.items()}


def _remarks(candidate: Candidate) -> None:
    """The notes, the reasons not to make it and the guard's own, on stderr."""
    for note in candidate.notes:
        err.print(f"[yellow]note:[/yellow] {escape(note)}")
    for number, reason in enumerate(candidate.against):
        source = f" ({reason.source})" if reason.source else ""
        err.print(f"[yellow]{'strongest reason against it' if number == 0 else 'against it'}:[/yellow] {escape(reason.text + source)}")
    for standing in candidate.lists:
        err.print(f"[{'yellow' if standing.on else 'dim'}]list:[/] {escape(standing.text)}")
    for hit in candidate.safety.rules if candidate.safety else []:
        err.print(f"[yellow]safety {hit.verdict}:[/yellow] {escape(f'{hit.id}: {hit.reason}')}")
