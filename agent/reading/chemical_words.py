"""Words for groups, elements, compounds, properties and rule sets, beside those of the registered tables."""

from __future__ import annotations

from typing import Any

from agent.reading.keys import key_of
from agent.reading.phrases import words_of
from agent.reading.registered import GROUPS, RULE_SETS, common_names, group_words, plural
from tools.catalogue.catalogue import Catalogue
from tools.catalogue.element_shares import ELEMENT_OF

ELEMENT_NAMES = {
    "hydrogen": "H", "carbon": "C", "nitrogen": "N", "oxygen": "O", "fluorine": "F", "chlorine": "Cl", "bromine": "Br", "iodine": "I",
    "sulfur": "S", "sulphur": "S", "phosphorus": "P", "phosphorous": "P", "silicon": "Si", "boron": "B", "selenium": "Se", "tin": "Sn",
    "lithium": "Li", "sodium": "Na", "potassium": "K", "magnesium": "Mg", "aluminium": "Al", "aluminum": "Al", "zinc": "Zn", "iron": "Fe",
    "copper": "Cu", "nickel": "Ni", "palladium": "Pd", "platinum": "Pt", "gold": "Au", "silver": "Ag", "mercury": "Hg", "lead atom": "Pb",
    "gadolinium": "Gd", "titanium": "Ti", "zirconium": "Zr", "manganese": "Mn", "tungsten": "W", "molybdenum": "Mo", "vanadium": "V", "cadmium": "Cd", "antimony": "Sb", "bismuth": "Bi", "calcium": "Ca", "barium": "Ba", "rhodium": "Rh", "osmium": "Os", "rhenium": "Re", "europium": "Eu", "terbium": "Tb", "uranium": "U", "beryllium": "Be", "gallium": "Ga", "indium": "In", "thallium": "Tl", "arsenic": "As", "tellurium": "Te", "germanium": "Ge", "iridium": "Ir", "ruthenium": "Ru", "cobalt": "Co", "chromium": "Cr",
"fluoro": "F", "chloro": "Cl", "bromo": "Br", "iodo": "I",
}  # fmt: skip

#: Salts of a halogen: what excludes them excludes the halogen; asked for, they are counter-ions, which are no part of a structure here.
_HALIDES = {"fluoride": "F", "chloride": "Cl", "bromide": "Br", "iodide": "I"}

#: Adjectives that name a group of their own beside the noun.
_ADJECTIVAL = {"macrocyclic": "macrocycle", "phenolic": "phenol", "spirocyclic": "spiro centre"}

#: Adjectives in their plain degree ('half as heavy as'), with the property and the sense in which they grow with it.
_SCALES = {
    "heavy": ("molecular_weight", 1),
    "light": ("molecular_weight", -1),
    "large": ("molecular_weight", 1),
    "small": ("molecular_weight", -1),
    "greasy": ("logp", 1),
    "rigid": ("rotatable_bonds", -1),
    "polar": ("tpsa", 1),
}


