"""Statements about two parts that are named together: both are there, or one and not the other."""

from __future__ import annotations

from dataclasses import replace

from rdkit import Chem

from agent.reading.grammar import Node
from agent.reading.mentions import Lattice
from agent.reading.part_builders import each, form_of
from agent.reading.registered import GROUPS
from agent.reading.stance import Built, Stance
from agent.reading.statements import Limit, Statement


def placed(node: Node, stance: Stance, lattice: Lattice) -> Built:
    """'difluoromethyl on the pyrazole', 'an amine on each ring': both are there."""
    first, *second = node.nodes("Group")
    if node.mentions("blame", "ions") or not (stance.strong or stance.listed or form_of(first, lattice).article):
        return None
    capped = first.first("grp")
    if capped is not None and capped.value in _PROTECTING:
        second = []  # 'Boc on the amine' is a carbamate, and no amine
    return each([first, *second], denied=False, catalogue=lattice.catalogue)


#: Groups that make something else of what they sit on.
_PROTECTING = frozenset(["Boc", "Cbz", "Fmoc", "tosyl", "mesyl", "acetyl"])


def ends(node: Node, stance: Stance, lattice: Lattice) -> Built:
    """'an azide on one end and a carboxylic acid on the other': both are there; where they stand is not told apart."""
    first, second = node.nodes("Group")
    asked = stance.strong or stance.listed or (form_of(first, lattice).article and form_of(second, lattice).article)
    if stance.denied or node.mentions("blame", "ions") or not asked:
        return None
    return each([first, second], denied=False, catalogue=lattice.catalogue)


def both(node: Node, stance: Stance, lattice: Lattice) -> Built:
    """'a macrocyclic ketone', 'phenolic oximes': both groups."""
    if not (stance.strong or stance.listed or form_of(node, lattice).article):
        return None
    compounded = node.first("compounded")
    suffix = node.first("containing_suffix")
    if suffix is not None:  # 'an Fmoc-capped dipeptide'
        if not lattice.hyphen(suffix.i - 1) or lattice.lower(suffix.i) in _SAID_OF_BOTH:
            return None
        return [Statement("motif", "", name=m.value, smarts=GROUPS[m.value].smarts) for m in node.mentions("grp")]
    if compounded is not None:
        return [Statement("motif", "", name=name, smarts=GROUPS[name].smarts) for name in compounded.value]
    first = node.mentions("adjectival", "substituent", "grp")[0].value
    pair = node.first("pair")
    if pair is not None:
        name, _, number = str(pair.value).removeprefix("count:group:").partition(" == ")
        counted = Statement("count", "", name=name, limit=Limit("==", low=float(number)))
        return [Statement("motif", "", name=first, smarts=GROUPS[first].smarts), counted]
    names = [first, node.mentions("grp")[0].value]
    return [Statement("motif", "", name=name, smarts=GROUPS[name].smarts) for name in names]


#: Words behind a group with which it need not be there any longer: 'phenol-modified'.
_SAID_OF_BOTH = frozenset(["based", "modified"])


def contrast(node: Node, stance: Stance, lattice: Lattice) -> Built:
    """'ethoxy not methoxy': the first, and not the second."""
    items = node.nodes("Group") + node.nodes("Element")
    wanted, spurned = sorted(items, key=lambda item: item.i)
    if node.mentions("blame") or not (stance.strong or stance.listed or form_of(wanted, lattice).article):
        return None
    asked = each([wanted], denied=False, catalogue=lattice.catalogue)
    denied = each([spurned], denied=True, catalogue=lattice.catalogue)
    if isinstance(asked, list) and holds_the_other(wanted, spurned):
        said = f"{wanted.first('grp').value} holds the pattern of {spurned.first('grp').value}, so nothing is excluded"  # type: ignore[union-attr]
        return [replace(s, assumption=said) for s in asked]  # 'diamantane rather than adamantane'
    return [*asked, *denied] if isinstance(asked, list) and isinstance(denied, list) else None


def holds_the_other(wanted: Node, spurned: Node) -> bool:
    """Whether the first of two named groups cannot be there without the second."""
    one, other = wanted.first("grp"), spurned.first("grp")
    if one is None or other is None:
        return False
    example, query = Chem.MolFromSmiles(GROUPS[one.value].example), Chem.MolFromSmarts(GROUPS[other.value].smarts)
    return example is not None and query is not None and bool(example.HasSubstructMatch(query))


def likened(node: Node, stance: Stance, lattice: Lattice) -> Built:
    """'a cholesterol-like steroid': the group; how like it must be is not said."""
    compound, group = node.mentions("cmpd")[0], node.mentions("grp")[0]
    if not lattice.hyphen(compound.j) or not (stance.strong or stance.listed or form_of(node, lattice).article):
        return None
    said = f"'{lattice.text(compound.i, group.i)}' sets no least similarity"
    return [Statement("motif", "", name=group.value, smarts=GROUPS[group.value].smarts, assumption=said)]


def freed(node: Node, stance: Stance, lattice: Lattice) -> Built:
    """'metal-free phthalocyanine': the second, and not the first."""
    lacked, wanted = sorted(node.nodes("Group") + node.nodes("Element"), key=lambda item: item.i)
    if not lattice.hyphen(lacked.j) or node.mentions("blame") or not (stance.strong or stance.listed or form_of(lacked, lattice).article):
        return None
    denied = each([lacked], denied=True, catalogue=lattice.catalogue)
    asked = each([wanted], denied=False, catalogue=lattice.catalogue)
    return [*denied, *asked] if isinstance(asked, list) and isinstance(denied, list) else None
