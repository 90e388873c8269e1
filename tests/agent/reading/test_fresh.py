"""The batches that were written blind, after their use: nothing is inverted, and what was won is kept."""

from __future__ import annotations

import pytest

from evals.reading import measure
from evals.suites.base import DATA

#: Specs right in each batch after it was used; a floor, not a target.
FLOORS = {"a1": 102, "b1": 103, "a2": 92, "b2": 86, "a3": 87, "b3": 74}


@pytest.mark.parametrize("batch", sorted(FLOORS))
def test_used_batches_stay_read(batch: str) -> None:
    tally = measure(DATA / "interpreter" / "fresh" / f"{batch}.toml")[""]
    assert tally.inverted == 0
    assert tally.specs_right >= FLOORS[batch], tally.line()
