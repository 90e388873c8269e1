"""From limits to the properties that they belong to."""

from __future__ import annotations

from dataclasses import replace

from agent.reading.comparisons import TURNED, limit_of, limits_of, quantity, reference_of
from agent.reading.depths import fits_depth
from agent.reading.grammar import Node
from agent.reading.lexicon import Vague
from agent.reading.measured_in import measured_in
from agent.reading.mentions import Lattice
from agent.reading.statements import Limit, Ref
from agent.reading.states import soluble, state
from agent.reading.units import Unit, mass_concentration, parsed
from tools.catalogue.catalogue import Catalogue

#: (property, limit, what is assumed by it)
Measured = tuple[str, Limit, str]

#: Units that name their property, where a comparison stands alone.
_BY_UNIT = {
    "g/mol": "molecular_weight",
    "kg/mol": "molecular_weight",
    "Å²": "tpsa",
    "nm": "absorption_maximum",
    "log mol/L": "aqueous_solubility",
}


# ---- which property


def upper(limit: Limit) -> bool:
    """Whether ``limit`` bounds from above, so that what it permits is a bound: 'may go up to 450'."""
    return limit.operator in ("<", "<=", "between")


def beside_the_word(node: Node, lattice: Lattice) -> bool:
    """Whether a bracket or another sign parts a bound from the word before it, so that a negation of the word is none of the bound."""
    named = [m.j for m in node.mentions("verbprop", "prop", "grp", "elem")]
    limits = [part.i for part in node.nodes("Limit")]
    return bool(named and limits) and any(lattice.lower(k) in ("(", "[", ",", ":", "-", ";") for k in range(min(named), max(limits)))


def measured(node: Node, lattice: Lattice) -> list[Measured] | None:
    """The properties and limits of a clause that compares something."""
    found = _measured(node, lattice)
    if found and not fits_depth(node, [(name, limit) for name, limit, _ in found], lattice):
        return None
    denied = any(lattice.lower(m.i) in ("not", "no", "never") for m in node.mentions("cmp"))
    if found is not None and node.mentions("may_link") and not denied and not all(upper(limit) for _, limit, _ in found):
        return None
    return found


def _measured(node: Node, lattice: Lattice) -> list[Measured] | None:
    if node.mentions("solid", "liquid"):
        return state(node, [quantity(q) for q in node.nodes("Quantity")], catalogue=lattice.catalogue)
    if soluble(node, lattice):
        return None if in_other_solvent(node) else _each("aqueous_solubility", limits_of(node, catalogue=lattice.catalogue), "")
    verb = node.first("verbprop")
    if verb is not None:
        entry = verb.value
        if node.nodes("Limit") and in_other_solvent(node):
            return None
        reference, comparison = reference_of(node), node.first("cmp")
        if not node.nodes("Limit") and reference is not None and comparison is not None and isinstance(entry, Vague):
            return _against(node, entry.stands_for, reference)
        limits = limits_of(node, catalogue=lattice.catalogue)
        if lattice.lower(verb.j) == "," and any(limit.operator == "bare" for limit in limits or ()):
            return None  # 'melts, 300'
        if isinstance(entry, Vague):
            return _each(entry.stands_for, _dissolving(node, entry, lattice), entry.reason)
        return _each("absorption_maximum", limits, "")
    if (word := node.first("vague")) is not None and not node.mentions("prop"):
        return _of_a_word(node, word.value, lattice)
    if node.mentions("half_as", "twice_as"):
        return _ratio(node, catalogue=lattice.catalogue)
    if node.mentions("scale"):
        return _scaled(node)
    names = {m.value for p in node.nodes("Property") for m in p.mentions("prop")} | {m.value for m in node.mentions("prop")}
    if len(names) > 1:
        return None
    if not names:
        return _without_name(node, lattice)
    name = names.pop()
    if lattice.catalogue[name].kind == "level" or (
        node.mentions("in_solvent")
        and not measured_in(name, lattice.catalogue)
        and (name != "aqueous_solubility" or in_other_solvent(node))
    ):
        return None
    sign = node.first("signed")
    if sign is not None:
        turned = any(lattice.lower(k) in ("not", "never", "no") for k in range(node.i, sign.i))
        return [(name, Limit(str(sign.value), low=0.0), "")] if name == "logp" and not turned else None
    if node.mentions("strongly"):
        numbers = [quantity(q) for q in node.nodes("Quantity")]
        return [(name, Limit(">", low=numbers[0][0], unit=numbers[0][1]), "")]
    comparative = node.mentions("comparative_up", "comparative_down", "comparative_good", "comparative_bad")
    if comparative:
        return _than(node, name, _up(comparative[0].kind, name, catalogue=lattice.catalogue))
    bound = node.mentions("bound_most", "bound_least")
    if bound:
        value, unit = quantity(node.nodes("Quantity")[0])
        return [(name, Limit("<=" if bound[0].kind == "bound_most" else ">=", low=value, unit=unit), "")]
    return _plain(node, name, lattice)


