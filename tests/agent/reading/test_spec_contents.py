"""What a spec says beside its requirements: assumptions, unchecked phrases, warnings, texts; and nothing dropped."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from agent.reading import compact, describe, interpret
from agent.reading.compact import compact_requirement, parse_requirement
from agent.reading.lexicon import families, lexicon, vague_words
from core.errors import MolwrightError
from core.spec import DesignSpec, LevelRequirement, PropertyRequirement
from core.units import BUILTIN
from tests.tables import each_row
from tools.workspace import builtin


def _texts(spec: DesignSpec) -> str:
    return "\n".join(a.text for a in spec.assumptions)


def test_heat_resistant_polymer_states_caveats_and_no_second_threshold() -> None:
    spec = interpret("Design a heat-resistant polymer with Tg > 250 °C")
    tg = [r for r in spec.requirements if isinstance(r, PropertyRequirement) and r.property == "glass_transition_temperature"]
    assert len(tg) == 1
    notes = " ".join(spec.warnings)
    assert "decompose" in notes
    assert "melt" in notes
    assert "nears" in notes
    assert "DSC" in _texts(spec)


def test_absorption_states_window_and_solvent() -> None:
    spec = interpret("an organic dye with maximum absorption at 500 nm")
    assert "± 25 nm" in _texts(spec)
    assert "dichloromethane" in _texts(spec)
    assert {r.origin for r in spec.requirements} == {"goal", "class"}
    assert spec.conditions.solvent_smiles == "ClCCl"


def test_stable_at_temperature_is_an_assumption_with_its_reason() -> None:
    spec = interpret("a molecule with MW < 300 that's stable at 200 °C")
    assert spec.conditions.temperature_c == 200
    assert "weak-bond rules" in _texts(spec)
    assert "no decomposition temperature is predicted" in _texts(spec)


def test_vague_word_shows_its_threshold_and_origin() -> None:
    spec = interpret("a water-soluble molecule that is easy to make")
    assert [r.origin for r in spec.requirements] == ["assumption", "assumption"]
    assert "at least -2 log mol/L" in _texts(spec)
    assert "at most 3" in _texts(spec)


def test_cns_mpo_is_called_approximate_and_lipinski_shows_its_allowance() -> None:
    spec = interpret("CNS MPO > 4 and Lipinski's rules")
    assert any("approximate" in w for w in spec.warnings)
    assert "1 may be broken" in next(r.text for r in spec.requirements if r.kind == "rule_set")
    assert any("Crippen" in w for w in interpret("logP < 3").warnings)


def test_describe_says_all_in_words() -> None:
    text = describe(interpret("three cheap water-soluble molecules with logP at most 3, TPSA as low as possible, similar to aspirin"))
    for part in ("3 molecules", "at most 3", "as low as possible", "[assumed]", '"cheap": price', "Reference structure: aspirin", "seed 0"):
        assert part in text, part
    assert "at least 250 °C" in describe(interpret("polymer with Tg of at least 250 °C"))


def test_reference_values_are_stated() -> None:
    spec = interpret("analogues of aspirin with lower logP than aspirin")
    assert spec.reference is not None
    assert spec.reference.name == "aspirin"
    assert "logP (Crippen) of aspirin is 1.31" in _texts(spec)


def test_negation_that_is_not_understood_is_never_read_as_wanted() -> None:
    spec = interpret("a molecule not stable at 200 °C with logP < 3")
    assert compact(spec, catalogue=builtin().catalogue)["requirements"] == ["property:logp < 3"]
    assert [u.phrase for u in spec.unchecked] == ["not stable at 200 °C"]


def test_options_reach_the_spec_and_interpreting_is_deterministic() -> None:
    spec = interpret("logP < 3", budget=77, seed=5, met_probability=0.8)
    assert (spec.budget, spec.seed, spec.met_probability, spec.interpreter) == (77, 5, 0.8, "built-in")
    goal = "five rigid dyes, red, without nitro or azo groups, ideally MW < 400, cheap"
    assert interpret(goal) == interpret(goal)
    assert DesignSpec.model_validate_json(interpret(goal).model_dump_json()) == interpret(goal)


#: How the middle of the range is said where a bare number would be one of the quantity itself, or of nothing.
_SAID = {"vapour_pressure": "-6 log Pa", "oxygen_permeability": "0 log barrer", "henry_constant": "316.227766 mol/m³/Pa"}


@each_row("name", [d.name for d in builtin().catalogue if d.kind != "level"])
def test_every_property_is_understood_under_every_synonym(name: str) -> None:
    definition = builtin().catalogue[name]
    value = definition.low + 0.5 * (definition.high - definition.low)
    value = float(round(value)) if definition.integer else value
    head = "polymer with " if "molecule" not in definition.classes else "molecule with "
    said = _SAID.get(name, f"{value:g}")
    others = {word.lower() for other in builtin().catalogue if other.name != name for word in (other.label.split(" (")[0], *other.synonyms)}
    for word in (definition.name.replace("_", " "), definition.label.split(" (")[0], *definition.synonyms):
        if word.lower() in others and word not in definition.synonyms:  # a label that is the common word for another one
            continue
        spec = interpret(f"{head}{word} of at most {said}")
        assert f"property:{name} <= {value:.4g}" in [compact_requirement(r, catalogue=builtin().catalogue) for r in spec.requirements], word


def test_every_table_entry_can_be_resolved() -> None:
    for entry in vague_words():
        special = (text for _, requires, _ in entry.special for text in requires)
        for text in (*entry.requires, *special, *entry.negated):
            assert (
                compact_requirement(parse_requirement(text, catalogue=builtin().catalogue), catalogue=builtin().catalogue).split(" @")[0]
                == text.split(" @")[0]
            )
    for family in families():
        for text in family.requires:
            parse_requirement(text, catalogue=builtin().catalogue)
    assert len(lexicon(builtin().catalogue).meanings) > 2500


@each_row("family", [f.words[0] for f in families() if f.name])
def test_every_family_gives_its_class_and_name(family: str) -> None:
    entry = next(f for f in families() if f.words[0] == family)
    spec = interpret(f"a {family} with MW below 450")
    assert spec.family == entry.name
    assert spec.candidate_class == entry.candidate_class


_FILLER = {"a", "with", "and", "that", "is", "the", "of"}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(alphabet="bdfgjkqvwxz", min_size=4, max_size=9), min_size=1, max_size=4))
def test_unknown_words_are_always_listed(words: list[str]) -> None:
    spec = interpret("logP below 3, " + " and ".join(words) + ", MW below 300")
    listed = " ".join(u.phrase for u in spec.unchecked).split()
    assert set(words) <= set(listed) | set(lexicon(builtin().catalogue).meanings)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=200))
@example("C(C(C")
@example("similar to ((((")
@example("1e999 rings")
@example("at most at most at most")
@example("between between and and")
@example("no no no not non")
@example("logP < logP < 3")
@example("* * *")
@example("than than")
@example("\ud800")
def test_arbitrary_text_raises_nothing_but_our_errors(text: str) -> None:
    with contextlib.suppress(MolwrightError):
        interpret(text)


_WORDS = sorted(w for w in lexicon(builtin().catalogue).meanings if len(w) < 30)[::7]


@settings(max_examples=250, deadline=None)
@given(
    st.lists(
        st.one_of(st.sampled_from(_WORDS), st.sampled_from(["3", "-2.5", "300 nm", "200 °C", "<", ">=", ",", "no", "than", "of"])),
        max_size=14,
    )
)
def test_arbitrary_known_words_raise_nothing_but_our_errors(words: list[str]) -> None:
    try:
        spec = interpret(" ".join(words))
    except MolwrightError:
        return
    assert DesignSpec.model_validate_json(spec.model_dump_json()) == spec


@settings(max_examples=80, deadline=None)
@given(st.integers(-1400, 2400), st.sampled_from(["<", "<=", ">", ">="]))
def test_numbers_survive(tenths: int, operator: str) -> None:
    value = tenths / 100
    spec = interpret(f"logP {operator} {value:g}")
    requirement = spec.requirements[0]
    assert isinstance(requirement, PropertyRequirement)
    assert requirement.condition.comparison == operator
    assert requirement.condition.value == pytest.approx(value)


@settings(max_examples=60, deadline=None)
@given(st.integers(-100, 500), st.sampled_from(["°C", "K", "°F"]))
def test_temperatures_convert(value: int, unit: str) -> None:
    celsius = value if unit == "°C" else BUILTIN.convert(float(value), unit, "°C")
    goal = f"a molecule with a melting point of at least {value} {unit}"
    if not -250 <= celsius <= 700:
        with pytest.raises(MolwrightError):
            interpret(goal)
        return
    requirement = interpret(goal).requirements[0]
    assert isinstance(requirement, PropertyRequirement)
    assert requirement.condition.value == pytest.approx(celsius)


@settings(max_examples=40, deadline=None)
@given(st.floats(1.0, 6.0))
def test_energies_turn_the_comparison(energy: float) -> None:
    requirement = interpret(f"absorption above {energy:.2f} eV").requirements[0]
    assert isinstance(requirement, PropertyRequirement)
    assert requirement.condition.comparison == "<"
    assert requirement.condition.value == pytest.approx(1239.842 / float(f"{energy:.2f}"), rel=1e-6)


@pytest.mark.parametrize(("temperature", "level"), [(200, "low"), (380, "low"), (381, "moderate"), (429, "moderate")])
def test_where_no_organic_compound_has_a_low_risk_a_moderate_one_is_asked_for(temperature: int, level: str) -> None:
    spec = interpret(f"a molecule with MW < 300 that's stable at {temperature} °C")
    (asked,) = spec.requirements_of(LevelRequirement)
    assert asked.at_worst == level
    assert ("the rules call none low" in spec.assumptions[0].text) == (level == "moderate")
