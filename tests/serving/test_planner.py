"""The plan: against published figures, and against what cannot work."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from serving.commands import MANAGED, serve_command
from serving.model_figures import ModelFigures
from serving.planner import flags
from serving.planner.checks import Finding
from serving.planner.flags import check_by_list
from serving.planner.memory import GIB, activation_bytes, adapter_bytes, graph_gib, kv_request_bytes, kv_token_bytes, outside_torch_gib
from serving.planner.plan import DeploymentPlan, plan_fleet
from serving.planner.speed import speed_bounds
from serving.planner.weights import count_parameters, token_bytes, weight_bytes
from serving.tables import scheme, schemes, table
from serving.topology import Card, Deployment, Topology, load_topology
from tests.tables import each_row

HERE = Path(__file__).parent
EXAMPLE = HERE.parents[1] / "deploy" / "fleet" / "five-cards.toml"
PUBLISHED = tomllib.loads((HERE / "published_cases.toml").read_text(encoding="utf-8"))
CASES = PUBLISHED["cases"]


def figures(name: str) -> ModelFigures:
    return ModelFigures(**PUBLISHED["models"][name])


def named(key: str) -> list[Any]:
    return [pytest.param(c, id=c["name"]) for c in CASES if key in c]


def predicted(case: dict[str, Any]) -> tuple[float, float]:
    """Weights and overhead (activations, memory outside PyTorch) of one card, GiB."""
    f, cards = figures(case["model"]), case.get("cards", 1)
    card = make_card(memory_gb=80, compute_capability=case.get("capability", "8.0"))
    weights = weight_bytes(f, scheme(case.get("quantization", "")), cards) / GIB
    activations = activation_bytes(f, case.get("sequences", 256), case.get("batched_tokens", 2048), cards) / GIB
    return weights, activations + outside_torch_gib(card, cards)


def make_card(**change: Any) -> Card:
    base = {"name": "a", "host": "one", "model": "RTX 5090 32 GB", "memory_gb": 32, "bandwidth_gb_s": 1792, "compute_capability": "12.0"}
    return Card(**{**base, **change})


def make_deployment(model: str = "qwen3_14b", **change: Any) -> Deployment:
    base: dict[str, Any] = {"name": "d", "cards": ["a"], "port": 8101, "context": 4096}
    served = {"name": f"some/{model}", "figures": figures(model).model_dump()}
    return Deployment(**{**base, "model": served, **change})


def make_fleet(deployments: list[Deployment], *cards: Card) -> Topology:
    hosts = [{"name": h, "address": "10.0.0.1"} for h in dict.fromkeys(c.host for c in cards or (make_card(),))]
    return Topology.model_validate({"hosts": hosts, "cards": list(cards) or [make_card()], "deployments": deployments})


def plan_one(deployment: Deployment, *cards: Card) -> DeploymentPlan:
    return plan_fleet(make_fleet([deployment], *cards)).deployments[0]


def refusals(plan: DeploymentPlan) -> list[Finding]:
    return [f for f in plan.findings if f.level == "refused"]


# Published figures


def test_there_are_enough_published_cases_each_with_its_source() -> None:
    assert sum("weights_gib" in c for c in CASES) >= 12
    assert sum("non_kv_gib" in c for c in CASES) >= 12
    assert all(c["source"].startswith("https://") for c in CASES)
    assert len({c["model"] for c in CASES}) >= 12


@each_row("case", named("weights_gib"))
def test_weights_are_within_ten_percent(case: dict[str, Any]) -> None:
    assert predicted(case)[0] == pytest.approx(case["weights_gib"], rel=0.10)


@each_row("case", named("non_kv_gib"))
def test_totals_are_within_fifteen_percent(case: dict[str, Any]) -> None:
    assert sum(predicted(case)) == pytest.approx(case["non_kv_gib"], rel=0.15)


@each_row("case", [c for c in named("non_kv_gib") if c.values[0].get("sequences") == 1024])
def test_the_overhead_alone_is_close_where_it_was_fitted(case: dict[str, Any]) -> None:
    """Weights are most of a total and hide the rest, so the rest is held to 0.35 GiB by itself (H100, vLLM 0.18 and 0.19)."""
    assert predicted(case)[1] == pytest.approx(case["non_kv_gib"] - case["weights_gib"], abs=0.35)


@pytest.mark.parametrize("case", named("kv_tokens"))
def test_kv_cache_is_within_two_percent(case: dict[str, Any]) -> None:
    bytes_per_token = kv_token_bytes(figures(case["model"]), case.get("kv_cache", "auto"), case.get("cards", 1))
    assert bytes_per_token * case["kv_tokens"] / GIB == pytest.approx(case["kv_gib"], rel=0.02)


# The parts


def test_known_sizes() -> None:
    assert count_parameters(figures("llama_3_1_70b")).total / 1e9 == pytest.approx(70.55, rel=0.001)
    assert count_parameters(figures("gpt_oss_120b")).total / 1e9 == pytest.approx(116.8, rel=0.005)
    assert kv_token_bytes(figures("llama_3_1_8b"), "auto") == 128 * 1024
    assert kv_token_bytes(figures("qwen2_5_14b"), "auto") == 192 * 1024
    assert kv_token_bytes(figures("qwen2_5_14b"), "fp8") == 96 * 1024


def test_sliding_windows_bound_the_cache() -> None:
    f = figures("gpt_oss_120b")
    assert kv_request_bytes(f, "auto", 100) == kv_token_bytes(f, "auto") * 100
    full = kv_token_bytes(f, "auto") * 65536
    assert kv_request_bytes(f, "auto", 65536) == pytest.approx(full / 2 * (1 + 128 / 65536))


def test_key_value_heads_are_copied_where_there_are_too_few() -> None:
    f = figures("qwen2_5_7b")
    assert kv_token_bytes(f, "auto", 4) == kv_token_bytes(f, "auto") / 4
    assert kv_token_bytes(f, "auto", 8) == kv_token_bytes(f, "auto", 4)
    assert weight_bytes(f, scheme("bf16"), 8) > weight_bytes(f, scheme("bf16")) / 8


def test_adapters_reserve_rank_times_in_and_out() -> None:
    adapters = [{"name": n, "path": f"/{n}", "rank": 16} for n in ("chemistry", "thermal")]
    one = adapter_bytes(make_deployment(adapters=adapters, max_adapters=1))
    f = figures("qwen3_14b")
    inputs = 3 * 5120 + 5120 + 2 * 5120 + 17408
    outputs = 5120 + 2 * 1024 + 5120 + 2 * 17408 + 5120
    assert one == 2 * 16 * f.layers * (inputs + outputs)
    assert adapter_bytes(make_deployment(adapters=adapters)) == 2 * one
    assert adapter_bytes(make_deployment()) == 0


def test_graphs_grow_with_the_batch_and_are_off_when_eager() -> None:
    assert graph_gib(4) < graph_gib(128) < graph_gib(1024) == pytest.approx(1.04, abs=0.01)
    assert graph_gib(64, enforce_eager=True) == 0


def test_speed_bounds_follow_from_bandwidth() -> None:
    card, dense = make_card(), make_deployment("qwen3_14b", quantization="awq", max_concurrency=8)
    bounds = speed_bounds(dense, card)
    assert bounds.one_request == pytest.approx(1792e9 / token_bytes(figures("qwen3_14b"), scheme("awq")))
    assert bounds.all_requests == pytest.approx(8 * bounds.one_request)
    assert bounds.one_request_full_context < bounds.one_request
    sparse = figures("qwen3_30b_a3b")
    read, held = token_bytes(sparse, scheme("bf16")), weight_bytes(sparse, scheme("bf16"))
    assert read / 2e9 == pytest.approx(3.03, rel=0.02), "3.3 billion active, without the embedding table"
    assert token_bytes(sparse, scheme("bf16"), 512) == pytest.approx(held - 2 * sparse.vocab_size * sparse.hidden_size, rel=0.01)


def test_stated_active_parameters_are_used() -> None:
    stated = figures("gpt_oss_120b").model_copy(update={"active_billion": 5.1})
    computed = token_bytes(figures("gpt_oss_120b"), scheme("mxfp4"))
    assert 0.5 < token_bytes(stated, scheme("mxfp4")) / computed < 1.5


# What cannot work


def test_70b_in_bf16_does_not_fit_in_32_gb() -> None:
    plan = plan_one(make_deployment("llama_3_1_70b"))
    (said,) = refusals(plan)
    assert "70.6 billion parameters in bf16 take 131.4 GiB" in said.message
    assert "32 GB" in said.message
    assert "would" not in said.message, "not even at 4 bit"


def test_what_would_fit_is_named() -> None:
    (said,) = refusals(plan_one(make_deployment("qwen2_5_32b")))
    assert "awq (18.0 GiB)" in said.message


@pytest.mark.parametrize(
    ("change", "word"),
    [({}, "tensor parallel"), ({"data_parallel": 2}, "data parallel"), ({"expert_parallel": True}, "expert parallel")],
)
def test_no_parallelism_over_unlike_cards(change: dict[str, Any], word: str) -> None:
    cards = (make_card(), make_card(name="b", model="RTX 4060 Ti 16 GB", memory_gb=16, bandwidth_gb_s=288, compute_capability="8.9"))
    plan = plan_one(make_deployment("qwen3_30b_a3b", cards=["a", "b"], **change), *cards)
    (said,) = [f for f in refusals(plan) if f.field == "cards" and "unlike" in f.message]
    assert said.message.startswith(word)
    assert "smallest and slowest card" in said.message


def test_tensor_parallelism_over_like_cards_splits() -> None:
    cards = (make_card(), make_card(name="b"))
    alone, both = plan_one(make_deployment("qwen3_14b")), plan_one(make_deployment("qwen3_14b", cards=["a", "b"]), *cards)
    assert not refusals(both)
    assert alone.memory is not None
    assert both.memory is not None
    assert both.memory.weights == pytest.approx(alone.memory.weights / 2, rel=0.01)
    assert both.memory.kv_bytes_per_token == alone.memory.kv_bytes_per_token / 2
    assert both.arguments[both.arguments.index("--tensor-parallel-size") + 1] == "2"
    three = (*cards, make_card(name="c"))
    assert any("40 attention heads" in f.message for f in refusals(plan_one(make_deployment("qwen3_14b", cards=["a", "b", "c"]), *three)))


@pytest.mark.parametrize("name", ["mxfp4", "nvfp4"])
def test_no_fp4_on_ada(name: str) -> None:
    ada = make_card(model="RTX 4060 Ti 16 GB", memory_gb=16, compute_capability="8.9")
    said = [f for f in refusals(plan_one(make_deployment("gpt_oss_20b", quantization=name), ada)) if f.field == "quantization"]
    assert "(Ada), has no FP4 arithmetic" in said[0].message
    assert not [f for f in plan_one(make_deployment("gpt_oss_20b", quantization=name)).findings if f.level == "refused"]


def test_formats_need_cards_that_compute_in_them() -> None:
    ampere = make_card(model="RTX 3090", memory_gb=24, compute_capability="8.6")
    assert any("fp8 on a" in f.message for f in refusals(plan_one(make_deployment("qwen2_5_7b", quantization="fp8"), ampere)))
    assert any(f.field == "kv_cache" for f in refusals(plan_one(make_deployment("qwen2_5_7b", kv_cache="fp8"), ampere)))
    assert not refusals(plan_one(make_deployment("qwen2_5_7b", quantization="awq"), ampere))
    (unknown,) = refusals(plan_one(make_deployment("qwen2_5_7b", quantization="int3"), ampere))
    assert "'int3' is not known" in unknown.message
    assert all(s.bytes_per_parameter > 0.5 for s in schemes().values())


def test_a_context_that_the_cache_cannot_hold() -> None:
    plan = plan_one(make_deployment("qwen3_14b", context=40960), make_card(memory_gb=36))
    (said,) = refusals(plan)
    assert said.field == "context"
    assert plan.memory is not None
    longest = plan.memory.longest_context
    assert f"at most {longest} tokens" in said.message
    assert not refusals(plan_one(make_deployment("qwen3_14b", context=longest), make_card(memory_gb=36)))
    assert refusals(plan_one(make_deployment("qwen3_14b", context=longest + 16), make_card(memory_gb=36)))


def test_a_context_beyond_the_models_own() -> None:
    deployment = make_deployment("qwen2_5_1_5b", context=65536)
    deployment.model.figures.max_context = 32768
    assert any("made for 32768" in f.message for f in refusals(plan_one(deployment)))


def test_stated_and_counted_parameters_must_agree() -> None:
    deployment = make_deployment("qwen2_5_1_5b")
    deployment.model.figures.parameters_billion = 7.0
    assert any("7 billion are stated" in f.message for f in refusals(plan_one(deployment)))


def test_more_requests_than_fit_is_a_warning() -> None:
    plan = plan_one(make_deployment("qwen3_14b", max_concurrency=64), make_card(memory_gb=36))
    assert not refusals(plan)
    assert any(f.field == "max_concurrency" and "some wait" in f.message for f in plan.findings)


def test_a_card_is_not_given_out_twice() -> None:
    small = {"model": "qwen2_5_1_5b", "context": 2048}
    two = [make_deployment(**small), make_deployment(**small, name="e", port=8102, served_name="other", gpu_memory_utilization=0.2)]
    plan = plan_fleet(make_fleet(two))
    assert plan.refused == ["e"]
    assert "take 1.10 of it" in refusals(plan.deployments[1])[0].message
    two[0].gpu_memory_utilization = 0.7
    assert plan_fleet(make_fleet(two)).refused == []


def test_a_name_means_one_model() -> None:
    first = make_deployment("qwen2_5_1_5b", served_name="chat", gpu_memory_utilization=0.4)
    second = make_deployment("qwen2_5_7b", name="e", port=8102, served_name="chat", gpu_memory_utilization=0.5, quantization="awq")
    assert "a name can mean one model only" in refusals(plan_fleet(make_fleet([first, second])).deployments[1])[0].message


# Options


@each_row("flag", list(table("removed_flags")["flags"]))
def test_removed_options_are_refused_with_the_reason(flag: str) -> None:
    said = refusals(plan_one(make_deployment("qwen2_5_1_5b", flags=[flag, "1"])))
    assert len(said) == 1
    assert said[0].field == "flags"
    assert said[0].message.startswith(f"{flag} is rejected by vLLM: ")


@each_row("flag", sorted(MANAGED - {"--pipeline-parallel-size", "-pp"}))
def test_what_the_plan_sets_is_not_set_again(flag: str) -> None:
    assert any("set by the plan" in f.message for f in refusals(plan_one(make_deployment("qwen2_5_1_5b", flags=[flag, "1"]))))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--no-such-option"], "--no-such-option is not an option of vLLM 0.32.0"),
        (["--scheduling-policy", "random"], "'random' is not one of"),
        (["--seed"], "--seed needs a value"),
        (["--enable-prefix-caching=1"], "takes no value"),
        (["loose"], "'loose' belongs to no option"),
    ],
)
def test_wrong_options_are_refused(words: list[str], said: str) -> None:
    assert any(said in f.message for f in refusals(plan_one(make_deployment("qwen2_5_1_5b", flags=words))))


@each_row(
    "words",
    [
        ["--seed", "-1"], ["--seed=0"], ["--no-enable-prefix-caching"], ["--max_logprobs", "5"], ["--compilation-config.mode", "3"],
        ["--scheduling-policy", "priority"], ["--cudagraph-capture-sizes", "1", "2", "4"], ["-cc", "{}"],
    ],
)  # fmt: skip
def test_right_options_pass(words: list[str]) -> None:
    assert not refusals(plan_one(make_deployment("qwen2_5_1_5b", flags=words)))


def test_tool_and_reasoning_parsers_are_known_ones() -> None:
    (said,) = refusals(plan_one(make_deployment("qwen2_5_1_5b", tool_parser="qwen3")))
    assert "hermes for Qwen2.5 and Qwen3" in said.message
    assert any("'made_up' is not one of" in f.message for f in refusals(plan_one(make_deployment("qwen2_5_1_5b", tool_parser="made_up"))))
    assert any("'deep'" in f.message for f in refusals(plan_one(make_deployment("qwen2_5_1_5b", reasoning_parser="deep"))))


def test_a_role_that_calls_tools_needs_a_tool_parser() -> None:
    def said(**change: Any) -> list[str]:
        return [
            f.message
            for f in plan_one(make_deployment("qwen2_5_1_5b", roles=["assistant", "critic"], **change)).findings
            if f.field == "tool_parser"
        ]

    assert said(tool_parser="") == ["is missing: the server would refuse the tool calls of assistant"]
    assert said() == said(tool_parser="hermes") == []


FAKE_VLLM = """
import argparse
class FlexibleArgumentParser(argparse.ArgumentParser):
    pass
