"""The check of one candidate against every requirement of a spec."""

from __future__ import annotations

from collections.abc import Mapping

from core.candidate import Candidate, RequirementResult
from core.errors import StructureError
from core.spec import DesignSpec
from tools.calculators.collection import Calculators
from tools.calculators.exact import ExactCalculations
from tools.catalogue.kinds import KINDS, Context, Kinds, Subject
from tools.evaluation.structure import candidate_mol


def context_of(spec: DesignSpec, *, calculators: Calculators) -> Context:
    """What the checks of ``spec`` share: properties and calculators, and the probability that counts as met."""
    return Context(calculators.catalogue, ExactCalculations(calculators), spec.met_probability)


def check(
    candidate: Candidate,
    spec: DesignSpec,
    settled: Mapping[str, RequirementResult] | None = None,
    kinds: Kinds = KINDS,
    *,
    calculators: Calculators,
) -> list[RequirementResult]:
    """How every requirement of ``spec`` stands for ``candidate``, in the order of the spec.

    What is computed from the structure is met or not (probability 1 or 0). A predicted property has the probability that its predictive
    distribution gives to the requirement's range, with the error taken 1.25 times larger outside the method's domain; it is met
    where that reaches ``spec.met_probability``. A level is met where it is at least as good as asked for; its probability is that of
    surviving, as calibrated for the level. An unknown value, or a structure that cannot be read, is not met, probability 0, with the
    reason. ``settled``: results by requirement id that are known already and taken over. Raises SpecError for a property, level or
    rule set that does not exist, and StructureError for a reference or SMARTS of the spec that cannot be read.
    """
    settled = settled or {}
    rated = [(requirement, kinds.of(requirement)) for requirement in spec.requirements]
    subject, context = Subject(values=candidate.properties), context_of(spec, calculators=calculators)
    if any(kind.reads_structure and requirement.id not in settled for requirement, kind in rated):
        try:
            subject = Subject(candidate_mol(candidate), values=candidate.properties)
        except StructureError as error:
            subject = Subject(fault=str(error), values=candidate.properties)
    return [settled[r.id] if r.id in settled else kind.check(r, subject, context) for r, kind in rated]
