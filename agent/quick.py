"""A goal answered without a run: interpreted, constructed, checked. No store, no trace, no ranking; for counts and small changes."""

from __future__ import annotations

from core.candidate import Candidate, Origin
from core.errors import RefusedError, StructureError
from core.spec import DesignSpec
from tools.checks.check import check
from tools.generators.base import ProposalRequest
from tools.generators.registry import load
from tools.properties.estimate import estimate
from tools.safety.guard import screen_structure
from tools.safety.spec import screen_spec
from tools.structures.standardise import standardise

#: Proposers asked, in this order, until enough structures meet the spec.
PROPOSERS = ("isomers", "exact", "library")


def answer(spec: DesignSpec, count: int = 1) -> list[Candidate]:
    """Up to ``count`` structures that meet every requirement of ``spec``, each standardised, screened, estimated and checked.

    In the order of the proposers; empty if none of them has one. Raises RefusedError if the guard blocks the spec.
    """
    verdict = screen_spec(spec)
    if verdict.verdict == "block":
        raise RefusedError("the safety guard refused this goal", rules=tuple(hit.id for hit in verdict.rules))
    found: dict[str, Candidate] = {}
    proposers = load()
    for name in PROPOSERS:
        if name not in proposers or len(found) >= count or not proposers[name].applies(spec):
            continue
        request = ProposalRequest(spec=spec, generation=0, count=count + 1, seed=spec.seed)
        for proposal in proposers[name].propose(request):
            candidate = _judged(proposal.smiles, name, proposal.operator, spec)
            if candidate is not None and all(r.met for r in candidate.requirements):
                found.setdefault(candidate.key, candidate)
    return list(found.values())[:count]


def _judged(smiles: str, proposer: str, operator: str, spec: DesignSpec) -> Candidate | None:
    """The candidate with its properties and requirement results; None if it cannot be read or the guard blocks it."""
    try:
        structure = standardise(smiles, spec.candidate_class)
    except StructureError:
        return None
    verdict = screen_structure(structure.smiles, spec.candidate_class)
    if verdict.verdict == "block":
        return None
    candidate = Candidate(
        key=structure.key,
        smiles=structure.smiles,
        inchikey=structure.inchikey,
        candidate_class=spec.candidate_class,
        dedup_key=structure.dedup_key,
        undefined_stereocentres=structure.undefined_stereocentres,
        notes=list(structure.notes),
        origin=Origin(proposer=proposer, operator=operator),
        properties=estimate([structure.smiles], spec.candidate_class, spec.property_names(), spec.conditions)[0],
        safety=verdict,
        status="estimated",
    )
    return candidate.model_copy(update={"requirements": check(candidate, spec), "status": "kept"})


def listed(spec: DesignSpec, pool: int = 25) -> list[Candidate]:
    """The list of ``spec.candidates`` structures out of up to ``pool`` that meet the spec, as diverse as its set requirements ask.

    Known compounds are not listed. In the order of the proposers, not ranked.
    """
    from tools.ranking.novelty import known_to_all
    from tools.ranking.shortlist import Known, shortlist

    found = answer(spec, pool)
    return [found[i] for i in shortlist(found, spec, Known({}, known_to_all(found, spec))).positions]
