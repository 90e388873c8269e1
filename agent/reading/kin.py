"""Groups that a chemist would count among those that a goal excludes, though the tables tell them apart: imides, where amides are."""

from __future__ import annotations

from agent.reading.registered import GROUPS
from core.spec import Assumption, CountRequirement, MotifRequirement, Requirement

#: The group that is excluded, and its kin.
_KIN = {"amide": "imide"}


def kin_excluded(requirements: list[Requirement], goal: str) -> tuple[list[Requirement], list[Assumption]]:
    """(what is excluded beside the groups that ``requirements`` exclude, with origin "assumption"; what is assumed by it).

    Nothing of which ``goal`` (in lower case) speaks itself: 'a polyimide without amides', 'no amides, imides are allowed'.
    """
    added: list[Requirement] = []
    assumed: list[Assumption] = []
    for requirement in requirements:
        name = _excluded(requirement)
        kin = _KIN.get(name, "")
        if not kin or kin in goal or any(_excluded(r) == kin for r in added):
            continue
        values = {"id": requirement.id, "text": requirement.text, "phrase": requirement.phrase, "origin": "assumption"}
        added.append(MotifRequirement(**values, name=kin, smarts=GROUPS[kin].smarts, wanted=False))
        text = f"no {name} is taken to mean no {kin} either; say that {kin}s are allowed to have them"
        assumed.append(Assumption(phrase=requirement.phrase, text=text))
    return added, assumed


def _excluded(requirement: Requirement) -> str:
    """The group of which none may be there; '' for anything else."""
    if isinstance(requirement, MotifRequirement):
        return "" if requirement.wanted else requirement.name
    if isinstance(requirement, CountRequirement) and requirement.what == "group" and requirement.condition.bounds()[1] == 0:
        return requirement.name
    return ""
