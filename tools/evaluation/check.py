"""The check of one candidate against every requirement of a spec."""

from __future__ import annotations

from collections.abc import Mapping

from rdkit import Chem
from rdkit.rdBase import BlockLogs

from core.candidate import Candidate, PropertyValue, RequirementResult
from core.errors import SpecError, StructureError
from core.spec import (
    Condition,
    CountRequirement,
    DesignSpec,
    EditRequirement,
    ElementsRequirement,
    LevelRequirement,
    MotifRequirement,
    PropertyRequirement,
    Requirement,
    RuleSetRequirement,
    ScaffoldRequirement,
    SimilarityRequirement,
)
from tools.calculators.thermal_rules import LEVEL_PROBABILITY
from tools.catalogue.registry import REGISTRY
from tools.evaluation.concentration import condition_for, shown
from tools.evaluation.probability import effective_sigma, interval_probability
from tools.evaluation.structure import (
    candidate_mol,
    count_element,
    count_smarts,
    foreign_elements,
    has_smarts,
    is_edit,
    keeps_scaffold,
    reference_mol,
)

#: Decimals to which probabilities are rounded before they are compared.
DECIMALS = 9


def check(candidate: Candidate, spec: DesignSpec, settled: Mapping[str, RequirementResult] | None = None) -> list[RequirementResult]:
    """How every requirement of ``spec`` stands for ``candidate``, in the order of the spec.

    What is computed from the structure is met or not (probability 1 or 0). A predicted property has the probability that its predictive
    distribution gives to the requirement's range, with the error taken 1.25 times larger outside the method's domain; it is met
    where that reaches ``spec.met_probability``. A level is met where it is at least as good as asked for; its probability is that of
    surviving, as calibrated for the level. An unknown value, or a structure that cannot be read, is not met, probability 0, with the
    reason. ``settled``: results by requirement id that are known already and taken over. Raises SpecError for a property, level or
    rule set that does not exist, and StructureError for a reference or SMARTS of the spec that cannot be read.
    """
    settled = settled or {}
    mol: Chem.Mol | None = None
    fault = ""
    if any(r.id not in settled and not isinstance(r, PropertyRequirement | LevelRequirement) for r in spec.requirements):
        try:
            mol = candidate_mol(candidate)
        except StructureError as error:
            fault = str(error)
    return [settled[r.id] if r.id in settled else _result(r, candidate, mol, fault, spec) for r in spec.requirements]


def _result(requirement: Requirement, candidate: Candidate, mol: Chem.Mol | None, fault: str, spec: DesignSpec) -> RequirementResult:
    if isinstance(requirement, PropertyRequirement):
        return _property(requirement, candidate, spec.met_probability)
    if isinstance(requirement, LevelRequirement):
        return _level(requirement, candidate.properties.get(requirement.property))
    if mol is None:
        return _exact(requirement, False, None, reason=fault)
    with BlockLogs():
        return _structural(requirement, mol)


def _exact(requirement: Requirement, met: bool, value: float | str | None, *, unit: str = "", reason: str = "") -> RequirementResult:
    return RequirementResult(
        id=requirement.id,
        text=requirement.text,
        met=met,
        probability=1.0 if met else 0.0,
        value=value,
        unit=unit,
        reason="" if met else reason,
    )


def needs(condition: Condition, unit: str = "") -> str:
    """A condition in words: 'at least 250 °C', 'between 475 and 525 nm'."""
    tail = f" {unit}" if unit else ""
    if condition.comparison == "between":
        return f"between {condition.low:g} and {condition.high:g}{tail}"
    word = {"<": "below", "<=": "at most", ">": "above", ">=": "at least", "==": "exactly"}[condition.comparison]
    return f"{word} {condition.value:g}{tail}"


