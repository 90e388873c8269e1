"""The table of properties."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from importlib import resources

import pytest

from core.errors import ConfigurationError, SpecError
from tools.catalogue.catalogue import Catalogue
from tools.catalogue.property import Property
from tools.catalogue.shipped import property_of, shipped


def test_there_are_enough_and_each_is_complete() -> None:
    computed = [p for p in shipped() if p.kind == "computed"]
    assert len(computed) >= 25
    for p in shipped():
        assert p.low < p.high, p.name
        assert p.typical_low < p.typical_high, p.name
        assert p.description.endswith("."), p.name
        assert p.source, p.name
        assert bool(p.levels) == (p.kind == "level"), p.name


@pytest.mark.parametrize(("change", "message"), [("colour = 'red'\n", "colour"), ("", "label")])
def test_a_wrong_entry_is_named(change: str, message: str) -> None:
    lines = resources.files("tools.catalogue").joinpath("properties/logp.toml").read_text(encoding="utf-8").splitlines()
    text = "\n".join(lines if change else [x for x in lines if not x.startswith("label")]) + "\n" + change
    with pytest.raises(ConfigurationError, match=message) as found:
        property_of("logp", tomllib.loads(text))
    assert "logp" in str(found.value)


def test_only_a_computed_property_names_a_function() -> None:
    text = resources.files("tools.catalogue").joinpath("properties/logp.toml").read_text(encoding="utf-8")
    with pytest.raises(ConfigurationError, match="names its function"):
        property_of("logp", tomllib.loads(text.replace('"computed"', '"predicted"')))


def test_names_and_words_are_taken_once() -> None:
    with pytest.raises(ConfigurationError, match="lipophilicity"):
        shipped().with_properties(replace(shipped()["tpsa"], name="greasiness", synonyms=("lipophilicity",)))
    more = shipped().with_properties(replace(shipped()["tpsa"], name="greasiness", synonyms=("grease",)))
    assert more.resolve("Grease") is more["greasiness"]
    assert "greasiness" not in shipped()


def test_what_is_said_of_other_properties_names_properties() -> None:
    for p in shipped():
        assert all(name in shipped() for name in (*p.cannot_exceed, *p.listed_beside, *filter(None, [p.for_polymers]))), p.name


def definition(name: str, *synonyms: str) -> Property:
    return Property(
        name=name,
        label=name,
        synonyms=synonyms,
        unit="",
        kind="computed",
        low=0,
        high=1,
        typical_low=0,
        typical_high=1,
        method="m",
        source="s",
        description="d",
    )


def test_catalogue_refuses_a_synonym_that_is_taken() -> None:
    catalogue = Catalogue((definition("logp", "clogp"),))
    with pytest.raises(ConfigurationError, match="clogp"):
        catalogue.with_properties(definition("other", "clogp"))


def test_catalogue_resolves_names_and_synonyms_in_any_case() -> None:
    catalogue = Catalogue((definition("ring_count", "rings"),))
    assert catalogue.resolve("Ring Count") is catalogue["ring_count"]
    assert catalogue.resolve("RINGS") is catalogue["ring_count"]
    assert catalogue.resolve("knots") is None
    with pytest.raises(SpecError, match="knots"):
        catalogue["knots"]
