"""Named, dated lists that structure decides: no claim goes beyond them."""

from __future__ import annotations

import pytest

from core.candidate import ListStanding
from core.spec import DesignSpec
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


@pytest.mark.parametrize(
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
    assert {s.id: s.on for s in found.lists} == {"reach_azo_amines": False, "oecd_pfas": True}
    assert "lists" not in found.model_copy(update={"lists": []}).model_dump(mode="json")
