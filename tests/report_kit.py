"""Fabricated reports, for the tests of what people read."""

from __future__ import annotations

from core.candidate import Candidate, Citation, Material, Origin, PropertyValue, RequirementResult, Route, RouteStep, SafetyVerdict
from core.reading import ReadSpan
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


def _renewed(goal: str, candidate_class: str, requirement: PropertyRequirement, **more: object) -> Report:
    spec = DesignSpec.model_validate({"goal": goal, "candidate_class": candidate_class, "requirements": [requirement]})
    return small_report().model_copy(update={"goal": goal, "spec": spec, "closest": [], "tied": [], **more})


def polymer_report() -> Report:
    """Polymers with long names, long drawings and no synthetic accessibility, one of them measured itself."""
    tg = "glass_transition_temperature"
    name = "polyimide from 2,3,3',4'-biphenyltetracarboxylic dianhydride (a-BPDA) and 2,2'-bis(trifluoromethyl)benzidine (TFMB)"
    smiles = "*c1ccc2c(c1)C(=O)N(c1ccc(Cc3ccc(N4C(=O)c5ccc(-c6nc7cc(C(=O)c8ccc9[nH]c(*)nc9c8)ccc7[nH]6)cc5C4=O)cc3)cc1)C2=O"
    judged = [
        RequirementResult(id="R1", text="Glass transition temperature above 250 °C", met=True, probability=0.997, value=337.1, unit="°C")
    ]
    warned = SafetyVerdict.model_validate(
        {"verdict": "warn", "rules": [{"id": "warn.pfas", "name": "PFAS", "verdict": "warn", "reason": "Has a fully fluorinated carbon."}]}
    )
    found = [
        candidate(
            rank, smiles.replace("C2=O", end), **{"class": "polymer"}, key=f"{rank:032x}", name=f"{name}, {rank}", requirements=judged, safety=warned, p_meets=0.997,
            properties={tg: value(337.1, 21.7, unit="°C", lower=301.3, upper=372.8, nearest=near, similarity=1.0, in_domain=True),
                        "molecular_weight": value(578.42, unit="g/mol")},
        )
        for rank, end, near in ((1, "C2=O", smiles), (2, "C2=S", "*CC(*)c1ccccc1"))
    ]  # fmt: skip
    asked = PropertyRequirement(
        id="R1", text=judged[0].text, property=tg, condition=Condition(comparison=">", value=250), phrase="Tg > 250 °C"
    )
    return _renewed("Design a heat-resistant polymer with Tg > 250 °C", "polymer", asked, candidates=found)


def dye_report() -> Report:
    """Dyes without a name, with charges, a value outside the domain and one that is not known."""
    judged = [
        RequirementResult(id="R1", text="Absorption maximum between 475 and 525 nm", met=True, probability=0.92, value=510.6, unit="nm"),
        RequirementResult(
            id="R2", text="log ε at least 4 log (L/mol/cm)", met=False, probability=0.3, value=None, reason="no model of boron"
        ),
    ]
    values = {
        "absorption_maximum": value(
            510.6, 10.3, unit="nm", lower=493.6, upper=527.5, nearest="CC1=CC=CC1", nearest_value=511.0, similarity=0.79, in_domain=True
        ),
        "log_epsilon": value(4.76, 0.2, unit="log (L/mol/cm)", lower=4.4, upper=5.1, in_domain=False),
        "aqueous_solubility": PropertyValue(
            value=None, method="test", method_version="1", reason="the model was not trained on structures with B"
        ),
        "sa_score": value(3.55),
        "molecular_weight": value(296.13, unit="g/mol"),
    }
    found = [
        candidate(
            rank,
            smiles,
            key=f"MUSJCHVEFNUIJK-UHFFFAOYS{rank}-N",
            requirements=judged,
            properties=values,
            route=None,
            p_meets=0.92 - 0.2 * rank,
        )
        for rank, smiles in enumerate(
            ("CC1=[N+]2C(=C(c3ccccc3)c3ccc(C)n3[B-]2(F)F)C=C1", "CCOC(=O)CC1=[N+]2C(=C(c3ccc(C)cc3)c3ccc(C)n3[B-]2(F)F)C=C1"), 1
        )
    ]
    asked = PropertyRequirement(
        id="R1", text=judged[0].text, property="absorption_maximum", condition=Condition(comparison="between", low=475, high=525)
    )
    return _renewed(
        "an organic dye with max absorption at 500 nm",
        "molecule",
        asked,
        candidates=found,
        closest=[found[1].model_copy(update={"rank": None, "key": "close"})],
    )


def unread_report() -> Report:
    """A goal of which two wishes are not checked."""
    goal = "logP at most 3, low foaming, HLB of 12"
    spans = [
        ReadSpan(start=0, end=14, text="logP at most 3", role="read", becomes=["R1"]),
        ReadSpan(start=14, end=16, text=", ", role="filler"),
        ReadSpan(start=16, end=27, text="low foaming", role="unread"),
        ReadSpan(start=27, end=29, text=", ", role="filler"),
        ReadSpan(start=29, end=38, text="HLB of 12", role="unread"),
    ]
    unchecked = [
        Unchecked(phrase="low foaming", reason="not understood", suggestion="logP above 1"),
        Unchecked(phrase="HLB of 12", reason="no"),
    ]
    report = small_report()
    spec = report.spec.model_copy(update={"goal": goal, "reading": spans, "unchecked": unchecked})
    return report.model_copy(update={"spec": spec, "unchecked": unchecked})


def empty_report() -> Report:
    """A run that found nothing that meets every requirement."""
    return small_report().model_copy(update={"candidates": [], "tied": [], "status": "no_candidate"})
