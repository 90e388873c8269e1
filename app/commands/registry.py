"""``molwright models promote|rollback|history``: which language model, adapter or prompt answers, since when, by whom and why."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.markup import escape

from app.commands.door import services
from app.console import emit_json, err, out
from app.tables import TextTable, columns, print_table
from core.errors import UsageError
from core.registry import Promotion, in_force, standing_of

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Why = Annotated[str, typer.Option("--why", help="Why, for whoever reads the history later.")]


def extend(group: typer.Typer) -> None:
    """Add the commands of this file to the group ``models``."""
    group.command("promote")(promote)
    group.command("rollback")(rollback)
    group.command("history")(history)


def promote(
    context: typer.Context,
    what: Annotated[Literal["model", "adapter", "prompt"], typer.Argument(help="What is promoted.")],
    thing: Annotated[str, typer.Argument(help="Name of the model at its server, folder of the adapter, or file of the prompt.")],
    why: Why,
    role: Annotated[str, typer.Option("--role", help="The role that it answers in (models and adapters).")] = "",
    kind: Annotated[str, typer.Option("--kind", help="Only for goals of this kind: chemistry, materials or thermal.")] = "",
    name: Annotated[
        str, typer.Option("--name", help="Name under which a server has the adapter; by default that of its card, or of its folder.")
    ] = "",
    evidence: Annotated[
        str, typer.Option("--evidence", help="A:B, ids of two runs of the suite agent; B, with it, has to be better.")
    ] = "",
    despite: Annotated[str, typer.Option("--despite", help="Why it is promoted although no comparison says that it is better.")] = "",
    as_json: AsJson = False,
) -> None:
    """Put a language model, an adapter or a prompt in place of what is configured."""
    registry, pair = services(context).evaluations.registry, _pair(evidence)
    if what == "prompt":
        if role or kind or name:
            raise UsageError("a prompt says itself which role it is for: --role, --kind and --name are for models and adapters")
        entry = registry.promote_prompt(Path(thing), why=why, evidence=pair, despite=despite)
    elif not role:
        raise UsageError("--role is missing: the role that it answers in")
    elif what == "adapter":
        entry = registry.promote_adapter(Path(thing), role=role, kind=kind, name=name, why=why, evidence=pair, despite=despite)
    else:
        entry = registry.promote_model(thing, role=role, kind=kind, why=why, evidence=pair, despite=despite)
    if as_json:
        return emit_json(entry.model_dump(mode="json"))
    out.print(f"{entry.slot}: {escape(entry.name)} ({entry.what}) is in force from now on, entry {entry.number}")
    if entry.evidence:
        out.print(f"evidence: {escape(entry.evidence['why'])} ({entry.evidence['verdict']})")
    err.print(f"to take it back: molwright models rollback {entry.slot} --why TEXT")


def rollback(
    context: typer.Context,
    slot: Annotated[
        str, typer.Argument(help="What it stands for: ROLE, ROLE@KIND or prompt:ROLE/NAME; `molwright models history` shows them.")
    ],
    why: Why,
    as_json: AsJson = False,
) -> None:
    """Take back what was promoted last for a role or a prompt; what stood there before stands again."""
    registry = services(context).evaluations.registry
    entry = registry.rollback(slot, why=why)
    now = registry.in_force().get(slot)
    if as_json:
        return emit_json({**entry.model_dump(mode="json"), "in_force": now.model_dump(mode="json") if now else None})
    out.print(
        f"{slot}: {escape(entry.name)} is taken back; {f'{escape(now.name)} (entry {now.number})' if now else 'what is configured'} stands again"
    )


def history(
    context: typer.Context,
    slot: Annotated[str, typer.Argument(help="Only this one: ROLE, ROLE@KIND or prompt:ROLE/NAME.")] = "",
    as_json: AsJson = False,
) -> None:
    """Show what was promoted and taken back: when, by whom, why, on what evidence, and what is in force."""
    registry = services(context).evaluations.registry
    entries = registry.history(slot)
    changed = {e.number: found for e in in_force(entries).values() if (found := registry.changed_since(e))}
    standing = standing_of(entries)
    if as_json:
        rows = [{**e.model_dump(mode="json"), "standing": standing[e.number], "changed_files": changed.get(e.number, [])} for e in entries]
        return emit_json({"entries": rows})
    if not entries:
        return out.print("nothing was promoted: every role answers as configured")
    table = TextTable(columns("no.", "when", "who", "what happened", "slot", "name", "now", "why", "evidence", numbers=("no.", "when")))
    for e in entries:
        table.add(
            str(e.number), e.at[:16], e.by, f"{e.what} {'promoted' if e.action == 'promote' else 'taken back'}", e.slot, e.name,
            standing[e.number], e.why, _evidence(e),
        )  # fmt: skip
    print_table(table, out)
    for number, files in changed.items():
        err.print(f"[yellow]note:[/yellow] entry {number}: gone or changed since it was promoted: {escape(', '.join(files))}")


def _evidence(entry: Promotion) -> str:
    found = entry.evidence
    said = f"{found['b']} against {found['a']}: {found['verdict']} ({found['why']})" if found else ""
    return f"{said}{'; ' if said and entry.despite else ''}{f'despite: {entry.despite}' if entry.despite else ''}"


def _pair(text: str) -> tuple[str, str] | None:
    if not text:
        return None
    a, colon, b = text.partition(":")
    if not colon or not a or not b:
        raise UsageError(f"--evidence {text!r}: write A:B, the ids of two runs (molwright eval list)")
    return a, b
