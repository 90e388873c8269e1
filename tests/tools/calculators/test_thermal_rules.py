"""Thermal risk classes against compounds of known behaviour."""

import csv
import re
from collections import Counter
from pathlib import Path

import pytest
from rdkit import Chem

from core import data
from core.errors import ConfigurationError
from tests.tables import each_row
from tools.calculators.thermal_rules import (
    LEVEL_PROBABILITY,
    SOURCE_KINDS,
    level_counts,
    source_kind,
    survival_probability,
    thermal_rules,
    thermal_stability,
)
from tools.structures.repeat_units import joined_units

ROOT = Path(__file__).parents[3]
KNOWN = list(
    csv.DictReader(
        (ROOT / "evals/data/thermal/textbook.tsv").read_text(encoding="utf-8").splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE
    )
)


def level(smiles: str, temperature_c: float) -> str:
    return thermal_stability(Chem.MolFromSmiles(smiles), temperature_c).level


@each_row("row", KNOWN)
def test_known_compounds_are_not_on_the_wrong_side(row: dict[str, str]) -> None:
    found = level(row["smiles"], float(row["temperature_c"]))
    assert found != ("high" if row["stable"] == "yes" else "low")


def test_level_probabilities_are_the_smoothed_counts_and_fall_with_the_level() -> None:
    for name, (survived, lost) in level_counts().items():
        assert LEVEL_PROBABILITY[name] == pytest.approx((survived + 5) / (survived + lost + 10), abs=0.006)
    assert list(LEVEL_PROBABILITY) == ["low", "moderate", "high"]
    assert sorted(LEVEL_PROBABILITY.values(), reverse=True) == list(LEVEL_PROBABILITY.values())
    assert survival_probability(0, 0) == 0.5


@each_row("row", KNOWN[::7])
def test_risk_never_falls_with_temperature(row: dict[str, str]) -> None:
    order = ["low", "moderate", "high"]
    levels = [order.index(level(row["smiles"], t)) for t in range(-50, 650, 25)]
    assert levels == sorted(levels)
    assert levels[-1] == 2


def test_moderate_lies_within_50_kelvin_below_the_onset() -> None:
    xanthate = "CSC(=S)OC1CCCCC1"
    assert [level(xanthate, t) for t in (40, 60, 99, 100)] == ["low", "moderate", "moderate", "high"]


def test_unknown_elements_are_at_least_moderate_and_outside_the_domain() -> None:
    risk = thermal_stability(Chem.MolFromSmiles("c1ccc([Se]c2ccccc2)cc1"), 100)
    assert (risk.level, risk.in_domain) == ("moderate", False)
    assert any("Se" in reason for reason in risk.reasons)


def test_reasons_name_the_class_and_never_a_decomposition_temperature() -> None:
    risk = thermal_stability(Chem.MolFromSmiles("CC(C)(C)OC(=O)N1CCCCC1"), 200)
    assert risk.level == "high"
    assert "tert-alkyl carbamate" in risk.reasons[0]
    assert "the class typically" in risk.reasons[0]
    assert risk.hits[0].onset_low_c <= risk.hits[-1].onset_low_c
    low = thermal_stability(Chem.MolFromSmiles("c1ccc2ccccc2c1"), 200)
    assert low.level == "low"
    assert "no weak bond" in low.reasons[0]


def test_units_are_joined_without_end_groups() -> None:
    assert Chem.MolToSmiles(joined_units(Chem.MolFromSmiles("*CO*"))) == "*COCOCO*"
    assert joined_units(Chem.MolFromSmiles("*Oc1ccc(C(C)(C)c2ccc(OC(*)=O)cc2)cc1")).GetNumHeavyAtoms() == 38
    assert level("*O*", 200) == "high"
    odd = Chem.MolFromSmiles("*=C(C)C*")
    assert joined_units(odd).GetNumAtoms() >= odd.GetNumAtoms()
    one_star = Chem.MolFromSmiles("*CC")
    assert joined_units(one_star) is one_star


