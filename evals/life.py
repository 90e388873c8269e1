"""The life of one candidate of a run: who proposed it, what was found, each verdict, where it stood, and why it was lost.

Everything is read from the run's stored candidates and its record. Where the record keeps only a hash, what is computed again from the
stored candidates counts if it has that hash; else it is left out and said to be unknown.
"""

from __future__ import annotations

from collections.abc import Sequence

from core.candidate import Candidate, Proposal
from core.errors import NotFoundError, StructureError
from core.interfaces import RunStore
from core.life import CandidateLife, Fate, ProposedBy, Standing
from core.trace import TraceEvent
from evals.run_book import RunBook, book_of
from evals.standing import standing
from tools.calculators.collection import Calculators
from tools.structures.standardise import standard_form

#: The steps that judge a structure, in their order.
_STAGES = ("standardise", "guard", "estimate", "check")


def life(store: RunStore, run_id: str, named: str, *, calculators: Calculators, book: RunBook | None = None) -> CandidateLife:
    """The life of the candidate that ``named`` means: a key or the beginning of one, a rank, or the SMILES as stored.

    ``book``: that of the run, where it is at hand. Raises NotFoundError if there is no such run or candidate, or if several begin like this.
    """
    run = store.run(run_id)
    book = book or book_of(store, run.run_id, calculators=calculators)
    candidate = store.candidates(run.run_id, keys=[_named(book, named, run.run_id)])[0]
    events = book.events
    standings, unknown = _standings(book, candidate)
    place = standing(candidate, book.ranking)
    closest = place.closest if place else []
    fate = _fate(candidate, closest)
    remark = next((r for r in _remarks(events) if r["key"] == candidate.key), None)
    return CandidateLife(
        run_id=run.run_id,
        key=candidate.key,
        smiles=candidate.smiles,
        name=candidate.name,
        fate=fate,
        why=_why(candidate, fate, place.why if place else "", run.status),
        proposed=_proposed(book, candidate),
        notes=candidate.notes,
        structure=candidate.rejected_reason if candidate.rejected_by.startswith("structure:") else "",
        safety=candidate.safety,
        values=candidate.properties,
        requirements=candidate.requirements,
        standings=standings,
        unknown_standings=unknown,
        rank_by_score=place.place if place else None,
        meeting=place.meeting if place else None,
        score=candidate.score if candidate.score is not None else place.score if place else None,
        rank=candidate.rank,
        rank_before_remark=remark["rank_before"] if remark else None,
        remark=remark["reason"] if remark else "",
        children=list(book.children.get(candidate.key, ())),
        steps=_steps(events, candidate),
    )


def _named(book: RunBook, named: str, run_id: str) -> str:
    """The key that ``named`` means. NotFoundError if it means none, or several."""
    ranked = [key for rank, key in book.ranks.items() if named == str(rank)]
    exact = list(dict.fromkeys([*([named] if named in book.smiles else []), *ranked]))
    exact = exact or [key for key, smiles in book.smiles.items() if named == smiles]
    found = exact or [key for key in book.smiles if named and key.startswith(named)]
    if not found:
        raise NotFoundError(f"run {run_id} has no candidate {named[:200]!r}: a key, the beginning of one, a rank or a SMILES as stored")
    if len(found) > 1:
        raise NotFoundError(
            f"{named!r} means {len(found)} candidates of run {run_id}: {', '.join(found[:3])}{', ...' if len(found) > 3 else ''}"
        )
    return found[0]


