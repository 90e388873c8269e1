"""The closing of a design run: look for routes, rank, explain, report."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from agent.models import Place
from agent.roles.critic import protocol as critic
from agent.roles.critic.protocol import ReviewRequest
from agent.roles.reporter import protocol as reporter
from agent.roles.reporter.protocol import ExplainRequest, SummaryRequest
from core.candidate import ESTIMATED, Candidate, CandidateOutline, Citation
from core.errors import ConfigurationError, LiteratureError, StoreError
from core.events import TextWritten
from core.in_papers import InPapers
from core.report import BindingRequirement, Choice, Evidence, ModelUse, Point, Remark, Report, WeightSensitivity
from core.spec import DesignSpec, marked
from graphs.context import DesignContext, DesignState, RoleNote, spec_of, with_note
from graphs.costly import uses, wanted_of
from graphs.user_inputs import block_library, block_list, known_set, own_values
from tools.against.reasons import with_reasons
from tools.evaluation.judge import estimated
from tools.literature.known_in_papers import in_papers, substance_keys
from tools.predictors.known.apply import OwnValues
from tools.ranking.lean import lean, restored
from tools.ranking.novelty import KnownSet, sets_count, shipped_count, what_is_known
from tools.ranking.rank import rank as rank_candidates
from tools.safety.guard import guarded_route
from tools.safety.named_lists import with_lists
from tools.search.costly import may_be_listed
from tools.search.state import fittest
from tools.structures.naming import catalogued
from tools.synthesis.blocks import BlockLibrary
from tools.synthesis.routes import find_route, only_from, with_stock
from tools.versions import versions

#: For how many of the fittest a route is looked for.
ROUTED = 150
#: How many that miss a requirement are shown.
CLOSEST = 5
#: How many structures the plots show.
POINTS = 600


def route(state: DesignState, context: DesignContext) -> DesignState:
    """Find how the fittest could be made, and screen what each route starts from. Of two that tie, the ranking prefers the makeable.

    The fittest are chosen as if none had a route, so that a node that runs a second time after a crash chooses the same.
    """
    spec = spec_of(state, context)
    needed = wanted_of(state, context)
    kept = (c for c in context.store.each_candidate(context.run_id, status="kept") if may_be_listed(c, needed))
    blocks = block_library(state, context)
    routed = [_with_route(c, blocks) for c in fittest(kept, spec, ROUTED, calculators=context.workspace.calculators)]
    context.store.save_candidates(context.lease, routed)
    context.recorder.step("route", state["generation"], [[c.key, c.route] for c in routed])
    return {}


def rank(state: DesignState, context: DesignContext) -> DesignState:
    """Order what meets every requirement, by arithmetic alone, and name what keeps the others out.

    Stores no route: routes are an input of the ranking, which must be the same when the node runs a second time after a crash.
    """
    spec = spec_of(state, context)
    names, needed = spec.property_names(), wanted_of(state, context)
    checked = [
        lean(c, names)
        for c in context.store.each_candidate(context.run_id)
        if (c.requirements or c.status == "kept") and may_be_listed(c, needed)
    ]
    own = known_set(state, context)
    kept = [c for c in checked if c.status == "kept"]
    result = rank_candidates(
        checked,
        spec,
        state["evaluated"],
        known=what_is_known(kept, spec, own),
        calculators=context.workspace.calculators,
    )
    del checked, kept
    whole = _restored([*result.ranked, *result.closest[:CLOSEST]], context)
    shown = _with_shown_properties(whole, spec, context, own_values(state, context))
    ranked, closest = shown[: len(result.ranked)], shown[len(result.ranked) :]
    critique = context.roles.critic.review(ReviewRequest(ranked, spec), Place("rank", state["generation"], critic.ROLE))
    ranked, remarks = critique.ranked, critique.remarks
    listed = [*ranked, *closest]
    context.store.save_candidates(context.lease, listed)
    ranking: dict[str, Any] = {
        "listed": [c.key for c in ranked],
        "closest": [c.key for c in result.closest[:CLOSEST]],
        "sensitivity": [s.model_dump(mode="json") for s in result.sensitivity],
        "tied": result.tied,
        "binding": result.binding.model_dump(mode="json") if result.binding else None,
        "choice": _compared(result.choice, spec, own).model_dump(mode="json"),
    }
    if remarks:
        ranking["remarks"] = [r.model_dump(mode="json") for r in remarks]
    context.recorder.step("rank", state["generation"], [ranking, [[c.key, c.rank, c.score, c.p_meets] for c in listed]])
    return {"ranking": ranking, "role_notes": with_note(state, critic.ROLE, critique.note)}


def explain(state: DesignState, context: DesignContext) -> DesignState:
    """Say in words why each listed candidate ranks where it does; every number in it is a stored one.

    What is listed without having been among the fittest (what misses a requirement, say) gets its route here.
    """
    spec = spec_of(state, context)
    citations = [Citation.model_validate(c) for c in state["evidence"]["citations"]]
    blocks = block_library(state, context)
    shortlist = [with_reasons(_with_lineage(_with_route(c, blocks), context), spec) for c in _shortlist(state, context)]
    shortlist, problem = _with_papers(shortlist, state, context)
    place = Place("explain", state["generation"], reporter.ROLE)
    answer = context.roles.reporter.explain(ExplainRequest(shortlist, spec, citations), place)
    context.store.save_candidates(context.lease, answer.candidates)
    context.recorder.step(
        "explain", state["generation"], [[c.key, c.route, c.rationale, [r.text for r in c.against]] for c in answer.candidates]
    )
    notes = with_note(state, reporter.ROLE, answer.note, built_in=answer.built_in)
    return {"role_notes": notes, "evidence": {**state["evidence"], "warning": problem}} if problem else {"role_notes": notes}


def report(state: DesignState, context: DesignContext) -> DesignState:
    """Put everything a reviewer needs into one document and store it."""
    begun = time.monotonic()
    spec = spec_of(state, context)
    everyone = context.store.outlines(context.run_id)
    ranking, evidence = state["ranking"], state["evidence"]
    by_key = {c.key: c for c in context.store.candidates(context.run_id, keys=[*ranking["listed"], *ranking["closest"]])}
    run = context.store.run(context.run_id)
    wishes = spec.wishes()
    document = Report(
        run_id=context.run_id,
        goal=state["goal"],
        status="success" if ranking["listed"] else "no_candidate",
        created_at=run.created_at,
        spec=spec,
        approved_by=state["approved_by"],
        candidates=[by_key[k] for k in ranking["listed"]],
        closest=[by_key[k] for k in ranking["closest"]],
        binding_requirement=BindingRequirement.model_validate(ranking["binding"]) if ranking["binding"] else None,
        goal_marked=marked(spec),
        wishes_checked=wishes.checked,
        wishes_unchecked=wishes.unchecked,
        assumptions=spec.assumptions,
        unchecked=spec.unchecked,
        warnings=[*spec.warnings, *([evidence["warning"]] if evidence["warning"] else [])],
        evidence=[Evidence.model_validate(e) for e in evidence["evidence"]],
        citations=[Citation.model_validate(c) for c in evidence["citations"]],
        papers=evidence.get("papers"),
        rejected=_rejected(everyone),
        proposers=_proposers(everyone, ranking["listed"], context),
        costly=uses(state, context),
        sensitivity=[WeightSensitivity.model_validate(s) for s in ranking["sensitivity"]],
        remarks=[Remark.model_validate(r) for r in ranking.get("remarks", [])],
        choice=Choice.model_validate(ranking["choice"]),
        blocks=block_list(state, context, spec.candidate_class),
        tied=ranking["tied"],
        points=_points(everyone, spec, ranking["listed"], context),
        evaluated=state["evaluated"],
        stop_reason=state["stop_reason"],
        versions=versions(spec.property_names(), calculators=context.workspace.calculators),
    )
    request = SummaryRequest(document, _streamed(context))
    answer = context.roles.reporter.summarise(request, Place("report", state["generation"], reporter.ROLE))
    notes = with_note(state, reporter.ROLE, answer.note, built_in=answer.built_in)
    document = document.model_copy(update={"summary": answer.text, "models": _models(notes, context)})
    unrecorded = {"timings", "created_at", *(name for name in ("models", "remarks") if not getattr(document, name))}
    context.recorder.step("report", state["generation"], document.model_dump(mode="json", exclude=unrecorded))
    timings = {**state["timings"], "report": round(time.monotonic() - begun, 3)}
    timings["total"] = round(sum(timings.values()), 3)
    context.store.save_report(context.lease, document.model_copy(update={"timings": timings}))
    return {}


def _streamed(context: DesignContext) -> Callable[[str], None]:
    """Passes a model's text on piece by piece as it comes."""
    return lambda text: context.progress(TextWritten(stage="report", text=text))


