"""The loop of a design run: propose, standardise, guard, estimate, check, select.

Each node reads its generation from the store, lets ``tools.evaluation.judge`` or ``tools.search`` work, and writes it back in one
transaction. A node that runs a second time after a crash finds its own earlier result and overwrites it with the same one: a stage looks
only at rejections of earlier stages, never at its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial

from agent.models import Place
from agent.roles.proposer import MODEL
from agent.roles.proposer import protocol as proposer
from agent.roles.proposer.protocol import BatchRequest
from core.candidate import Candidate, Proposal
from core.errors import StructureError
from core.events import BestFound, GenerationDone
from core.spec import DesignSpec
from graphs import costly
from graphs.context import DesignContext, DesignState, search_of, spec_of, with_search
from graphs.user_inputs import block_library, own_values
from tools.evaluation.judge import checked, drug_like, estimated, guarded, plausible, standardised, unreadable
from tools.proposers.exemptions import exemptions
from tools.search.costly import Learnt
from tools.search.state import advance, mean_fitness


def propose(state: DesignState, context: DesignContext) -> DesignState:
    """Ask each proposer for its share of the batch. What they answer is recorded before it is used."""
    request = _request(state, context)
    place = Place("propose", state["generation"], proposer.ROLE)
    wanted = context.roles.proposer.shares(request)
    if MODEL in wanted:  # first, so that the others get the places that it leaves
        found = context.roles.proposer.propose(request, MODEL, wanted[MODEL], place)
        wanted = context.roles.proposer.beside_model(request, found)
    for source, count in wanted.items():
        context.roles.proposer.propose(request, source, count, place)
    return {}


def standardise(state: DesignState, context: DesignContext) -> DesignState:
    """Read every proposal, give it its identity, and drop what is broken, implausible or was seen before."""
    spec, generation = spec_of(state, context), state["generation"]
    room = spec.budget - state["evaluated"]
    fresh: list[Candidate] = []
    broken: list[Candidate] = []
    lifted = exemptions(spec)
    read = [_read(*numbered, spec, generation) for numbered in _proposals(state, context)]
    names = {name for candidate in read if not candidate.rejected_by for name in _identities(candidate, spec)}
    seen = {name for name, known in context.store.known_keys(context.run_id, names).items() if known < generation}
    for candidate in read:
        if candidate.rejected_by:
            broken.append(candidate)
            continue
        identities = _identities(candidate, spec)
        if len(fresh) >= room or identities & seen:
            continue
        seen |= identities
        candidate = plausible(candidate, lifted)
        (broken if candidate.rejected_by else fresh).append(candidate)
    context.store.save_candidates(context.lease, [*fresh, *broken])
    context.recorder.step("standardise", generation, {"fresh": [c.key for c in fresh], "broken": [c.key for c in broken]})
    return {}


def guard(state: DesignState, context: DesignContext) -> DesignState:
    """Have the guard judge every new structure with all that was given. A blocked structure goes no further."""
    alerts = drug_like(spec_of(state, context))
    judged = [guarded(c, alerts=alerts) for c in _generation(state, context, before="safety")]
    context.store.save_candidates(context.lease, judged)
    context.recorder.step("guard", state["generation"], [[c.key, c.rejected_by] for c in judged])
    return {}


def estimate(state: DesignState, context: DesignContext) -> DesignState:
    """Compute and predict the properties that the spec needs. Of costly ones some are computed; the parents' estimates of them are renewed."""
    spec = spec_of(state, context)
    names = [*spec.property_names(), *context.workspace.catalogue.always(spec.candidate_class)]
    done = estimated(
        _generation(state, context, before="requirement"),
        names,
        spec.conditions,
        own=own_values(state, context),
        executor=context.executor,
        calculators=context.workspace.calculators,
    )
    again = _estimated_before(state, context)
    both = costly.valued([*done, *again], state, context)
    context.store.save_candidates(context.lease, both)
    context.recorder.step(
        "estimate", state["generation"], [[c.key, {n: [p.value, p.sigma] for n, p in c.properties.items()}] for c in both]
    )
    evaluated = state["evaluated"] + len(done)
    return {"evaluated": evaluated, "again": [c.key for c in again]} if again else {"evaluated": evaluated}


def check(state: DesignState, context: DesignContext) -> DesignState:
    """Hold each structure against each requirement; the first that fails is the reason for its rejection."""
    spec = spec_of(state, context)
    judged = [
        checked(c, spec, calculators=context.workspace.calculators)
        for c in [*_generation(state, context, before="requirement"), *_again(state, context)]
    ]
    context.store.save_candidates(context.lease, judged)
    context.recorder.step("check", state["generation"], [[c.key, [[r.id, r.met, r.probability] for r in c.requirements]] for c in judged])
    return {}


