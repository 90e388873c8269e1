"""``molwright optimise``: the engine as a service to any outside scorer."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from core.errors import UsageError


def register(app: typer.Typer) -> None:
    """Add the command of this file to ``app``."""
    app.command()(optimise)


def optimise(
    jsonl: Annotated[bool, typer.Option("--jsonl", help="Talk JSON lines on stdin and stdout (the only way there is).")] = False,
    patience: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="End once the best did not improve in so many batches in a row, where the first line does not say. Default: the whole budget is spent.",
        ),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress on stderr.")] = False,
) -> None:
    """Propose molecules to a scorer of yours, round after round.

    First line in: {"task", "budget", "seed", "start_file", "start_smiles", "patience"}; start_smiles are asked for first. Then the engine writes
    {"smiles": [...]} and reads {"scores": [...], "calls", "left", "done"} in turn, and ends with {"finish": true}. Higher is better; null is a
    failed evaluation.
    """
    if not jsonl:
        raise UsageError("molwright optimise needs --jsonl: JSON lines on stdin and stdout; `molwright optimise --help` shows them")
    from tools.optimise.service import serve

    serve(sys.stdin, sys.stdout, (lambda line: None) if quiet else (lambda line: print(line, file=sys.stderr)), patience=patience)
