"""The built-in prose about one candidate."""

import sys
import types
from types import SimpleNamespace
from typing import Any, cast

import pytest

from agent.reading import interpret
from agent.roles.reporter.sentences import explain_candidate, outcome
from core.candidate import Candidate, Origin, PropertyValue
from core.report import BindingRequirement, Report
from core.spec import DesignSpec, PropertyRequirement
from graphs.closing import _with_shown_properties
from graphs.context import DesignContext
from tools.workspace import builtin

STABLE = "a molecule with MW < 300 that's stable at 200 °C"


def candidate(smiles: str, spec: DesignSpec, names: list[str]) -> Candidate:
    values = builtin().calculators.estimate([smiles], spec.candidate_class, names, spec.conditions)[0]
    origin = Origin(proposer="test", operator="given")
    return Candidate(key="K1", smiles=smiles, candidate_class=spec.candidate_class, origin=origin, properties=values)


def test_a_goal_of_stability_gets_volatility_as_a_statement_of_its_own() -> None:
    spec = interpret(STABLE)
    assert spec.conditions.temperature_c == 200
    flash = PropertyValue(value=104.0, unit="°C", sigma=16.0, method="test", method_version="1", in_domain=True)
    found = candidate("c1ccc(-c2ccccc2)cc1", spec, ["molecular_weight", "thermal_stability"])
    found = found.model_copy(update={"properties": {**found.properties, "flash_point": flash}})
    said = explain_candidate(found, spec, [found], [], catalogue=builtin().catalogue).rationale
    assert "Thermal stability risk low. Volatility (not counted): normal boiling point about" in said
    assert "the predicted flash point, 104 ± 16 °C, lies below 200 °C, which speaks of vapour, not of decomposition." in said


@pytest.mark.parametrize("goal", ["a molecule with MW < 300", "a polymer stable at 200 °C"])
def test_other_goals_and_polymers_get_none(goal: str) -> None:
    spec = interpret(goal)
    found = candidate("*CC*" if spec.candidate_class == "polymer" else "CCCCO", spec, ["molecular_weight", "thermal_stability"])
    assert "olatility" not in explain_candidate(found, spec, [found], [], catalogue=builtin().catalogue).rationale


def test_what_is_shown_quotes_the_flash_point_beside_a_level_that_was_found_without_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def predict(names: list[str], structures: list[str], *_: Any, **__: Any) -> dict[str, list[PropertyValue]]:
        value = PropertyValue(value=104.0, sigma=16.0, method="test", method_version="1", in_domain=True)
        return {name: [value for _ in structures] for name in names}

    module = types.ModuleType("tools.predictors.predict")
    module.predict = predict  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "tools.predictors.predict", module)
    spec = interpret(STABLE)
    found = candidate("c1ccc(-c2ccccc2)cc1", spec, ["molecular_weight", "thermal_stability"])
    before = found.properties["thermal_stability"]
    context = cast(DesignContext, SimpleNamespace(executor=None, workspace=builtin()))
    (shown,) = _with_shown_properties([found], spec, context)
    after = shown.properties["thermal_stability"]
    assert after.value == before.value
    assert "flash point" not in (before.reason or "")
    assert "the predicted flash point" in (after.reason or "")
    sentence = (
        explain_candidate(shown, spec, [shown], [], catalogue=builtin().catalogue)
        .rationale.split("Volatility (not counted): ")[1]
        .split(".")[0]
    )
    assert sentence in (after.reason or "")


@pytest.mark.parametrize(("best", "said"), [(360.0, True), (344.0, False), (None, False)])
def test_a_range_narrower_than_the_error_of_its_prediction_is_said_to_be_so(best: float | None, said: bool) -> None:
    spec = interpret("a dye with absorption maximum between 355 and 365 nm")
    (asked,) = [r for r in spec.requirements_of(PropertyRequirement) if r.property == "absorption_maximum"]
    binding = BindingRequirement(id=asked.id, text=asked.text, failed=160, failed_alone=160, evaluated=160, best=best)
    report = Report(
        run_id="r", goal=spec.goal, status="no_candidate", spec=spec, candidates=[], evaluated=160, binding_requirement=binding,
        stop_reason="the budget is spent",
    )  # fmt: skip
    assert ("too large for a demand as narrow as this" in outcome(report, calculators=builtin().calculators)) == said


def test_where_wishes_are_unchecked_only_what_is_checked_is_said_to_be_met() -> None:
    spec = interpret("a wibbly frob with MW below 300, gnarled")
    first = candidate("CCO", spec, ["molecular_weight"]).model_copy(update={"p_meets": 0.9, "rank": 1})
    report = Report(
        run_id="r", goal=spec.goal, status="success", spec=spec, candidates=[first], evaluated=10, stop_reason="the budget is spent"
    )
    text = outcome(report, calculators=builtin().calculators)
    assert text.startswith("1 candidate meets all that could be checked (10 asked for)")
    assert "that all of this holds together" in text
    assert 'What is to be designed ("wibbly frob") was not understood' in text
