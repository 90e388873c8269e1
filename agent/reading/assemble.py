"""The last step: a checked, numbered, worded DesignSpec from the resolved clauses of a reading."""

from __future__ import annotations

from typing import Any

from agent.reading.clause import Clause
from agent.reading.closed_counts import closed_by_counts
from agent.reading.compact import number_text
from agent.reading.contradictions import reject_contradictions
from agent.reading.noted import noted
from agent.reading.objectives import default_objectives
from agent.reading.reading import Reading
from agent.reading.resembled import unknown_model
from agent.reading.resolve import Resolver
from agent.reading.spelling import as_spelt
from agent.reading.suggestions import Suggestion, suggestion
from agent.reading.wording import objective_text, requirement_text, set_text
from core.errors import GoalError, UnitError
from core.reading import ReadSpan, WordRole, spans_between
from core.spec import (
    DesignSpec,
    EstimationConditions,
    Objective,
    PropertyRequirement,
    Reference,
    RuleSetRequirement,
    Unchecked,
    said_by_values,
)
from tools.calculators.collection import Calculators
from tools.safety.guard import concerns


def asks_for_something(spec: DesignSpec) -> DesignSpec:
    """``spec``. Raises GoalError, quoting what was not understood, if it has no requirement and no wish of the goal's own."""
    if spec.requirements or spec.set_requirements or any(o.origin != "assumption" for o in spec.objectives):
        return spec
    left = "; ".join(f"{u.phrase}: {u.reason}" for u in spec.unchecked[:5])
    raise GoalError(f"nothing in the goal can be computed{' (' + left + ')' if left else ''}", phrase=spec.goal[:200])


def resolved(reading: Reading, options: dict[str, Any], *, calculators: Calculators, may_be_empty: bool, about: str = "") -> DesignSpec:
    """The spec of a reading. ``options`` fills budget, seed and met_probability. ``about``: SMILES of what is compared with where the goal names nothing.

    Raises ContradictionError, and, unless ``may_be_empty``, GoalError (UnitError, where units alone are at fault) for a goal of which
    nothing was read.
    """
    resolver = Resolver(reading, calculators, about)
    resolver.run()
    reject_contradictions(resolver.requirements, catalogue=calculators.catalogue, polymer=resolver.candidate_class == "polymer")
    closed = closed_by_counts(resolver.requirements) if resolver.candidate_class == "molecule" else None
    if closed is not None:
        resolver.requirements.append(closed[0])
        resolver.assume(closed[1].phrase, closed[1].text)
    for written, meant in reading.respelled:
        resolver.assume(written, f"'{written}' is read as '{meant}'")
    _finish_conditions(resolver)
    _say_what_is_assumed(resolver)
    _finish_warnings(resolver)
    if resolver.class_assumption:
        resolver.assume("", resolver.class_assumption)
    if resolver.exhaustive:
        what = "way to do it" if any(s.kind == "edit" for s in resolver.statements) else "constitutional isomer"
        resolver.assume(resolver.exhaustive, f"every {what} is listed, at most 1000; stereoisomers are not told apart")
        options = {**options, "candidates": options.get("candidates", 1000)}
    resolver.objectives += default_objectives(resolver)
    spec = _spec(reading, resolver, options)
    if may_be_empty:
        return spec
    faults = [o.error for o in resolver.outcomes if o.error is not None]
    if faults and all(isinstance(f, UnitError) for f in faults):
        try:
            return asks_for_something(spec)
        except GoalError:
            raise faults[0] from None
    return asks_for_something(spec)


def _spec(reading: Reading, resolver: Resolver, options: dict[str, Any]) -> DesignSpec:
    temperature = resolver.conditions.temperature_c
    requirements = [
        r.model_copy(update={"id": f"R{n}", "text": requirement_text(r, temperature, catalogue=resolver.catalogue)})
        for n, r in enumerate(resolver.requirements, 1)
    ]
    unique: dict[str, Objective] = {}
    for objective in resolver.objectives:
        unique.setdefault(f"{objective.property}:{objective.shape}", objective)
    objectives = [
        o.model_copy(update={"id": f"O{n}", "text": objective_text(o, catalogue=resolver.catalogue)})
        for n, o in enumerate(unique.values(), 1)
    ]
    sets = [s.model_copy(update={"id": f"S{n}", "text": set_text(s, catalogue=resolver.catalogue)}) for n, s in enumerate(resolver.sets, 1)]
    reference = resolver.reference
    spec = DesignSpec(
        goal=reading.goal,
        candidate_class=resolver.candidate_class,
        family=resolver.family,
        requirements=requirements,
        objectives=objectives,
        conditions=resolver.conditions,
        reference=Reference(name=reference.name, smiles=reference.smiles) if reference is not None else None,
        assumptions=resolver.assumptions,
        unchecked=_unchecked(reading, resolver),
        warnings=resolver.warnings,
        exhaustive=bool(resolver.exhaustive),
        set_requirements=sets,
        **options,
    )
    spec = spec.model_copy(update={"reading": _spans(reading, resolver, spec), "concerns": concerns(reading.goal)})
    return said_by_values(as_spelt(spec, reading.respelled))


