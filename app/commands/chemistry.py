"""``molwright properties`` and ``molwright check``: single structures, without a run."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from agent.reporter import format_value
from app.commands.design import NONE_MEETS
from app.console import emit_json, err, out
from core.candidate import Candidate, Origin
from core.errors import StructureError
from core.spec import CandidateClass, Conditions
from tools.catalogue.registry import REGISTRY

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this file to ``app``."""
    app.command()(properties)
    app.command()(check)


def properties(
    smiles: Annotated[
        list[str], typer.Argument(help="Structures as SMILES; two '*' for a polymer repeat unit; '-' reads them from stdin.")
    ],
    solvent: Annotated[str, typer.Option(help="SMILES of the solvent for the absorption maximum.")] = "ClCCl",
    temperature: Annotated[float, typer.Option(help="Temperature in °C for the thermal stability class.")] = 25.0,
    as_json: AsJson = False,
) -> None:
    """Compute and predict every property of structures. Structures that cannot be read are listed; then the exit code is 2."""
    from tools.calculators.estimate import estimate
    from tools.structures.standardise import standardise

    given = [line.split()[0] for line in sys.stdin if line.strip()] if smiles == ["-"] else smiles
    conditions = Conditions(solvent="dichloromethane" if solvent == "ClCCl" else solvent, solvent_smiles=solvent, temperature_c=temperature)
    rows: list[dict[str, Any]] = []
    broken = []
    for text in given:
        kind: CandidateClass = "polymer" if "*" in text else "molecule"
        try:
            structure = standardise(text, kind)
        except StructureError as error:
            broken.append(str(error))
            continue
        names = [p.name for p in REGISTRY if kind in p.classes]
        values = estimate([structure.smiles], kind, names, conditions)[0]
        rows.append(
            {
                "input": text,
                "smiles": structure.smiles,
                "key": structure.key,
                "class": kind,
                "notes": list(structure.notes),
                "properties": values,
            }
        )
    if as_json:
        emit_json([{**r, "properties": {n: v.model_dump(mode="json") for n, v in r["properties"].items()}} for r in rows])
    else:
        for r in rows:
            table = Table("property", "value", "method", title=escape(f"{r['smiles']}  {r['key']}"), title_justify="left")
            for n, v in r["properties"].items():
                note = f" ({v.reason})" if REGISTRY[n].own and v.value is not None and v.reason else ""
                table.add_row(REGISTRY[n].label, escape(format_value(v) + note) + (" †" if v.in_domain is False else ""), escape(v.method))
            table.caption = "† outside the model's domain"
            out.print(table)
            for note in r["notes"]:
                err.print(f"[yellow]note:[/yellow] {escape(note)}")
    for line in broken:
        err.print(f"[red]not read:[/red] {escape(line)}")
    if broken:
        err.print(f"{len(broken)} of {len(given)} structures could not be read")
        raise typer.Exit(2)


def check(
    smiles: Annotated[str, typer.Argument(help="The structure as SMILES.")],
    goal: Annotated[str, typer.Option("--goal", help="The goal to hold it against.")],
    as_json: AsJson = False,
) -> None:
    """Hold one structure against a goal, requirement by requirement. Exit code 4 if it misses one, 3 if the guard blocks it."""
    from agent.reading import interpret
    from tools.calculators.estimate import estimate
    from tools.evaluation.check import check as check_candidate
    from tools.safety.guard import screen_structure
    from tools.structures.standardise import standardise

    spec = interpret(goal)
    structure = standardise(smiles, spec.candidate_class)
    candidate = Candidate(
        key=structure.key,
        smiles=structure.smiles,
        inchikey=structure.inchikey,
        candidate_class=spec.candidate_class,
        origin=Origin(proposer="user", operator="given"),
        properties=estimate([structure.smiles], spec.candidate_class, spec.property_names(), spec.conditions)[0],
        safety=screen_structure(structure.smiles, spec.candidate_class),
    )
    results = check_candidate(candidate, spec)
    assert candidate.safety is not None
    if as_json:
        data = {
            "smiles": candidate.smiles,
            "key": candidate.key,
            "notes": list(structure.notes),
            "safety": candidate.safety.model_dump(mode="json"),
            "requirements": [r.model_dump(mode="json") for r in results],
            "unchecked": [u.model_dump(mode="json") for u in spec.unchecked],
        }
        emit_json(data)
    else:
        table = Table(
            "", "requirement", "value", "probability", "reason", title=escape(f"{candidate.smiles}  {candidate.key}"), title_justify="left"
        )
        for r in results:
            value = "" if r.value is None else f"{r.value:.4g} {r.unit}" if isinstance(r.value, float) else f"{r.value} {r.unit}"
            table.add_row("✓" if r.met else "✗", escape(r.text), escape(value), f"{r.probability:.2f}", escape(r.reason))
        out.print(table)
        for hit in candidate.safety.rules:
            err.print(f"[yellow]safety {hit.verdict}:[/yellow] {escape(f'{hit.id}: {hit.reason}')}")
        for unchecked in spec.unchecked:
            err.print(f"[yellow]not checked:[/yellow] {escape(f'{unchecked.phrase}: {unchecked.reason}')}")
    if candidate.safety.verdict == "block":
        raise typer.Exit(3)
    if not all(r.met for r in results):
        raise typer.Exit(NONE_MEETS)
