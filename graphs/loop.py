"""The loop of a design run: propose, standardise, guard, estimate, check, select.

Each node reads its generation from the store, lets ``tools.evaluation.judge`` or ``tools.search`` work, and writes it back in one
transaction. A node that runs a second time after a crash finds its own earlier result and overwrites it with the same one: a stage looks
only at rejections of earlier stages, never at its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

from agent.roles.identity import spec_identity
from agent.roles.proposer import model as model_proposer
from agent.toolbox import ToolContext
from core.candidate import Candidate, Proposal
from core.errors import StructureError
from core.events import GenerationDone
from core.model import content_hash
from core.spec import DesignSpec
from graphs.context import DesignContext, DesignState, search_of, spec_of, with_search
from graphs.user_inputs import library
from tools.catalogue.registry import REGISTRY
from tools.evaluation.judge import UNREADABLE, checked, drug_like, estimated, guarded, plausible, standardised, unreadable
from tools.proposers.exemptions import exemptions
from tools.search.propose import propose_with
from tools.search.shares import probation, shares
from tools.search.state import advance, level, parents_of


def propose(state: DesignState, context: DesignContext) -> DesignState:
    """Ask each proposer for its share of the batch. What they answer is recorded before it is used."""
    spec = spec_of(state, context)
    generation, frontier = state["generation"], state["frontier"]
    for name, count in _shares(state, context, spec).items():
        asked = {"spec": spec_identity(spec), "count": count, "hints": state["hints"], "parents": content_hash(frontier)}
        if name == model_proposer.MODEL:  # its calls are recorded one by one; what comes of them is computed again in a replay
            suggested = _model_batch(spec, state, context)
            context.recorder.record("propose", generation, name, asked, lambda suggested=suggested: suggested)  # type: ignore[misc]
        else:
            context.recorder.record("propose", generation, name, asked, partial(_batch, name, count, spec, state, context))
    return {}


def standardise(state: DesignState, context: DesignContext) -> DesignState:
    """Read every proposal, give it its identity, and drop what is broken, implausible or was seen before."""
    spec, generation = spec_of(state, context), state["generation"]
    seen = {key for key, known in context.store.known_keys(context.run_id).items() if known < generation}
    room = spec.budget - state["evaluated"]
    fresh: list[Candidate] = []
    broken: list[Candidate] = []
    lifted = exemptions(spec)
    for proposer, index, proposal in _proposals(state, context, spec):
        try:
            candidate = standardised(proposal, spec.candidate_class, generation=generation)
        except StructureError as error:
            key = f"structure:{generation}:{proposer}:{index}"
            broken.append(unreadable(proposal, key, spec.candidate_class, str(error), generation=generation))
            continue
        # where all structures are wanted, tautomers are different ones
        identities = {candidate.key} if spec.exhaustive else {candidate.key, candidate.dedup_key}
        if len(fresh) >= room or identities & seen:
            continue
        seen |= identities
        candidate = plausible(candidate, lifted)
        (broken if candidate.rejected_by else fresh).append(candidate)
    context.store.save_candidates(context.lease, [*fresh, *broken])
    context.recorder.step("standardise", generation, {"fresh": [c.key for c in fresh], "broken": [c.key for c in broken]})
    return {}


def guard(state: DesignState, context: DesignContext) -> DesignState:
    """Screen every new structure with all that was given. A blocked structure goes no further."""
    alerts = drug_like(spec_of(state, context))
    screened = [guarded(c, alerts=alerts) for c in _generation(state, context, before="safety")]
    context.store.save_candidates(context.lease, screened)
    context.recorder.step("guard", state["generation"], [[c.key, c.rejected_by] for c in screened])
    return {}


def estimate(state: DesignState, context: DesignContext) -> DesignState:
    """Compute and predict the properties that the spec needs."""
    spec = spec_of(state, context)
    names = [*spec.property_names(), *REGISTRY.always(spec.candidate_class)]
    done = estimated(_generation(state, context, before="requirement"), names, spec.conditions, executor=context.executor)
    context.store.save_candidates(context.lease, done)
    context.recorder.step(
        "estimate", state["generation"], [[c.key, {n: [p.value, p.sigma] for n, p in c.properties.items()}] for c in done]
    )
    return {"evaluated": state["evaluated"] + len(done)}


def check(state: DesignState, context: DesignContext) -> DesignState:
    """Hold each structure against each requirement; the first that fails is the reason for its rejection."""
    spec = spec_of(state, context)
    judged = [checked(c, spec) for c in _generation(state, context, before="requirement")]
    context.store.save_candidates(context.lease, judged)
    context.recorder.step("check", state["generation"], [[c.key, [[r.id, r.met, r.probability] for r in c.requirements]] for c in judged])
    return {}


def select(state: DesignState, context: DesignContext) -> DesignState:
    """Keep the fittest as parents, and decide whether another generation is worth its evaluations."""
    spec = spec_of(state, context)
    search = advance(search_of(state), _generation(state, context, before="requirement"), spec, context.policy)
    best = level(search.frontier, context.policy.top)
    context.recorder.step("select", state["generation"], {"frontier": list(search.frontier), "best": best})
    context.progress(GenerationDone(generation=state["generation"], evaluated=state["evaluated"], budget=spec.budget, best=best))
    return with_search(search)


def _shares(state: DesignState, context: DesignContext, spec: DesignSpec) -> dict[str, int]:
    """How many structures each proposer is asked for in this generation, a language model among them unless it rests."""
    asked = context.models.uses("proposer") and not _rests(state["generation"], context)
    return shares(search_of(state), spec, context.policy, model=model_proposer.MODEL if asked else "", most=model_proposer.COUNT)


def _rests(generation: int, context: DesignContext) -> bool:
    """Whether the model sits this generation out, since it brought nothing new and readable in the last ones."""
    last = probation(generation, context.policy)
    earlier = (c for g in last for c in context.store.candidates(context.run_id, generation=g))
    return bool(last) and not any(c.origin.proposer == model_proposer.MODEL and c.rejected_by != UNREADABLE for c in earlier)


def _model_batch(spec: DesignSpec, state: DesignState, context: DesignContext) -> list[dict[str, Any]]:
    keys = [f["key"] for f in state["frontier"][: model_proposer.FRONT_SHOWN]]
    known = {c.key: c for c in context.store.candidates(context.run_id, keys=keys)}
    tools = ToolContext(spec=spec, literature=context.literature, seed=spec.seed)
    rules = [str(e["text"]) for e in state["evidence"]["evidence"]]
    front = [known[k] for k in keys if k in known]
    proposals = model_proposer.propose(context.models, spec, state["generation"], front, rules, tools)
    return [p.model_dump(mode="json") for p in proposals]


def _batch(name: str, count: int, spec: DesignSpec, state: DesignState, context: DesignContext) -> list[dict[str, Any]]:
    stored = context.store.candidates(context.run_id, keys=[f["key"] for f in state["frontier"]]) if state["frontier"] else []
    parents = parents_of(state["frontier"], {c.key: c.route for c in stored})
    proposals = propose_with(name, spec, state["generation"], count, parents, state["hints"], library(state, context))
    return [p.model_dump(mode="json") for p in proposals]


def _proposals(state: DesignState, context: DesignContext, spec: DesignSpec) -> Iterable[tuple[str, int, Proposal]]:
    """Every proposal of this generation with its proposer and number, the proposers taking turns."""
    batches = {}
    for name in _shares(state, context, spec):
        event = context.recorder.recorded("propose", state["generation"], name)
        batches[name] = [Proposal.model_validate(p) for p in event]
    for index in range(max((len(b) for b in batches.values()), default=0)):
        for name, batch in batches.items():
            if index < len(batch):
                yield name, index, batch[index]


def _generation(state: DesignState, context: DesignContext, *, before: str) -> list[Candidate]:
    """The candidates of this generation that no stage earlier than ``before`` rejected, in stored order."""
    stages = ("structure", "safety", "requirement")
    earlier = stages[: stages.index(before)]
    everyone = context.store.candidates(context.run_id, generation=state["generation"])
    return [c for c in everyone if c.rejected_by.split(":", 1)[0] not in earlier]
