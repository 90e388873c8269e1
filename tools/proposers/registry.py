"""Every proposer, by name: those that ship, and those that other installed packages add as entry points ``molwright.proposers``."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Mapping
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from core.errors import ConfigurationError
from core.plugins import PROPOSERS, plugins

if TYPE_CHECKING:
    from core.spec import DesignSpec
    from tools.catalogue.catalogue import Catalogue
    from tools.proposers.base import Proposer

#: Modules and classes of the proposers that ship; they are imported on first use.
_SHIPPED: tuple[tuple[str, str], ...] = (
    ("tools.proposers.library.proposer", "LibraryProposer"),
    ("tools.proposers.evolution.proposer", "EvolutionProposer"),
    ("tools.proposers.exact.proposer", "ExactProposer"),
    ("tools.proposers.analogues.proposer", "AnaloguesProposer"),
    ("tools.proposers.isomers.proposer", "IsomersProposer"),
    ("tools.proposers.reactions.proposer", "ReactionsProposer"),
    ("tools.proposers.polymers.assembly", "PolymerAssembly"),
    ("tools.proposers.polymers.mutation", "PolymerMutation"),
    ("tools.proposers.dyes.assembly", "DyeAssembly"),
)


def by_name(proposers: Iterable[Proposer]) -> Mapping[str, Proposer]:
    """``proposers`` by their names, not to be changed. ConfigurationError if two have the same name."""
    found: dict[str, Proposer] = {}
    for proposer in proposers:
        if proposer.name in found:
            raise ConfigurationError(f"two proposers are called {proposer.name!r}")
        found[proposer.name] = proposer
    return MappingProxyType(found)


@cache
def added() -> tuple[Proposer, ...]:
    """The proposers of plug-ins. An entry point names a proposer or a class of proposers without arguments.

    ConfigurationError naming the plug-in that cannot be used.
    """
    found = []
    for plugin in plugins(PROPOSERS):
        from tools.proposers.base import Proposer

        proposer = plugin.value() if isinstance(plugin.value, type) else plugin.value
        if not isinstance(proposer, Proposer):
            raise ConfigurationError(f"{plugin} is no proposer: it needs name, applies and propose")
        found.append(proposer)
    return tuple(found)


@cache
def load() -> Mapping[str, Proposer]:
    """The proposers that ship and those of plug-ins, by name. ImportError if a shipped one cannot be imported; raises as :func:`added`."""
    return by_name([*(getattr(importlib.import_module(module), name)() for module, name in _SHIPPED), *added()])


def applicable(spec: DesignSpec, proposers: Mapping[str, Proposer], catalogue: Catalogue) -> list[Proposer]:
    """Those of ``proposers`` that have something to say for ``spec``, in the order of their names.

    Where every answer can be listed (all isomers of a formula, one change of a given structure) only the proposers that list them.
    """
    found = [proposer for _, proposer in sorted(proposers.items()) if proposer.applies(spec, catalogue)]
    if spec.exhaustive:
        return [proposer for proposer in found if getattr(proposer, "lists_all", False)] or found
    return found
