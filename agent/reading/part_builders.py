"""Statements about parts of structures: groups, elements, compounds; counted, asked for or denied."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

from rdkit import Chem

from agent.reading.comparisons import reference_of
from agent.reading.grammar import Node
from agent.reading.list_items import bound_to_ions, class_of_the_other, named_apart, named_by_parts, of_halogens, taken_up
from agent.reading.mentions import Lattice, Mention
from agent.reading.registered import GROUPS
from agent.reading.stance import Built, Stance
from agent.reading.statements import Limit, Ref, Statement
from tools.catalogue.catalogue import Catalogue


def parted(node: Node, lattice: Lattice) -> bool:
    """Whether an article parts a noun for parts from the group behind it, so that the two are not one."""
    ends = {m.j for m in node.mentions("groups")}
    return any(lattice.lower(k) in ("a", "an", "the") for m in node.mentions("grp") for k in range(max(node.i, m.i - 2), m.i) if k in ends)


#: Nouns for parts behind a name that say no more than it does: 'nitro-group-free'.
_PLAIN_NOUNS = frozenset(
    ["group", "groups", "ring", "rings", "unit", "units", "bond", "bonds", "moiety", "moieties", "function", "functions"]
)


def _freed_of_the_noun(node: Node, lattice: Lattice) -> bool:
    """Whether '-free' is joined to a noun of its own behind a name: 'an oxindole warhead-free core' is free of warheads."""
    last = node.mentions()[-1]
    return last.kind == "groups" and lattice.lower(last.j - 1) not in _PLAIN_NOUNS and lattice.hyphen(last.j)


def _ends_with_only(node: Node, lattice: Lattice) -> bool:
    """Whether 'only' or 'exclusively' ends what is said between two signs: 'hydrofluoroethers only', not 'esters only as a last resort'."""
    ends = node.j >= len(lattice.pieces) or lattice.lower(node.j) in (",", ".", ";", "!")
    return ends and lattice.lower(node.j - 1) in ("only", "exclusively")


def any_of(node: Node, stance: Stance, lattice: Lattice) -> Built:
    """'at least one of nitro, cyano or azide', 'at least one acid or tetrazole'."""
    names = [m.value for m in node.mentions("grp")]
    if counted := node.mentions("num"):
        items = [item for part in node.nodes("List") for item in part.nodes("Item")]
        least = [str(m.value) for m in node.mentions("cmp")] in ([], [">="]) and [float(m.value) for m in counted] == [1.0]
        joints = joints_of(items, lattice)
        if not least or not joints or joints[-1].strip(", ") != "or" or any(j not in ("or", ",", ", or") for j in joints):
            return None  # 'one acid and tetrazole', 'at most one amide or ester'
    if stance.denied or len(names) < 2 or len(names) != len(node.nodes("Item")):
        return None
    return [choice(names)]


def choice(names: list[str]) -> Statement:
    """One of several groups."""
    names = list(dict.fromkeys(names))
    smarts = GROUPS[names[0]].smarts if len(names) == 1 else "[" + ",".join(f"$({GROUPS[n].smarts})" for n in names) + "]"
    return Statement("motif", "", name=" or ".join(names), smarts=smarts)


def motif(node: Node, stance: Stance, lattice: Lattice) -> Built:
    """A list of groups, elements or compounds, asked for or denied."""
    if _no_list(node, stance, lattice):
        return None
    items = [item for part in node.nodes("List") for item in part.nodes("Item")]
    only = bool(node.mentions("only_after"))
    if only and (
        node.mentions("intersective")
        or stance.denied
        or len(items) > 1
        or items[0].first("grp") is None
        or lattice.has(items[0].mentions()[0].i, "elems", "formula")
        or not _ends_with_only(node, lattice)
    ):
        return None
    if (not stance.denied or stance.removing) and taken_up(node, items, stance, lattice):
        return None  # 'carry hydrogen', 'chelating zinc'
    forms = [form_of(item, lattice) for item in items]
    joints = joints_of(items, lattice)
    mixed = forms[0].article and not all(form.article for form in forms)
    if not stance.denied and mixed and joints[-1] == ",":
        return None  # 'with a phenol, esters'
    last = items[-1].mentions()[-1]
    if last.kind in ("groups", "atoms") or lattice.lower(last.j - 1) in ("groups", "group", "rings"):
        forms = [replace(form, counted=False) for form in forms]  # 'nitro and azide groups'
    if _said_of_some(node, stance, items, forms, joints, lattice):
        return None
    if stance.denied:
        none_of = lattice.lower(node.i - 2) == "none" and lattice.lower(node.i - 1) == "of" and "nor" not in joints
        headed = (
            none_of
            or (lattice.lower(node.i - 1) == ":" and "nor" not in joints)
            or (bool(joints) and stance.late and _subjects(node, items, joints, lattice))
        )
        if not headed and joints and set(joints) == {","} and named_apart(items, node.j, lattice):
            return None  # 'no styrene, hydroxyl groups for crosslinking'
        items_denied = (
            each(items, denied=True, catalogue=lattice.catalogue)
            if headed
            else _denied_items(items, forms, joints, catalogue=lattice.catalogue)
        )
        return _blamed(node, lattice, items_denied)
    if not stance.holding and any(item.mentions("cmpd") and not item.mentions("grp") for item in items):
        return None
    if len(items) == 1 and (element := items[0].first("elem")) is not None and element.value in ("C", "H"):
        return None  # every structure has them: 'a COOEt-bearing carbon' speaks of a place
    asked = stance.strong or forms[0].article or stance.listed or only
    if (
        not asked
        or "nor" in joints
        or (not stance.strong and not stance.listed and not only and any(f.plural and not f.article for f in forms))
    ):
        return None
    if len(items) > 1 and any("or" in joint for joint in joints) and node.mentions("standing", "intersective"):
        return None  # 'click-ready rhodamine, azide or alkyne'
    if all(item.first("grp") for item in items) and len(items) > 1 and "or" in joints:
        if any(j not in ("or", ",", "/", ", or") for j in joints) or (stance.listed and not stance.strong and {",", "or"} <= set(joints)):
            return None  # 'terpyridine, amide or urea'
        return [choice([item.mentions("grp")[0].value for item in items])]
    if "or" in " ".join(joints) or "/" in joints:
        return None
    return each(items, denied=False, catalogue=lattice.catalogue)


def _no_list(node: Node, stance: Stance, lattice: Lattice) -> bool:
    """Whether what looks like a list of parts asks for none and denies none: it is not framed, leaves others, or is half of something else."""
    if (
        not (stance.denied or stance.strong or stance.listed or node.mentions("only_after"))
        and not form_of(_first_item(node), lattice).article
    ):
        return True
    if stance.denied and (node.mentions("intersective") or any(m.value is not True for m in node.mentions("standing"))):
        return True  # 'no hindered esters', 'no esters in the outer arms' leave others
    if parted(node, lattice):
        return True
    bracketed = lattice.lower(node.i - 1) in ("(", "[")  # 'CHON only (C, H, O, N)'
    if not (stance.denied or bracketed or node.mentions("only_after")) and any(m.value == "H" for m in node.mentions("elem")):
        return True  # ', H and O': every molecule has hydrogen, so that the letters are the rest of something else
    if node.mentions("tail") and (stance.denied or stance.soft):
        return True  # 'no quinoline antimalarial nucleus' leaves other quinolines
    if stance.free and _freed_of_the_noun(node, lattice):
        return True
    if bound_to_ions(node):
        return True  # 'as the amine salt'
    if node.nodes("Shared") and not stance.denied and "or" in [lattice.lower(k) for k in range(node.i, node.j)]:
        return True
    if node.nodes("Hanging") and not stance.free:
        return True  # 'cobalt- and chromium ...'
    if node.mentions("halide") and (not stance.denied or not of_halogens(node)):
        return True  # 'acyl chloride or bromide'
    blamed = node.mentions("blame", "every")
    if any(lattice.hyphen(m.i - 1) for m in blamed):
        return True  # 'non-blooming amide'
    return bool(blamed) and not stance.denied  # 'a nasty ester', 'every ester'


def _said_of_some(node: Node, stance: Stance, items: list[Node], forms: list[Form], joints: list[str], lattice: Lattice) -> bool:
    """Whether what a list is said to be at its end may hold for some of its items only."""
    if stance.disallowed and joints and joints[-1] in (",", "and", "plus"):
        return True  # 'no iodine, fluorine allowed'
    if stance.free and class_of_the_other(items):
        return True  # 'zinc or metal-free': free of both, or a choice of zinc and of none
    if stance.free and joints and (stance.strong or any(form.article for form in forms)):
        return True  # 'must contain a pyridine and halogen-free'
    if stance.free and any("," in joint for joint in joints) and not node.nodes("Hanging"):
        return True  # 'a carbazole core, halogen-free'
    if (
        stance.late
        and any("," in joint for joint in joints)
        and not _subjects(node, items, joints, lattice)
        and not all(f.plural or item.first("elem") for f, item in zip(forms, items, strict=True))
    ):
        return True  # 'phosphate, chlorine and bromine barred'
    if stance.late and joints and forms[0].article and not all(form.article for form in forms):
        return True  # 'attached to a thiophene and phenols excluded'
    if stance.suffixed and stance.denied and joints:
        return True  # 'never a peroxide and Fmoc-protected'
    # 'a long chain, nitrogen undesirable'
    return stance.late and bool(joints) and (joints[-1] == "," or (any(f.article for f in forms) and not stance.strong))


#: Verbs whose subject is all of a list before them.
_OF_SEVERAL = frozenset(["are", "were", "must", "should", "shall", "have", "may", "cannot", "can"])


def _subjects(node: Node, items: list[Node], joints: list[str], lattice: Lattice) -> bool:
    """Whether a list with 'and' or 'or' begins a sentence and has a verb of its own, so that it is all denied: 'Azo, azoxy and peroxides are ...'."""
    begins = node.i == 0 or lattice.lower(node.i - 1) in (".", ";", "!", "?")
    closed = joints[-1].strip(", ") in ("and", "or") and "," not in joints[-1].rstrip()[1:]
    return begins and closed and len(items) > 2 and lattice.lower(items[-1].j) in _OF_SEVERAL


def _first_item(node: Node) -> Node:
    """The item with which the list in ``node`` begins."""
    return next(part for part in node.nodes("List")[0].parts if isinstance(part, Node))


def _blamed(node: Node, lattice: Lattice, built: Built) -> Built:
    """The statements, with what is assumed of a word that says why a group is excluded, not which: 'no nasty catechols'."""
    blame = node.mentions("blame")
    if not blame or not isinstance(built, list):
        return built
    said = ", ".join(f"'{lattice.text(m.i, m.j)}'" for m in blame)
    return [replace(built[0], assumption=f"{said} is taken to say why all of them are excluded, not which"), *built[1:]]


@dataclass(frozen=True)
class Form:
    """How an item of a list is written: with 'a' or 'an', in the plural; whether it is a noun that has one."""

    article: bool
    plural: bool
    counted: bool


def form_of(item: Node, lattice: Lattice) -> Form:
    """``item`` begins where its articles begin."""
    first = min(m.i for m in item.mentions())
    words = {lattice.lower(k) for k in range(item.i, first)} | {lattice.lower(item.i - 1)}
    last = max(m.j for m in item.mentions())
    text = lattice.lower(last - 1)
    return Form(
        bool(words & {"a", "an"}),
        (text.endswith("s") and not text.endswith("ss")) or "any" in words,
        item.first("elem") is None and not any(m.j == last for m in lattice.of(first, "cmpd")),
    )


#: Words that add a part to a part: 'an ester with a long chain'.
_ADDING = ("with", "bearing", "carrying", "containing", "w", "plus")


def joints_of(items: list[Node], lattice: Lattice) -> list[str]:
    """What joins each of ``items`` to the next: ',', 'and', ', or'."""
    joints = []
    for left, right in pairwise(items):
        first = min(m.i for m in right.mentions())
        joints.append(" ".join(w for w in _joining(left.j, first, lattice) if w in ("and", "or", "nor", ",", "/", ";", *_ADDING)))
    return joints


def _joining(i: int, j: int, lattice: Lattice) -> list[str]:
    """The words of pieces ``i`` to ``j`` (exclusive), those that stand for 'or' ('failing that', 'alternatively') as one 'or' without its signs."""
    words: list[str] = []
    while i < j:
        said = [m for m in lattice.of(i, "or") if m.j <= j and lattice.lower(m.i) not in ("or", "either", "and")]
        longer = [m for m in lattice.of(i, "or") if m.j <= j and "failing" in lattice.text(m.i, m.j).lower()]
        if said or longer:
            words = [*(w for w in words if w not in (",", ";")), "or"]
            i = max(m.j for m in (*said, *longer))
        else:
            words.append(lattice.lower(i))
            i += 1
    return words


def _denied_items(items: list[Node], forms: list[Form], joints: list[str], *, catalogue: Catalogue) -> Built:
    """'no A, B or C': every item with the grammar of the first one."""
    if any(joint in _ADDING for joint in joints):
        return None  # 'no ester with a long chain' leaves others
    if joints and joints[-1] == "," and forms[0].article:
        return None  # 'never an ester, an amide': it is not said how the list goes on
    if joints and all(joint == "," for joint in joints) and not _alike(forms):
        return None  # 'without gadolinium, nitroxide radical': it is not said whether the negation goes on
    listed = bool(joints) and joints[-1] in ("or", "nor", ", or", ", nor", "and", ", and", "/")
    for form, joint in zip(forms[1:], joints, strict=True):
        alternative = "or" in joint.replace(",", " ").split() or "nor" in joint
        if form.article and not forms[0].article and not alternative:
            return None
        if (
            form.counted
            and forms[0].counted
            and form.plural != forms[0].plural
            and not (alternative or (listed and joints[-1].strip(", ") in ("or", "nor")))
        ):
            return None
    return each(items, denied=True, catalogue=catalogue)


def _alike(forms: list[Form]) -> bool:
    """Whether all items are elements or compounds, or all are plurals, so that a comma between them goes on with what was said of the first."""
    return not any(form.counted for form in forms) or all(form.plural for form in forms)


def each(items: list[Node], *, denied: bool, catalogue: Catalogue) -> Built:
    """What each of ``items`` states; None if one of them states nothing."""
    built: list[Statement] = []
    for item in items:
        built += [Statement("motif", "", name=m.value, smarts=GROUPS[m.value].smarts, wanted=not denied) for m in item.mentions("shared")]
        if derived := item.first("derived"):
            if denied:
                return None  # 'no arylsilanes' leaves other silanes
            built += named_by_parts(derived)
            continue
        mention = item.mentions("grp", "elem", "halide", "cmpd", "smiles", "prop")[0]
        one = present(mention, denied, catalogue=catalogue)
        if one is None:
            return None
        built.append(one)
    return built


def present(mention: Mention, denied: bool, *, catalogue: Catalogue) -> Statement | None:
    """A part that must, or must not, be there; None for what is no part."""
    if mention.kind == "grp":
        return Statement("motif", "", name=mention.value, smarts=GROUPS[mention.value].smarts, wanted=not denied)
    if mention.kind == "elem":
        limit = Limit("==", low=0.0) if denied else Limit(">=", low=1.0)
        return Statement("count", "", name=mention.value, what="element", limit=limit)
    if mention.kind == "halide":
        return Statement("count", "", name=mention.value, what="element", limit=Limit("==", low=0.0)) if denied else None
    if mention.kind == "prop":
        if mention.value == "formal_charge" and denied:
            return Statement("property", "", name="formal_charge", limit=Limit("==", low=0.0))  # 'no charge'
        if not catalogue[mention.value].integer or mention.value in ("formal_charge", "valence_electrons"):
            return None
        bonds = {"double_bonds": "alkene", "triple_bonds": "alkyne", "amide_bonds": "amide"}.get(mention.value)
        if bonds is not None and mention.j - mention.i <= 2 and not (denied and bonds == "alkyne"):  # 'no double bonds' speaks of carbon
            return Statement("motif", "", name=bonds, smarts=GROUPS[bonds].smarts, wanted=not denied)
        return Statement("property", "", name=mention.value, limit=Limit("==", low=0.0) if denied else Limit(">=", low=1.0))
    name, smiles = mention.value if mention.kind == "cmpd" else ("", mention.value)
    if denied and mention.kind == "cmpd" and _small(smiles):
        return None
    return Statement("motif", "", name=name, ref=Ref(name, smiles), wanted=not denied)


#: A named compound with fewer heavy atoms is a part of too many others: without acetone is not without every ketone.
_LEAST_NAMED = 7


def _small(smiles: str) -> bool:
    mol = Chem.MolFromSmiles(smiles)
    return mol is not None and mol.GetNumHeavyAtoms() < _LEAST_NAMED


def all_but(node: Node, stance: Stance, lattice: Lattice) -> Built:
    """'no halogens except fluorine': the other halogens are excluded; 'no heteroatoms other than oxygen': carbon, hydrogen and oxygen are left."""
    spared = {m.value for m in node.mentions("elem")}
    if not node.mentions("grp"):
        hetero = any(m.value == "heteroatoms" for m in node.mentions("prop"))
        if not stance.denied or not (hetero or {"C", "H"} <= spared) or any(m.value != "heteroatoms" for m in node.mentions("prop")):
            return None
        return [Statement("elements", "", elements=tuple(sorted(spared | {"C", "H"})))]
    halogens = ("F", "Cl", "Br", "I")
    if not stance.denied or node.mentions("grp")[0].value != "halogen" or not spared <= set(halogens):
        return None
    return [Statement("count", "", name=x, what="element", limit=Limit("==", low=0.0)) for x in halogens if x not in spared]


def kept_out(node: Node, stance: Stance, lattice: Lattice) -> Built:
    """'keep imines out'."""
    return motif(node, replace(stance, denied=not stance.denied), lattice)


def kept_group(node: Node, stance: Stance, lattice: Lattice) -> Built:
    """'keep the carboxylic acid': of 'my compound'; where the goal has none, every structure must have one."""
    names = [m.value for m in node.mentions("grp")]
    return [Statement("kept", "", name=name, shape="part", smarts=GROUPS[name].smarts, ref=reference_of(node)) for name in names]


def kept(node: Node, stance: Stance, lattice: Lattice) -> Built:
    """'without changing the core', 'leave the ester untouched': of the compound of the goal."""
    group = node.first("grp")
    if group is None:
        return [Statement("kept", "", shape="core", ref=reference_of(node))]
    return [Statement("kept", "", name=m.value, shape="part", ref=reference_of(node)) for m in node.mentions("grp")]


def varied(node: Node, stance: Stance, lattice: Lattice) -> Built:
    """'only vary the ester', 'substituents on the phenyl ring may change': the rest of the compound of the goal stays."""
    shape = "around" if node.mentions("around") else "but"
    return [Statement("kept", "", name=node.mentions("grp")[0].value, shape=shape)]


def derivative(node: Node, stance: Stance, lattice: Lattice) -> Built:
    """'coumarin derivatives': a ring system must be present."""
    name = node.mentions("grp")[0].value
    return [Statement("motif", "", name=name, smarts=GROUPS[name].smarts)]
