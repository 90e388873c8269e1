"""The guard on structures: families, listed keys, numbers that show an energetic material, protected forms; it fails closed."""

from __future__ import annotations

from rdkit import Chem

from core.candidate import SafetyRuleHit, SafetyVerdict, Verdict
from core.errors import StructureError
from core.spec import CandidateClass
from tools.safety.alerts import alert_hits
from tools.safety.azo import azo_hits
from tools.safety.energetic import energetic_hits
from tools.safety.forms import Form, companions, forms
from tools.safety.rules import StructureRule, possible_rules
from tools.safety.tables import Medicine, key_hits, medicine_of

SEVERITY: dict[Verdict, int] = {"allow": 0, "warn": 1, "block": 2}


def structure_verdict(smiles: str, candidate_class: CandidateClass, *, read: Chem.Mol | None = None) -> SafetyVerdict:
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
        return failure(error)


def alert_verdict(smiles: str, candidate_class: CandidateClass) -> SafetyVerdict:
    """PAINS and BRENK alerts of a structure as warnings; none for polymers, for which they mean nothing. Never raises: fails closed."""
    try:
        if candidate_class == "polymer":
            return SafetyVerdict(verdict="allow")
        return verdict_of([hit for form in forms(smiles, candidate_class) if form.whole for hit in alert_hits(form.mol)])
    except StructureError as error:
        return verdict_of([_unreadable(error)])
    except Exception as error:
        return failure(error)


def verdict_of(hits: list[SafetyRuleHit]) -> SafetyVerdict:
    """The verdict that ``hits`` make together: the most severe; one hit a rule, most severe first, then by id."""
    best: dict[str, SafetyRuleHit] = {}
    for hit in hits:
        if hit.id not in best or SEVERITY[hit.verdict] > SEVERITY[best[hit.id].verdict]:
            best[hit.id] = hit
    rules = sorted(best.values(), key=lambda hit: (-SEVERITY[hit.verdict], hit.id))
    return SafetyVerdict(verdict=rules[0].verdict if rules else "allow", rules=rules)


def _form_hits(form: Form, candidate_class: CandidateClass) -> list[SafetyRuleHit]:
    if form.masked:
        return _precursor_hits(form)
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


def _precursor_hits(form: Form) -> list[SafetyRuleHit]:
    """Warnings about what a protected form gives: a controlled family, or a listed precursor."""
    names = [rule.name for rule in possible_rules(form.mol, "drug.") if rule.scope != "polymer" and rule.fires(form.mol, form.present)]
    names += [hit.name for hit in key_hits(form) if hit.id == "regulated.drug_precursor"]
    medicine = medicine_of(form)
    if not names or (medicine is not None and medicine.status == "not controlled"):
        return []
    reason = f"Without its protecting group this is of a controlled kind: {', '.join(dict.fromkeys(names))}. Treated as a precursor."
    return [SafetyRuleHit(id="precursor.protected", name="protected form of a controlled substance", verdict="warn", reason=reason)]


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


def failure(error: Exception) -> SafetyVerdict:
    """The block that an exception inside the guard is."""
    reason = f"The guard failed ({type(error).__name__}: {str(error)[:200]}); what cannot be screened is blocked."
    return verdict_of([_blocked("guard.failure", "failure of the guard", reason)])
