"""Training, registering and using a property of one's own."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from agent.reading import compact, interpret
from core.candidate import PropertyValue
from core.errors import NotFoundError, PredictorError, SpecError, UsageError
from core.spec import CandidateClass, EstimationConditions
from tests.contracts.calculator import CalculatorContract
from tests.tables import each_row
from tests.tools.user_models.tables import lab_table, molecules, polymers, viscosity, write
from tools.calculators.protocol import Calculator
from tools.execution import ProcessExecutor
from tools.predictors.user_models.external import evaluate_shipped, evaluate_user_model
from tools.predictors.user_models.train import UserProperty, check_name, train_user_model
from tools.versions import versions
from tools.workspace import Workspace, builtin


def values_of(workspace: Workspace, name: str, structures: list[str], kind: CandidateClass) -> list[PropertyValue]:
    return [values[name] for values in workspace.estimate(structures, kind, [name], EstimationConditions())]


def test_the_card_says_what_was_measured_and_how_well(trained: Path) -> None:
    card = json.loads((trained / "my_viscosity" / "card.json").read_text())
    assert (card["unit"], card["kind"], card["log"]) == ("log cP", "molecule", True)
    assert len(card["data"]["bad_rows"]) == 4
    random = card["metrics"]["random over substances, 5 folds"]
    assert random["r2"] > 0.8
    assert 0.8 <= random["coverage"] <= 1.0
    assert any(name.startswith("cluster") for name in card["metrics"])
    assert not any(w.startswith("the data do not support") for w in card["warnings"])
    names = {p.name for p in (trained / "my_viscosity").iterdir()}
    assert not any(name.endswith((".pkl", ".pickle", ".joblib")) for name in names)
    assert "90 %" in (trained / "my_viscosity" / "card.md").read_text()


def test_equal_data_and_seed_give_equal_files(trained: Path, tmp_path: Path) -> None:
    rows: list[list[object]] = [[s, v] for s, v in polymers()]
    train_user_model(write(tmp_path / "index.csv", ["psmiles", "n"], rows), UserProperty(name="my_index"), tmp_path)
    first, again = (json.loads((f / "my_index" / "card.json").read_text()) for f in (trained, tmp_path))
    assert first["files"] == again["files"]
    assert first["version"] == again["version"]


def test_values_carry_interval_domain_and_nearest_measurement(workspace: Workspace) -> None:
    [value] = values_of(workspace, "my_viscosity", ["CCCCCCO"], "molecule")
    assert value.number == pytest.approx(np.log10(viscosity("CCCCCCO")), abs=0.3)
    assert value.unit == "log cP"
    assert value.lower is not None
    assert value.upper is not None
    assert value.number is not None
    assert value.lower < value.number < value.upper
    assert value.in_domain
    assert value.nearest == "CCCCCCO"
    assert value.method_version == workspace.model_versions()["my_viscosity"]
    assert "cP" in (value.reason or "")
    far, metal, polymer = values_of(workspace, "my_viscosity", ["O=S(=O)(O)c1ccc2ccccc2c1", "CC[Si](C)(C)C", "*CC*"], "molecule")
    assert far.number is None or not far.in_domain
    assert "not trained on structures with Si" in (metal.reason or "")
    assert polymer is not None
    assert polymer.number is None
    assert set(workspace.calculators.calibration("my_viscosity")) == {"oof_pred", "oof_sigma", "oof_residual"}


def test_polymers_have_their_own_models(workspace: Workspace) -> None:
    assert workspace.catalogue["my_index"].classes == ("polymer",)
    [value] = values_of(workspace, "my_index", ["*CC(*)CCC"], "polymer")
    assert value.number == pytest.approx(dict(polymers())["*CC(*)CCC"], abs=0.15)
    [found] = workspace.estimate(["CCO"], "molecule", ["my_index"], EstimationConditions())
    assert "not defined for a molecule" in (found["my_index"].reason or "")


def test_own_measurements_take_the_place_of_predictions(workspace: Workspace) -> None:
    [value] = values_of(workspace, "my_viscosity", ["CCCCCCO"], "molecule")
    assert value.basis == "measured"
    assert value.number == value.nearest_value
    assert value.fitted is not None
    assert value.known.startswith("known, measured ")
    assert "own measurements" in value.known
    [new] = values_of(workspace, "my_viscosity", ["CCCCCCCCCCCCCCCCCO"], "molecule")
    assert (new.basis, new.known) == (None, "")
    frames = values_of(workspace, "my_index", ["*CC(*)CCC", "*C(CCC)C*"], "polymer")
    assert [v.basis for v in frames] == ["measured", "measured"]
    assert frames[0].number == frames[1].number


def test_worker_processes_know_the_model(workspace: Workspace) -> None:
    many = (molecules() * 5)[:150]
    alone = workspace.estimate(many, "molecule", ["my_viscosity"], EstimationConditions())
    with ProcessExecutor(2) as executor:
        spread = workspace.estimate(many, "molecule", ["my_viscosity"], EstimationConditions(), executor=executor)
    assert spread == alone


@pytest.mark.parametrize(
    ("goal", "wanted"),
    [
        ("viscosity below 5 cP", "property:my_viscosity < 0.699"),
        ("my_viscosity < 5 cP", "property:my_viscosity < 0.699"),
        ("a molecule with a runniness of at least 10 cP", "property:my_viscosity >= 1"),
        ("my viscosity between 1 and 10 cP", "property:my_viscosity 0..1"),
    ],
)
def test_goals_speak_of_it(workspace: Workspace, goal: str, wanted: str) -> None:
    assert wanted in compact(interpret(goal, workspace=workspace), catalogue=workspace.catalogue)["requirements"]


def test_without_the_model_the_word_means_nothing(trained: Path) -> None:
    workspace = builtin().with_user_models(trained.parent / "nothing")
    assert workspace.user_models is None
    found = compact(interpret("a molecule with MW < 300 and viscosity below 5 cP", workspace=workspace), catalogue=workspace.catalogue)
    assert found["requirements"] == ["property:molecular_weight < 300"]
    assert found["unchecked"]
    with pytest.raises(SpecError):
        workspace.estimate(["CCO"], "molecule", ["my_viscosity"], EstimationConditions())
    models = builtin().with_user_models(trained).user_models
    assert models is not None
    with pytest.raises(NotFoundError):
        models.model("my_colour")


def test_versions_name_the_models_that_were_used(workspace: Workspace) -> None:
    assert (
        versions(["my_viscosity"], calculators=workspace.calculators)["own model my_viscosity"]
        == workspace.model_versions()["my_viscosity"]
    )
    assert not any("own model" in key for key in versions(["logp"], calculators=workspace.calculators))


def test_a_workspace_can_have_only_some_of_the_models(workspace: Workspace) -> None:
    assert workspace.models_folder is not None
    fewer = workspace.with_user_models(workspace.models_folder, {"my_index"})
    assert set(fewer.model_versions()) == {"my_index"}
    assert "my_viscosity" not in fewer.catalogue
    assert set(workspace.model_versions()) == {"my_index", "my_viscosity"}


@each_row("name", ["flash_point", "logp", "tg", "melting_point", "Viscosity", "x", "a b", "thermal_stability", "../up"])
def test_names_that_are_taken_or_unusable_are_refused(name: str) -> None:
    with pytest.raises(UsageError):
        check_name(name)


def test_data_that_say_nothing_are_called_that(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    rows: list[list[object]] = [[s, round(float(rng.normal()), 3)] for s in molecules()[:40]]
    card, table = train_user_model(write(tmp_path / "n.csv", ["smiles", "v"], rows), UserProperty(name="my_noise"), tmp_path)
    assert any(w.startswith("the data do not support a model") for w in card["warnings"])
    assert card["warnings"] == table.warnings
    [value] = values_of(builtin().with_user_models(tmp_path), "my_noise", ["CCCO"], "molecule")
    assert "do not support" in (value.reason or "")


def test_damaged_and_foreign_folders_are_named_and_left_out(trained: Path, tmp_path: Path) -> None:
    shutil.copytree(trained, tmp_path / "m")
    (tmp_path / "m" / "other").mkdir()
    (tmp_path / "m" / "other" / "card.json").write_text("{}")
    (tmp_path / "m" / "broken").mkdir()
    (tmp_path / "m" / "broken" / "card.json").write_text("{")
    weights = tmp_path / "m" / "my_viscosity" / "arrays.npz"
    weights.write_bytes(weights.read_bytes()[:-10])
    workspace = builtin().with_user_models(tmp_path / "m")
    assert set(workspace.problems) == {"broken", "other"}
    assert workspace.user_models is not None
    with pytest.raises(PredictorError):
        workspace.user_models.model("my_viscosity")
    assert workspace.user_models.model("my_index")


def test_the_stored_model_and_its_recipe_can_be_measured(workspace: Workspace, tmp_path: Path) -> None:
    new = ["CCCCCCCCCCCCO", "CCCCC(C)CO", "CC(C)CCN", "CC(C)CCC(=O)O", "CCCCO"]
    path = lab_table(tmp_path / "lab.csv")
    with path.open("a") as handle:
        handle.writelines(f"{s},{viscosity(s)}\n" for s in new)
    model = workspace.user_models.model("my_viscosity") if workspace.user_models else None
    found = evaluate_user_model(model, path, None)
    assert found["figures"]["new to the model"]["n"] == 4
    assert len(found["bad_rows"]) == 4
    split = evaluate_user_model(model, path, "cluster")["figures"]["cluster"]
    assert {"rmse", "mae", "r2", "spearman", "coverage"} <= set(split)


def test_intervals_agree_with_crepes() -> None:
    crepes = pytest.importorskip("crepes")
    from tools.predictors.training.calibration import conformal_quantile

    rng = np.random.default_rng(1)
    residuals = rng.normal(size=499)
    sigmas = np.full(499, 1.0)
    regressor = crepes.ConformalRegressor().fit(residuals, sigmas=sigmas)
    interval = regressor.predict_int(np.zeros(1), sigmas=np.ones(1), confidence=0.9)
    assert conformal_quantile(np.abs(residuals)) == pytest.approx(float(interval[0, 1]), rel=0.02)


def test_a_shipped_model_is_measured_on_a_table_in_its_unit(tmp_path: Path) -> None:
    rows: list[list[object]] = [["CCO", 13], ["CCCCCCCCN", 65], ["CC(C)CCOC(=O)CCC", 57], ["CCN(", 3], ["CC(C)CC(O)C(C)COCC=C", 80]]
    path = write(tmp_path / "fp.csv", ["structure", "fp_c", "note"], [[*row, ""] for row in rows])
    found = evaluate_shipped("flash_point", path, None, target="fp_c")
    assert found["what"] == "stored model, values in °C"
    assert [line for line, _ in found["bad_rows"]] == [5]
    assert sum(m["n"] for m in found["figures"].values()) >= 3
    with pytest.raises(UsageError, match="leave --target out"):
        evaluate_shipped("flash_point", path, "random", target="fp_c")


class TestUserModels(CalculatorContract):
    """A team's own models keep the contract of every calculator."""

    @pytest.fixture
    def calculator(self, workspace: Workspace) -> Calculator:
        assert workspace.user_models is not None
        return workspace.user_models
