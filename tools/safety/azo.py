"""Azo dyes that release a regulated aromatic amine when their azo bonds are reduced."""

from __future__ import annotations

from rdkit import rdBase

from core.candidate import SafetyRuleHit
from tools.safety.forms import Form
from tools.safety.tables import restricted_amines
from tools.structures.azo import cleavage_products
from tools.structures.standardise import inchikey


def azo_hits(form: Form) -> list[SafetyRuleHit]:
    """One hit naming every regulated amine that ``form`` releases; empty if none."""
    if 7 not in form.present:
        return []
    with rdBase.BlockLogs():
        blocks = [inchikey(piece).split("-")[0] for piece in cleavage_products(form.mol)]
    names = sorted({restricted_amines()[block] for block in blocks if block in restricted_amines()})
    if not names:
        return []
    reason = f"Reduction of its azo bonds releases {', '.join(names)}, a regulated carcinogenic amine."
    return [
        SafetyRuleHit(
            id="warn.azo_amine",
            name="azo dye that releases a regulated amine",
            verdict="warn",
            reason=reason,
            source="REACH Annex XVII, entry 43",
        )
    ]
