"""The command line: ``molwright``. Data goes to stdout, messages and progress to stderr."""

from __future__ import annotations

import os
import signal
import sys
from importlib.metadata import version
from typing import Annotated, Any, NoReturn

import typer
from rich.markup import escape

from app import wiring
from app.commands import (
    chat,
    chemistry,
    design,
    doctor,
    evals,
    fleet,
    gateway,
    literature,
    metrics,
    models,
    optimise,
    quick,
    routes,
    runs,
    screen,
    settings,
)
from app.console import err
from app.plain_text import as_utf8, never_fail
from app.services.entry import Services
from core.errors import ConfigurationError, MolwrightError
from core.plugins import CALCULATORS, PROPOSERS, plugins

app = typer.Typer(
    name="molwright",
    help="A chemistry design assistant: a design goal in, a ranked and reviewable report of candidates out.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    epilog=(
        "Exit codes: 0 at least one candidate meets every requirement; 1 a fault; 2 the goal or an argument is unusable; 3 refused by the"
        " safety guard; 4 finished, but no candidate meets every requirement; 5 waiting for approval; 6 a replay differs."
    ),
)
design.register(app)
chemistry.register(app)
quick.register(app)
routes.register(app)
screen.register(app)
chat.register(app)
runs.register(app)
literature.register(app)
evals.register(app)
doctor.register(app)
fleet.register(app)
gateway.register(app)
optimise.register(app)
models.register(app)
metrics.register(app)
settings.register(app)


@app.callback(invoke_without_command=True)
def _options(
    context: typer.Context,
    show_version: Annotated[bool, typer.Option("--version", help="Print the version and leave.", is_eager=True)] = False,
) -> None:
    if show_version:
        typer.echo(f"molwright {version('molwright')}")
        raise typer.Exit
    context.obj = Services()
    _name_broken_models(context.obj)


def _name_broken_models(services: Services) -> None:
    """Name the user's own models that cannot be used; everything else works."""
    try:
        settings = services.settings
    except ConfigurationError:
        return  # the command says so, if it needs them
    if not (wiring.user_models_folder(settings).is_dir() or plugins(CALCULATORS) or plugins(PROPOSERS)):
        return
    for name, problem in wiring.open_workspace(settings).problems.items():
        err.print(f"[yellow]note:[/yellow] the own model {escape(name)} cannot be used: {escape(problem)}")


class _Stopped(BaseException):
    """Ctrl-C. Not a KeyboardInterrupt, which Typer would end without a word."""


def _stop(number: int, frame: Any) -> NoReturn:
    raise _Stopped


def main() -> None:
    """Entry point of the ``molwright`` command: every error on purpose becomes one line and its exit code."""
    sys.argv = as_utf8(sys.argv)
    try:
        never_fail(sys.stdout, sys.stderr)
        wiring.check_names()
        signal.signal(signal.SIGINT, _stop)
        app(prog_name="molwright")
    except MolwrightError as error:
        err.print(f"[red]molwright:[/red] {escape(str(error))}")
        sys.exit(error.exit_code)
    except _Stopped:
        err.print("molwright: stopped. Nothing is lost: `molwright runs list` shows the run, `molwright resume RUN` goes on with it.")
        sys.exit(130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as error:
        where = f" {error.filename}" if error.filename else ""
        err.print(f"[red]molwright:[/red] {escape(f'{error.strerror or error}{where}')}")
        sys.exit(1)


if __name__ == "__main__":
    main()
