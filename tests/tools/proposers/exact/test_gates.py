"""No search drops a gate: what is listed is plausible, or says what the goal asked for that is not; where there is nothing, why."""

from __future__ import annotations

import csv
from pathlib import Path

from rdkit import Chem, rdBase

from agent.quick import why_none
from agent.reading import interpret
from core.spec import Condition, CountRequirement, DesignSpec, MotifRequirement, PropertyRequirement, Requirement
from tests.tables import each_row
from tools.groups.groups import GROUPS
from tools.groups.matching import count_smarts
from tools.proposers.base import ProposalRequest
from tools.proposers.evolution.exemplars import exemplars
from tools.proposers.exact.binding import binding_wishes
from tools.proposers.exact.proposer import ExactProposer
from tools.proposers.exemptions import exemptions
from tools.proposers.library.proposer import LibraryProposer
from tools.search.direct import answer
from tools.structures.plausibility import asked_by, first_violation, violations
from tools.workspace import builtin

with Path(__file__).with_name("count_goals.tsv").open(encoding="utf-8", newline="") as table:
    GOALS = list(csv.DictReader(table, delimiter="\t"))


def _requirement(index: int, wish: str) -> Requirement:
    name, number = wish.split("=")
    condition = Condition(comparison="==", value=int(number))
    if name == "ring_count":
        return PropertyRequirement(id=f"R{index}", text=wish, property=name, condition=condition)
    if name in GROUPS:
        return CountRequirement(id=f"R{index}", text=wish, what="group", name=name, smarts=GROUPS[name].smarts, condition=condition)
    return CountRequirement(id=f"R{index}", text=wish, what="element", name=name, condition=condition)


def _spec(wishes: str) -> DesignSpec:
    requirements = [_requirement(i, wish) for i, wish in enumerate(wishes.split("; "), 1)]
    return DesignSpec(goal=wishes, candidate_class="molecule", requirements=requirements)


def _wanting(name: str) -> DesignSpec:
    wish = MotifRequirement(id="R1", text=f"contains {name}", name=name, smarts=GROUPS[name].smarts, wanted=True)
    return DesignSpec(goal=name, candidate_class="molecule", requirements=[wish])


def _mols(spec: DesignSpec, count: int = 3) -> list[Chem.Mol]:
    with rdBase.BlockLogs():
        found = ExactProposer().propose(ProposalRequest(spec=spec, generation=0, count=count, calculators=builtin().calculators))
        return [Chem.MolFromSmiles(p.smiles) for p in found]


def test_the_goals_are_many_and_a_real_compound_meets_each() -> None:
    assert len(GOALS) >= 60
    for row in GOALS:
        mol = Chem.MolFromSmiles(row["smiles"])
        for wish in row["wishes"].split("; "):
            name, number = wish.split("=")
            if name in GROUPS:
                assert count_smarts(mol, GROUPS[name].smarts) == int(number), row
            elif name != "ring_count":
                assert sum(a.GetSymbol() == name for a in mol.GetAtoms()) == int(number), row


def test_what_real_compounds_have_is_met_by_plausible_structures() -> None:
    """Every structure that is listed is plausible or broken only where the goal names it; for at least nine goals of ten there are some."""
    empty, looked_at = [], GOALS[::2]
    for row in looked_at:
        spec = _spec(row["wishes"])
        lifted, mols = exemptions(spec), _mols(spec)
        for mol in mols:
            assert lifted.broken(mol) == [], (row["wishes"], Chem.MolToSmiles(mol))
            assert bool(lifted.notes(mol)) == bool(first_violation(mol)), (row["wishes"], Chem.MolToSmiles(mol))
        if not mols:
            empty.append(row["wishes"])
    assert len(empty) <= 0.1 * len(looked_at), empty


def test_heavy_halogens_sit_on_rings_and_hydroxyls_on_carbon_atoms_of_their_own() -> None:
    found = answer(interpret("contrast agent with exactly three iodine and six hydroxyls"), 5, workspace=builtin())
    assert len(found) == 5
    for candidate in found:
        mol = Chem.MolFromSmiles(candidate.smiles)
        assert violations(mol) == []
        assert len(mol.GetSubstructMatches(Chem.MolFromSmarts("[#6]([I])=,:[#6]"), uniquify=False)) >= 3
        assert not mol.HasSubstructMatch(Chem.MolFromSmarts("[#6]([OX2H])[OX2H]"))
        assert all(r.met for r in candidate.requirements)


