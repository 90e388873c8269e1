"""PMO's accounting, its runner and its report."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from rdkit import Chem

from evals.benchmarks.pmo.__main__ import main
from evals.benchmarks.pmo.accounting import Ledger, auc_top, only_good
from evals.benchmarks.pmo.oracles import answers_in
from evals.benchmarks.pmo.quality import is_makeable, quality
from evals.benchmarks.pmo.report import further, pmo_section
from evals.benchmarks.pmo.run import play
from evals.engine_report import page
from tools.optimise.start import shipped_start_set


def test_repeats_and_unreadable_smiles_are_free() -> None:
    ledger = Ledger(lambda mol: float(mol.GetNumAtoms()), budget=3)
    assert ledger(["CCO", "OCC", "nonsense", "", "C(O)C"]) == [3.0, 3.0, None, None, 3.0]
    assert ledger.calls == 1
    assert ledger(["CC", "CCC", "CCCC", "CC"]) == [2.0, 3.0, None, 2.0]
    assert (ledger.done, ledger.calls, ledger.smiles) == (True, 3, ["CCO", "CC", "CCC"])


def test_area_by_hand() -> None:
    # ten calls of 1.0, padded: half a trapezoid to the first height (it ends at call 10), then 1.0
    assert auc_top([1.0] * 10, budget=100) == pytest.approx((10 * 0.5 + 90) / 100)
    # heights 0 at 100 calls and 1 at 200: trapezoids 0, 50, then 100 each
    scores = [0.0] * 100 + [1.0] * 100
    assert auc_top(scores, budget=1000) == pytest.approx((0 + 50 + 800) / 1000)
    assert auc_top([0.5] * 2000, budget=1000) == pytest.approx((25 + 450) / 1000)
    assert auc_top([], budget=100) == 0.0
    # the mean of the ten best, not the best
    assert auc_top([1.0] + [0.0] * 99, budget=100) == pytest.approx(0.05)


def test_only_good_agrees_with_asking_about_every_structure() -> None:
    smiles = [f"{'C' * (1 + i % 7)}{'O' * (i % 2)}" for i in range(300)]
    scores = [((i * 37) % 101) / 101 for i in range(300)]

    def good(text: str) -> bool:
        return "O" in text

    lazy = only_good(smiles, scores, good)
    full = [s if good(t) else 0.0 for t, s in zip(smiles, scores, strict=True)]
    for calls in (5, 50, 120, 300):
        assert sorted(lazy[:calls])[-10:] == sorted(full[:calls])[-10:]
    assert auc_top(lazy, budget=300) == auc_top(full, budget=300)


def test_quality() -> None:
    found = quality(["CC(=O)Nc1ccc(O)cc1", "CC(=O)Oc1ccccc1C(=O)O"])
    assert found["makeable"] == 1.0
    assert 1.0 < found["sa"] < 2.0
    assert 0.3 < found["diversity"] < 1.0
    assert quality(["C=C=C=C"])["makeable"] == 0.0
    assert quality([])["sa"] == 0.0
    assert not is_makeable("nonsense")


def test_a_run_is_accounted_for() -> None:
    for engine in ("graph_ga", "random"):
        result = play(engine, "qed", 0, shipped_start_set(), budget=150)
        assert result.calls == 150
        assert 0 < result.auc_makeable <= result.auc <= result.top10 <= 1
        assert Chem.MolFromSmiles(result.best) is not None
        assert result.model_copy(update={"engine_seconds": 0, "oracle_seconds": 0, "wall_seconds": 0}) == play(
            engine, "qed", 0, shipped_start_set(), budget=150
        ).model_copy(update={"engine_seconds": 0, "oracle_seconds": 0, "wall_seconds": 0})


def test_the_runner_goes_on_where_it_stopped(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    start = tmp_path / "start.smi"
    start.write_text("\n".join(shipped_start_set()[:150]), encoding="utf-8")
    out = tmp_path / "results.json"
    given = ["--start-file", str(start), "--engine", "random", "--tasks", "qed", "isomers_c7h8n2o2", "--budget", "100", "--out", str(out)]
    assert main([*given, "--seeds", "0"]) == 0
    assert "2/2" in capsys.readouterr().out
    assert main([*given, "--seeds", "0", "1"]) == 0
    assert "2/2" in capsys.readouterr().out
    rows = json.loads(out.read_text(encoding="utf-8"))
    assert [(r["task"], r["seed"]) for r in rows] == [("isomers_c7h8n2o2", 0), ("isomers_c7h8n2o2", 1), ("qed", 0), ("qed", 1)]
    assert main(["--start-file", str(tmp_path / "none"), "--out", str(tmp_path / "x.json")]) == 2


def test_the_section_has_every_task_and_the_sum() -> None:
    result = play("random", "qed", 0, shipped_start_set(), budget=100).model_copy(update={"budget": 10_000})
    text = page(
        [pmo_section([result, result.model_copy(update={"engine": "ours", "seed": 1}), result.model_copy(update={"engine": "ours"})])]
    )
    assert "valsartan_smarts" in text
    assert "± 0.000" in text
    assert "**sum**" in text


def test_the_spread_is_that_of_a_further_seed() -> None:
    assert further([0.5]) == float("inf")
    assert further([0.7, 0.7, 0.7]) == 0.0
    assert further([1.0, 2.0, 3.0, 4.0, 5.0]) == pytest.approx(2.1318 * 1.5811 * 1.0954, rel=1e-3)
    few, many = further([0.6, 0.8, 0.7]), further([0.6, 0.8, 0.7, 0.6, 0.8, 0.7])
    assert few > 1.5 * many, "three seeds say less of the next than six"


def test_the_section_says_of_how_few_seeds_it_is_and_what_is_void() -> None:
    result = play("random", "qed", 0, shipped_start_set(), budget=100).model_copy(update={"budget": 10_000})
    some = [result.model_copy(update={"engine": "ours", "seed": seed, "auc": 0.5 + seed / 10}) for seed in range(3)]
    text = page([pmo_section(some)])
    assert "0.600 ± 0.337" in text
    assert "of 3 only: too few to tell engines apart" in text
    more = [result.model_copy(update={"engine": "ours", "seed": seed, "auc": 0.5}) for seed in range(5)]
    assert "too few" not in page([pmo_section(more)])
    assert "celecoxib" in answers_in(shipped_start_set())
    assert "own targets (albuterol, amlodipine, camphor, celecoxib" in text
    assert answers_in(["CCO", "nonsense"]) == []
