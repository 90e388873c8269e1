"""The batches that were written blind, after their use: nothing is inverted, and what was won is kept."""

from __future__ import annotations

from evals.reading import measure
from evals.suites.base import DATA
from tests.tables import each_row

#: Specs right in each batch after it was used; a floor, not a target.
FLOORS = {
    "a1": 106, "b1": 108, "a2": 98, "b2": 89, "a3": 99, "b3": 86, "c1": 102, "c2": 96, "c3": 92, "d1": 112, "e1": 100, "e2": 102, "e3": 102, "e4": 102,
    "f1": 104, "f2": 105, "f3": 104,
    "g1": 90, "g2": 92, "g3": 91,
    "h1": 91, "h2": 87, "h3": 92,
    "i1": 84, "i2": 84, "i3": 82,
    "j1": 89, "j2": 93, "j3": 96,
    "k1": 97,
    "l1": 94, "l2": 85,
    "n3": 101, "n2": 96,
}  # fmt: skip


@each_row("batch", sorted(FLOORS))
def test_used_batches_stay_read(batch: str) -> None:
    tally = measure(DATA / "interpreter" / "fresh" / f"{batch}.toml")[""]
    assert (tally.inverted, tally.invented) == (0, 0)
    assert tally.specs_right >= FLOORS[batch], tally.line()
