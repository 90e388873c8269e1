"""The batches that were written blind, after their use: nothing is inverted, and what was won is kept."""

from __future__ import annotations

import pytest

from evals.reading import measure
from evals.suites.base import DATA

#: Specs right in each batch after it was used; a floor, not a target.
FLOORS = {"a1": 104, "b1": 105, "a2": 96, "b2": 88, "a3": 94, "b3": 82, "c1": 101, "c2": 94, "c3": 87}


@pytest.mark.parametrize("batch", sorted(FLOORS))
def test_used_batches_stay_read(batch: str) -> None:
    tally = measure(DATA / "interpreter" / "fresh" / f"{batch}.toml")[""]
    assert tally.inverted == 0
    assert tally.specs_right >= FLOORS[batch], tally.line()
