"""Compare a spec with what was expected of it, field by field. The format of the expectations is at the top of the data files."""

from __future__ import annotations

import math
import re
from typing import Any, assert_never

from rdkit import Chem, rdBase

from core.spec import (
    Condition,
    CountRequirement,
    DesignSpec,
    EditRequirement,
    ElementsRequirement,
    FixedAtomsRequirement,
    LevelRequirement,
    MotifRequirement,
    PropertyRequirement,
    ReferenceSetRequirement,
    Requirement,
    RuleSetRequirement,
    ScaffoldRequirement,
    SimilarityRequirement,
)

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?")


def judge_spec(expected: dict[str, Any], spec: DesignSpec) -> dict[str, str]:
    """The fields that are wrong, each with what was found; empty if the spec is right."""
    wrong: dict[str, str] = {}

    def compare(name: str, want: Any, got: Any, same: bool) -> None:
        if not same:
            wrong[name] = f"expected {want}, got {got}"

    single = {"class": ("molecule", spec.candidate_class), "family": ("", spec.family), "candidates": (10, spec.candidates)}
    for name, (default, got) in single.items():
        compare(name, expected.get(name, default), got, expected.get(name, default) == got)
    if "solvent" in expected:
        compare("solvent", expected["solvent"], spec.conditions.solvent, expected["solvent"] == spec.conditions.solvent)
    lists = {
        "requirements": [compact(r, spec) for r in spec.requirements if r.origin != "class"],
        "class_requirements": [compact(r, spec) for r in spec.requirements if r.origin == "class"],
        "objectives": [_objective(o) for o in spec.objectives if o.origin != "assumption"],
        "default_objectives": [_objective(o) for o in spec.objectives if o.origin == "assumption"],
    }
    for name, found in lists.items():
        if name in ("requirements", "objectives") or name in expected:
            want = expected.get(name, [])
            compare(name, sorted(want), sorted(found), _same_list(want, found))
    unchecked = _unchecked(expected.get("unchecked", []), [u.phrase for u in spec.unchecked])
    if unchecked:
        wrong["unchecked"] = unchecked
    return wrong


def fields(expected: dict[str, Any]) -> int:
    """How many fields :func:`judge_spec` compares."""
    return 6 + sum(name in expected for name in ("class_requirements", "default_objectives", "solvent"))


def compact(requirement: Requirement, spec: DesignSpec) -> str:
    """A requirement in the short form of the data files."""
    match requirement:
        case PropertyRequirement():
            return f"property:{requirement.property} {_condition(requirement.condition)}"
        case LevelRequirement():
            return f"level:{requirement.property} <= {requirement.at_worst} @{spec.conditions.temperature_c:g}"
        case CountRequirement():
            return f"count:{requirement.what}:{requirement.name} {_condition(requirement.condition)}"
        case MotifRequirement():
            return f"motif:{requirement.name} {'present' if requirement.wanted else 'absent'}"
        case ElementsRequirement():
            return "elements:" + ",".join(sorted({*requirement.allowed, "H"}))
        case SimilarityRequirement():
            return f"similarity:{requirement.reference_name or _canonical(requirement.reference)} {_condition(requirement.condition)}"
        case RuleSetRequirement():
            return f"rule_set:{requirement.rule_set}"
        case ScaffoldRequirement():
            return f"scaffold:{_canonical(requirement.scaffold)}"
        case EditRequirement():
            return f"edit:{requirement.operation} {requirement.group} {_canonical(requirement.reference)}"
        case FixedAtomsRequirement():
            kept = Chem.MolFragmentToSmiles(Chem.MolFromSmiles(requirement.reference), requirement.fixed)
            return f"fixed_atoms:{kept} of {_canonical(requirement.reference)}, {len(requirement.open)} open"
        case ReferenceSetRequirement():
            return f"reference_set:{requirement.measure} of {len(requirement.references)} {_condition(requirement.condition)}"
        case _:
            assert_never(requirement)


def _condition(condition: Condition) -> str:
    if condition.comparison == "between":
        return f"{condition.low:.6g}..{condition.high:.6g}"
    return f"{condition.comparison} {condition.value:.6g}"


def _objective(objective: Any) -> str:
    return f"{objective.shape}:{objective.property}" + (f"={objective.target:.6g}" if objective.target is not None else "")


def _same_list(expected: list[str], found: list[str]) -> bool:
    """Whether each expected text has its own found one, in any order, and none is left over."""
    left = list(found)
    for text in expected:
        match = next((f for f in left if _same_text(text, f)), None)
        if match is None:
            return False
        left.remove(match)
    return not left


def _same_text(expected: str, found: str) -> bool:
    """Equal, with numbers to about 4 significant digits; a '*' at the end of the expectation stands for anything."""
    if expected.endswith("*"):
        return found.startswith(expected[:-1])
    expected, found = _ordered_elements(expected), _ordered_elements(found)
    if _NUMBER.sub("#", expected) != _NUMBER.sub("#", found):
        return False
    pairs = zip(_NUMBER.findall(expected), _NUMBER.findall(found), strict=True)
    return all(math.isclose(float(a), float(b), rel_tol=6e-4) for a, b in pairs)


def _ordered_elements(text: str) -> str:
    return "elements:" + ",".join(sorted({"H", *text[9:].split(",")})) if text.startswith("elements:") else text


def _unchecked(expected: list[str], found: list[str]) -> str:
    lower = [f.lower() for f in found]
    missing = [e for e in expected if not any(e.lower() in f for f in lower)]
    extra = [f for f in found if not any(e.lower() in f.lower() for e in expected)]
    return "; ".join([*(f"not listed: {m}" for m in missing), *(f"listed, though it can be computed: {e}" for e in extra)])


def _canonical(smiles: str) -> str:
    with rdBase.BlockLogs():
        mol = Chem.MolFromSmiles(smiles)
    return Chem.MolToSmiles(mol) if mol is not None else smiles
