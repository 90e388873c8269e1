"""Constructions with open words: what a group before, behind or in the noun phrase asks for, by frame and field of use.

The expectation of every frame was written before it was run: WANTED (the group must be there), DENIED (it must not), SILENT (nothing is asked of it).
"""

from __future__ import annotations

import itertools

import pytest

from agent.reading import interpret
from agent.reading.registered import GROUPS, group_words
from core.errors import MolwrightError
from core.spec import CountRequirement, DesignSpec, MotifRequirement
from tests.tables import each_row

WANTED, DENIED, SILENT = "wanted", "denied", "silent"


def _asked(spec: DesignSpec, name: str) -> str:
    """What the goal itself says of a group: WANTED, DENIED or SILENT."""
    found = set()
    for r in spec.requirements:
        if r.origin == "class":
            continue
        if isinstance(r, MotifRequirement) and name in r.name.split(" or "):
            found.add(WANTED if r.wanted else DENIED)
        if isinstance(r, CountRequirement) and r.name == name:
            found.add(DENIED if r.condition.bounds()[1] == 0 else WANTED)
    assert len(found) <= 1, found
    return found.pop() if found else SILENT


def _read(goal: str) -> DesignSpec:
    return interpret(goal, may_be_empty=True)


#: (field, a word before the noun, the noun, a group that such a thing is made of, its plural, another group).
FIELDS = [
    ("coatings", "low-migration", "levelling additive", "acrylate", "esters"),
    ("inks", "led-curable", "photoinitiator", "benzophenone", "amines"),
    ("lubricants", "ashless", "antiwear additive", "phosphonate", "thiols"),
    ("fuels", "low-soot", "cetane improver", "acetal", "nitriles"),
    ("cosmetics", "leave-on", "skin conditioner", "amide", "phenols"),
    ("fragrances", "fruity", "fragrance ingredient", "lactone", "aldehydes"),
    ("agrochemicals", "post-emergence", "herbicide", "triazole", "phosphonates"),
    ("drugs", "orally bioavailable", "lead", "indole", "anilines"),
    ("antivirals", "long-acting", "screening hit", "pyrimidine", "epoxides"),
    ("probes", "cell-permeable", "fluorophore", "coumarin", "quinones"),
    ("OLEDs", "deep-blue", "emitter", "carbazole", "esters"),
    ("photovoltaics", "wide-bandgap", "semiconductor", "thiophene", "ketones"),
    ("photoresists", "euv", "dissolution inhibitor", "adamantane", "amines"),
    ("batteries", "high-voltage", "electrolyte additive", "sulfone", "alcohols"),
    ("corrosion", "pickling", "corrosion inhibitor", "imidazoline", "thiols"),
    ("extraction", "radiolytically robust", "extractant", "urea", "nitriles"),
    ("ligands", "air-stable", "ligand", "pyridine", "esters"),
    ("liquid crystals", "low-viscosity", "mesogen", "biphenyl", "nitriles"),
    ("gelators", "thermoreversible", "gelator", "urea", "acetals"),
    ("hardeners", "latent", "hardener", "imidazole", "nitriles"),
    ("flame retardants", "non-dripping", "flame retardant", "phosphonate", "bromides"),
    ("plasticisers", "extraction-resistant", "plasticiser", "adipate", "phthalates"),
    ("stabilisers", "migration-resistant", "processing stabiliser", "phosphite", "anilines"),
    ("UV absorbers", "broadband", "UV absorber", "benzotriazole", "phenones"),
    ("surfactants", "low-foaming", "surfactant", "sulfonate", "ethers"),
    ("monomers", "low-shrinkage", "monomer", "norbornene", "ketones"),
    ("refrigerants", "low-gwp", "blowing agent", "ether", "esters"),
    ("heat transfer", "immersion-cooling", "coolant", "siloxane", "amines"),
    ("oilfield", "cooling-water", "antiscalant", "phosphonate", "esters"),
    ("sweeteners", "non-caloric", "sweetener", "sulfonamide", "aldehydes"),
    ("preservatives", "wash-off", "preservative", "carbamate", "parabens"),
    ("silanes", "filler-treating", "adhesion promoter", "thiol", "esters"),
    ("dental", "dental", "reactive diluent", "carbamate", "bisphenols"),
    ("textiles", "textile-finishing", "finishing agent", "guanidine", "phenols"),
    ("catalysis", "bench-stable", "organocatalyst", "thiourea", "phosphines"),
    ("imaging", "turn-on", "contrast agent", "nitroxide", "iodides"),
    ("crosslinkers", "cleavable", "crosslinker", "disulfide", "amides"),
    ("polyurethanes", "low-emission", "blowing catalyst", "morpholine", "ethers"),
    ("redox flow", "redox-flow", "anolyte", "phenazine", "halides"),
    ("natural products", "semisynthetic", "alkaloid analogue", "quinoline", "catechols"),
]

