"""Adapters: memory is planned first, a training is told of and goes on, the card says what it is, and a fleet file takes it."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pytest

from agent.models.schema import ToolSchema
from agent.toolbox import TOOLS
from core.errors import MolwrightError, UsageError
from learn.adapters import Training, read_adapter, train
from learn.example import Call, Example, call_message
from learn.fleet_file import entry, with_adapter
from learn.measure import Answer, difference, measure, shares
from learn.recipes import planned, recipe, recipes
from serving.topology import load_topology
from tests.agent.models.fake_server import Reply, fake_model

ROOT = Path(__file__).resolve().parents[2]
CONFIG = {
    "num_hidden_layers": 2, "hidden_size": 64, "num_attention_heads": 2, "num_key_value_heads": 2, "head_dim": 32, "intermediate_size": 128,
    "vocab_size": 1024, "tie_word_embeddings": True, "max_position_embeddings": 512,
}  # fmt: skip
#: In place of the training environment's Python: says what a training says, and leaves an adapter behind.
PYTHON = """#!{python}
import json, pathlib, sys
config = json.loads(pathlib.Path(sys.argv[2]).read_text())
print("a warning of a library")
print(json.dumps({{"stage": "sft", "step": 1, "of": 2, "loss": 1.5, "seconds_left": 90}}))
if {fails}:
    sys.exit("CUDA out of memory")