def _unchecked(reading: Reading, resolver: Resolver) -> list[Unchecked]:
    """Every clause that asks for something and was not read, each phrase once."""
    seen: dict[str, Unchecked] = {}
    for n, outcome in enumerate(resolver.outcomes):
        clause = outcome.clause
        for i, j, why in noted(reading.lattice, clause) if not outcome.reason else ():
            text = reading.lattice.text(i, j)
            start, end = _span(reading, i, j)
            seen.setdefault(text.lower(), Unchecked(phrase=text, reason=why, start=start, end=end, use=True))
        named = clause.role == "head" and resolver.kind is None  # a name that says what the thing is was understood
        reason = outcome.reason or (clause.reason if named else "")
        if not reason:
            continue
        start, end = reading.span(clause)
        phrase = clause.statements[0].phrase if clause.role == "read" and clause.statements else _phrase(reading, clause)
        if clause.role == "head" and (more := _complement(reading, resolver, n)):
            end = reading.span(more)[1]
            phrase = f"{phrase} {_phrase(reading, more)}"
        unknown = unknown_model(reading, clause)
        reason = unknown or _reason(reading, clause, reason)
        found = Suggestion() if clause.role == "head" else suggestion(reading, clause, resolver)
        entry = Unchecked(
            phrase=phrase,
            reason=reason,
            start=start,
            end=end,
            suggestion=found.text,
            requirements=list(found.requirements),
            objectives=list(found.objectives),
            use=clause.role in ("head", "adjunct") or clause.content == "purpose",
            head=clause.content == "head",
            resembles=bool(unknown),
        )
        if phrase:
            seen.setdefault(phrase.lower(), entry)
    return list(seen.values())


def _span(reading: Reading, i: int, j: int) -> tuple[int, int]:
    """Where pieces ``i`` to ``j`` (exclusive) stand in the goal."""
    pieces = reading.lattice.pieces
    return reading.text.span(pieces[i].start, pieces[j - 1].end)


def _complement(reading: Reading, resolver: Resolver, n: int) -> Clause | None:
    """The unread 'of ...' right behind the noun of the thing designed: 'inhibitor of EGFR'."""
    after = resolver.outcomes[n + 1] if n + 1 < len(resolver.outcomes) else None
    if (
        after is None
        or not after.reason
        or after.clause.i != resolver.outcomes[n].clause.j
        or reading.lattice.lower(after.clause.i) != "of"
    ):
        return None
    return after.clause


def _phrase(reading: Reading, clause: Clause) -> str:
    pieces = reading.lattice.pieces
    text = reading.lattice.plain[pieces[clause.i].start : pieces[clause.j - 1].end]
    words = text.strip(" ,;:.!?\"'`()")
    lower = words.lower()
    for opening in ("with a ", "with an ", "with ", "a ", "an ", "the ", "that is ", "which is ", "that ", "and "):
        if lower.startswith(opening) and len(words) > len(opening) and clause.content != "purpose":
            return words[len(opening) :]
    return words


def _reason(reading: Reading, clause: Clause, reason: str) -> str:
    """The reason that the tables give for a word of the clause, where the clause was simply not understood."""
    if reason != "not understood":
        return reason
    for k in range(clause.i, clause.j):
        for mention in reading.lattice.of(k, "unchk"):
            return str(mention.value)
    if clause.content == "purpose":
        return "what it is for cannot be computed; state the properties that it needs"
    return reason


