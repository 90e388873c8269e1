"""The one way to judge a structure: standardise, guard, estimate, check, score.

:func:`judge` does it all; a design run, which records each step, and a screen, which puts what is cheap first, call the steps that it is
made of. What may differ from caller to caller is an argument: which properties, whether PAINS and BRENK alerts are raised, what becomes
of structures that the guard blocks or that break a plausibility rule. A salt or mixture is judged by the part that is meant
(:func:`tools.structures.standardise.standardise` says which, and the notes name what is left out); the guard sees all that was given.

Imported late is what a structure without a goal does not need: it takes as long as judging one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from rdkit import Chem, rdBase

from core.candidate import Candidate, Origin, PropertyValue, Proposal, RequirementResult
from core.errors import StructureError
from core.spec import CandidateClass, DesignSpec, EstimationConditions, RuleSetRequirement
from tools.calculators.collection import Calculators
from tools.catalogue.rule_sets import RULE_SETS
from tools.predictors.known.apply import OwnValues, with_known, with_own
from tools.safety.guard import alert_verdict, structure_verdict, verdict_of
from tools.safety.named_lists import with_lists
from tools.structures.naming import name_of
from tools.structures.standardise import standard_form

if TYPE_CHECKING:
    from core.interfaces import Executor
    from tools.proposers.exemptions import Exemptions

#: Families of molecules for which PAINS and BRENK alerts mean something; goals with a rule set (Lipinski, ...) are drug-like too.
DRUG_LIKE_FAMILIES = frozenset({"drug", "drug-like", "fragment", "lead-like"})
#: What ``rejected_by`` says of what cannot be read.
UNREADABLE = "structure:invalid"

Blocked = Literal["stop", "answer"]
"""What becomes of a structure that the guard blocks: it goes no further, or, where a person names it, its values stand beside the verdict."""
Implausible = Literal["accept", "reject"]
"""What becomes of a structure that breaks a plausibility rule which the goal does not lift: a person or a library may hold it, a search not."""


def judge(
    proposals: Sequence[Proposal],
    spec: DesignSpec,
    *,
    names: Sequence[str] | None = None,
    alerts: bool | None = None,
    blocked: Blocked = "stop",
    implausible: Implausible = "accept",
    score: bool = False,
    executor: Executor | None = None,
    calculators: Calculators,
) -> list[Candidate]:
    """Every proposal as a candidate with verdict, property values and requirement results, in the order given.

    ``status`` is 'kept' where every requirement is met, else 'rejected' with the first that failed in ``rejected_by``: 'structure:invalid'
    for what cannot be read, 'structure:RULE' for what is implausible, 'safety:RULE', 'requirement:ID'. ``names``: the properties; those of the spec if None.
    ``alerts``: whether PAINS and BRENK alerts become warnings; None: where the spec is drug-like. ``score``: whether p_meets, desirability
    and score are set of what reached the check. Never raises for a structure; raises SpecError for a spec that names what does not exist
    and PredictorError where shipped weights are missing.
    """
    wanted = spec.property_names() if names is None else list(names)
    raised = drug_like(spec) if alerts is None else alerts
    found = [_read(number, proposal, spec.candidate_class) for number, proposal in enumerate(proposals)]
    if implausible == "reject":
        from tools.proposers.exemptions import exemptions

        lifted = exemptions(spec)
        found = [c if c.rejected_by else plausible(c, lifted) for c in found]
    found = [c if c.rejected_by else guarded(c, alerts=raised) for c in found]
    rows = [i for i, c in enumerate(found) if not c.rejected_by or (blocked == "answer" and c.rejected_by.startswith("safety:"))]
    judged = [
        checked(c, spec, calculators=calculators)
        for c in estimated([found[i] for i in rows], wanted, spec.conditions, executor=executor, calculators=calculators)
    ]
    if score:
        from tools.evaluation.score import score_candidates

        judged = score_candidates(judged, spec, calculators=calculators)
    for row, candidate in zip(rows, judged, strict=True):
        found[row] = candidate
    return found


def judge_one(
    smiles: str,
    spec: DesignSpec,
    *,
    proposer: str,
    operator: str = "given",
    names: Sequence[str] | None = None,
    alerts: bool | None = None,
    blocked: Blocked = "stop",
    implausible: Implausible = "accept",
    calculators: Calculators,
) -> Candidate:
    """:func:`judge` for one structure that somebody (``proposer``) gives, with its name, its standing to the named lists and, where there is a goal,
    the reasons against it.

    StructureError if it cannot be read.
    """
    proposal = Proposal(smiles=smiles, proposer=proposer, operator=operator)
    found = judge([proposal], spec, names=names, alerts=alerts, blocked=blocked, implausible=implausible, calculators=calculators)[0]
    if found.rejected_by == UNREADABLE:
        raise StructureError(found.rejected_reason)
    found = with_lists(found.model_copy(update={"name": found.name or name_of(found.key)}), calculators=calculators)
    if not spec.goal:
        return found
    from tools.against.reasons import with_reasons

    return with_reasons(found, spec)


def drug_like(spec: DesignSpec) -> bool:
    """Whether PAINS and BRENK alerts mean something for ``spec``: a family of drugs, or a rule set of drugs among the requirements."""
    asked = (RULE_SETS.get(r.rule_set) for r in spec.requirements_of(RuleSetRequirement))
    return spec.family in DRUG_LIKE_FAMILIES or any(rules is None or rules.drug_like for rules in asked)


def standardised(proposal: Proposal, candidate_class: CandidateClass, *, generation: int = 0) -> Candidate:
    """The candidate in its one form, with notes on what was changed or left out. Raises StructureError for what cannot be read.

    ``generation`` is at least 0, the first.
    """
    return standardised_form(proposal, candidate_class, generation=generation)[0]


def standardised_form(proposal: Proposal, candidate_class: CandidateClass, *, generation: int = 0) -> tuple[Candidate, Chem.Mol | None]:
    """:func:`standardised`, and the molecule as RDKit has read it from the SMILES of that form; None where it has not.

    ``generation`` is at least 0, the first.
    """
    structure, mol = standard_form(proposal.smiles, candidate_class)
    candidate = Candidate(
        key=structure.key,
        smiles=structure.smiles,
        given=structure.given,
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
    return candidate, mol


def unreadable(proposal: Proposal, key: str, candidate_class: CandidateClass, reason: str, *, generation: int = 0) -> Candidate:
    """The row of a proposal that cannot be read; ``key`` must be unique among its kind.

    Its values are empty; ``generation`` is at least 0, the first.
    """
    return Candidate(
        key=key,
        smiles=proposal.smiles[:500],
        candidate_class=candidate_class,
        origin=_origin(proposal, generation),
        status="rejected",
        rejected_by=UNREADABLE,
        rejected_reason=reason[:500],
    )


def guarded(candidate: Candidate, *, alerts: bool, read: Chem.Mol | None = None) -> Candidate:
    """``candidate`` with the guard's verdict on everything that was given; rejected where that is a block.

    ``alerts``: whether PAINS and BRENK alerts of the part that is judged are added (:func:`alerted`). ``read``: the molecule of
    ``candidate.smiles``, where it is at hand. A fault in the guard is a block.
    """
    verdict = structure_verdict(candidate.given or candidate.smiles, candidate.candidate_class, read=None if candidate.given else read)
    update: dict[str, Any] = {"safety": verdict, "status": "screened", "rejected_by": "", "rejected_reason": ""}
    screened = candidate.model_copy(update=update)
    return _stopped(alerted(screened) if alerts else screened)


def alerted(candidate: Candidate) -> Candidate:
    """A screened candidate with the PAINS and BRENK alerts of the part that is judged among the rules of its verdict."""
    assert candidate.safety is not None
    more = alert_verdict(candidate.smiles, candidate.candidate_class).rules
    return candidate.model_copy(update={"safety": verdict_of([*candidate.safety.rules, *more])}) if more else candidate


def plausible(candidate: Candidate, lifted: Exemptions) -> Candidate:
    """``candidate`` with what it may have although a rule speaks against it in its notes; rejected if it breaks a rule that is not lifted."""
    from tools.structures.plausibility import first_violation_of

    if not lifted.judged or not first_violation_of(candidate.smiles):
        return candidate
    mol = Chem.MolFromSmiles(candidate.smiles)
    if not lifted.admits(mol):
        rule, reason = lifted.broken(mol)[0]
        return candidate.model_copy(update={"status": "rejected", "rejected_by": f"structure:{rule}", "rejected_reason": reason})
    return candidate.model_copy(update={"notes": [*candidate.notes, *lifted.notes(mol)]})


def broken_rules(candidate: Candidate) -> list[tuple[str, str]]:
    """(id, reason) of the plausibility rules that a standardised candidate breaks, whatever a goal asks for."""
    from tools.structures.plausibility import violations

    with rdBase.BlockLogs():
        return violations(Chem.MolFromSmiles(candidate.smiles))


def estimated(
    candidates: Sequence[Candidate],
    names: Sequence[str],
    conditions: EstimationConditions,
    *,
    known: Sequence[Mapping[str, float]] | None = None,
    own: OwnValues | None = None,
    executor: Executor | None = None,
    calculators: Calculators,
) -> list[Candidate]:
    """The candidates, all of one class, with their values of the registered properties ``names``, in that order.

    ``known``: for each candidate, numbers of computed properties in their registered unit that are at hand already; a property that all
    have is not computed again. A predicted value of a structure that stands in the training set is a measurement, or marked as a fit
    (:mod:`tools.predictors.known`); ``own``: measured values that a team brought, which come first. Raises as :meth:`tools.calculators.collection.Calculators.estimate`.
    """
    if not candidates:
        return []
    wanted = list(dict.fromkeys(names))
    had = set(wanted).intersection(*known) if known is not None else set()
    missing = [name for name in wanted if name not in had]
    structures, candidate_class = [c.smiles for c in candidates], candidates[0].candidate_class
    values = (
        calculators.estimate(structures, candidate_class, missing, conditions, executor=executor) if missing else [{} for _ in candidates]
    )
    done = []
    for row, (candidate, found) in enumerate(zip(candidates, values, strict=True)):
        whole = {
            name: calculators.exact_value(name, known[row][name]) if known is not None and name in had else found[name] for name in wanted
        }
        if own is not None:
            whole = with_own(whole, candidate.key, candidate.smiles, own, conditions.solvent_smiles)
        done.append(_estimated(candidate, with_known(whole, candidate.key, candidate.smiles, candidate.candidate_class, conditions)))
    return done


def checked(
    candidate: Candidate, spec: DesignSpec, settled: Mapping[str, RequirementResult] | None = None, *, calculators: Calculators
) -> Candidate:
    """``candidate`` with the results of the requirements: kept, or rejected by the first that is not met or by the guard before it.

    ``settled``: results by requirement id that are known already. Raises as :func:`tools.evaluation.check.check`.
    """
    results: list[RequirementResult] = []
    if spec.requirements:
        from tools.evaluation.check import check

        results = check(candidate, spec, settled, calculators=calculators)
    failed = next((r for r in results if not r.met), None)
    update: dict[str, Any] = {"requirements": results, "status": "kept", "rejected_by": "", "rejected_reason": ""}
    if failed:
        update |= {"status": "rejected", "rejected_by": f"requirement:{failed.id}", "rejected_reason": failed.reason or failed.text}
    return _stopped(candidate.model_copy(update=update))


def _read(number: int, proposal: Proposal, candidate_class: CandidateClass) -> Candidate:
    try:
        return standardised(proposal, candidate_class)
    except StructureError as error:
        return unreadable(proposal, f"structure:{number}", candidate_class, str(error))


def _stopped(candidate: Candidate) -> Candidate:
    """``candidate``, rejected by the rule of the guard that blocks it if one does."""
    if candidate.safety is None or candidate.safety.verdict != "block":
        return candidate
    hit = next((h for h in candidate.safety.rules if h.verdict == "block"), candidate.safety.rules[0])
    return candidate.model_copy(update={"status": "rejected", "rejected_by": f"safety:{hit.id}", "rejected_reason": hit.reason})


def _estimated(candidate: Candidate, values: dict[str, PropertyValue]) -> Candidate:
    update: dict[str, Any] = {"properties": values, "status": "estimated", "rejected_by": "", "rejected_reason": ""}
    return candidate.model_copy(update=update)


def _origin(proposal: Proposal, generation: int) -> Origin:
    return Origin(
        proposer=proposal.proposer,
        operator=proposal.operator,
        parents=proposal.parents,
        generation=generation,
        rationale=proposal.rationale,
    )
