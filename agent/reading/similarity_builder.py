"""From what matched as a likeness, or as made from a compound, to statements."""

from __future__ import annotations

from agent.reading.comparisons import limits_of, reference_of
from agent.reading.grammar import Node
from agent.reading.mentions import Lattice
from agent.reading.registered import GROUPS
from agent.reading.stance import Built, Stance
from agent.reading.statements import Ref, Statement

#: What 'my compound' is varied to, as words begin: no more than what is made from it, so no more similar than that.
_MADE_FROM = ("analog", "derivative", "variant")


#: What is made from a compound holds what is left of it, so that its denial is one of a part, not of likeness.
_OF_IT = ("deriv", "made", "prepared", "synthes")


def _not_made_from(reference: Ref | None) -> Built:
    """'not a diethanolamine derivative': the group that is left of the compound, where one is registered; None else, since no likeness says it."""
    name = reference.name if reference is not None else ""
    group = next((g for g in (f"{name} group", name) if name and g in GROUPS), "")
    return [Statement("motif", "", name=group, smarts=GROUPS[group].smarts, wanted=False)] if group else None


def similarity(node: Node, stance: Stance, lattice: Lattice) -> Built:
    """'like aspirin', 'at least 60 % similar to aspirin', 'not a caffeine derivative'."""
    limits = limits_of(node, catalogue=lattice.catalogue) or [None]  # type: ignore[list-item]
    limit = limits[0]
    wanted = not node.mentions("dissimilar")
    if len(limits) > 1 or (limit is not None and limit.unit not in ("", "%")):
        return None
    if stance.denied:
        if limit is not None or not wanted:
            return None
        if any(lattice.lower(m.i).startswith(_OF_IT) for m in node.mentions("similar", "similar_weak", "analogue")):
            return _not_made_from(reference_of(node))
        wanted = False
    if limit is not None and limit.operator == "bare" and limit.unit != "%" and (limit.low or 0) > 1:
        return None
    reference = reference_of(node)
    plain = [m for m in node.mentions("similar") if lattice.lower(m.i).startswith(_MADE_FROM)]
    if plain and limit is None and wanted and node.mentions("mine"):
        return [Statement("own", "", ref=reference)]
    if (weak := node.mentions("similar_weak")) and not (reference and reference.smiles):
        return None
    if (
        weak
        and lattice.lower(weak[0].i) in ("based", "derived")
        and any(m.kind == "grp" for k in range(node.i, node.j) for m in lattice.at[k])
    ):
        return None  # 'based on naphthalene' speaks of a part
    return [Statement("similarity", "", ref=reference, limit=limit, wanted=wanted)]
