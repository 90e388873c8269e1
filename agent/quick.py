"""The quick form of an answer to a goal sentence: what ``molwright quick``, the toolbox and the benchmarks of countable goals call."""

from __future__ import annotations

from agent.reading import interpret
from core.approval import looked_at
from core.candidate import Candidate
from core.errors import RefusedError
from core.spec import DesignSpec
from tools.against.reasons import with_reasons
from tools.calculators.collection import Calculators
from tools.proposers.exact.binding import binding_wishes
from tools.safety.guard import goal_verdict
from tools.search.direct import construct
from tools.workspace import Workspace

#: What the quick form is, for people and models.
WHAT_IT_IS = (
    "Quick form: constructed directly and checked against every requirement, past the safety guard. No search over generations, no ranking "
    "by probability, no literature, nothing stored; `molwright design` does all that."
)


def quick_answer(
    goal: str, count: int | None = None, met_probability: float = 0.5, *, despite_objections: bool = False, workspace: Workspace
) -> tuple[DesignSpec, list[Candidate]]:
    """The spec that ``goal`` means and at most ``count`` structures that meet it; see :func:`tools.search.direct.construct`.

    ``count``: one if None, or as many as the goal says where it asks for a list as a whole. ``met_probability``: from which probability a predicted requirement counts as met. ``despite_objections``: answer also where a rule
    wants a person to look at the spec first (UnreadGoal otherwise). Raises RefusedError if the guard blocks or stops the
    sentence, or blocks the spec or a structure that it names, and what :func:`agent.reading.interpret` raises for a goal that means nothing.
    """
    verdict = goal_verdict(goal)
    if verdict.verdict == "block":
        reasons = "; ".join(f"{hit.id}: {hit.reason}" for hit in verdict.rules if hit.verdict == "block")
        raise RefusedError(f"the safety guard refused this goal. {reasons}", rules=tuple(hit.id for hit in verdict.rules))
    spec = looked_at(interpret(goal, met_probability=met_probability, workspace=workspace), despite_objections=despite_objections)
    found = construct(spec, count or (spec.candidates if spec.set_requirements else 1), workspace=workspace)
    return spec, [with_reasons(candidate, spec) for candidate in found]


def why_none(spec: DesignSpec, *, calculators: Calculators) -> str:
    """Why nothing was constructed, in words: the fewest wishes that no plausible structure was found for."""
    binding = binding_wishes(spec, calculators=calculators)
    if binding is not None:
        return binding.text
    return "Structures that meet what can be counted exist; a predicted property or the safety guard keeps them out, or the search was too short."
