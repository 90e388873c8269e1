"""Training sets: of every role, the same each time, held against every evaluation."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pytest

from core.errors import UsageError
from evals.suites.base import DATA
from learn import interpreter, proposer, researcher
from learn.contamination import cleaned, evaluation_texts
from learn.dataset import make, part, read_card
from learn.example import Example
from tools.workspace import builtin


def example(asked: str, split: str = "train") -> Example:
    return Example(id=asked, role="assistant", kind="value", split=split, asked=asked, messages=[], reply={})  # type: ignore[arg-type]


def test_what_an_evaluation_asks_is_left_out() -> None:
    asked = (DATA / "agent" / "questions.tsv").read_text().splitlines()[1].split("\t")[2]
    near = f"{asked} please" if len(asked.split()) >= 5 else f"{asked.rstrip('?')}!"
    train, test, found = cleaned([example(asked), example(near), example("Give me the TPSA of dibutyl sebacate.")], [])
    assert [e.asked for e in train] == ["Give me the TPSA of dibutyl sebacate."]
    assert (found.same + found.near, found.texts > 3000, test) == (2, True, [])
    assert "agent/questions.tsv" in set(evaluation_texts().values())


def test_a_question_of_training_is_not_asked_in_the_test() -> None:
    train, test, found = cleaned([example("TPSA of dibutyl sebacate")], [example("tpsa of dibutyl sebacate?", "test")])
    assert (len(train), test, found.between) == (1, [], 1)


@pytest.mark.parametrize("maker", [interpreter.examples, researcher.examples, proposer.examples])
def test_each_role_has_examples_with_a_wrong_reply_beside(maker: object) -> None:
    found = maker("train", 3, random.Random(1), builtin(), Counter())  # type: ignore[operator]
    assert len(found) >= 2
    for one in found:
        assert one.checked
        assert one.wrong
        assert one.reply not in one.wrong


def test_a_set_is_the_same_each_time_and_says_what_it_is_made_of(tmp_path: Path) -> None:
    cards = [make(tmp_path / name, ["assistant"], wanted=8, tested=4, seed=5, workspace=builtin()) for name in ("a", "b")]
    assert cards[0] == cards[1] == read_card(tmp_path / "a")
    assert (tmp_path / "a" / "assistant-train.jsonl").read_bytes() == (tmp_path / "b" / "assistant-train.jsonl").read_bytes()
    train, test = part(tmp_path / "a", "assistant", "train"), part(tmp_path / "a", "assistant", "test")
    assert len(train) >= 8
    assert not {e.asked for e in train} & {e.asked for e in test}
    with pytest.raises(UsageError, match="holds nothing for the proposer"):
        part(tmp_path / "a", "proposer", "train")
    with pytest.raises(UsageError, match="no training set for critic"):
        make(tmp_path / "c", ["critic"], wanted=1, tested=1, seed=0, workspace=builtin())
    with pytest.raises(UsageError, match="holds no training set"):
        read_card(tmp_path / "nothing")
