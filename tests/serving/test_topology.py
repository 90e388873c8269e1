"""Topology files: what they may say, and what is said of one that is wrong."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from core.errors import UsageError
from serving.topology import Topology, load_topology

EXAMPLE = Path(__file__).resolve().parents[2] / "deploy" / "fleet" / "five-cards.toml"

SMALL = """
[[hosts]]
name = "one"
address = "10.0.0.1"
[[cards]]
name = "a"
host = "one"
model = "RTX 5060 Ti 16 GB"
memory_gb = 16
bandwidth_gb_s = 448
compute_capability = "12.0"
[[cards]]
name = "b"
host = "one"
model = "RTX 5060 Ti 16 GB"
memory_gb = 16
bandwidth_gb_s = 448
compute_capability = "12.0"
[[deployments]]
name = "chat"
cards = ["a"]
port = 8101
context = 4096
[deployments.model]
name = "some/model"
[deployments.model.figures]
layers = 2
hidden_size = 64
attention_heads = 4
kv_heads = 2
head_dim = 16
intermediate_size = 128
vocab_size = 1024
"""

LLAMA = {
    "architectures": ["LlamaForCausalLM"], "num_hidden_layers": 32, "hidden_size": 4096, "num_attention_heads": 32,
    "num_key_value_heads": 8, "intermediate_size": 14336, "vocab_size": 128256, "tie_word_embeddings": False,
    "max_position_embeddings": 131072,
}  # fmt: skip


def load(tmp_path: Path, text: str) -> Topology:
    path = tmp_path / "fleet.toml"
    path.write_text(text, encoding="utf-8")
    return load_topology(path)


def load_config(tmp_path: Path, config: dict[str, Any], extra: str = "") -> Topology:
    (tmp_path / "config.json").write_text(json.dumps(config), encoding="utf-8")
    head = SMALL.split("[deployments.model]")[0]
    return load(tmp_path, head + extra + '[deployments.model]\nname = "some/model"\nconfig = "config.json"\n')


def test_the_shipped_example_reads() -> None:
    fleet = load_topology(EXAMPLE)
    assert [(c.host, c.memory_gb, c.compute_capability) for c in fleet.cards] == [
        ("forge", 96, "12.0"), ("forge", 32, "12.0"), ("bench", 16, "12.0"), ("bench", 16, "12.0"), ("desk", 16, "8.9"),
    ]  # fmt: skip
    roles = {r for d in fleet.deployments for r in [*d.roles, *(r for a in d.adapters for r in a.roles)]}
    assert {"proposer", "assistant", "embedder", "critic"} <= roles
    assert [a.kinds for d in fleet.deployments for a in d.adapters] == [["chemistry"], ["materials"], ["thermal"]]
    assert {d.request_name for d in fleet.deployments if "chat" in d.name} == {"chat"}


def test_defaults_and_references(tmp_path: Path) -> None:
    fleet = load(tmp_path, SMALL)
    (d,) = fleet.deployments
    assert (d.tensor_parallel, d.data_parallel, d.request_name, d.tool_parser) == (1, 1, "some/model", "hermes")
    assert fleet.host_of(d).name == "one"
    assert fleet.card("a").is_like(fleet.card("b"))
    with pytest.raises(UsageError, match="'two' is not a host"):
        fleet.host("two")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("port = 8101", "prot = 8101", r"\[\[deployments\]\] chat: prot: this field is not known"),
        ("context = 4096", "", r"\[\[deployments\]\] chat: context: this field is missing"),
        ("layers = 2", "layers = 0", r"\[\[deployments\]\] chat: model\.figures\.layers: .*greater than 0"),
        ("memory_gb = 16", 'memory_gb = "much"', r"\[\[cards\]\] a: memory_gb"),
        ('host = "one"', 'host = "two"', r"\[\[cards\]\] a: host 'two' is not among the hosts"),
        ('cards = ["a"]', 'cards = ["c"]', r"\[\[deployments\]\] chat: cards: 'c' is not among the cards \(a, b\)"),
        ('cards = ["a"]', 'cards = ["a", "a"]', "a card is named twice"),
        ('compute_capability = "12.0"', 'compute_capability = "Blackwell"', "not a compute capability"),
        ('name = "b"', 'name = "a"', r"\[\[cards\]\]: the name 'a' is used twice"),
        ('name = "chat"', 'name = "Chat Server"', "is not a name"),
        ('name = "chat"', 'name = "gateway"', "this name is the gateway's own"),
        ("port = 8101", "port = 8080", "port 8080 of host one is taken by the gateway"),
        ("kv_heads = 2", "kv_heads = 3", "not a multiple of kv_heads"),
        ("intermediate_size = 128", "intermediate_size = 128\nexperts = 8", "go together"),
        ("port = 8101", "port = 8101\ndata_parallel = 2", "cannot hold 2 copies"),
    ],
)
def test_errors_name_the_file_the_table_and_the_field(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(UsageError, match=said) as caught:
        load(tmp_path, SMALL.replace(old, new, 1))
    assert "fleet.toml" in str(caught.value)


def test_an_adapter_is_named_in_its_error(tmp_path: Path) -> None:
    text = SMALL + '[[deployments.adapters]]\nname = "chemistry"\npath = "/a"\nrank = 17\n'
    with pytest.raises(UsageError, match=r"\[\[deployments\]\] chat \[\[adapters\]\] chemistry: rank"):
        load(tmp_path, text)


def test_cards_of_one_server_are_in_one_host(tmp_path: Path) -> None:
    text = SMALL.replace('[[hosts]]\nname = "one"', '[[hosts]]\nname = "two"\naddress = "10.0.0.2"\n[[hosts]]\nname = "one"', 1)
    text = text.replace('host = "one"', 'host = "two"', 1).replace('cards = ["a"]', 'cards = ["a", "b"]')
    with pytest.raises(UsageError, match="different hosts"):
        load(tmp_path, text)


def test_a_file_that_is_missing_or_no_toml(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot read"):
        load_topology(tmp_path / "none.toml")
    with pytest.raises(UsageError, match="is not TOML"):
        load(tmp_path, "[[hosts")


def test_figures_come_from_the_models_own_config(tmp_path: Path) -> None:
    f = load_config(tmp_path, LLAMA).deployments[0].model.figures
    assert (f.layers, f.kv_heads, f.head_dim, f.intermediate_size, f.max_context) == (32, 8, 128, 14336, 131072)
    assert not f.tied_embeddings


@pytest.mark.parametrize(
    ("quantization", "scheme"),
    [
        ({"quant_method": "awq", "bits": 4}, "awq"),
        ({"quant_method": "gptq", "bits": 8}, "gptq_int8"),
        ({"quant_method": "fp8"}, "fp8"),
        ({"quant_method": "mxfp4"}, "mxfp4"),
        ({"quant_method": "modelopt", "quant_algo": "NVFP4"}, "nvfp4"),
        ({"quant_method": "compressed-tensors", "config_groups": {"g": {"weights": {"num_bits": 8, "type": "float"}}}}, "fp8"),
        ({"quant_method": "compressed-tensors", "config_groups": {"g": {"weights": {"num_bits": 4, "type": "int"}}}}, "awq"),
    ],
)
def test_quantization_comes_from_it_too(tmp_path: Path, quantization: dict[str, Any], scheme: str) -> None:
    assert load_config(tmp_path, {**LLAMA, "quantization_config": quantization}).deployments[0].quantization == scheme
    with pytest.raises(UsageError, match=r"quantization is 'int8', but config\.json says"):
        load_config(tmp_path, {**LLAMA, "quantization_config": quantization}, 'quantization = "int8"\n')


def test_experts_and_windows_of_a_config(tmp_path: Path) -> None:
    oss = {
        "num_hidden_layers": 36, "hidden_size": 2880, "num_attention_heads": 64, "num_key_value_heads": 8, "head_dim": 64,
        "intermediate_size": 2880, "vocab_size": 201088, "num_local_experts": 128, "num_experts_per_tok": 4, "sliding_window": 128,
        "layer_types": ["sliding_attention", "full_attention"] * 18,
    }  # fmt: skip
    f = load_config(tmp_path, oss).deployments[0].model.figures
    assert (f.experts, f.experts_per_token, f.expert_intermediate_size, f.intermediate_size) == (128, 4, 2880, 0)
    assert (f.sliding_window, f.sliding_layers) == (128, 18)
    gemma = {**LLAMA, "sliding_window": 1024, "sliding_window_pattern": 6, "num_hidden_layers": 48}
    f = load_config(tmp_path, {"text_config": gemma}).deployments[0].model.figures
    assert f.sliding_layers == 40
    assert (
        load_config(tmp_path, {**LLAMA, "sliding_window": 4096, "use_sliding_window": False}).deployments[0].model.figures.sliding_window
        == 0
    )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"kv_lora_rank": 512}, "multi-head latent attention"),
        ({"linear_num_value_heads": 32}, "linear-attention"),
        ({"hidden_size": None}, "config.json"),
    ],
)
def test_what_is_not_modelled_is_refused(tmp_path: Path, change: dict[str, Any], said: str) -> None:
    config = {k: v for k, v in {**LLAMA, **change}.items() if v is not None}
    with pytest.raises(UsageError, match=said):
        load_config(tmp_path, config)


def test_figures_and_config_are_not_both_given(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps(LLAMA), encoding="utf-8")
    with pytest.raises(UsageError, match="both given"):
        load(tmp_path, SMALL.replace('name = "some/model"', 'name = "some/model"\nconfig = "config.json"'))
    with pytest.raises(UsageError, match="cannot read the model's config"):
        load(tmp_path, SMALL.split("[deployments.model.figures]")[0] + 'config = "none.json"\n')


def test_the_example_is_a_plain_file() -> None:
    data = tomllib.loads(EXAMPLE.read_text(encoding="utf-8"))
    assert data["schema_version"] == 1
    assert all(host["address"].startswith("192.0.2.") for host in data["hosts"]), "addresses of the example are reserved ones"
