"""``molwright optimise``: stdout carries the protocol and nothing else; what is wrong goes to the exit code."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from app.cli import app
from core.errors import UsageError

OPENING = json.dumps({"task": "x", "budget": 10, "seed": 1, "start_file": None, "start_smiles": None})


def test_a_conversation_over_the_streams() -> None:
    answer = json.dumps({"scores": [0.1] * 9 + [None], "calls": 10, "left": 0, "done": True})
    result = CliRunner().invoke(app, ["optimise", "--jsonl"], input=f"{OPENING}\n{answer}\n")
    assert result.exit_code == 0, result.output
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert len(lines) == 2
    assert len(lines[0]["smiles"]) == 10
    assert lines[1] == {"finish": True}
    assert "9 scores" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "text", "message"),
    [
        (["optimise"], "", "--jsonl"),
        (["optimise", "--jsonl"], "", "line 1: the input ended"),
        (["optimise", "--jsonl"], f'{OPENING}\n{{"scores": [1, 2]}}\n', "line 2: 2 scores for 10 structures"),
    ],
)
def test_what_is_wrong_is_said(arguments: list[str], text: str, message: str) -> None:
    result = CliRunner().invoke(app, arguments, input=text)
    assert isinstance(result.exception, UsageError)
    assert message in str(result.exception)
    assert result.exception.exit_code == 2