def _models(notes: list[RoleNote], context: DesignContext) -> list[ModelUse]:
    """Which model and endpoint did what, with what became of what they said."""
    uses = context.models.account()
    for entry in notes:
        place = next((i for i, use in enumerate(uses) if use.role == entry["role"]), None)
        if place is not None:
            use = uses[place]
            text = "; ".join(t for t in (use.note, entry["note"]) if t)
            uses[place] = use.model_copy(update={"note": text, "fell_back": use.fell_back or entry["built_in"]})
    return uses


def _with_route(candidate: Candidate, blocks: BlockLibrary) -> Candidate:
    """``candidate`` with a screened route: its proposer's, else one that a search finds. Already screened ones are kept.

    Where the user's blocks replace the shipped ones, a molecule's route that needs others does not count.
    """
    if candidate.route is not None and candidate.route.status == "none known":
        return candidate
    given = candidate.route
    if given is not None and blocks.replaces and candidate.candidate_class == "molecule" and not only_from(given, blocks):
        given = None
    route = with_stock(given, blocks) if given is not None else find_route(candidate.smiles, candidate.candidate_class, blocks)
    return candidate.model_copy(update={"route": guarded_route(route)})


def _compared(choice: Choice, spec: DesignSpec, own: KnownSet | None) -> Choice:
    """``choice`` with what the list was compared with."""
    molecules = spec.candidate_class == "molecule"
    update: dict[str, Any] = {
        "shipped": shipped_count() if molecules else 0,
        "named": len(catalogued()) if molecules else 0,
        "sets": sets_count(spec),
    }
    if own is not None:
        update |= {"user_source": own.source, "user_sha256": own.sha256, "user_structures": len(own.structures)}
        update |= {"user_unreadable": own.unreadable, "user_faults": own.faults}
    return choice.model_copy(update=update)


