"""Every proposer, by name. The proposer modules are imported on first use; one that fails to import fails the caller."""

from __future__ import annotations

import importlib

from core.errors import ConfigurationError
from core.spec import DesignSpec
from tools.proposers.base import Proposer

PROPOSERS: dict[str, Proposer] = {}

# Each of these modules calls ``register`` once for every proposer that it defines.
_MODULES: tuple[str, ...] = (
    "tools.proposers.library.proposer",
    "tools.proposers.evolution.proposer",
    "tools.proposers.exact.proposer",
    "tools.proposers.isomers.proposer",
    "tools.proposers.reactions.proposer",
    "tools.proposers.polymers.proposers",
    "tools.proposers.dyes.proposers",
)


def register(proposer: Proposer) -> None:
    """Add a proposer to ``PROPOSERS``. Raises ConfigurationError if another one has its name."""
    known = PROPOSERS.get(proposer.name)
    if known is not None and type(known) is not type(proposer):
        raise ConfigurationError(f"two proposers are called {proposer.name!r}")
    PROPOSERS[proposer.name] = proposer


def load() -> dict[str, Proposer]:
    """Import every proposer module and return ``PROPOSERS``. ImportError if one cannot be imported."""
    for module in _MODULES:
        importlib.import_module(module)
    return PROPOSERS


def applicable(spec: DesignSpec) -> list[Proposer]:
    """The proposers that have something to say for ``spec``, by name.

    Where every answer can be listed (all isomers of a formula, one change of a given structure) only the proposers that list them.
    """
    found = [proposer for _, proposer in sorted(load().items()) if proposer.applies(spec)]
    if spec.exhaustive:
        return [proposer for proposer in found if getattr(proposer, "lists_all", False)] or found
    return found
