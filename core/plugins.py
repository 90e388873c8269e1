"""What other installed packages add: objects that they name as entry points in groups called ``molwright.*``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.metadata import entry_points
from typing import Any

from core.errors import ConfigurationError

CALCULATORS, PROPOSERS, SAFETY_RULES = "molwright.calculators", "molwright.proposers", "molwright.safety_rules"


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
def plugins(group: str) -> tuple[Plugin, ...]:
    """The entry points of ``group`` in the installed packages, by package and name.

    ConfigurationError naming the plug-in where one cannot be loaded: what is installed and broken must not be missing in silence.
    """
    found = []
    for entry in entry_points(group=group):
        package = entry.dist.name if entry.dist is not None else "an unknown package"
        try:
            found.append(Plugin(entry.name, package, entry.load()))
        except Exception as error:  # whatever goes wrong in foreign code at import
            raise ConfigurationError(f"the plug-in {entry.name!r} of {package} ({entry.value}) cannot be loaded: {error}") from error
    return tuple(sorted(found, key=lambda plugin: (plugin.package, plugin.name)))