def make_arg_parser(parser):
    parser.add_argument("model")
    parser.add_argument("--port", type=int)
    parser.add_argument("--tool-call-parser")
    return parser
class ToolParserManager:
    @classmethod
    def list_registered(cls):
        return ["hermes"]
"""


@pytest.fixture
def fake_vllm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package that answers like the parts of vLLM that are asked."""
    root = tmp_path / "vllm"
    (root / "entrypoints" / "openai").mkdir(parents=True)
    for folder in (root, root / "entrypoints", root / "entrypoints" / "openai"):
        (folder / "__init__.py").write_text("")
    for module in ("utils.py", "entrypoints/openai/cli_args.py", "tool_parsers.py"):
        (root / module).write_text(FAKE_VLLM)
    info = tmp_path / "vllm-9.9.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: vllm\nVersion: 9.9\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return tmp_path


@pytest.mark.usefixtures("fake_vllm")
def test_vllm_itself_is_asked_where_it_can_be() -> None:
    base = ["vllm", "serve", "some/model"]
    commands = [[*base, "--port", "1"], [*base, "--port", "x"], [*base, "--swap-space", "4"], [*base, "--tool-call-parser", "mistral"]]
    said, asked = flags.check_commands(commands, sys.executable)
    assert asked == "the argument parser of vLLM 9.9"
    assert said[0] == []
    assert "invalid int value: 'x'" in said[1][0]
    assert "--kv-offloading-size" in said[2][0]
    assert "'mistral' is not registered (hermes)" in said[3][0]


