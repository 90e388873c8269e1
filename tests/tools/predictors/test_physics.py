"""What physics says against a row, conditions of a measurement, rows that disagree, sites, and the probability of an outcome."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from rdkit import Chem

from core.spec import Condition
from tests.tables import each_row
from tools.catalogue.kinds.property import property_probability
from tools.catalogue.probability import interval_probability
from tools.predictors.outcome import CERTAIN, fit_platt, outcome_figures, outcome_sigma
from tools.predictors.sites import site_of, sites
from tools.predictors.specs import PREDICTORS, predictor_spec
from tools.predictors.training.data import read_table
from tools.predictors.training.physics import _CHECKS, DERIVED, contradiction, estimated_density


def mol(smiles: str) -> Chem.Mol:
    return Chem.MolFromSmiles(smiles)


@each_row(
    ("check", "smiles", "value", "words"),
    [
        ("boils above it melts", "c1ccc2ccccc2c1", 40.0, "melts at 81.1"),
        ("boils above it melts", "c1ccc2ccccc2c1", 218.0, ""),
        ("boils above it flashes", "CC(=O)Nc1ccccc1", 100.0, "flashes"),
        ("boils too low", "CC(C)c1ccccn1", -159.8, "atoms"),
        ("boils too low", "CC(C)C", -11.7, ""),
        ("liquid", "c1ccc2ccccc2c1", 1.0, "no liquid"),
        ("liquid", "CCO", 0.79, ""),
        ("density", "CCO", 0.789, ""),
        ("density", "CCO", 789.0, "pack"),
        ("refraction", "Cc1ccccc1", 1.4961, ""),
        ("refraction", "Cc1ccccc1", 1.05, "molar refraction"),
        ("vapour of a solid", "c1ccc2cc3ccccc3cc2c1", 4.0, "solid"),
    ],
)
def test_checks(check: str, smiles: str, value: float, words: str) -> None:
    said = contradiction(check, {}, mol(smiles), value)
    assert (words in said) if words else said == ""


def test_emission_is_not_above_absorption_in_energy() -> None:
    assert "absorbs at 500" in contradiction("emits below absorption", {"lambda_max_nm": "500"}, mol("CCO"), 450.0)
    assert contradiction("emits below absorption", {"lambda_max_nm": ""}, mol("CCO"), 450.0) == ""


def test_density_of_common_liquids_is_estimated_within_a_fifth() -> None:
    for smiles, known in (
        ("CCO", 0.789),
        ("c1ccccc1", 0.877),
        ("ClC(Cl)Cl", 1.489),
        ("CCCCCC", 0.659),
        ("OCC(O)CO", 1.261),
        ("CS(C)=O", 1.10),
    ):
        assert estimated_density(mol(smiles)) == pytest.approx(known, rel=0.2)


def test_every_check_and_derived_value_that_a_specification_names_is_there() -> None:
    for spec in PREDICTORS.values():
        assert set(spec.checks) <= set(_CHECKS)
        assert spec.derived in ("", *DERIVED)
    assert DERIVED["total permittivity"]({"static_dielectric_const": "1.0", "refractive_index": "1.5"}) == pytest.approx(2.25)


def test_rows_of_another_kind_or_condition_or_that_disagree_are_listed(tmp_path: Path) -> None:
    path = tmp_path / "pka.csv"
    rows = [f"{'C' * n}C(=O)O,acidic,4.8,25" for n in range(1, 60)]
    rows += [
        "CCO,basic,1,25",
        "CCOC(C)=O,acidic,25,25",
        "CCCO,acidic,16,80",
        "CCCCc1ccccc1,acidic,12,25",
        "OCc1ccccc1,acidic,15,25",
        "OCc1ccccc1,acidic,11,",
    ]
    path.write_text("\n".join(["smiles,kind,pka,t_c", *rows]) + "\n", encoding="utf-8")
    table = read_table(path, predictor_spec("acidic_pka"))
    assert [(row.line, row.kind) for row in table.bad] == [
        (61, "another kind of value"),
        (62, "value that is not a number or out of range"),
        (63, "measured under other conditions"),
        (64, "no such site"),
        (65, "rows of one structure disagree"),
        (66, "rows of one structure disagree"),
    ]


def test_values_are_scaled_and_logarithms_taken(tmp_path: Path) -> None:
    path = tmp_path / "density.csv"
    path.write_text("\n".join(["smiles,density_kg_m3", *(f"{'C' * n}O,{800 + n}" for n in range(2, 70))]) + "\n", encoding="utf-8")
    assert read_table(path, predictor_spec("density")).y[0] == pytest.approx(0.802)
    spec = replace(predictor_spec("density"), scale=1.0, logarithm=True, checks=(), low=-9, high=9)
    assert read_table(path, spec).y[0] == pytest.approx(np.log10(802))


def test_sites_are_named_likeliest_first() -> None:
    assert site_of(mol("OC(=O)c1ccccc1O"), "acidic") == "carboxylic acid"
    assert site_of(mol("Oc1ccccc1"), "acidic") == "phenol"
    assert site_of(mol("CCCCCC"), "acidic") == ""
    assert site_of(mol("NCCc1ccncc1"), "basic") == "aliphatic amine"
    assert site_of(mol("CCCCCCO"), "basic") == ""
    assert len(sites("acidic")) > 10 < len(sites("basic"))


def test_an_outcome_holds_with_its_probability() -> None:
    p = np.array([0.02, 0.1, 0.3, 0.4999, 0.5, 0.7, 0.97])
    for probability, sigma in zip(p.tolist(), outcome_sigma(p).tolist(), strict=True):
        assert interval_probability(probability, sigma, 0.5, np.inf) == pytest.approx(probability, abs=2e-3)
        assert property_probability(probability, sigma, Condition(comparison="<", value=0.5)) == pytest.approx(1 - probability, abs=2e-3)


def test_calibration_finds_the_true_shares() -> None:
    rng = np.random.default_rng(0)
    truth = rng.uniform(0.02, 0.98, 6000)
    outcome = (rng.uniform(size=6000) < truth).astype(float)
    raw = 0.5 + 0.6 * (truth - 0.5)  # too timid
    near = rng.uniform(0.2, 1.0, 6000).astype(np.float32)
    p = fit_platt(raw, near, outcome).probability(raw, near)
    assert np.abs(p - truth).mean() < 0.05
    found = outcome_figures(outcome, p, near)
    assert found["calibration_error"] < 0.03  # type: ignore[operator]
    assert 0.7 < found["auc"] < 0.95  # type: ignore[operator]
    assert p.max() <= CERTAIN
