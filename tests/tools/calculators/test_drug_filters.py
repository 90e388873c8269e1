"""PAINS and Brenk alerts, and the BOILED-Egg, as properties, rule sets and goals."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import pytest
from rdkit import Chem, RDConfig

from agent.reading import interpret
from agent.reading.compact import compact
from tests.tables import each_row
from tools.calculators.boiled_egg import WHITE, YOLK, Ellipse
from tools.calculators.descriptors import compute_descriptor
from tools.calculators.rule_sets import violations
from tools.evaluation.judge import drug_like
from tools.workspace import builtin

#: Points of the outlines that PyBOILEDegg draws (Milne, doi:10.5281/zenodo.4725530): lowest, rightmost, highest, leftmost, and one between.
YOLK_OUTLINE = [(40.970, 0.406), (79.099, 3.094), (35.167, 5.964), (-2.962, 3.276), (69.891, 1.344)]
WHITE_OUTLINE = [(89.352, -2.248), (142.030, 1.046), (52.703, 6.837), (0.025, 3.543), (130.608, 3.582)]


@pytest.mark.parametrize(("ellipse", "outline"), [(YOLK, YOLK_OUTLINE), (WHITE, WHITE_OUTLINE)])
def test_the_ellipses_are_those_that_another_program_draws(ellipse: Ellipse, outline: list[tuple[float, float]]) -> None:
    for tpsa, logp in outline:
        inwards, outwards = ((ellipse.tpsa + s * (tpsa - ellipse.tpsa), ellipse.logp + s * (logp - ellipse.logp)) for s in (0.98, 1.02))
        assert ellipse.holds(*inwards)
        assert not ellipse.holds(*outwards)


def test_an_ellipse_is_turned_against_the_clock() -> None:
    turned = Ellipse(0.0, 0.0, 4.0, 2.0, 30.0)
    tip = (1.99 * math.cos(math.pi / 6), 1.99 * math.sin(math.pi / 6))
    assert turned.holds(*tip)
    assert not turned.holds(tip[0], -tip[1])


@pytest.mark.parametrize(
    ("smiles", "gut", "brain"),
    [
        ("CC(C)Cc1ccc(cc1)C(C)C(=O)O", 1, 1),  # ibuprofen: logP 3.07, TPSA 37.3
        ("CC(C)NCC(O)COc1ccc(CC(N)=O)cc1", 1, 0),  # atenolol: 0.45, 84.6
        ("OC[C@H]1O[C@H](O)[C@H](O)[C@@H](O)[C@@H]1O", 0, 0),  # glucose: -3.2, 110
        ("C" * 30, 0, 0),
    ],
)
def test_places_in_the_egg(smiles: str, gut: int, brain: int) -> None:
    mol = Chem.MolFromSmiles(smiles)
    assert (compute_descriptor("gi_absorption", mol), compute_descriptor("bbb_permeation", mol)) == (gut, brain)
    assert bool(violations(mol, "boiled-egg yolk")) is not bool(brain)
    assert bool(violations(mol, "boiled-egg white")) is not bool(gut)


def test_every_pains_query_asks_for_a_ring_or_a_multiple_bond() -> None:
    """So a saturated chain has no such alert, and the catalogue is not made for it."""
    lines = (Path(RDConfig.RDDataDir) / "Pains" / "wehi_pains.csv").read_text(encoding="utf-8").splitlines()
    queries = [Chem.MolFromSmarts(next(csv.reader([line]))[0]) for line in lines]
    assert len(queries) == 480
    for query in queries:
        Chem.FastFindRings(query)
        multiple = any(bond.GetSmarts() in ("=", "#", ":", "=&!@") for bond in query.GetBonds())
        assert multiple or query.GetRingInfo().NumRings(), Chem.MolToSmarts(query)
    for saturated in ("CCO", "CCOCC(O)CN", "C[Si](C)(C)O[Si](C)(C)C", "FC(F)(F)CS"):
        assert compute_descriptor("pains_alerts", Chem.MolFromSmiles(saturated)) == 0


def test_alerts_are_counted_and_judged() -> None:
    rhodanine = Chem.MolFromSmiles("O=C1NC(=S)SC1=Cc1ccccc1")
    assert compute_descriptor("pains_alerts", rhodanine) >= 1
    assert violations(rhodanine, "pains filter")
    plain, nitro = Chem.MolFromSmiles("CC(C)Cc1ccccc1"), Chem.MolFromSmiles("O=[N+]([O-])c1ccccc1")
    assert (compute_descriptor("pains_alerts", plain), compute_descriptor("brenk_alerts", plain)) == (0, 0)
    assert compute_descriptor("brenk_alerts", nitro) >= 1


@each_row(
    ("goal", "wanted"),
    [
        ("a drug with no PAINS alerts", "property:pains_alerts == 0"),
        ("a PAINS-free drug", "rule_set:pains filter"),
        ("a drug with at most 1 Brenk alert", "property:brenk_alerts <= 1"),
        ("a drug that passes the Brenk filter", "rule_set:brenk filter"),
        ("a BBB-permeant drug", "rule_set:boiled-egg yolk"),
        ("a drug with BBB permeation of 1", "property:bbb_permeation == 1"),
        ("a dye that meets REACH Annex XVII entry 43", "rule_set:reach azo amines"),
        ("a dye without restricted azo amines", "property:restricted_azo_amines == 0"),
    ],
)
def test_goals_ask_for_them(goal: str, wanted: str) -> None:
    found = compact(interpret(goal, workspace=builtin()), catalogue=builtin().catalogue)
    assert found["requirements"] == [wanted]
    assert not found["unchecked"]


@pytest.mark.parametrize("goal", ["a drug that is not BBB permeant with MW < 400", "a molecule with MW < 300 that is not PAINS-free"])
def test_what_is_denied_is_not_turned_round(goal: str) -> None:
    found = compact(interpret(goal, workspace=builtin()), catalogue=builtin().catalogue)
    assert all(r.startswith("property:molecular_weight") for r in found["requirements"])
    assert found["unchecked"]


def test_a_list_of_azo_amines_makes_no_goal_a_drug() -> None:
    assert drug_like(interpret("a PAINS-free molecule", workspace=builtin()))
    assert not drug_like(interpret("a dye that meets REACH Annex XVII entry 43", workspace=builtin()))