def _with_shown_properties(
    candidates: list[Candidate], spec: DesignSpec, context: DesignContext, own: OwnValues | None = None
) -> list[Candidate]:
    names = list(context.workspace.catalogue.listed(spec.candidate_class))
    for asked in (context.workspace.catalogue[name] for name in spec.property_names() if name in context.workspace.catalogue):
        if asked.listed_beside and spec.candidate_class in asked.classes:
            names += [asked.name, *asked.listed_beside]
    shown = [
        c.properties
        for c in estimated(
            candidates, names, spec.conditions, own=own, executor=context.executor, calculators=context.workspace.calculators
        )
    ]
    # The reasons of a level quote the flash point as evidence of volatility, which the search may not have predicted.
    again = [n for n in names if context.workspace.catalogue[n].kind == "level"]
    return [
        with_lists(
            c.model_copy(update={"properties": {**v, **c.properties, **{n: v[n] for n in again}}}),
            calculators=context.workspace.calculators,
        )
        for c, v in zip(candidates, shown, strict=True)
    ]


def _with_papers(candidates: list[Candidate], state: DesignState, context: DesignContext) -> tuple[list[Candidate], str]:
    """``candidates`` with what the team's papers say of each, recorded, and why nothing could be asked; as they are where no papers are."""
    if not state["evidence"].get("papers"):
        return candidates, ""

    def look_up() -> dict[str, Any]:
        try:
            with context.papers() as papers:
                found = in_papers(candidates, papers.facts) if papers is not None else {}
        except (LiteratureError, StoreError, ConfigurationError) as error:
            return {"found": {}, "problem": f"Your papers were not asked about the candidates: {error}"[:500]}
        return {"found": {key: said.model_dump(mode="json") for key, said in found.items()}, "problem": ""}

    asked = {"substances": substance_keys(candidates)}
    said = context.recorder.record("explain", state["generation"], "papers", asked, look_up)
    known = {key: InPapers.model_validate(value) for key, value in said["found"].items()}
    return [c.model_copy(update={"in_papers": known[c.key]}) if c.key in known else c for c in candidates], said["problem"]


