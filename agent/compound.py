"""What a person asks for beside the sentence: atoms of the compound that stay, and sets of references to resemble or not.

The similarity floor of an analogue is measured, not chosen (``python -m evals.benchmarks.analogue_similarity``; Morgan, radius 2): of 193 pairs of
marketed drugs and common compounds that differ by one substituent 97 % reach 0.25, of 95 pairs of drugs of one class with one framework 93 %, of
17 774 pairs of drugs of different classes 1 %. 0.4, which 'similar' means elsewhere, would shut out four in ten of the first.
"""

from __future__ import annotations

from core.errors import SpecError, StructureError
from core.options import NamedReferences, RunOptions
from core.spec import (
    Assumption,
    CandidateClass,
    Condition,
    DesignSpec,
    FixedAtomsRequirement,
    Objective,
    Reference,
    ReferenceSetRequirement,
    Requirement,
    SimilarityRequirement,
)
from tools.catalogue.catalogue import Catalogue
from tools.catalogue.kinds import Terms
from tools.catalogue.wording import objective_text, requirement_text
from tools.groups.cores import described_core
from tools.structures.standardise import standardise

#: Least similarity of an analogue to the compound that it is made from.
ANALOGUE_FLOOR = 0.25
#: Similarity to the nearest of a set from which on a structure resembles it: what 'similar' means everywhere.
ALIKE = 0.4


def with_wishes(spec: DesignSpec, options: RunOptions, *, catalogue: Catalogue) -> DesignSpec:
    """``spec`` with the requirements that the run's options ask for. SpecError with the reason where one cannot be had."""
    if options.core:
        spec = with_core(spec, options.core, catalogue=catalogue)
    for references in options.like or []:
        spec = like(spec, references, catalogue=catalogue)
    for references in options.unlike or []:
        spec = unlike(spec, references, catalogue=catalogue)
    return spec


def with_core(spec: DesignSpec, core: str, *, catalogue: Catalogue) -> DesignSpec:
    """``spec`` with the requirement that ``core`` (see :func:`described_core`) stays of the compound that it names, if it names one."""
    reference = ""
    if spec.reference is not None:
        reference = standardise(spec.reference.smiles, _class(spec.reference.smiles)).smiles
    try:
        kept = described_core(reference, core, spec.reference.name if spec.reference is not None else "")
    except StructureError as error:
        raise SpecError(f"the core: {error}") from error
    return keeping(spec, kept, origin="person", catalogue=catalogue)


def keeping(spec: DesignSpec, kept: FixedAtomsRequirement, origin: str = "goal", *, catalogue: Catalogue) -> DesignSpec:
    """``spec`` with ``kept`` and, where the compound is known, the least similarity of an analogue to it."""
    spec = _added(spec, kept.model_copy(update={"origin": origin}), catalogue=catalogue)
    return as_analogue(spec, catalogue=catalogue)


def as_analogue(spec: DesignSpec, *, catalogue: Catalogue) -> DesignSpec:
    """``spec`` with the least similarity of an analogue to its reference ('my compound'), unless a similarity to it is asked for already."""
    reference = spec.reference
    if reference is None:
        return spec
    asked = [r for r in spec.requirements_of(SimilarityRequirement) if r.condition.bounds()[0] > 0]
    unread = [u for u in spec.unchecked if u.phrase != reference.smiles and u.phrase.lower() != reference.name.lower()]
    spec = spec.model_copy(update={"unchecked": unread})  # what the structure is for is said now
    if any(_same(r.reference, reference.smiles) for r in asked):
        return spec
    similar, assumption = analogue_of(reference)
    return _added(spec, similar, catalogue=catalogue).model_copy(update={"assumptions": [*spec.assumptions, assumption]})


def analogue_of(reference: Reference, phrase: str = "") -> tuple[SimilarityRequirement, Assumption]:
    """The least similarity of an analogue to ``reference`` and the assumption that says so. ``phrase``: the words of the goal behind it."""
    similar = SimilarityRequirement(
        id="",
        text="",
        phrase=phrase,
        origin="assumption",
        reference=reference.smiles,
        reference_name=reference.name,
        condition=Condition(comparison=">=", value=ANALOGUE_FLOOR),
    )
    name = reference.name or reference.smiles
    text = f"an analogue of {name} has a Tanimoto similarity of at least {ANALOGUE_FLOOR:g} to it, as nearly all pairs that differ by one substituent have"
    return similar, Assumption(phrase=phrase, text=text)


def like(spec: DesignSpec, references: NamedReferences, *, catalogue: Catalogue) -> DesignSpec:
    """``spec`` with the requirement to resemble one of the references, and the objective to resemble it more."""
    condition = Condition(comparison=">=", value=ALIKE)
    spec = _added(spec, _set(references, condition), catalogue=catalogue)
    wish = Objective(
        id="",
        property="similarity",
        shape="maximise",
        low=0.0,
        high=1.0,
        weight=0.5,
        text="",
        origin="person",
        references=references.references,
    )
    return spec.model_copy(update={"objectives": [*spec.objectives, _worded_objective(wish, spec, catalogue=catalogue)]})


def unlike(spec: DesignSpec, references: NamedReferences, *, catalogue: Catalogue) -> DesignSpec:
    """``spec`` with the requirement to resemble none of the references."""
    return _added(spec, _set(references, Condition(comparison="<", value=ALIKE)), catalogue=catalogue)


def _set(references: NamedReferences, condition: Condition) -> ReferenceSetRequirement:
    return ReferenceSetRequirement(
        id="", text="", origin="person", name=references.name, references=references.references, measure="max", condition=condition
    )


def _added(spec: DesignSpec, requirement: Requirement, *, catalogue: Catalogue) -> DesignSpec:
    taken = {r.id for r in spec.requirements}
    number = next(n for n in range(1, len(taken) + 2) if f"R{n}" not in taken)
    worded = requirement.model_copy(update={"id": f"R{number}", "text": requirement_text(requirement, _terms(spec, catalogue=catalogue))})
    return spec.model_copy(update={"requirements": [*spec.requirements, worded]})


def _worded_objective(wish: Objective, spec: DesignSpec, *, catalogue: Catalogue) -> Objective:
    taken = {o.id for o in spec.objectives}
    number = next(n for n in range(1, len(taken) + 2) if f"O{n}" not in taken)
    return wish.model_copy(update={"id": f"O{number}", "text": objective_text(wish, _terms(spec, catalogue=catalogue))})


def _terms(spec: DesignSpec, *, catalogue: Catalogue) -> Terms:
    return Terms(catalogue, spec.candidate_class, spec.conditions.temperature_c)


def _same(first: str, second: str) -> bool:
    try:
        return standardise(first, _class(first)).key == standardise(second, _class(second)).key
    except StructureError:
        return first == second


def _class(smiles: str) -> CandidateClass:
    return "polymer" if smiles.count("*") == 2 else "molecule"
