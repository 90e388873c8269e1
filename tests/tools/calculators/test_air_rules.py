"""What air attacks, stated beside the thermal risk."""

from pathlib import Path

import pytest
from rdkit import Chem

from core import data
from core.errors import ConfigurationError
from core.spec import EstimationConditions
from tests.tables import each_row
from tools.calculators.air_rules import air_hits, air_rules, in_air
from tools.workspace import builtin


@each_row(
    ("smiles", "ids"),
    [
        ("C1CCOC1", ["A01"]),
        ("COC(C)(C)C", ["A01"]),
        ("O=Cc1ccccc1", ["A02"]),
        ("CC(C)c1ccccc1", ["A03"]),
        ("C1=CCCCC1", ["A04"]),
        ("CC(C)O", ["A05"]),
        ("CCS", ["A07"]),
        ("Oc1ccccc1", ["A08"]),
        ("Oc1ccc(O)cc1", ["A08", "A09"]),
        ("*CC(*)C", ["A12"]),
        ("*CCO*", ["A01"]),
    ],
)
def test_groups_that_air_attacks(smiles: str, ids: list[str]) -> None:
    assert [rule.id for rule in air_hits(Chem.MolFromSmiles(smiles))] == ids


@pytest.mark.parametrize("smiles", ["CCOC(C)=O", "c1ccc2ccccc2c1", "CCCCCC", "c1ccc(Oc2ccccc2)cc1", "CC(=O)O", "*C(F)(F)C(*)(F)F"])
def test_groups_that_it_leaves_alone(smiles: str) -> None:
    assert in_air(Chem.MolFromSmiles(smiles)) == ""


def test_many_groups_are_counted_not_listed() -> None:
    assert in_air(Chem.MolFromSmiles("O=CCc1ccc(COCC=C)c(O)c1CS")).endswith("more")


def test_rules_name_their_source() -> None:
    rules = air_rules()
    assert len({rule.id for rule in rules}) == len(rules)
    assert all(rule.source and rule.chemistry for rule in rules)


def test_a_broken_rule_fails_start_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "air_rules.tsv").write_text("id\tname\tsmarts\tchemistry\tsource\nA1\tx\tC(\tc\ts\n")
    monkeypatch.setattr(data.resources, "files", lambda _: tmp_path)
    air_rules.cache_clear()
    with pytest.raises(ConfigurationError):
        air_rules()
    monkeypatch.undo()
    air_rules.cache_clear()


def test_boiling_and_air_stand_beside_the_risk_and_do_not_change_it() -> None:
    [ether, alkane] = builtin().calculators.estimate(
        ["CCOCC", "CCCCC"], "molecule", ["thermal_stability"], EstimationConditions(temperature_c=200.0)
    )
    for found in (ether["thermal_stability"], alkane["thermal_stability"]):
        assert found.value == "low"
        assert "volatility (not counted)" in (found.reason or "")
    assert "in air (not counted" in (ether["thermal_stability"].reason or "")
    assert "in air" not in (alkane["thermal_stability"].reason or "")
