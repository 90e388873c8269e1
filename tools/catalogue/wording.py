"""Requirements, objectives and conditions on the list in plain words, with their numbers and units."""

from __future__ import annotations

from core.spec import Objective, Requirement, SetRequirement
from tools.catalogue.kinds import KINDS, Kinds, Terms
from tools.catalogue.kinds.conditions import comparison, figure
from tools.catalogue.kinds.reference_set import set_words


def requirement_text(requirement: Requirement, terms: Terms, kinds: Kinds = KINDS) -> str:
    """A requirement: 'logP (Crippen) at most 3', 'contains no nitro'."""
    return kinds.of(requirement).words(requirement, terms)


def set_text(requirement: SetRequirement, terms: Terms) -> str:
    """'diversity of the list at least 0.8', 'mean QED of the list at least 0.6'."""
    if requirement.measure == "count":
        return f"{comparison(requirement.condition)} structures listed"
    if requirement.measure == "novelty":
        number = len(requirement.references)
        return f"novelty of each against {number} reference structure{'s' if number != 1 else ''} {comparison(requirement.condition)}"
    what = "diversity" if requirement.measure == "diversity" else f"mean {terms.catalogue[requirement.property].label}"
    return f"{what} of the list {comparison(requirement.condition)}"


def objective_text(objective: Objective, terms: Terms) -> str:
    """'logP (Crippen) as low as possible (full marks at 0, none at 5)'."""
    if objective.property == "route":
        return "a known route to it (full marks with one, half without)"
    if objective.property == "similarity" and objective.references:
        label, unit = set_words(objective.references, objective.measure), ""
    elif objective.property == "similarity":
        label, unit = "Similarity to the reference", ""
    else:
        definition = terms.catalogue[objective.property]
        label, unit = definition.label, f" {definition.unit}" if definition.unit else ""
    low, high = f"{figure(objective.low)}{unit}", f"{figure(objective.high)}{unit}"
    if objective.shape == "target":
        assert objective.target is not None
        return f"{label} as near as possible to {figure(objective.target)}{unit} (worthless at {low} and {high})"
    if objective.shape == "maximise":
        return f"{label} as high as possible (full marks at {high}, none at {low})"
    return f"{label} as low as possible (full marks at {low}, none at {high})"
