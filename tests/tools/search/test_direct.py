"""Goals answered without a run: single structures, and lists that hold as a whole."""

from __future__ import annotations

import pytest
from rdkit import Chem

from agent.reading import interpret
from core.candidate import Candidate
from core.errors import RefusedError
from core.spec import Condition, DesignSpec, PropertyRequirement, SetRequirement
from tools.ranking.novelty import known_to_all
from tools.ranking.set_level import judge
from tools.search import direct
from tools.synthesis.routes import verify_route
from tools.workspace import builtin


def _listed(spec: DesignSpec, monkeypatch: pytest.MonkeyPatch, generations: int = 1) -> list[Candidate]:
    monkeypatch.setattr(direct, "ASKED", 12)
    monkeypatch.setattr(direct, "GENERATIONS", generations)
    return direct.listed(spec, 3, workspace=builtin())


def test_an_answer_meets_every_requirement() -> None:
    found = direct.answer(interpret("a molecule with 4 carbon atoms and 1 oxygen atom and no rings"), 2, workspace=builtin())
    assert len(found) == 2
    for candidate in found:
        symbols = [a.GetSymbol() for a in Chem.MolFromSmiles(candidate.smiles).GetAtoms()]
        assert (symbols.count("C"), symbols.count("O"), len(symbols)) == (4, 1, 5)
        assert all(r.met for r in candidate.requirements)
        assert candidate.safety is not None
        assert candidate.safety.verdict != "block"


def test_a_list_is_full_new_and_meets_its_set_requirements(monkeypatch: pytest.MonkeyPatch) -> None:
    least = Condition(comparison=">=", value=0.7)
    qed = PropertyRequirement(id="R1", text="QED at least 0.6", property="qed", condition=Condition(comparison=">=", value=0.6))
    whole = [
        SetRequirement(id="S1", text="at least 4 listed", measure="count", condition=Condition(comparison=">=", value=4)),
        SetRequirement(id="S2", text="diversity at least 0.7", measure="diversity", condition=least),
    ]
    spec = DesignSpec(goal="x", candidate_class="molecule", requirements=[qed], set_requirements=whole, candidates=4)
    found = _listed(spec, monkeypatch, 3)
    assert len(found) == 4
    assert all(r.met for r in judge(found, spec))
    assert known_to_all(found, spec) == {}
    assert _listed(spec, monkeypatch, 3) == found  # the same again
    built = [c for c in found if c.origin.proposer == "reactions"]
    assert built
    assert all(c.route is not None and verify_route(c.route, c.smiles) == [] for c in built)


def test_a_list_keeps_its_core(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = interpret("keep the core c1ccc2[nH]ccc2c1, logP between 2 and 3", candidates=3)
    found = _listed(spec, monkeypatch)
    assert len(found) == 3
    core = Chem.MolFromSmiles("c1ccc2[nH]ccc2c1")
    assert all(Chem.MolFromSmiles(c.smiles).HasSubstructMatch(core) for c in found)


def test_polymers_and_refused_goals() -> None:
    assert direct.listed(interpret("a polyester with Tg above 60 °C", candidates=2), workspace=builtin()) == []
    with pytest.raises(RefusedError):
        direct.listed(interpret("a molecule similar to CC(C)OP(C)(=O)F with MW below 200"), workspace=builtin())


def test_a_known_structure_says_so_in_the_quick_form_and_the_rule_is_obeyed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(direct, "GENERATIONS", 1)
    monkeypatch.setattr(direct, "ASKED", 12)
    spec = interpret("a molecule with 1 carbon atom and 4 hydrogen atoms and 1 oxygen atom and no rings")
    [methanol] = direct.construct(spec, 1, workspace=builtin())
    assert any(note.startswith("Known already: ") for note in methanol.notes)
    assert direct.construct(spec.model_copy(update={"novelty": "new only"}), 1, workspace=builtin()) == []
