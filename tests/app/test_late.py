"""The list of commands says of each what the command itself says, and has all that the modules register."""

from __future__ import annotations

import importlib
import pkgutil

import typer

import app.commands
from app.late import COMMANDS, command_of
from tests.tables import each_row


@each_row("name", COMMANDS)
def test_the_list_has_the_first_paragraph_of_the_command(name: str) -> None:
    assert command_of(name).help.split("\n\n")[0] == COMMANDS[name].help


def test_the_list_has_every_command() -> None:
    registered = typer.Typer()
    for found in pkgutil.iter_modules(app.commands.__path__):
        module = importlib.import_module(f"app.commands.{found.name}")
        if hasattr(module, "register"):
            module.register(registered)
    assert set(typer.main.get_group(registered).commands) == set(COMMANDS)


def test_a_group_that_two_modules_register_has_the_commands_of_both() -> None:
    assert {"plan", "bench"} <= set(command_of("fleet").commands)
