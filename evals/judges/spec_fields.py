"""Compare a spec with what was expected of it, field by field. The format of the expectations is at the top of the data files."""

from __future__ import annotations

from typing import Any

from rdkit import Chem, rdBase

from core.spec import (
    Condition,
    CountRequirement,
    DesignSpec,
    ElementsRequirement,
    LevelRequirement,
    MotifRequirement,
    PropertyRequirement,
    RuleSetRequirement,
    ScaffoldRequirement,
    SimilarityRequirement,
)


def judge_spec(expected: dict[str, Any], spec: DesignSpec) -> dict[str, str]:
    """The fields that are wrong, each with what was found; empty if the spec is right."""
    wrong: dict[str, str] = {}

    def compare(name: str, want: Any, got: Any) -> None:
        if want != got:
            wrong[name] = f"expected {want}, got {got}"

    stated = [compact(r, spec) for r in spec.requirements if r.origin in ("goal", "assumption")]
    compare("class", expected.get("class", "molecule"), spec.candidate_class)
    compare("family", expected.get("family", ""), spec.family)
    compare("requirements", sorted(map(_rounded, expected.get("requirements", []))), sorted(stated))
    if "class_requirements" in expected:
        added = [compact(r, spec) for r in spec.requirements if r.origin == "class"]
        compare("class_requirements", sorted(map(_rounded, expected["class_requirements"])), sorted(added))
    objectives = [_objective(o) for o in spec.objectives if o.origin != "assumption"]
    compare("objectives", sorted(expected.get("objectives", [])), sorted(objectives))
    if "default_objectives" in expected:
        compare(
            "default_objectives",
            sorted(expected["default_objectives"]),
            sorted(_objective(o) for o in spec.objectives if o.origin == "assumption"),
        )
    compare("candidates", expected.get("candidates", 10), spec.candidates)
    if "solvent" in expected:
        compare("solvent", expected["solvent"], spec.conditions.solvent)
    unchecked = _unchecked(expected.get("unchecked", []), [u.phrase for u in spec.unchecked])
    if unchecked:
        wrong["unchecked"] = unchecked
    return wrong


def fields(expected: dict[str, Any]) -> int:
    """How many fields :func:`judge_spec` compares."""
    return 6 + sum(name in expected for name in ("class_requirements", "default_objectives", "solvent"))


def compact(requirement: object, spec: DesignSpec) -> str:
    """A requirement in the short form of the data files."""
    if isinstance(requirement, PropertyRequirement):
        return f"property:{requirement.property} {_condition(requirement.condition)}"
    if isinstance(requirement, LevelRequirement):
        return f"level:{requirement.property} <= {requirement.at_worst} @{spec.conditions.temperature_c:g}"
    if isinstance(requirement, CountRequirement):
        return f"count:{requirement.what}:{requirement.name} {_condition(requirement.condition)}"
    if isinstance(requirement, MotifRequirement):
        return f"motif:{requirement.name} {'present' if requirement.wanted else 'absent'}"
    if isinstance(requirement, ElementsRequirement):
        return "elements:" + ",".join(sorted({*requirement.allowed, "H"}))
    if isinstance(requirement, SimilarityRequirement):
        return f"similarity:{requirement.reference_name or _canonical(requirement.reference)} {_condition(requirement.condition)}"
    if isinstance(requirement, RuleSetRequirement):
        return f"rule_set:{requirement.rule_set}"
    if isinstance(requirement, ScaffoldRequirement):
        return f"scaffold:{_canonical(requirement.scaffold)}"
    raise TypeError(f"a {type(requirement).__name__} has no short form")


def _condition(condition: Condition) -> str:
    if condition.comparison == "between":
        return f"{condition.low:.4g}..{condition.high:.4g}"
    return f"{condition.comparison} {condition.value:.4g}"


def _objective(objective: Any) -> str:
    return f"{objective.shape}:{objective.property}" + (f"={objective.target:.4g}" if objective.target is not None else "")


def _rounded(text: str) -> str:
    """An expected requirement with its numbers to 4 significant digits."""
    head, _, tail = text.rpartition(" ")
    if ".." in tail:
        low, high = tail.split("..")
        return f"{head} {float(low):.4g}..{float(high):.4g}"
    if tail.startswith("@"):
        return f"{head} @{float(tail[1:]):g}"
    try:
        return f"{head} {float(tail):.4g}"
    except ValueError:
        return text


def _unchecked(expected: list[str], found: list[str]) -> str:
    lower = [f.lower() for f in found]
    missing = [e for e in expected if not any(e.lower() in f for f in lower)]
    extra = [f for f in found if not any(e.lower() in f.lower() for e in expected)]
    return "; ".join([*(f"not listed: {m}" for m in missing), *(f"listed, though it can be computed: {e}" for e in extra)])


def _canonical(smiles: str) -> str:
    with rdBase.BlockLogs():
        mol = Chem.MolFromSmiles(smiles)
    return Chem.MolToSmiles(mol) if mol is not None else smiles
