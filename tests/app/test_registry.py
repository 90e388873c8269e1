"""The registry of language models: promoted on evidence, in force in every new conversation, taken back in one command."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app import wiring
from app.services.entry import Services
from core.errors import ConfigurationError, NotFoundError, UsageError
from core.evaluation import CaseResult, EvalRun
from prompts.library import load
from tests.agent.models.fake_server import fake_model
from tests.settings_kit import settings_of

URL = "http://127.0.0.1:1/v1"


@pytest.fixture
def services(tmp_path: Path) -> Services:
    return Services(settings_of(home=tmp_path, workers__processes=1, models__url=URL, models__name="base", literature__uri=URL))


def kept(services: Services, eval_id: str, right: int, model: str = "") -> str:
    cases = [CaseResult(case=f"q{n}", score=float(n < right), detail={"kind": "value"}) for n in range(20)]
    asked = {"asked": {"model": model, "prompts": {}}} if model else {}
    run = EvalRun(
        eval_id=eval_id,
        suite="agent",
        created_at="2026-01-01",
        options=asked,
        models=f"{model} (assistant)" if model else "none",
        cases=cases,
    )
    services.eval_store.save(run)
    return eval_id


def model_of(services: Services, role: str = "assistant") -> str:
    plan = wiring.plan_of(services.settings)
    assert plan is not None
    return plan.roles[role].model


def test_a_better_model_is_promoted_answers_and_is_taken_back(services: Services) -> None:
    registry = services.evaluations.registry
    pair = (kept(services, "a", 10), kept(services, "b", 18, "tuned"))
    entry = registry.promote_model("tuned", role="assistant", why="answers more", evidence=pair)
    assert (entry.number, entry.slot, entry.evidence["verdict"], entry.despite) == (1, "assistant", "better", "")
    assert (model_of(services), model_of(services, "critic")) == ("tuned", "base")
    registry.promote_model("tuned-2", role="assistant", why="newer", despite="to be tried by hand")
    assert model_of(services) == "tuned-2"
    assert registry.rollback("assistant", why="worse by hand").name == "tuned-2"
    assert model_of(services) == "tuned"
    registry.rollback("assistant", why="all of it")
    assert model_of(services) == "base"
    with pytest.raises(NotFoundError, match="nothing is promoted"):
        registry.rollback("assistant", why="again")
    assert [(e.number, e.action, e.by) for e in registry.history("assistant")] == [
        (1, "promote", entry.by), (2, "promote", entry.by), (3, "rollback", entry.by), (4, "rollback", entry.by),
    ]  # fmt: skip


def test_without_evidence_or_with_that_of_another_model_nothing_is_promoted(services: Services) -> None:
    registry = services.evaluations.registry
    kept(services, "a", 10)
    for name, right, model in (("same", 11, "tuned"), ("other", 19, "another")):
        kept(services, name, right, model)
        with pytest.raises(UsageError, match=r"cannot tell|was not made with"):
            registry.promote_model("tuned", role="assistant", why="x", evidence=("a", name))
    for wrong in (
        {"role": "cook", "why": "x", "despite": "y"},
        {"role": "critic", "why": " ", "despite": "y"},
        {"role": "critic", "why": "x"},
    ):
        with pytest.raises(UsageError):
            registry.promote_model("tuned", **wrong)
    assert list(registry.history()) == []


def test_settings_that_name_the_model_of_a_role_win(services: Services) -> None:
    services.evaluations.registry.promote_model("tuned", role="critic", why="x", despite="y")
    own = services.settings.model_copy(update={"models": services.settings.models.model_copy(update={"roles": {"critic": "mine"}})})
    plan = wiring.plan_of(own)
    assert plan is not None
    assert plan.roles["critic"].model == "mine"


def test_an_adapter_keeps_its_card_and_the_hashes_of_its_files_and_serves_one_kind_of_goal(services: Services, tmp_path: Path) -> None:
    registry, folder = services.evaluations.registry, tmp_path / "materials-1"
    folder.mkdir()
    with pytest.raises(NotFoundError, match=r"adapter_config\.json"):
        registry.promote_adapter(folder, role="proposer", why="x", despite="y")
    (folder / "adapter_config.json").write_text('{"base_model_name_or_path": "qwen", "r": 8}')
    (folder / "adapter_model.safetensors").write_bytes(b"weights")
    (folder / "card.json").write_text('{"name": "materials", "before": 0.1, "after": 0.4}')
    entry = registry.promote_adapter(folder, role="proposer", kind="materials", why="x", despite="y")
    assert (entry.slot, entry.name, entry.content["base"], entry.content["rank"]) == ("proposer@materials", "materials", "qwen", 8)
    plan = wiring.plan_of(services.settings)
    assert plan is not None
    assert (plan.kinds["materials"]["proposer"].model, plan.roles["proposer"].model) == ("materials", "base")
    assert registry.changed_since(entry) == []
    (folder / "adapter_model.safetensors").write_bytes(b"others")
    assert registry.changed_since(entry) == ["adapter_model.safetensors"]


def test_a_prompt_replaces_the_programs_in_new_conversations(services: Services, tmp_path: Path) -> None:
    file = tmp_path / "mine.md"
    text = load("assistant/chat").text.replace("---\n", "---\nname: assistant/chat\n", 1)
    file.write_text(text + "\nBe brief.\n")
    entry = services.evaluations.registry.promote_prompt(file, why="shorter", despite="no server to measure it on")
    assert entry.slot == "prompt:assistant/chat"
    plan = wiring.plan_of(services.settings)
    assert plan is not None
    assert plan.prompts["assistant/chat"].endswith("Be brief.\n")


def test_a_pool_without_the_promoted_model_is_refused_before_and_said_after(tmp_path: Path) -> None:
    pool = tmp_path / "pool.toml"
    pool.write_text(f'[[endpoints]]\nname = "one"\nbase_url = "{URL}"\nmodel = "base"\nadapters = ["chem"]\n')
    services = Services(settings_of(home=tmp_path, models__pool=pool, literature__uri=URL))
    registry = services.evaluations.registry
    with pytest.raises(UsageError, match="no configured server has 'tuned'; there are base, chem"):
        registry.promote_model("tuned", role="critic", why="x", despite="y")
    registry.promote_model("chem", role="critic", why="x", despite="y")
    assert model_of(services, "critic") == "chem"
    pool.write_text(pool.read_text().replace('adapters = ["chem"]', ""))
    with pytest.raises(ConfigurationError, match="models rollback critic"):
        wiring.plan_of(services.settings)


def test_ab_runs_what_is_not_stored_and_says_who_answered(tmp_path: Path) -> None:
    with fake_model() as fake:
        settings = settings_of(home=tmp_path, workers__processes=1, literature__uri=URL, models__url=fake.url, models__name="m")
        evaluations = Services(settings).evaluations
        fake.call("estimate_properties", {"smiles": ["CC(=O)Oc1ccccc1C(=O)O"], "properties": ["molecular_weight"]})
        fake.say("Aspirin weighs 100.5 g/mol.")
        result = evaluations.ab("none", "model:small", limit=1, progress=lambda line: None)
        assert (result.verdict, result.gained, result.lost) == ("cannot tell", 0, 1)
        b = evaluations.find(result.comparison.b)
        assert (b.models, b.options["asked"]["model"]) == ("small (assistant)", "small")
        assert evaluations.find(result.comparison.a).models == "none"
        assert evaluations.ab(result.comparison.a, result.comparison.b, progress=lambda line: None).p == result.p
        for wrong in ("model:", "nothing:x", "prompt:missing.md"):
            with pytest.raises(UsageError):
                evaluations.ab("none", wrong, progress=lambda line: None)
        exported = evaluations.export_inspect(result.comparison.b, tmp_path / "logs")
        assert json.loads(exported.read_text())["eval"]["model"] == "small"
