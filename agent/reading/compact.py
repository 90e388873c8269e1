"""The compact notation of requirements and objectives: 'property:logp <= 3', 'motif:nitro absent', 'minimise:sa_score'.

Used by the word tables and by tests; the judge of the evals writes it by itself. The notation is described at the top of
``evals/data/interpreter/held_out.toml``.
"""

from __future__ import annotations

import re
from typing import Any

from agent.reading.registered import GROUPS, REGISTRY, RULE_SETS
from core.errors import SpecError
from core.spec import (
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

_LIMIT = re.compile(r"(?P<op><=|>=|==|<|>)\s*(?P<value>\S+)|(?P<low>-?[\d.]+)\.\.(?P<high>-?[\d.]+)")


def number_text(value: float) -> str:
    """A number to 4 significant digits: '3', '0.5', '1.31', '495.9'."""
    return f"{value:.4g}" if abs(value) < 10000 else f"{value:.6g}"


def condition_text(condition: Condition) -> str:
    """'<= 3' or '300..400'."""
    if condition.comparison == "between":
        assert condition.low is not None
        assert condition.high is not None
        return f"{number_text(condition.low)}..{number_text(condition.high)}"
    assert condition.value is not None
    return f"{condition.comparison} {number_text(condition.value)}"


def parse_condition(text: str) -> Condition:
    """The reverse of :func:`condition_text`. Raises SpecError."""
    match = _LIMIT.fullmatch(text.strip())
    if match is None:
        raise SpecError(f"{text!r} is not a comparison")
    if match["op"]:
        return Condition.model_validate({"comparison": match["op"], "value": float(match["value"])})
    return Condition(comparison="between", low=float(match["low"]), high=float(match["high"]))


def parse_requirement(text: str) -> Requirement:
    """The requirement that a compact text stands for, with empty id and text.

    Reads property, count, motif, elements, level and rule_set. Raises SpecError for anything else or an unknown name.
    """
    kind, _, rest = text.partition(":")
    common: dict[str, Any] = {"id": "", "text": ""}
    if kind == "property":
        name, _, limit = rest.partition(" ")
        return PropertyRequirement(**common, property=name, condition=parse_condition(limit), unit=REGISTRY[name].unit)
    if kind == "level":
        match = re.fullmatch(r"(\w+) <= (\w+)(?: @(-?[\d.]+))?", rest)
        if match and match[1] in REGISTRY:
            return LevelRequirement(**common, property=match[1], at_worst=match[2])
    if kind == "count":
        match = re.fullmatch(r"(element|group):(.+?) ((?:[<>=]).*|\S+\.\.\S+)", rest)
        if match and (match[1] == "element" or match[2] in GROUPS):
            smarts = "" if match[1] == "element" else GROUPS[match[2]].smarts
            return CountRequirement.model_validate(
                {**common, "what": match[1], "name": match[2], "smarts": smarts, "condition": parse_condition(match[3])}
            )
    if kind == "motif":
        name, _, state = rest.rpartition(" ")
        if name in GROUPS and state in ("present", "absent"):
            return MotifRequirement(**common, name=name, smarts=GROUPS[name].smarts, wanted=state == "present")
    if kind == "elements":
        return ElementsRequirement(**common, allowed=sorted({"H", *(e.strip() for e in rest.split(","))}))
    if kind == "rule_set" and rest in RULE_SETS:
        return RuleSetRequirement(**common, rule_set=rest, allowed_violations=RULE_SETS[rest].allowed_violations)
    raise SpecError(f"{text!r} is not a compact requirement")


def compact_requirement(requirement: Requirement, temperature: float = 25.0) -> str:
    """One requirement in the compact notation; ``temperature`` (°C) is that of the spec's conditions."""
    if isinstance(requirement, PropertyRequirement):
        if requirement.basis == "mass concentration":
            return f"property:{requirement.property}_mass {condition_text(requirement.condition)} {requirement.unit}"
        return f"property:{requirement.property} {condition_text(requirement.condition)}"
    if isinstance(requirement, LevelRequirement):
        return f"level:{requirement.property} <= {requirement.at_worst} @{number_text(temperature)}"
    if isinstance(requirement, CountRequirement):
        return f"count:{requirement.what}:{requirement.name} {condition_text(requirement.condition)}"
    if isinstance(requirement, MotifRequirement):
        return f"motif:{requirement.name} {'present' if requirement.wanted else 'absent'}"
    if isinstance(requirement, ElementsRequirement):
        return "elements:" + ",".join(sorted({"H", *requirement.allowed}))
    if isinstance(requirement, SimilarityRequirement):
        return f"similarity:{requirement.reference_name or requirement.reference} {condition_text(requirement.condition)}"
    if isinstance(requirement, RuleSetRequirement):
        return f"rule_set:{requirement.rule_set}"
    if isinstance(requirement, EditRequirement):
        change = f"{requirement.group}->{requirement.replacement}" if requirement.replacement else requirement.group
        every = " every" if requirement.every else ""
        return f"edit:{requirement.reference_name or requirement.reference} {requirement.operation}{every} {change}"
    assert isinstance(requirement, ScaffoldRequirement)
    return f"scaffold:{requirement.scaffold}"


def compact_objective(objective: Objective) -> str:
    """'maximise:qed', 'target:logp=2'."""
    end = f"={number_text(objective.target)}" if objective.target is not None else ""
    return f"{objective.shape}:{objective.property}{end}"


def compact(spec: DesignSpec) -> dict[str, Any]:
    """A spec in the form of the sentence files: the fields that they compare, lists sorted."""
    stated = [r for r in spec.requirements if r.origin != "class"]
    given = [r for r in spec.requirements if r.origin == "class"]
    temperature = spec.conditions.temperature_c
    return {
        "class": spec.candidate_class,
        "family": spec.family,
        "requirements": sorted(compact_requirement(r, temperature) for r in stated),
        "class_requirements": sorted(compact_requirement(r, temperature) for r in given),
        "objectives": sorted(compact_objective(o) for o in spec.objectives if o.origin != "assumption"),
        "default_objectives": sorted(compact_objective(o) for o in spec.objectives if o.origin == "assumption"),
        "unchecked": [u.phrase for u in spec.unchecked],
        "candidates": spec.candidates,
        "solvent": spec.conditions.solvent,
    }