@each_row(
    ("smiles", "temperature_c", "expected"),
    [
        ("CC(C)=S", 25, "high"),  # thioacetone: polymer and trimer above -20 °C
        ("S=C(c1ccccc1)c1ccccc1", 25, "low"),
        ("S=C1C2CC3CC(C2)CC1C3", 25, "low"),  # hindered
        ("CC(O)OC", 60, "high"),  # open hemiacetal
        ("OCC1OC(O)C(O)C(O)C1O", 60, "low"),  # cyclic
        ("CCOC(O)C(Cl)(Cl)Cl", 60, "low"),
        ("O=C1C(=O)c2ccccc2C=C1", 110, "high"),  # 1,2-naphthoquinone decomposes above 100 °C
        ("O=C1C(=O)c2ccccc2-c2ccccc21", 110, "low"),  # phenanthrenequinone, above 206 °C
        ("C[S+](C)C", 172, "high"),
        ("C[O+](C)C", 172, "high"),
        ("c1ccc([S+](c2ccccc2)c2ccccc2)cc1", 300, "low"),  # stands 90 days
    ],
)
def test_groups_told_apart_by_published_behaviour(smiles: str, temperature_c: float, expected: str) -> None:
    assert level(smiles, temperature_c) == expected


def test_rules_are_readable_and_distinct() -> None:
    rules = thermal_rules()
    assert len(rules) > 200
    assert all(rule.source and rule.chemistry for rule in rules)
    assert {rule.scope for rule in rules} == {"any", "polymer"}


def test_the_documentation_states_how_many_rules_have_which_kind_of_source() -> None:
    counts = Counter(source_kind(rule) for rule in thermal_rules())
    assert set(counts) == set(SOURCE_KINDS)
    assert counts["expert rule"] < 10
    text = " ".join((ROOT / "docs/models.md").read_text(encoding="utf-8").split())
    assert f"each of the {len(thermal_rules())} rules" in text
    assert f"{counts['with a temperature']} a source that states a temperature" in text
    assert f"{counts['in part']} a source for the chemistry or for part of the range only" in text
    assert f"{counts['expert rule']} expert judgement" in text


def test_the_documentation_states_the_level_probabilities_and_their_counts() -> None:
    text = " ".join((ROOT / "docs/models.md").read_text(encoding="utf-8").split())
    assert ", ".join(f"{level} {p:.2f}" for level, p in LEVEL_PROBABILITY.items()) in text
    assert ", ".join(f"{survived} of {survived + lost}" for survived, lost in level_counts().values()) in text


def test_the_temperature_of_a_source_lies_near_the_range() -> None:
    for rule in thermal_rules():
        if source_kind(rule) == "with a temperature" and "°C" in rule.source:
            found = re.findall(r"(\d+(?:\.\d+)?)(?: (?:to|and|or) (\d+(?:\.\d+)?))? °C", rule.source)
            values = [float(text) for pair in found for text in pair if text]
            assert any(rule.onset_low_c - 50 <= value <= rule.onset_high_c + 50 for value in values), rule.id


def test_a_broken_rule_fails_start_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    header = "id\tname\tscope\tonset_low_c\tonset_high_c\tsmarts\tchemistry\tsource\n"
    for body in ("X1\tx\tany\t10\t20\tC(\tc\ts\n", "X1\tx\tany\t10\t20\tC\tc\ts\nX1\ty\tany\t10\t20\tN\tc\ts\n"):
        (tmp_path / "thermal_rules.tsv").write_text(header + body)
        monkeypatch.setattr(data.resources, "files", lambda _: tmp_path)
        thermal_rules.cache_clear()
        with pytest.raises(ConfigurationError):
            thermal_rules()
    monkeypatch.undo()
    thermal_rules.cache_clear()
