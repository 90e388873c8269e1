"""Which of two ways to answer is better, by the rule; and evaluations as logs of Inspect."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from core.evaluation import CaseResult, EvalRun
from evals.ab import judged, sign_test
from evals.inspect_log import file_name, inspect_log


def answers(eval_id: str, **right: str) -> EvalRun:
    """A run whose cases of each kind are right where the text has a 1."""
    cases = [
        CaseResult(
            case=f"{kind}{n}: what is {n}?",
            score=int(one),
            detail={"kind": kind, "expected": "42", "got": f"It is {n}.", "wrong": ["no"], "calls": 'estimate_properties {"smiles": ["C"]}', "tokens": 5, "seconds": 0.5},
        )
        for kind, marks in right.items()
        for n, one in enumerate(marks)
    ]  # fmt: skip
    return EvalRun(
        eval_id=eval_id, suite="agent", created_at="2026-01-02T03:04:05+00:00", seconds=2, seeds=[0], cases=cases, models="m (assistant)"
    )


def test_the_sign_test_is_exact() -> None:
    assert sign_test(0, 0) == 1.0
    assert sign_test(5, 5) == 1.0
    assert sign_test(6, 0) == pytest.approx(2 / 64)
    assert sign_test(1, 8) == pytest.approx(20 / 512)


def test_six_of_six_changes_are_better_five_cannot_be_told_and_the_reverse_is_worse() -> None:
    a, b, five = answers("a", value="000000" + "1" * 9), answers("b", value="1" * 15), answers("c", value="111110" + "1" * 9)
    better = judged(a, b, "none", "model:m")
    assert (better.verdict, better.gained, better.lost, better.b) == ("better", 6, 0, "model:m")
    assert judged(b, a).verdict == "worse"
    assert judged(a, five).verdict == "cannot tell"
    assert better.comparison.low <= 0.4 <= better.comparison.high
    assert better.took["tokens"] == (5, 5)


def test_a_gain_does_not_pay_for_a_kind_that_gets_worse() -> None:
    a, b = answers("a", value="0" * 30, refuse="1" * 10), answers("b", value="1" * 30, refuse="0" * 10)
    result = judged(a, b)
    assert result.verdict == "worse"
    assert "refuse" in result.why


def test_a_case_with_several_seeds_counts_once() -> None:
    a, b = answers("a", value="000"), answers("b", value="111")
    doubled = [
        run.model_copy(update={"seeds": [0, 1, 2], "cases": [c.model_copy(update={"seed": s}) for s in range(3) for c in run.cases]})
        for run in (a, b)
    ]
    assert judged(*doubled).p == judged(a, b).p == 0.25


def test_a_log_has_what_inspect_asks_for_and_the_answer_of_each_case() -> None:
    run = answers("abc", value="10")
    log = json.loads(json.dumps(inspect_log(run)))
    assert file_name(run) == "2026-01-02T03-04-05+00-00_agent_abc.json"
    assert (log["version"], log["status"], log["eval"]["task"], log["eval"]["model"]) == (2, "success", "agent", "m")
    sample = log["samples"][1]
    assert (sample["input"], sample["target"], sample["output"]["completion"]) == ("what is 1?", "42", "It is 1.")
    assert sample["messages"][1]["tool_calls"][0]["arguments"] == {"smiles": ["C"]}
    assert sample["scores"]["judged_by_code"] == {"value": 0.0, "answer": "It is 1.", "explanation": "no"}
    assert log["results"]["scores"][0]["metrics"]["mean"]["value"] == 0.5


@pytest.mark.inspect
def test_the_real_inspect_opens_it(tmp_path: Path) -> None:
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "molwright"
    programs = Path(os.environ.get("MOLWRIGHT_TEST_CACHE") or base) / "inspect" / "bin"
    if not (programs / "inspect").exists():
        pytest.skip("scripts/inspect_env.py has not made the environment of Inspect")
    log = tmp_path / file_name(answers("abc"))
    log.write_text(json.dumps(inspect_log(answers("abc", value="101", refuse="1"))), encoding="utf-8")
    bare = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    dumped = subprocess.run(
        [programs / "inspect", "log", "dump", str(log)], capture_output=True, text=True, env=bare, check=True, timeout=120
    )
    assert json.loads(dumped.stdout)["samples"][0]["id"] == "value0: what is 0?"
    listed = subprocess.run(
        [programs / "inspect", "log", "list", "--json", "--log-dir", str(tmp_path)],
        capture_output=True,
        text=True,
        env=bare,
        check=True,
        timeout=120,
    )
    assert json.loads(listed.stdout)[0]["task"] == "agent"
    script = f"from inspect_ai.log import read_eval_log; log = read_eval_log({str(log)!r}); print(log.status, log.results.scores[0].metrics['mean'].value)"
    read = subprocess.run([programs / "python", "-c", script], capture_output=True, text=True, env=bare, check=True, timeout=120)
    assert read.stdout.split() == ["success", "0.75"]