def test_without_vllm_the_shipped_list_answers_and_says_so(tmp_path: Path) -> None:
    said, asked = flags.check_commands([["vllm", "serve", "m", "--nothing"]])
    assert "not installed here" in asked
    assert said == [["--nothing is not an option of vLLM 0.32.0"]]
    said, asked = flags.check_commands([["vllm", "serve", "m", "--seed", "1"]], str(tmp_path / "python"))
    assert "could not be run" in asked
    assert said == [[]]


def test_the_check_script_needs_nothing_but_vllm() -> None:
    script = Path(flags.__file__).parent / "vllm_check.py"
    done = subprocess.run([sys.executable, "-I", str(script)], input="[]", capture_output=True, text=True, timeout=60, check=False)
    assert "this vLLM has no FlexibleArgumentParser" in done.stderr


# The shipped example


def test_the_five_cards_work() -> None:
    plan = plan_fleet(load_topology(EXAMPLE))
    assert plan.refused == []
    by_name = {d.name: d for d in plan.deployments}
    assert not [f for d in plan.deployments for f in d.findings if "uuid" not in f.message and "usable_gib" not in f.message]
    for d in plan.deployments:
        assert d.memory is not None
        assert d.memory.full_requests >= 1
        assert d.memory.fixed + d.memory.kv_available == pytest.approx(d.memory.budget)
    assert by_name["reasoner"].memory is not None
    assert by_name["reasoner"].memory.weights > 60
    assert by_name["embeddings"].speed is None
    assert "upper bounds" in " ".join(plan.unproven)
    assert json.loads(plan.model_dump_json())["deployments"][0]["name"] == "reasoner"