out = pathlib.Path(config["out"])
out.mkdir(parents=True, exist_ok=True)
(out / "adapter_config.json").write_text(json.dumps({{"r": config["rank"]}}))
(out / "adapter_model.safetensors").write_bytes(b"weights")
print(json.dumps({{"result": {{"examples": 3, "tokens": 300, "seconds": 1.0}}}}))
"""


def program(folder: Path, *, fails: bool = False) -> Path:
    made = folder / "python"
    made.write_text(PYTHON.format(python=sys.executable, fails=fails))
    made.chmod(0o755)
    return made


@pytest.fixture
def training(tmp_path: Path) -> Training:
    base, data = tmp_path / "base", tmp_path / "data"
    base.mkdir()
    data.mkdir()
    (base / "config.json").write_text(json.dumps(CONFIG))
    one = Example(id="a", role="assistant", kind="value", split="train", asked="q", messages=[], reply=call_message("t", {}))
    (data / "assistant-train.jsonl").write_text(one.model_dump_json() + "\n")
    (data / "data.json").write_text(json.dumps({"files": {"assistant-train.jsonl": {"sha256": "x"}}}))
    return Training(base, data, tmp_path / "tuned", "assistant", "tuned")


def test_a_training_is_told_of_and_its_card_says_what_it_is(training: Training, tmp_path: Path) -> None:
    told: list[str] = []
    card = train(training, recipe("cpu"), program(tmp_path), told.append)
    assert "supervised: step 1 of 2, loss 1.5, 1.5 min left" in told
    assert card == read_adapter(training.out)
    assert (card["name"], card["role"], card["base"], card["trained"]["tokens"]) == ("tuned", "assistant", "base", 300)
    assert set(card["files"]) == {"adapter_config.json", "adapter_model.safetensors"}
    with pytest.raises(UsageError, match="not empty"):
        train(training, recipe("cpu"), program(tmp_path), told.append)


def test_one_that_ended_goes_on_with_the_same_settings_only(training: Training, tmp_path: Path) -> None:
    told: list[str] = []
    with pytest.raises(MolwrightError, match="CUDA out of memory"):
        train(training, recipe("cpu"), program(tmp_path, fails=True), told.append)
    other = Training(training.base, training.data, training.out, "assistant", "tuned", seed=1)
    with pytest.raises(UsageError, match="other settings"):
        train(other, recipe("cpu"), program(tmp_path), told.append)
    train(training, recipe("cpu"), program(tmp_path), told.append)
    assert "going on where it was stopped" in told


def test_what_does_not_fit_is_said_before_anything_is_loaded(training: Training, tmp_path: Path) -> None:
    (training.base / "config.json").write_text(
        json.dumps({**CONFIG, "num_hidden_layers": 128, "hidden_size": 8192, "intermediate_size": 28672})
    )
    with pytest.raises(UsageError, match=r"GiB are needed, 31\.8 GiB are there"):
        train(training, recipe("rtx5090"), program(tmp_path), lambda text: None)
    with pytest.raises(UsageError, match="not a name"):
        train(
            Training(training.base, training.data, training.out, "assistant", "No Name"),
            recipe("cpu"),
            program(tmp_path),
            lambda text: None,
        )


@pytest.mark.parametrize("name", [n for n in recipes() if n != "cpu"])
def test_each_recipe_fits_its_card(name: str) -> None:
    wanted = recipe(name)
    assert wanted.figures is not None
    plan = planned(wanted, wanted.figures, preferences=True)
    assert plan.fits
    assert plan.total > 0.5 * plan.there  # and is not made for a much smaller one
    full = planned(wanted.model_copy(update={"quantize": "none"}), wanted.figures, preferences=True)
    assert full.fits == (wanted.quantize == "none")


def test_a_fleet_file_takes_an_adapter_and_keeps_everything_else(training: Training, tmp_path: Path) -> None:
    train(training, recipe("cpu"), program(tmp_path), lambda text: None)
    file = tmp_path / "fleet.toml"
    shutil.copy(ROOT / "deploy" / "fleet" / "five-cards.toml", file)
    before = file.read_text()
    made = entry(training.out, kinds=["chemistry"])
    for deployment, others in (("chat-a", 0), ("specialists", 3)):
        file.write_text(before)
        text = with_adapter(file, deployment, made)
        file.write_text(text)
        served = {d.name: d for d in load_topology(file).deployments}
        assert served[deployment].adapters[-1] == made
        assert len(served[deployment].adapters) == others + 1
        assert with_adapter(file, deployment, made) == text  # once more is the same
        assert set(before.splitlines()) <= set(text.splitlines())
    with pytest.raises(UsageError, match="no deployment 'nobody'"):
        with_adapter(file, "nobody", made)
    with pytest.raises(UsageError, match="embeddings"):
        with_adapter(file, "embeddings", made)


def test_a_server_is_asked_each_question_once_and_judged(tmp_path: Path) -> None:
    call = Call(name="count_group", arguments={"smiles": "phenol", "group": "hydroxyl"})
    call_tool = ToolSchema("count_group", "", TOOLS["count_group"].arguments).openai()
    asked = [
        Example(id=str(n), role="assistant", kind="count", split="test", asked=f"q{n}", messages=[{"role": "user", "content": f"q{n}"}],
                tools=[call_tool], reply={}, accepted=[call])
        for n in range(3)
    ]  # fmt: skip
    answers = {"q0": '{"smiles": "Oc1ccccc1", "group": "hydroxyl"}', "q1": '{"smiles": "phenol", "group": "ether"}', "q2": "{"}
    with fake_model() as fake:
        fake.respond = lambda request: Reply(None, ((call.name, answers[request["messages"][0]["content"]]),), "tool_calls")
        found = measure(asked, fake.url, "m", tmp_path / "kept.jsonl", at_once=1)
        assert all(r["tool_choice"] == "required" and r["temperature"] == 0 for r in fake.requests)
        assert measure(asked, fake.url, "m", tmp_path / "kept.jsonl") == found
        assert len(fake.requests) == 3
    assert [(a.tool, a.right) for a in found] == [(True, True), (True, False), (False, False)]
    summed = shares(found)
    assert (summed["tool"]["right"], summed["right"]["right"], summed["unreadable"]) == (2, 1, 1)
    better = [Answer(**{**a.model_dump(), "right": True}) for a in found]
    changed = difference(found, better)
    assert (changed["gained"], changed["lost"], changed["difference"]) == (2, 0, round(2 / 3, 4))
    assert changed["low"] < changed["difference"] < changed["high"]
