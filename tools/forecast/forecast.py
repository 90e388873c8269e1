"""The forecast of a spec."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from core.candidate import Candidate
from core.forecast import Forecast
from core.requirements import (
    EditRequirement,
    FixedAtomsRequirement,
    ReferenceSetRequirement,
    Requirement,
    ScaffoldRequirement,
    SimilarityRequirement,
)
from core.spec import DesignSpec
from tools.evaluation.judge import checked
from tools.forecast.chances import Chances, chances
from tools.forecast.features import Numbers, Rule, numbers, rule
from tools.forecast.relax import relaxations, without
from tools.workspace import Workspace

#: Requirements about one given compound: the proposers start from it, and not from what the reference structures stand for.
_ABOUT_A_COMPOUND = (SimilarityRequirement, ReferenceSetRequirement, FixedAtomsRequirement, EditRequirement, ScaffoldRequirement)
#: Reference structures that have to meet what is known exactly, before the predictions of these say anything of the goal.
FEWEST = 3
#: Without a requirement so many times as many have to qualify for it to bind.
BINDS = 1.2


def forecast(spec: DesignSpec, *, workspace: Workspace, earlier: Iterable[Candidate] | None = None) -> Forecast:
    """How many qualifying candidates to expect of a run of ``spec``, which wish binds, and what relaxing each would bring.

    From the reference structures that ship (:mod:`tools.forecast.reference`): how many of them meet the requirements and with what joint
    probability, and how that went with the searches on which the rule was calibrated. ``known`` is False, with the reason, where these say
    nothing of the goal. ``earlier``: candidates of earlier runs of that class; those that meet all of it are counted and change nothing else.
    Raises SpecError for a spec that names what does not exist, ConfigurationError where shipped files are damaged.
    """
    made = rule()
    expected_evaluations = min(spec.budget, made.evaluated)
    base = Forecast(known=False, evaluated=expected_evaluations, asked=spec.candidates)
    if why := beyond(spec, workspace):
        return base.model_copy(update={"reason": why})
    if not spec.requirements:
        everything = {"known": True, "expected": expected_evaluations, "low": expected_evaluations, "high": expected_evaluations}
        return base.model_copy(update={**everything, "notes": ["nothing is required, so every structure that is evaluated qualifies"]})
    found = chances(spec, workspace)
    seen = numbers(found)
    update: dict[str, object] = {"structures": len(found.table), "meeting": seen.meeting, "notes": _notes(found, seen, made)}
    if earlier is not None:
        update["earlier"] = _meeting(earlier, spec, workspace)
    if why := untold(found, seen):
        return base.model_copy(update={**update, "reason": why})
    expect = partial(_expected, made=made, evaluated=expected_evaluations)
    number = expect(found)
    gains = without(spec, found, expect)
    binding = max(gains, key=lambda name: (gains[name], name), default="")
    update |= {
        "known": True,
        "expected": round(number),
        "low": min(round(max((number + 1) * 10**made.low - 1, 0)), round(number)),
        "high": min(max(round((number + 1) * 10**made.high - 1), round(number)), expected_evaluations),
        "binding": binding if binding and gains[binding] >= BINDS else "",
        "relaxations": relaxations(spec, found, expect, workspace),
    }
    return base.model_copy(update=update)


def _expected(found: Chances, *, made: Rule, evaluated: int) -> float:
    return made.share(numbers(found).values, evaluated) * evaluated


def beyond(spec: DesignSpec, workspace: Workspace) -> str:
    """Why nothing can be said of the spec; '' where something can."""
    if spec.exhaustive:
        return "all structures that meet the goal are listed and judged; how many there are is what the run finds out"
    given: list[Requirement] = [r for r in spec.requirements if isinstance(r, _ABOUT_A_COMPOUND)]
    if given:
        return f"{', '.join(r.id for r in given)}: what is made from a given compound is not like the reference structures"
    own = [name for name in spec.property_names() if workspace.catalogue[name].user_defined]
    return f"the reference structures have no values of {', '.join(own)}" if own else ""


def untold(found: Chances, seen: Numbers) -> str:
    """Why the reference structures say nothing of the spec; '' where they do."""
    if found.unknown:
        return ", ".join(f"{name}: {why}" for name, why in found.unknown)
    if seen.exact >= FEWEST:
        return ""
    few = f"{seen.exact} of {len(found.table)} reference structures" if seen.exact else "none of the reference structures"
    return f"{few} meet what the structure alone decides, too few to go by"


def _meeting(earlier: Iterable[Candidate], spec: DesignSpec, workspace: Workspace) -> int:
    """How many distinct earlier candidates have every value that is needed and meet every requirement."""
    needed = set(spec.property_names())
    rows = {c.key: c for c in earlier if c.candidate_class == spec.candidate_class and needed <= set(c.properties)}
    return sum(checked(c, spec, calculators=workspace.calculators).status == "kept" for c in rows.values())


def _notes(found: Chances, seen: Numbers, made: Rule) -> list[str]:
    """What the forecast rests on."""
    kinds = sorted({origin for origin in found.table.origin if origin != "known"})
    known = sum(origin == "known" for origin in found.table.origin)
    sources = [f"{known} known compounds"] if known else []
    sources.append(f"{len(found.table) - known} structures of {', '.join(kinds)}")
    return [
        f"rests on {' and '.join(sources)} that ship with their predictions: {seen.exact} meet what the structure alone decides, "
        f"{seen.meeting} meet everything; calibrated on {made.goals} searches of {made.budget} evaluations",
        *dict.fromkeys(found.notes),
    ]