def _against(node: Node, name: str, reference: Ref, *more: str) -> list[Measured] | None:
    """The limit against a named compound, or against the number that a bracket gives for it: 'boiling above THF (66 °C)'."""
    comparison = node.first("cmp")
    if comparison is None or comparison.value not in ("<", "<=", ">", ">=", *more):
        return None
    for said in node.nodes("Quantity"):
        value, unit = quantity(said)
        return [(name, Limit(str(comparison.value), low=value, unit=unit), "the number in brackets is taken as the value of what is named")]
    return [(name, Limit(str(comparison.value), ref=reference), "")]


def in_other_solvent(node: Node) -> bool:
    """Whether something is said of what happens in a named solvent that is not water."""
    return bool(node.mentions("in_solvent")) and any(m.value[0] != "water" for m in node.mentions("cmpd"))


def _dissolving(node: Node, entry: Vague, lattice: Lattice) -> list[Limit] | None:
    """The limits; what 'dissolves at 50 g/L' dissolves more too."""
    limits = limits_of(node, catalogue=lattice.catalogue)
    if limits is None or entry.stands_for != "aqueous_solubility" or len(limits) != 1:
        return limits
    loose = all(lattice.lower(m.i) == "at" and m.j == m.i + 1 for m in node.mentions("cmp"))
    return [replace(limits[0], operator=">=")] if limits[0].operator in ("bare", "~") and loose else limits


def _up(kind: str, name: str, *, catalogue: Catalogue) -> bool:
    better = (catalogue[name].better or 1) > 0
    return {"comparative_up": True, "comparative_down": False, "comparative_good": better, "comparative_bad": not better}[kind]


def _each(name: str, limits: list[Limit] | None, assumption: str) -> list[Measured] | None:
    return None if limits is None else [(name, limit, assumption) for limit in limits]


def _plain(node: Node, name: str, lattice: Lattice) -> list[Measured] | None:
    sandwich = [p for p in node.parts if isinstance(p, Node) and p.name in ("Quantity", "Property")]
    sandwich = sandwich[1:] if [p.name for p in sandwich[:1]] == ["Property"] and len(sandwich) == 4 else sandwich  # 'MW 165 < M < 250'
    if [p.name for p in sandwich] == ["Quantity", "Property", "Quantity"]:
        return _sandwich(node, name, sandwich, lattice)
    reference = reference_of(node)
    comparison = node.first("cmp")
    if reference is not None and not node.nodes("Limit"):
        return _against(node, name, reference, "better", "worse")
    if comparison is not None and node.nodes("Quantity") and not node.nodes("Limit"):  # 'below a logP of 3'
        value, unit = quantity(node.nodes("Quantity")[0])
        return [(name, Limit(str(comparison.value), low=value, unit=unit), "")] if comparison.value in TURNED else None
    if (apart := _of_two(node, name, catalogue=lattice.catalogue)) is not None:
        return apart
    limits = limits_of(node, catalogue=lattice.catalogue)
    if limits is None:
        return None
    named = node.nodes("Property")[0] if node.nodes("Property") else None
    if named is not None and named.j < node.j and lattice.lower(named.j) == "," and any(limit.operator == "bare" for limit in limits):
        return None  # 'logP, 3'
    if node.mentions("limiting"):
        limits = [replace(limit, operator="<=") if limit.operator in ("bare", "~") else limit for limit in limits]  # 'cap logP at 3'
    if not _agrees(node, limits):
        return None  # 'low MW (above 400)'
    after = [m for m in node.mentions("after") if m not in [x for part in node.nodes("Limit") for x in part.mentions("after")]]
    if after:
        if len(limits) > 1 or limits[0].operator != "bare":
            return None
        limits = [replace(limits[0], operator=str(after[0].value))]
    if lattice.catalogue[name].integer and any(limit.unit for limit in limits):
        return None  # 'above 100 °C, at most 3 rings'
    first = node.parts[0]
    number_first = isinstance(first, Node) and first.name == "Limits"
    if number_first and limits[0].operator == "bare" and not limits[0].unit and not lattice.catalogue[name].integer:
        return None
    if name == "ring_count" and comparison is not None and lattice.lower(comparison.i) in ("larger", "bigger", "smaller"):
        return None
    return [(name, limit, "") for limit in limits]


