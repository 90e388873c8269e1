"""Which of the words before the noun of the thing designed count: an unknown word may change its neighbours, and a thing may act on what is named."""

from __future__ import annotations

from agent.reading.head_groups import acts_on, composed, no_more
from agent.reading.head_parts import STRANGE, Found, Part
from agent.reading.lexicon import families
from agent.reading.mentions import Lattice, Mention
from agent.reading.modifiers import harmless
from agent.reading.uses import polymer_of

#: Nouns for what stands in the place of what is named before them.
_IN_PLACE_OF = frozenset(
    [
        "alternative",
        "alternatives",
        "substitute",
        "substitutes",
        "replacement",
        "replacements",
        "successor",
        "successors",
        "surrogate",
        "surrogates",
    ]
)


def judged(lattice: Lattice, found: Found) -> list[Part]:
    """The parts with those turned unknown that an unknown word may change, or that name what the thing acts on."""
    parts = [_family_named(lattice, part, found) for part in found.parts]
    for n, part in enumerate(parts[:-1]):
        if part.reason == STRANGE and parts[n + 1].sort == "unknown":
            parts[n] = Part("unknown", part.i, part.j)  # 'heat pump'
    turned: set[int] = set()
    for n, part in enumerate(parts):
        if part.sort != "unknown":
            continue
        for step in (-1, 1):
            m = n + step
            while 0 <= m < len(parts) and parts[m].sort in ("glue", "plain"):
                m += step
            before = step == 1 and 0 <= m < len(parts) and parts[n + 1].sort != "glue" and parts[m].sort == "read"
            if before and _harmless(lattice, parts, n, known=n in turned, noun=parts[m].groups):
                continue  # 'a melt-proof phosphite stabiliser', 'REACH-compliant yellow azo pigment'
            described = 0 <= m < len(parts) and bool(parts[m].statements) and all(s.kind == "vague" for s in parts[m].statements)
            if described and step == -1 and _target(lattice, part, found):
                continue
            if 0 <= m < len(parts) and parts[m].sort == "read" and not parts[m].free and not _rules(parts[m]):
                parts[m] = Part("unknown", parts[m].i, parts[m].j)
                turned.add(m)
                if step == 1 and m + 1 < len(parts) and parts[m + 1].sort == "read":
                    continue
    for n, part in enumerate(parts[:-1]):
        nouns = lattice.has(parts[n + 1].i, "role", "fam") and (parts[n + 1].family is None or _other_thing(parts[n + 1], found.noun))
        if any(s.kind == "vague" for s in part.statements) and parts[n + 1].sort in ("family", "unchecked") and nouns:
            parts[n] = Part("unchecked", part.i, part.j, reason="it is not said of which of the nouns behind it this is said")
    noun = found.noun
    parts = [_of_a_material(lattice, parts, n, noun) for n in range(len(parts))]
    parts = [_of_another_sense(lattice, part, noun) for part in parts]
    acted = [
        p
        for p in parts
        if p.groups
        and noun is not None
        and noun.kind == "role"
        and any(s.kind == "motif" and acts_on(lattice, noun, s.name) for s in p.statements)
    ]
    instead = noun is not None and lattice.lower(noun.j - 1) in _IN_PLACE_OF
    if noun is None or not composed(lattice, noun) or acted or instead:
        parts = [
            Part("unchecked", p.i, p.j, reason="it is not said whether the thing contains this or acts on it") if p.groups else p
            for p in parts
        ]
    return parts


def _other_thing(part: Part, noun: Mention | None) -> bool:
    """Whether a part names a family of polymers on which a molecule named behind it acts: 'flexible polyurethane foam catalyst'."""
    polymer = part.family is not None and part.family.candidate_class == "polymer"
    return (
        polymer
        and noun is not None
        and ((noun.kind == "role" and noun.value == "molecule") or (noun.kind == "fam" and noun.value.candidate_class == "molecule"))
    )


#: Nouns for drugs, before which an acronym names what they act on: 'a brain-penetrant GPCR antagonist'.
_DRUGS = ("inhibitor", "antagonist", "agonist", "modulator", "blocker", "degrader", "binder", "activator", "ligand")


def _target(lattice: Lattice, part: Part, found: Found) -> bool:
    """Whether an unknown word is the acronym of what a drug acts on, of which no adjective before it is said."""
    text = lattice.text(part.i, part.j)
    drug = found.noun is not None and lattice.lower(found.noun_end - 1).removesuffix("s") in _DRUGS
    return drug and len(text) > 2 and text.replace("-", "").isalnum() and sum(c.isupper() for c in text) > 1 and text[0].isupper()


