"""Comparing evaluation runs, and keeping them."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import NotFoundError, UsageError
from core.evaluation import CaseResult, EvalRun
from evals.compare import compare
from evals.store import EvalStore


def evaluation(eval_id: str, scores: list[float], suite: str = "design", **more: object) -> EvalRun:
    cases = [CaseResult(case=f"goal {n}", seed=n % 2, score=s, detail={"n": n}) for n, s in enumerate(scores)]
    return EvalRun.model_validate({"eval_id": eval_id, "suite": suite, "created_at": f"2026-01-0{len(eval_id)}", "cases": cases, **more})


def test_a_clear_gain_is_better_and_its_reverse_worse() -> None:
    a, b = evaluation("a", [0.2, 0.3, 0.4, 0.1, 0.3, 0.2]), evaluation("b", [0.8, 0.9, 0.7, 0.9, 0.8, 0.6])
    forth, back = compare(a, b), compare(b, a)
    assert (forth.verdict, back.verdict) == ("better", "worse")
    assert forth.difference == pytest.approx(-back.difference)
    assert forth.low <= forth.difference <= forth.high


def test_noise_cannot_be_told_and_says_what_it_could_have_seen() -> None:
    a, b = evaluation("a", [0.5, 0.4, 0.6, 0.5]), evaluation("b", [0.6, 0.3, 0.7, 0.4])
    result = compare(a, b)
    assert result.verdict == "cannot tell"
    assert result.detectable > abs(result.difference)


def test_comparison_is_repeatable_and_paired() -> None:
    a, b = evaluation("a", [0.1, 0.2, 0.3]), evaluation("b", [0.2, 0.3, 0.4, 0.9])
    first = compare(a, b)
    assert first == compare(a, b)
    assert first.pairs == 3
    assert first.difference == pytest.approx(0.1)
    assert any("only 3 pairs" in w for w in first.warnings)


def test_runs_that_do_not_belong_together_are_refused_or_flagged() -> None:
    a = evaluation("a", [0.5])
    with pytest.raises(UsageError, match="suite"):
        compare(a, evaluation("b", [0.5], suite="guard"))
    other = a.model_copy(update={"eval_id": "c", "schemas": "x", "versions": {"rdkit": "2"}})
    assert len(compare(a, other).warnings) == 2
    with pytest.raises(UsageError, match="in common"):
        compare(a, a.model_copy(update={"cases": []}))


def test_runs_are_kept_replaced_and_found_by_prefix(tmp_path: Path) -> None:
    store = EvalStore(f"sqlite:///{tmp_path / 'm.db'}")
    run = evaluation("abc", [1.0, 0.0])
    store.save(run)
    store.save(run)
    store.save(evaluation("abde", [1.0]))
    assert store.run("abc") == run
    assert store.run("abd").eval_id == "abde"
    assert [r.eval_id for r in store.runs()] == ["abde", "abc"]
    for unknown in ("x", "ab", ""):
        with pytest.raises(NotFoundError):
            store.run(unknown)
