"""``molwright runs share`` and ``give``: who may see a run over the network, and whose it is."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer
from rich.markup import escape

from app.commands.door import services
from app.console import emit_json, err, out
from core.errors import UsageError

Run = Annotated[str, typer.Argument(help="The run; a prefix of its id is enough.")]


def register_in(group: typer.Typer) -> None:
    """Add the commands of this file to the group of runs."""
    group.command("share")(share)
    group.command("give")(give)


def share(
    context: typer.Context,
    run: Run,
    private: Annotated[bool, typer.Option("--private", help="Its owner alone.")] = False,
    project: Annotated[str, typer.Option("--project", help="The members of this project too.", metavar="NAME")] = "",
    everybody: Annotated[bool, typer.Option("--open", help="Everybody with an account.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Say who may see a run over the network; without an option, show it. On this machine every run is seen."""
    door = services(context)
    chosen = [name for name, asked in (("private", private), ("project", bool(project)), ("open", everybody)) if asked]
    if len(chosen) > 1:
        raise UsageError("choose one of --private, --project, --open")
    found = door.runs().find(run).run_id
    access = door.sharing.share(found, chosen[0], project) if chosen else door.sharing.of(found)
    if chosen:
        door.people.note(door.local_person.name, "Share a run", f"run {found}: {access.words}", "command line")
    if as_json:
        return emit_json({"run_id": found, **asdict(access)})
    whose = f"run of {access.owner}" if access.owner else "run of this machine, without an owner"
    out.print(escape(f"{found}: {whose}, {access.words}"))


def give(
    context: typer.Context,
    owner: Annotated[str, typer.Argument(help="The account that is to own it.")],
    run: Annotated[str, typer.Argument(help="The run; a prefix of its id is enough.")] = "",
    unowned: Annotated[bool, typer.Option("--unowned", help="Every run of this machine that has no owner, instead of one run.")] = False,
) -> None:
    """Make an account the owner of a run, or of every run that has none."""
    if bool(run) == unowned:
        raise UsageError("give a run, or --unowned for all that have no owner")
    door = services(context)
    if unowned:
        door.people.account(owner)
        number = door.sharing.give_all(owner)
        door.people.note(door.local_person.name, "Give runs to an account", f"{number} runs to {owner}", "command line")
        return err.print(escape(f"{number} runs are {owner}'s now"))
    found = door.runs().find(run).run_id
    door.sharing.give(found, owner)
    door.people.note(door.local_person.name, "Give a run to an account", f"run {found} to {owner}", "command line")
    err.print(escape(f"run {found} is {owner}'s now"))
