"""The loop of a design run: propose, standardise, guard, estimate, check, select.

Each node reads its generation from the store, computes, and writes it back in one transaction. A node that runs a second
time after a crash finds its own earlier result and overwrites it with the same one: a stage looks only at rejections of
earlier stages, never at its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

from rdkit import Chem

from agent.proposer import allocate, batch_size, propose_with
from agent.roles.identity import spec_identity
from agent.roles.proposer import model as model_proposer
from agent.toolbox import ToolContext
from core.candidate import Candidate, Origin, Proposal
from core.errors import StructureError
from core.events import GenerationDone
from core.model import content_hash
from core.spec import CandidateClass, DesignSpec, RuleSetRequirement
from graphs.context import DesignContext, DesignState, FrontierEntry, spec_of
from graphs.user_inputs import library
from tools.calculators.estimate import estimate as estimate_properties
from tools.catalogue.registry import REGISTRY
from tools.evaluation.check import check as check_candidate
from tools.evaluation.fitness import fitness
from tools.proposers.base import Parent
from tools.proposers.exemptions import Exemptions, exemptions
from tools.safety.guard import screen_structure
from tools.structures.standardise import StandardStructure
from tools.structures.standardise import standardise as standardise_structure

#: How many parents are carried from one generation to the next.
FRONTIER = 120
#: The search ends after this many generations without an improvement of the ten best by more than IMPROVEMENT.
PATIENCE = 4
IMPROVEMENT = 0.002


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
            structure = standardise_structure(proposal.smiles, spec.candidate_class)
        except StructureError as error:
            broken.append(_broken(proposal, f"structure:{generation}:{proposer}:{index}", generation, spec.candidate_class, str(error)))
            continue
        # where all structures are wanted, tautomers are different ones
        identities = {structure.key} if spec.exhaustive else {structure.key, structure.dedup_key}
        if len(fresh) >= room or identities & seen:
            continue
        seen |= identities
        candidate = _plausible(_fresh(proposal, structure, generation, spec.candidate_class), lifted)
        (broken if candidate.rejected_by else fresh).append(candidate)
    context.store.save_candidates(context.lease, [*fresh, *broken])
    context.recorder.step("standardise", generation, {"fresh": [c.key for c in fresh], "broken": [c.key for c in broken]})
    return {}


def _plausible(candidate: Candidate, lifted: Exemptions) -> Candidate:
    """``candidate`` with what it may have although a rule speaks against it in its notes; rejected if it breaks a rule that is not lifted."""
    mol = Chem.MolFromSmiles(candidate.smiles)
    if not lifted.admits(mol):
        rule, reason = lifted.broken(mol)[0]
        return candidate.model_copy(update={"status": "rejected", "rejected_by": f"structure:{rule}", "rejected_reason": reason})
    return candidate.model_copy(update={"notes": [*candidate.notes, *lifted.notes(mol)]})


def guard(state: DesignState, context: DesignContext) -> DesignState:
    """Screen every new structure. A blocked structure goes no further."""
    spec = spec_of(state, context)
    drug_like = spec.family in DRUG_LIKE_FAMILIES or any(isinstance(r, RuleSetRequirement) for r in spec.requirements)
    screened = []
    for candidate in _generation(state, context, before="safety"):
        verdict = screen_structure(candidate.smiles, spec.candidate_class, drug_like=drug_like)
        update: dict[str, Any] = {"safety": verdict, "status": "screened", "rejected_by": "", "rejected_reason": ""}
        if verdict.verdict == "block":
            hit = next((h for h in verdict.rules if h.verdict == "block"), verdict.rules[0])
            update |= {"status": "rejected", "rejected_by": f"safety:{hit.id}", "rejected_reason": hit.reason}
        screened.append(candidate.model_copy(update=update))
    context.store.save_candidates(context.lease, screened)
    context.recorder.step("guard", state["generation"], [[c.key, c.rejected_by] for c in screened])
    return {}


DRUG_LIKE_FAMILIES = frozenset({"drug", "drug-like", "fragment", "lead-like"})


def estimate(state: DesignState, context: DesignContext) -> DesignState:
    """Compute and predict the properties that the spec needs."""
    spec = spec_of(state, context)
    candidates = _generation(state, context, before="requirement")
    names = tuple(dict.fromkeys([*spec.property_names(), *REGISTRY.always(spec.candidate_class)]))
    values = estimate_properties([c.smiles for c in candidates], spec.candidate_class, names, spec.conditions, executor=context.executor)
    done = [
        c.model_copy(update={"properties": v, "status": "estimated", "rejected_by": "", "rejected_reason": ""})
        for c, v in zip(candidates, values, strict=True)
    ]
    context.store.save_candidates(context.lease, done)
    context.recorder.step(
        "estimate", state["generation"], [[c.key, {n: [p.value, p.sigma] for n, p in c.properties.items()}] for c in done]
    )
    return {"evaluated": state["evaluated"] + len(done)}


def check(state: DesignState, context: DesignContext) -> DesignState:
    """Hold each structure against each requirement; the first that fails is the reason for its rejection."""
    spec = spec_of(state, context)
    checked = []
    for candidate in _generation(state, context, before="requirement"):
        results = check_candidate(candidate, spec)
        failed = next((r for r in results if not r.met), None)
        update: dict[str, Any] = {"requirements": results, "status": "kept", "rejected_by": "", "rejected_reason": ""}
        if failed:
            update |= {"status": "rejected", "rejected_by": f"requirement:{failed.id}", "rejected_reason": failed.reason or failed.text}
        checked.append(candidate.model_copy(update=update))
    context.store.save_candidates(context.lease, checked)
    context.recorder.step("check", state["generation"], [[c.key, [[r.id, r.met, r.probability] for r in c.requirements]] for c in checked])
    return {}


def select(state: DesignState, context: DesignContext) -> DesignState:
    """Keep the fittest as parents, and decide whether another generation is worth its evaluations."""
    spec = spec_of(state, context)
    new = _generation(state, context, before="requirement")
    entries: list[FrontierEntry] = [
        {"key": c.key, "smiles": c.smiles, "score": round(fitness(c, spec), 9), "proposer": c.origin.proposer} for c in new
    ]
    frontier = sorted([*state["frontier"], *entries], key=lambda e: (-e["score"], e["key"]))[:FRONTIER]
    top = [e["score"] for e in frontier[:10]]
    best = round(sum(top) / len(top), 9) if top else 0.0
    stale = 0 if best > state["best"] + IMPROVEMENT else state["stale"] + 1
    empty = 0 if new else state["empty"] + 1
    context.recorder.step("select", state["generation"], {"frontier": frontier, "best": best})
    context.progress(GenerationDone(generation=state["generation"], evaluated=state["evaluated"], budget=spec.budget, best=best))
    return {
        "frontier": frontier,
        "best": max(best, state["best"]),
        "stale": stale,
        "empty": empty,
        "generation": state["generation"] + 1,
        "stop_reason": _stop_reason(spec, state["evaluated"], stale, empty),
    }


def _stop_reason(spec: DesignSpec, evaluated: int, stale: int, empty: int) -> str:
    if evaluated >= spec.budget:
        return f"the budget of {spec.budget} evaluations is spent"
    if spec.exhaustive and empty:
        return f"every structure that the proposers can list was judged ({evaluated} of them)"
    if empty >= 2:
        return f"the proposers have nothing new after {evaluated} evaluations"
    if stale >= PATIENCE and not spec.exhaustive:
        return f"the ten best did not improve in {PATIENCE} generations ({evaluated} of {spec.budget} evaluations used)"
    return ""


def _shares(state: DesignState, context: DesignContext, spec: DesignSpec) -> dict[str, int]:
    """How many structures each proposer is asked for in this generation. A language model takes its few from the others' batch."""
    asks_model = context.models.uses("proposer") and not _rests(state["generation"], context)
    mine = min(model_proposer.COUNT, spec.budget - state["evaluated"]) if asks_model else 0
    shares = allocate(spec, state["generation"], [f["proposer"] for f in state["frontier"]], batch_size(spec) - mine)
    return {**shares, model_proposer.MODEL: mine} if mine else shares


