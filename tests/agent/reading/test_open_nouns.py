"""Nouns that no table holds, and words beside a group that say more of it: what they ask for, what they leave unread, and that a denial is never made of them."""

from __future__ import annotations

import contextlib

import pytest

from agent.reading import interpret
from agent.reading.modifiers import harmless
from agent.reading.nomenclature import parts_of_name
from core.errors import MolwrightError
from core.spec import CountRequirement, DesignSpec, MotifRequirement


def _parts(spec: DesignSpec) -> set[str]:
    """What the goal itself says of parts: '+ester', '-ester', '2 urea'."""
    found = set()
    for r in spec.requirements:
        if r.origin == "class":
            continue
        if isinstance(r, MotifRequirement):
            found.add(f"{'+' if r.wanted else '-'}{r.name}")
        if isinstance(r, CountRequirement):
            low, high = r.condition.bounds()
            found.add(f"-{r.name}" if high == 0 else f"{low:g} {r.name}" if low == high else f"{low:g}.. {r.name}")
    return found


def _read(goal: str) -> set[str]:
    return _parts(interpret(goal, may_be_empty=True))


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("tetraarylsilane", (("arylsilane", 0),)),
        ("bicyclohexane", (("cyclohexane", 2),)),
        ("bisphosphate", (("phosphate", 2),)),
        ("diurea", (("urea", 2),)),
        ("hexaacrylates", (("acrylate", 6),)),
        ("disulfonic acid", (("sulfonic acid", 2),)),
        ("trialkylphosphine oxide", (("phosphine oxide", 0),)),
        ("hydroxypyridine", (("hydroxyl", 0), ("pyridine", 0))),
        ("dimethoxynaphthalene", (("methoxy", 2), ("naphthalene", 0))),
        ("arylpyrazole", (("pyrazole", 0),)),
        ("dichloroacetamide", (("haloacetamide", 0),)),
        # what is not certain is not read
        ("trisiloxane", ()),
        ("dicarboxylate", ()),
        ("thiopyrazole", ()),
        ("pentaerythritol", ()),
        ("propylene", ()),
        ("dimethyl", ()),
        ("wibblamine", ()),
    ],
)
def test_a_name_is_read_by_its_parts(name: str, parts: tuple[tuple[str, int], ...]) -> None:
    assert parts_of_name(name) == parts


@pytest.mark.parametrize("word", ["cleavable", "fruity", "plant-derived", "Tg-raising", "lily-type", "N-alkyl", "alkylated"])
def test_adjectives_leave_a_group_what_it_is(word: str) -> None:
    assert harmless(word)


@pytest.mark.parametrize(
    "word",
    ["masked", "removable", "non-toxic", "unwanted", "oxidised", "wibbled", "lacking", "thio", "borate", "hydrolysing", "anti-amine"],
)
def test_words_that_may_make_another_of_it_do_not(word: str) -> None:
    assert not harmless(word)
    assert not harmless(word, noun=True)


@pytest.mark.parametrize(
    ("goal", "asked"),
    [
        # names by their parts
        ("tetraarylsilane host, no carbazole", {"+arylsilane", "-carbazole"}),
        ("thickener: diurea, MW below 900", {"2 urea"}),
        ("I need a low-viscosity bicyclohexane with an ester", {"2 cyclohexane", "+ester"}),
        ("surfactant; fatty tail C12; no ester", {"+C12 alkyl chain", "-ester"}),
        ("base oil with a C16 side chain", {"+C16 alkyl chain"}),
        # unknown words before the noun
        ("Sandalwood alcohol with a cyclopentene ring", {"+alcohol", "+cyclopentene"}),
        ("solvent with a plant-derived ester", {"+ester"}),
        ("an oil, a lily-type aldehyde, MW below 300", {"+aldehyde"}),
        ("new fungicide, N-alkyl triazole, no bromine", {"+triazole", "-Br"}),
        ("Tetrafunctional acrylate for inks, MW below 500", {"4 acrylate"}),
        ("antioxidant gallate with a nitrile", {"+gallate", "+nitrile"}),
        # what is said behind it
        ("ester smelling of pear, no acetates", {"+ester", "-acetate"}),
        (
            "carrier for transport: secondary amine hindered by a tert-butyl, hydroxyl present",
            {"+secondary amine", "+tert-butyl", "+hydroxyl"},
        ),
        ("photo base generator: an oxime ester releasing an amine, MW below 500", {"+oxime ester"}),
        ("absorber for sun cream: MW below 300, ester of cinnamic acid", {"+ester"}),
        ("a dithiophosphinic acid softer than the other, no P=O", {"+dithiophosphinic acid", "-P=O bond"}),
        # where it stands
        ("ligand, methoxy groups on the lower ring, MW below 500", {"+methoxy"}),
        ("ligand with a triazole as the outer anchor", {"+triazole"}),
        ("ligand, exactly one ester on the outer ring", {"1.. ester"}),
        ("ligand, no fluorine on the rings", {"-F"}),
        # examples of what is excluded
        ("ligand, no metals such as copper or zinc", {"-metal", "-Cu", "-Zn"}),
        ("fragment, no reactive groups such as epoxides, aziridines or acyl halides", {"-epoxide", "-aziridine", "-acyl halide"}),
        # unread words that can only describe
        ("chiral bisoxazoline, C2 symmetric, gem-dimethyl bridge", {"+bisoxazoline", "+gem-dimethyl"}),
        ("ligand: primary hydroxyl, no wibble emission, no formamide", {"+primary alcohol", "-formamide"}),
    ],
)
def test_what_is_certain_is_asked_for(goal: str, asked: set[str]) -> None:
    assert _read(goal) == asked


@pytest.mark.parametrize(
    "goal",
    [
        "dye without a tetraarylsilane",
        "dye, diureas not allowed",
        "dye, not a dimethoxynaphthalene",
        "dye; we hate fluffy amides",
        "dye, no ester in the outer arms",
        "dye, at most two esters on the outer arm",
        "dye, ester on the outer ring not needed",
        "dye, methoxy groups on the lower ring are optional",
        "dye, masked phenol",
        "dye: a removable ester would be the wrong thing",
        "dye, ester of the old lead, must go",
        "dye, phenol, no thanks",
        "amine hindered by a tert-butyl, excluded",
        "dye, amide releasing a phenol, banned",
        "ester smelling of pear, a no-go",
        "a ligand, amide of a phenol not allowed",
        "dye, azo, no way in hell",
        "dye, ester, no longer wanted",
        "eschew symmetry, gem-dimethyl bridge",
        "eschew wibblates, adipates",
        "shunned stuff: an ester",
        "metals such as copper or zinc",
        "dye, azo ester such as that",
        "ester hydrolysing enzyme inhibitor",
        "sandalwood alcohol scavenger",
        "silicone oil thickener",
        "phenol resin hardener",
        "nitro-reducing catalyst",
        "solvent for an ester smelling of pear",
        "a polymer dissolving an ester smelling of pear",
        "Is a sandalwood alcohol out of the question?",
        "an ester oil? over my dead body",
        "the peroxide curing of rubber calls for an additive",
    ],
)
def test_what_is_not_certain_asks_for_nothing(goal: str) -> None:
    with contextlib.suppress(MolwrightError):
        assert not _read(f"{goal}, MW below 600" if not goal.endswith("?") else goal), goal


def test_what_is_said_beside_a_part_is_listed_as_unchecked() -> None:
    spec = interpret("solvent with a plant-derived ester, methoxy groups on the lower ring")
    assert {"plant-derived", "on the lower ring"} <= {u.phrase for u in spec.unchecked}
