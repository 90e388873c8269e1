"""``molwright ask``: a question answered from the team's papers."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.markup import escape

from app.commands.door import services
from app.console import emit_json, err, out
from core.answers import AnswerSoFar, Citation, PaperAnswer, Statement, deaf
from core.passages import PassageFilter

_NOTHING = 4
_MADE_BY = {
    "extracts": "No language model wrote this: these are the papers' own sentences.",
    "model": "A language model wrote this. Every sentence stands on the words quoted below it; what did not was dropped.",
    "nobody": "",
}


def register(app: typer.Typer) -> None:
    """Add the command of this file to ``app``."""
    app.command()(ask)


def ask(
    context: typer.Context,
    question: Annotated[str, typer.Argument(help="The question.")],
    limit: Annotated[int, typer.Option(min=1, max=10, help="Most sentences that are quoted where no language model answers.")] = 3,
    since: Annotated[int | None, typer.Option(help="First year of publication.")] = None,
    until: Annotated[int | None, typer.Option(help="Last year of publication.")] = None,
    source: Annotated[list[str] | None, typer.Option(help="Where the paper came from; may be repeated.")] = None,
    section: Annotated[list[str] | None, typer.Option(help="Heading of the section; may be repeated.")] = None,
    doi: Annotated[list[str] | None, typer.Option(help="DOI of the paper; may be repeated.")] = None,
    collection: Annotated[list[str] | None, typer.Option(help="Collection of the paper; may be repeated.")] = None,
    follow: Annotated[str, typer.Option("--follow", help="The question that this one follows, by the id below its answer.")] = "",
    extracts: Annotated[bool, typer.Option("--extracts", help="Quote the papers only; ask no language model.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Answer a question from your own papers, with the quoted words, page and DOI of every sentence. Exit code 4 if they do not say."""
    service = services(context).questions
    dois = tuple(name.lower() for name in doi or ())
    accepted = PassageFilter(since, until, tuple(source or ()), tuple(section or ()), dois, tuple(collection or ()))
    written = Written()
    tell = deaf if as_json else written.hear
    answer = service.ask(question, accepted=accepted, limit=limit, model=not extracts, follows=follow, tell=tell)
    if as_json:
        emit_json(service.to_json(answer))
    else:
        _show(answer, written)
    if not answer.statements:
        raise typer.Exit(_NOTHING)


class Written:
    """Prints an answer while it is made: how many passages were found, then each sentence as soon as it is checked."""

    def __init__(self) -> None:
        self._printed: tuple[Statement, ...] = ()
        self._found = False

    def hear(self, so_far: AnswerSoFar) -> None:
        """Print what is new; a reply that began anew is waited for."""
        if not self._found:
            self._found = True
            err.print(f"{so_far.found} passages found; choosing what answers …")
        if so_far.statements[: len(self._printed)] == self._printed:
            self._print(so_far.statements)

    def finish(self, statements: tuple[Statement, ...]) -> None:
        """Print the sentences of the finished answer that are not there yet; all of them, where others were printed meanwhile."""
        if statements[: len(self._printed)] != self._printed:
            err.print("[yellow]note:[/yellow] What is printed above did not hold to the end. The answer:")
            self._printed = ()
        self._print(statements)

    def _print(self, statements: tuple[Statement, ...]) -> None:
        for statement in statements[len(self._printed) :]:
            out.print(escape(f"{statement.text} {''.join(f'[{n}]' for n in statement.citations)}"), soft_wrap=True)
        self._printed = statements


def _show(answer: PaperAnswer, written: Written) -> None:
    for note in answer.notes:
        err.print(f"[yellow]note:[/yellow] {escape(note)}")
    written.finish(answer.statements)
    if not answer.statements:
        out.print(f"The collection does not say (evidence {answer.evidence:.2f}, an answer needs {answer.least:.2f}).")
        return
    out.print("")
    for citation in answer.citations:
        out.print(escape(_reference(citation)), soft_wrap=True)
        for quote in citation.quotes:
            out.print(escape(f'    "{" ".join(quote.text.split())}"'), soft_wrap=True)
    for disagreement in answer.disagreements:
        out.print(escape(f"\n{disagreement.in_words()}"), soft_wrap=True)
        for side in disagreement.sides:
            out.print(escape(f'    "{side.quote}"'), soft_wrap=True)
    err.print(escape(f"{_MADE_BY[answer.made_by]} Repeat: molwright replay {answer.run_id}"))
    err.print(escape(f'Ask further: molwright ask --follow {answer.run_id} "…"'))


def _reference(citation: Citation) -> str:
    d, p = citation.document, citation.passage
    facts = [str(d.year or ""), f"doi:{d.doi}" if d.doi else "", f"page {p.page}" if p.page else "", p.section or ""]
    retracted = "RETRACTED " if d.retracted else ""
    return f"[{citation.number}] {retracted}{d.title or d.document_id} ({', '.join(f for f in facts if f) or 'no further details'})"
