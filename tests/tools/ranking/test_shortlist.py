"""How new the shortlist is: by default at least half of it."""

from typing import Any

import pytest

from core.novelty import novelty_rule
from tests.tables import each_row
from tests.tools.ranking.test_rank import MP, above, candidate, keys, make_spec
from tools.ranking.rank import RankingResult, rank
from tools.ranking.shortlist import Known
from tools.workspace import builtin

MEASURED = {f"KEY{i:03d}": "it stands in a set" for i in (0, 1, 2, 3, 4, 5)}


def novel(rule: str, known: Known, count: int = 6, size: int = 10, **more: Any) -> RankingResult:
    """The list of ``count`` out of ``size`` candidates, KEY000 the best, by a rule of novelty."""
    spec = make_spec([above("melting_point", 100)], candidates=count, novelty=rule, **more)
    pool = [candidate(i, melting_point=300.0 - i) for i in range(size)]
    return rank(pool, spec, size, errors=MP, known=known, calculators=builtin().calculators)


def test_by_default_at_least_half_of_a_list_is_new() -> None:
    found = novel("half new", Known(measured=MEASURED))
    assert keys(found) == ["KEY000", "KEY001", "KEY002", "KEY006", "KEY007", "KEY008"]
    assert (found.choice.new_listed, found.choice.known_listed, found.choice.measured_left_out) == (3, 3, 3)
    assert "at least half" in found.choice.rule
    assert found.ranked[0].notes == ["Known already: it stands in a set."]
    odd = novel("half new", Known(measured=MEASURED), count=5)
    assert (odd.choice.new_listed, odd.choice.known_listed) == (3, 2)


def test_what_ships_counts_as_known_in_the_half_too() -> None:
    found = novel("half new", Known(measured={"KEY000": "a set", "KEY001": "a set"}, shipped={"KEY002": "benzene"}), count=6, size=7)
    assert keys(found) == ["KEY000", "KEY001", "KEY003", "KEY004", "KEY005", "KEY006"]


def test_where_too_few_are_new_known_ones_fill_the_list_and_it_is_counted() -> None:
    found = novel("half new", Known(measured=MEASURED), size=7)
    assert keys(found) == ["KEY000", "KEY001", "KEY002", "KEY003", "KEY004", "KEY006"]
    assert found.choice.new_listed == 1


def test_similar_new_ones_come_before_more_known_ones() -> None:
    spec = make_spec([above("melting_point", 100)], candidates=4, novelty="half new")
    twins = [candidate(i, melting_point=300.0 - i).model_copy(update={"smiles": "C" * (9 + i) + "O"}) for i in (6, 7, 8)]
    pool = [*(candidate(i, melting_point=300.0 - i) for i in range(6)), *twins]
    found = rank(pool, spec, 9, errors=MP, known=Known(measured=MEASURED), calculators=builtin().calculators)
    assert (found.choice.new_listed, found.choice.known_listed) == (2, 2)
    assert found.choice.relaxed_listed == 1


@pytest.mark.parametrize(
    ("rule", "listed"),
    [
        ("new only", ["KEY006", "KEY007", "KEY008", "KEY009"]),
        ("known only", ["KEY000", "KEY001", "KEY002", "KEY003", "KEY004", "KEY005"]),
    ],
)
def test_lists_of_new_or_of_known_structures_alone(rule: str, listed: list[str]) -> None:
    assert keys(novel(rule, Known(measured=MEASURED))) == listed


def test_known_first_puts_known_ones_before_better_new_ones() -> None:
    found = novel("known first", Known(measured={"KEY005": "a set"}, shipped={"KEY007": "benzene"}, user={"KEY009": "mine"}), count=5)
    assert keys(found) == ["KEY005", "KEY007", "KEY009", "KEY000", "KEY001"]
    assert [c.rank for c in found.ranked] == [1, 2, 3, 4, 5]
    assert all(c.rank_interval and c.rank_interval[1] <= 3 for c in found.ranked[:3])
    assert all(c.rank_interval and c.rank_interval[0] >= 4 for c in found.ranked[3:])


def test_a_spec_says_its_rule_and_is_stored_as_before_without_one() -> None:
    plain = make_spec([])
    assert "novelty" not in plain.model_dump(mode="json")
    assert make_spec([], novelty="new only").model_dump(mode="json")["novelty"] == "new only"
    assert "like new ones" in novelty_rule(plain.model_copy(update={"list_known": True}))


@each_row("rule", ["half new", "new only", "known first", "known only"])
@each_row("more", [{}, {"list_known": True}, {"exhaustive": True}])
def test_what_people_have_decided_on_is_not_listed_whatever_the_rule(rule: str, more: dict[str, Any]) -> None:
    spec = make_spec([above("melting_point", 100)], candidates=6, novelty=rule, **more)
    pool = [candidate(i, melting_point=300.0 - i).model_copy(update={"dedup_key": f"KEY{i:03d}"}) for i in range(10)]
    user = {"KEY000": "rejected in run r1", "KEY003": "accepted in run r1"}
    known = Known(user, measured=MEASURED, excluded=frozenset(user))
    found = rank(pool, spec, 10, errors=MP, known=known, calculators=builtin().calculators)
    assert found.ranked
    assert not {"KEY000", "KEY003"} & set(keys(found))
    assert found.choice.user_known_left_out >= 2
