"""Check of a spec that a person or a model has edited, against the registries: what is accepted here can be run."""

from __future__ import annotations

import math
from typing import Any

from core.errors import ContradictionError, SpecError
from core.spec import UNREGISTERED, DesignSpec, Objective, Requirement
from tools.catalogue.catalogue import Catalogue
from tools.catalogue.contradictions import reject_contradictions
from tools.catalogue.kinds import Terms, kind_of
from tools.catalogue.kinds.validation import require_property, require_structure
from tools.catalogue.wording import objective_text, requirement_text
from tools.safety.guard import concerns


def check_spec(spec: DesignSpec, *, catalogue: Catalogue) -> DesignSpec:
    """The spec with what was left empty filled in: texts, units, SMARTS of registered groups, ids.

    Raises SpecError, naming the requirement, for a property, level, group, rule set or element that does not exist or does not fit
    the candidate class, a value outside its range, a SMARTS or SMILES that cannot be read, and requirements that exclude each other.
    """
    if not spec.requirements and not spec.objectives:
        raise SpecError("the spec asks for nothing: it has neither requirements nor objectives")
    terms = Terms(catalogue, spec.candidate_class, spec.conditions.temperature_c)
    requirements = [_checked(r, terms, n) for n, r in enumerate(spec.requirements, 1)]
    objectives = [_objective(o, spec, terms, n) for n, o in enumerate(spec.objectives, 1)]
    try:
        reject_contradictions(requirements, catalogue, polymer=spec.candidate_class == "polymer")
    except ContradictionError as error:
        raise SpecError(str(error)) from error
    if spec.reference is not None:
        require_structure(spec.reference.smiles, "the reference")
    require_structure(spec.conditions.solvent_smiles, "the solvent")
    if not -273.15 <= spec.conditions.temperature_c <= 2000:
        raise SpecError(f"{spec.conditions.temperature_c:g} °C is not a sensible temperature")
    data: dict[str, Any] = spec.model_dump(by_alias=False)
    data["requirements"] = [r.model_dump() for r in requirements]
    data["objectives"] = [o.model_dump() for o in objectives]
    data["concerns"] = list(dict.fromkeys([*concerns(spec.goal), *(concerns(spec.translation) if spec.translation else [])]))
    return DesignSpec.model_validate(data)


def _checked(requirement: Requirement, terms: Terms, number: int) -> Requirement:
    checked: Requirement = kind_of(requirement).validate(requirement, terms, f"requirement {requirement.id or number}")
    return checked.model_copy(update={"id": checked.id or f"R{number}", "text": checked.text or requirement_text(checked, terms)})


def _objective(objective: Objective, spec: DesignSpec, terms: Terms, number: int) -> Objective:
    what = f"objective {objective.id or number}"
    numbers = [objective.low, objective.high, objective.weight, objective.target or 0.0]
    if any(not math.isfinite(n) for n in numbers):
        raise SpecError(f"{what}: a number is not finite")
    for smiles in objective.references:
        require_structure(smiles, what)
    if objective.property == "similarity" and spec.reference is None and not objective.references:
        raise SpecError(f"{what}: similarity needs a reference structure")
    if objective.property not in UNREGISTERED and require_property(objective.property, terms, what).kind == "level":
        raise SpecError(f"{what}: {objective.property} has levels, not numbers; make it a requirement")
    if objective.target is not None and not objective.low <= objective.target <= objective.high:
        raise SpecError(f"{what}: the target {objective.target:g} lies outside its ramp")
    return objective.model_copy(update={"id": objective.id or f"O{number}", "text": objective.text or objective_text(objective, terms)})
