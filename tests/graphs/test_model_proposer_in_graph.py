"""A design run in which a language model proposes too: its structures pass the same gates, and the run replays without a server."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app import wiring
from app.services.runs import RunService
from evals.replay import replay
from tests.agent.models.fake_server import FakeModel, Reply, fake_model, tool_reply
from tests.settings_kit import settings_of
from tools.execution import SerialExecutor
from tools.search.policy import SearchPolicy

GOAL = "a molecule with MW < 300 and logP between 1 and 3"
SUBMITTED = [
    "CCOC(=O)c1ccccc1",
    "C1CC",
    "Cc1c([N+](=O)[O-])cc([N+](=O)[O-])cc1[N+](=O)[O-]",
    "CCCCCCCCCCCCCCCCCCCCCCCC",
    "CCOC(=O)c1ccccc1",
]


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many generations on a small budget."""
    monkeypatch.setattr("tools.search.policy.DEFAULT", SearchPolicy(batch=30))


def service(home: Path, url: str, **more: Any) -> RunService:
    settings = settings_of(
        home=home, workers__processes=1, literature__uri="http://127.0.0.1:1", models__url=url, models__name="m", models__roles="proposer", **more
    )  # fmt: skip
    return RunService(settings, wiring.open_store(settings))


def submit(request: dict[str, Any]) -> Reply:
    """First look something up, then submit one good, one broken, one forbidden, one unfit structure, and the first again."""
    if not any(m["role"] == "tool" for m in request["messages"]):
        return tool_reply("vary_structure", {"smiles": "CCOC(=O)c1ccccc1", "count": 3})
    return tool_reply("submit_structures", {"structures": [{"smiles": s, "reason": "A small ester."} for s in SUBMITTED]})


def finished(home: Path, fake: FakeModel, budget: int = 60) -> tuple[RunService, str]:
    design = service(home, fake.url)
    run_id = design.start(GOAL, {"budget": budget, "yes": True, "candidates": 5, "seed": 3})
    design.execute(run_id)
    return design, run_id


def test_what_a_model_submits_passes_every_gate_and_is_counted(tmp_path: Path) -> None:
    with fake_model() as fake:
        fake.respond = submit
        design, run_id = finished(tmp_path, fake)
        asked = len(fake.requests)
    report = design.store.report(run_id)
    counted = report.proposers["model"]
    assert (counted["proposed"], counted["valid"], counted["novel"]) == (counted["proposed"], counted["proposed"] * 3 // 4, 3)
    by_smiles = {c.smiles: c for c in design.store.candidates(run_id) if c.origin.proposer == "model"}
    assert by_smiles["CCOC(=O)c1ccccc1"].status == "kept"
    assert by_smiles["CCOC(=O)c1ccccc1"].origin.rationale == "A small ester."
    assert by_smiles["C1CC"].rejected_by == "structure:invalid"
    assert next(c for c in by_smiles.values() if "[N+](=O)[O-]" in c.smiles).rejected_by.startswith("safety:")
    assert by_smiles["CCCCCCCCCCCCCCCCCCCCCCCC"].rejected_by.startswith("requirement:")
    use = report.models[0]
    assert (use.role, use.model, use.calls, use.failures, use.fell_back) == ("proposer", "m", asked, 0, False)
    result = replay(design.store, run_id, executor=SerialExecutor())
    assert result.identical, result.text


def test_a_model_that_brings_nothing_is_left_alone_and_harms_nothing(tmp_path: Path) -> None:
    with fake_model() as fake:
        fake.respond = lambda request: tool_reply("submit_structures", {"structures": [{"smiles": "C1CC", "reason": "no"}]})
        design, run_id = finished(tmp_path, fake, budget=170)
        generations = {json.loads(json.dumps(e.generation)) for e in design.store.events(run_id) if e.kind == "model"}
    report = design.store.report(run_id)
    assert report.status == "success"
    assert generations
    last = max(c.origin.generation for c in design.store.candidates(run_id))
    assert generations == {g for g in range(last + 1) if g < 3 or g % 4 == 0}
    assert replay(design.store, run_id, executor=SerialExecutor()).identical


@pytest.mark.parametrize("status", [401, 500])
def test_a_server_that_refuses_costs_its_suggestions_only(tmp_path: Path, status: int) -> None:
    with fake_model() as fake:
        fake.respond = lambda request: Reply(status=status, error="no")
        design, run_id = finished(tmp_path, fake, budget=40)
    report = design.store.report(run_id)
    assert report.status == "success"
    assert report.models[0].failures >= 1
    assert "model" not in report.proposers or report.proposers["model"]["valid"] == 0
    assert replay(design.store, run_id, executor=SerialExecutor()).identical