def _spans(reading: Reading, resolver: Resolver, spec: DesignSpec) -> list[ReadSpan]:
    """What the words of each clause became, and the words between them as filler."""
    asked = (
        [(r.id, r.phrase) for r in spec.requirements]
        + [(o.id, o.phrase) for o in spec.objectives]
        + [(s.id, s.phrase) for s in spec.set_requirements]
    )
    given = [r.id for r in spec.requirements if r.origin == "class"]
    spans: list[ReadSpan] = []
    for outcome in resolver.outcomes:
        clause = outcome.clause
        start, end = reading.span(clause)
        phrases = {s.phrase for s in clause.statements if s.phrase}
        becomes = [name for name, phrase in asked if phrase and (phrase in phrases or set(phrase.split(", ")) & phrases)]
        if clause.role == "head":
            becomes += [name for name in given if name not in becomes]
        role: WordRole = "read"
        if outcome.reason and clause.role != "head":
            role = "purpose" if clause.content == "purpose" else "unread"
            becomes = []
        elif clause.role in ("head", "adjunct"):
            role = "head"
        elif clause.role == "filler":
            role = "filler"
        apart = noted(reading.lattice, clause) if role == "read" else ()
        for i, j, _ in sorted(apart):
            first, last = _span(reading, i, j)
            if first > start:
                spans.append(ReadSpan(start=start, end=first, text=reading.goal[start:first], role=role, becomes=becomes))
            if last > start:
                spans.append(ReadSpan(start=first, end=last, text=reading.goal[first:last], role="unread"))
            start = max(start, last)
        if start < end:
            spans.append(ReadSpan(start=start, end=end, text=reading.goal[start:end], role=role, becomes=becomes))
    return spans_between(reading.goal, spans)


def _say_what_is_assumed(resolver: Resolver) -> None:
    """State once what the values of the properties asked for are, where their names alone may mean something else."""
    asked = [r.property for r in resolver.requirements if isinstance(r, PropertyRequirement)] + [o.property for o in resolver.objectives]
    said = [resolver.catalogue[name].assumed for name in asked if name in resolver.catalogue]
    for text in dict.fromkeys(filter(None, said)):
        resolver.assume("", text)


def _finish_conditions(resolver: Resolver) -> None:
    used = {r.property for r in resolver.requirements if isinstance(r, PropertyRequirement)} | {o.property for o in resolver.objectives}
    optical = used & {"absorption_maximum", "log_epsilon"}
    if resolver.solvent is None:
        if optical:
            resolver.assume(
                "", "absorption is predicted in dichloromethane, as no solvent is named; it is the longest-wavelength band maximum"
            )
        return
    if optical:
        assert resolver.solvent.ref is not None
        name = resolver.solvent.ref.name
        resolver.assume(resolver.solvent.phrase, f"absorption is predicted in {name}; it is the longest-wavelength band maximum")
        return
    if any(resolver.catalogue[name].in_solvent for name in used):
        return
    resolver.conditions = resolver.conditions.model_copy(
        update={"solvent": EstimationConditions().solvent, "solvent_smiles": EstimationConditions().solvent_smiles}
    )
    for outcome in resolver.outcomes:
        if any(s.kind == "solvent" for s in outcome.clause.statements) and not outcome.reason:
            outcome.reason = "a solvent is named, but nothing in the goal depends on it"


#: Properties of a neat liquid, and of simulated polymers.
_OF_LIQUIDS = frozenset(["density", "refractive_index", "relative_permittivity", "surface_tension"])
_SIMULATED = frozenset(["polymer_refractive_index", "polymer_permittivity", "thermal_conductivity"])


def _finish_warnings(resolver: Resolver) -> None:
    names = {r.property for r in resolver.requirements if isinstance(r, PropertyRequirement)} | {o.property for o in resolver.objectives}
    if "cns_mpo" in names or any(isinstance(r, RuleSetRequirement) and r.rule_set == "cns mpo" for r in resolver.requirements):
        resolver.warnings.append("CNS MPO is approximate: it rests on neither a pKa nor a logD")
    if "logp" in names:
        resolver.warnings.append(
            "logP is Crippen's, by atom contributions: a limit is held against the computed value, and its probability says nothing of the measured one, "
            "which each candidate's text states apart"
        )
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
    for name in sorted(names & _OF_LIQUIDS) if "melting_point" not in names else ():
        resolver.assume("", f"{resolver.catalogue[name].label}: of the neat liquid; that a candidate is liquid at 25 °C is not asked for")
    for name in sorted(names & _SIMULATED):
        resolver.assume("", f"{resolver.catalogue[name].label}: what a simulation of the amorphous polymer would give, not a measurement")
    if "ames_mutagenicity" in names:
        resolver.assume("", "Ames test: a predicted outcome of one test, no statement of safety")
