"""The judge of reports finds every kind of false claim, and none in a true one."""

from __future__ import annotations

from typing import Any

from rdkit import Chem
from rdkit.Chem import Crippen, Descriptors

from core.candidate import Candidate
from core.report import Report
from core.spec import DesignSpec
from evals.judges.claims import chain, judge_report
from tests.tables import each_row


def spec(*requirements: dict[str, Any], candidate_class: str = "molecule") -> DesignSpec:
    numbered = [{"id": f"R{n}", "text": f"requirement {n}", **r} for n, r in enumerate(requirements, 1)]
    return DesignSpec.model_validate({"goal": "g", "candidate_class": candidate_class, "requirements": numbered})


def candidate(smiles: str, design: DesignSpec, rank: int = 1, probability: float = 1.0, **properties: dict[str, Any]) -> Candidate:
    base = {"method": "test", "method_version": "1", "sigma": 0.0}
    return Candidate.model_validate(
        {
            "key": f"{smiles}{rank}",
            "smiles": smiles,
            "class": design.candidate_class,
            "origin": {"proposer": "p", "operator": "o"},
            "safety": {"verdict": "allow"},
            "rank": rank,
            "score": 1.0,
            "properties": {name: {**base, **value} for name, value in properties.items()},
            "requirements": [{"id": r.id, "text": r.text, "met": True, "probability": probability} for r in design.requirements],
        }
    )


def report(design: DesignSpec, *candidates: Candidate) -> Report:
    return Report(run_id="r", goal="g", status="success", spec=design, candidates=list(candidates))


WEIGHT = {"kind": "property", "property": "molecular_weight", "condition": {"comparison": "<", "value": 100}}
TG = {"kind": "property", "property": "glass_transition_temperature", "condition": {"comparison": ">", "value": 250}}


def test_a_true_report_has_no_problem() -> None:
    mol = Chem.MolFromSmiles("CCO")
    design = spec(WEIGHT, {"kind": "motif", "name": "hydroxyl", "smarts": "[OX2H]", "wanted": True})
    properties = {"molecular_weight": {"value": Descriptors.MolWt(mol)}, "logp": {"value": Crippen.MolLogP(mol)}}
    assert judge_report(report(design, candidate("CCO", design, **properties))) == []


@each_row(
    ("requirement", "smiles"),
    [
        (WEIGHT, "CCCCCCCCCCCC"),
        ({"kind": "motif", "name": "nitro", "smarts": "[N+](=O)[O-]", "wanted": False}, "C[N+](=O)[O-]"),
        ({"kind": "motif", "name": "nitro", "smarts": "[N+](=O)[O-]", "wanted": True}, "CCO"),
        ({"kind": "count", "what": "element", "name": "C", "condition": {"comparison": "==", "value": 3}}, "CCO"),
        ({"kind": "count", "what": "group", "name": "hydroxyl", "smarts": "[OX2H]", "condition": {"comparison": "==", "value": 2}}, "CCO"),
        ({"kind": "elements", "allowed": ["C", "H"]}, "CCO"),
        ({"kind": "similarity", "reference": "c1ccccc1", "condition": {"comparison": ">=", "value": 0.5}}, "CCO"),
        ({"kind": "rule_set", "rule_set": "lipinski", "allowed_violations": 0}, "C" * 45),
        ({"kind": "scaffold", "scaffold": "c1ccccc1", "smarts": "c1ccccc1"}, "CCO"),
    ],
)
def test_each_false_claim_is_found(requirement: dict[str, Any], smiles: str) -> None:
    design = spec(requirement)
    assert len(judge_report(report(design, candidate(smiles, design)))) == 1


def test_false_numbers_duplicates_and_ranks_are_found() -> None:
    design = spec()
    wrong = candidate("CCO", design, molecular_weight={"value": 40.0})
    twice = candidate("OCC", design, rank=2)
    problems = judge_report(report(design, wrong, twice, candidate("CCN", design, rank=7)))
    assert any("stated as 40" in p for p in problems)
    assert any("same structure as candidate 1" in p for p in problems)
    assert any("the ranks are" in p for p in problems)


def test_unreadable_blocked_and_wrong_class_are_found() -> None:
    design = spec()
    blocked = candidate("CCO", design).model_copy(update={"safety": None})
    found = [judge_report(report(design, c))[0] for c in (candidate("C1CC", design), blocked, candidate("*CC*", design))]
    assert "cannot be read" in found[0]
    assert "not screened" in found[1]
    assert "attachment points" in found[2]


def test_a_probability_that_does_not_follow_from_its_value_is_found() -> None:
    design = spec(TG, candidate_class="polymer")
    honest = candidate("*CC*", design, probability=0.8, glass_transition_temperature={"value": 280.0, "sigma": 30.0})
    boasting = candidate("*CC*", design, probability=0.99, glass_transition_temperature={"value": 255.0, "sigma": 30.0})
    doubtful = candidate("*CC*", design, probability=0.4, glass_transition_temperature={"value": 245.0, "sigma": 30.0})
    assert judge_report(report(design, honest)) == []
    assert "does not follow" in judge_report(report(design, boasting))[0]
    assert "below 0.5" in judge_report(report(design, doubtful))[0]


def test_groups_that_straddle_the_joint_are_seen() -> None:
    carbonate = {"kind": "motif", "name": "carbonate", "smarts": "[#6][OX2]C(=O)[OX2][#6]", "wanted": True}
    design = spec(carbonate, candidate_class="polymer")
    assert judge_report(report(design, candidate("*Oc1ccc(OC(*)=O)cc1", design))) == []
    assert Chem.MolToSmiles(chain(Chem.MolFromSmiles("*C*"), 3)) == "*CCC*"


def test_more_than_asked_for_is_found() -> None:
    design = spec().model_copy(update={"candidates": 1})
    assert any("were asked for" in p for p in judge_report(report(design, candidate("CCO", design), candidate("CCN", design, rank=2))))