@each_row("name", sorted(asked_by()))
def test_a_named_feature_lifts_its_own_rules_and_no_others(name: str) -> None:
    lifted, example = exemptions(_wanting(name)), Chem.MolFromSmiles(GROUPS[name].example)
    assert {rule for rule, _ in lifted.broken(example)} <= {"b-reactive"}  # an alkyl boronic acid; aryl ones are asked for
    assert lifted.notes(example)
    other = Chem.MolFromSmiles("CCOOCCC(O)(O)C#CC#C")
    has_it = count_smarts(other, GROUPS[name].smarts) > 0
    assert {rule for rule, _ in lifted.broken(other)} == {"peroxide", "gem-diol", "polyyne"} - (asked_by()[name] if has_it else set())


def test_a_rule_is_lifted_for_the_feature_and_nowhere_else() -> None:
    """An acid chloride that is asked for makes no alkyl bromide welcome, though both break the rule on reagents."""
    lifted = exemptions(_wanting("acyl chloride"))
    assert lifted.first(Chem.MolFromSmiles("O=C(Cl)c1ccccc1")) == ""
    assert lifted.first(Chem.MolFromSmiles("O=C(Cl)c1ccc(CCBr)cc1")) == "reagent"
    assert exemptions(_wanting("hydroxyl")).first(Chem.MolFromSmiles("CC(O)(O)C")) == "gem-diol"


def test_large_rings_that_are_asked_for_are_built() -> None:
    for name, size in (("twelve-membered ring", 12), ("macrolactone", 15), ("crown ether", 12)):
        mols = _mols(_wanting(name))
        assert mols, name
        for mol in mols:
            assert max(len(r) for r in mol.GetRingInfo().AtomRings()) >= min(size, 12)
            assert {rule for rule, _ in violations(mol)} == {"ring-size"}


def test_groups_have_the_form_that_the_words_name() -> None:
    query = Chem.MolFromSmarts(GROUPS["biaryl phosphine"].smarts)
    mols = _mols(_wanting("biaryl phosphine"), 5)
    assert len(mols) == 5
    assert all(mol.HasSubstructMatch(query) and violations(mol) == [] for mol in mols)
    assert [r.text for r in interpret("a bulky biaryl phosphine ligand").requirements] == ["contains biaryl phosphine"]
    assert [f.smiles for f in exemplars(GROUPS["azo"].smarts)] == ["*N=Nc1ccccc1"]


def test_the_library_lists_no_known_compound_that_breaks_a_rule() -> None:
    proposals = LibraryProposer().propose(
        ProposalRequest(spec=_spec("Cl=1; ketone=0"), generation=0, count=5000, calculators=builtin().calculators)
    )
    assert proposals
    assert all(first_violation(Chem.MolFromSmiles(p.smiles)) == "" for p in proposals)
    asked = LibraryProposer().propose(
        ProposalRequest(spec=_wanting("acyl chloride"), generation=0, count=20, calculators=builtin().calculators)
    )
    assert any("reagent" in {rule for rule, _ in violations(Chem.MolFromSmiles(p.smiles))} for p in asked)


def test_wishes_that_cannot_be_met_together_are_named() -> None:
    spec = interpret("a molecule with an isocyanate, a primary amine and one ether")
    assert answer(spec, 2, workspace=builtin()) == []
    binding = binding_wishes(spec, calculators=builtin().calculators)
    assert binding is not None
    assert [r.text for r in binding.requirements] == ["contains isocyanate", "contains primary amine"]
    assert "reactive-pair" in {rule for rule, _ in binding.rules}
    assert why_none(spec, calculators=builtin().calculators) == binding.text
    assert binding.text.startswith(
        'No plausible structure was found that meets "contains isocyanate" and "contains primary amine" together.'
    )
    assert binding_wishes(interpret("a molecule with a ketone and one ether"), calculators=builtin().calculators) is None


def test_lists_of_everything_say_what_is_implausible_in_them() -> None:
    found = answer(interpret("all isomers of C3H8O2"), 50, workspace=builtin())
    broken = {c.smiles: first_violation(Chem.MolFromSmiles(c.smiles)) for c in found}
    assert {"gem-diol", ""} <= set(broken.values())
    for candidate in found:
        said = [n for n in candidate.notes if n.startswith("Implausible, listed because all structures are asked for")]
        assert bool(said) == bool(broken[candidate.smiles])