def _shortlist(state: DesignState, context: DesignContext) -> list[Candidate]:
    keys = [*state["ranking"]["listed"], *state["ranking"]["closest"]]
    found = {c.key: c for c in context.store.candidates(context.run_id, keys=keys)}
    return [found[k] for k in keys]


def _with_lineage(candidate: Candidate, context: DesignContext) -> Candidate:
    """``candidate`` with the structures of its parents and the change of each number against the first of them."""
    if not candidate.origin.parents:
        return candidate
    found = {c.key: c for c in context.store.candidates(context.run_id, keys=candidate.origin.parents)}
    parents = [found[k] for k in candidate.origin.parents if k in found]
    changes: dict[str, float] = {}
    for name, value in candidate.properties.items():
        before = parents[0].properties.get(name) if parents else None
        if before is not None and before.number is not None and value.number is not None:
            changes[name] = round(value.number - before.number, 4)
    origin = candidate.origin.model_copy(update={"parent_smiles": [p.smiles for p in parents], "changes": changes})
    return candidate.model_copy(update={"origin": origin})


def _restored(ranked: list[Candidate], context: DesignContext) -> list[Candidate]:
    """What was ranked in its lean form, whole."""
    stored = {c.key: c for c in context.store.candidates(context.run_id, keys=[c.key for c in ranked])}
    return [restored(c, stored[c.key]) for c in ranked]


def _rejected(candidates: list[CandidateOutline]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for candidate in candidates:
        if candidate.rejected_by:
            counts[candidate.rejected_by] = counts.get(candidate.rejected_by, 0) + 1
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _proposers(candidates: list[CandidateOutline], listed: list[str], context: DesignContext) -> dict[str, dict[str, int]]:
    """By proposer: what it proposed, what could be read, what was new, what met every requirement, what is listed."""
    table: dict[str, dict[str, int]] = {}
    shown = set(listed)
    for name, proposed in sorted(_proposed(context).items()):
        own = [c for c in candidates if c.proposer == name]
        broken = sum(c.rejected_by.startswith("structure:") for c in own)
        table[name] = {
            "proposed": proposed,
            "valid": proposed - broken,
            "novel": len(own) - broken,
            "kept": sum(c.status == "kept" for c in own),
            "listed": sum(c.key in shown for c in own),
        }
    return table


def _proposed(context: DesignContext) -> dict[str, int]:
    """How many structures each proposer handed over. What a language model said and looked up on the way (places with a colon) is none."""
    counts: dict[str, int] = {}
    for index, outputs in context.recorder.recorded_all("propose"):
        if ":" not in index:
            counts[index] = counts.get(index, 0) + len(outputs)
    return counts


def _points(candidates: list[CandidateOutline], spec: DesignSpec, listed: list[str], context: DesignContext) -> list[Point]:
    """Listed candidates and an even sample of the rest of those that were estimated, with the numbers that the plots need."""
    judged = [c.key for c in candidates if c.rejected_by.partition(":")[0] not in ("structure", "safety")]
    shown = set(listed)
    rest = [key for key in judged if key not in shown]
    step = max(1, -(-len(rest) // POINTS))
    keys = [key for key in judged if key in shown] + rest[::step]
    found = {c.key: c for c in context.store.candidates(context.run_id, keys=keys)}
    names = [*spec.property_names(), *context.workspace.catalogue.always("molecule")]
    chosen = [found[key] for key in keys if found[key].properties]
    return [Point(key=c.key, smiles=c.smiles, values=_numbers(c, names), status=c.status, listed=c.key in shown) for c in chosen]


def _numbers(candidate: Candidate, names: list[str]) -> dict[str, float]:
    found: dict[str, float] = {}
    for name in names:
        value: Any = candidate.properties.get(name)
        if value is not None and value.number is not None and value.basis != ESTIMATED:
            found[name] = round(value.number, 4)
    return found