#: Frames that ask for the group.
ASKING = [
    "{B} {g} {n}, MW below 600",
    "{n}, {g} core, MW below 600",
    "{n}: {g} tail, MW below 600",
    "{n} with {a} {g} handle, MW below 600",
    "{n} carrying {a} {g} side chain",
    "{n}, {g} as the anchor, logP above 1",
    "{n}, {g} in the middle, MW below 600",
    "{n}, {g} at one end, tasteless",
    "Design a {b} {g} with MW below 600",
    "{n}, {g} kept, MW below 600",
    "{n}; the {g} is a must",
    "{n} from the {g} class, MW below 600",
    "{n} with some {g}, MW below 600",
    "{g}-containing {b} {n}",
    "{n}: {g} plus a fluorinated arm",
    "{n} (house brand), {g} as the linker, MW below 600",
    "{n}, bis-{g}, MW below 600",
    "we need a {b} {n}, tasteless, {g}, MW below 600",
]
#: Frames that exclude the plural of the other group.
EXCLUDING = [
    "{n}, {gs} should go",
    "{n}; {gs} must not be in there",
    "{n}, {gs} are out, MW below 600",
    "{n} without {gs}, MW below 600",
    "{n}, no {gs} whatsoever, tasteless",
    "{n}, {gs} would yellow, so leave them out",
    "{n} free of {gs}",
    "{n}, {gs} removed",
    "{b} {n}: {gs} excluded",
    "{n}, MW below 600, {gs} gone",
]
#: Frames that ask nothing of the group.
KEEPING_SILENT = [
    "{g} scavenger, MW below 600",
    "{g} removal agent, MW below 600",
    "{g} scrubber with MW below 600",
    "chemosensor for {g} vapour, MW below 600",
    "precursor to {a} {g}, MW below 600",
    "{n} processed without {gs}",
    "{n}, {g} welcome",
    "{n}, {g} okay, MW below 600",
    "{n}, no {g} in the middle",
    "{n} that wibbles {gs}",
    "{n} for {g} cleavage, MW below 600",
    "{g} hydrolysis catalyst, MW below 600",
]


def _name(word: str) -> str:
    known = group_words()
    for form in (word, word.removesuffix("s"), f"{word.removesuffix('ies')}y"):
        if form in known:
            return str(known[form])
    return ""


def _fill(frame: str, field: tuple[str, str, str, str, str]) -> str:
    _, before, noun, group, others = field
    article = "an" if group[0] in "aeio" else "a"
    goal = frame.format(B=before[0].upper() + before[1:], b=before, n=noun, g=group, gs=others, a=article)
    return goal[0].upper() + goal[1:]


def _cases(frames: list[str]) -> list[tuple[str, str, str]]:
    """(goal, the group of the field, the other group): each frame with several fields, so that every field is met."""
    found = []
    for n, frame in enumerate(frames):
        for field in FIELDS[n % 4 :: 4] if len(frames) > 11 else FIELDS[n % 3 :: 3]:
            found.append((_fill(frame, field), _name(field[3]), _name(field[4])))
    return found


@each_row(("goal", "group"), [(goal, group) for goal, group, _ in _cases(ASKING) if group])
def test_a_group_in_the_noun_phrase_is_never_denied_and_mostly_asked_for(goal: str, group: str) -> None:
    assert _asked(_read(goal), group) in (WANTED, SILENT)


def test_the_frames_that_ask_are_read() -> None:
    cases = [(goal, group) for goal, group, _ in _cases(ASKING) if group]
    missed = [goal for goal, group in cases if _asked(_read(goal), group) != WANTED]
    assert len(missed) <= 0.1 * len(cases), missed


