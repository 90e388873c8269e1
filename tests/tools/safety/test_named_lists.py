"""Named, dated lists that structure decides: no claim goes beyond them."""

from __future__ import annotations

import pytest

from agent.reading import interpret
from core.candidate import ListStanding
from core.spec import DesignSpec, RuleSetRequirement
from tests.tables import each_row
from tools.calculators.azo_amines import COUNT, listed_amines
from tools.evaluation.judge import judge_one
from tools.safety.named_lists import standings
from tools.synthesis.dyes.regulated import regulated_amines
from tools.workspace import builtin


def standing(smiles: str, name: str) -> ListStanding:
    return next(s for s in standings(smiles) if s.id == name)


@pytest.mark.parametrize(
    ("smiles", "amine"),
    [
        ("Cc1ccccc1N=Nc1c(O)ccc2ccccc12", "o-toluidine"),  # Solvent Orange 2
        ("Nc1ccc(-c2ccc(N=Nc3ccc(O)c(C(=O)O)c3)cc2)cc1", "benzidine"),
        ("O=C1C=Cc2ccccc2C1=NNc1ccccc1OC", "o-anisidine"),  # a hydrazone tautomer
        ("CCN(CC)c1ccc(N=Nc2ccc(N=Nc3ccccc3)cc2)cc1", "4-aminoazobenzene"),  # one of two azo groups cleaved
    ],
)
def test_azo_dyes_that_release_a_listed_amine_are_under_entry_43(smiles: str, amine: str) -> None:
    found = standing(smiles, "reach_azo_amines")
    assert found.on
    assert amine in found.text
    assert "entry 43" in found.text


@pytest.mark.parametrize(
    "smiles",
    [
        "CN(C)c1ccc(N=Nc2ccccc2)cc1",  # releases aniline, which is not listed
        "Cc1ccccc1N",  # the amine itself is no azo dye
        "Cc1ccccc1NC(=O)C",
        "N#CC(C)(C)N=NC(C)(C)C#N",
    ],
)
def test_others_are_not_and_no_more_is_claimed(smiles: str) -> None:
    found = standing(smiles, "reach_azo_amines")
    assert not found.on
    assert found.text.startswith("not under REACH Annex XVII, entry 43")
    assert found.text.endswith("other law may apply")


@each_row(
    ("smiles", "on"),
    [
        ("FC(F)(F)c1ccccc1", True),
        ("FC1(F)Oc2ccccc2O1", True),  # a single CF2
        ("FC(F)(F)F", True),
        ("FC(F)c1ccccc1", False),  # H on the carbon
        ("FC(F)(Cl)c1ccccc1", False),
        ("FC(F)(Br)C", False),
        ("FC(F)=C(F)F", False),  # no saturated carbon
        ("Fc1ccccc1", False),
        ("*C(F)(F)C(*)(F)F", True),
    ],
)
def test_pfas_of_the_oecd(smiles: str, on: bool) -> None:
    found = standing(smiles, "oecd_pfas")
    assert found.on is on
    assert "2021" in found.name
    assert on or "other law may" in found.text


def test_the_list_is_kept_in_one_content() -> None:
    assert len(listed_amines()) == COUNT == 22
    assert len(regulated_amines()) == COUNT


def test_who_asks_about_a_structure_is_told() -> None:
    spec = DesignSpec(goal="x", candidate_class="molecule")
    found = judge_one("FC(F)(F)c1ccccc1", spec, proposer="x", names=[], blocked="answer", calculators=builtin().calculators)
    assert {s.id: s.on for s in found.lists} == {
        "reach_azo_amines": False, "oecd_pfas": True, "stockholm_pops": False, "montreal_controlled": False,
    }  # fmt: skip
    assert "lists" not in found.model_copy(update={"lists": []}).model_dump(mode="json")


C7, C8 = "C(F)(F)" * 6 + "C(F)(F)F", "C(F)(F)" * 7 + "C(F)(F)F"