def _property(requirement: PropertyRequirement, candidate: Candidate, threshold: float) -> RequirementResult:
    definition = REGISTRY[requirement.property]
    value = candidate.properties.get(requirement.property)
    number = value.number if value is not None else None
    if value is None or number is None:
        why = (value.reason if value is not None else None) or f"{definition.label} was not estimated"
        return _exact(requirement, False, None, unit=requirement.unit or definition.unit, reason=why)
    condition = condition_for(requirement, candidate)
    by_mass = requirement.basis == "mass concentration"
    given, unit = shown(requirement, candidate, number) if by_mass else (number, definition.unit)
    wanted = needs(requirement.condition, unit)
    if value.exact:
        met = condition.holds(number)
        return _exact(requirement, met, given, unit=unit, reason=f"{definition.label} is {given:.4g}, needs {wanted}")
    sigma = effective_sigma(value)
    probability = property_probability(number, sigma, condition)
    outside = ", outside the method's domain" if value.in_domain is False else ""
    error = f"± {sigma:.3g}" if sigma is not None else "with unknown error"
    means = f" ({given:.3g} {unit})" if by_mass else ""
    reason = f"{definition.label} is predicted as {number:.4g} {error} {definition.unit}".rstrip() + f"{means}{outside}, needs {wanted}"
    met = probability >= threshold
    return RequirementResult(
        id=requirement.id,
        text=requirement.text,
        met=met,
        probability=probability,
        value=given,
        unit=unit,
        reason="" if met else reason,
    )


def property_probability(number: float, sigma: float | None, condition: Condition) -> float:
    """Probability that a predicted property meets ``condition``, rounded to 9 decimals.

    With an unknown error it is 0.5 where the prediction itself holds, else 0. An exact equality has probability 0: it needs a window.
    """
    if sigma is None:
        return 0.5 if condition.holds(number) and condition.comparison != "==" else 0.0
    return round(interval_probability(number, sigma, *condition.bounds()), DECIMALS)


def _level(requirement: LevelRequirement, value: PropertyValue | None) -> RequirementResult:
    levels = REGISTRY[requirement.property].levels
    if requirement.at_worst not in levels:
        raise SpecError(f"{requirement.property} has no level {requirement.at_worst!r}; it has {', '.join(levels)}")
    found = value.value if value is not None else None
    if not isinstance(found, str) or found not in levels:
        why = (value.reason if value is not None else None) or f"{requirement.property} was not estimated"
        return _exact(requirement, False, None, reason=why)
    met = levels.index(found) <= levels.index(requirement.at_worst)
    why = (value.reason if value is not None else "") or f"the level is {found}"
    return RequirementResult(
        id=requirement.id,
        text=requirement.text,
        met=met,
        probability=LEVEL_PROBABILITY[found],
        value=found,
        reason="" if met else why,
    )


def _structural(requirement: Requirement, mol: Chem.Mol) -> RequirementResult:
    if isinstance(requirement, CountRequirement):
        element = requirement.what == "element"
        count = count_element(mol, requirement.name) if element else count_smarts(mol, requirement.smarts)
        what = f"{requirement.name} atoms" if element else requirement.name
        reason = f"{what}: found {count}, needs {needs(requirement.condition)}"
        return _exact(requirement, requirement.condition.holds(count), float(count), reason=reason)
    if isinstance(requirement, MotifRequirement):
        present = has_smarts(mol, requirement.smarts)
        reason = f"{requirement.name} is {'present' if present else 'absent'}"
        return _exact(requirement, present == requirement.wanted, "present" if present else "absent", reason=reason)
    if isinstance(requirement, ElementsRequirement):
        foreign = foreign_elements(mol, requirement.allowed)
        return _exact(requirement, not foreign, ", ".join(foreign) or None, reason=f"contains {', '.join(foreign)}")
    if isinstance(requirement, SimilarityRequirement):
        from tools.structures.similarity import tanimoto

        similarity = tanimoto(mol, reference_mol(requirement.reference))
        reason = f"similarity is {similarity:.3f}, needs {needs(requirement.condition)}"
        return _exact(requirement, requirement.condition.holds(similarity), similarity, reason=reason)
    if isinstance(requirement, RuleSetRequirement):
        from tools.calculators.rule_sets import violations

        broken = violations(mol, requirement.rule_set)
        return _exact(requirement, len(broken) <= requirement.allowed_violations, float(len(broken)), reason="; ".join(broken))
    if isinstance(requirement, EditRequirement):
        done = is_edit(mol, requirement)
        return _exact(requirement, done, "done" if done else "not done", reason="the structure is not the given one with this change alone")
    assert isinstance(requirement, ScaffoldRequirement)
    kept = keeps_scaffold(mol, requirement.smarts)
    return _exact(requirement, kept, "kept" if kept else "not kept", reason="the core is not present with its rings unbroken")
