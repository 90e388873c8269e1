"""Words for groups, elements, compounds, properties and rule sets, beside those of the registered tables."""

from __future__ import annotations

from typing import Any

from agent.reading.keys import key_of
from agent.reading.phrases import words_of
from agent.reading.registered import GROUPS, RULE_SETS, common_names, group_words, plural
from tools.catalogue.catalogue import Catalogue

ELEMENT_NAMES = {
    "hydrogen": "H", "carbon": "C", "nitrogen": "N", "oxygen": "O", "fluorine": "F", "chlorine": "Cl", "bromine": "Br", "iodine": "I",
    "sulfur": "S", "sulphur": "S", "phosphorus": "P", "phosphorous": "P", "silicon": "Si", "boron": "B", "selenium": "Se", "tin": "Sn",
    "lithium": "Li", "sodium": "Na", "potassium": "K", "magnesium": "Mg", "aluminium": "Al", "aluminum": "Al", "zinc": "Zn", "iron": "Fe",
    "copper": "Cu", "nickel": "Ni", "palladium": "Pd", "platinum": "Pt", "gold": "Au", "silver": "Ag", "mercury": "Hg", "lead atom": "Pb",
    "gadolinium": "Gd", "titanium": "Ti", "zirconium": "Zr", "manganese": "Mn", "tungsten": "W", "molybdenum": "Mo", "vanadium": "V", "cadmium": "Cd", "antimony": "Sb", "bismuth": "Bi", "calcium": "Ca", "barium": "Ba", "rhodium": "Rh", "osmium": "Os", "rhenium": "Re", "europium": "Eu", "terbium": "Tb", "uranium": "U", "beryllium": "Be", "gallium": "Ga", "indium": "In", "thallium": "Tl", "arsenic": "As", "tellurium": "Te", "germanium": "Ge", "iridium": "Ir", "ruthenium": "Ru", "cobalt": "Co", "chromium": "Cr",
"fluoro": "F", "chloro": "Cl", "bromo": "Br", "iodo": "I",
}  # fmt: skip

#: Words for groups that goals use and that no other table could share.
_EXTRA_GROUP_WORDS = {
    "c=c double bond": "alkene",
    "c=c bond": "alkene",
    "c=c": "alkene",
    "carbon-carbon double bond": "alkene",
    "phenolic": "phenol",
    "aromatic carbon": "aromatic ring",
    "long chain": "long alkyl chain",
    "long hydrocarbon chain": "long alkyl chain",
    "long aliphatic chain": "long alkyl chain",
    "primary oh": "primary alcohol",
    "secondary oh": "secondary alcohol",
    "tertiary oh": "tertiary alcohol",
    "nitro musk": "nitro",
    "long alkyl tail": "long alkyl chain",
    "alkyl tail": "long alkyl chain",
    "long alkyl": "long alkyl chain",
    "fatty chain": "long alkyl chain",
    "fatty tail": "long alkyl chain",
    "unsubstituted sulfonamide": "primary sulfonamide",
    "unsubstituted amide": "primary amide",
    "unsubstituted carboxamide": "primary amide",
    "unsubstituted amine": "primary amine",
    "tertiary nitrogen": "tertiary amine",
    "tertiary nitrogen atom": "tertiary amine",
    "tertiary n": "tertiary amine",
    "secondary nitrogen": "secondary amine",
    "primary nitrogen": "primary amine",
    "quaternary nitrogen": "quaternary ammonium",
    "carbon-carbon multiple bond": "carbon-carbon multiple bond",
    "double bond between carbons": "alkene",
    "double bonds between carbons": "alkene",
    "carbon-to-carbon double bond": "alkene",
    "olefinic bond": "alkene",
    "olefinic double bond": "alkene",
    "ethylenic double bond": "alkene",
    "lactone carbonyl": "lactone",
    "lactam carbonyl": "lactam",
    "ketone carbonyl": "ketone",
    "aldehyde carbonyl": "aldehyde",
    "ester carbonyl": "ester",
    "amide carbonyl": "amide",
    "polyether tail": "ether",
    "polyether chain": "ether",
    "polyether arm": "ether",
    "polyether side chain": "ether",
    "polyether segment": "ether",
    "polyether block": "ether",
    "polyether spacer": "ether",
    "polyether linker": "ether",
    "oligoether chain": "ether",
    "oligoether side chain": "ether",
    "polysiloxane chain": "siloxane",
    "polysiloxane segment": "siloxane",
    "silicone chain": "siloxane",
    "silicone segment": "siloxane",
    "silicone tail": "siloxane",
    "cholesteryl": "steroid",
    "cholesteryl group": "steroid",
    "styrenic": "styrene",
    "aromatic azole": "azole",
    "amide bond": "amide",
    "ester bond": "ester",
    "ester link": "ester",
}

#: Salts of a halogen: what excludes them excludes the halogen; asked for, they are counter-ions, which are no part of a structure here.
_HALIDES = {"fluoride": "F", "chloride": "Cl", "bromide": "Br", "iodide": "I"}

#: Adjectives that name a group of their own beside the noun.
_ADJECTIVAL = {"macrocyclic": "macrocycle", "phenolic": "phenol", "spirocyclic": "spiro centre"}

#: Adjectives in their plain degree ('half as heavy as'), with the property and the sense in which they grow with it.
_SCALES = {"heavy": ("molecular_weight", 1), "light": ("molecular_weight", -1), "large": ("molecular_weight", 1), "polar": ("tpsa", 1)}


def add_chemistry(add: Any, catalogue: Catalogue) -> None:
    for word, name in _ADJECTIVAL.items():
        add(word, "adjectival", name)
    for word, name in _EXTRA_GROUP_WORDS.items():
        add(word, "grp", name)
        add(plural(word), "grp", name)
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
    for word, name in (_reordered() | _abbreviated()).items():
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


def _reordered() -> dict[str, str]:
    """Names of groups with two adjectives in the other order: 'aromatic secondary amine' for 'secondary aromatic amine'."""
    found: dict[str, str] = {}
    for word, name in group_words().items():
        words = word.split()
        if len(words) == 3 and all(w.endswith(("ic", "ary", "al", "ated", "ed", "ing")) for w in words[:2]):
            turned = f"{words[1]} {words[0]} {words[2]}"
            found |= {turned: name, plural(turned): name}
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
    ["acetylenic", "olefinic", "propargylic", "allylic", "benzylic", "fmoc", "boc", "cbz", "tosyl", "mesyl", "trityl", "acetyl", "glycidyl", "trifluoromethoxy",
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
        if key_of(word) and ((name in _ALKYLS and word.endswith("yl")) or GROUPS[name].kind == "ring system" or word.lower() in _DESCRIBING)
    }


def _base(word: str) -> tuple[str, int]:
    """('more polar') gives ('polar', 1), ('less polar') ('polar', -1), any other word itself with 1."""
    if word.startswith("more "):
        return word[5:], 1
    if word.startswith("less "):
        return word[5:], -1
    return word, 1
