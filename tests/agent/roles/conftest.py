"""A small report with everything that prose may speak of."""

from __future__ import annotations

from typing import Any

import pytest

from core.candidate import Candidate, Citation, Origin, PropertyValue, RequirementResult, SafetyVerdict
from core.report import BindingRequirement, Report
from core.spec import Condition, DesignSpec, Objective, PropertyRequirement


def value(number: float | str | None, unit: str = "", sigma: float | None = 0.0, **more: Any) -> PropertyValue:
    return PropertyValue(value=number, unit=unit, sigma=sigma, method="a method", method_version="1", **more)


def make_candidate(rank: int | None, key: str, smiles: str, name: str = "", **values: PropertyValue) -> Candidate:
    p = {1: 0.7312, 2: 0.55, 3: 0.41}.get(rank or 0, 0.02)
    return Candidate(
        key=key,
        smiles=smiles,
        name=name,
        candidate_class="polymer",
        origin=Origin(proposer="polymers", operator="polycondensation", generation=2, parents=["K9"], parent_smiles=["*c1ccccc1*"]),
        status="kept" if rank else "rejected",
        properties=values,
        safety=SafetyVerdict(verdict="allow"),
        requirements=[
            RequirementResult(
                id="R1", text="Glass transition temperature at least 250 °C", met=bool(rank), probability=p, value=252.4, unit="°C"
            )
        ],
        p_meets=p,
        desirability=0.9,
        score=round(p * 0.9, 9),
        rank=rank,
        rank_interval=(1, 3) if rank else None,
    )


@pytest.fixture
def spec() -> DesignSpec:
    return DesignSpec(
        goal="a polyimide with Tg above 250 °C and a low molecular weight",
        candidate_class="polymer",
        family="polyimide",
        requirements=[
            PropertyRequirement(
                id="R1",
                text="Glass transition temperature at least 250 °C",
                property="glass_transition_temperature",
                condition=Condition(comparison=">=", value=250.0),
                unit="°C",
                phrase="Tg above 250 °C",
            )
        ],
        objectives=[Objective(id="O1", property="molecular_weight", shape="minimise", low=100.0, high=600.0, text="low molecular weight")],
        candidates=5,
    )


@pytest.fixture
def citations() -> list[Citation]:
    text = "Rigid aromatic units such as biphenyl raise the glass transition of polyimides, as imide rings hinder rotation."
    return [
        Citation(number=1, key="n1", title="Glass transition of aromatic polyimides", year=1998, doi="10.1/abc", authors="Ada Lovelace", passage=text),
        Citation(number=2, key="n2", title="Cooking with copper pans", year=2004, authors="J. Cook", passage="Copper conducts heat."),
    ]  # fmt: skip


@pytest.fixture
def report(spec: DesignSpec, citations: list[Citation]) -> Report:
    tg: dict[str, Any] = {"lower": 201.0, "upper": 303.2, "nearest": "*c1ccc(O*)cc1", "nearest_value": 247.0, "similarity": 0.62}
    first = make_candidate(
        1, "K1", "*c1ccc(N2C(=O)c3ccccc3C2=O)cc1*", "poly-1", glass_transition_temperature=value(252.4, "°C", 31.2, **tg),
        molecular_weight=value(412.36, "g/mol"), logp=value(3.14), aromatic_rings=value(3.0), thermal_stability=value("low", sigma=None),
    )  # fmt: skip
    first = first.model_copy(
        update={"origin": first.origin.model_copy(update={"changes": {"glass_transition_temperature": -12.3, "molecular_weight": 20.1}})}
    )
    second = make_candidate(
        2,
        "K2",
        "*c1ccc(-c2ccc(*)cc2)cc1",
        "",
        glass_transition_temperature=value(268.0, "°C", 28.0),
        molecular_weight=value(152.2, "g/mol"),
    )
    third = make_candidate(
        3, "K3", "*CCO*", "", glass_transition_temperature=value(255.0, "°C", 40.0), molecular_weight=value(44.05, "g/mol")
    )
    return Report(
        run_id="r1",
        goal=spec.goal,
        status="success",
        spec=spec,
        candidates=[first, second, third],
        closest=[make_candidate(None, "K4", "*CC*", "", glass_transition_temperature=value(-80.0, "°C", 20.0))],
        binding_requirement=BindingRequirement(id="R1", text="Tg", failed=811, failed_alone=640, evaluated=1500, best=249.4),
        evaluated=1500,
        citations=citations,
        stop_reason="the budget of 1500 evaluations is spent",
        rejected={"requirement:R1": 811},
    )