def _of_two(node: Node, name: str, *, catalogue: Catalogue) -> list[Measured] | None:
    """'logP over four and at most 450 Da': the second bound is of the property of its unit, where the first has none and can have none."""
    found = [limit_of(part, catalogue=catalogue) for part in node.nodes("Limit")]
    if len(found) != 2 or found[0] is None or found[1] is None or found[0].unit or not found[1].unit or catalogue[name].unit:
        return None
    unit = parsed(found[1].unit, catalogue=catalogue)
    other = _BY_UNIT.get(unit.name, "") if unit is not None else ""
    sharp = found[1].operator in ("<", "<=", ">", ">=")
    return [(name, found[0], ""), (other, found[1], "")] if other and other != name and sharp else None


def _agrees(node: Node, limits: list[Limit]) -> bool:
    """Whether the bound in brackets is on the side that the adjective before the property names: 'low MW (below 230)'."""
    said = node.mentions("adjective_up", "adjective_down")
    if not said:
        return True
    fitting = ("<", "<=", "between") if said[0].kind == "adjective_down" else (">", ">=", "between")
    return all(limit.operator in fitting for limit in limits)


def _sandwich(node: Node, name: str, parts: list[Node], lattice: Lattice) -> list[Measured] | None:
    signs = node.mentions("cmp")
    if len(signs) != 2 or any(lattice.text(m.i, m.j) not in TURNED for m in signs):
        return None
    (low, first), (high, second) = quantity(parts[0]), quantity(parts[2])
    unit = second or first
    if first and second and first != second:
        return None
    left = Limit(TURNED[str(signs[0].value)], low=low, unit=unit)
    right = Limit(str(signs[1].value), low=high, unit=unit)
    return [(name, left, ""), (name, right, "")] if left.operator[0] != right.operator[0] else None


def _than(node: Node, name: str, up: bool) -> list[Measured] | None:
    operator = ">" if up else "<"
    quantities = node.nodes("Quantity")
    if quantities:
        value, unit = quantity(quantities[0])
        return [(name, Limit(operator, low=value, unit=unit), "")]
    reference = reference_of(node)
    return None if reference is None else [(name, Limit(operator, ref=reference), "")]


def _scaled(node: Node) -> list[Measured] | None:
    name, sign = node.mentions("scale")[0].value
    up = sign > 0
    comparative = node.mentions("comparative_up", "comparative_down", "comparative_good", "comparative_bad")
    if comparative:
        up = up == (comparative[0].kind in ("comparative_up", "comparative_good"))
    if node.mentions("cmp"):  # 'at least as soluble as caffeine'
        reference = reference_of(node)
        operator = str(node.mentions("cmp")[0].value)
        if reference is None or operator not in (">=", "<="):
            return None
        return [(name, Limit(operator if sign > 0 else TURNED[operator], ref=reference), "")]
    if name == "molecular_weight" and (ref := reference_of(node)) is not None and ref.name == "water" and not node.nodes("Quantity"):
        name = "density"  # what is lighter than water floats on it
    return _than(node, name, up)


