"""A goal answered without a run: interpreted, constructed, checked. No store, no trace, no ranking; for counts and small changes."""

from __future__ import annotations

from itertools import zip_longest

from rdkit import Chem, rdBase
from rdkit.Chem.Scaffolds import MurckoScaffold

from core.candidate import Candidate, Origin, Proposal, Route
from core.errors import RefusedError, StructureError
from core.spec import DesignSpec, ScaffoldRequirement
from tools.calculators.estimate import estimate
from tools.evaluation.check import check
from tools.proposers.base import Parent, ProposalRequest
from tools.proposers.exact.binding import binding_wishes
from tools.proposers.exemptions import exemptions
from tools.proposers.registry import load
from tools.proposers.spec_fit import spec_fit
from tools.safety.guard import screen_structure
from tools.safety.spec import screen_spec
from tools.structures.standardise import standardise

#: Proposers asked, in this order, until enough structures meet the spec.
PROPOSERS = ("isomers", "exact", "library")
#: The proposer that a list is filled from beside these; how many it is asked for in one generation, from how many parents, how often.
BUILDER, ASKED, PARENTS, GENERATIONS = "reactions", 60, 40, 8


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


def why_none(spec: DesignSpec) -> str:
    """Why :func:`answer` gives nothing, in words: the fewest wishes that no plausible structure was found for."""
    binding = binding_wishes(spec)
    if binding is not None:
        return binding.text
    return "Structures that meet what can be counted exist; a predicted property or the safety guard keeps them out, or the search was too short."


def _judged(smiles: str, proposer: str, operator: str, spec: DesignSpec, route: Route | None = None) -> Candidate | None:
    """The candidate with its properties and requirement results; None if it cannot be read, is implausible, or the guard blocks it."""
    try:
        structure = standardise(smiles, spec.candidate_class)
    except StructureError:
        return None
    lifted, mol = exemptions(spec), Chem.MolFromSmiles(structure.smiles)
    verdict = screen_structure(structure.smiles, spec.candidate_class)
    if verdict.verdict == "block" or not lifted.admits(mol):
        return None
    candidate = Candidate(
        key=structure.key,
        smiles=structure.smiles,
        inchikey=structure.inchikey,
        candidate_class=spec.candidate_class,
        dedup_key=structure.dedup_key,
        undefined_stereocentres=structure.undefined_stereocentres,
        notes=[*structure.notes, *lifted.notes(mol)],
        origin=Origin(proposer=proposer, operator=operator),
        properties=estimate([structure.smiles], spec.candidate_class, spec.property_names(), spec.conditions)[0],
        safety=verdict,
        status="estimated",
        route=route,
    )
    return candidate.model_copy(update={"requirements": check(candidate, spec), "status": "kept"})


def listed(spec: DesignSpec, pool: int = 25) -> list[Candidate]:
    """The list of ``spec.candidates`` structures that meet the spec, as diverse as its set requirements ask. Not ranked.

    Chosen from up to ``pool`` structures of the proposers above, in turn with what named reactions on building blocks give: as many
    generations of these as it takes until the list is full and meets every set requirement, at most ``GENERATIONS``. Known compounds are
    listed only where new ones leave places. Raises RefusedError if the guard blocks the spec.
    """
    from tools.ranking.set_level import judge

    found = answer(spec, pool)
    made: dict[str, Candidate] = {}
    parents: tuple[Parent, ...] = ()
    chosen = _chosen(found, [], spec)
    for generation in range(GENERATIONS if load()[BUILDER].applies(spec) else 0):
        request = ProposalRequest(spec=spec, generation=generation, count=ASKED, seed=spec.seed, parents=parents)
        built = _nearest_first(load()[BUILDER].propose(request), spec)
        for distance, proposal in built:
            candidate = _judged(proposal.smiles, BUILDER, proposal.operator, spec, proposal.route) if distance == 0 else None
            if candidate is not None and all(r.met for r in candidate.requirements):
                made.setdefault(candidate.key, candidate)
        best = [Parent(p.smiles, p.smiles, 1.0 / (1.0 + distance), p.route) for distance, p in built]
        parents = tuple(sorted([*parents, *best], key=lambda p: (-p.score, p.key))[:PARENTS])
        chosen = _chosen(found, list(made.values()), spec)
        if len(chosen) >= spec.candidates and all(r.met for r in judge(chosen, spec)):
            break
    return chosen


def _nearest_first(proposals: list[Proposal], spec: DesignSpec) -> list[tuple[float, Proposal]]:
    """(distance from what can be counted cheaply, proposal) of what can be read, nearest first."""
    fit = spec_fit(spec)
    with rdBase.BlockLogs():
        read = [(mol, p) for p in proposals if (mol := Chem.MolFromSmiles(p.smiles)) is not None]
    return sorted([(round(fit.distance(mol), 6), p) for mol, p in read], key=lambda item: item[0])


def _chosen(found: list[Candidate], made: list[Candidate], spec: DesignSpec) -> list[Candidate]:
    """The shortlist of the two pools taken in turn, each structure once. Where a core is kept, what differs in its rings comes first."""
    from tools.ranking.novelty import known_to_all
    from tools.ranking.shortlist import Known, shortlist

    turns = [c for pair in zip_longest(found, made) for c in pair if c is not None]
    whole = list({c.key: c for c in turns}.values())
    if any(isinstance(r, ScaffoldRequirement) for r in spec.requirements):
        first: dict[str, str] = {}
        for candidate in whole:
            first.setdefault(MurckoScaffold.MurckoScaffoldSmiles(candidate.smiles), candidate.key)
        new_rings = set(first.values())
        whole.sort(key=lambda c: c.key not in new_rings)
    return [whole[i] for i in shortlist(whole, spec, Known({}, known_to_all(whole, spec))).positions]
