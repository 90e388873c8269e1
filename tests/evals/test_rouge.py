"""ROUGE-L of answers against written ones."""

from __future__ import annotations

import pytest

from core import data as shipped_data
from evals.ask.rouge import rouge_l


@pytest.mark.parametrize(
    ("answer", "written", "f1"),
    [
        ("police killed the gunman", "police kill the gunman", 0.75),  # the example of Lin's paper
        ("the gunman kill police", "police killed the gunman", 0.5),
        ("Films melt, at 300 °C.", "films melt at 300 °C", 1.0),
        ("", "films", 0.0),
        ("a b c", "x", 0.0),
    ],
)
def test_common_words_in_order(answer: str, written: str, f1: float) -> None:
    assert rouge_l(answer, written) == pytest.approx(f1)


def test_the_written_answers_are_a_hundred_of_different_questions() -> None:
    rows = shipped_data.rows("evals", "data/literature/written_answers.tsv")
    assert len(rows) == len({row["question"] for row in rows}) == 100
    assert all(5 <= len(row["answer"].split()) <= 60 for row in rows)