def test_the_frames_that_exclude_are_read() -> None:
    cases = [(goal, other) for goal, _, other in _cases(EXCLUDING) if other]
    turned = [goal for goal, other in cases if _asked(_read(goal), other) == WANTED]
    missed = [goal for goal, other in cases if _asked(_read(goal), other) != DENIED]
    assert not turned
    assert len(missed) <= 0.1 * len(cases), missed


@each_row(("goal", "group", "other"), [case for case in _cases(KEEPING_SILENT) if case[1] and case[2]])
def test_the_frames_that_are_silent_ask_for_nothing(goal: str, group: str, other: str) -> None:
    spec = _read(goal)
    assert _asked(spec, group) == SILENT
    assert _asked(spec, other) == SILENT


#: (words, operator, number) of bounds in verb frames, on the melting point in °C.
BOUNDS = [
    ("should be no warmer than", "<="), ("should be no colder than", ">="), ("must be no higher than", "<="), ("has to lie above", ">"), ("is never hotter than", "<="),
    ("must not be lower than", ">="), ("should not be above", "<="), ("has to stay below", "<"), ("must be no lower than", ">="), ("should lie above", ">"),
]  # fmt: skip


@each_row(("words", "operator"), BOUNDS)
@each_row("thing", ["a lubricant", "an ionic liquid", "a gelator", "an emollient ester"])
def test_bounds_in_verb_frames(words: str, operator: str, thing: str) -> None:
    spec = _read(f"{thing}; its melting point {words} 50 °C")
    limits = [r for r in spec.requirements if getattr(r, "property", "") == "melting_point"]
    assert len(limits) == 1, [u.phrase for u in spec.unchecked]
    low, high = limits[0].condition.bounds()  # type: ignore[union-attr]
    assert (high == 50 and low < -1000) if operator.startswith("<") else (low == 50 and high > 1000)


#: Sentences of their own, with what they ask for (compact: group present '+', absent '-', silent '?').
SENTENCES = [
    ("thiol probe with maleimide, MW below 600", {"maleimide": "+", "thiol": "?"}),
    ("coumarin probe for zinc, MW below 600", {"coumarin": "+"}),
    ("epoxy hardener with two amines, MW below 600", {"epoxide": "?"}),
    ("CO2 sensor dye, no esters", {"ester": "-"}),
    ("polyurethane catalyst with a tertiary amine, MW below 300", {"tertiary amine": "+", "carbamate": "?"}),
    ("amine scrubber for natural gas, MW below 200", {"amine": "?"}),
    ("non-fullerene acceptor, absorption maximum above 700 nm", {"fullerene": "?"}),
    ("nothing ionic with barium, a corrosion inhibitor", {"ester": "?"}),
    ("a dye, zinc-free, ester, MW below 500", {"ester": "+"}),
    ("preservative without parabens, formaldehyde releasers or isothiazolinones", {"paraben": "-", "isothiazolinone": "-"}),
    ("plasticiser free of phthalates, heavy wibbles and citrates", {"phthalate": "-", "citrate": "-"}),
    ("a solvent that is not an ester, not a ketone and not an ether", {"ester": "-", "ketone": "-", "ether": "-"}),
    ("which nitrile could stand in for geranial in a perfume?", {"nitrile": "+"}),
    ("crown ether selective for strontium, MW below 600", {"crown ether": "+"}),
    ("two tertiary nitrogens, a blowing catalyst, MW below 300", {"tertiary amine": "+"}),
    ("a silane with four alkoxy groups on silicon", {"ether": "?"}),
    ("metal-free phthalocyanine dye, MW below 900", {"phthalocyanine": "+"}),
    ("a dye, processed without chlorinated solvents", {"aryl chloride": "?"}),
    ("a ligand, chain stopper wibble, amide not in there", {"amide": "-"}),
    ("gelator, dipeptide core, MW below 600", {"peptide": "+"}),
]  # fmt: skip


@each_row(("goal", "expected"), SENTENCES)
def test_sentences(goal: str, expected: dict[str, str]) -> None:
    spec = _read(goal)
    meant = {"+": WANTED, "-": DENIED, "?": SILENT}
    for name, sign in expected.items():
        if name in GROUPS:
            assert _asked(spec, name) == meant[sign], (name, [u.phrase for u in spec.unchecked])


def test_carbons_of_a_part_are_no_carbons_of_the_whole() -> None:
    for part, number in itertools.product(("tail", "chain", "spacer", "side arm", "head"), ("12 to 14", "at most 12", "exactly 10")):
        spec = _read(f"a surfactant with a sulfate head, {number} carbons in the {part}")
        assert not [r for r in spec.requirements if isinstance(r, CountRequirement) and r.name == "C"]


