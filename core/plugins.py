"""What other installed packages add: objects that they name as entry points in groups called ``molwright.*``."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from functools import cache
from importlib.machinery import PathFinder
from importlib.metadata import entry_points
from typing import Any

from core.errors import ConfigurationError

CALCULATORS, PROPOSERS, SAFETY_RULES = "molwright.calculators", "molwright.proposers", "molwright.safety_rules"
SCORERS = "molwright.scorers"
_OURS = b"molwright."


@dataclass(frozen=True)
class Plugin:
    """One entry point that was loaded: its name, the package that declares it, and the object."""

    name: str
    package: str
    value: Any

    def __str__(self) -> str:
        """As error messages name it."""
        return f"the plug-in {self.name!r} of {self.package}"


@cache
def _declared() -> bool:
    """Whether an installed package may name entry points of ours: only then are those of all packages read, which takes as long as a small command.

    They stand in a file of each package; in one that does not have the name of our groups in it there are none.
    """
    others = any(hasattr(finder, "find_distributions") and finder is not PathFinder for finder in sys.meta_path)
    return others or any(_may_hold(folder) for folder in dict.fromkeys(sys.path))


def _may_hold(folder: str) -> bool:
    """Whether a package in ``folder``, one of those that Python imports from, may name entry points of ours."""
    if folder and not os.path.isdir(folder):
        return os.path.exists(folder)  # an archive
    try:
        kept = [entry.path for entry in os.scandir(folder or ".") if entry.name.endswith((".dist-info", ".egg-info", ".egg"))]
    except OSError:
        return True
    return any(path.endswith(".egg") or _OURS in _content(os.path.join(path, "entry_points.txt")) for path in kept)


def _content(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return b""


@cache
def plugins(group: str) -> tuple[Plugin, ...]:
    """The entry points of ``group`` in the installed packages, by package and name.

    ConfigurationError naming the plug-in where one cannot be loaded: what is installed and broken must not be missing in silence.
    """
    found = []
    for entry in entry_points(group=group) if _declared() else ():
        package = entry.dist.name if entry.dist is not None else "an unknown package"
        try:
            found.append(Plugin(entry.name, package, entry.load()))
        except Exception as error:  # whatever goes wrong in foreign code at import
            raise ConfigurationError(f"the plug-in {entry.name!r} of {package} ({entry.value}) cannot be loaded: {error}") from error
    return tuple(sorted(found, key=lambda plugin: (plugin.package, plugin.name)))
