"""``molwright literature``: search what is stored."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.markup import escape

from app import wiring
from app.console import emit_json, out
from core.settings import get_settings


def register(app: typer.Typer) -> None:
    """Add the commands of this file to ``app``."""
    group = typer.Typer(help="Search the literature store.", no_args_is_help=True)
    group.callback()(lambda: None)
    group.command("search")(search)
    app.add_typer(group, name="literature")


def search(
    query: Annotated[str, typer.Argument(help="What to look for.")],
    limit: Annotated[int, typer.Option(min=1, max=100, help="How many passages.")] = 5,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Search the stored notes and passages; each comes with its reference."""
    from tools.literature.search import passages_to_json
    from tools.literature.search import search as search_store

    with wiring.open_literature(get_settings()) as store:
        found = search_store(store, query, limit)
    if as_json:
        return emit_json(passages_to_json(found))
    for n, passage in enumerate(found, 1):
        c = passage.citation
        out.print(escape(f"[{n}] {c.title} ({c.year}){f', doi:{c.doi}' if c.doi else ''}  score {passage.score:.3f}"))
        out.print(escape(f"    {passage.text}\n"))
