"""The guard: is this goal, this structure, this route acceptable? Named rules, a reason for each verdict, and it fails closed.

Verdicts: ``allow``, ``warn`` (shown to the reader, the candidate stays), ``block`` (the candidate or the run ends here). An
exception inside the guard, and a structure that cannot be read, are a block.
"""

from __future__ import annotations

from rdkit import Chem

from core.candidate import NO_ROUTE, Material, Route, SafetyRuleHit, SafetyVerdict, Verdict
from core.errors import StructureError
from core.spec import CandidateClass
from tools.safety.alerts import alert_hits
from tools.safety.azo import azo_hits
from tools.safety.energetic import energetic_hits
from tools.safety.forms import Form, companions, forms
from tools.safety.goal_text import goal_hits
from tools.safety.rules import StructureRule, possible_rules, rules_version
from tools.safety.tables import Medicine, key_hits, medicine_of

SEVERITY: dict[Verdict, int] = {"allow": 0, "warn": 1, "block": 2}
#: Version of the guard: a hash of its rules, tables and code.
RULES_VERSION = rules_version()


def screen_goal(text: str) -> SafetyVerdict:
    """Verdict on the words of a goal; see ``goal_text``. Never raises."""
    try:
        return verdict_of(goal_hits(text))
    except Exception as error:
        return _failure(error)


def screen_structure(smiles: str, candidate_class: CandidateClass, *, read: Chem.Mol | None = None) -> SafetyVerdict:
    """Verdict on one structure with all its pieces, screened without isotopes, charges by proton transfer and regard to how it is written.

    ``read``: see :func:`forms`. Never raises: what cannot be read or judged is blocked.
    """
    try:
        hits = [hit for form in forms(smiles, candidate_class, read) for hit in _form_hits(form, candidate_class)]
        if candidate_class == "polymer" and "." in smiles:
            hits += [hit for piece in companions(smiles) for form in forms(piece, "molecule") for hit in _form_hits(form, "molecule")]
        return verdict_of(hits)
    except StructureError as error:
        return verdict_of([_unreadable(error)])
    except Exception as error:
        return _failure(error)


def screen_alerts(smiles: str, candidate_class: CandidateClass) -> SafetyVerdict:
    """PAINS and BRENK alerts of a structure as warnings; none for polymers, for which they mean nothing. Never raises: fails closed."""
    try:
        if candidate_class == "polymer":
            return SafetyVerdict(verdict="allow")
        return verdict_of([hit for form in forms(smiles, candidate_class) if form.whole for hit in alert_hits(form.mol)])
    except StructureError as error:
        return verdict_of([_unreadable(error)])
    except Exception as error:
        return _failure(error)


def screen_materials(route: Route) -> Route:
    """``route`` with the verdict and the rule ids of each starting material filled in.

    A reactant of a step that is no starting material and that a rule fires on is added to the materials as an intermediate.
    """
    materials = [_screened(material) for material in route.starting_materials]
    known = {material.smiles for material in materials}
    for smiles in dict.fromkeys(reactant for step in route.steps for reactant in step.reactants):
        if smiles not in known:
            extra = _screened(Material(name=smiles, smiles=smiles, role="intermediate"))
            if extra.verdict != "allow":
                materials.append(extra)
    return route.model_copy(update={"starting_materials": materials})


def screened_route(route: Route) -> Route:
    """``route`` with its materials screened; no route, with a note that says so, where the guard blocks one of them."""
    screened = screen_materials(route)
    if any(material.verdict == "block" for material in screened.starting_materials):
        return NO_ROUTE.model_copy(update={"note": "The route that was found needs a starting material that the safety guard blocks."})
    return screened


def verdict_of(hits: list[SafetyRuleHit]) -> SafetyVerdict:
    """The verdict that ``hits`` make together: the most severe; one hit a rule, most severe first, then by id."""
    best: dict[str, SafetyRuleHit] = {}
    for hit in hits:
        if hit.id not in best or SEVERITY[hit.verdict] > SEVERITY[best[hit.id].verdict]:
            best[hit.id] = hit
    rules = sorted(best.values(), key=lambda hit: (-SEVERITY[hit.verdict], hit.id))
    return SafetyVerdict(verdict=rules[0].verdict if rules else "allow", rules=rules)


def _screened(material: Material) -> Material:
    found = screen_structure(material.smiles, "polymer" if material.smiles.count("*") == 2 else "molecule")
    return material.model_copy(update={"verdict": found.verdict, "rules": [hit.id for hit in found.rules]})


def _form_hits(form: Form, candidate_class: CandidateClass) -> list[SafetyRuleHit]:
    medicine = medicine_of(form)
    hits = key_hits(form)
    for rule in possible_rules(form.mol):
        if rule.scope not in ("both", candidate_class) or not (form.whole if rule.whole else form.piece):
            continue
        if rule.fires(form.mol, form.present):
            hits += _judged(rule, medicine)
    if not form.piece:
        return hits
    numeric = energetic_hits(form, polymer=candidate_class == "polymer" and form.whole)
    if medicine is not None and medicine.status == "energetic":
        numeric = [_warned(hit, medicine) for hit in numeric]
    hits += numeric + azo_hits(form)
    if medicine is not None and medicine.status != "not controlled" and all(hit.verdict == "allow" for hit in hits):
        hits.append(_medicine_hit(medicine))
    return hits


def _judged(rule: StructureRule, medicine: Medicine | None) -> list[SafetyRuleHit]:
    """The hit of ``rule``: none for an approved medicine that is not controlled, a warning for one that is."""
    hit = rule.hit()
    if medicine is None or rule.exempt not in ("medicine", "energetic"):
        return [hit]
    if medicine.status == "not controlled":
        return []
    return [_warned(hit, medicine)]


def _warned(hit: SafetyRuleHit, medicine: Medicine) -> SafetyRuleHit:
    if hit.verdict != "block":
        return hit
    reason = (
        f"This is {medicine.name}, an approved medicine ({medicine.status}): regulated. Its designed analogues are blocked. {hit.reason}"
    )
    return hit.model_copy(update={"verdict": "warn", "reason": reason})


def _medicine_hit(medicine: Medicine) -> SafetyRuleHit:
    reason = f"This is {medicine.name}, an approved medicine ({medicine.status}): regulated in many countries."
    return SafetyRuleHit(id="drug.approved_medicine", name=medicine.name, verdict="warn", reason=reason)


def _blocked(rule: str, name: str, reason: str) -> SafetyRuleHit:
    return SafetyRuleHit(id=rule, name=name, verdict="block", reason=reason)


def _unreadable(error: StructureError) -> SafetyRuleHit:
    return _blocked("guard.unreadable", "structure that cannot be read", f"It cannot be screened: {error}")


def _failure(error: Exception) -> SafetyVerdict:
    reason = f"The guard failed ({type(error).__name__}: {str(error)[:200]}); what cannot be screened is blocked."
    return verdict_of([_blocked("guard.failure", "failure of the guard", reason)])
