"""The guard: is this goal, this structure, this route acceptable? Named rules, a reason for each verdict, and it fails closed.

Verdicts: ``allow``, ``warn`` (shown to the reader, the candidate stays), ``block`` (the candidate or the run ends here). An
exception inside the guard, and a structure that cannot be read, are a block. A goal may also hold what a person has to look at first:
:func:`concerns`.
"""

from __future__ import annotations

from functools import cache
from typing import Literal

from core.candidate import NO_ROUTE, Material, Route, SafetyVerdict
from core.plugins import SAFETY_RULES, plugins
from tools.safety.rules import rules_version, structure_rules
from tools.safety.structure import SEVERITY, alert_verdict, failure, structure_verdict, verdict_of

__all__ = [
    "SEVERITY",
    "Outcome",
    "alert_verdict",
    "concerns",
    "goal_verdict",
    "guard_version",
    "guarded_materials",
    "guarded_route",
    "outcome",
    "structure_verdict",
    "verdict_of",
]  # fmt: skip

Outcome = Literal["allow", "stop", "block"]
if plugins(SAFETY_RULES):
    structure_rules()  # a rule of a plug-in that cannot be used fails here, at import, and not as a block of everything


@cache
def guard_version() -> str:
    """Version of the guard: 12 hexadecimal characters, a hash of its rules, tables and code; the same as long as the process lives."""
    return rules_version()


def goal_verdict(text: str) -> SafetyVerdict:
    """Verdict on the words of a goal; see ``goal_text``. Never raises."""
    try:
        from tools.safety.goal_text import goal_hits  # its words take longer to load than a structure to judge

        return verdict_of(goal_hits(text))
    except Exception as error:
        return failure(error)


def outcome(text: str) -> Outcome:
    """What happens to a goal: it goes on, waits for a person, or is refused."""
    if goal_verdict(text).verdict == "block":
        return "block"
    return "stop" if concerns(text) else "allow"


def concerns(text: str) -> list[str]:
    """What in a goal looks like a substance or a hazard although it was not understood: a person has to look at it, and no model may
    read it before. Empty where nothing does, and where the guard refuses the goal anyway."""
    from tools.safety.goal_text import STOP

    verdict = goal_verdict(text)
    return [] if verdict.verdict == "block" else [hit.reason for hit in verdict.rules if hit.id.startswith(STOP)]


def guarded_materials(route: Route) -> Route:
    """``route`` with the verdict and the rule ids of each starting material filled in.

    A reactant of a step that is no starting material and that a rule fires on is added to the materials as an intermediate.
    """
    materials = [_screened(material) for material in route.starting_materials]
    known = {material.smiles for material in materials}
    for smiles in dict.fromkeys(reactant for step in route.steps for reactant in step.reactants):
        if smiles not in known:
            extra = _screened(Material(name=smiles, smiles=smiles, role="intermediate"))
            if extra.verdict != "allow":
                materials.append(extra)
    return route.model_copy(update={"starting_materials": materials})


def guarded_route(route: Route) -> Route:
    """``route`` with its materials screened; no route, with a note that says so, where the guard blocks one of them."""
    screened = guarded_materials(route)
    if any(material.verdict == "block" for material in screened.starting_materials):
        return NO_ROUTE.model_copy(update={"note": "The route that was found needs a starting material that the safety guard blocks."})
    return screened


def _screened(material: Material) -> Material:
    found = structure_verdict(material.smiles, "polymer" if material.smiles.count("*") == 2 else "molecule")
    return material.model_copy(update={"verdict": found.verdict, "rules": [hit.id for hit in found.rules]})
