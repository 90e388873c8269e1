"""``molwright literature``: search what is stored, and keep the papers (``paper_keeping.py``)."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.markup import escape

from app.commands import literature_papers, paper_keeping
from app.commands.door import services
from app.console import emit_json, out


def register(app: typer.Typer) -> None:
    """Add the commands of this file to ``app``."""
    group = typer.Typer(help="Search the literature store; add, list and keep the papers in it.", no_args_is_help=True)
    group.callback()(lambda: None)
    group.command("search")(search)
    paper_keeping.add_to(group)
    literature_papers.add_to(group)
    app.add_typer(group, name="literature")


def search(
    context: typer.Context,
    query: Annotated[str, typer.Argument(help="What to look for.")],
    limit: Annotated[int, typer.Option(min=1, max=100, help="How many passages.")] = 5,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Search the stored notes and passages; each comes with its reference."""
    literature = services(context).literature
    found = literature.search(query, limit)
    if as_json:
        return emit_json(literature.to_json(found))
    for n, passage in enumerate(found, 1):
        c = passage.citation
        out.print(escape(f"[{n}] {c.title} ({c.year}){f', doi:{c.doi}' if c.doi else ''}  score {passage.score:.3f}"))
        out.print(escape(f"    {passage.text}\n"))
