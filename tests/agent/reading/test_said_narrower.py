"""A part in the name of the thing designed beside a narrower one that is asked for later, and 'target' as a noun."""

from __future__ import annotations

import pytest

from agent.reading import interpret
from agent.reading.registered import GROUPS
from agent.reading.said_narrower import narrower
from core.spec import PropertyRequirement
from tests.agent.reading.test_polarity import demanded
from tests.tables import each_row


@each_row(
    ("goal", "asked"),
    [
        ("Amine extractant for leach liquors: tertiary amine, density < 0.83", ["tertiary amine"]),
        ("Anhydride hardener: one cyclic anhydride, mp at most 20 °C", ["cyclic anhydride"]),
        ("Dipodal silane for primers - two alkoxysilanes linked via a urea", ["urea", "alkoxysilane"]),
        ("Amine extractant for leach liquors: two nitriles", ["amine", "nitrile"]),
        ("Amine extractant with a nitrile, no tertiary amine", ["amine", "nitrile"]),
    ],
)
def test_a_part_in_the_name_is_asked_for_once(goal: str, asked: list[str]) -> None:
    assert sorted(demanded(interpret(goal))) == sorted(asked)


def test_only_a_kind_of_a_group_is_narrower() -> None:
    pairs = {(name, broad) for name in GROUPS for broad in ("amine", "silane", "ester", "phenol") if narrower(name, broad)}
    assert {("tertiary amine", "amine"), ("alkoxysilane", "silane")} <= pairs
    assert all(broad in name for name, broad in pairs)


@pytest.mark.parametrize(
    "said",
    ["a macrocycle for a PPI target with {}", "a probe with morpholine for targeting that has {}", "an inhibitor of this target with {}"],
)
@pytest.mark.parametrize(("limit", "bounds"), [("logD7.4 between 1 and 3", (1, 3)), ("molecular weight 600-650 g/mol", (600, 650))])
def test_a_window_behind_the_noun_target_is_required(said: str, limit: str, bounds: tuple[float, float]) -> None:
    spec = interpret(said.format(limit))
    assert [r.condition.bounds() for r in spec.requirements if isinstance(r, PropertyRequirement)] == [bounds]


def test_a_target_that_is_a_verb_or_an_adjective_stays_a_wish() -> None:
    assert any(o.shape == "target" and o.property == "logp" for o in interpret("Dye with target logP 3 to 4").objectives)