def _rests(generation: int, context: DesignContext) -> bool:
    """Whether the model sits this generation out, since it brought nothing new and readable in the last ones."""
    last = range(max(generation - model_proposer.BARREN, 0), generation)
    if len(last) < model_proposer.BARREN or generation % model_proposer.REST == 0:
        return False
    earlier = (c for g in last for c in context.store.candidates(context.run_id, generation=g))
    return not any(c.origin.proposer == model_proposer.MODEL and c.rejected_by != "structure:invalid" for c in earlier)


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
    routes = {c.key: c.route for c in stored}
    parents = [Parent(f["key"], f["smiles"], f["score"], routes.get(f["key"])) for f in state["frontier"]]
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


def _fresh(proposal: Proposal, structure: StandardStructure, generation: int, candidate_class: CandidateClass) -> Candidate:
    return Candidate(
        key=structure.key,
        smiles=structure.smiles,
        inchikey=structure.inchikey,
        name=proposal.name,
        candidate_class=candidate_class,
        dedup_key=structure.dedup_key,
        undefined_stereocentres=structure.undefined_stereocentres,
        notes=list(structure.notes),
        origin=_origin(proposal, generation),
        status="standardised",
        route=proposal.route,
    )


def _broken(proposal: Proposal, key: str, generation: int, candidate_class: CandidateClass, reason: str) -> Candidate:
    return Candidate(
        key=key,
        smiles=proposal.smiles[:500],
        candidate_class=candidate_class,
        origin=_origin(proposal, generation),
        status="rejected",
        rejected_by="structure:invalid",
        rejected_reason=reason[:500],
    )


def _origin(proposal: Proposal, generation: int) -> Origin:
    return Origin(
        proposer=proposal.proposer,
        operator=proposal.operator,
        parents=proposal.parents,
        generation=generation,
        rationale=proposal.rationale,
    )
