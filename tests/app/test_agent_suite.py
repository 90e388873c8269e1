"""The suite ``agent`` through its service: asked in a scratch store, stored, counted by kind."""

from __future__ import annotations

from pathlib import Path

from app import wiring
from app.services.entry import Services
from core.evaluation import CaseResult
from evals.kinds import by_kind
from tests.agent.models.fake_server import fake_model
from tests.settings_kit import settings_of


def test_the_assistant_is_asked_in_a_store_of_its_own_and_the_result_is_kept(tmp_path: Path) -> None:
    services = Services(settings_of(home=tmp_path, workers__processes=1, literature__uri="http://127.0.0.1:1"))
    evaluations = services.evaluations
    result = evaluations.run("agent", limit=1, progress=lambda line: None)
    case = result.cases[0]
    assert case.score == 1
    assert case.detail["got"] == "Molecular weight of aspirin: 180.16 g/mol."
    assert case.detail["right call"] is True
    assert (case.detail["steps"], case.detail["by"], result.models) == (2, "code", "none")
    assert list(wiring.open_store(services.settings).runs(10)) == []
    shown = evaluations.case(result.eval_id, 1)
    assert shown.expected == "molecular_weight of aspirin: 180.159 g/mol"
    assert [k.kind for k in evaluations.kinds(evaluations.find(result.eval_id))] == ["value", "all"]
    assert evaluations.compare(result.eval_id, result.eval_id).verdict == "cannot tell"


def test_a_model_that_makes_up_a_number_is_judged_wrong_with_its_name_its_calls_and_its_tokens(tmp_path: Path) -> None:
    with fake_model() as fake:
        settings = settings_of(
            home=tmp_path, workers__processes=1, literature__uri="http://127.0.0.1:1", models__url=fake.url, models__name="m"
        )
        fake.call("estimate_properties", {"smiles": ["CC(=O)Oc1ccccc1C(=O)O"], "properties": ["molecular_weight"]})
        fake.say("Aspirin weighs 180.16 g/mol and boils at 321.5 °C.")
        result = Services(settings).evaluations.run("agent", limit=1, progress=lambda line: None)
    detail = result.cases[0].detail
    assert result.cases[0].score == 0
    assert detail["wrong"] == ["not supported: 321.5"]
    assert (detail["by"], detail["right call"], detail["steps"], detail["invalid calls"]) == ("m", True, 2, 0)
    assert detail["tokens"] > 0
    assert "m (assistant)" in result.models


def test_kinds_have_intervals_and_means_and_a_suite_without_kinds_has_none() -> None:
    cases = [CaseResult(case=str(n), score=n % 2, detail={"kind": "ab"[n > 3], "steps": n}) for n in range(6)]
    first, second, every = by_kind(cases)
    assert (first.cases, first.right, first.took["steps"]) == (4, 2, 1.5)
    assert first.low < 0.5 < first.high
    assert (second.kind, every.kind, every.cases) == ("b", "all", 6)
    assert by_kind([CaseResult(case="x", score=1)]) == []