def _ratio(node: Node, *, catalogue: Catalogue) -> list[Measured] | None:
    """'half as heavy as aspirin', 'less than twice the molecular weight of caffeine'; of properties that have a zero."""
    scale, reference = node.first("scale"), reference_of(node)
    name = scale.value[0] if scale is not None else node.mentions("prop")[0].value
    if reference is None or catalogue[name].unit not in ("g/mol", "Å²", "cm³/mol") or (scale is not None and scale.value[1] < 0):
        return None
    operator = str(node.mentions("cmp")[0].value) if node.mentions("cmp") else "~"
    if operator not in ("<", "<=", ">", ">=", "~", "=="):
        return None
    return [(name, Limit(operator, ref=reference, factor=0.5 if node.mentions("half_as") else 2.0), "")]


def _dissolved(unit: Unit) -> bool:
    """Whether a unit is one of concentrations: 'M', 'g/L'."""
    return mass_concentration(unit) is not None or unit.name in ("mol/L", "mmol/L", "µmol/L", "nmol/L")


#: Words that bound a number, or name where a band has its maximum.
_EXTREMES = ("maximum", "max", "minimum", "min")


def _without_name(node: Node, lattice: Lattice) -> list[Measured] | None:
    """A comparison whose unit names its property: 'below 200 g/mol'; 'heavier than aspirin'."""
    comparison = node.first("cmp")
    words = lattice.text(comparison.i, comparison.j).lower() if comparison is not None else ""
    if not node.nodes("Limit"):
        reference = reference_of(node)
        if reference is None or words.split(" ")[0] not in ("heavier", "lighter"):
            return None
        assert comparison is not None
        name = "density" if reference.name == "water" else "molecular_weight"
        return [(name, Limit(str(comparison.value), ref=reference), "")]
    limits = limits_of(node, catalogue=lattice.catalogue)
    if limits is None:
        return None
    name = "molecular_weight" if words.split(" ")[0] in ("heavier", "lighter") and not limits[0].unit else ""
    unit = parsed(limits[0].unit, catalogue=lattice.catalogue) if limits[0].unit else None
    if not name and (unit is None or limits[0].operator in ("bare", "~", "==")):
        return None
    of_light = unit is not None and unit.name in ("nm", "µm")
    extreme = node.first("after")
    if extreme is not None and lattice.text(extreme.i, extreme.j).lower().rstrip(".") in _EXTREMES and of_light:
        return None  # 'a 450 nm maximum' is where the band has its maximum
    if lattice.lower(node.j - 1) in ("maximum", "max") and extreme is None:
        sure = of_light and (
            limits[0].operator == "between" or not {lattice.lower(node.i), lattice.lower(node.i - 1)}.isdisjoint(("a", "an", "its", "the"))
        )
        return [("absorption_maximum", limits[0], "")] if sure and len(limits) == 1 and limits[0].operator in ("between", "bare") else None
    if lattice.lower(node.i) in ("maximum", "max") and not comparison:
        return [("absorption_maximum", limits[0], "")] if of_light and len(limits) == 1 and limits[0].operator == "between" else None
    if words.rstrip(".") in _EXTREMES and of_light:
        return None  # 'maximum 360 nm' may be where the band has its maximum
    name = name or _BY_UNIT.get(unit.name if unit else "", "")
    if node.mentions("in_solvent"):
        name = "aqueous_solubility" if unit is not None and _dissolved(unit) and not in_other_solvent(node) else ""
    if "wavelength" in words and unit is not None and unit.name in ("nm", "eV", "µm"):
        name = "absorption_maximum"
    return [(name, limit, "") for limit in limits] if name else None


def _of_a_word(node: Node, word: Vague, lattice: Lattice) -> list[Measured] | None:
    """The number that a bracket gives to a word for a property: 'sparingly soluble in water (< 1 g/L)'; None where the two point apart."""
    kind, _, rest = (word.requires[0] if len(word.requires) == 1 and not word.special else "").partition(":")
    name, _, bound = rest.partition(" ")
    limits = limits_of(node, catalogue=lattice.catalogue)
    if (
        kind != "property"
        or limits is None
        or in_other_solvent(node)
        or len(limits) != 1
        or limits[0].operator not in ("<", "<=", ">", ">=")
    ):
        return None
    said = bool(limits[0].unit) or not lattice.catalogue[name].unit  # not 'not too heavy (< 400)'
    return _each(name, limits, "") if said and bound[:1] == limits[0].operator[0] else None
