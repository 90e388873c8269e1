"""Structures built to counts; changes of a given structure; the light path from a sentence to an answer."""

import pytest
from rdkit import Chem
from rdkit.Chem import Crippen, rdMolDescriptors

from agent.reading import interpret
from core.errors import ContradictionError, GoalError
from evals.exact_tasks import KINDS, Task, tasks
from evals.judges.exact import judge
from evals.suites.exact import answered
from tests.tables import each_row
from tools.groups.edits import counter, edited, substituents
from tools.groups.groups import GROUPS
from tools.proposers.base import ProposalRequest
from tools.proposers.exact.proposer import ExactProposer
from tools.search.direct import answer
from tools.workspace import builtin


def test_counts_are_met_and_repeatable() -> None:
    spec = interpret("a molecule with 8 carbon, 1 nitrogen and 2 oxygen atoms")
    request = ProposalRequest(spec=spec, generation=0, count=5, calculators=builtin().calculators)
    first, again = ExactProposer().propose(request), ExactProposer().propose(request)
    assert [p.smiles for p in first] == [p.smiles for p in again]
    assert len(first) == 5
    for proposal in first:
        symbols = sorted(a.GetSymbol() for a in Chem.MolFromSmiles(proposal.smiles).GetAtoms())
        assert symbols == sorted("C" * 8 + "N" + "OO")


def test_core_kept_and_window_hit() -> None:
    core = Chem.MolFromSmiles("c1ccc2[nH]ccc2c1")
    found = answer(
        interpret("keep the core c1ccc2[nH]ccc2c1, logP between 2 and 3, MW < 400, TPSA between 40 and 90"), 4, workspace=builtin()
    )
    assert len(found) == 4
    for candidate in found:
        mol = Chem.MolFromSmiles(candidate.smiles)
        assert mol.HasSubstructMatch(core)
        assert 2 <= Crippen.MolLogP(mol) <= 3
        assert 40 <= rdMolDescriptors.CalcTPSA(mol) <= 90


@each_row(
    ("arguments", "expected"),
    [
        (("Cc1ccccc1", "add", "hydroxyl"), {"Cc1ccccc1O", "Cc1cccc(O)c1", "Cc1ccc(O)cc1", "OCc1ccccc1"}),
        (("O=[N+]([O-])c1ccccc1", "remove", "nitro"), {"c1ccccc1"}),
        (("Clc1ccccc1", "replace", "Cl", "F"), {"Fc1ccccc1"}),
        (("Clc1ccc(Cl)cc1", "replace", "Cl", "F", True), {"Fc1ccc(F)cc1"}),
        (("CCC(C)=O", "remove", "ketone"), {"CCCC"}),
        (("CC(=O)Oc1ccccc1C(=O)O", "remove", "carboxylic acid"), {"CC(=O)Oc1ccccc1"}),
        (("CCO", "remove", "nitro"), set()),
        (("c1ccncc1", "replace", "N", "C"), {"c1ccccc1"}),
    ],
)
def test_edits(arguments: tuple[str, ...], expected: set[str]) -> None:
    assert set(edited(*arguments)) == expected  # type: ignore[arg-type]


#: Ions and metals, which hang on nothing, and a ring of phosphorus and nitrogen that no building block brings.
NOT_ATTACHED = {
    "alkali metal", "bistriflimide", "cyclotriphosphazene", "hexafluorophosphate", "perchlorate", "rare-earth metal", "tetrafluoroborate", "transition metal"
}  # fmt: skip


def test_every_group_can_be_attached_and_counted() -> None:
    assert {name for name in GROUPS if not substituents(name)} == NOT_ATTACHED
    before = Chem.MolFromSmiles("Cc1ccccc1")
    for smiles in edited("Cc1ccccc1", "add", "amide"):
        assert counter("amide")(Chem.MolFromSmiles(smiles)) == counter("amide")(before) + 1


def test_goals_that_cannot_be_met_say_why() -> None:
    with pytest.raises(GoalError, match="toluene has no nitro to remove"):
        interpret("remove the nitro group from toluene")
    with pytest.raises(ContradictionError, match="more than 150 heavy atoms are not designed"):
        interpret("a molecule with 500 carbon atoms")


def test_edit_goal_lists_every_way() -> None:
    spec = interpret("Please add a hydroxyl group to the molecule Cc1ccccc1.")
    assert spec.exhaustive
    assert {c.smiles for c in answer(spec, 10, workspace=builtin())} == {"Cc1ccccc1O", "Cc1cccc(O)c1", "Cc1ccc(O)cc1", "OCc1ccccc1"}


def test_relative_goal_is_not_met_by_the_reference() -> None:
    spec = interpret("a molecule similar to CC(C)Cc1ccc(cc1)C(C)C(=O)O but with lower QED")
    assert answer(spec, 1, workspace=builtin())[0].smiles != "CC(C)Cc1ccc(C(C)C(=O)O)cc1"


@pytest.mark.slow
def test_drawn_tasks_are_answered_exactly() -> None:
    drawn = tasks(22, 11)
    assert {t.kind for t in drawn} == set(KINDS)
    assert drawn == tasks(22, 11)
    wrong = [(t.goal, why) for t in drawn if (why := judge(t, answered(t)))]
    assert len(wrong) <= 1, wrong


def test_judge_sees_what_is_wrong() -> None:
    task = next(t for t in tasks(11, 0) if t.kind == "atoms")
    assert judge(task, "C") != ""
    assert judge(task, "") == "no readable structure in one piece"


def test_a_linking_group_taken_out_leaves_the_rest_as_it_was() -> None:
    task = Task(id="delete-1", kind="delete", goal="x", reference="CCCCCOC(=O)CCc1ccccc1", change={"ester": -1})
    assert judge(task, "CCCCCCCc1ccccc1") == ""  # the two parts joined
    assert judge(task, "CCCCc1ccccc1") != ""  # three carbon atoms of the rest are gone too
    assert judge(task, "CCCCCCCc1ccccn1") != ""  # an atom of the rest is another one
    first = edited("O=C(NC(CO)Cc1ccccc1)C(Cl)Cl", "remove", "amide")[0]
    assert Chem.MolFromSmiles(first).GetNumHeavyAtoms() == 13  # what takes least with it comes first: here the parts joined
