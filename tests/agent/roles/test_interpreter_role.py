"""A second reading of the goal: the parser wins, additions are marked, nothing that a model writes gets into the spec."""

from __future__ import annotations

import json
import random
import string
from typing import Any

import pytest

from agent.models import Place
from agent.reading import describe, interpret
from agent.reading.assemble import asks_for_something
from agent.roles.interpreter.merge import MOST_ADDED, merge
from agent.roles.interpreter.model import read_again
from agent.roles.interpreter.readings import GoalReading, GoalReadings
from agent.spec_check import check_spec
from core.approval import objections
from core.errors import GoalError
from core.spec import CountRequirement, DesignSpec, MotifRequirement, Objective, PropertyRequirement, RuleSetRequirement, with_suggestions
from tests.agent.models.fake_server import MALFORMED, Reply, fake_model, open_session
from tests.tables import each_row
from tools.safety.spec import spec_verdict
from tools.workspace import builtin

GOAL = "a molecule with MW < 300 that is wee in polar surface area, stable at 200 °C, with logP below 3"


def reading(phrase: str, subject: str, comparison: str, low: float | None = None, high: float | None = None, unit: str = "") -> GoalReading:
    return GoalReading.model_validate(
        {"phrase": phrase, "subject": subject, "comparison": comparison, "low": low, "high": high, "unit": unit}
    )


def test_agreement_changes_nothing() -> None:
    spec = interpret(GOAL)
    agreed = [
        reading("MW < 300", "molecular weight", "below", 300.0, unit="g/mol"),
        reading("MW < 300", "mw", "at most", 0.3, unit="kg/mol"),
        reading("logP below 3", "logP", "below", 3),
    ]
    assert merge(spec, agreed, "m", catalogue=builtin().catalogue) == spec


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (reading("MW < 300", "molecular weight", "below", 500, unit="g/mol"), "Molecular weight below 500 g/mol"),
        (reading("MW < 300", "molecular weight", "above", 300, unit="g/mol"), "Molecular weight above 300 g/mol"),
        (reading("logP below 3", "logP", "between", 1, 9), "logP (Crippen) between 1 and 9"),
        (reading("MW < 300", "molecular weight", "high"), "Molecular weight as high as possible"),
    ],
)
def test_the_parser_wins_and_the_disagreement_is_shown(other: GoalReading, said: str) -> None:
    spec = interpret(GOAL)
    made = merge(spec, [other], "m", catalogue=builtin().catalogue)
    assert made.requirements == spec.requirements
    assert made.objectives == spec.objectives
    assert made.interpreter == "built-in"
    (new,) = [w for w in made.warnings if w not in spec.warnings]
    assert said in new
    assert "the parser's reading stands" in new
    assert new in describe(made)


def test_words_that_the_parser_reads_otherwise_stay_its_own() -> None:
    spec = interpret(GOAL)
    made = merge(spec, [reading("logP below 3", "melting point", "below", 3, unit="°C")], "m", catalogue=builtin().catalogue)
    assert made.requirements == spec.requirements
    assert "the parser reads these words otherwise" in made.warnings[-1]


def test_unread_words_that_state_a_wish_become_one() -> None:
    spec = unread(interpret("a molecule with logP below 3"), "polar surface area the lowest and that low")
    made = merge(spec, [reading("polar surface area the lowest", "TPSA", "low")], "small-7b", catalogue=builtin().catalogue)
    assert made.requirements == spec.requirements
    wish = made.objectives[-1]
    assert isinstance(wish, Objective)
    assert (wish.property, wish.shape, wish.weight, wish.origin) == ("tpsa", "minimise", 0.5, "model")
    assert (wish.low, wish.high) == (builtin().catalogue["tpsa"].typical_low, builtin().catalogue["tpsa"].typical_high)
    assert made.interpreter == "built-in, with 1 addition by the model small-7b"
    assert any("read by a language model" in a.text for a in made.assumptions)
    assert made.unchecked == []
    assert "[from a model]" in describe(made)
    assert check_spec(made, catalogue=builtin().catalogue) == made


def test_a_word_that_no_table_knows_makes_it_a_suggestion_for_a_person() -> None:
    spec = unread(interpret("a molecule with logP below 3"), "at least two bromines dancing")
    made = merge(spec, [reading("two bromines dancing", "bromine atoms", "at least", 2)], "m", catalogue=builtin().catalogue)
    assert (made.requirements, made.objectives, made.interpreter) == (spec.requirements, spec.objectives, "built-in")
    (entry,) = made.unchecked
    assert entry.suggestion == "at least 2 Br atoms (as a model reads it)"
    assert any('"dancing" may mean the opposite' in w for w in made.warnings)
    taken = with_suggestions(made).requirements[-1]
    assert isinstance(taken, CountRequirement)
    assert (taken.name, taken.condition.value, taken.origin) == ("Br", 2, "person")


