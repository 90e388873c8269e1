"""Fabricated reports, for the tests of what people read."""

from __future__ import annotations

from core.candidate import Candidate, Citation, Material, Origin, PropertyValue, RequirementResult, Route, RouteStep, SafetyVerdict
from core.report import BindingRequirement, Evidence, Point, Report
from core.spec import Assumption, Condition, DesignSpec, PropertyRequirement, Unchecked


def value(number: float, sigma: float = 0.0, **more: object) -> PropertyValue:
    return PropertyValue.model_validate({"value": number, "sigma": sigma, "method": "test", "method_version": "1", **more})


def candidate(rank: int | None, smiles: str = "CCO", **more: object) -> Candidate:
    fields = {
        "key": f"KEY{rank}{smiles}",
        "smiles": smiles,
        "class": "molecule",
        "origin": Origin(proposer="library", operator="hit", parent_smiles=["CC"], changes={"logp": 0.5}),
        "properties": {
            "logp": value(1.2, 0.3, unit="", lower=0.7, upper=1.7, nearest="CCCO", nearest_value=0.3, similarity=0.6, in_domain=False)
        },
        "requirements": [RequirementResult(id="R1", text="logP at most 3", met=rank is not None, probability=0.7, value=1.2)],
        "safety": SafetyVerdict(verdict="allow"),
        "p_meets": 0.7,
        "desirability": 0.5,
        "score": 0.35,
        "rank": rank,
        "rank_interval": (1, 2) if rank else None,
        "route": Route(
            status="by construction",
            steps=[RouteStep(reaction="esterification", reactants=["CO", "CC(=O)O"], product="COC(C)=O")],
            starting_materials=[Material(name="methanol", smiles="CO", role="alcohol", verdict="warn", rules=["X1"])],
        ),
        "rationale": "because",
    }
    return Candidate.model_validate({**fields, **more})


def small_report() -> Report:
    """A report that fills every section: two listed molecules, one that is close, an unchecked wish."""
    requirement = PropertyRequirement(id="R1", text="logP at most 3", property="logp", condition=Condition(comparison="<=", value=3))
    spec = DesignSpec(goal="<b>logP</b> & more", candidate_class="molecule", requirements=[requirement])
    return Report(
        run_id="abc123",
        goal=spec.goal,
        status="success",
        spec=spec,
        summary="One candidate.",
        candidates=[candidate(1), candidate(2, "CCN")],
        closest=[candidate(None, "CCCCCCCC")],
        binding_requirement=BindingRequirement(id="R1", text="logP at most 3", failed=5, failed_alone=4, evaluated=9, best=3.1),
        assumptions=[Assumption(phrase="soluble", text="log S at least -2")],
        unchecked=[Unchecked(phrase="cheap", reason="no prices")],
        warnings=["careful"],
        evidence=[Evidence(text="Rigid chains raise Tg [1].", citation=1)],
        citations=[Citation(number=1, key="n1", title="A title", year=2001, doi="10.1/x")],
        rejected={"requirement:R1": 5, "structure:invalid": 1},
        proposers={"library": {"proposed": 9, "valid": 8, "novel": 8, "kept": 2, "listed": 2}},
        tied=[["KEY1CCO", "KEY2CCN"]],
        points=[
            Point(key=f"k{i}", smiles="C", values={"logp": i, "molecular_weight": 10.0 * i}, status="kept", listed=i == 1) for i in range(4)
        ],
        evaluated=9,
        stop_reason="the budget is spent",
        versions={"rdkit": "x"},
        timings={"total": 1.0},
    )
