"""What a spec asks for, and what a sentence expects, in indivisible parts that can be compared."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from core.spec import (
    Condition,
    CountRequirement,
    DesignSpec,
    EditRequirement,
    ElementsRequirement,
    FixedAtomsRequirement,
    LevelRequirement,
    MotifRequirement,
    Objective,
    PropertyRequirement,
    Requirement,
    RuleSetRequirement,
    ScaffoldRequirement,
    SimilarityRequirement,
)


@dataclass(frozen=True)
class Atom:
    """One indivisible thing that is asked for: what about, in which sense ('low', 'high', 'present', ...), with which number.

    ``open_end``: the bound itself does not hold.
    """

    about: str
    sense: str
    value: float | None = None
    open_end: bool = False


def _bounds(about: str, condition: Condition, whole: bool) -> list[Atom]:
    low, high = condition.bounds()
    open_low, open_high = condition.comparison == ">", condition.comparison == "<"
    atoms = []
    if low != -math.inf:
        atoms.append(Atom(about, "low", low + 1 if whole and open_low else low, open_low and not whole))
    if high != math.inf:
        atoms.append(Atom(about, "high", high - 1 if whole and open_high else high, open_high and not whole))
    return atoms


def _presence(kind: str, name: str, condition: Condition) -> list[Atom]:
    """Counts; 'at least one' is presence, 'none' is absence."""
    atoms = _bounds(f"count:{kind}:{name}", condition, True)
    if len(atoms) == 1 and atoms[0].sense == "low" and atoms[0].value == 1:
        return [Atom(_part(name), "present")]
    if any(a.sense == "high" and a.value == 0 for a in atoms):
        return [Atom(_part(name), "absent")]
    return atoms


def _part(name: str) -> str:
    """What is said of a part, by its name in one spelling; symbols of elements keep theirs."""
    return f"part:{one_spelling(name) if len(name) > 2 else name}"


def one_spelling(name: str) -> str:
    """A name in small letters without spaces and hyphens: 'isophorone diamine' and 'isophoronediamine' are one. Names with 'or' between stay apart."""
    return " or ".join(part.replace(" ", "").replace("-", "") for part in name.lower().split(" or "))


def atoms_of(requirement: Requirement, spec: DesignSpec) -> list[Atom]:
    """What one requirement asks for."""
    if isinstance(requirement, PropertyRequirement):
        whole = requirement.property in WHOLE
        name = f"{requirement.property}_mass" if requirement.basis == "mass concentration" else requirement.property
        return _bounds(f"property:{name}", requirement.condition, whole)
    if isinstance(requirement, LevelRequirement):
        return [Atom(f"level:{requirement.property}", "at", spec.conditions.temperature_c)]
    if isinstance(requirement, CountRequirement):
        return _presence(requirement.what, requirement.name, requirement.condition)
    if isinstance(requirement, MotifRequirement):
        return [Atom(_part(requirement.name), "present" if requirement.wanted else "absent")]
    if isinstance(requirement, ElementsRequirement):
        return [Atom("elements:" + ",".join(sorted({*requirement.allowed, "H"})), "only")]
    if isinstance(requirement, SimilarityRequirement):
        return _bounds(f"similarity:{one_spelling(requirement.reference_name or requirement.reference)}", requirement.condition, False)
    if isinstance(requirement, RuleSetRequirement):
        return [Atom(f"rule_set:{requirement.rule_set}", "met")]
    if isinstance(requirement, EditRequirement):
        return [Atom(f"edit:{requirement.operation} {requirement.group}", "done")]
    if isinstance(requirement, FixedAtomsRequirement):
        return [Atom(f"kept:{requirement.part}", "kept")]
    assert isinstance(requirement, ScaffoldRequirement)
    return [Atom(f"scaffold:{requirement.scaffold}", "kept")]


def objective_atom(objective: Objective) -> Atom:
    return Atom(f"property:{objective.property}", objective.shape, objective.target)


#: Properties that are counts.
WHOLE = frozenset(
    [
        "hbd",
        "hba",
        "rotatable_bonds",
        "ring_count",
        "aromatic_rings",
        "aliphatic_rings",
        "saturated_rings",
        "single_bonds",
        "double_bonds",
        "triple_bonds",
        "aromatic_bonds",
        "heterocycles",
        "aromatic_heterocycles",
        "heavy_atoms",
        "heteroatoms",
        "formal_charge",
        "stereocentres",
        "valence_electrons",
        "spiro_atoms",
        "bridgehead_atoms",
        "amide_bonds",
    ]
)
_LIMIT = re.compile(r"(?P<op><=|>=|==|<|>)\s*(?P<value>\S+)|(?P<low>-?[\d.]+)\s*\.\.\s*(?P<high>-?[\d.]+)")


def expected_atoms(text: str) -> list[Atom]:
    """The atoms of one expectation string. Raises ValueError for one that is not in the format."""
    kind, _, rest = text.strip().partition(":")
    if kind == "property":
        name, _, limit = rest.partition(" ")
        return _expected_bounds(f"property:{name}", limit.removesuffix("mg/L").strip(), name in WHOLE)
    if kind == "count":
        match = re.fullmatch(r"(element|group):(.+?)\s*((?:<=|>=|==|<|>)\s*[\d.]+|-?[\d.]+\s*\.\.\s*[\d.]+)", rest)
        if match is None:
            raise ValueError(f"not an expectation: {text!r}")
        return _presence(match[1], match[2], _condition(match[3]))
    if kind == "motif":
        name, _, sense = rest.rpartition(" ")
        return [Atom(_part(name), sense)]
    if kind == "elements":
        return [Atom("elements:" + ",".join(sorted({*(e.strip() for e in rest.split(",")), "H"})), "only")]
    if kind == "level":
        name, _, at = rest.partition("@")
        return [Atom(f"level:{name.split()[0]}", "at", float(at) if at.strip() else None)]
    if kind == "similarity":
        match = re.fullmatch(r"(.+?)\s*(<=|>=|==|<|>)\s*(\S+)", rest)
        if match is None:
            return [Atom(f"similarity:{one_spelling(rest.strip())}", "low", None)]
        sense = "low" if match[2].startswith(">") else "high"
        return [Atom(f"similarity:{one_spelling(match[1])}", sense, None if "*" in match[3] else float(match[3]), len(match[2]) == 1)]
    if kind == "rule_set":
        return [Atom(f"rule_set:{rest.strip()}", "met")]
    if kind in ("maximise", "minimise"):
        return [Atom(f"property:{rest.strip()}", kind)]
    if kind == "target":
        name, _, value = rest.partition("=")
        return [Atom(f"property:{name.strip()}", "near", float(value))]
    if kind == "vague":
        name, _, way = rest.strip().rpartition(" ")
        return [Atom(f"property:{name}", f"vague {way}")]
    if kind in ("scaffold", "edit"):
        return [Atom(f"{kind}:{rest.strip()}", "kept" if kind == "scaffold" else "done")]
    raise ValueError(f"not an expectation: {text!r}")


def _condition(text: str) -> Condition:
    match = _LIMIT.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"not a comparison: {text!r}")
    if match["op"]:
        return Condition.model_validate({"comparison": match["op"], "value": float(match["value"])})
    return Condition(comparison="between", low=float(match["low"]), high=float(match["high"]))


def _expected_bounds(about: str, limit: str, whole: bool) -> list[Atom]:
    if "*" in limit:
        return [Atom(about, "low" if limit.startswith(">") else "high", None)]
    condition = _condition(limit)
    if condition.comparison == "==" and not whole:
        return [Atom(about, "near", condition.value)]
    return _bounds(about, condition, whole)
