"""Boiling points by group contributions, against values of the CRC Handbook."""

import csv
import math
import statistics
from pathlib import Path

import pytest
from rdkit import Chem

from tools.calculators.volatility import SIGMA_K, boiling_point, corrected, joback_groups, volatility

KNOWN = list(csv.DictReader(Path(__file__).with_name("boiling_points.tsv").read_text(encoding="utf-8").splitlines(), delimiter="\t"))


def mol(smiles: str) -> Chem.Mol:
    return Chem.MolFromSmiles(smiles)


def test_known_boiling_points_within_the_stated_uncertainty() -> None:
    errors = []
    for row in KNOWN:
        found, known = boiling_point(mol(row["smiles"])), float(row["boiling_point_c"])
        if found.celsius is None:
            assert found.reason
            assert found.at_least_c is None or found.at_least_c <= known
        else:
            errors.append(found.celsius - known)
    assert len(errors) >= 80
    assert statistics.mean(map(abs, errors)) < 18
    assert math.sqrt(statistics.mean(e * e for e in errors)) < SIGMA_K
    assert sum(abs(e) <= 2 * SIGMA_K for e in errors) / len(errors) > 0.93


def test_correction_of_stein_and_brown() -> None:
    assert corrected(500.0) == pytest.approx(500 - 94.84 + 278.85 - 192.625)


@pytest.mark.parametrize(
    ("smiles", "groups"),
    [
        ("CCOC(C)=O", {"-COO-": 1, "-CH3": 2, "-CH2-": 1}),
        ("Oc1ccccc1", {"-OH (phenol)": 1, "=CH- (ring)": 5, "=C< (ring)": 1}),
        ("CC(=O)O", {"-COOH": 1, "-CH3": 1}),
        ("C1CCNC1", {">NH (ring)": 1, "-CH2- (ring)": 4}),
    ],
)
def test_groups(smiles: str, groups: dict[str, int]) -> None:
    assert joback_groups(mol(smiles)) == groups


def test_what_the_method_does_not_cover_has_no_estimate() -> None:
    assert boiling_point(mol("*CC*")).reason == "a polymer does not boil"
    assert volatility(mol("*CC*"), 200) == ""
    assert "no group for" in boiling_point(mol("C[Si](C)(C)C")).reason
    assert "pieces" in boiling_point(mol("CC.CC")).reason
    assert "single heavy atom" in boiling_point(mol("C")).reason
    amide = boiling_point(mol("CC(N)=O"))
    assert amide.celsius is None
    assert amide.at_least_c is not None
    assert amide.at_least_c < 222
    assert boiling_point(mol("C" * 40)).at_least_c == boiling_point(mol("C" * 60)).at_least_c


def test_words_never_call_boiling_decomposition() -> None:
    below, near, above = (volatility(mol("CCOCC"), t) for t in (-60, 35, 200))
    assert below.startswith("volatility (not counted): normal boiling point about")
    assert "boils near" in near
    assert "boils below 200 °C" in above
    assert "not decomposition" in above


@pytest.mark.parametrize(
    ("temperature_c", "sigma", "words"),
    [
        (25, None, "the predicted flash point, 13 °C, lies below 25 °C, which speaks of vapour, not of decomposition"),
        (25, 16.0, "the predicted flash point, 13 ± 16 °C, lies near 25 °C, which speaks of vapour, not of decomposition"),
        (-50, 16.0, "the predicted flash point, 13 ± 16 °C, lies above -50 °C, which speaks of little vapour, not of decomposition"),
    ],
)
def test_a_flash_point_is_evidence_of_vapour_only(temperature_c: float, sigma: float | None, words: str) -> None:
    said = volatility(mol("CCO"), temperature_c, 13, sigma)
    assert said.startswith("volatility (not counted): ")
    assert said.endswith(words)
    assert volatility(mol("*CC*"), temperature_c, 13, sigma) == ""
