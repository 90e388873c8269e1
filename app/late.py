"""The commands of ``molwright`` by name, each imported when it is called: what only lists or completes their names imports none of them."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from functools import cache
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup


@dataclass(frozen=True)
class Late:
    """A command or group of commands: the modules of ``app.commands`` that register it, and the line that the list of commands has of it."""

    modules: tuple[str, ...]
    help: str


def _late(module: str, text: str, *further: str) -> Late:
    return Late((module, *further), text)


#: In the order of the list. A test holds the lines against the commands' own texts.
COMMANDS = {
    "design": _late("design", "Interpret a goal, show the spec, and run it to a ranked report."),
    "spec": _late("design", "Show what a goal means, without running it."),
    "approve": _late("design", "Approve a waiting run's spec, perhaps edited, and run it."),
    "reject": _late("design", "End a run that waits for approval."),
    "resume": _late("design", "Go on with a run that was stopped, paused, killed or failed."),
    "properties": _late(
        "chemistry",
        "Compute and predict every property of structures. Structures that cannot be read are listed; then the exit code is 2.",
    ),
    "check": _late(
        "chemistry",
        "Hold one structure against a goal, requirement by requirement; what costs a call is computed. Exit code 4 if it misses one, 3 if the guard blocks it.",
    ),
    "score": _late(
        "score", "Score structures for another program: a JSON line in, a JSON line out, until the input ends; see docs/costly.md."
    ),
    "quick": _late(
        "quick",
        "Construct structures that meet a goal at once: the quick form, without a run. Exit code 4 if none is found, 3 if the guard refuses.",
    ),
    "route": _late(
        "routes",
        "Look for a route of one to three named reactions from building blocks. Exit code 4 if none is known, 3 if the guard blocks it.",
    ),
    "screen": _late(
        "screen",
        "Hold every structure of a library against a goal and rank those that meet it. The same command again goes on where it stopped.",
    ),
    "lists": _late(
        "lists",
        "Named, dated lists of substances that your team brings, such as the REACH candidate list: goals ask by them, every structure is held against them.",
    ),
    "chat": _late(
        "chat",
        "Ask about properties, rules, safety, structures and stored runs. A language model answers where one is configured, else code.",
    ),
    "ask": _late(
        "ask",
        "Answer a question from your own papers, with the quoted words, page and DOI of every sentence. Exit code 4 if they do not say.",
    ),
    "report": _late("runs", "Print a stored report in one of its forms."),
    "trace": _late("runs", "Show what happened in a run, event by event, or what became of one candidate and why."),
    "replay": _late(
        "runs",
        "Repeat a run from its record and compare every step; exit code 6 if anything differs. A fork ends with its differences to the run.",
    ),
    "verify": _late(
        "runs",
        "Tell whether anything stored of a run was changed since it was stored, and what; exit code 6 if so. Takes no computing, unlike replay.",
    ),
    "feedback": _late("review", "Keep a reviewer's decision or remark on a candidate, or take the decision back."),
    "review": _late(
        "review", "Show what reviewers decided, whether two of them agree, and how predictions held against what was measured."
    ),
    "measurements": _late("review", "Measured values of candidates: enter, list, take back, export, import."),
    "next-round": _late("review", "Start a run from the decisions on another one: near what was accepted, without what was reviewed."),
    "serve": _late(
        "serve", "Serve pages and API, on this machine or to people with accounts, with workers that execute what is submitted."
    ),
    "worker": _late("serve", "Execute queued runs, one after the other, until SIGTERM; several may work side by side."),
    "mcp": _late(
        "mcp", "Offer molwright's tools to a client that speaks the Model Context Protocol, over standard input and output or HTTP."
    ),
    "doctor": _late("doctor", "Test every configured part. Exit code 1 if one that is needed does not work."),
    "optimise": _late("optimise", "Propose molecules to a scorer of yours, round after round."),
    "metrics": _late(
        "metrics", "Print the metrics of all stored runs in Prometheus's text form: runs, structures, steps, model calls and tokens."
    ),
    "settings": _late(
        "settings",
        "Show every setting in force and where it comes from: the environment, molwright.toml or the default. Secrets are hidden.",
    ),
    "people": _late("people", "The accounts of a server: people, roles, tokens, projects, quotas, audit log."),
    "runs": _late("runs", "List, show, follow and stop stored runs."),
    "literature": _late("literature", "Search the literature store; add, list and keep the papers in it."),
    "eval": _late("evals", "Run evaluation suites; results are stored and comparable."),
    "fleet": _late("fleet", "Plan, run and watch the vLLM servers of a team.", "gateway"),
    "gateway": _late("gateway", "One OpenAI-compatible address in front of the model servers."),
    "models": _late(
        "models",
        "The predictors that ship and your own; which language models, adapters and prompts answer; a small language model on this machine.",
    ),
    "learn": _late("learn", "Train adapters for language models on tasks whose answers code verifies."),
}


class LateCommands(TyperGroup):
    """The group of :data:`COMMANDS`: the list knows names and texts alone; a command that is called is imported."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.commands = {name: TyperCommand(name, help=entry.help) for name, entry in COMMANDS.items()}

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """As Typer's, with the command itself in place of the entry of the list."""
        name, command, rest = super().resolve_command(ctx, args)
        return name, command if name is None else command_of(name), rest


@cache
def command_of(name: str) -> Any:
    """The command or group ``name``, imported. KeyError if there is none."""
    registered = typer.Typer(rich_markup_mode="rich", pretty_exceptions_enable=False)
    for module in COMMANDS[name].modules:
        importlib.import_module(f"app.commands.{module}").register(registered)
    group = typer.main.get_group(registered)
    return group.commands[name]
