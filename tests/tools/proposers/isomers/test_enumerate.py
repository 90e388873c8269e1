"""Isomer counts against published ones, and the goal in words."""

import pytest
from rdkit import Chem
from rdkit.Chem import rdMolDescriptors

from agent.reading import interpret
from core.errors import ContradictionError
from tests.tables import each_row
from tools.proposers.base import ProposalRequest
from tools.proposers.isomers.enumerate import isomers
from tools.proposers.isomers.proposer import IsomersProposer, formula_of, isomers_of
from tools.workspace import builtin

#: Alkanes: OEIS A000602 (http://oeis.org/A000602). C6H6: the 217 structures of MOLGEN (fiehnlab.ucdavis.edu, Seven Golden Rules).
PUBLISHED = {
    "CH4": 1,
    "C4H10": 2,
    "C5H12": 3,
    "C6H14": 5,
    "C7H16": 9,
    "C8H18": 18,
    "C9H20": 35,
    "C10H22": 75,
    "C11H24": 159,
    "C12H26": 355,
    "C6H6": 217,
}
#: Counted by hand in every textbook: 4 alcohols and 3 ethers; 5 alkenes and 5 rings; 2 alcohols and an ether; 4 bromides.
BY_HAND = {"C4H10O": 7, "C5H10": 10, "C3H8O": 3, "C4H9Br": 4, "C4H11N": 8, "C2H6": 1}


@each_row(("formula", "number"), [*PUBLISHED.items(), *BY_HAND.items()])
def test_numbers(formula: str, number: int) -> None:
    found = isomers(formula)
    assert found.complete
    assert len(found.smiles) == len(set(found.smiles)) == number
    assert {rdMolDescriptors.CalcMolFormula(Chem.MolFromSmiles(s)) for s in found.smiles} == {formula}


def test_impossible_unknown_and_long() -> None:
    assert isomers("C7H18").reason == "no closed-shell molecule has this formula"
    assert not isomers("C2H6Fe").complete
    with pytest.raises(ValueError, match="formula"):
        isomers("seven")


def test_too_many_gives_some(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tools.proposers.isomers.enumerate.MOST_KEPT", 500)  # giving up sooner changes nothing of what is looked at
    found = isomers.__wrapped__("C6H8N2O")
    assert not found.complete
    assert len(found.smiles) > 100
    assert {rdMolDescriptors.CalcMolFormula(Chem.MolFromSmiles(s)) for s in found.smiles} == {"C6H8N2O"}


def test_goal_in_words() -> None:
    spec = interpret("all isomers of C7H16")
    assert spec.exhaustive
    assert spec.candidates == 1000
    assert formula_of(spec) == "C7H16"
    found = isomers_of(spec)
    assert found is not None
    assert len(found.smiles) == 9
    proposals = IsomersProposer().propose(ProposalRequest(spec=spec, generation=0, count=1000, calculators=builtin().calculators))
    assert len({p.smiles for p in proposals}) == 9
    assert IsomersProposer().propose(ProposalRequest(spec=spec, generation=1, count=1000, calculators=builtin().calculators)) == []
    assert not interpret("a molecule of the formula C7H16").exhaustive


def test_formula_that_cannot_be() -> None:
    with pytest.raises(ContradictionError, match="at most 16 hydrogen"):
        interpret("all isomers of C7H18")
    with pytest.raises(ContradictionError, match="closed-shell"):
        interpret("all isomers of C7H15")
