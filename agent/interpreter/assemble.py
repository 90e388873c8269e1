"""The last step: a checked, numbered, worded DesignSpec from the resolved statements."""

from __future__ import annotations

from typing import Any

from agent.interpreter.closed_counts import closed_by_counts
from agent.interpreter.compact import number_text
from agent.interpreter.contradictions import reject_contradictions
from agent.interpreter.objectives import default_objectives
from agent.interpreter.resolve import Resolver
from agent.interpreter.statements import Findings
from agent.interpreter.wording import objective_text, requirement_text, set_text
from core.errors import GoalError
from core.spec import (
    Conditions,
    DesignSpec,
    Objective,
    PropertyRequirement,
    Reference,
    RuleSetRequirement,
    Unchecked,
)


def asks_for_something(spec: DesignSpec) -> DesignSpec:
    """``spec``. Raises GoalError, quoting what was not understood, if it has no requirement and no wish of the goal's own."""
    if spec.requirements or spec.set_requirements or any(o.origin != "assumption" for o in spec.objectives):
        return spec
    left = "; ".join(f"{u.phrase}: {u.reason}" for u in spec.unchecked[:5])
    raise GoalError(f"nothing in the goal can be computed{' (' + left + ')' if left else ''}", phrase=spec.goal[:200])


def resolve(found: Findings, goal: str, text: str, options: dict[str, Any]) -> DesignSpec:
    """The spec of a goal, which may ask for nothing. ``text`` is the normalised goal, ``options`` fills budget, seed and met_probability.

    Raises GoalError (ContradictionError, UnitError) with the phrase at fault.
    """
    resolver = Resolver(found, text)
    resolver.run()
    reject_contradictions(resolver.requirements)
    closed = closed_by_counts(resolver.requirements) if resolver.candidate_class == "molecule" else None
    if closed is not None:
        resolver.requirements.append(closed[0])
        resolver.assume(closed[1].phrase, closed[1].text)
    _finish_conditions(resolver)
    _finish_warnings(resolver)
    if found.exhaustive:
        what = "way to do it" if any(s.kind == "edit" for s in found.statements) else "constitutional isomer"
        resolver.assume(found.exhaustive, f"every {what} is listed, at most 1000; stereoisomers are not told apart")
        options = {**options, "candidates": options.get("candidates", 1000)}
    resolver.objectives += default_objectives(resolver)
    temperature = resolver.conditions.temperature_c
    requirements = [
        r.model_copy(update={"id": f"R{n}", "text": requirement_text(r, temperature)}) for n, r in enumerate(resolver.requirements, 1)
    ]
    unique: dict[str, Objective] = {}
    for objective in resolver.objectives:
        unique.setdefault(f"{objective.property}:{objective.shape}", objective)
    objectives = [o.model_copy(update={"id": f"O{n}", "text": objective_text(o)}) for n, o in enumerate(unique.values(), 1)]
    reference = resolver.reference
    return DesignSpec(
        goal=goal,
        candidate_class=resolver.candidate_class,
        family=resolver.family,
        requirements=requirements,
        objectives=objectives,
        conditions=resolver.conditions,
        reference=Reference(name=reference.name, smiles=reference.smiles) if reference is not None else None,
        assumptions=resolver.assumptions,
        unchecked=_unique_unchecked(resolver.unchecked),
        warnings=resolver.warnings,
        exhaustive=bool(found.exhaustive),
        set_requirements=[s.model_copy(update={"id": f"S{n}", "text": set_text(s)}) for n, s in enumerate(resolver.sets, 1)],
        **options,
    )


def _unique_unchecked(entries: list[Unchecked]) -> list[Unchecked]:
    seen: dict[str, Unchecked] = {}
    for entry in entries:
        seen.setdefault(entry.phrase.lower(), entry)
    return list(seen.values())


def _finish_conditions(resolver: Resolver) -> None:
    used = {r.property for r in resolver.requirements if isinstance(r, PropertyRequirement)} | {o.property for o in resolver.objectives}
    optical = used & {"absorption_maximum", "log_epsilon"}
    if resolver.found.solvent is None:
        if optical:
            resolver.assume(
                "", "absorption is predicted in dichloromethane, as no solvent is named; it is the longest-wavelength band maximum"
            )
        return
    name, _, phrase = resolver.found.solvent
    if optical:
        resolver.assume(phrase, f"absorption is predicted in {name}; it is the longest-wavelength band maximum")
    else:
        resolver.conditions = resolver.conditions.model_copy(
            update={"solvent": Conditions().solvent, "solvent_smiles": Conditions().solvent_smiles}
        )
        resolver.unchecked.append(Unchecked(phrase=phrase, reason="a solvent is named, but nothing in the goal depends on it"))


def _finish_warnings(resolver: Resolver) -> None:
    names = {r.property for r in resolver.requirements if isinstance(r, PropertyRequirement)} | {o.property for o in resolver.objectives}
    if "cns_mpo" in names or any(isinstance(r, RuleSetRequirement) and r.rule_set == "cns mpo" for r in resolver.requirements):
        resolver.warnings.append("CNS MPO is approximate: neither pKa nor logD is computed")
    if "logp" in names:
        resolver.warnings.append("logP is Crippen's, by atom contributions")
    for requirement in resolver.requirements:
        if isinstance(requirement, PropertyRequirement) and requirement.property == "glass_transition_temperature":
            threshold = requirement.condition.bounds()[0]
            if threshold >= 250:
                resolver.warnings.append(
                    f"a Tg from {number_text(threshold)} °C nears the temperatures at which many organic polymers begin to decompose; "
                    "such a polymer may not be processable from the melt"
                )
    if "glass_transition_temperature" in names:
        resolver.assume("", "Tg is that of the dry, high-molar-mass polymer, as by DSC")