def test_planning_is_deterministic() -> None:
    fleet = load_topology(EXAMPLE)
    assert plan_fleet(fleet) == plan_fleet(fleet)


def test_commands_are_bound_to_loopback_and_to_cards_by_uuid() -> None:
    fleet = load_topology(EXAMPLE)
    uuid = "GPU-12345678-1234-1234-1234-123456789abc"
    fleet.cards[1].uuid = uuid
    for deployment in fleet.deployments:
        command = serve_command(fleet, deployment)
        words = command.arguments
        assert words[words.index("--host") + 1] == "127.0.0.1"
        assert command.environment["CUDA_DEVICE_ORDER"] == "PCI_BUS_ID"
        if deployment.kind == "generate":
            assert words[words.index("--tool-strict-level") + 1] == "parameter"
            assert json.loads(words[words.index("--structured-outputs-config") + 1])["disable_any_whitespace"] is True
    specialists = serve_command(fleet, fleet.deployments[1])
    assert specialists.environment["CUDA_VISIBLE_DEVICES"] == uuid
    assert specialists.arguments[specialists.arguments.index("--max-loras") + 1] == "3"
    assert "chemistry=/srv/molwright/adapters/chemistry" in specialists.arguments
    embeddings = serve_command(fleet, fleet.deployments[-1]).arguments
    assert embeddings[embeddings.index("--runner") :] == ["--runner", "pooling", "--convert", "embed"]
    assert "--tool-call-parser" not in embeddings


def test_a_model_for_many_users_fits_the_small_card() -> None:
    plan = plan_fleet(load_topology(EXAMPLE.with_name("many-users.toml")))
    (only,) = plan.deployments
    assert not plan.refused
    assert only.memory is not None
    assert only.memory.full_requests >= 16


def test_parsers_of_the_newer_vllm_are_known() -> None:
    assert check_by_list(["--tool-call-parser", "step5", "--reasoning-parser", "beam"]) == []
    assert check_by_list(["--tool-call-parser", "step6"])
