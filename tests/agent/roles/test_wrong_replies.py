"""A model that reads a goal wrongly, over a scripted server: nothing of what it gets wrong is asked for."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from agent.models import Place
from agent.models.schema import response_schema
from agent.reading import interpret
from agent.roles.interpreter.choices import bound_readings, clauses_of, subjects_of
from agent.roles.interpreter.grounding import ground
from agent.roles.interpreter.model import read_again
from agent.roles.interpreter.readings import GoalReading, subject_of
from agent.roles.interpreter.words import quoted
from core.approval import objections
from core.spec import CountRequirement, DesignSpec, PropertyRequirement
from tests.agent.models.fake_server import FakeModel, Reply, fake_model, open_session
from tests.tables import each_row
from tools.groups.groups import GROUPS
from tools.workspace import builtin

CATALOGUE = builtin().catalogue
Answered = Callable[..., DesignSpec]
#: What the parser is made not to have read. Every word of the first ones is known to its tables.
ABOVE, COUNT, TWO, NO_NITRILE, WITH_KETONE = (
    "flash point the above 60 °C",
    "that at least two bromines",
    "melting point above 80 °C with the sulfone",
    "never the nitrile",
    "with that ketone",
)
UNKNOWN, BELOW_ZERO, RANGE, LOW, SOFT = (
    "at least two thiophenes shunned",
    "melting point that below -40 °C",
    "aqueous solubility the between -4 and -2",
    "polar surface area the lowest and that low",
    "ideally that amide",
)
CLAUSES = (ABOVE, COUNT, TWO, NO_NITRILE, WITH_KETONE, UNKNOWN, BELOW_ZERO, RANGE, LOW, SOFT)


@pytest.fixture(scope="module")
def spec() -> DesignSpec:
    """A goal of which the parser read two wishes and left ten clauses."""
    read = interpret("a molecule with MW < 300 and no nitro groups")
    unread = [{"phrase": p, "reason": "not understood"} for p in CLAUSES]
    return DesignSpec.model_validate({**read.model_dump(), "goal": ", ".join([read.goal, *CLAUSES]), "unchecked": unread})


def entry(
    phrase: str, subject: str, comparison: str, low: float | None = None, high: float | None = None, unit: str = ""
) -> dict[str, Any]:
    return {"phrase": phrase, "subject": subject, "comparison": comparison, "low": low, "high": high, "unit": unit}


@pytest.fixture(scope="module")
def server() -> Iterator[FakeModel]:
    """One server for all tests here."""
    with fake_model() as fake:
        yield fake


@pytest.fixture
def answered(server: FakeModel, spec: DesignSpec) -> Callable[..., DesignSpec]:
    """Gives the spec after a model gave some entries as its readings, or a text."""

    def ask(*entries: dict[str, Any], text: str = "") -> DesignSpec:
        server.respond = lambda request: Reply(text or json.dumps({"readings": list(entries)}))
        with open_session(server.url, attempts=0) as session:
            return read_again(spec, session, Place("interpret", 0, "interpreter"), catalogue=CATALOGUE)

    return ask


#: What a model gets wrong in what the parser left: the reply is well-formed, and nothing of it may be asked for.
WRONG: dict[str, dict[str, Any]] = {
    "direction turned round": entry(ABOVE, "Flash point", "below", 60, unit="°C"),
    "strict for not strict": entry(COUNT, "bromine", "above", 2),
    "least for exact": entry(COUNT, "bromine", "exactly", 2),
    "another unit": entry(ABOVE, "Flash point", "above", 60, unit="K"),
    "the unit dropped": entry(ABOVE, "Flash point", "above", 60),
    "a unit of another quantity": entry(ABOVE, "Flash point", "above", 60, unit="g/mol"),
    "another number": entry(ABOVE, "Flash point", "above", 600, unit="°C"),
    "a power of ten": entry(ABOVE, "Flash point", "above", 6.0e1 * 10, unit="°C"),
    "the number of a neighbour": entry(ABOVE, "Flash point", "above", 80, unit="°C"),
    "the number of the neighbour's clause": entry(COUNT, "Flash point", "at least", 2, unit="°C"),
    "the sign dropped": entry(BELOW_ZERO, "Melting point", "below", 40, unit="°C"),
    "one end of a range": entry(RANGE, "Aqueous solubility", "at least", -4),
    "a range from one number": entry(ABOVE, "Flash point", "between", 60, 100, unit="°C"),
    "a range turned round": entry(RANGE, "Aqueous solubility", "between", -2, -4),
    "the negator dropped": entry(NO_NITRILE, "nitrile", "present"),
    "a negator added": entry(WITH_KETONE, "ketone", "absent"),
    "a count of what is denied": entry(NO_NITRILE, "nitrile", "at least", 1),
    "an unknown verb that denies": entry(UNKNOWN, "thiophene", "at least", 2),
    "a group of another clause": entry(WITH_KETONE, "sulfone", "present"),
    "a part instead of a limit": entry(COUNT, "bromine", "present"),
    "one of two wishes, with the other's number": entry(TWO, "sulfone", "at least", 80),
    "two wishes in one clause": entry(TWO, "Melting point", "above", 80, unit="°C"),
    "another property of the same unit": entry(ABOVE, "Melting point", "above", 60, unit="°C"),
    "a property where a group stands": entry(COUNT, "Heteroatoms", "at least", 2),
    "a wish turned round": entry(LOW, "TPSA", "high"),
    "a wish with a number that nobody said": entry(LOW, "TPSA", "below", 60, unit="Å²"),
    "a wish made of a limit": entry(ABOVE, "Flash point", "high"),
    "a preference made a demand": entry(SOFT, "amide", "present"),
    "an infinite number": entry(ABOVE, "Flash point", "above", 1e308, unit="°C"),
    "a comparison without its number": entry(ABOVE, "Flash point", "above", None, unit="°C"),
}


@pytest.mark.parametrize("kind", WRONG)
def test_what_a_model_gets_wrong_is_not_asked_for(kind: str, spec: DesignSpec, answered: Answered) -> None:
    made = answered(WRONG[kind])
    assert (made.requirements, made.objectives, made.interpreter) == (spec.requirements, spec.objectives, spec.interpreter)
    assert [u.phrase for u in made.unchecked] == list(CLAUSES)
    assert made.warnings != spec.warnings


#: Readings that the schema does not let through: what is not offered cannot be chosen.
NOT_OFFERED: dict[str, dict[str, Any]] = {
    "a group that the goal does not name": entry(WITH_KETONE, "phenol", "present"),
    "a property that is not registered": entry(ABOVE, "toxicity", "below", 60),
    "words that the goal does not say": entry("no fluorine anywhere", "ketone", "absent"),
    "a part of a clause": entry("two bromines", "bromine", "exactly", 2),
    "an element that the goal does not name": entry(COUNT, "chlorine", "at least", 2),
    "a comparison of its own": entry(ABOVE, "Flash point", "beyond", 60, unit="°C"),
    "a number in words": {**entry(ABOVE, "Flash point", "above", None, unit="°C"), "low": "sixty degrees"},
    "a field of its own": {**entry(ABOVE, "Flash point", "above", 60, unit="°C"), "smarts": "[#6]"},
}


@pytest.mark.parametrize("kind", NOT_OFFERED)
def test_what_is_not_offered_cannot_be_chosen(kind: str, spec: DesignSpec, answered: Answered) -> None:
    assert answered(NOT_OFFERED[kind]) == spec


def cut(text: str) -> str:
    return text[: len(text) // 2]


@pytest.mark.parametrize("text", ["", "[]", "null", '{"readings": [', '{"readings": {}}', "The flash point is above 60 °C.", "{}"])
def test_a_reply_that_is_cut_off_or_no_json_changes_nothing(text: str, spec: DesignSpec, answered: Answered) -> None:
    whole = json.dumps({"readings": [entry(ABOVE, "Flash point", "above", 60, unit="°C")]})
    assert answered(text=text or cut(whole)) == spec


#: Readings of what the parser read itself: a person is asked, and the parser's stands until then.
OTHERWISE: dict[str, dict[str, Any]] = {
    "direction": entry("with MW < 300", "Molecular weight", "above", 300, unit="g/mol"),
    "number": entry("with MW < 300", "Molecular weight", "below", 500, unit="g/mol"),
    "polarity": entry("no nitro groups", "nitro", "present"),
    "a count of what is denied": entry("no nitro groups", "nitro", "at least", 1),
    "a wish of the other sense": entry("with MW < 300", "Molecular weight", "high"),
}


@pytest.mark.parametrize("kind", OTHERWISE)
def test_a_reading_against_the_parsers_is_asked(kind: str, spec: DesignSpec, answered: Answered) -> None:
    made = answered(OTHERWISE[kind])
    assert (made.requirements, made.objectives) == (spec.requirements, spec.objectives)
    assert made.disagreements
    assert any("a language model reads the goal otherwise" in text for text in objections(made))


def test_what_a_model_gets_right_is_asked_for_and_an_extra_statement_beside_it_is_not(spec: DesignSpec, answered: Answered) -> None:
    right = [
        entry(ABOVE, "Flash point", "above", 60, unit="°C"),
        entry(COUNT, "bromine", "at least", 2),
        entry(RANGE, "Aqueous solubility", "between", -4, -2),
        entry(BELOW_ZERO, "Melting point", "below", -40, unit="°C"),
    ]
    made = answered(*right, entry(ABOVE, "Flash point", "above", 90, unit="°C"))
    flash, bromine, soluble, melting = made.requirements[len(spec.requirements) :]
    assert isinstance(flash, PropertyRequirement)
    assert (flash.property, flash.condition.comparison, flash.condition.value) == ("flash_point", ">", 60)
    assert isinstance(bromine, CountRequirement)
    assert (bromine.name, bromine.condition.comparison, bromine.condition.value) == ("Br", ">=", 2)
    assert isinstance(soluble, PropertyRequirement)
    assert soluble.condition.bounds() == (-4, -2)
    assert isinstance(melting, PropertyRequirement)
    assert melting.condition.bounds()[1] == -40
    assert {r.origin for r in (flash, bromine, soluble, melting)} == {"model"}


def test_the_schema_that_is_sent_offers_what_the_goal_names_and_stays_small(
    spec: DesignSpec, answered: Answered, server: FakeModel
) -> None:
    assert answered() == spec
    sent = server.requests[-1]["response_format"]["json_schema"]["schema"]
    fields = sent["$defs"]["GoalReading"]["properties"]
    assert fields["phrase"]["enum"] == clauses_of(spec)
    assert fields["subject"]["enum"] == subjects_of(spec, catalogue=CATALOGUE)
    assert {"nitrile", "ketone", "thiophene", "bromine"} <= set(fields["subject"]["enum"])
    assert len([s for s in fields["subject"]["enum"] if s in GROUPS]) < 12 < len(GROUPS)
    assert len(json.dumps(sent)) < 4000
    assert all(subject_of(s, catalogue=CATALOGUE) for s in fields["subject"]["enum"])
    assert all(quoted(c, spec.goal) for c in fields["phrase"]["enum"])
    bound = bound_readings(spec, catalogue=CATALOGUE)
    assert bound is not None
    assert response_schema(bound)["schema"] == sent


@each_row("name", sorted(GROUPS)[::60])
def test_whatever_the_group_its_opposite_is_never_stated(name: str) -> None:
    subject = subject_of(name, catalogue=CATALOGUE)
    assert subject is not None
    for clause, right in ((f"with that {name}", "present"), (f"never the {name}", "absent"), (f"that must be free of {name}", "absent")):
        for comparison in ("present", "absent"):
            read = GoalReading.model_validate(entry(clause, name, comparison))
            stated = not ground(read, subject, clause, catalogue=CATALOGUE).missing
            assert not stated or comparison == right


@each_row("name", sorted(d.name for d in CATALOGUE if d.kind != "level"))
def test_whatever_the_property_another_direction_number_or_unit_is_never_stated(name: str) -> None:
    definition = CATALOGUE[name]
    word = definition.label.split(" (")[0]
    subject = subject_of(word, catalogue=CATALOGUE) or ("property", name)
    for said, right in (("above", "above"), ("at most", "at most"), ("no less than", "at least"), ("not exceeding", "at most")):
        clause = f"{word} {said} 37 {definition.unit}".strip()
        for comparison in ("below", "at most", "above", "at least", "exactly"):
            for number, unit in ((37.0, definition.unit), (73.0, definition.unit), (-37.0, definition.unit), (37.0, "furlong")):
                read = GoalReading.model_validate(entry(clause, word, comparison, number, unit=unit))
                found = ground(read, subject, clause, catalogue=CATALOGUE)
                assert found.missing or (comparison, number, unit) == (right, 37.0, definition.unit)
