"""A part in the name of the thing designed of which the goal says later, and more narrowly, what it is: 'Amine extractant: tertiary amine'."""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import pairwise

from rdkit import Chem

from agent.reading.clause import Clause
from agent.reading.registered import GROUPS
from core.spec import CountRequirement, MotifRequirement, Objective, PropertyRequirement, Requirement


def without_said_narrower(requirements: list[Requirement], clauses: list[Clause]) -> list[Requirement]:
    """The requirements without those for a part in a name that a later one for a narrower part implies, so that each wish stands once."""
    named = {(s.name, s.phrase) for c in clauses if c.content in ("name", "head") and c.role in ("read", "head") for s in c.statements}
    return [r for r in requirements if (_name(r), r.phrase) not in named or not any(_implies(other, r) for other in requirements)]


def without_said_in_numbers(objectives: list[Objective], requirements: list[Requirement], clauses: list[Clause]) -> list[Objective]:
    """The objectives without those of an adjective before the name of which the goal says the number: 'High-boiling solvent, bp above 200 °C'."""
    before = [c for c in clauses if c.content == "name" and c.role == "read"]
    before += [
        c for c, after in pairwise(clauses) if c.role == "read" and c.content == "objective" and after.i == c.j + 1 and _plain_adjective(c)
    ]
    named = {(s.name, s.phrase) for c in before for s in c.statements if s.kind == "objective"}
    return [o for o in objectives if (o.property, o.phrase) not in named or not any(_bounds(r, o) for r in requirements)]


def _plain_adjective(clause: Clause) -> bool:
    """Whether a wish is an adjective alone ('low melting (below 40 °C)'), and no superlative."""
    return all(
        s.phrase.lower().startswith(("low", "high", "long", "short", "small", "large", "good"))
        and "possible" not in s.phrase
        and not s.phrase.lower().startswith(("lowest", "highest", "longest", "shortest"))
        for s in clause.statements
    )


def _bounds(requirement: Requirement, objective: Objective) -> bool:
    """Whether ``requirement`` bounds the property of ``objective`` on the side from which it is wished away."""
    if not isinstance(requirement, PropertyRequirement) or requirement.property != objective.property:
        return False
    low, high = requirement.condition.bounds()
    return math.isfinite(low if objective.shape == "maximise" else high)


def _name(requirement: Requirement) -> str:
    """The part that is asked for; '' for anything else."""
    if isinstance(requirement, MotifRequirement):
        return requirement.name if requirement.wanted else ""
    return requirement.name if isinstance(requirement, CountRequirement) and requirement.condition.bounds()[0] >= 1 else ""


def _implies(other: Requirement, named: Requirement) -> bool:
    """Whether what has the part of ``other``, as often as is asked, has that of ``named`` too."""
    narrow, broad = _name(other), _name(named)
    if not narrow or not broad or other.phrase == named.phrase or not narrower(narrow, broad):
        return False
    if isinstance(named, MotifRequirement):
        return True
    return isinstance(other, CountRequirement) and isinstance(named, CountRequirement) and other.condition == named.condition


@lru_cache(maxsize=512)
def narrower(name: str, broad: str) -> bool:
    """Whether a registered group is a kind of another: it is named after it, and holds it in its own atoms."""
    if name == broad or name not in GROUPS or broad not in GROUPS or not name.endswith(broad.split()[-1]):
        return False
    example, inner, outer = Chem.MolFromSmiles(GROUPS[name].example), Chem.MolFromSmarts(GROUPS[broad].smarts), Chem.MolFromSmarts(GROUPS[name].smarts)  # fmt: skip
    if example is None or inner is None or outer is None:
        return False
    within = [set(match) for match in example.GetSubstructMatches(outer)]
    return any(set(match) <= atoms for match in example.GetSubstructMatches(inner) for atoms in within)