UNKNOWN = ["wibble", "frobnicated", "zorbish"]
NEGATORS = ["no", "without", "free of", "not a", "avoid any", "never a"]
POSITIONS = [
    "core",
    "tail",
    "head",
    "arm",
    "linker",
    "warhead",
    "side chain",
    "in the middle",
    "as the anchor",
    "at one end",
    "on the rings",
    "backbone",
    "moiety",
]
PARTS = ["ester", "amide", "pyridine", "thiol", "nitrile", "carbazole", "phosphate", "sulfone"]


@each_row("group", PARTS)
@each_row("negator", NEGATORS)
def test_a_negator_before_a_part_never_becomes_a_demand(group: str, negator: str) -> None:
    unknown_words = ["", *UNKNOWN]
    turn = PARTS.index(group) + NEGATORS.index(negator)
    for n, position in enumerate(POSITIONS):
        unknown = unknown_words[(turn + n) % len(unknown_words)]  # in turns: each with every part, negator and position
        for goal in (
            f"a ligand, {negator} {unknown} {group} {position}, MW below 600",
            f"ashless {unknown} additive with {negator} {group} {position}",
            f"{negator} {group} {unknown} {position}, a dye",
        ):
            try:
                spec = _read(" ".join(goal.split()))
            except MolwrightError:
                continue
            assert _asked(spec, group) != WANTED, goal


@each_row("group", PARTS)
@each_row("verb", ["should go", "is out", "must not be in there", "replaced", "removed", "gone", "should disappear"])
def test_late_exclusions_never_become_demands(group: str, verb: str) -> None:
    for unknown in ["", *UNKNOWN]:
        for goal in (
            f"a dye, {group} {unknown} {verb}",
            f"post-emergence herbicide, {unknown} {group} {verb}",
            f"a gelator; the {unknown} {group} in the middle {verb}",
        ):
            assert _asked(_read(" ".join(goal.split())), group) != WANTED, goal


@each_row("group", PARTS)
def test_what_a_thing_acts_on_is_not_asked_for(group: str) -> None:
    for unknown, noun in itertools.product(
        ["", *UNKNOWN],
        [
            "scavenger",
            "scrubber",
            "remover",
            "quencher",
            "precursor",
            "surrogate",
            "sensor",
            "trap",
            "degrader",
            "replacement",
            "hydrolysis agent",
        ],
    ):
        goal = f"{unknown} {group} {noun}, MW below 500".strip()
        assert _asked(_read(goal), group) == SILENT, goal


@each_row("modal", ["should", "must", "may", "shall", "will", "can", "would"])
@each_row("verb", ["be", "lie", "come"])
def test_a_denied_verb_before_a_bound_turns_it(modal: str, verb: str) -> None:
    for word, upper in (("above", True), ("below", False), ("over", True), ("under", False)):
        spec = _read(f"a lubricant; its melting point {modal} not {verb} {word} 50 °C")
        for limit in (r for r in spec.requirements if getattr(r, "property", "") == "melting_point"):
            low, high = limit.condition.bounds()  # type: ignore[union-attr]
            assert (high == 50) == upper
            assert (low == 50) != upper


@pytest.mark.parametrize("goal", ["a lubricant; its melting point should not be 50 °C", "a lubricant, logP should not be at least 3"])
def test_a_denied_number_is_not_asked_for(goal: str) -> None:
    assert not [r for r in _read(goal).requirements if r.origin == "goal"]


@each_row(
    ("goal", "name"),
    [
        ("Volatile amine, corrosive ester: both unwanted", "amine"), ("Corrosive amine, smelly ester, all unwanted", "amine"), ("ester alternatives, MW below 400", "ester"),
        ("emollient ester replacement, MW below 400", "ester"), ("a dye with some esters excluded", "ester"), ("no azobenzene in the middle, but one at the end", "azobenzene"),
        ("emollient ester? No thanks", "ester"), ("Woody ketone is what we want to avoid", "ketone"), ("crown ether selective for Sr is not what we want", "crown ether"),
    ],
)  # fmt: skip
def test_what_is_turned_later_or_named_for_something_else_is_not_asked_for(goal: str, name: str) -> None:
    assert _asked(_read(goal), name) == SILENT