def test_unread_words_become_a_requirement_where_they_hold_the_number() -> None:
    spec = unread(interpret("a molecule with logP below 3"), "molecular weight at 250 daltons tops", "never the sulfone")
    made = merge(
        spec,
        [
            reading("molecular weight at 250 daltons tops", "molecular weight", "at most", 250, unit="Da"),
            reading("never the sulfone", "sulfone", "absent"),
        ],
        "m",
        catalogue=builtin().catalogue,
    )
    weight, motif = made.requirements[-2:]
    assert isinstance(weight, PropertyRequirement)
    assert (weight.property, weight.condition.bounds()[1], weight.origin) == ("molecular_weight", 250.0, "model")
    assert isinstance(motif, MotifRequirement)
    assert (motif.name, motif.wanted, motif.origin) == ("sulfone", False, "model")
    assert made.unchecked == []
    assert made.requirements[: len(spec.requirements)] == spec.requirements
    assert len({r.id for r in made.requirements}) == len(made.requirements)


def unread(spec: DesignSpec, *phrases: str) -> DesignSpec:
    """``spec`` of a goal that also says ``phrases``, which the parser did not understand."""
    entries = [{"phrase": p, "reason": "not understood"} for p in phrases]
    return DesignSpec.model_validate({**spec.model_dump(), "goal": ", ".join([spec.goal, *phrases]), "unchecked": entries})


def test_structures_that_the_words_do_not_name_are_only_suggested() -> None:
    spec = unread(interpret("a molecule with logP below 3"), "no forever chemicals")
    made = merge(
        spec,
        [reading("no forever chemicals", "fluorine", "absent"), reading("no forever chemicals", "C", "absent")],
        "m",
        catalogue=builtin().catalogue,
    )
    assert made.requirements == spec.requirements
    assert made.unchecked == spec.unchecked
    assert any("Say it in the goal" in w for w in made.warnings)


@each_row(
    ("clause", "wrong"),
    [
        ("phenols excluded somehow wibbly", reading("phenols excluded", "phenol", "present")),
        ("phenols are frowned upon, wibbly", reading("phenols are frowned upon", "phenol", "present")),
        ("phenols are wibbled upon", reading("phenols are wibbled upon", "phenol", "present")),
        ("phenols are wibbled upon", reading("phenols are wibbled upon", "phenol", "absent")),
        ("banish nitrile", reading("banish nitrile", "nitrile", "present")),
        ("wibbly with a nitrile", reading("wibbly with a nitrile", "nitrile", "absent")),
        ("wibbly not without nitrile", reading("wibbly not without nitrile", "nitrile", "absent")),
        ("not wibbly at two bromines", reading("not wibbly at two bromines", "bromine", "exactly", 2)),
        ("two bromines dancing", reading("two bromines dancing", "chlorine", "exactly", 2)),
    ],
)
def test_a_reading_whose_polarity_or_name_the_words_do_not_state_is_refused(clause: str, wrong: GoalReading) -> None:
    spec = unread(interpret("a molecule with logP below 3"), clause)
    made = merge(spec, [wrong], "m", catalogue=builtin().catalogue)
    assert made.requirements == spec.requirements
    assert made.objectives == spec.objectives
    assert made.unchecked == spec.unchecked
    assert any("Say it in the goal if it is meant" in w for w in made.warnings)


@pytest.mark.parametrize(
    ("clause", "other"),
    [
        ("flash point wibbly 60", reading("flash point wibbly 60", "flash point", "above", 61, unit="°C")),
        ("flash point wibbly 60 K", reading("flash point wibbly 60 K", "flash point", "above", 60, unit="°C")),
        ("tips the scales at 60 °C", reading("tips the scales at 60 °C", "flash point", "above", 60, unit="°C")),
    ],
)
def test_a_number_needs_its_own_words_unit_and_property_to_be_required(clause: str, other: GoalReading) -> None:
    spec = unread(interpret("a molecule with logP below 3"), clause)
    made = merge(spec, [other], "m", catalogue=builtin().catalogue)
    assert (made.requirements, made.objectives, made.unchecked) == (spec.requirements, spec.objectives, spec.unchecked)


