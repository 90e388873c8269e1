"""From what matched as a comparison to limits, and the structures that limits refer to."""

from __future__ import annotations

from dataclasses import replace

from agent.reading.grammar import Node
from agent.reading.statements import Limit, Ref
from agent.reading.windows import between, in_unit, window
from tools.catalogue.catalogue import Catalogue

#: What denies a comparison.
INVERSE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}
#: The same comparison from its other side.
TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


def quantity(node: Node) -> tuple[float, str]:
    """(number, unit as written or '')."""
    named = node.first("temperature")
    if named is not None and not node.mentions("num"):  # not 'body temperature (37 °C)'
        return float(named.value), "°C"
    number = node.mentions("num", "num_plus")[0]
    unit = node.first("unit")
    return float(number.value), unit.value.written if unit is not None else ""


def reference_of(node: Node) -> Ref | None:
    """The structure that is named in ``node``; an empty SMILES stands for 'the parent'."""
    for part in [node] if node.name == "Reference" else node.nodes("Reference") or [node]:
        for mention in part.mentions("smiles", "cmpd", "reference"):
            if mention.kind == "smiles":
                return Ref(smiles=mention.value)
            if mention.kind == "cmpd":
                return Ref(name=mention.value[0], smiles=mention.value[1])
            return Ref(name="the parent")
    return None


def limits_of(node: Node, *, catalogue: Catalogue) -> list[Limit] | None:
    """The one or two comparisons in ``node``; None for none, or two that do not bound from both sides."""
    found = [limit_of(part, catalogue=catalogue) for part in node.nodes("Limit")]
    limits = [limit for limit in found if limit is not None]
    if not limits or len(limits) != len(found):
        return None
    if len(limits) == 2:
        first, second = limits
        if not (first.operator[0] in "<>" and second.operator[0] in "<>" and first.operator[0] != second.operator[0]):
            return None
        if first.unit and second.unit and first.unit != second.unit:
            return None
        if node.nodes("Limits") and node.nodes("Limits")[0].nodes("Comma") and second.unit not in ("", first.unit):
            return None
        unit = first.unit or second.unit
        limits = [replace(first, unit=unit), replace(second, unit=unit)]
    return limits if len(limits) <= 2 else None


def limit_of(node: Node, *, catalogue: Catalogue) -> Limit | None:
    """One comparison; None where its words make none."""
    part = node.parts[0]
    assert isinstance(part, Node)
    numbers = [quantity(q) for q in part.nodes("Quantity")]
    comparisons = [str(m.value) for m in part.mentions("cmp")]
    if part.name == "One":
        return Limit("==", low=1.0)
    if part.name == "Decade":
        start = float(part.mentions("decade")[0].value)
        return Limit("between", low=start, high=start + 9.0)
    if part.name == "Plus":
        unit = part.first("unit")
        return Limit(">=", low=float(part.mentions("num_plus")[0].value), unit=unit.value.written if unit else "")
    if part.name == "OneOrNone":
        return Limit("<=", low=1.0) if float(part.mentions("num")[0].value) == 1 else None
    if part.name == "Compared" and not numbers:
        return _compared(comparisons, 1.0, "")  # 'at most a single nitrile'
    value, unit_text = numbers[0]
    if part.name in ("Window", "Interval", "Either"):
        return window(part, numbers, comparisons, catalogue=catalogue)
    if part.name == "PlusMinus":
        reach = in_unit(numbers[1][0], numbers[1][1], unit_text, catalogue=catalogue)
        if reach is not None:
            return Limit("between", low=value - reach, high=value + reach, unit=unit_text) if reach >= 0 else None
        return between(value - numbers[1][0], value + numbers[1][0], unit_text, numbers[1][1], catalogue=catalogue)
    if part.name == "Around":
        if not part.mentions("between") or numbers[0][0] < 0:
            return None
        centre, written = numbers[1]
        reach = in_unit(value, unit_text, written, catalogue=catalogue)
        if reach is not None:
            return Limit("between", low=centre - reach, high=centre + reach, unit=written)  # 'within 10 K of -26 °C'
        return between(centre - value, centre + value, unit_text, written, catalogue=catalogue)
    if part.name == "After":
        behind = str(part.mentions("after")[0].value)
        if any(c not in ("~", "==") for c in comparisons) or (behind != ">=" and part.mentions("between")):
            return None
        return Limit(behind, low=value, unit=unit_text)
    if part.name == "Compared":
        return _compared(comparisons, value, unit_text)
    return Limit("bare", low=value, unit=unit_text)


def _compared(comparisons: list[str], value: float, unit: str) -> Limit | None:
    """'above about 3' is 'above 3'; 'about at least 3' is 'at least 3'; two directions are none."""
    sharp = [c for c in comparisons if c not in ("~", "==")]
    if len(sharp) > 1:
        return None
    return Limit(sharp[0] if sharp else comparisons[0], low=value, unit=unit)