def _harmless(lattice: Lattice, parts: list[Part], n: int, *, known: bool, noun: bool) -> bool:
    """Whether the unknown word that ends with part ``n`` leaves what stands behind it what it is. ``known``: only words beside it made it unknown; ``noun``: a noun may."""
    first = n
    while first >= 2 and parts[first - 1].sort == "glue" and parts[first - 2].sort == "unknown" and lattice.hyphen(parts[first - 1].i):
        first -= 2
    run = list(range(parts[first].i, parts[n].j))
    if len(run) == 3 and lattice.lower(run[0]) == "non":
        return _denied_of_it(lattice, run[2])
    word = "".join(lattice.lower(k) for k in run)
    degree = not noun and word.endswith("ly")  # 'partially fluorinated'
    return (known or no_more(lattice, run)) and not degree and harmless(word, noun=noun)


def _denied_of_it(lattice: Lattice, k: int) -> bool:
    """Whether the word at piece ``k``, behind 'non-', is what the thing is not, and no part of what is named behind it: 'non-CMR anhydride', not 'non-ester amide'."""
    word = lattice.pieces[k].text
    named = lattice.has(k, "grp", "derived", "elem", "cmpd", "fam", "role", "vague")
    return not named and (word.isupper() or harmless(word.lower()))


#: Materials that a thing named behind them works on: 'silicone oil thickener', 'phenol resin hardener'.
_MATERIALS = frozenset(["oil", "oils", "resin", "resins", "rubber", "rubbers", "foam", "foams", "film", "films", "fibre", "fibres", "fiber", "fibers", "coating", "coatings", "paint", "ink", "plastic", "elastomer", "glass", "membrane", "wax", "fluid", "polymer", "fabric", "fabrics"])  # fmt: skip

#: Those of them of which a polymer is the material.
_SHAPED = frozenset(["foam", "foams", "film", "films", "fibre", "fibres", "fiber", "fibers", "rubber", "fabric", "fabrics"])


def _of_a_material(lattice: Lattice, parts: list[Part], n: int, noun: Mention | None) -> Part:
    """Part ``n`` as unchecked, where it is a group or a family of polymers that names a material on which the thing may work: 'polyurethane-foam flame retardant'."""
    part = parts[n]
    behind = next((p for p in parts[n + 1 :] if p.sort not in ("glue", "plain")), None)
    if behind is None or behind.sort == "read" or lattice.lower(behind.i) not in _MATERIALS:
        return part
    either = noun is not None and noun.kind == "role" and noun.value == "either"
    shaped = part.family is not None and part.family.candidate_class == "polymer" and either and lattice.lower(behind.i) in _SHAPED
    if not part.groups and not shaped:
        return part
    return Part("unchecked", part.i, part.j, reason="it is not said whether the thing contains this or acts on it")


#: Words that say of a salt how it was made, and not which hydrogens it bears.
_OF_A_SOLVENT = frozenset(["protic", "aprotic"])
#: How the names of things end of which such words are said so.
_IONIC = ("salt", "salts", "ionic liquid", "ionic liquids", "electrolyte", "electrolytes", "melt", "melts", "ion", "ions")


def _of_another_sense(lattice: Lattice, part: Part, noun: Mention | None) -> Part:
    """The part as unchecked where its word has another sense before this noun: 'light emollient' (its feel), 'protic salt' (how it was made)."""
    if noun is None or part.sort != "read" or part.j != part.i + 1:
        return part
    word, text = lattice.lower(part.i), lattice.text(noun.i, noun.j).lower()
    generic = noun.kind not in ("role", "fam") or (noun.kind == "fam" and not noun.value.name)
    if word == "light" and not generic:
        return Part(
            "unchecked", part.i, part.j, reason="it is not said whether the mass is light, the feel, the colour or the boiling range"
        )
    if word in _OF_A_SOLVENT and text.endswith(_IONIC):
        return Part("unchecked", part.i, part.j, reason="of a salt this says how it was made, of an electrolyte what its solvent is")
    return part


def _family_named(lattice: Lattice, part: Part, found: Found) -> Part:
    """The part as a family of polymers, where it names one before a noun for a polymer: 'acrylic pressure-sensitive adhesive polymer'."""
    noun = found.noun
    generic = noun is not None and (
        noun.value == "polymer"
        if noun.kind == "role"
        else noun.kind == "fam" and noun.value.candidate_class == "polymer" and noun.value.name in ("", "polymer")
    )
    name = polymer_of().get(lattice.lower(part.i), "") if generic and part.j == part.i + 1 and part.sort in ("unknown", "read") else ""
    if not name or any(p.family is not None for p in found.parts) or lattice.hyphen(part.j):
        return part
    return Part("family", part.i, part.j, family=next(f for f in families() if f.name == name))


def _rules(part: Part) -> bool:
    """Whether a part names a rule set, which no other word changes: 'lead-like chemokine antagonist'."""
    return bool(part.statements) and all(s.kind == "rule_set" for s in part.statements)
