"""Requirements and objectives in plain words."""

from __future__ import annotations

from agent.reading.registered import REGISTRY, RULE_SETS
from core.properties import PropertyDefinition
from core.spec import (
    Condition,
    CountRequirement,
    EditRequirement,
    ElementsRequirement,
    LevelRequirement,
    MotifRequirement,
    Objective,
    PropertyRequirement,
    Requirement,
    RuleSetRequirement,
    SetRequirement,
    SimilarityRequirement,
)

_WORDS = {"<": "below", "<=": "at most", ">": "above", ">=": "at least", "==": "exactly"}


def figure(value: float) -> str:
    """A number for people: '250', '0.5', '1.31'."""
    return f"{value:.4g}" if abs(value) < 10000 else f"{value:,.0f}"


def comparison(condition: Condition, unit: str = "") -> str:
    """'at least 250 °C', 'between 300 and 400 g/mol'."""
    tail = f" {unit}" if unit else ""
    if condition.comparison == "between":
        assert condition.low is not None
        assert condition.high is not None
        return f"between {figure(condition.low)} and {figure(condition.high)}{tail}"
    assert condition.value is not None
    return f"{_WORDS[condition.comparison]} {figure(condition.value)}{tail}"


def requirement_text(requirement: Requirement, temperature: float = 25.0) -> str:
    """A requirement in plain words with its unit; ``temperature`` (°C) is that of the spec's conditions."""
    if isinstance(requirement, PropertyRequirement):
        definition = REGISTRY[requirement.property]
        if requirement.basis == "mass concentration":
            return f"{definition.label.split(' (')[0]} {comparison(requirement.condition, requirement.unit)}"
        return f"{definition.label} {comparison(requirement.condition, definition.unit)}{_plain(requirement.condition, definition)}"
    if isinstance(requirement, LevelRequirement):
        label = REGISTRY[requirement.property].label
        return f"{label} at most '{requirement.at_worst}' at {figure(temperature)} °C"
    if isinstance(requirement, CountRequirement):
        noun = counted(requirement)
        if requirement.condition.comparison == "==" and requirement.condition.value == 0:
            return f"no {noun}"
        return f"{comparison(requirement.condition)} {noun}"
    if isinstance(requirement, MotifRequirement):
        return f"contains {requirement.name}" if requirement.wanted else f"contains no {requirement.name}"
    if isinstance(requirement, ElementsRequirement):
        return "only the elements " + ", ".join(requirement.allowed)
    if isinstance(requirement, SimilarityRequirement):
        name = requirement.reference_name or requirement.reference
        return f"Tanimoto similarity to {name} {comparison(requirement.condition)}"
    if isinstance(requirement, RuleSetRequirement):
        rules = RULE_SETS[requirement.rule_set]
        limits = "; ".join(rule.text for rule in rules.rules)
        allowed = requirement.allowed_violations
        broken = "none may be broken" if allowed == 0 else f"{allowed} may be broken"
        return f"{rules.label} ({limits}; {broken})"
    if isinstance(requirement, EditRequirement):
        return edit_text(requirement)
    return f"keeps the core {requirement.scaffold}"


def counted(requirement: CountRequirement) -> str:
    """What is counted, singular for a limit of one: 'amine group', 'amine groups', 'N atoms'."""
    one = requirement.condition.comparison in ("==", ">=", "<=") and requirement.condition.value == 1
    noun = f"{requirement.name} atom" if requirement.what == "element" else f"{requirement.name.removesuffix(' group')} group"
    return noun if one else f"{noun}s"


def _plain(condition: Condition, definition: PropertyDefinition) -> str:
    """' (5 cP)' after a limit on a logarithm, of a user's own property; else nothing."""
    if not (definition.own and definition.plain_unit):
        return ""
    numbers = [n for n in (condition.value, condition.low, condition.high) if n is not None]
    return f" ({' and '.join(f'{10.0**n:.3g}' for n in numbers)} {definition.plain_unit})"


def edit_text(requirement: EditRequirement) -> str:
    """'toluene with one hydroxyl added', 'aspirin with one ester replaced by amide'."""
    done = {"add": "added", "remove": "removed", "replace": f"replaced by {requirement.replacement}"}[requirement.operation]
    number = "every" if requirement.every else "one"
    return f"{requirement.reference_name or requirement.reference} with {number} {requirement.group} {done}"


def set_text(requirement: SetRequirement) -> str:
    """'diversity of the list at least 0.8', 'mean QED of the list at least 0.6'."""
    if requirement.measure == "count":
        return f"{comparison(requirement.condition)} structures listed"
    if requirement.measure == "novelty":
        number = len(requirement.references)
        return f"novelty of each against {number} reference structure{'s' if number != 1 else ''} {comparison(requirement.condition)}"
    what = "diversity" if requirement.measure == "diversity" else f"mean {REGISTRY[requirement.property].label}"
    return f"{what} of the list {comparison(requirement.condition)}"


def objective_text(objective: Objective) -> str:
    """'logP (Crippen) as low as possible (best at 0, worthless at 5)'."""
    if objective.property == "route":
        return "a known route to it (full marks with one, half without)"
    if objective.property == "similarity":
        label, unit = "Similarity to the reference", ""
    else:
        definition = REGISTRY[objective.property]
        label, unit = definition.label, f" {definition.unit}" if definition.unit else ""
    low, high = f"{figure(objective.low)}{unit}", f"{figure(objective.high)}{unit}"
    if objective.shape == "target":
        assert objective.target is not None
        return f"{label} as near as possible to {figure(objective.target)}{unit} (worthless at {low} and {high})"
    if objective.shape == "maximise":
        return f"{label} as high as possible (full marks at {high}, none at {low})"
    return f"{label} as low as possible (full marks at {low}, none at {high})"
