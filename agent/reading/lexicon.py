"""Every word and phrase that is known, with what it can mean. The words stand in ``words/*.toml`` and in the registered tables."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from agent.reading.kinds import nouns
from agent.reading.normalise import JOINT, written_out
from agent.reading.phrases import add_askers, add_comparisons, add_exclusions, add_operators, words_of
from agent.reading.registered import GROUPS, RULE_SETS, common_names, group_words, plural
from agent.reading.uses import use_words
from core.errors import ConfigurationError
from tools.catalogue.catalogue import Catalogue

ELEMENT_NAMES = {
    "hydrogen": "H", "carbon": "C", "nitrogen": "N", "oxygen": "O", "fluorine": "F", "chlorine": "Cl", "bromine": "Br", "iodine": "I",
    "sulfur": "S", "sulphur": "S", "phosphorus": "P", "phosphorous": "P", "silicon": "Si", "boron": "B", "selenium": "Se", "tin": "Sn",
    "lithium": "Li", "sodium": "Na", "potassium": "K", "magnesium": "Mg", "aluminium": "Al", "aluminum": "Al", "zinc": "Zn", "iron": "Fe",
    "copper": "Cu", "nickel": "Ni", "palladium": "Pd", "platinum": "Pt", "gold": "Au", "silver": "Ag", "mercury": "Hg", "lead atom": "Pb",
    "gadolinium": "Gd", "titanium": "Ti", "zirconium": "Zr", "manganese": "Mn", "tungsten": "W", "molybdenum": "Mo", "vanadium": "V", "cadmium": "Cd", "antimony": "Sb", "bismuth": "Bi", "calcium": "Ca", "barium": "Ba", "rhodium": "Rh", "osmium": "Os", "rhenium": "Re", "europium": "Eu", "terbium": "Tb", "uranium": "U", "beryllium": "Be", "gallium": "Ga", "indium": "In", "thallium": "Tl", "arsenic": "As", "tellurium": "Te", "germanium": "Ge", "iridium": "Ir", "ruthenium": "Ru", "cobalt": "Co", "chromium": "Cr",
"fluoro": "F", "chloro": "Cl", "bromo": "Br", "iodo": "I",
}  # fmt: skip
SYMBOLS = (
    "H", "C", "N", "O", "F", "Cl", "Br", "I", "S", "P", "Si", "B", "Se", "Na", "Li", "Sn", "As", "Te", "Ge", "Fe", "Pt", "Pd", "Zn", "Cu",
)  # fmt: skip


#: Classes and families of candidates for which a vague word can mean something of its own.
SPECIAL = ("polymer", "dye", "solvent")


@dataclass(frozen=True)
class Vague:
    """A word without a number: the assumption that it becomes (see ``words/vague.toml``)."""

    words: tuple[str, ...]
    reason: str
    requires: tuple[str, ...] = ()
    special: tuple[tuple[str, tuple[str, ...], str], ...] = ()
    negated: tuple[str, ...] = ()
    objective: str = ""
    stands_for: str = ""
    candidate_class: str = ""
    noun: bool = False
    not_for: tuple[str, ...] = ()

    def meaning(self, candidate_class: str, family: str) -> tuple[tuple[str, ...], str]:
        """What it requires of such candidates, and the reason."""
        for name, requires, reason in self.special:
            if name in (candidate_class, family):
                return requires, reason
        return self.requires, self.reason

    @property
    def colour(self) -> bool:
        """Whether it is a plain colour word, which means nothing without a substance."""
        return (
            len(self.words[0]) <= 6 and self.requires[:1] != () and self.words[0] in ("yellow", "orange", "red", "purple", "blue", "green")
        )


@dataclass(frozen=True)
class Family:
    """A family of candidates (see ``words/families.toml``)."""

    name: str
    words: tuple[str, ...]
    candidate_class: str
    requires: tuple[str, ...] = ()
    note: str = ""
    unless_groups: tuple[str, ...] = ()


@dataclass(frozen=True)
class Lexicon:
    """Phrases (lower case, hyphens as spaces), each with its meanings: kind to value. ``longest``: the characters of the longest that begins with a first piece."""

    longest: dict[str, int]
    meanings: dict[str, dict[str, Any]]


_PIECE = re.compile(r"[^\W_]+|.")


def first_piece(key: str) -> str:
    """The first run of letters and digits of ``key``, or its first sign: phrases are looked up by it."""
    match = _PIECE.match(key)
    return match.group() if match else ""


def key_of(phrase: str) -> str:
    """The form in which phrases are compared: lower case, hyphens as spaces, single spaces, no contracted negations."""
    return " ".join(written_out(phrase.lower()).replace("-", " ").replace(JOINT, " ").split())


@lru_cache(maxsize=1)
def vague_words() -> tuple[Vague, ...]:
    """All entries of ``vague.toml``."""
    return tuple(
        Vague(
            words=tuple(row["words"]),
            reason=row["reason"],
            requires=tuple(row.get("requires", ())),
            special=tuple((name, tuple(row[name]), row.get(f"{name}_reason", row["reason"])) for name in SPECIAL if name in row),
            negated=tuple(row.get("negated", ())),
            objective=row.get("objective", ""),
            stands_for=row.get("property", ""),
            candidate_class=row.get("class", ""),
            noun=row.get("noun", False),
            not_for=tuple(row.get("not_for", ())),
        )
        for row in words_of("vague.toml")["vague"]
    )


@lru_cache(maxsize=1)
def families() -> tuple[Family, ...]:
    """All entries of ``families.toml``."""
    return tuple(
        Family(
            name=row["name"],
            words=tuple(row["words"]),
            candidate_class=row["class"],
            requires=tuple(row.get("requires", ())),
            note=row.get("note", ""),
            unless_groups=tuple(row.get("unless_groups", ())),
        )
        for row in words_of("families.toml")["family"]
    )


#: Adjectives of a part that the whole has as well, if its part has: 'a fluorinated arm', not 'an aliphatic chain'.
_STRUCTURAL = frozenset(
    [
        "fluorinated",
        "chlorinated",
        "brominated",
        "iodinated",
        "halogenated",
        "aromatic",
        "heteroaromatic",
        "polyfluorinated",
        "polyhalogenated",
    ]
)
#: Verbs that are said of the thing designed behind 'to' as well: 'we want it to be clear and to melt below 0 °C'.
_INFINITIVES = frozenset(["melt", "freeze", "solidify", "soften", "dissolve"])


@lru_cache(maxsize=8)
def lexicon(catalogue: Catalogue) -> Lexicon:
    """The lexicon of the properties in ``catalogue``, built once for each. Raises ConfigurationError if a table is not well formed."""
    meanings: dict[str, dict[str, Any]] = {}

    def add(phrase: str, kind: str, value: Any) -> None:
        if kind in ("negation", "open", "request") and phrase.endswith(" a"):
            add(f"{phrase}n", kind, value)
        key = key_of(phrase)
        if not key:
            raise ConfigurationError(f"reading: empty phrase for {kind}")
        meanings.setdefault(key, {}).setdefault(kind, value)

    _add_grammar(add)
    _add_chemistry(add, catalogue)
    for entry in vague_words():
        for word in entry.words:
            if entry.stands_for:
                add(word, "verbprop", entry)
                if word in _INFINITIVES:
                    add(f"to {word}", "verbprop", entry)
            else:
                add(word, "vague", entry)
                if word in _STRUCTURAL:
                    add(word, "structural", entry)
    for family in families():
        for word in family.words:
            add(word, "fam", family)
    for row in words_of("families.toml")["pair"]:
        for word in row["words"]:
            add(word, "pair", row["requires"])
    for row in words_of("unchecked.toml")["unchecked"]:
        for word in row["words"]:
            add(word, "unchk", row["reason"])
            add(plural(word), "unchk", row["reason"])
    _add_uses(add, meanings)
    _own_words_win(meanings, catalogue)
    _add_misspelt(meanings)
    longest: dict[str, int] = {}
    for key in meanings:
        first = first_piece(key)
        longest[first] = max(longest.get(first, 0), len(key))
    return Lexicon(longest, meanings)


#: Words before a noun of use that name a substance.
_NO_USE = frozenset(
    ["acid", "base", "metal", "sulfur", "solvent", "polymer", "lipid", "sugar", "salt", "oil", "water", "peroxide", "fibre", "protein"]
)
#: What a word says that is no word of use: these meanings stand before it.
_SAYS_MORE = ("fam", "vague", "grp", "prop", "rule", "cmpd", "unchk")


def _add_uses(add: Any, meanings: dict[str, dict[str, Any]]) -> None:
    """The words of use (``words/uses.toml``), where the word says nothing else of a thing; what stands before a known noun is a word before it."""
    whole = {word for kind, word in use_words() if kind == "whole"}
    for kind, word in use_words():
        words = word.split()
        known = next(
            (n for n in range(1, len(words)) if {"fam", "role", "vague"} & meanings.get(key_of(" ".join(words[n:])), {}).keys()), 0
        )
        if kind in ("role", "composed") and known and word not in whole:
            kind, word = "neutral", " ".join(words[:known])
            if word in _NO_USE:
                continue
        for form in (word, plural(word)) if kind in ("role", "composed") and word not in whole else (word,):
            here = meanings.get(key_of(form), {})
            if here.keys().isdisjoint(_SAYS_MORE) and not (kind in ("role", "composed") and "groups" in here):
                add(form, kind, "molecule" if kind == "role" else True)


def _own_words_win(meanings: dict[str, dict[str, Any]], catalogue: Catalogue) -> None:
    """A word of a user's own property, and 'low' or 'high' before it, is no longer one that nothing can compute."""
    for word, name in catalogue.words().items():
        if catalogue[name].user_defined:
            key = key_of(word)
            for phrase in (key, f"low {key}", f"high {key}"):
                meanings.get(phrase, {}).pop("unchk", None)
            for phrase in (f"low {key}", f"high {key}"):
                if phrase in meanings and not meanings[phrase]:
                    del meanings[phrase]


