"""Where a structure that somebody names is to be found in a run, and why it is not among the candidates where it is not."""

from __future__ import annotations

from collections import Counter

from rdkit import Chem, rdBase

from core.candidate import Candidate, Proposal
from core.errors import NotFoundError, StructureError
from core.interfaces import RunStore
from core.life import ProposedBy, Whereabouts
from core.spec import CandidateClass, DesignSpec
from tools.calculators.collection import Calculators
from tools.evaluation.judge import judge_one
from tools.structures.reference_sets import named_references
from tools.structures.standardise import StandardStructure, standard_form

#: The beginning of a key counts from so many characters on.
_BEGINNING = 4


def whereabouts(store: RunStore, run_id: str, asked: str, *, calculators: Calculators) -> Whereabouts:
    """Where the structure that ``asked`` means (a key or the beginning of one, a rank, a SMILES in any writing, or a common name) is in the run.

    NotFoundError if there is no such run, it has no spec yet, or several candidates begin like this; UsageError for what is neither a
    candidate's key nor a structure.
    """
    run = store.run(run_id)
    asked = asked.strip()
    if not run.spec_version:
        raise NotFoundError(f"run {run.run_id} has no spec yet, so that it evaluated nothing")
    spec = store.spec(run.run_id)
    key = _key(store, run.run_id, asked)
    if key:
        return _evaluated(store, run.run_id, asked, key)
    structure = _structure(asked, spec.candidate_class)
    if store.candidates(run.run_id, keys=[structure.key]):
        return _evaluated(store, run.run_id, asked, structure.key)
    if structure.dedup_key and not spec.exhaustive and store.known_keys(run.run_id, [structure.dedup_key]):
        other = next((c for c in store.each_candidate(run.run_id) if c.dedup_key == structure.dedup_key), None)
        if other is not None:
            why = f"the run evaluated another form of it, {other.smiles}, which counts as the same structure"
            return Whereabouts(
                run_id=run.run_id, asked=asked, smiles=structure.smiles, presence="another form", key=other.key, why=why, judged=None
            )
    proposed = _proposed(store, run.run_id, structure, spec.candidate_class)
    judged = judge_one(structure.given or structure.smiles, spec, proposer="user", blocked="answer", calculators=calculators)
    return Whereabouts(
        run_id=run.run_id,
        asked=asked,
        smiles=structure.smiles,
        presence="not evaluated" if proposed else "never proposed",
        why=_not_evaluated(store, run.run_id, spec, proposed)
        if proposed
        else "no proposer of this run brought it, so that the run never judged it",
        proposed=proposed,
        judged=judged,
    )


def _structure(asked: str, candidate_class: CandidateClass) -> StandardStructure:
    """What a SMILES or a common name stands for. UsageError for what is neither."""
    try:
        return standard_form(asked, candidate_class)[0]
    except StructureError:
        return standard_form(named_references(asked).smiles[0], candidate_class)[0]


def _evaluated(store: RunStore, run_id: str, asked: str, key: str) -> Whereabouts:
    candidate = store.candidates(run_id, keys=[key])[0]
    return Whereabouts(run_id=run_id, asked=asked, smiles=candidate.smiles, presence="evaluated", key=key, why=_status(candidate))


def _status(candidate: Candidate) -> str:
    if candidate.rank is not None:
        return f"it is rank {candidate.rank} of the list"
    return "it was evaluated and rejected" if candidate.status == "rejected" else "it was evaluated"


def _key(store: RunStore, run_id: str, asked: str) -> str:
    """The key that a key, the beginning of one or a rank means; '' where ``asked`` is none of these. NotFoundError where it means several."""
    if asked.isdigit():
        ranked = next((c.key for c in store.each_candidate(run_id, status="kept") if str(c.rank) == asked), "")
        if not ranked:
            raise NotFoundError(f"run {run_id} lists no candidate of rank {asked[:20]}")
        return ranked
    keys = [outline.key for outline in store.outlines(run_id)]
    if asked in keys:
        return asked
    found = [key for key in keys if key.startswith(asked)] if len(asked) >= _BEGINNING else []
    if len(found) > 1:
        raise NotFoundError(
            f"{asked!r} means {len(found)} candidates of run {run_id}: {', '.join(found[:3])}{', ...' if len(found) > 3 else ''}"
        )
    return found[0] if found else ""


def _proposed(store: RunStore, run_id: str, structure: StandardStructure, candidate_class: CandidateClass) -> list[ProposedBy]:
    """The recorded proposals of ``structure``, which is no candidate."""
    wanted = _heavy(structure.smiles)
    found = []
    with rdBase.BlockLogs():
        for generation, index in store.event_places(run_id, "propose"):
            event = store.event(run_id, "propose", generation, index)
            if event is None or event.kind != "record" or not isinstance(event.outputs, list):
                continue
            for number, content in enumerate(event.outputs):
                proposal = Proposal.model_validate(content)
                if _may_be(proposal.smiles, wanted) and _is(proposal.smiles, structure, candidate_class):
                    found.append(_by(proposal, generation, index, number, event.sequence))
    return found


def _by(proposal: Proposal, generation: int, index: str, number: int, event: int) -> ProposedBy:
    return ProposedBy(
        proposer=index,
        generation=generation,
        number=number,
        smiles=proposal.smiles,
        operator=proposal.operator,
        parents=proposal.parents,
        parent_smiles=["" for _ in proposal.parents],
        rationale=proposal.rationale,
        event=event,
    )


def _heavy(smiles: str) -> Counter[str] | None:
    """Number of atoms of each element but hydrogen; None for what cannot be read."""
    mol = Chem.MolFromSmiles(smiles)
    return None if mol is None else Counter(a.GetSymbol() for a in mol.GetAtoms() if a.GetAtomicNum() > 1)


def _may_be(smiles: str, wanted: Counter[str] | None) -> bool:
    """Whether a proposal may be the structure, told quickly: it has several parts, or the same heavy atoms."""
    return "." in smiles or _heavy(smiles) == wanted


def _is(smiles: str, structure: StandardStructure, candidate_class: CandidateClass) -> bool:
    try:
        found, _ = standard_form(smiles, candidate_class)
    except StructureError:
        return False
    return found.key == structure.key


def _not_evaluated(store: RunStore, run_id: str, spec: DesignSpec, proposed: list[ProposedBy]) -> str:
    first = proposed[0]
    evaluated = sum(n for status, n in store.candidate_counts(run_id).items() if status in ("estimated", "kept", "rejected"))
    spent = (
        f"the {spec.budget} structures that the run may evaluate were spent before its turn came"
        if evaluated >= spec.budget
        else "the run went on without evaluating it; its record does not tell why"
    )
    return f"it was proposed by {first.proposer} in generation {first.generation} and not evaluated: {spent}"