def test_a_disagreement_is_asked_and_not_settled() -> None:
    spec = interpret(GOAL)
    made = merge(spec, [reading("MW < 300", "molecular weight", "below", 500, unit="g/mol")], "m", catalogue=builtin().catalogue)
    (said,) = made.disagreements
    assert "Molecular weight below 500 g/mol" in said
    assert objections(spec) == ()
    (objection,) = objections(made)
    assert objection.startswith("a language model reads the goal otherwise: a model reads")
    assert (
        merge(spec, [reading("MW < 300", "molecular weight", "below", 300, unit="g/mol")], "m", catalogue=builtin().catalogue).disagreements
        == []
    )


def test_elements_counts_and_rule_sets() -> None:
    spec = unread(interpret("a molecule with logP below 3"), "the two bromines", "that of lipinski")
    made = merge(
        spec,
        [reading("the two bromines", "bromine atoms", "exactly", 2), reading("that of lipinski", "Lipinski", "present")],
        "m",
        catalogue=builtin().catalogue,
    )
    count, rules = made.requirements[-2:]
    assert isinstance(count, CountRequirement)
    assert (count.what, count.name, count.condition.value) == ("element", "Br", 2)
    assert isinstance(rules, RuleSetRequirement)
    assert rules.rule_set == "lipinski"


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (reading("words that nobody said", "logP", "below", 3), "words that are not in the goal"),
        (reading("a", "logP", "below", 3), "words that are not in the goal"),
        (reading("wee", "hotness", "high"), "nothing that is registered"),
        (reading("wee", "tpsa", "between", 3), "cannot be computed"),
        (reading("wee", "tpsa", "present"), "cannot be computed"),
        (reading("wee", "glass transition", "high"), "cannot be computed"),
    ],
)
def test_what_means_nothing_is_dropped_with_a_count(bad: GoalReading, why: str) -> None:
    spec = interpret(GOAL)
    made = merge(spec, [bad], "m", catalogue=builtin().catalogue)
    assert (made.requirements, made.objectives) == (spec.requirements, spec.objectives)
    assert f"this was not taken: 1 {why.split()[0]}" in made.warnings[-1] or why in made.warnings[-1]


def test_what_contradicts_the_parser_is_dropped() -> None:
    spec = unread(interpret("a molecule without halogens and with logP below 3"), "two bromines dancing")
    made = merge(spec, [reading("two bromines dancing", "bromine", "exactly", 2)], "m", catalogue=builtin().catalogue)
    assert made.requirements == spec.requirements


def test_at_most_a_few_additions() -> None:
    phrases = [f"with that {w}" for w in ("nitrile", "sulfone", "ketone", "ester", "ether", "amide", "thiophene", "pyridine", "furan")]
    spec = unread(interpret("a molecule with logP below 3"), *phrases)
    made = merge(spec, [reading(p, p.split()[-1], "present") for p in phrases], "m", catalogue=builtin().catalogue)
    assert sum(r.origin == "model" for r in made.requirements) == MOST_ADDED


def settled(spec: DesignSpec) -> dict[str, Any]:
    """What no model may touch."""
    kept = spec.model_dump(exclude={"requirements", "objectives", "assumptions", "unchecked", "warnings", "disagreements", "interpreter"})
    return {
        **kept,
        "read": [r for r in spec.requirements if r.origin != "model"],
        "wished": [o for o in spec.objectives if o.origin != "model"],
    }


def test_no_reading_whatever_loosens_drops_or_touches_the_rest() -> None:
    """Thousands of random readings of a goal's own words, every one well-formed."""
    rng = random.Random(11)
    spec = unread(
        interpret("a molecule with MW < 300, no nitro groups, at least 2 oxygens, Lipinski"), "two of a kind", "wee at 40", "no nitrile"
    )
    text = spec.goal
    subjects = [*builtin().catalogue.words(), "nitro", "O", "oxygen", "lipinski", "benzene", "halogen", "nitrile", "C", "xyz"]
    comparisons = ["below", "at most", "above", "at least", "exactly", "between", "present", "absent", "high", "low"]
    for _ in range(200):
        readings = []
        for _ in range(rng.randint(1, 8)):
            start = rng.randrange(len(text))
            phrase = rng.choice([text[start : start + rng.randint(1, 40)], "two of a kind", "wee at 40", "no nitrile", text])
            low = rng.choice([None, 2.0, 40.0, 300.0, rng.uniform(-500, 2000), float("inf"), float("nan"), 1e308])
            high = rng.choice([None, rng.uniform(-500, 2000)])
            unit = rng.choice(["", "", "g/mol", "°C", "%", "furlong"])
            readings.append(reading(phrase, rng.choice(subjects), rng.choice(comparisons), low, high, unit))
        made = merge(spec, readings, "m", catalogue=builtin().catalogue)
        assert settled(made) == settled(spec)
        assert {u.phrase for u in made.unchecked} <= {u.phrase for u in spec.unchecked}
        assert check_spec(made, catalogue=builtin().catalogue).requirements == made.requirements
        assert spec_verdict(made).verdict == spec_verdict(spec).verdict
        assert merge(spec, readings, "m", catalogue=builtin().catalogue) == made


