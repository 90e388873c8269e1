"""A spec that is handed in is read strictly, and what is wrong with it is said."""

from __future__ import annotations

import json
from typing import Any

import pytest

from core.errors import SpecError
from core.spec_file import read_spec_text
from tests.tables import each_row


def _spec(**changes: Any) -> dict[str, Any]:
    condition = {"comparison": "<", "value": 300}
    requirement = {"id": "R1", "text": "light", "kind": "property", "property": "molecular_weight", "condition": condition}
    return {"goal": "a light molecule", "candidate_class": "molecule", "requirements": [requirement], **changes}


def test_a_spec_is_read() -> None:
    spec = read_spec_text(json.dumps(_spec()), "spec.json")
    assert spec.requirements[0].id == "R1"
    assert read_spec_text(spec.model_dump_json(), "again") == spec


@each_row(
    ("changes", "said"),
    [
        ({"schema_version": "99"}, "schema_version '99' is not known"),
        ({"schema_version": 99}, "schema_version '99' is not known"),
        ({"goal": ""}, "the goal is empty"),
        ({"goal": " \n"}, "the goal is empty"),
        ({"candidates": True}, "candidates: Input should be a valid integer"),
        ({"budget": "50"}, "budget: Input should be a valid integer"),
        ({"seed": 2**200}, "seed"),
        ({"exhaustive": 1}, "exhaustive: Input should be a valid boolean"),
    ],
)
def test_what_is_refused(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(SpecError, match=r"spec\.json") as caught:
        read_spec_text(json.dumps(_spec(**changes)), "spec.json")
    assert said in str(caught.value)


@pytest.mark.parametrize("value", ["true", "NaN", "Infinity", "1e999", '"300"', "9" * 5000])
def test_a_condition_needs_a_number(value: str) -> None:
    text = json.dumps(_spec()).replace("300", value)
    with pytest.raises(SpecError):
        read_spec_text(text, "spec.json")


@pytest.mark.parametrize("text", ["", "{", "[]", "5", "[" * 100_000])
def test_what_is_no_spec_at_all(text: str) -> None:
    with pytest.raises(SpecError, match="is not a spec"):
        read_spec_text(text, "spec.json")
