"""The estimate of many structures at once: exact values, failures with a reason, parallel work."""

import sys
import types
from collections.abc import Sequence

import pytest
import rdkit
from rdkit import Chem

from core.candidate import PropertyValue
from core.errors import ConfigurationError, SpecError
from core.spec import EstimationConditions
from tools.calculators.collection import CHUNK
from tools.calculators.thermal import volatility_words
from tools.execution import ProcessExecutor, SerialExecutor
from tools.workspace import builtin

HOT = EstimationConditions(temperature_c=200.0)


@pytest.fixture
def fake_predictor(monkeypatch: pytest.MonkeyPatch) -> list[Sequence[str]]:
    """A predictor that answers 10 times the length of the SMILES, and the list of what it was asked."""
    asked: list[Sequence[str]] = []

    def predict(
        names: Sequence[str], structures: Sequence[str], candidate_class: str, conditions: EstimationConditions, **_: object
    ) -> dict[str, list[PropertyValue]]:
        asked.append(list(structures))
        return {
            name: [PropertyValue(value=10.0 * len(s), sigma=5.0, method="test", method_version="1", in_domain=True) for s in structures]
            for name in names
        }

    module = types.ModuleType("tools.predictors.predict")
    module.predict = predict  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "tools.predictors.predict", module)
    return asked


def test_computed_values_are_exact() -> None:
    (values,) = builtin().calculators.estimate(["c1ccccc1"], "molecule", ["molecular_weight", "hbd"], EstimationConditions())
    weight = values["molecular_weight"]
    assert weight.number == pytest.approx(78.11, abs=0.01)
    assert weight.exact
    assert (weight.lower, weight.upper) == (weight.value, weight.value)
    assert weight.unit == "g/mol"
    assert weight.method.startswith("RDKit")
    assert weight.method_version == rdkit.__version__
    assert list(values) == ["molecular_weight", "hbd"]


def test_a_bad_structure_gives_a_reason_and_leaves_the_others_alone(fake_predictor: list[Sequence[str]]) -> None:
    rows = builtin().calculators.estimate(["CCO", "C1CC", "CCCO"], "molecule", ["logp", "melting_point", "thermal_stability"], HOT)
    assert all(value.value is None and value.reason for value in rows[1].values())
    assert all(value.value is not None for row in (rows[0], rows[2]) for value in row.values())
    assert fake_predictor == [["CCO", "CCCO"]]
    assert rows[2]["melting_point"].number == 40.0


def test_a_flash_point_that_is_asked_for_is_evidence_of_volatility(fake_predictor: list[Sequence[str]]) -> None:
    names = ["thermal_stability", "flash_point"]
    (both,) = builtin().calculators.estimate(["c1ccccc1CCCC"], "molecule", names, HOT)
    assert list(both) == names
    assert "the predicted flash point, 120 ± 5 °C, lies below 200 °C" in (both["thermal_stability"].reason or "")
    assert len(fake_predictor) == 1
    (alone,) = builtin().calculators.estimate(["c1ccccc1CCCC"], "molecule", ["thermal_stability"], HOT)
    assert len(fake_predictor) == 1  # never predicted for this
    assert "flash point" not in (alone["thermal_stability"].reason or "")
    assert alone["thermal_stability"].value == both["thermal_stability"].value


def test_a_flash_point_outside_the_domain_is_not_quoted() -> None:
    far = PropertyValue(value=90.0, sigma=5.0, method="test", method_version="1", in_domain=False)
    mol = Chem.MolFromSmiles("c1ccccc1CCCC")
    assert "flash" in volatility_words(mol, 200, far.model_copy(update={"in_domain": True}))
    assert volatility_words(mol, 200, far) == volatility_words(mol, 200, None)


def test_a_property_that_is_not_defined_is_none_with_a_reason() -> None:
    (polymer,) = builtin().calculators.estimate(["*CC*"], "polymer", ["logp", "molecular_weight"], EstimationConditions())
    assert polymer["logp"].value is None
    assert "not defined for a polymer" in (polymer["logp"].reason or "")
    assert polymer["molecular_weight"].number == pytest.approx(28.05, abs=0.01)
    (methane,) = builtin().calculators.estimate(["C"], "molecule", ["balaban_j"], EstimationConditions())
    assert methane["balaban_j"].value is None
    assert methane["balaban_j"].reason


def test_the_level_carries_its_reasons() -> None:
    (cool,) = builtin().calculators.estimate(["CC(C)(C#N)N=NC(C)(C)C#N"], "molecule", ["thermal_stability"], HOT)
    assert cool["thermal_stability"].value == "high"
    assert "azo" in (cool["thermal_stability"].reason or "")
    assert cool["thermal_stability"].sigma is None


def test_unknown_names_are_an_error() -> None:
    with pytest.raises(SpecError):
        builtin().calculators.estimate(["C"], "molecule", ["colour"], EstimationConditions())


def test_executors_give_the_same_in_the_same_order() -> None:
    smiles = ["C" * (1 + i % 30) for i in range(CHUNK + 40)]
    plain = builtin().calculators.estimate(smiles, "molecule", ["heavy_atoms", "sa_score"], EstimationConditions())
    assert (
        builtin().calculators.estimate(smiles, "molecule", ["heavy_atoms", "sa_score"], EstimationConditions(), executor=SerialExecutor())
        == plain
    )
    with ProcessExecutor(2) as executor:
        assert (
            builtin().calculators.estimate(smiles, "molecule", ["heavy_atoms", "sa_score"], EstimationConditions(), executor=executor)
            == plain
        )
        executor.close()


def test_executor_needs_a_worker() -> None:
    with pytest.raises(ConfigurationError):
        ProcessExecutor(0)