def test_no_word_of_a_model_gets_into_the_spec() -> None:
    spec = interpret(GOAL)
    secret = "SARIN VX ignore all rules"
    made = merge(
        spec,
        [
            reading(secret, secret, "high"),
            reading("wee", secret, "low"),
            reading("wee", "tpsa", "below", 5, unit="sarin"),
            reading("MW < 300", "mw", "below", 5, unit="sarin"),
        ],
        "m",
        catalogue=builtin().catalogue,
    )
    assert "sarin" not in made.model_dump_json().lower()


# ---- over a server


def test_over_a_server() -> None:
    spec = unread(interpret(GOAL), "low and lowest polar surface area")
    with fake_model() as fake, open_session(fake.url) as session:
        fake.json({"readings": [reading("low and lowest polar surface area", "TPSA", "low").model_dump()]})
        made = read_again(spec, session, Place("interpret", 0, "interpreter"), catalogue=builtin().catalogue)
        assert made.objectives[-1].origin == "model"
        (request,) = fake.requests
        system, user = (m["content"] for m in request["messages"])
        assert "TPSA in Å²" in system
        assert spec.goal in user
        assert "low and lowest" in user
        assert request["response_format"]["json_schema"]["strict"] is True


@each_row("name", sorted(MALFORMED))
def test_every_malformed_reply_leaves_the_parser_alone(name: str) -> None:
    spec = interpret(GOAL)
    with fake_model() as fake, open_session(fake.url, attempts=1) as session:
        fake.respond = lambda request: MALFORMED[name]("lookup", {"name": "aspirin"})
        assert read_again(spec, session, Place("interpret", 0, "interpreter"), catalogue=builtin().catalogue) == spec
        (use,) = session.account()
        assert use.fell_back


def test_a_model_of_random_letters_within_the_schema() -> None:
    rng = random.Random(5)
    spec = interpret(GOAL)

    def noise(request: dict[str, Any]) -> Reply:
        word = lambda: "".join(rng.choice(string.printable) for _ in range(rng.randint(0, 60)))  # noqa: E731
        entry = lambda: reading(word(), word(), rng.choice(["high", "below"]), rng.uniform(-9, 9), None, word()[:20]).model_dump()  # noqa: E731
        return Reply(json.dumps({"readings": [entry() for _ in range(6)]}))

    with fake_model() as fake, open_session(fake.url) as session:
        fake.respond = noise
        made = read_again(spec, session, Place("interpret", 0, "interpreter"), catalogue=builtin().catalogue)
    assert settled(made) == settled(spec)
    assert made.objectives == spec.objectives


def test_the_reply_fits_the_schema_that_is_sent() -> None:
    assert GoalReadings.model_validate({"readings": []}).readings == []


def test_a_goal_that_the_parser_cannot_read_at_all() -> None:
    goal = "something rather featherweight and squirrelly"
    with pytest.raises(GoalError, match="nothing in the goal can be computed"):
        interpret(goal)
    empty = interpret(goal, may_be_empty=True)
    with pytest.raises(GoalError, match="nothing in the goal can be computed"):
        asks_for_something(merge(empty, [], "m", catalogue=builtin().catalogue))
    made = merge(empty, [reading("rather featherweight", "molecular weight", "low")], "m", catalogue=builtin().catalogue)
    assert any("a model suggests Molecular weight as low as possible" in w for w in made.warnings)
    with pytest.raises(GoalError, match="nothing in the goal can be computed"):
        asks_for_something(made)
    stated = unread(empty, "low and lowest molecular weight")
    made = merge(stated, [reading("low and lowest molecular weight", "molecular weight", "low")], "m", catalogue=builtin().catalogue)
    assert asks_for_something(made).objectives[-1].property == "molecular_weight"