def add_chemistry(add: Any, catalogue: Catalogue) -> None:
    for word, name in _ADJECTIVAL.items():
        add(word, "adjectival", name)
    for name, words in words_of("parts.toml")["words"].items():
        for word in words:
            for form in (word, plural(word)):
                add(form.removeprefix("-"), "grp", name)
    for word, name in group_words().items():
        if word.endswith("oxy"):
            add(f"{word}s", "grp", name)
    for word, symbol in _HALIDES.items():
        add(word, "halide", symbol)
        add(plural(word), "halide", symbol)
    add("lead", "halide", "Pb")
    for name, words in words_of("abbreviations.toml")["properties"].items():
        for word in words:
            add(word, "prop", name)
    for name, symbol in ELEMENT_OF.items():
        for word in _shares(symbol) if name in catalogue else ():
            add(word, "prop", name)
    for name, words in words_of("properties.toml")["words"].items():
        for word in words if name in catalogue else ():
            for form in (word, plural(word)):
                add(form, "prop", name)
    for word, scale in _SCALES.items():
        add(word, "scale", scale)
    for definition in catalogue:
        for word in definition.goal_words:
            add(word, "prop", definition.name)
    for word, name in catalogue.words().items():
        add(word, "prop", name)
        add(plural(word), "prop", name)
    for definition in catalogue:
        add(definition.label.split(" (")[0], "prop", definition.name)
        for words, sign in ((definition.up_words, 1), (definition.down_words, -1)):
            for word in words:
                base, flip = _base(word)
                add(base, "scale", (definition.name, sign * flip))
    for word, name in group_words().items():
        if key_of(word) and not word.startswith("-"):
            add(word, "grp", name)
    for word, name in (_joined() | _greek() | _reordered() | _abbreviated()).items():
        add(word, "grp", name)
    for word, both in _compounded(group_words()).items():
        add(word, "compounded", both)
    for word, name in _substituents().items():
        add(word, "substituent", name)
    for word in ("disiloxane", "trisiloxane", "tetrasiloxane", "oligosiloxane"):
        add(word, "derived", (("siloxane", 0),))
    for word, (name, smiles) in common_names().items():
        add(word, "cmpd", (name, smiles))
    for word, symbol in ELEMENT_NAMES.items():
        add(word, "elem", symbol)
        add(plural(word), "elem", symbol)
    for rules in RULE_SETS.values():
        for word in (rules.name, *rules.words):
            add(word, "rule", rules.name)


#: How the share of an element in the mass is called: '{}' is its symbol, or its name.
_SHARE_WORDS = (
    "{} loading", "{} share", "{} fraction by mass", "{} mass fraction", "mass fraction of {}", "weight fraction of {}", "{} content (wt%)", "{} content (%)", "{} (wt%)", "{} wt%", "wt% {}", "wt.% {}", "wt-% {}",
    "% {}", "%{}", "weight % {}", "mass% {}", "% {} (w/w)", "% {} by weight", "total {} by mass", "total {} by weight", "mass of {}", "{} mass percent", "{} weight percent", "gravimetric {} share", "gravimetric {} content",
    "{} (calcd)", "{} calcd", "{} found/calcd", "{} by elemental analysis", "elemental {}", "{} percentage", "{} loading by weight",
)  # fmt: skip


def _shares(symbol: str) -> list[str]:
    """The words for the share of one element; a symbol of one letter alone is none."""
    names = [name for name, known in ELEMENT_NAMES.items() if known == symbol and not name.endswith(("oro", "omo", "odo"))]
    return [form.format(name) for name in (*names, symbol.lower()) for form in _SHARE_WORDS]


def _reordered() -> dict[str, str]:
    """Names of groups with two adjectives in the other order: 'aromatic secondary amine' for 'secondary aromatic amine'."""
    found: dict[str, str] = {}
    for word, name in group_words().items():
        words = word.split()
        if len(words) == 3 and all(w.endswith(("ic", "ary", "al", "ated", "ed", "ing")) for w in words[:2]):
            turned = f"{words[1]} {words[0]} {words[2]}"
            found |= {turned: name, plural(turned): name}
    return found


def _joined() -> dict[str, str]:
    """Names of groups of two words of which the first is a radical, in one word: 'diphenylsulfone', 'benzylether'."""
    two = {
        word: name
        for word, name in group_words().items()
        if len(word.split()) == 2 and word.split()[0].endswith("yl") and word.replace(" ", "").isalpha()
    }
    return {form.replace(" ", ""): name for word, name in two.items() for form in (word, plural(word))}


