"""``molwright chat``: a conversation over all tools and stored runs, with a language model or without."""

from __future__ import annotations

import json
import sys
from typing import Annotated, Any

import typer
from rich.markup import escape

from app.commands.door import services
from app.console import emit_json, err, out
from app.services.conversations import ChatAnswer
from core.errors import MolwrightError, UsageError
from core.events import GenerationDone, ProgressEvent, ToolCalled

_SHOWN = 120


def register(app: typer.Typer) -> None:
    """Add the command of this file to ``app``."""
    app.command()(chat)


def chat(
    context: typer.Context,
    question: Annotated[str, typer.Argument(help="The question; without one, questions are read line by line.")] = "",
    run: Annotated[str, typer.Option("--run", help="Go on with this conversation; a prefix of its id is enough.")] = "",
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Let design runs start without asking.")] = False,
    accept_unread: Annotated[
        bool, typer.Option("--accept-unread", help="With --yes: let runs start although much of their goal was not read.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")] = False,
) -> None:
    """Ask about properties, rules, safety, structures and stored runs. A language model answers where one is configured, else code."""
    door = services(context)
    service = door.conversations(lambda wanted: _approved(wanted, yes, accept_unread), _progress)
    if question:
        run_id = door.runs().find(run).run_id if run else service.start(question)
        return _show(service.ask(run_id, question), as_json)
    if as_json:
        raise UsageError("--json needs a question")
    run_id = door.runs().find(run).run_id if run else service.start("conversation")
    err.print(f"conversation {run_id}; an empty line or Ctrl-D ends it")
    while text := _read():
        try:
            _show(service.ask(run_id, text), False)
        except MolwrightError as error:
            if not sys.stdin.isatty():
                raise
            err.print(f"[red]{escape(str(error))}[/red]")
    return None


def _read() -> str:
    if sys.stdin.isatty():
        err.print("> ", end="")
    return sys.stdin.readline().strip()


def _show(answer: ChatAnswer, as_json: bool) -> None:
    if as_json:
        return emit_json(
            {"run_id": answer.run_id, "answer": answer.text, "unsupported_numbers": answer.unsupported, "answered_by": answer.by or "code"}
        )
    out.print(escape(answer.text))
    if answer.unsupported:
        err.print(f"[yellow]not from a tool, do not rely on:[/yellow] {escape(', '.join(answer.unsupported))}")
    err.print(f"[dim]molwright chat --run {answer.run_id} ... goes on; molwright trace {answer.run_id} shows every step[/dim]")
    return None


def _approved(wanted: dict[str, Any], yes: bool, accept_unread: bool) -> bool:
    """Show a person what would be started, and ask. Without a terminal the answer is no, unless --yes was given and nothing speaks against it."""
    err.print(escape(f"The model wants to start a design run: {wanted['goal']}"))
    err.print(escape(wanted["spec"]))
    if wanted["borrowed"]:
        err.print(f"[yellow]These words come from a retrieved text, not from you:[/yellow] {escape(wanted['borrowed'])}")
    for objection in wanted["objections"]:
        err.print(f"[yellow]look at this first:[/yellow] {escape(objection)}")
    objected = bool(wanted["objections"]) and not accept_unread
    if yes and not wanted["borrowed"] and not objected:
        return True
    if not sys.stdin.isatty():
        why = "nobody is here to approve it; add --yes"
        if wanted["borrowed"]:
            why = "its words come from a retrieved text"
        elif objected:
            why = f"{'; '.join(wanted['objections'])}; reword it, or add --yes --accept-unread"
        err.print(f"[yellow]not started: {why}[/yellow]")
        return False
    return typer.confirm("Start it?", default=False, err=True)


def _progress(event: ProgressEvent) -> None:
    if isinstance(event, ToolCalled):
        arguments = json.dumps(event.arguments, ensure_ascii=False)
        shown = arguments if len(arguments) <= _SHOWN else f"{arguments[:_SHOWN]}..."
        err.print(f"[dim]· {escape(event.name)} {escape(shown)}[/dim]")
    elif isinstance(event, GenerationDone):
        err.print(f"[dim]· generation {event.generation}: {event.evaluated} structures evaluated[/dim]")