#: Kinds of meanings that a misspelt word keeps.
_FORGIVEN = ("prop", "verbprop", "grp", "elem", "halide", "vague", "unchk")


def _add_misspelt(meanings: dict[str, dict[str, Any]]) -> None:
    """The terms with a word as it is often misspelt mean the same, where they mean nothing else."""
    slips: dict[str, list[str]] = words_of("misspellings.toml")
    for key in [k for k in meanings if not slips.keys().isdisjoint(k.split())]:
        kept = {kind: value for kind, value in meanings[key].items() if kind in _FORGIVEN}
        words = key.split()
        for n, word in enumerate(words):
            for slip in slips.get(word, ()) if kept else ():
                meanings.setdefault(" ".join((*words[:n], slip, *words[n + 1 :])), kept)


#: How many of a group a prefix or an adjective says: 'bis-hydrazide', 'trifunctional epoxy', 'dipodal silane'.
_FOLDS = {
    2: ("bis", "difunctional", "bifunctional", "dipodal", "two-fold", "homobifunctional", "bi-functional", "di-functional"),
    3: ("tris", "trifunctional", "tripodal", "tri-functional"),
    4: ("tetrakis", "tetrafunctional", "tetrapodal", "tetra-functional"),
    5: ("pentafunctional",),
    6: ("hexafunctional", "hexakis"),
    1: ("monofunctional", "mono-functional"),
}
#: Comparatives of which the denial bounds from the other side: 'no warmer than', 'not any heavier than'.
_UPWARDS = (
    "warmer",
    "hotter",
    "higher",
    "larger",
    "bigger",
    "greater",
    "heavier",
    "longer",
    "more",
    "wider",
    "thicker",
    "denser",
    "later",
    "further",
    "stronger",
    "redder",
)
_DOWNWARDS = (
    "colder",
    "cooler",
    "lower",
    "smaller",
    "lighter",
    "shorter",
    "less",
    "fewer",
    "narrower",
    "thinner",
    "earlier",
    "weaker",
    "bluer",
)
_DENYING = (
    "no",
    "not",
    "not any",
    "never",
    "nothing",
    "be no",
    "be not",
    "in no case",
    "by no means",
    "isn't",
    "is not",
    "must not be",
    "cannot be",
    "may not be",
    "should not be",
    "should be no",
    "must be no",
)
#: Said of rings: 'ring size seven'.
_RINGS = {
    3: "three",
    4: "four",
    5: "five",
    6: "six",
    7: "seven",
    8: "eight",
    9: "nine",
    10: "ten",
    11: "eleven",
    12: "twelve",
    13: "thirteen",
    14: "fourteen",
    15: "fifteen",
    16: "sixteen",
    18: "eighteen",
    20: "twenty",
}


