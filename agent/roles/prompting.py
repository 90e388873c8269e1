"""What prompts say about a spec and its candidates, and how a prompt is made shorter. The roles share it."""

from __future__ import annotations

from typing import Any

from core.candidate import Candidate, format_value
from core.spec import DesignSpec
from tools.catalogue.catalogue import Catalogue

#: Properties by which a goal counts as one about heat.
_THERMAL = ("thermal_stability", "melting_point", "boiling_point", "glass_transition", "flash_point")


def goal_kind(spec: DesignSpec) -> str:
    """The kind of goal, for which a fleet may have models of their own: 'thermal', 'materials' for polymers, else 'chemistry'."""
    if any(name in _THERMAL for name in spec.property_names()):
        return "thermal"
    return "materials" if spec.candidate_class == "polymer" else "chemistry"


def conditions(spec: DesignSpec) -> str:
    """The requirements and wishes of a spec in plain words, one a line."""
    lines = [r.text for r in spec.requirements] + [o.text for o in spec.objectives if o.origin != "assumption"]
    return "\n".join(lines) or "none"


def described(candidate: Candidate, *, catalogue: Catalogue) -> str:
    """One line about a candidate: rank, structure, values, what the rules say, route. For prompts; to be fenced as data."""
    values = "; ".join(
        f"{catalogue[n].label if n in catalogue else n} {format_value(v)}{f' ({v.basis})' if v.basis else ' (outside the domain)' if v.in_domain is False else ''}"
        for n, v in candidate.properties.items()
        if v.value is not None
    )
    alerts = "; ".join(hit.reason for hit in candidate.safety.rules) if candidate.safety else ""
    probability = "" if candidate.p_meets is None else f"; probability that all requirements hold {100 * candidate.p_meets:.0f} %"
    missed = "; ".join(r.text for r in candidate.requirements if not r.met)
    parts = [
        f"{candidate.rank if candidate.rank is not None else 'close'}. {candidate.smiles}",
        f"name: {candidate.name}" if candidate.name else "",
        values + probability,
        f"misses: {missed}" if missed else "",
        f"rules: {alerts}" if alerts else "",
        f"route: {candidate.route.status}" if candidate.route else "",
    ]
    return " | ".join(p for p in parts if p)


def fewer(variables: dict[str, Any]) -> dict[str, Any] | None:
    """The same prompt with the first half of the candidates: the rule for prompts that do not fit."""
    shown = variables["candidates"]
    return {**variables, "candidates": shown[: len(shown) // 2]} if len(shown) > 1 else None
