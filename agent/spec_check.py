"""Check of a spec that a person or a model has edited, against the registries: what is accepted here can be run."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from agent.reading.compact import number_text
from agent.reading.contradictions import reject_contradictions
from agent.reading.scaffold import scaffold_smarts
from agent.reading.units import MASS_UNIT
from agent.reading.wording import objective_text, requirement_text
from core.errors import ContradictionError, SpecError, StructureError
from core.properties import PropertyDefinition
from core.spec import (
    UNREGISTERED,
    Condition,
    CountRequirement,
    DesignSpec,
    EditRequirement,
    ElementsRequirement,
    LevelRequirement,
    MotifRequirement,
    Objective,
    PropertyRequirement,
    Requirement,
    RuleSetRequirement,
    ScaffoldRequirement,
    SimilarityRequirement,
)
from tools.calculators.rule_sets import RULE_SETS
from tools.catalogue.registry import REGISTRY
from tools.groups.edits import edited, known
from tools.groups.groups import GROUPS, compile_smarts, resolve_group
from tools.structures.parse import parse_polymer, parse_smiles

#: Longest SMARTS that is accepted, in characters.
MAX_SMARTS = 2000


def check_spec(spec: DesignSpec) -> DesignSpec:
    """The spec with what was left empty filled in: texts, units, SMARTS of registered groups, ids.

    Raises SpecError, naming the requirement, for a property, level, group, rule set or element that does not exist or does not fit
    the candidate class, a value outside its range, a SMARTS or SMILES that cannot be read, and requirements that exclude each other.
    """
    if not spec.requirements and not spec.objectives:
        raise SpecError("the spec asks for nothing: it has neither requirements nor objectives")
    requirements = [_checked(r, spec, n) for n, r in enumerate(spec.requirements, 1)]
    objectives = [_objective(o, spec, n) for n, o in enumerate(spec.objectives, 1)]
    try:
        reject_contradictions(requirements)
    except ContradictionError as error:
        raise SpecError(str(error)) from error
    if spec.reference is not None:
        _structure(spec.reference.smiles, "the reference")
    _structure(spec.conditions.solvent_smiles, "the solvent")
    if not -273.15 <= spec.conditions.temperature_c <= 2000:
        raise SpecError(f"{spec.conditions.temperature_c:g} °C is not a sensible temperature")
    data: dict[str, Any] = spec.model_dump(by_alias=False)
    data["requirements"] = [r.model_dump() for r in requirements]
    data["objectives"] = [o.model_dump() for o in objectives]
    return DesignSpec.model_validate(data)


def _structure(smiles: str, what: str) -> None:
    try:
        if smiles.count("*") == 2:
            parse_polymer(smiles)
        else:
            parse_smiles(smiles)
    except StructureError as error:
        raise SpecError(f"{what}: {error}") from error


def _smarts(smarts: str, what: str) -> None:
    if len(smarts) > MAX_SMARTS:
        raise SpecError(f"{what}: a SMARTS of {len(smarts)} characters is longer than the {MAX_SMARTS} allowed")
    try:
        compile_smarts(smarts)
    except StructureError as error:
        raise SpecError(f"{what}: {error}") from error


def _definition(name: str, spec: DesignSpec, what: str) -> PropertyDefinition:
    definition = REGISTRY[name]
    if spec.candidate_class not in definition.classes:
        raise SpecError(f"{what}: {definition.label} is not defined for the class '{spec.candidate_class}'")
    return definition


def _numbers(condition: Condition) -> list[float]:
    numbers = [n for n in (condition.value, condition.low, condition.high) if n is not None]
    if any(not math.isfinite(n) for n in numbers):
        raise SpecError("a comparison holds a number that is not finite")
    return numbers


def _property(r: PropertyRequirement, spec: DesignSpec, what: str) -> Requirement:
    definition = _definition(r.property, spec, what)
    if definition.kind == "level":
        raise SpecError(f"{what}: {definition.label} has levels ({', '.join(definition.levels)}), not numbers")
    if r.basis == "mass concentration":
        return _by_mass(r, definition, what)
    for number in _numbers(r.condition):
        if not definition.low - 1e-9 <= number <= definition.high + 1e-9:
            span = f"{definition.low:g} to {definition.high:g} {definition.unit}".rstrip()
            raise SpecError(f"{what}: {number_text(number)} is outside the range of {definition.label} ({span})")
    if r.unit and r.unit != definition.unit:
        raise SpecError(f"{what}: the unit of {definition.label} is {definition.unit or 'none'}, not {r.unit}")
    return r.model_copy(update={"unit": definition.unit})


def _by_mass(r: PropertyRequirement, definition: PropertyDefinition, what: str) -> Requirement:
    """A solubility in mg/L."""
    if definition.name != "aqueous_solubility":
        raise SpecError(f"{what}: {definition.label} cannot be compared as a mass concentration")
    if r.unit not in ("", MASS_UNIT):
        raise SpecError(f"{what}: a mass concentration is compared in {MASS_UNIT}, not {r.unit}")
    if any(number <= 0 for number in _numbers(r.condition)):
        raise SpecError(f"{what}: a mass concentration is above 0 {MASS_UNIT}")
    return r.model_copy(update={"unit": MASS_UNIT})


def _level(r: LevelRequirement, spec: DesignSpec, what: str) -> Requirement:
    definition = _definition(r.property, spec, what)
    if r.at_worst not in definition.levels:
        known = f"its levels are {', '.join(definition.levels)}" if definition.levels else "it has no levels"
        raise SpecError(f"{what}: {r.at_worst!r} is not a level of {definition.label}; {known}")
    return r


def _count(r: CountRequirement, spec: DesignSpec, what: str) -> Requirement:
    if any(n < 0 or n != int(n) for n in _numbers(r.condition)):
        raise SpecError(f"{what}: a count is a whole number from 0")
    if r.what == "element":
        _elements([r.name], what)
        return r
    return _with_smarts(r, what)


def _with_smarts(r: Any, what: str) -> Requirement:
    """A count or motif with its SMARTS, taken from the group table where it was left empty."""
    if r.smarts:
        _smarts(r.smarts, what)
        return r  # type: ignore[no-any-return]
    group = GROUPS.get(r.name) or resolve_group(r.name)
    if group is None:
        raise SpecError(f"{what}: {r.name!r} is no registered group; give its SMARTS")
    return r.model_copy(update={"name": group.name, "smarts": group.smarts})  # type: ignore[no-any-return]


def _motif(r: MotifRequirement, spec: DesignSpec, what: str) -> Requirement:
    return _with_smarts(r, what)


def _elements(symbols: list[str], what: str) -> None:
    from rdkit import Chem, rdBase

    table = Chem.GetPeriodicTable()
    for symbol in symbols:
        with rdBase.BlockLogs():
            try:
                known = table.GetAtomicNumber(symbol) > 0
            except RuntimeError:
                known = False
        if not known:
            raise SpecError(f"{what}: {symbol!r} is no element symbol")


def _only(r: ElementsRequirement, spec: DesignSpec, what: str) -> Requirement:
    if not r.allowed:
        raise SpecError(f"{what}: no element is allowed")
    _elements(r.allowed, what)
    return r


def _similarity(r: SimilarityRequirement, spec: DesignSpec, what: str) -> Requirement:
    _structure(r.reference, what)
    if any(not 0 <= n <= 1 for n in _numbers(r.condition)):
        raise SpecError(f"{what}: a similarity lies between 0 and 1")
    return r


def _rule_set(r: RuleSetRequirement, spec: DesignSpec, what: str) -> Requirement:
    if r.rule_set not in RULE_SETS:
        raise SpecError(f"{what}: unknown rule set {r.rule_set!r}; known: {', '.join(RULE_SETS)}")
    return r


def _scaffold(r: ScaffoldRequirement, spec: DesignSpec, what: str) -> Requirement:
    _structure(r.scaffold, what)
    if not r.smarts:
        return r.model_copy(update={"smarts": scaffold_smarts(r.scaffold)})
    _smarts(r.smarts, what)
    return r


def _edit(r: EditRequirement, spec: DesignSpec, what: str) -> Requirement:
    _structure(r.reference, what)
    for name in (r.group, r.replacement):
        if name and not known(name):
            raise SpecError(f"{what}: {name!r} is no registered group and no element that an edit understands")
    if not edited(r.reference, r.operation, r.group, r.replacement, r.every):
        raise SpecError(f"{what}: this change of {r.reference} is not possible")
    return r


_CHECKS: dict[type, Callable[[Any, DesignSpec, str], Requirement]] = {
    PropertyRequirement: _property,
    LevelRequirement: _level,
    CountRequirement: _count,
    MotifRequirement: _motif,
    ElementsRequirement: _only,
    SimilarityRequirement: _similarity,
    RuleSetRequirement: _rule_set,
    ScaffoldRequirement: _scaffold,
    EditRequirement: _edit,
}


def _checked(requirement: Requirement, spec: DesignSpec, number: int) -> Requirement:
    what = f"requirement {requirement.id or number}"
    checked = _CHECKS[type(requirement)](requirement, spec, what)
    update = {"id": checked.id or f"R{number}", "text": checked.text or requirement_text(checked, spec.conditions.temperature_c)}
    return checked.model_copy(update=update)


def _objective(objective: Objective, spec: DesignSpec, number: int) -> Objective:
    what = f"objective {objective.id or number}"
    numbers = [objective.low, objective.high, objective.weight, objective.target or 0.0]
    if any(not math.isfinite(n) for n in numbers):
        raise SpecError(f"{what}: a number is not finite")
    if objective.property == "similarity" and spec.reference is None:
        raise SpecError(f"{what}: similarity needs a reference structure")
    if objective.property not in UNREGISTERED and _definition(objective.property, spec, what).kind == "level":
        raise SpecError(f"{what}: {objective.property} has levels, not numbers; make it a requirement")
    if objective.target is not None and not objective.low <= objective.target <= objective.high:
        raise SpecError(f"{what}: the target {objective.target:g} lies outside its ramp")
    return objective.model_copy(update={"id": objective.id or f"O{number}", "text": objective.text or objective_text(objective)})
