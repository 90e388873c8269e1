"""Why a value is uncertain, in words."""

from __future__ import annotations

import pytest

from core.candidate import MOVED, Measurement, PropertyValue
from core.certainty import uncertainty_words

PREDICTED = {
    "value": 304.0,
    "unit": "°C",
    "sigma": 18.0,
    "lower": 275.0,
    "upper": 334.0,
    "method": "a forest",
    "method_version": "1",
    "in_domain": True,
}
MEASURED = Measurement(value=1.0, source="a set")


@pytest.mark.parametrize(
    ("changes", "said", "unsaid"),
    [
        ({}, ["by a forest", "275 and 334 °C (standard deviation 18 °C)", "had not seen", "inside the model's domain"], ["nearest"]),
        ({"in_domain": False}, ["outside the model's domain", "error may be larger"], ["inside"]),
        (
            {"nearest": "CC", "similarity": 0.31, "nearest_value": 250.0},
            ["CC (similarity 0.31, measured 250 °C), which is not very near"],
            [],
        ),
        ({"nearest": "CC", "similarity": 0.8}, ["CC (similarity 0.80), which is near"], ["measured"]),
        ({"quartiles": (300.0, 320.0), "lower": 295.0}, ["further above than below"], ["further below"]),
        ({"quartiles": (290.0, 310.0), "upper": 310.0}, ["further below than above"], ["further above"]),
        ({"basis": "measured", "measured": MEASURED}, ["a measurement, no prediction"], ["domain", "had not seen"]),
        ({"basis": MOVED, "measured": MEASURED}, ["another solvent"], ["domain"]),
        ({"basis": "in the training set", "measured": MEASURED}, ["was trained on this structure"], ["had not seen"]),
        ({"basis": "computed"}, ["computed for this structure by a forest"], []),
        ({"basis": "estimated"}, ["not computed for this structure"], []),
        ({"value": 0.7, "unit": "", "outcome": "positive"}, ["how likely it is that the outcome is positive"], ["Nine of ten"]),
        ({"lower": None}, ["standard deviation is 18 °C"], ["Nine of ten"]),
    ],
)
def test_it_says_what_a_value_rests_on_how_far_off_it_may_be_and_what_is_near(
    changes: dict[str, object], said: list[str], unsaid: list[str]
) -> None:
    words = uncertainty_words(PropertyValue.model_validate({**PREDICTED, **changes}))
    assert all(part in words for part in said), words
    assert not any(part in words for part in unsaid), words


@pytest.mark.parametrize("changes", [{"sigma": 0.0}, {"sigma": None}, {"value": None, "reason": "no chromophore"}, {"value": "low"}])
def test_nothing_is_said_of_what_is_exact_or_not_known(changes: dict[str, object]) -> None:
    assert uncertainty_words(PropertyValue.model_validate({**PREDICTED, **changes})) == ""
