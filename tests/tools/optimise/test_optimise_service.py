"""The JSON-lines service keeps to its protocol and says what is wrong with a line."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from core.errors import MolwrightError, NotFoundError, UsageError
from tests.tables import each_row
from tools.optimise.service import serve
from tools.optimise.start import read_start_file, readable


class Scorer(io.StringIO):
    """The outside: reads what the engine writes and answers; ``wrong`` replaces an answer by its number."""

    def __init__(self, opening: dict[str, object], wrong: dict[int, str] | None = None) -> None:
        super().__init__()
        self.opening, self.wrong = opening, wrong or {}
        self.messages: list[dict[str, object]] = []
        self.calls = 0
        self.lines = 0
        self.sent = ""

    def write(self, text: str) -> int:
        self.messages.append(json.loads(text))
        return len(text)

    def readline(self, size: int | None = -1, /) -> str:  # type: ignore[override]
        self.lines += 1
        if self.lines in self.wrong:
            return self.wrong[self.lines]
        if self.lines == 1:
            return json.dumps(self.opening) + "\n"
        asked = self.messages[-1]["smiles"]
        assert isinstance(asked, list)
        self.calls += len(asked)
        budget = int(str(self.opening["budget"]))
        scores = [None if i == 0 else s.count("O") / len(s) for i, s in enumerate(asked)]
        return json.dumps({"scores": scores, "calls": self.calls, "left": budget - self.calls, "done": self.calls >= budget}) + "\n"


OPENING: dict[str, object] = {"task": "anything", "budget": 20, "seed": 4}


def test_the_conversation() -> None:
    scorer = Scorer(OPENING)
    serve(scorer, scorer)
    assert all(list(m) == ["smiles"] for m in scorer.messages[:-1])
    assert scorer.messages[-1] == {"finish": True}
    assert scorer.calls == 20


def test_the_name_of_the_task_changes_nothing() -> None:
    one, two = Scorer(OPENING), Scorer({**OPENING, "task": "celecoxib_rediscovery"})
    serve(one, one)
    serve(two, two)
    assert one.messages == two.messages


def test_given_structures_come_first(tmp_path: Path) -> None:
    path = tmp_path / "start.smi"
    path.write_text("# comment\nCCCCO name\n\nc1ccccc1CO\nnonsense\n", encoding="utf-8")
    scorer = Scorer({**OPENING, "start_file": str(path), "start_smiles": ["OCCCCCO"]})
    serve(scorer, scorer)
    first = scorer.messages[0]["smiles"]
    assert isinstance(first, list)
    assert set(first) == {"CCCCO", "OCc1ccccc1", "OCCCCCO"}


@each_row(
    ("wrong", "message"),
    [
        ({1: ""}, "line 1: the input ended"),
        ({1: "hello\n"}, "line 1 is not JSON"),
        ({1: "[1]\n"}, "line 1 is not a JSON object"),
        ({1: '{"task": "x"}\n'}, "line 1: budget"),
        ({1: '{"budget": 0}\n'}, "line 1: budget"),
        ({1: '{"budget": 10, "start_smiles": ["nonsense"]}\n'}, "start_smiles"),
        ({2: ""}, "line 2: the input ended"),
        ({2: '{"scores": [1]}\n'}, "line 2: 1 scores for 10 structures"),
        ({2: '{"scores": ["a"]}\n'}, "line 2: scores"),
        ({3: '{"score": []}\n'}, "line 3: scores"),
    ],
)
def test_a_line_that_cannot_be_used_is_named(wrong: dict[int, str], message: str) -> None:
    scorer = Scorer(OPENING, wrong)
    with pytest.raises(UsageError, match=message.replace("[", r"\[")):
        serve(scorer, scorer)
    assert {"finish": True} not in scorer.messages


def test_a_missing_start_file(tmp_path: Path) -> None:
    scorer = Scorer({**OPENING, "start_file": str(tmp_path / "none.smi")})
    with pytest.raises(NotFoundError, match=r"none\.smi"):
        serve(scorer, scorer)
    assert scorer.messages == []
    (tmp_path / "bad.smi").write_text("what is this\n", encoding="utf-8")
    with pytest.raises(MolwrightError, match="no structure"):
        read_start_file(tmp_path / "bad.smi")


def test_given_structures_are_asked_for_before_any_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "start.smi"
    path.write_text("\n".join("C" * n + "O" for n in range(3, 20)), encoding="utf-8")
    given = ["N" + "C" * n + "O" for n in range(3, 15)]
    scorer = Scorer({**OPENING, "budget": 20, "start_file": str(path), "start_smiles": given})
    serve(scorer, scorer)
    asked = [s for message in scorer.messages for s in message.get("smiles", [])]  # type: ignore[attr-defined]
    assert asked[:12] == readable(given)
    assert not set(asked[12:]) & set(readable(given))


def test_patience_ends_it_on_a_plateau() -> None:
    class Flat(Scorer):
        def readline(self, size: int | None = -1, /) -> str:  # type: ignore[override]
            answer = json.loads(super().readline(size))
            return json.dumps({**answer, "scores": [1.0] * len(answer["scores"])} if "scores" in answer else answer) + "\n"

    opening = {**OPENING, "budget": 60}
    calls = {}
    for name, more, patience in (("whole", {}, None), ("opening", {"patience": 3}, None), ("option", {}, 3)):
        scorer = Flat({**opening, **more})
        serve(scorer, scorer, patience=patience)
        assert scorer.messages[-1] == {"finish": True}
        calls[name] = scorer.calls
    assert calls["whole"] == 60
    assert calls["opening"] == calls["option"] < 60
