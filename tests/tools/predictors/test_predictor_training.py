"""Training end to end on a small made-up property, and the measurements around it."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from rdkit import Chem
from rdkit.Chem import Crippen, rdMolDescriptors

from core.errors import NotFoundError, PredictorError, UsageError
from tools.predictors import predict as predict_module
from tools.predictors.model import Model
from tools.predictors.specs import PREDICTORS, PredictorSpec, predictor_spec
from tools.predictors.training import __main__ as command
from tools.predictors.training import boosting, learners
from tools.predictors.training.calibration import conformal_quantile
from tools.predictors.training.correlation import correlations, write_correlation
from tools.predictors.training.data import read_table
from tools.predictors.training.fit import sample_of, train_predictor
from tools.predictors.training.learners import Learner
from tools.predictors.training.precision import parse_goal, precision_at_ten, probability
from tools.predictors.training.splits import group_folds, scaffold_folds
from tools.predictors.weights import WeightsFolder, compact_booster_text, gzip_text, npz_bytes

_TAILS = ("", "C", "CC", "CCC", "C(C)C", "O", "OC", "N", "Cl", "C(=O)O", "C#N", "F")
_CORES = ("c1ccc({})cc1", "c1ccnc({})c1", "C1CCC({})CC1", "CCC({})C", "c1csc({})c1", "CCCCC{}", "C1CCN({})C1", "c1ccc2cc({})ccc2c1")
_BAD = ("CC(=O)[O-].[Na+],1.0", "O,1.0", "C1CC,1.0", "CCO,none", "CCO,99", "CCO,")


def _structures() -> list[str]:
    written = [core.format(tail or "[H]") for core in _CORES for tail in _TAILS]
    mols = [Chem.MolFromSmiles(smiles) for smiles in written]
    return list(dict.fromkeys(Chem.MolToSmiles(mol) for mol in mols if mol is not None))


def _target(smiles: str) -> float:
    mol = Chem.MolFromSmiles(smiles)
    return float(-Crippen.MolLogP(mol) + 0.01 * rdMolDescriptors.CalcTPSA(mol))


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, PredictorSpec]:
    """A data file with ninety good and six bad rows, and an ensemble small enough for a test."""
    path = tmp_path / "measured.csv"
    good = [f"{smiles},{_target(smiles):.4f}" for smiles in _structures()]
    path.write_text("\n".join(["smiles,log_s", *good[:10], *_BAD, *good[10:]]) + "\n", encoding="utf-8")
    few = tuple(replace(m, trees=25) for m in learners.LEARNERS)
    monkeypatch.setitem(learners.RECIPES, "aqueous_solubility", learners.Recipe(few, kernel_share=0.3, network_share=0.2))
    monkeypatch.setattr(learners, "_SCALE_TREES", 15)
    return path, predictor_spec("aqueous_solubility")


def test_bad_rows_are_listed_with_their_line(small: tuple[Path, PredictorSpec]) -> None:
    path, spec = small
    table = read_table(path, spec)
    assert [(row.line, row.kind) for row in table.bad] == [
        (12, "salt or mixture"),
        (13, "no carbon"),
        (14, "structure that cannot be read"),
        (15, "value that is not a number or out of range"),
        (16, "value that is not a number or out of range"),
        (17, "no measured value"),
    ]
    assert table.rows_read == len(table) + 6
    assert len(table.y) == len(table.keys) == len(table.mols)


def test_a_set_beside_the_first_lends_its_other_substances_and_no_values(small: tuple[Path, PredictorSpec], tmp_path: Path) -> None:
    path, spec = small
    alone = read_table(path, replace(spec, beside=()))
    shared, new = alone.smiles[0], ["CCCCCCCCCC(=O)OC", "CC(C)(C)c1ccc(OC)cc1"]
    (tmp_path / "others.csv").write_text("smiles,log_s\n" + "".join(f"{s},-9\n" for s in (shared, *new)), encoding="utf-8")
    spec = replace(spec, beside=(("others", "Others 2026", "CC0"), ("absent", "Nobody", "CC0")), beside_weight=0.25)
    table = read_table(path, spec)
    assert table.smiles[len(alone) :] == [Chem.CanonSmiles(s) for s in new]
    assert table.origins == [""] * len(alone) + ["others"] * 2
    assert list(table.others) == ["others"]
    assert [row.kind for row in table.bad][-1] == "substance of the first set"
    weight = learners.row_weights(sample_of(table, np.arange(len(table))), spec)
    assert weight is not None
    assert weight[-1] == pytest.approx(0.25 * weight[0])
    card = train_predictor(path, spec, tmp_path / "weights", 0, lambda text: None, harder_splits=False)
    assert [(b["name"], b["rows_used"]) for b in card["data"]["beside"]] == [("others", 2)]
    model = Model(spec, tmp_path / "weights")
    assert {smiles: model.measured(i) for i, smiles in enumerate(model.structures) if smiles in table.smiles[-2:]} == dict.fromkeys(
        table.smiles[-2:]
    )
    assert "values not shown" in (tmp_path / "weights" / spec.name / "card.md").read_text(encoding="utf-8")


def test_rows_of_one_substance_can_count_as_fewer(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = predictor_spec("flash_point")
    sample = learners.Sample(["a", "a", "a", "a", "b"], [False] * 5)
    assert learners.row_weights(sample, spec) is None
    monkeypatch.setitem(learners.RECIPES, "flash_point", replace(learners.recipe_of("flash_point"), by_substance=True))
    weight = learners.row_weights(sample, spec)
    assert weight is not None
    assert weight.mean() == pytest.approx(1.0)
    assert weight[4] == pytest.approx(2 * weight[0])


def test_missing_hydrogens_are_a_slip_of_the_pen(tmp_path: Path) -> None:
    path = tmp_path / "measured.csv"
    rows = ["[CH2]C,300", "CCO[Si](OCC)OCC,310", "CC1(C)CCCC(C)(C)N1[O],340", *(f"{'C' * n}O,{280 + n}" for n in range(1, 70))]
    path.write_text("\n".join(["smiles,flash_point_k", *rows]) + "\n", encoding="utf-8")
    assert [(row.line, row.kind) for row in read_table(path, predictor_spec("flash_point")).bad[:2]] == [
        (2, "missing hydrogens"),
        (3, "missing hydrogens"),
    ]


def test_simulated_values_are_not_measurements(tmp_path: Path) -> None:
    path = tmp_path / "polymers.csv"
    sources = {2: "HT-exp|SC-JCIM", 3: "HT-exp|PolyMetriX|SC-JCIM", 4: "GREA|HT-PolyInfo|LT-exp|SC-JCIM", 5: "", 6: "PolyMetriX"}
    rows = [f"*{'C' * n}O*,{n},{sources.get(n, 'GREA')}" for n in range(2, 62)]
    path.write_text("\n".join(["psmiles,tg_c,sources", *rows]) + "\n", encoding="utf-8")
    table = read_table(path, predictor_spec("glass_transition_temperature"))
    assert [(row.line, row.kind) for row in table.bad] == [(2, "simulated value"), (3, "simulated value")]
    assert len(table) == 58


def test_unusable_files(tmp_path: Path) -> None:
    spec = predictor_spec("aqueous_solubility")
    with pytest.raises(NotFoundError, match=r"nowhere\.csv"):
        read_table(tmp_path / "nowhere.csv", spec)
    path = tmp_path / "other.csv"
    path.write_text("smiles,value\nCCO,1\n", encoding="utf-8")
    with pytest.raises(UsageError, match="log_s"):
        read_table(path, spec)
    path.write_text("smiles,log_s\nCCO,1\n", encoding="utf-8")
    with pytest.raises(UsageError, match="only 0 usable"):
        read_table(path, spec)


def test_training_writes_the_same_bytes_twice_and_predicts(small: tuple[Path, PredictorSpec], tmp_path: Path) -> None:
    path, spec = small
    heard: list[str] = []
    oof = tmp_path / "oof.npz"
    card = train_predictor(path, spec, tmp_path / "one", 0, heard.append, oof)
    train_predictor(path, spec, tmp_path / "two", 0, heard.append)
    one, two = tmp_path / "one" / spec.name, tmp_path / "two" / spec.name
    assert sorted(p.name for p in one.iterdir()) == sorted(p.name for p in two.iterdir())
    for file in one.iterdir():
        assert file.read_bytes() == (two / file.name).read_bytes(), file.name
    assert any("fold 5" in line for line in heard)
    assert card["data"]["rows_used"] == len(_structures())
    assert card["data"]["left_out"]["salt or mixture"] == 1
    assert "CC0" in (one / "card.md").read_text(encoding="utf-8")
    model = Model(spec, tmp_path / "one")
    assert model.structures == sorted(model.structures)
    position = model.structures.index("Cc1ccccc1")
    assert model.measured(position) == pytest.approx(_target("Cc1ccccc1"), abs=0.01)
    with np.load(oof, allow_pickle=False) as archive:
        assert np.corrcoef(archive["measured"], archive["predicted"])[0, 1] > 0.5
        assert (archive["similarity"] < 1.0).any()


def test_damaged_and_missing_weights_are_told(small: tuple[Path, PredictorSpec], tmp_path: Path) -> None:
    path, spec = small
    train_predictor(path, spec, tmp_path / "good", 0, lambda text: None)

    def copy(name: str) -> Path:
        shutil.copytree(tmp_path / "good", tmp_path / name)
        return tmp_path / name

    with pytest.raises(PredictorError, match="missing"):
        Model(spec, tmp_path / "nowhere")
    for file in ("value_0.npz", "kernel.npz", "arrays.npz", "neighbours.tsv.gz", "scale.npz", "errors.npz"):
        folder = copy(f"damaged {file}")
        target = folder / spec.name / file
        data = bytearray(target.read_bytes())
        data[len(data) // 2] ^= 0xFF
        target.write_bytes(bytes(data))
        with pytest.raises(PredictorError, match="damaged"):  # noticed before anything is predicted
            Model(spec, folder).structures  # noqa: B018
        target.write_bytes(bytes(data[:-1]))
        with pytest.raises(PredictorError, match="damaged"):
            Model(spec, folder)
        target.unlink()
        with pytest.raises(PredictorError, match="missing"):
            Model(spec, folder)
    for change, words in (({"format": 99}, "format"), ({"version": "1-00000000"}, "damaged")):
        folder = copy(f"card {words}")
        card_path = folder / spec.name / "card.json"
        card_path.write_text(json.dumps({**json.loads(card_path.read_text(encoding="utf-8")), **change}), encoding="utf-8")
        with pytest.raises(PredictorError, match=words):
            Model(spec, folder)
    card_path.write_text("{", encoding="utf-8")
    with pytest.raises(PredictorError, match="damaged"):
        Model(spec, folder)


def test_command_line(small: tuple[Path, PredictorSpec], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, spec = small
    oof = tmp_path / f"{spec.name}.npz"
    out = ["--out", str(tmp_path / "weights")]
    assert command.main([spec.name, "--data", str(path), *out, "--out-of-fold", str(oof), "--show-bad", "2"]) == 0
    said = capsys.readouterr()
    assert "line 12: a salt" in said.err
    assert "and 4 more rows" in said.err
    assert "scaffold" in said.out
    assert command.main(["precision", spec.name, "--goal", ">= -1", "--out-of-fold", str(oof)]) == 0
    assert "precision@10" in capsys.readouterr().out
    assert command.main(["correlation", str(oof), *out]) == 0
    made = {name: (tmp_path / "weights" / spec.name / name).read_bytes() for name in ("errors.npz", "calibration.npz", "card.md")}
    assert command.main(["tails", spec.name, "--out-of-fold", str(tmp_path), "--weights", str(tmp_path / "weights")]) == 0
    assert f"{spec.name}, far: before: " in capsys.readouterr().out
    assert {name: (tmp_path / "weights" / spec.name / name).read_bytes() for name in made} == made
    card = tmp_path / "weights" / spec.name / "card.json"
    whole = json.loads(card.read_text(encoding="utf-8"))
    without = {**whole, "metrics": {split: m for split, m in whole["metrics"].items() if "scaffold" not in split}}
    card.write_text(json.dumps(without), encoding="utf-8")
    shutil.copy(path, tmp_path / "aqueous_solubility.csv")
    assert command.main(["scaffold", spec.name, "--data-folder", str(tmp_path), "--weights", str(tmp_path / "weights")]) == 0
    again = json.loads(card.read_text(encoding="utf-8"))
    (split,) = set(again["metrics"]) - set(without["metrics"])
    assert again["version"] == whole["version"]
    assert (
        abs(again["metrics"][split]["rmse"] / whole["metrics"][split]["rmse"] - 1) < 0.1
    )  # stated by the table that ships, which has seen all folds
    assert command.main(["viscosity", "--data", str(path)]) == 2
    assert command.main(["precision", spec.name, "--goal", "warm", "--out-of-fold", str(oof)]) == 2
    assert "error:" in capsys.readouterr().err


def test_compact_text_predicts_alike() -> None:
    import lightgbm

    rng = np.random.default_rng(0)
    x = rng.normal(size=(300, 5))
    booster = lightgbm.train({"verbosity": -1, "num_threads": 1}, lightgbm.Dataset(x, x[:, 0] * 3 + x[:, 1]), 30)
    text = compact_booster_text(booster.model_to_string())
    assert len(text) < 0.7 * len(booster.model_to_string())
    # Thresholds lie between training values; seven digits keep nearly every row on its side.
    difference = np.abs(np.asarray(lightgbm.Booster(model_str=text).predict(x)) - np.asarray(booster.predict(x)))
    assert np.quantile(difference, 0.99) < 1e-4
    assert compact_booster_text(lightgbm.Booster(model_str=text).model_to_string()) == text


def test_bytes_are_deterministic() -> None:
    assert gzip_text("abc") == gzip_text("abc")
    assert npz_bytes({"a": np.arange(5)}) == npz_bytes({"a": np.arange(5)})


def test_folds_keep_groups_together() -> None:
    groups = [f"g{i % 37}" for i in range(200)]
    fold = group_folds(groups, seed=1)
    assert set(fold.tolist()) == {0, 1, 2, 3, 4}
    assert all(len({f for f, g in zip(fold.tolist(), groups, strict=True) if g == name}) == 1 for name in set(groups))
    assert (fold == group_folds(groups, seed=1)).all()
    assert (fold != group_folds(groups, seed=2)).any()


def test_scaffold_folds_keep_scaffolds_together() -> None:
    smiles = _structures()
    mols = [Chem.MolFromSmiles(s) for s in smiles]
    fold = scaffold_folds(mols, smiles, seed=0)
    benzenes = [i for i, m in enumerate(mols) if m.HasSubstructMatch(Chem.MolFromSmarts("c1ccccc1")) and m.GetRingInfo().NumRings() == 1]
    assert len({int(fold[i]) for i in benzenes}) == 1
    assert len(set(fold.tolist())) == 5


def test_conformal_quantile_covers() -> None:
    scores = np.abs(np.random.default_rng(0).normal(size=2000))
    assert conformal_quantile(scores) == pytest.approx(1.645, abs=0.1)
    assert conformal_quantile(np.array([1.0, 2.0])) == 2.0


def test_goals_and_probabilities() -> None:
    window = parse_goal("475..525")
    assert (window.low, window.high) == (475, 525)
    assert parse_goal(">= -2").bounds() == (-2, float("inf"))
    value, sigma = np.array([500.0, 525.0, 900.0]), np.array([10.0, 10.0, 10.0])
    np.testing.assert_allclose(probability(window, value, sigma), [0.98758, 0.5, 0.0], atol=1e-4)
    for text in ("warm", "> x", "1..", "=="):
        with pytest.raises(UsageError):
            parse_goal(text)


def test_precision_of_a_perfect_and_of_a_blind_model() -> None:
    rng = np.random.default_rng(0)
    n = 3000
    measured = rng.normal(size=n)
    table = {
        "key": np.array([f"k{i}" for i in range(n)]),
        "fold": np.arange(n) % 5,
        "measured": measured,
        "sigma": np.full(n, 0.1),
        "nearest_value": rng.normal(size=n),
        "similarity": rng.uniform(size=n),
    }
    perfect = precision_at_ten(parse_goal(">= 1"), {**table, "predicted": measured}, seed=0)
    blind = precision_at_ten(parse_goal(">= 1"), {**table, "predicted": rng.normal(size=n)}, seed=0)
    assert [row["pool"] for row in perfect] == [100, 300]
    assert perfect[1]["precision"] == 1.0
    assert perfect[1]["base_rate"] == pytest.approx(0.16, abs=0.03)
    assert blind[1]["precision"] < 0.4
    assert blind[1]["nearest_neighbour"] < 0.4


def _residuals(path: Path, name: str, keys: list[str], residual: np.ndarray, solvents: list[str] | None = None) -> Path:
    zeros = np.zeros(len(keys))
    path.write_bytes(
        npz_bytes(
            {
                "name": np.array(name),
                "key": np.array(keys),
                "solvent": np.array(solvents or [""] * len(keys)),
                "measured": residual,
                "predicted": zeros,
                "sigma": zeros + 1,
            }
        )
    )
    return path


def test_correlation_is_shrunk_and_matched_by_structure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    keys = [f"m{i}" for i in range(400)]
    common = rng.normal(size=400)
    a = _residuals(tmp_path / "a.npz", "melting_point", keys, common + rng.normal(size=400))
    b = _residuals(tmp_path / "b.npz", "aqueous_solubility", keys[::-1], -(common + rng.normal(size=400))[::-1])
    c = _residuals(tmp_path / "c.npz", "flash_point", keys[:10], common[:10])
    pairs = correlations([a, b, c])
    entry = pairs["aqueous_solubility|melting_point"]
    assert entry["n"] == 400
    assert entry["r"] == pytest.approx(-0.5, abs=0.1)
    assert entry["shrunk"] == pytest.approx(entry["r"] * 400 / 450, abs=1e-3)
    assert abs(pairs["flash_point|melting_point"]["shrunk"]) < 0.2
    write_correlation([a, b, c], tmp_path)
    monkeypatch.setattr(predict_module, "WEIGHTS", tmp_path)
    matrix = predict_module.residual_correlation(["melting_point", "logp", "aqueous_solubility"])
    assert matrix.shape == (3, 3)
    assert matrix[0, 2] == matrix[2, 0] == entry["shrunk"]
    assert matrix[0, 1] == 0
    monkeypatch.setattr(predict_module, "WEIGHTS", tmp_path / "nowhere")
    with pytest.raises(PredictorError, match="correlations"):
        predict_module.residual_correlation(["melting_point"])
    with pytest.raises(NotFoundError):
        correlations([tmp_path / "none.npz"])


def test_two_dye_predictors_are_matched_by_solvent(tmp_path: Path) -> None:
    keys, solvents = ["m1", "m1", "m2", "m2"], ["O", "CO", "O", "CO"]
    a = _residuals(tmp_path / "a.npz", "absorption_maximum", keys, np.array([1.0, 2.0, 3.0, 4.0]), solvents)
    b = _residuals(tmp_path / "b.npz", "log_epsilon", keys[:3], np.array([1.0, 2.0, 3.0]), solvents[:3])
    assert correlations([a, b])["absorption_maximum|log_epsilon"] == {"n": 3, "r": 1.0, "shrunk": round(3 / 53, 4)}


def test_learners_are_one_thread_and_deterministic() -> None:
    assert boosting._COMMON["num_threads"] == 1
    assert boosting._COMMON["deterministic"] is True
    assert len({m.name for m in learners.LEARNERS}) == len(learners.LEARNERS) >= 3
    assert all(isinstance(m, Learner) for m in learners.LEARNERS)
    for name in PREDICTORS:
        recipe = learners.recipe_of(name)
        assert len(recipe.learners) >= 2
        assert 0 <= recipe.kernel_share < 1
        assert WeightsFolder(name).card.get("kernel_share", 0.0) == recipe.kernel_share
        assert [m["name"] for m in WeightsFolder(name).card["training"]["learners"]] == [m.name for m in recipe.learners]
    assert set(learners.RECIPES) <= set(PREDICTORS)