@each_row(
    ("smiles", "what"),
    [
        ("ClC(Cl)(Cl)C(c1ccc(Cl)cc1)c1ccc(Cl)cc1", "DDT"),
        ("Clc1ccc(-c2ccccc2)cc1", "polychlorinated biphenyls"),
        ("[Na+].[O-]c1c(Cl)c(Cl)c(Cl)c(Cl)c1Cl", "pentachlorophenol"),
        ("O[C@H]1CC1.Cl[C@H]1[C@H](Cl)[C@@H](Cl)[C@@H](Cl)[C@H](Cl)[C@H]1Cl", "hexachlorocyclohexane"),
        (f"OC(=O){C7}", "PFOA"),
        (f"OCC{C8}", "PFOA"),
        (f"OC(=O){C8}", "long-chain perfluorocarboxylic acids"),
        (f"[K+].[O-]S(=O)(=O){C8}", "PFOS"),
        ("ClCC(Cl)C(Cl)CC(Cl)CC(Cl)CC(Cl)C", "short-chain chlorinated paraffins"),
        ("Brc1cc(Br)c(Oc2ccc(Br)cc2Br)cc1", "polybromodiphenyl ethers"),
    ],
)
def test_entries_of_the_stockholm_convention(smiles: str, what: str) -> None:
    found = standing(smiles, "stockholm_pops")
    assert found.on
    assert what in found.text
    assert "2025" in found.name


@pytest.mark.parametrize(
    "smiles",
    [
        "Clc1ccccc1",
        "Oc1ccc(-c2ccc(Cl)cc2)cc1",
        f"OC(=O){'C(F)(F)' * 3}F",
        "Brc1ccc(Oc2ccccc2)cc1",
        "ClCCCCCCCCCC",
        "CCO",
        "Oc1c(Cl)c(Cl)cc(Cl)c1Cl",
    ],
)
def test_near_relatives_fall_under_no_entry(smiles: str) -> None:
    found = standing(smiles, "stockholm_pops")
    assert not found.on
    assert found.text.endswith("other law may apply")


@pytest.mark.parametrize(
    ("smiles", "what"),
    [
        ("FC(F)(Cl)Cl", "Annexes A and B"),
        ("CC(F)(Cl)Cl", "Annex C, Group I"),
        ("FC(Br)CC", "Annex C, Group II"),
        ("FC(F)(F)Br", "halon-1301"),
        ("CBr", "Annex E"),
        ("FCC(F)(F)F", "HFC-134a"),
    ],
)
def test_what_the_montreal_protocol_controls(smiles: str, what: str) -> None:
    assert what in standing(smiles, "montreal_controlled").text


@pytest.mark.parametrize("smiles", ["FC(F)(F)C=CCl", "ClCCl", "FC(F)(F)C(F)(F)F", "FC(Cl)c1ccccc1", "CCCC", "CCCC(F)(F)Cl"])
def test_and_what_it_does_not(smiles: str) -> None:
    assert not standing(smiles, "montreal_controlled").on


def test_treaties_are_of_molecules_and_polymers_are_not_asked_about_them() -> None:
    assert [s.id for s in standings("*C(F)(F)C(*)(F)F")] == ["reach_azo_amines", "oecd_pfas"]


@pytest.mark.parametrize(
    ("goal", "rule_set"),
    [
        ("a refrigerant that meets the Montreal Protocol", "montreal protocol"),
        ("a flame retardant that meets the Stockholm Convention", "stockholm convention"),
    ],
)
def test_goals_name_the_treaties(goal: str, rule_set: str) -> None:
    spec = interpret(goal, workspace=builtin(), may_be_empty=True)
    assert [r.rule_set for r in spec.requirements_of(RuleSetRequirement)] == [rule_set]


def test_pfas_carbons_are_counted_once_each() -> None:
    assert "1 fully fluorinated" in standing("FC(F)(F)c1ccccc1", "oecd_pfas").text
