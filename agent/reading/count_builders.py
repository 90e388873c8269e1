"""Statements about counted parts of structures: groups, elements, atoms."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from agent.reading.comparisons import INVERSE, limits_of
from agent.reading.grammar import Node
from agent.reading.limit_builders import beside_the_word
from agent.reading.mentions import Lattice, Mention
from agent.reading.modifiers import UNKNOWN
from agent.reading.part_builders import parted
from agent.reading.registered import GROUPS
from agent.reading.stance import Built, Refusal, Stance
from agent.reading.statements import Limit, Statement


def count(node: Node, stance: Stance, lattice: Lattice) -> Built:
    """Counted groups, elements or atoms."""
    pair = node.first("pair")
    if pair is not None:
        name, _, number = str(pair.value).removeprefix("count:group:").partition(" == ")
        return None if stance.denied else [Statement("count", "", name=name, limit=Limit("==", low=float(number)))]
    fold = node.first("fold")
    if fold is not None:
        return _folded(node, stance, lattice)
    if stance.free or parted(node, lattice) or (not stance.strong and any(m.value == UNKNOWN for m in node.mentions("intersective"))):
        return None  # 'two nitro-free rings', 'at most 3 rings an ether', 'suggest 12 wibbly esters'
    if any(lattice.lower(m.j) == "-" and lattice.lower(m.j + 1) == "ring" for m in node.mentions("num")) and node.first("grp"):
        return None  # 'a five-ring cyclic carbonate'
    if _measured_value(node, lattice):
        return Refusal("a value of this name is measured, and is no number of groups")
    if _value_of(node, lattice):
        return Refusal("a number behind 'of' and a name is a value of what stands before it")  # 'logP of the ester is 3'
    limits = _times(node) or limits_of(node, catalogue=lattice.catalogue)
    if limits is None or any(limit.unit for limit in limits) or node.mentions("blame"):
        return None
    first = (node.nodes("Group") + node.nodes("Element"))[:1]
    apart = bool(first) and first[0].j < node.j and lattice.lower(first[0].j) == "," and not node.nodes("Degree")
    if apart and (stance.denied or (not node.first("times") and any(limit.operator == "bare" for limit in limits))):
        return None  # 'an ester, 2'
    if stance.denied and beside_the_word(node, lattice):
        return None  # 'not too many esters (< 3)'
    after = node.first("after")
    if after is not None and len(limits) == 1 and limits[0].operator == "bare":
        limits = [replace(limits[0], operator=str(after.value))]
    if stance.denied:
        if len(limits) > 1 or limits[0].operator not in INVERSE:
            return None
        limits = [replace(limits[0], operator=INVERSE[limits[0].operator])]
    if node.first("standing"):
        carbons = any(m.value == "C" for m in node.mentions("elem"))
        if stance.denied or carbons or any(limit.operator in ("<", "<=") for limit in limits):
            return Refusal("it counts the parts of one place, which need not be all")
        limits = [replace(limit, operator=">=", high=None) for limit in limits]  # 'two ethers on the outer ring'
    group, element = node.first("grp"), node.first("elem")
    if element is not None and node.mentions("intersective"):
        if stance.denied or any(limit.operator in ("<", "<=") for limit in limits):
            return Refusal("it counts the atoms of one place, which need not be all")
        limits = [replace(limit, operator=">=", high=None) for limit in limits]  # 'two lateral fluorines'
    if group is not None and limits == [Limit("bare", low=1.0)] and lattice.lower(node.j - 1) == "one" and not stance.denied:
        return [Statement("motif", "", name=group.value, smarts=GROUPS[group.value].smarts)]  # 'a plasticiser, and an ester one'
    if element is not None and element.value == "C" and node.mentions("groups"):
        return Refusal("it counts the carbons of a part, which are not all")  # 'a ten-carbon spacer'
    if group is not None and any(lattice.lower(m.j - 1) in ("carbon", "carbons") for m in node.mentions("groups")):
        return Refusal("it counts the carbons of a part, which are no groups")  # 'at most eight vinyl carbons'
    if element is not None and _of_a_part(node, limits, lattice):
        return Refusal("it counts the atoms of a part, which are not all")  # '12 carbons in its tail'
    if element is not None and _may_be_degrees(node, element, limits, lattice):
        return Refusal("it is not said whether C stands for carbon or for degrees Celsius")
    if node.nodes("Degree"):
        return _of_a_degree(node, stance, limits, lattice)
    if len(node.nodes("Group")) + len(node.nodes("Element")) > 1:
        return _counted_on(node, stance, limits)
    if group is not None and (named := _counted_property(group, lattice)):
        return [
            Statement("property", "", name=named, limit=limit) for limit in limits
        ]  # 'two gorgeous aromatic rings', as 'two aromatic rings'
    if group is not None:
        return [Statement("count", "", name=group.value, limit=limit) for limit in limits]
    if element is not None:
        return [Statement("count", "", name=element.value, what="element", limit=limit) for limit in limits]
    atoms = "'atoms' are counted without hydrogen"
    return [Statement("property", "", name="heavy_atoms", limit=limit, assumption=atoms) for limit in limits]


def _of_a_degree(node: Node, stance: Stance, limits: list[Limit], lattice: Lattice) -> Built:
    """'three hydroxyls, all primary': so many of that degree, and no others; None for what has no degrees."""
    degree = next(lattice.lower(k) for k in range(node.i, node.j) if lattice.lower(k) in ("primary", "secondary", "tertiary"))
    group = node.mentions("grp")[0].value
    name = f"{degree} {'alcohol' if group == 'hydroxyl' else group}"
    if (
        stance.denied
        or name not in GROUPS
        or any(limit.operator not in ("bare", "==", ">=", "<=", ">", "<", "between") for limit in limits)
    ):
        return None
    return [Statement("count", "", name=each, limit=limit) for limit in limits for each in (name, group)]


def _value_of(node: Node, lattice: Lattice) -> bool:
    """Whether the name that is counted hangs on a word before it by 'of', and the number follows: 'logP of the ester is 3', not 'the number of esters is 3'."""
    number, name, before = node.first("num"), node.first("grp") or node.first("elem"), lattice.lower(node.i - 1)
    if number is None or name is None or number.i < name.i:
        return False
    return before == "of" or (before in ("the", "an", "a", "this", "our") and lattice.lower(node.i - 2) == "of")


def _counted_property(group: Mention, lattice: Lattice) -> str:
    """The property that counts what the same words call a group; '' where none does."""
    if group.value in _COUNTED_AS:
        return _COUNTED_AS[group.value]
    if "fused aromatic ring" in lattice.text(group.i, group.j).lower():
        return "aromatic_rings"  # 'two fused aromatic rings' are two rings, not two systems
    same = [str(m.value) for m in lattice.of(group.i, "prop") if m.j == group.j and lattice.catalogue[m.value].integer]
    return same[0] if same and group.value != "benzene ring" else ""


#: Groups of which a property is the number.
_COUNTED_AS = {"aromatic ring": "aromatic_rings", "heteroaromatic": "aromatic_heterocycles"}


def _folded(node: Node, stance: Stance, lattice: Lattice) -> Built:
    """'bis-hydrazide', 'trifunctional epoxy': so many of the group."""
    groups, fold = node.mentions("grp"), node.mentions("fold")[0]
    if stance.denied or stance.soft or len(groups) != 1 or node.mentions("blame", "ions", "uncombined"):
        return None
    if not (stance.strong or stance.listed or lattice.lower(node.i) in ("a", "an") or lattice.lower(node.i - 1) in ("a", "an")):
        return None
    return [Statement("count", "", name=groups[0].value, limit=Limit("==", low=float(fold.value)))]


#: Nouns for a part of which a number of atoms is said.
PARTS_OF_IT = (
    "tail",
    "chain",
    "head",
    "core",
    "arm",
    "spacer",
    "linker",
    "backbone",
    "ring",
    "substituent",
    "group",
    "unit",
    "segment",
    "cation",
    "anion",
)


def _of_a_part(node: Node, limits: list[Limit], lattice: Lattice) -> bool:
    """Whether the number of atoms is bounded from above, and one of a part is said: the whole may have more."""
    where = " ".join(lattice.text(m.i, m.j).lower() for m in (*node.mentions("unit_of_count"), *lattice.of(node.j, "placed_after")))
    return (
        "repeat" not in where and any(noun in where for noun in PARTS_OF_IT) and any(limit.operator not in (">", ">=") for limit in limits)
    )


#: Most atoms that 'C' or 'F' right behind a number counts where no other symbol is counted beside it; more are degrees.
_MOST_BY_SYMBOL = 30.0


def _may_be_degrees(node: Node, element: Mention, limits: list[Limit], lattice: Lattice) -> bool:
    """Whether the C or F behind a number may be one of degrees: 'at least 60 C', not '60 C atoms' or '60 C and 2 N'."""
    if lattice.pieces[element.i].text not in ("C", "F") or node.mentions("atoms", "groups"):
        return False
    counted = [
        n
        for n in range(1, len(lattice.pieces))
        if lattice.has(n, "elem") and any(m.j == n for k in (n - 1, n - 2) for m in lattice.of(k, "num"))
    ]
    if any(lattice.pieces[n].text not in ("C", "F") for n in counted):
        return False
    many = any((number or 0.0) > _MOST_BY_SYMBOL for limit in limits for number in (limit.low, limit.high))
    return many or lattice.lower(node.i - 1) == "of" or any((limit.low or 0.0) < 0 for limit in limits)


def _counted_on(node: Node, stance: Stance, limits: list[Limit]) -> Built:
    """'two primary amines on a benzene ring': so many of the first, and the second."""
    first = node.mentions("grp", "elem")[0]
    if stance.denied or any(limit.operator in ("<", "<=") or not limit.low for limit in limits):
        return None
    what: Literal["element", "group"] = "element" if first.kind == "elem" else "group"
    counted = [Statement("count", "", name=first.value, what=what, limit=limit) for limit in limits]
    if len(node.nodes("Group")) < 2 and first.kind == "grp":
        return counted  # 'two cyclohexyls on phosphorus'
    *_, second = (m.value for m in node.mentions("grp"))
    return [*counted, Statement("motif", "", name=second, smarts=GROUPS[second].smarts)]


#: Words behind a group or element that make it the name of a measured property: 'hydroxyl value', 'iodine values'.
_VALUES = frozenset(["value", "values", "level", "levels"])


def _measured_value(node: Node, lattice: Lattice) -> bool:
    """Whether a value, named after a group or element, is compared."""
    return any(lattice.lower(m.j) in _VALUES for m in node.mentions("grp", "elem", "groups", "atoms"))


def _times(node: Node) -> list[Limit] | None:
    """'tert-butyl twice', 'sulfonic acid x4'."""
    times = node.first("times")
    if times is not None:
        said = [str(m.value) for m in node.mentions("cmp")]
        return [Limit(said[0] if said else "==", low=float(times.value))] if len(said) < 2 and "~" not in said else None
    if node.nodes("Limit") or node.first("num") is None or node.mentions("plus"):
        return None
    return [Limit("==", low=float(node.mentions("num")[0].value))]