def select(state: DesignState, context: DesignContext) -> DesignState:
    """Keep the fittest as parents, and decide whether another generation is worth its evaluations."""
    spec = spec_of(state, context)
    judged = _generation(state, context, before="requirement")
    again = _again(state, context)
    search = advance(search_of(state), judged, spec, context.policy, again, calculators=context.workspace.calculators)
    if not search.stop_reason:
        search = replace(search, stop_reason=costly.spent(state, context))
    best = mean_fitness(search.frontier, context.policy.top)
    context.recorder.step("select", state["generation"], {"frontier": list(search.frontier), "best": best})
    context.progress(GenerationDone(generation=state["generation"], evaluated=state["evaluated"], budget=spec.budget, best=best))
    new = next((c for c in judged if search.frontier and c.key == search.frontier[0]["key"]), None)
    if new is not None:
        found = {"key": new.key, "smiles": new.smiles, "fitness": search.frontier[0]["score"], "meets": new.meets_all()}
        context.progress(BestFound(generation=state["generation"], evaluated=state["evaluated"], **found))
    return {**with_search(search), "again": [], "costly": True} if costly.wanted_of(state, context) else with_search(search)


def _estimated_before(state: DesignState, context: DesignContext) -> list[Candidate]:
    """The parents with a costly property that nobody has computed before this generation; [] where the spec needs none."""
    if not (needed := costly.wanted_of(state, context)):
        return []
    parents = context.store.candidates(context.run_id, keys=[entry["key"] for entry in state["frontier"]])
    learnt = [Learnt(of, costly.made(of, context, before=state["generation"])) for of in needed]
    return [c for c in parents if not all(one.answered(c) for one in learnt)]


def _again(state: DesignState, context: DesignContext) -> list[Candidate]:
    """The candidates of earlier generations whose values :func:`estimate` has renewed, in stored order."""
    keys = state.get("again", [])
    return context.store.candidates(context.run_id, keys=keys) if keys else []


def _request(state: DesignState, context: DesignContext) -> BatchRequest:
    """What the proposers are asked in this generation."""
    return BatchRequest(
        spec=spec_of(state, context),
        search=search_of(state),
        hints=state["hints"],
        rules=[str(e["text"]) for e in state["evidence"]["evidence"]],
        library=lambda: block_library(state, context),
        candidates=partial(context.store.candidates, context.run_id),
    )


def _read(source: str, index: int, proposal: Proposal, spec: DesignSpec, generation: int) -> Candidate:
    """The proposal with its identity, or rejected as one that cannot be read."""
    try:
        return standardised(proposal, spec.candidate_class, generation=generation)
    except StructureError as error:
        key = f"structure:{generation}:{source}:{index}"
        return unreadable(proposal, key, spec.candidate_class, str(error), generation=generation)


def _identities(candidate: Candidate, spec: DesignSpec) -> set[str]:
    """Names by which it counts as seen before; where all structures are wanted, tautomers are different ones."""
    return {candidate.key} if spec.exhaustive else {candidate.key, candidate.dedup_key}


def _proposals(state: DesignState, context: DesignContext) -> Iterable[tuple[str, int, Proposal]]:
    """Every proposal of this generation with its source and number, the sources taking turns."""
    request = _request(state, context)
    wanted = context.roles.proposer.shares(request)

    def recorded(source: str) -> list[Proposal]:
        return [Proposal.model_validate(p) for p in context.recorder.recorded("propose", state["generation"], source)]

    batches: dict[str, list[Proposal]] = {}
    if MODEL in wanted:
        suggested = recorded(MODEL)
        batches = {source: recorded(source) for source in context.roles.proposer.beside_model(request, suggested)} | {MODEL: suggested}
    else:
        batches = {source: recorded(source) for source in wanted}
    for index in range(max((len(b) for b in batches.values()), default=0)):
        for source, batch in batches.items():
            if index < len(batch):
                yield source, index, batch[index]


def _generation(state: DesignState, context: DesignContext, *, before: str) -> list[Candidate]:
    """The candidates of this generation that no stage earlier than ``before`` rejected, in stored order."""
    stages = ("structure", "safety", "requirement")
    earlier = stages[: stages.index(before)]
    everyone = context.store.candidates(context.run_id, generation=state["generation"])
    return [c for c in everyone if c.rejected_by.split(":", 1)[0] not in earlier]