def _greek() -> dict[str, str]:
    """Names of groups with 'β-' for 'beta-' and so on."""
    signs = {"alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "omega": "ω"}
    found: dict[str, str] = {}
    for word, name in {**group_words(), **{w: n for n, words in words_of("parts.toml")["words"].items() for w in words}}.items():
        for full, sign in signs.items():
            if word.startswith((f"{full}-", f"{full},")):
                written = word.replace(f"{full}-", f"{sign}-").replace("alpha,", "α,").replace("beta-", "β-")
                found |= {written: name, plural(written): name}
    return found


def _abbreviated() -> dict[str, str]:
    """Names of groups with 'tert. amine', 'sec. alcohol', '2° amide' for their words in full."""
    short: dict[str, list[str]] = words_of("abbreviations.toml")["degrees"]
    found: dict[str, str] = {}
    for word, name in group_words().items():
        for full in (f for f in short if word.startswith(f"{f} ")):
            found |= {word.replace(full, written, 1): name for written in short[full]}
    return found


#: Groups without a ring that are named by 'methyl', 'benzyl', ... before the group that they hang on.
_ALKYLS = frozenset(
    [
        "methyl",
        "ethyl",
        "propyl",
        "isopropyl",
        "butyl",
        "isobutyl",
        "tert-butyl",
        "pentyl",
        "hexyl",
        "decyl",
        "dodecyl",
        "2-ethylhexyl",
        "benzyl",
        "allyl",
        "vinyl",
        "propargyl",
        "trifluoromethyl",
        "long alkyl chain",
        "C8 alkyl chain",
    ]
)

#: Words of groups with which another group is described that is there too: 'acetylenic diol', 'Fmoc dipeptide', 'hydroxy ketone'.
_DESCRIBING = frozenset(
    ["difluoromethyl", "difluoromethoxy", "acetylenic", "olefinic", "propargylic", "allylic", "benzylic", "fmoc", "boc", "cbz", "tosyl", "mesyl", "trityl", "acetyl", "glycidyl", "trifluoromethoxy",
     "methoxy", "ethoxy", "hydroxy", "amino", "cyano", "nitro", "chloro", "bromo", "azido", "perfluoroalkyl", "phenoxy", "allyloxy", "benzyloxy", "dimethylamino", "diethylamino"]
)  # fmt: skip

#: Prefixes of a ring's name that say what it bears: 'aminopyrimidine', 'fluoropyridine'.
_PREFIXES = {
    "amino": "amine",
    "methoxy": "methoxy",
    "cyano": "nitrile",
    "nitro": "nitro",
    "hydroxy": "hydroxyl",
    "phenyl": "phenyl",
    "methyl": "methyl",
    "carboxy": "carboxylic acid",
    "vinyl": "vinyl",
    "benzyl": "benzyl",
}


def _compounded(known: dict[str, str]) -> dict[str, tuple[str, str]]:
    """Names of rings with what they bear before them in one word, which no table has: (what they bear, the ring)."""
    rings = {
        w: n for w, n in known.items() if n in GROUPS and GROUPS[n].kind == "ring system" and w.isalpha() and w.islower() and len(w) > 5
    }
    return {
        f"{prefix}{word}": (borne, name)
        for prefix, borne in _PREFIXES.items()
        for word, name in rings.items()
        if borne in GROUPS and f"{prefix}{word}" not in known
    }


def _substituents() -> dict[str, str]:
    """Words for rings and alkyl groups, by which another group is described that is there too: 'adamantyl methacrylate'."""
    return {
        word: name
        for word, name in group_words().items()
        if key_of(word)
        and not word.startswith(("diaryl", "bisaryl"))
        and ((name in _ALKYLS and word.endswith("yl")) or GROUPS[name].kind == "ring system" or word.lower() in _DESCRIBING)
    }


def _base(word: str) -> tuple[str, int]:
    """('more polar') gives ('polar', 1), ('less polar') ('polar', -1), any other word itself with 1."""
    if word.startswith("more "):
        return word[5:], 1
    if word.startswith("less "):
        return word[5:], -1
    return word, 1
