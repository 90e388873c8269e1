"""The judge of wishes: what is right, lost, inverted and invented."""

from __future__ import annotations

from typing import Any

import pytest

from agent.reading import interpret
from evals.judges.wish_atoms import expected_atoms
from evals.judges.wishes import judge_wishes
from evals.reading import judge_goal


def _expected(*wishes: tuple[str, list[Any]], **more: Any) -> dict[str, Any]:
    return {"wish": [{"words": words, "right": right} for words, right in wishes], **more}


def test_a_right_spec_has_nothing_wrong() -> None:
    spec = interpret("a dye with MW below 300, no esters, cheap")
    verdict = judge_wishes(
        _expected(
            ("MW below 300", ["property:molecular_weight < 300"]),
            ("no esters", ["motif:ester absent"]),
            ("cheap", ["unread"]),
            family=["dye"],
        ),
        spec,
    )
    assert verdict.spec_right
    assert (verdict.wishes, verdict.right) == (3, 3)


def test_the_opposite_is_inverted_and_what_no_wish_states_is_invented() -> None:
    spec = interpret("a molecule with an ester and MW below 300")
    verdict = judge_wishes(_expected(("ester", ["motif:ester absent"])), spec)
    assert len(verdict.inverted) == 1
    assert len(verdict.invented) == 1
    assert not verdict.spec_right


def test_what_is_unread_is_lost_unless_it_may_be() -> None:
    spec = interpret("a molecule with MW below 300, no wibbly esters")
    read = ("MW below 300", ["property:molecular_weight < 300"])
    lost = judge_wishes(_expected(read, ("no wibbly esters", ["motif:ester absent"])), spec)
    assert len(lost.losses) == 1
    fine = judge_wishes(_expected(read, ("no wibbly esters", ["motif:ester absent", "unread"])), spec)
    assert fine.spec_right


def test_what_is_neither_read_nor_listed_is_dropped() -> None:
    spec = interpret("a molecule with MW below 300")
    verdict = judge_wishes(_expected(("MW below 300", ["property:molecular_weight < 300"]), ("gnarled", ["unread"])), spec)
    assert verdict.dropped


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("count:group:ester >= 1", "motif:ester present"),
        ("count:element:F == 0", "motif:F absent"),
        ("property:hbd < 3", "property:hbd <= 2"),
        ("count:group:amide 1..2", "count:group:amide 1..2"),
    ],
)
def test_what_means_the_same_is_the_same(one: str, other: str) -> None:
    assert expected_atoms(one) == expected_atoms(other)


@pytest.mark.parametrize("text", ["ester absent", "count:group:ester", "property:logp near 3", "colour:red"])
def test_what_is_not_in_the_format_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match="not a"):
        expected_atoms(text)


def test_an_error_of_the_reader_is_a_wrong_field() -> None:
    assert judge_goal({"goal": "similar to C1CC(C", "wish": []}).fields


def test_a_vague_wish_leaves_the_number_to_the_wish_that_states_it() -> None:
    spec = interpret("a molecule, not volatile, MW from 400 to 700")
    vague = ("not volatile", ["vague:molecular_weight up", "unread"])
    assert judge_wishes(_expected(vague, ("MW from 400 to 700", ["property:molecular_weight 400..700"])), spec).spec_right


def test_what_another_requirement_implies_is_not_invented() -> None:
    spec = interpret("a methacrylate monomer with at least two methacrylates")
    counted = ("at least two methacrylates", ["count:group:methacrylate >= 2"])
    assert judge_wishes(_expected(counted, family=["monomer"]), spec).invented == []


def test_a_word_that_became_the_family_is_not_dropped_where_it_may_be_unread() -> None:
    goal = "need a UVB filter, no nitrogen at all"
    wishes = (("UVB filter", ["motif:cinnamate present", "unread"]), ("no nitrogen", ["count:element:N == 0"]))
    verdict = judge_wishes(_expected(*wishes, family=["UV filter"]), interpret(goal))
    assert verdict.spec_right
    assert (verdict.wishes, verdict.right) == (2, 2)


def test_a_word_that_became_the_family_is_dropped_where_it_must_be_read() -> None:
    spec = interpret("need a UVB filter, no nitrogen at all")
    wishes = (("UVB filter", ["motif:cinnamate present"]), ("no nitrogen", ["count:element:N == 0"]))
    assert judge_wishes(_expected(*wishes, family=["UV filter"]), spec).dropped


def test_words_beside_the_noun_are_not_excused_by_it() -> None:
    spec = interpret("need a UVB filter, no nitrogen at all")
    wishes = (("oily UVB filter", ["unread"]), ("no nitrogen", ["count:element:N == 0"]))
    assert judge_wishes(_expected(*wishes, family=["UV filter"]), spec).dropped
