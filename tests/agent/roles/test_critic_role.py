"""An opinion moves a candidate within the error of its rank, and does nothing else."""

from __future__ import annotations

import random
from typing import Any

import pytest

from agent.models import Place
from agent.roles.critic.built_in import BuiltInCritic
from agent.roles.critic.model import Criticism, ModelBackedCritic, judged
from agent.roles.critic.order import MOST_PLACES, lowered
from agent.roles.critic.protocol import Critique, ReviewRequest
from core.candidate import Candidate
from core.report import Report
from core.spec import DesignSpec
from tests.agent.models.fake_server import MALFORMED, fake_model, open_session
from tests.tables import each_row
from tools.workspace import builtin

REASON = "The anhydride ring is easily hydrolysed by water."


def listed(*intervals: tuple[int, int] | None) -> list[Candidate]:
    return [
        Candidate.model_validate(
            {
                "key": f"K{n}", "smiles": "CCO", "class": "molecule", "origin": {"proposer": "p", "operator": "o"}, "status": "kept",
                "rank": n, "rank_interval": interval, "p_meets": round(1 - 0.05 * n, 3), "score": round(1 - 0.05 * n, 3),
            }
        )
        for n, interval in enumerate(intervals, 1)
    ]  # fmt: skip


def order(candidates: list[Candidate]) -> str:
    return "".join(c.key[1:] for c in candidates)


@each_row(
    ("intervals", "marked", "expected"),
    [
        ([(1, 3), (1, 3), (3, 3)], "1", "213"),
        ([(1, 3), (1, 3), (2, 3)], "1", "231"),
        ([(1, 3), (1, 3), (1, 3)], "1", "231"),
        ([(1, 2), (1, 3), (1, 3)], "1", "213"),
        ([(1, 1), (2, 3), (2, 3)], "1", "123"),
        ([(1, 3), (2, 2), (1, 3)], "1", "123"),
        ([(1, 3), (1, 3), (1, 3)], "123", "123"),
        ([(1, 3), (1, 3), (1, 3)], "12", "312"),
        ([(1, 3), (1, 3), (1, 3)], "3", "123"),
        ([(1, 6)] * 6, "1", "234156"),
        ([None, None], "1", "12"),
        ([(1, 1)], "1", "1"),
        ([], "", ""),
    ],
)
def test_the_rule(intervals: list[Any], marked: str, expected: str) -> None:
    made = lowered(listed(*intervals), {f"K{m}" for m in marked})
    assert order(made) == expected
    assert [c.rank for c in made] == list(range(1, len(made) + 1))


def test_whatever_is_marked_everyone_stays_in_the_list_and_within_the_error_of_its_rank() -> None:
    rng = random.Random(7)
    for _ in range(500):
        count = rng.randint(1, 12)
        intervals = [(rng.randint(1, n), rng.randint(n, count)) for n in range(1, count + 1)]
        before = listed(*intervals)
        marked = {c.key for c in before if rng.random() < 0.4}
        after = lowered(before, marked)
        assert {c.key for c in after} == {c.key for c in before}
        untouched = {"rank"}
        old = {c.key: c for c in before}
        for candidate in after:
            was = old[candidate.key]
            assert candidate.model_dump(exclude=untouched) == was.model_dump(exclude=untouched)
            assert was.rank_interval is not None
            assert was.rank is not None
            assert candidate.rank is not None
            assert was.rank_interval[0] <= candidate.rank <= was.rank_interval[1]
            assert candidate.rank - was.rank <= MOST_PLACES
            if candidate.key not in marked:
                assert candidate.rank <= was.rank
        assert lowered(before, marked) == after


def test_remarks_that_count(report: Report, spec: DesignSpec) -> None:
    remarks = [
        Criticism(candidate=1, severity="lower", reason=REASON),
        Criticism(candidate=2, severity="question", reason="The Tg of 268 °C looks high for this unit. Its Tg of 999 °C is wrong."),
        Criticism(candidate=7, severity="lower", reason=REASON),
        Criticism(candidate=0, severity="lower", reason=REASON),
        Criticism(candidate=3, severity="lower", reason="zzz qqq xxx wvw"),
        Criticism(candidate=3, severity="lower", reason="The value of 412 is wrong."),
        Criticism(candidate=1, severity="note", reason=REASON),
    ]
    critique = judged(report.candidates, spec, remarks, catalogue=builtin().catalogue)
    made, kept, note = critique.ranked, critique.remarks, critique.note
    assert [c.key for c in made] == ["K2", "K3", "K1"]
    assert [(r.key, r.severity, r.rank_before, r.rank_after) for r in kept] == [("K2", "question", 2, 1), ("K1", "lower", 1, 3)]
    assert kept[0].reason == "The Tg of 268 °C looks high for this unit."
    assert note.startswith("5 of 7 remarks were dropped: 2 on a candidate that is not in the list")
    by_key = {c.key: c for c in report.candidates}
    for candidate in made:
        assert (candidate.score, candidate.p_meets, candidate.requirements) == (
            by_key[candidate.key].score, by_key[candidate.key].p_meets, by_key[candidate.key].requirements,
        )  # fmt: skip


def test_over_a_server(report: Report, spec: DesignSpec) -> None:
    with fake_model() as fake, open_session(fake.url) as session:
        fake.json({"remarks": [{"candidate": 2, "severity": "lower", "reason": REASON}]})
        critic = ModelBackedCritic(session, BuiltInCritic(), builtin())
        critique = critic.review(ReviewRequest(report.candidates, spec), Place("rank", 3, "critic"))
        made, kept, note = critique.ranked, critique.remarks, critique.note
        assert [c.key for c in made] == ["K1", "K3", "K2"]
        assert (len(kept), note) == (1, "")
        shown = fake.requests[0]["messages"][1]["content"]
        assert report.candidates[0].smiles in shown
        assert "252 ± 31 °C" in shown
        assert critic.review(ReviewRequest([], spec), Place("rank", 3, "other")) == Critique([], [])


@pytest.mark.parametrize("name", sorted(MALFORMED))
def test_every_malformed_reply_leaves_the_order_of_the_arithmetic(name: str, report: Report, spec: DesignSpec) -> None:
    with fake_model() as fake, open_session(fake.url, attempts=0) as session:
        fake.respond = lambda request: MALFORMED[name]("lookup", {"name": "aspirin"})
        critic = ModelBackedCritic(session, BuiltInCritic(), builtin())
        assert critic.review(ReviewRequest(report.candidates, spec), Place("rank", 3, "critic")) == Critique(report.candidates, [])
