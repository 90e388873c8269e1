"""``molwright lists``: a team's own named, dated lists of substances, such as the REACH candidate list."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from app.commands.door import services
from app.console import emit_json, err, out
from app.services.own_lists import KeptList

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
#: Entries that are not decided which are shown after adding; ``molwright lists show`` prints all.
SHOWN = 10


def register(app: typer.Typer) -> None:
    """Add the commands of this file to ``app``."""
    group = typer.Typer(
        help="Named, dated lists of substances that your team brings, such as the REACH candidate list: goals ask by them, every structure is held against them.",
        no_args_is_help=True,
    )
    group.command("add")(add)
    group.command("list")(list_lists)
    group.command("show")(show)
    group.command("remove")(remove)
    app.add_typer(group, name="lists")


def add(
    context: typer.Context,
    file: Annotated[
        Path, typer.Argument(help="The list: CSV, semicolons, tabs or XLSX, with names and CAS numbers, InChIKeys, SMILES or SMARTS.")
    ],
    name: Annotated[str, typer.Option("--name", help="What reports and goals call it, such as 'REACH candidate list'.")],
    issued: Annotated[str, typer.Option("--date", help="The date of the edition, as YYYY-MM-DD.")],
    source: Annotated[str, typer.Option("--source", help="Where the list stands: law, address.")] = "",
    word: Annotated[list[str] | None, typer.Option("--word", help="A further word of goals for it, such as SVHC; repeatable.")] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Put this edition in the place of one of the same name.")] = False,
    as_json: AsJson = False,
) -> None:
    """Read a list and keep it: from then on goals may ask by it, and check, screens and reports say how a structure stands to it."""
    made = services(context).own_lists.add(file, name, issued, source=source, words=word or (), replace=replace)
    if as_json:
        return emit_json({**made.summary(), "not_decided": [list(row) for row in made.undecided]})
    out.print(escape(_line(made)))
    for line, entry, why in made.undecided[:SHOWN]:
        err.print(f"[yellow]not decided:[/yellow] line {line} {escape(entry[:80])}: {escape(why)}")
    if len(made.undecided) > SHOWN:
        err.print(f"... and {len(made.undecided) - SHOWN:,} more: molwright lists show '{escape(made.name)}'")
    called = (made.words or (made.name.lower(),))[0]
    out.print(
        escape(
            f'Goals may now say: "not on the {made.name}"'
            + (f', "no {called.upper() if len(called) < 6 else called}"' if made.words else "")
        )
    )


def list_lists(context: typer.Context, as_json: AsJson = False) -> None:
    """The lists that are kept."""
    door = services(context).own_lists
    found, problems = door.all(), door.problems()
    for name, problem in problems.items():
        err.print(f"[yellow]note:[/yellow] the list {escape(name)} cannot be used: {escape(problem)}")
    if as_json:
        return emit_json([one.summary() for one in found])
    for one in found:
        out.print(escape(_line(one)))
    if not found:
        out.print("no list is kept; molwright lists add FILE --name NAME --date YYYY-MM-DD")


def show(context: typer.Context, name: Annotated[str, typer.Argument(help="Its name, or a word for it.")], as_json: AsJson = False) -> None:
    """What a list says and which of its entries structure does not decide, or only in part."""
    one = services(context).own_lists.find(name)
    if as_json:
        return emit_json({**one.summary(), "not_decided": [list(row) for row in one.undecided]})
    out.print(escape(_line(one)))
    out.print(escape(f"source: {one.source}; words of goals: {', '.join((one.name.lower(), *one.words))}; version {one.version}"))
    for line, entry, why in one.undecided:
        out.print(escape(f"  line {line} {entry}: {why}"))


def remove(context: typer.Context, name: Annotated[str, typer.Argument(help="Its name, or a word for it.")]) -> None:
    """Forget a list, for good: runs that used it no longer replay."""
    out.print(escape(f"removed: {services(context).own_lists.remove(name)}"))


def _line(one: KeptList) -> str:
    part = f"; {len(one.undecided):,} not, or only in part" if one.undecided else ""
    return f"{one.name} ({one.issued}), {one.file}: structure decides {one.decided:,} of {one.entries:,} entries{part}"