def _proposed(book: RunBook, candidate: Candidate) -> list[ProposedBy]:
    """The proposals of the candidate's own generation that gave it."""
    generation = candidate.origin.generation
    found = []
    for event in book.events:
        if (event.node, event.kind, event.generation) != ("propose", "record", generation):
            continue
        for number, content in enumerate(event.outputs):
            proposal = Proposal.model_validate(content)
            if _is_same(candidate, proposal, f"structure:{generation}:{event.index}:{number}"):
                found.append(
                    ProposedBy(
                        proposer=event.index,
                        generation=generation,
                        number=number,
                        smiles=proposal.smiles,
                        operator=proposal.operator,
                        parents=proposal.parents,
                        parent_smiles=[book.smiles.get(key, "") for key in proposal.parents],
                        rationale=proposal.rationale,
                        event=event.sequence,
                    )
                )
    return sorted(found, key=lambda p: p.proposer != candidate.origin.proposer)


def _steps(events: Sequence[TraceEvent], candidate: Candidate) -> dict[str, int]:
    """The event of each step that dealt with the candidate: those of its generation as far as it came, and of the closing."""
    stage = candidate.rejected_by.partition(":")[0]
    reached = {"structure": _STAGES[:1], "safety": _STAGES[:2]}.get(stage, _STAGES)
    found = {e.node: e.sequence for e in events if e.kind == "step" and e.node in reached and e.generation == candidate.origin.generation}
    if candidate.status == "kept":
        found |= {e.node: e.sequence for e in events if e.kind == "step" and e.node in ("route", "rank")}
    return found


def _is_same(candidate: Candidate, proposal: Proposal, own_key: str) -> bool:
    if candidate.key.startswith("structure:"):
        return candidate.key == own_key
    try:
        structure, _ = standard_form(proposal.smiles, candidate.candidate_class)
    except StructureError:
        return False
    return structure.key == candidate.key


def _standings(book: RunBook, candidate: Candidate) -> tuple[list[Standing], list[int]]:
    """Where the candidate stood after each generation, and the generations of which the record does not tell."""
    found: list[Standing] = []
    unknown: list[int] = []
    for generation, frontier in book.frontiers.items():
        if generation < candidate.origin.generation or not candidate.requirements:
            continue
        if frontier is None:
            unknown.append(generation)
            continue
        place = next((i for i, entry in enumerate(frontier) if entry["key"] == candidate.key), None)
        fitness = None if place is None else frontier[place]["score"]
        found.append(Standing(generation=generation, place=None if place is None else place + 1, of=len(frontier), fitness=fitness))
    return found, unknown


def _remarks(events: Sequence[TraceEvent]) -> list[dict[str, object]]:
    """The remarks of a language model that count, as the ranking recorded them."""
    ranking = next((e.outputs for e in events if e.node == "rank" and e.kind == "step"), None)
    first = ranking[0] if isinstance(ranking, list) and ranking else None
    return first.get("remarks", []) if isinstance(first, dict) else []


def _fate(candidate: Candidate, closest: Sequence[str]) -> Fate:
    stage = candidate.rejected_by.partition(":")[0]
    if stage in ("structure", "safety"):
        return "broken" if stage == "structure" else "blocked"
    if candidate.rank is not None:
        return "listed"
    if candidate.key in closest:
        return "closest"
    if candidate.status == "kept":
        return "kept"
    return "rejected" if candidate.status == "rejected" else "unfinished"


def _why(candidate: Candidate, fate: Fate, of_ranking: str, status: str) -> str:
    if fate in ("broken", "blocked"):
        return f"{candidate.rejected_by}: {candidate.rejected_reason}"
    if fate in ("rejected", "closest"):
        failed = [f"{r.id} ({r.text}): {r.reason or f'probability {r.probability:.2f}'}" for r in candidate.requirements if not r.met]
        beside = "listed among the closest; " if fate == "closest" else ""
        return f"{beside}does not meet {'; '.join(failed)}" if failed else f"{candidate.rejected_by}: {candidate.rejected_reason}"
    if fate == "listed":
        return candidate.rationale or "it is in the ranked list"
    if fate == "kept":
        return of_ranking or "it meets every requirement and is not listed; the record does not tell what was preferred"
    return f"the run stopped before it was judged (its status is {status!r})"
