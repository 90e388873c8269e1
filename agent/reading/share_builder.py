"""The share of an element in the mass of the thing designed: 'at least 15 wt% phosphorus'."""

from __future__ import annotations

from dataclasses import replace

from agent.reading.comparisons import limits_of
from agent.reading.grammar import Node
from agent.reading.mentions import Lattice
from agent.reading.stance import Built, Stance
from agent.reading.statements import Limit, Statement
from agent.reading.units import parsed
from tools.catalogue.element_shares import CONTENT_OF


def share(node: Node, stance: Stance, lattice: Lattice) -> Built:
    """'at least 15 wt% phosphorus', '10 % sulfur by weight': how much of the mass an element is.

    None where no share of mass is spoken of, and for what is stored or taken up ('releases 6 wt% hydrogen'), which is no part of the thing.
    """
    name = CONTENT_OF.get(str(node.mentions("elem")[0].value), "")
    limits = _limits(node, lattice)
    units = {unit.name if (unit := parsed(limit.unit, catalogue=lattice.catalogue)) else "" for limit in limits if limit.unit}
    if (
        stance.denied
        or stance.transporting
        or stance.removing
        or stance.suffixed
        or len(limits) != 1
        or name not in lattice.catalogue
        or not units <= {"wt%", "%"}
        or len(units) != 1
    ):
        return None
    behind = [str(m.value) for m in node.mentions("after")]
    limit = limits[0]
    if behind and limit.operator == "bare":
        limit = replace(limit, operator=behind[-1])
    plain = units == {"%"} and not node.mentions("by_mass")
    return [
        Statement(
            "property",
            "",
            name=name,
            limit=limit,
            assumption="a percentage of an element is taken as its share of the mass" if plain else "",
        )
    ]


#: Parts of a whole in per cent, by the words for one of them and for how many.
_PARTS = {"half": 50.0, "third": 100.0 / 3, "thirds": 200.0 / 3, "quarter": 25.0, "quarters": 75.0, "fifth": 20.0, "tenth": 10.0}


def _limits(node: Node, lattice: Lattice) -> list[Limit]:
    """The limits, a part of the mass in per cent: 'more than half the mass', 'at least a third by weight'."""
    portion = node.first("portion")
    if portion is None:
        return limits_of(node, catalogue=lattice.catalogue) or []
    said = [str(m.value) for m in node.mentions("cmp")]
    share_of = _PARTS[lattice.lower(portion.j - 1)]
    return [Limit(said[0], low=round(share_of, 2), unit="%")] if len(said) == 1 and said[0] in ("<", "<=", ">", ">=") else []


def none_of(name: str, limit: Limit) -> str:
    """The element whose share in the mass is said to be zero, so that no atom of it may be there ('fluorine content zero'); '' for other limits."""
    zero = limit.ref is None and limit.operator in ("bare", "==", "~", "<=") and limit.low == 0
    return next((symbol for symbol, share_name in CONTENT_OF.items() if share_name == name), "") if zero else ""
