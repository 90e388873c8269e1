"""The environment of training: torch, peft, trl and what they need, apart from the application's."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from core.errors import MolwrightError
from serving.local import environments

#: Pinned for a processor; on a host with a card an environment of deploy/learn is given instead.
PINS = Path(__file__).with_name("learn-cpu.txt")


def folder() -> Path:
    """Where it lies."""
    return environments.cache_folder() / "learn"


def is_there() -> bool:
    """Whether it was made, from these pins."""
    return environments.is_complete(folder(), PINS)


def make(tell: Callable[[str], None]) -> Path:
    """Its Python; made if need be (a minute, 1.3 GB). MolwrightError with what is missing."""
    try:
        made = environments.make(
            folder(), PINS, *environments.TORCH_OPTIONS, tell=lambda _: tell("installing peft, trl and torch's CPU build (1.3 GB, minutes)")
        )
    except environments.EnvironmentFault as fault:
        raise MolwrightError(f"the environment of training was not made: {fault}") from fault
    return made / "bin" / "python"
