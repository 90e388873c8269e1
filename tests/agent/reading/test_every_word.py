"""No word of a goal is lost in silence: what it says is asked for, or it is marked as unread in the sentence and listed."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from agent.reading import interpret
from agent.reading.phrases import words_of
from core.errors import GoalError
from core.spec import DesignSpec, marked
from tests.tables import each_row
from tools.groups.groups import GROUPS

#: Adjectives that the reader knows, of which it says nothing but that they leave a group what it is.
KNOWN = sorted({*words_of("grammar.toml")["words"]["intersective"]} - {"individual", "separate", "distinct"})
#: Adjectives that no table holds, and such as other tables hold.
STRANGE = ["wibbly", "glorposed", "glorping", "snarf-labile", "non-glorpy", "quuxophilic", "Foobar-active", "semi-wibbled", "REACH-compliant", "bench-stable", "masked", "former", "quaternised", "single-phase", "well-separated"]  # fmt: skip
USES = [
    "ligand",
    "dye",
    "solvent",
    "monomer",
    "cathode material",
    "thingamajig",
    "plasticizer",
    "polyester",
    "phosphine ligand",
    "ester plasticizer",
]
NAMES = sorted(name for name in GROUPS if re.fullmatch(r"[a-z]+", name) and not name.endswith("s"))
FRAMES = [
    "{A} {H}, MW below 500",
    "{A}, wibbleproof {H}, MW below 500",
    "a {A} {H} with MW below 500",
    "a molecule with a {A} {H} and MW below 500",
    "MW below 500, {A} {H}",
    "two {A} {H}s, MW below 500",
    "an azo bond, a {A} {H}, MW below 500",
    "a {H}, {A}, MW below 500",
    "wanted: a {H} that is {A}, MW below 500",
    "{A} {H} for wobble cells, no nitro, MW below 500",
]


def asked(spec: DesignSpec) -> object:
    """All that a spec asks for or takes for granted, without the words."""
    stated = sorted(
        r.model_dump_json(exclude={"id", "text", "phrase", "origin"})
        for r in [*spec.requirements, *spec.objectives, *spec.set_requirements]
    )
    return spec.candidate_class, spec.family, spec.candidates, stated, sorted(a.text for a in spec.assumptions)


def read(goal: str) -> DesignSpec | None:
    """The spec of a goal; None where it is an error, which is no silence."""
    try:
        return interpret(goal, may_be_empty=True)
    except GoalError:
        return None


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.sampled_from(KNOWN + STRANGE), st.sampled_from(USES + NAMES), st.sampled_from(FRAMES))
@example("C2-symmetric", "bisoxazoline", FRAMES[0])
@example("redox-active", "quinone", FRAMES[9])
@example("linear", "carbonate", FRAMES[3])
def test_an_adjective_changes_what_is_asked_for_or_is_marked_and_listed(adjective: str, noun: str, frame: str) -> None:
    goal = frame.format(A=adjective, H=noun)
    spec = read(goal)
    if spec is None:
        return
    start = goal.index(adjective)
    loud = [(s.start, s.end) for s in spec.reading if s.unread or s.role == "head"]
    words = [(start + m.start(), start + m.end()) for m in re.finditer(r"[^\W_]+", adjective)]
    silent = [w for w in words if not any(i <= w[0] and w[1] <= j for i, j in loud)]
    if not silent:
        listed = [(u.start or 0, u.end or 0) for u in spec.unchecked]
        assert all(any(i <= w[0] and w[1] <= j for i, j in listed) or _head(spec, w) for w in words), f"{goal}: marked and not listed"
        return
    bare = re.sub(r"\x00, |, \x00| that is \x00|\x00 ", "", frame.format(A="\x00", H=noun))
    without = read(bare)
    assert without is None or asked(without) != asked(spec), f"{goal}: '{adjective}' is neither used nor marked: {marked(spec)}"


def _head(spec: DesignSpec, word: tuple[int, int]) -> bool:
    """Whether a word stands in the name of the thing designed."""
    return any(s.role == "head" and s.start <= word[0] and word[1] <= s.end for s in spec.reading)


@each_row(
    ("goal", "shown"),
    [
        ("C2-symmetric bisoxazoline ligand, MW below 500", "[?C2-symmetric?] bisoxazoline ligand, MW below 500"),
        (
            "a molecule with an acid-labile tertiary ester, an adamantane cage",
            "a molecule with an [?acid-labile?] tertiary ester, an adamantane cage",
        ),
        ("two bulky esters on the lower ring, MW below 500", "two [?bulky?] esters [?on the lower ring?], MW below 500"),
        ("PFAS-free organic cathode material with MW below 500", "PFAS-free [?organic cathode material?] with MW below 500"),
        ("BODIPY core rather than cyanine, MW below 500", "BODIPY core [?rather than cyanine?], MW below 500"),
        ("single-phase coolant with MW below 500", "[?single-phase?] coolant with MW below 500"),
        ("a molecule with a terminal alkyne, two separate esters", "a molecule with a terminal alkyne, two separate esters"),
        ("halogen-free molecules with TPSA over 60", "halogen-free molecules with TPSA over 60"),
    ],
)
def test_the_words_that_nothing_checks_are_marked_one_by_one(goal: str, shown: str) -> None:
    assert marked(interpret(goal)) == shown


@pytest.mark.parametrize("adjective", ["wibbly", "bulky", "electron-rich"])
def test_an_adjective_that_is_marked_leaves_the_count_of_wishes(adjective: str) -> None:
    with_it, without = (
        interpret(f"a molecule with a {adjective} phosphine, MW below 500"),
        interpret("a molecule with a phosphine, MW below 500"),
    )
    assert (with_it.wishes(), without.wishes().checked) == (without.wishes(), 2)
