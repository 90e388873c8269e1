"""PAINS and BRENK structural alerts, for drug-like classes only: they mean nothing for polymers and dyes."""

from __future__ import annotations

from rdkit.Chem import Mol

from core.candidate import SafetyRuleHit
from tools.calculators.alerts import alerts

_SOURCES = {
    "pains": "RDKit filter catalogue PAINS (pan-assay interference)",
    "brenk": "RDKit filter catalogue BRENK (unwanted groups in screening libraries)",
}


def alert_hits(mol: Mol) -> list[SafetyRuleHit]:
    """At most one hit for each catalogue, naming the alerts that fired."""
    hits = []
    for name, source in _SOURCES.items():
        found = alerts(name, mol)
        if found:
            reason = f"Structural alerts: {', '.join(found[:6])}{' ...' if len(found) > 6 else ''}."
            hits.append(SafetyRuleHit(id=f"alert.{name}", name=f"{name.upper()} alert", verdict="warn", reason=reason, source=source))
    return hits
