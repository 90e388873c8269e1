"""The command line: ``molwright``. Data goes to stdout, messages and progress to stderr."""

from __future__ import annotations

import gc
import os
import signal
import sys
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from app import wiring
from app.late import LateCommands
from app.plain_text import as_utf8, never_fail
from core.errors import ConfigurationError, MolwrightError

if TYPE_CHECKING:
    from app.services.entry import Services

app = typer.Typer(
    name="molwright",
    help="A chemistry design assistant: a design goal in, a ranked and reviewable report of candidates out.",
    cls=LateCommands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    epilog=(
        "Exit codes: 0 at least one candidate meets every requirement; 1 a fault; 2 the goal or an argument is unusable; 3 refused by the"
        " safety guard; 4 finished, but no candidate meets every requirement; 5 waiting for approval; 6 a replay differs."
    ),
)


@app.callback(invoke_without_command=True)
def _options(
    context: typer.Context,
    show_version: Annotated[bool, typer.Option("--version", help="Print the version and leave.", is_eager=True)] = False,
) -> None:
    if show_version:
        from importlib.metadata import version

        typer.echo(f"molwright {version('molwright')}")
        raise typer.Exit
    from app.services.entry import Services

    context.obj = Services()
    _name_broken_models(context.obj)


def _name_broken_models(services: Services) -> None:
    """Name the user's own models that cannot be used; everything else works."""
    from core.plugins import CALCULATORS, PROPOSERS, plugins

    try:
        settings = services.settings
    except ConfigurationError:
        return  # the command says so, if it needs them
    if not (wiring.user_models_folder(settings).is_dir() or plugins(CALCULATORS) or plugins(PROPOSERS)):
        return
    for name, problem in wiring.open_workspace(settings).problems.items():
        _say("[yellow]note:[/yellow] the own model {} cannot be used: {}", name, problem)


def _say(markup: str, *texts: str) -> None:
    """Print ``markup`` on stderr with ``texts`` in its places, as they are."""
    from rich.markup import escape

    from app.console import err

    err.print(markup.format(*map(escape, texts)))


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
        if sys.argv[1:2] == ["design"]:
            from app.services.read_once import one_goal

            one_goal()
        app(prog_name="molwright")
    except MolwrightError as error:
        _say("[red]molwright:[/red] {}", str(error))
        sys.exit(error.exit_code)
    except _Stopped:
        _say("molwright: stopped. Nothing is lost: `molwright runs list` shows the run, `molwright resume RUN` goes on with it.")
        sys.exit(130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as error:
        where = f" {error.filename}" if error.filename else ""
        _say("[red]molwright:[/red] {}", f"{error.strerror or error}{where}")
        sys.exit(1)
    finally:
        gc.freeze()  # what still lives when the process ends is not looked through once more


if __name__ == "__main__":
    main()