def _add_made(add: Any) -> None:
    """Phrases that are made of a few words: multiples of groups, denied comparatives, sizes of rings."""
    for number, words in _FOLDS.items():
        for word in words:
            add(word, "fold", float(number))
    for operator, comparatives in (("<=", _UPWARDS), (">=", _DOWNWARDS)):
        for denying in _DENYING:
            for word in comparatives:
                add(f"{denying} {word} than", "cmp", operator)
    for modal in ("must", "should", "shall", "may", "can", "ought", "will", "would", "is", "are"):
        for be in (
            ("not be", "not lie", "not come", "not end up", "never be", "never lie") if modal not in ("is", "are") else ("not", "never")
        ):
            for operator, words in (("<=", ("above", "over", "beyond")), (">=", ("below", "under", "beneath"))):
                for word in words:
                    add(f"{modal} {be} {word}", "cmp", operator)
    for number, word in _RINGS.items():
        name = f"{word}-membered ring"
        if name in GROUPS:
            for size in (word, str(number)):
                for said in ("ring size {}", "ring size of {}", "a ring size of {}", "ring of size {}"):
                    add(said.format(size), "grp", name)


def _add_grammar(add: Any) -> None:
    table = words_of("grammar.toml")
    _add_made(add)
    add_operators(add, table)
    add_comparisons(add)
    for kind, words in table["words"].items():
        for word in words:
            add(word, kind, True)
    add_exclusions(add)
    add_askers(add, table)
    for word in [w for w in table["words"]["negation_after"] if w.split()[0].endswith("ed")] + [
        forms[2] for forms in words_of("exclusions.toml")["verbs"].values()
    ]:
        for auxiliary in ("having been", "has been", "have been"):
            add(f"{auxiliary} {word}", "negation_after", True)
    for verb in ("struck", "crossed", "taken", "removed", "deleted", "scratched", "dropped", "stricken"):
        for way in ("from", "off"):
            for whose in ("the", "our", "my"):
                add(f"{verb} {way} {whose} list", "negation_after", True)
    for word in [w for w in table["words"]["negation_after"] if w.endswith("ed") and " " not in w]:
        add(f"best {word}", "negation_after", True)
        add(f"better {word}", "negation_after", True)
    for kind, words in table["edits"].items():
        for word in words:
            add(word, f"edit_{kind}", kind)
    for word, number in table["numbers"].items():
        add(word, "num", float(number))
    for word, number in table["temperatures"].items():
        add(word, "temperature", float(number))
    for word, number in table["times"].items():
        add(word, "times", float(number))
    for word, operator in table["signs"].items():
        add(word, "signed", operator)
    for word, number in table["decades"].items():
        add(word, "decade", float(number))
    for word in words_of("nouns.toml")["either"]:
        add(word, "role", "either")
    for kind, words in words_of("heads.toml").items():
        for word in words:
            if kind in ("composed", "acted_on"):
                add(word, kind, True)
            else:
                add(word, "role", "" if kind == "open" else kind)
    for word in nouns():
        add(word, "role", "molecule")


#: Words for groups that goals use and that no other table could share.
_EXTRA_GROUP_WORDS = {
    "c=c double bond": "alkene",
    "c=c bond": "alkene",
    "c=c": "alkene",
    "carbon-carbon double bond": "alkene",
    "phenolic": "phenol",
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
    "long chain": "long alkyl chain",
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


def _add_chemistry(add: Any, catalogue: Catalogue) -> None:
    for word, name in _ADJECTIVAL.items():
        add(word, "adjectival", name)
    for word, name in _EXTRA_GROUP_WORDS.items():
        add(word, "grp", name)
        add(plural(word), "grp", name)
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
    ["methyl", "ethyl", "isopropyl", "tert-butyl", "benzyl", "allyl", "vinyl", "propargyl", "trifluoromethyl", "long alkyl chain"]
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
