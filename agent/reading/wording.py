"""Requirements and objectives in plain words: those of the catalogue, for the registered properties."""

from __future__ import annotations

from core.spec import Objective, Requirement, SetRequirement
from tools.catalogue import wording
from tools.catalogue.catalogue import Catalogue
from tools.catalogue.kinds import Terms
from tools.catalogue.kinds.conditions import comparison

__all__ = ["comparison", "objective_text", "requirement_text", "set_text"]


def requirement_text(requirement: Requirement, temperature: float = 25.0, *, catalogue: Catalogue) -> str:
    """A requirement in plain words with its unit; ``temperature`` (°C) is that of the spec's conditions."""
    return wording.requirement_text(requirement, Terms(catalogue, temperature_c=temperature))


def set_text(requirement: SetRequirement, *, catalogue: Catalogue) -> str:
    """'diversity of the list at least 0.8', 'mean QED of the list at least 0.6'."""
    return wording.set_text(requirement, Terms(catalogue))


def objective_text(objective: Objective, *, catalogue: Catalogue) -> str:
    """'logP (Crippen) as low as possible (full marks at 0, none at 5)'."""
    return wording.objective_text(objective, Terms(catalogue))
