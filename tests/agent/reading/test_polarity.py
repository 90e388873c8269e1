"""No misread wish becomes a requirement: every group in many frames, with unknown words, negators and distractors, never gives the opposite
of what was said, nor a demand that is not in the sentence."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from agent.reading import interpret
from core.errors import ContradictionError
from core.spec import CountRequirement, DesignSpec, MotifRequirement
from tests.tables import each_row
from tools.groups.groups import GROUPS, plural

#: Prohibitions whose words are known: {g} the group, {p} its plural.
KNOWN = (
    "no {p}", "without {p}", "without any {p}", "without a {g}", "avoid {p}", "avoiding {p}", "{p} are not allowed", "{p} are forbidden",
    "{p} excluded", "{p} ruled out", "{p} must not be present", "{p} unwanted", "get rid of the {g}", "anything but {p}", "leave out {p}",
    "skip {p}", "{p} are a no-go", "free of {p}", "lacks any {p}", "never an {g}", "with {p} left aside", "must not contain {p}",
    "should not contain any {p}", "does not contain a {g}", "I do not want any {p}", "exclude {p}", "{p} are to be avoided", "devoid of {p}",
    "steer clear of {p}", "{p} are out of the question", "omit {p}", "{p} are prohibited", "{p} should be avoided", "not containing {p}",
    "containing no {p}", "having no {g}", "there must be no {p}", "{p} may not occur", "{p} are undesirable", "nothing with a {g}", "{p} banned",
    "other than {p}", "please leave out {p}", "stay away from {p}", "{p} are unwelcome", "{p} unacceptable", "{p} are off the table",
)  # fmt: skip
#: The same in words that no table holds, or that leave others of the kind: they may be unread, never a demand.
UNKNOWN = (
    "{p} would be a disaster", "spare me the {p}", "I hate {p}", "we dislike {p}", "{p}? no thanks", "keep {p} away please", "away with {p}",
    "{p} make it fail", "any {g} disqualifies the compound", "{p} spoil it", "refrain from {p}", "{p} tend to hydrolyse", "{p} would hydrolyse",
    "molecules with {p} fail our assay", "no {a} {p}", "without {a} {g} groups", "avoid {a} {p}", "lacks any {a} {p}", "{a} {p} are not allowed",
    "I do not want any {a} {p}", "{p} were what killed the last one", "nobody needs {p}", "{p} cost us a year", "less of the {p}",
    "{p} may be present", "{p} are allowed", "{p} are optional", "a {g} is not required", "could contain {p}", "whether it has {p} is all the same",
    "not without {p}", "no lack of {p}", "it is not true that {p} are excluded", "we do not avoid {p}",
)  # fmt: skip
#: Demands whose words are known.
ASKED = (
    "with a {g}", "containing a {g}", "bearing a {g}", "that contains a {g}", "{p} are required", "a {g} is a must", "has a {g}", "it must contain a {g}",
    "a {g} is essential", "including a {g}",
)  # fmt: skip
ODD = (
    "labile",
    "costly",
    "smelly",
    "troublesome",
    "regulated",
    "oily",
    "sluggish",
    "off-patent",
    "reprotoxic",
    "so-called",
    "wibbly",
    "former",
)
#: Masses are such that the heaviest group keeps them.
AROUND = (
    "{x}",
    "logP below 3, {x}",
    "{x}, MW below 3000",
    "a molecule with MW < 3000; {x}",
    "MW from 200 to 3000, and {x}",
    "a dye absorbing at 500 nm. {x}",
)


def demanded(spec: DesignSpec) -> list[str]:
    """Parts that the spec asks for, without what a family brings."""
    stated = [r for r in spec.requirements if r.origin != "class"]
    motifs = [r.name for r in stated if isinstance(r, MotifRequirement) and r.wanted]
    return motifs + [r.name for r in stated if isinstance(r, CountRequirement) and r.condition.bounds()[0] >= 1]


def denied(spec: DesignSpec) -> list[str]:
    """Parts that the spec excludes."""
    stated = [r for r in spec.requirements if r.origin != "class"]
    motifs = [r.name for r in stated if isinstance(r, MotifRequirement) and not r.wanted]
    return motifs + [r.name for r in stated if isinstance(r, CountRequirement) and r.condition.bounds()[1] == 0]


def _said(frame: str, group: str, odd: str = "") -> str:
    return frame.format(g=group, p=plural(group.lower()), a=odd)


#: Names that are also read as a count of rings or atoms, or as another thing: a denial may become that.
GROUP_NAMES = sorted(GROUPS)


@each_row("group", GROUP_NAMES)
def test_a_plain_denial_and_a_plain_demand_of_every_group(group: str) -> None:
    refused = interpret(f"MW below 900, no {plural(group.lower())}")
    assert not demanded(refused)
    assert len([r for r in refused.requirements if r.origin != "assumption"]) == 2, refused.unchecked
    asked = interpret(f"MW below 900, containing a {group}")
    assert not denied(asked)
    assert len(asked.requirements) == 2, asked.unchecked


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(GROUP_NAMES), st.sampled_from(KNOWN + UNKNOWN), st.sampled_from(AROUND), st.sampled_from(ODD))
def test_what_is_not_asked_for_never_becomes_a_demand(group: str, frame: str, around: str, odd: str) -> None:
    goal = around.format(x=_said(frame, group, odd))
    try:
        spec = interpret(goal, may_be_empty=True)
    except ContradictionError:  # a dye without a chromophore: the prohibition was read
        return
    assert demanded(spec) == [], goal


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(GROUP_NAMES), st.sampled_from(ASKED), st.sampled_from(AROUND))
def test_what_is_asked_for_is_never_excluded(group: str, frame: str, around: str) -> None:
    goal = around.format(x=_said(frame, group))
    assert denied(interpret(goal, may_be_empty=True)) == [], goal


@each_row("frame", KNOWN)
def test_known_prohibitions_are_read(frame: str) -> None:
    for group in ("ester", "nitrile", "phenol"):
        spec = interpret("MW below 3000; " + _said(frame, group))
        assert denied(spec) == [group], (frame, spec.unchecked)


@each_row("frame", ASKED)
def test_known_demands_are_read(frame: str) -> None:
    for group in ("ester", "nitrile", "phenol"):
        spec = interpret("MW below 3000; " + _said(frame, group))
        assert demanded(spec) == [group], (frame, spec.unchecked)


@each_row("frame", UNKNOWN)
def test_what_is_not_understood_is_listed(frame: str) -> None:
    spec = interpret("MW below 3000; " + _said(frame, "ester", "smelly"))
    assert demanded(spec) == []
    assert spec.unchecked or denied(spec) == ["ester"]


@each_row(
    ("goal", "absent", "present"),
    [
        ("without nitro groups, aldehydes or ketones", ["nitro", "aldehyde", "ketone"], []),
        ("no nitro groups; a macrocycle", ["nitro"], ["macrocycle"]),
        ("without sulfur, ketone or aldehyde required", ["S"], ["ketone or aldehyde"]),
        ("no esters but an amide", ["ester"], ["amide"]),
        ("no halogens, a carboxylic acid", ["halogen"], ["carboxylic acid"]),
        ("having a long alkyl chain, nitrogen undesirable", ["N"], ["long alkyl chain"]),
        ("no halogens except fluorine", ["Cl", "Br", "I"], []),
        ("phenols, nitriles and thiols are excluded", ["phenol", "nitrile", "thiol"], []),
        ("neither esters nor amides", ["ester", "amide", "imide"], []),  # imides by assumption
    ],
)
def test_how_far_a_negation_reaches(goal: str, absent: list[str], present: list[str]) -> None:
    spec = interpret(f"MW < 400; {goal}")
    assert sorted(denied(spec)) == sorted(absent)
    assert sorted(demanded(spec)) == sorted(present)


@each_row(
    "goal",
    [
        "no bromine, phosphonate or phosphate ester flame retardant, MW < 500",
        "a molecule without nitro groups, macrocyclic lactone or ketone",
        "Solvent boiling at 80 to 110 °C that dispenses with chlorine and nitrogen",
        "we dislike compounds with phenols, MW < 300",
        "Shun molecules containing esters, MW < 300",
        "with phenols and aldehydes wibbled, MW < 300",
        "MW < 300 and stay clear of what has an ester",
        "no esters unless hindered, MW < 300",
    ],
)
def test_where_it_is_not_clear_nothing_is_demanded(goal: str) -> None:
    assert demanded(interpret(goal, may_be_empty=True)) == []


@each_row("operator", ["below", "above", "at least", "at most"])
@each_row("frame", ["{x} is undesirable", "{x} is not allowed", "{x} must be avoided", "avoid {x}", "no {x}", "{x} frowned at by all"])
def test_a_denied_limit_is_never_the_limit(operator: str, frame: str) -> None:
    spec = interpret("MW below 3000; " + frame.format(x=f"a logP {operator} 3"), may_be_empty=True)
    conditions = [r.condition for r in spec.requirements if r.kind == "property" and r.property == "logp"]
    up = operator in ("above", "at least")
    assert all((c.bounds()[1] == 3) == up for c in conditions)
