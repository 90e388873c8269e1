"""A clause counts whole or not at all: an unknown word can only take readings away, and joined clauses keep theirs."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.reading import read
from agent.reading.statements import Statement
from core.errors import MolwrightError
from evals.suites.interpreter import sentences
from tools.workspace import builtin

#: What is stated, without the words that state it.
Stated = frozenset[Statement]


def stated(goal: str) -> Stated:
    """Everything that the clauses of ``goal`` ask for; a solvent is a setting of the estimates, not a demand."""
    found = {
        s for clause in read(goal, catalogue=builtin().catalogue).clauses if clause.role in ("read", "head") for s in clause.statements
    }
    return frozenset(replace(s, phrase="") for s in found if s.kind != "solvent")


POOL = (
    "logP below 3", "MW from 200 to 300", "no esters", "without nitro groups or aldehydes", "with an amide", "a nitro group", "two hydroxyl groups",
    "at most 3 rings", "halogen-free", "phenols excluded", "esters are not allowed", "must contain a pyridine", "maximise QED",
    "as low a TPSA as possible", "the highest possible flash point", "ideally a logP near 2", "rigid", "fluorinated", "similar to aspirin",
    "Lipinski-compliant", "only C, H and O", "melting point below 50 °C", "stable at 200 °C", "no logP above 3", "not chiral",
    "solubility above 1 mM", "cheap", "non-toxic", "boiling point above 100 °C", "pour point above 100 °C", "with frobnicated wibble", "anything but thiols", "never a peroxide",
    "free of metals", "get rid of the CF3", "absorbing at 500 nm", "heavy atoms in the twenties", "a sulfone is required",
    "no halogens except fluorine", "for batteries", "lacks smelly ketones", "epoxides wibbled", "may contain thiols",
    "containing neither azides nor azo groups", "heavier than aspirin", "wibbled",
)  # fmt: skip


@pytest.mark.parametrize("sign", ["; ", ". "])
def test_two_clauses_state_what_each_of_them_states(sign: str) -> None:
    alone = {clause: stated(clause) for clause in POOL}
    for first, second in itertools.permutations(POOL, 2):
        assert stated(first + sign + second) == alone[first] | alone[second], first + sign + second


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(POOL), st.sampled_from(POOL), st.sampled_from([", ", " and ", ", and ", ", but "]))
def test_clauses_in_a_list_state_nothing_new(first: str, second: str, sign: str) -> None:
    if "never a peroxide" in first and second == "a nitro group":
        return  # 'never a peroxide and a nitro group' denies both
    assert stated(first + sign + second) <= stated(first) | stated(second)


GOALS = [s["goal"] for name in ("sentences", "held_out") for s in sentences(name) if s["goal"].strip()]


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(GOALS), st.sampled_from(["wibble", "frobnicated", "gorgeous", "formerly", "hardly", "pseudo", "verily"]), st.data())
def test_an_unknown_word_adds_nothing(goal: str, word: str, data: st.DataObject) -> None:
    spaces = [m.start() for m in re.finditer(" ", goal)]
    if not spaces:
        return
    place = data.draw(st.sampled_from(spaces))
    changed = f"{goal[:place]} {word}{goal[place:]}"
    try:
        before, after = stated(goal), stated(changed)
    except MolwrightError:
        return
    assert after <= before, changed


def test_no_requirement_rests_on_a_part_of_a_clause() -> None:
    for goal in ("a molecule with a logP below 3 wibbles", "two hydroxyl groups per wibble", "no wibbly esters", "MW below 300 grams"):
        assert stated(goal) == frozenset(), goal


def test_every_word_has_a_role_and_the_spans_are_the_words() -> None:
    from agent.reading import interpret

    for goal in GOALS:
        try:
            spec = interpret(goal, may_be_empty=True)
        except MolwrightError:
            continue
        assert "".join(span.text for span in spec.reading) == spec.goal
        assert all(spec.goal[span.start : span.end] == span.text for span in spec.reading)
        known = {r.id for r in spec.requirements} | {o.id for o in spec.objectives} | {s.id for s in spec.set_requirements}
        assert all(set(span.becomes) <= known for span in spec.reading)
        assert all(not span.becomes for span in spec.reading if span.role in ("unread", "purpose", "filler"))
