"""An edited spec is checked against the registries."""

from __future__ import annotations

from typing import Any

import pytest

from agent.reading import interpret
from agent.spec_check import check_spec
from core.errors import SpecError
from core.spec import DesignSpec
from tests.tables import each_row
from tools.workspace import builtin

GOALS = [
    "a red dye with MW < 400 and no nitro groups",
    "polyimide with Tg > 250 °C",
    "similar to aspirin, Lipinski, only C, H and O, two hydroxyl groups",
    "keep this scaffold c1ccc2[nH]ccc2c1, stable at 200 °C, maximise QED",
]


def _spec(**changes: Any) -> DesignSpec:
    base: dict[str, Any] = {"goal": "edited", "candidate_class": "molecule", "requirements": [], "objectives": []}
    return DesignSpec.model_validate({**base, **changes})


def _requirement(**fields: Any) -> DesignSpec:
    return _spec(requirements=[{"id": "", "text": "", **fields}])


@pytest.mark.parametrize("goal", GOALS)
def test_what_the_interpreter_makes_passes_unchanged(goal: str) -> None:
    spec = interpret(goal)
    assert check_spec(spec, catalogue=builtin().catalogue) == spec


def test_empty_texts_ids_units_and_smarts_are_filled_in() -> None:
    spec = _requirement(kind="property", property="logp", condition={"comparison": "<=", "value": 3})
    checked = check_spec(spec, catalogue=builtin().catalogue).requirements[0]
    assert (checked.id, checked.text) == ("R1", "logP (Crippen) at most 3")
    motif = check_spec(_requirement(kind="motif", name="nitro group", smarts="", wanted=False), catalogue=builtin().catalogue).requirements[
        0
    ]
    assert motif.kind == "motif"
    assert motif.name == "nitro"
    assert motif.smarts
    core = check_spec(_requirement(kind="scaffold", scaffold="c1ccc2[nH]ccc2c1", smarts=""), catalogue=builtin().catalogue).requirements[0]
    assert core.kind == "scaffold"
    assert core.smarts


@each_row(
    ("fields", "message"),
    [
        ({"kind": "property", "property": "colour", "condition": {"comparison": "<", "value": 1}}, "unknown property"),
        ({"kind": "property", "property": "logp", "condition": {"comparison": "<", "value": 900}}, "outside the range"),
        ({"kind": "property", "property": "logp", "condition": {"comparison": "<", "value": float("inf")}}, "finite"),
        ({"kind": "property", "property": "thermal_stability", "condition": {"comparison": "<", "value": 1}}, "levels"),
        ({"kind": "property", "property": "molecular_weight", "unit": "nm", "condition": {"comparison": "<", "value": 300}}, "unit"),
        (
            {"kind": "property", "property": "glass_transition_temperature", "condition": {"comparison": ">", "value": 100}},
            "class 'molecule'",
        ),
        ({"kind": "level", "property": "thermal_stability", "at_worst": "superb"}, "superb"),
        ({"kind": "count", "what": "element", "name": "Xx", "condition": {"comparison": "==", "value": 1}}, "Xx"),
        ({"kind": "count", "what": "group", "name": "nitro", "condition": {"comparison": "==", "value": 1.5}}, "whole number"),
        ({"kind": "motif", "name": "thing", "smarts": "[[[", "wanted": True}, "SMARTS"),
        ({"kind": "motif", "name": "no such group", "smarts": "", "wanted": True}, "no registered group"),
        ({"kind": "elements", "allowed": []}, "no element"),
        ({"kind": "elements", "allowed": ["C", "Q"]}, "'Q'"),
        ({"kind": "similarity", "reference": "CC(", "condition": {"comparison": ">", "value": 0.5}}, "CC("),
        ({"kind": "similarity", "reference": "CCO", "condition": {"comparison": ">", "value": 5}}, "between 0 and 1"),
        ({"kind": "rule_set", "rule_set": "my rules"}, "my rules"),
        ({"kind": "scaffold", "scaffold": "c1ccc", "smarts": ""}, "c1ccc"),
    ],
)
def test_faults_are_named(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(SpecError, match=r"requirement|finite|unknown|comparison") as caught:
        check_spec(_requirement(**fields), catalogue=builtin().catalogue)
    assert message in str(caught.value)


def test_contradictions_and_empty_specs_are_refused() -> None:
    low = {"id": "A", "text": "", "kind": "property", "property": "logp", "condition": {"comparison": "<", "value": 1}}
    high = {"id": "B", "text": "", "kind": "property", "property": "logp", "condition": {"comparison": ">", "value": 2}}
    with pytest.raises(SpecError, match="both demands"):
        check_spec(_spec(requirements=[low, high]), catalogue=builtin().catalogue)
    with pytest.raises(SpecError, match="asks for nothing"):
        check_spec(_spec(), catalogue=builtin().catalogue)


@pytest.mark.parametrize(
    ("objective", "message"),
    [
        ({"property": "charm", "shape": "maximise", "low": 0, "high": 1}, "charm"),
        ({"property": "similarity", "shape": "maximise", "low": 0, "high": 1}, "reference"),
        ({"property": "thermal_stability", "shape": "maximise", "low": 0, "high": 1}, "levels"),
        ({"property": "logp", "shape": "target", "low": 0, "high": 1, "target": 3}, "outside its ramp"),
    ],
)
def test_objectives_are_checked(objective: dict[str, Any], message: str) -> None:
    with pytest.raises(SpecError, match=message):
        check_spec(_spec(objectives=[{"id": "O1", "text": "", **objective}]), catalogue=builtin().catalogue)


def test_an_edited_level_condition_is_checked() -> None:
    spec = _spec(
        requirements=[{"id": "R1", "text": "", "kind": "level", "property": "thermal_stability", "at_worst": "moderate"}],
        conditions={"temperature_c": 99999},
    )
    with pytest.raises(SpecError, match="temperature"):
        check_spec(spec, catalogue=builtin().catalogue)
