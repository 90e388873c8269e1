"""The compact notation of requirements and objectives: 'property:logp <= 3', 'motif:nitro absent', 'minimise:sa_score'.

That of the catalogue (``tools/catalogue/notation.py``), for the registered properties.
"""

from __future__ import annotations

from typing import Any

from core.spec import DesignSpec, Requirement
from tools.catalogue import notation
from tools.catalogue.catalogue import Catalogue
from tools.catalogue.kinds import Terms
from tools.catalogue.kinds.conditions import number_text
from tools.catalogue.notation import compact_objective

__all__ = ["compact", "compact_requirement", "number_text", "parse_requirement"]


def parse_requirement(text: str, *, catalogue: Catalogue) -> Requirement:
    """The requirement that a compact text stands for, with empty id and text. Raises SpecError."""
    return notation.parse_requirement(text, Terms(catalogue))


def compact_requirement(requirement: Requirement, temperature: float = 25.0, *, catalogue: Catalogue) -> str:
    """One requirement in the compact notation; ``temperature`` (°C) is that of the spec's conditions."""
    return notation.compact_requirement(requirement, Terms(catalogue, temperature_c=temperature))


def compact(spec: DesignSpec, *, catalogue: Catalogue) -> dict[str, Any]:
    """A spec in the form of the sentence files: the fields that they compare, lists sorted."""
    stated = [r for r in spec.requirements if r.origin != "class"]
    given = [r for r in spec.requirements if r.origin == "class"]
    temperature = spec.conditions.temperature_c
    return {
        "class": spec.candidate_class,
        "family": spec.family,
        "requirements": sorted(compact_requirement(r, temperature, catalogue=catalogue) for r in stated),
        "class_requirements": sorted(compact_requirement(r, temperature, catalogue=catalogue) for r in given),
        "objectives": sorted(compact_objective(o) for o in spec.objectives if o.origin != "assumption"),
        "default_objectives": sorted(compact_objective(o) for o in spec.objectives if o.origin == "assumption"),
        "unchecked": [u.phrase for u in spec.unchecked],
        "candidates": spec.candidates,
        "solvent": spec.conditions.solvent,
    }
