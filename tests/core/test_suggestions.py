"""A clear suggestion for unread words can be accepted; one that may mean its opposite cannot."""

from __future__ import annotations

from agent.reading import interpret
from agent.spec_check import check_spec
from core.spec import DesignSpec, PropertyRequirement, marked, must_ask, share_checked, with_suggestions
from tools.workspace import builtin

GOAL = "make my monomer C=Cc1ccccc1 gruesomely with a flash point above 70 °C that frobs"


def test_a_clear_suggestion_is_kept_as_a_value_and_can_be_accepted() -> None:
    spec = interpret(GOAL, may_be_empty=True)
    (entry,) = [u for u in spec.unchecked if u.requirements]
    assert entry.suggestion == entry.requirements[0].text == "Flash point above 70 °C"
    assert must_ask(spec)
    taken = check_spec(with_suggestions(spec), catalogue=builtin().catalogue)
    (requirement,) = taken.requirements
    assert isinstance(requirement, PropertyRequirement)
    assert (requirement.property, requirement.condition.bounds()[0], requirement.origin) == ("flash_point", 70.0, "person")
    assert requirement.phrase == entry.phrase
    assert entry.phrase not in [u.phrase for u in taken.unchecked]
    assert marked(taken).endswith("?] with a flash point above 70 °C [?that frobs?]")
    assert taken.wishes().checked == spec.wishes().checked + 1
    assert taken.wishes().total == spec.wishes().total
    assert DesignSpec.model_validate_json(taken.model_dump_json()) == taken


def test_what_may_mean_its_opposite_is_left_unread() -> None:
    spec = interpret("a solvent with MW below 200 that frobs esters", may_be_empty=True)
    doubtful = [u for u in spec.unchecked if u.suggestion.endswith("or the opposite")]
    assert doubtful
    assert not any(u.requirements or u.objectives for u in doubtful)
    assert with_suggestions(spec).requirements == spec.requirements
    assert {u.phrase for u in doubtful} <= {u.phrase for u in with_suggestions(spec).unchecked}


def test_what_a_person_adds_to_a_spec_counts_as_checked() -> None:
    spec = interpret("a molecule with MW below 300 that frobs and grues the wibble")
    added = spec.requirements[0].model_copy(update={"id": "R9", "origin": "person", "phrase": ""})
    more = spec.model_copy(update={"requirements": [*spec.requirements, added], "unchecked": []})
    assert more.wishes().checked == spec.wishes().checked + 1
    assert must_ask(more) == ""


def test_the_share_is_said_only_where_something_is_unchecked() -> None:
    assert share_checked(interpret("a molecule with MW below 300")) == ""
    assert share_checked(interpret("a molecule with MW below 300, logP below 3, low foaming")) == "2 of the 3 wishes"
