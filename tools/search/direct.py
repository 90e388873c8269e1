"""The quick form of an answer: structures constructed directly and judged, without a run.

No generations, no ranking by probability, nothing stored; for goals that can be counted and for small changes of a structure. No gate is
left out: the spec and every structure go past the guard, and every requirement is checked (``tools.evaluation.judge``).
"""

from __future__ import annotations

from itertools import zip_longest

from rdkit import Chem, rdBase
from rdkit.Chem.Scaffolds import MurckoScaffold

from core.candidate import Candidate, Proposal
from core.errors import RefusedError
from core.novelty import HALF_NEW
from core.spec import DesignSpec, ScaffoldRequirement
from tools.calculators.collection import Calculators
from tools.evaluation.judge import judge
from tools.proposers.base import Parent, ProposalRequest
from tools.proposers.spec_fit import spec_fit
from tools.safety.guard import guarded_route
from tools.safety.spec import spec_verdict
from tools.workspace import Workspace

#: Proposers asked, in this order, until enough structures meet the spec.
PROPOSERS = ("isomers", "exact", "library")
#: The proposer that a list is filled from beside these; how many it is asked for in one generation, from how many parents, how often.
BUILDER, ASKED, PARENTS, GENERATIONS = "reactions", 60, 40, 8


def construct(spec: DesignSpec, count: int = 1, *, workspace: Workspace) -> list[Candidate]:
    """At most ``count`` structures that meet every requirement of ``spec``; [] if none is found in the short time that this takes.

    One structure is the first that meets the spec (:func:`answer`, about a second); a list, and whatever has requirements on the list as a
    whole, is chosen to be new and diverse (:func:`listed`, seconds). Routes are those by which structures were built, with their materials
    screened; what is known says so in its notes. Raises RefusedError if the guard blocks the spec.
    """
    from tools.ranking.novelty import what_is_known
    from tools.ranking.rank import marked

    single = count == 1 and not spec.set_requirements and spec.novelty == HALF_NEW
    found = answer(spec, 1, workspace=workspace) if single else listed(spec.model_copy(update={"candidates": count}), workspace=workspace)
    known = what_is_known(found, spec, None)
    return [marked(c if c.route is None else c.model_copy(update={"route": guarded_route(c.route)}), known) for c in found]


def answer(spec: DesignSpec, count: int = 1, *, workspace: Workspace) -> list[Candidate]:
    """Up to ``count`` structures that meet every requirement of ``spec``, each standardised, screened, estimated and checked.

    In the order of the proposers; empty if none of them has one. Raises RefusedError if the guard blocks the spec.
    """
    _allow(spec)
    found: dict[str, Candidate] = {}
    proposers = workspace.proposers
    for name in PROPOSERS:
        if name not in proposers or len(found) >= count or not proposers[name].applies(spec, workspace.catalogue):
            continue
        request = ProposalRequest(spec=spec, generation=0, count=count + 1, seed=spec.seed, calculators=workspace.calculators)
        for candidate in _kept(proposers[name].propose(request), spec, calculators=workspace.calculators):
            found.setdefault(candidate.key, candidate)
    return list(found.values())[:count]


def _allow(spec: DesignSpec) -> None:
    """Raise RefusedError if the guard blocks the words of ``spec`` or a structure that it names."""
    verdict = spec_verdict(spec)
    if verdict.verdict == "block":
        reasons = "; ".join(f"{hit.id}: {hit.reason}" for hit in verdict.rules if hit.verdict == "block")
        raise RefusedError(f"the safety guard refused this goal. {reasons}", rules=tuple(hit.id for hit in verdict.rules))


def _kept(proposals: list[Proposal], spec: DesignSpec, *, calculators: Calculators) -> list[Candidate]:
    """The proposals that can be read, are plausible, not blocked and meet every requirement, in their order."""
    return [c for c in judge(proposals, spec, implausible="reject", calculators=calculators) if c.meets_all()]


def listed(spec: DesignSpec, pool: int = 25, *, workspace: Workspace) -> list[Candidate]:
    """The list of ``spec.candidates`` structures that meet the spec, as diverse as its set requirements ask. Not ranked.

    Chosen from up to ``pool`` structures of the proposers above, in turn with what named reactions on building blocks give: as many
    generations of these as it takes until the list is full and meets every set requirement, at most ``GENERATIONS``. Known compounds are
    listed only where new ones leave places. Raises RefusedError if the guard blocks the spec.
    """
    from tools.ranking.set_level import judge as judge_list

    found = answer(spec, pool, workspace=workspace)
    made: dict[str, Candidate] = {}
    parents: tuple[Parent, ...] = ()
    chosen = _chosen(found, [], spec)
    for generation in range(GENERATIONS if workspace.proposers[BUILDER].applies(spec, workspace.catalogue) else 0):
        request = ProposalRequest(
            spec=spec, generation=generation, count=ASKED, seed=spec.seed, parents=parents, calculators=workspace.calculators
        )
        built = _nearest_first(workspace.proposers[BUILDER].propose(request), spec, calculators=workspace.calculators)
        for candidate in _kept([proposal for distance, proposal in built if distance == 0], spec, calculators=workspace.calculators):
            made.setdefault(candidate.key, candidate)
        best = [Parent(p.smiles, p.smiles, 1.0 / (1.0 + distance), p.route) for distance, p in built]
        parents = tuple(sorted([*parents, *best], key=lambda p: (-p.score, p.key))[:PARENTS])
        chosen = _chosen(found, list(made.values()), spec)
        if len(chosen) >= spec.candidates and all(r.met for r in judge_list(chosen, spec)):
            break
    return chosen


def _nearest_first(proposals: list[Proposal], spec: DesignSpec, *, calculators: Calculators) -> list[tuple[float, Proposal]]:
    """(distance from what can be counted cheaply, proposal) of what can be read, nearest first."""
    fit = spec_fit(spec, calculators=calculators)
    with rdBase.BlockLogs():
        read = [(mol, p) for p in proposals if (mol := Chem.MolFromSmiles(p.smiles)) is not None]
    return sorted([(round(fit.distance(mol), 6), p) for mol, p in read], key=lambda item: item[0])


def _chosen(found: list[Candidate], made: list[Candidate], spec: DesignSpec) -> list[Candidate]:
    """The shortlist of the two pools taken in turn, each structure once. Where a core is kept, what differs in its rings comes first."""
    from tools.ranking.novelty import what_is_known
    from tools.ranking.shortlist import shortlist

    turns = [c for pair in zip_longest(found, made) for c in pair if c is not None]
    whole = list({c.key: c for c in turns}.values())
    if spec.requirements_of(ScaffoldRequirement):
        first: dict[str, str] = {}
        for candidate in whole:
            first.setdefault(MurckoScaffold.MurckoScaffoldSmiles(candidate.smiles), candidate.key)
        new_rings = set(first.values())
        whole.sort(key=lambda c: c.key not in new_rings)
    return [whole[i] for i in shortlist(whole, spec, what_is_known(whole, spec, None)).positions]
