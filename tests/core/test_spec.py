"""The spec: conditions, ids, property names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from core.model import canonical_json, content_hash
from core.spec import Condition, DesignSpec, LevelRequirement, Objective, PropertyRequirement


def requirement(number: int, name: str = "logp") -> PropertyRequirement:
    return PropertyRequirement(id=f"R{number}", text="logP at most 3", property=name, condition=Condition(comparison="<=", value=3))


@pytest.mark.parametrize(
    ("comparison", "value", "number", "holds"),
    [("<", 3, 3, False), ("<=", 3, 3, True), (">", 3, 3.1, True), (">=", 3, 2.9, False), ("==", 2, 2, True), ("==", 2, 3, False)],
)
def test_condition(comparison: str, value: float, number: float, holds: bool) -> None:
    assert Condition(comparison=comparison, value=value).holds(number) is holds


@given(st.floats(-1e6, 1e6), st.floats(0, 1e6), st.floats(-1e7, 1e7))
def test_window_holds_exactly_between_its_ends(low: float, width: float, number: float) -> None:
    condition = Condition(comparison="between", low=low, high=low + width)
    assert condition.holds(number) == (low - 1e-9 <= number <= low + width + 1e-9)


@pytest.mark.parametrize(
    "fields",
    [
        {"comparison": "between", "value": 3},
        {"comparison": "between", "low": 3, "high": 2},
        {"comparison": "<"},
        {"comparison": "<", "value": 1, "low": 0},
        {"comparison": "about", "value": 1},
    ],
)
def test_impossible_condition_is_refused(fields: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Condition.model_validate(fields)


def test_ids_are_unique() -> None:
    with pytest.raises(ValidationError, match="share an id"):
        DesignSpec(goal="g", candidate_class="molecule", requirements=[requirement(1), requirement(1)])


def test_unknown_field_is_refused() -> None:
    with pytest.raises(ValidationError):
        DesignSpec.model_validate({"goal": "g", "candidate_class": "molecule", "colour": "red"})


def test_property_names_are_in_order_without_repeats() -> None:
    level = LevelRequirement(id="R3", text="low risk", property="thermal_stability", at_worst="low")
    objective = Objective(id="O1", property="sa_score", shape="minimise", low=1, high=6, text="easy to make")
    spec = DesignSpec(goal="g", candidate_class="molecule", requirements=[requirement(1), requirement(2), level], objectives=[objective])
    assert spec.property_names() == ["logp", "thermal_stability", "sa_score"]


def test_spec_survives_json() -> None:
    spec = DesignSpec(goal="λmax near 500 nm", candidate_class="molecule", requirements=[requirement(1)])
    assert DesignSpec.model_validate_json(spec.model_dump_json()) == spec
    assert content_hash(spec) == content_hash(spec.model_dump(mode="json"))


def test_objective_needs_a_ramp() -> None:
    with pytest.raises(ValidationError, match="low < high"):
        Objective(id="O1", property="logp", shape="maximise", low=5, high=5, text="x")
    with pytest.raises(ValidationError, match="target"):
        Objective(id="O1", property="logp", shape="target", low=1, high=5, text="x")


def test_hash_refuses_what_json_cannot_hold() -> None:
    with pytest.raises(ValueError, match="JSON"):
        canonical_json({"x": float("nan")})
