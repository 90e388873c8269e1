"""The figures of a language model that its memory and speed follow from: those of its own ``config.json``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import Field, model_validator

from core.errors import UsageError
from core.model import Model


class ModelFigures(Model):
    """A decoder of attention and (mixture-of-experts) MLP layers. Counts are numbers of things; sizes are numbers of elements."""

    layers: int = Field(gt=0, description="Decoder layers.")
    hidden_size: int = Field(gt=0, description="Width of the residual stream.")
    attention_heads: int = Field(gt=0, description="Query heads of a layer.")
    kv_heads: int = Field(gt=0, description="Key and value heads of a layer.")
    head_dim: int = Field(gt=0, description="Size of one head.")
    intermediate_size: int = Field(default=0, ge=0, description="Width of the gated MLP in dense layers; 0 if every layer has experts.")
    vocab_size: int = Field(gt=0, description="Rows of the embedding table.")
    tied_embeddings: bool = Field(default=False, description="The output layer is the embedding table, held once.")
    experts: int = Field(default=0, ge=0, description="Routed experts of a layer; 0 for a dense model.")
    experts_per_token: int = Field(default=0, ge=0, description="Routed experts that one token passes through.")
    expert_intermediate_size: int = Field(default=0, ge=0, description="Width of one routed expert.")
    shared_intermediate_size: int = Field(default=0, ge=0, description="Width of the experts that every token passes through, together.")
    dense_layers: int = Field(default=0, ge=0, description="Layers with a dense MLP in a model with experts.")
    sliding_window: int = Field(default=0, ge=0, description="Tokens that a sliding-window layer looks back on; 0 if there are none.")
    sliding_layers: int = Field(default=0, ge=0, description="Layers with a sliding window.")
    max_context: int = Field(default=0, ge=0, description="Longest context the model was made for, tokens; 0 if not known.")
    unquantized_billion: float = Field(
        default=0.0, ge=0, description="Parameters beside the decoder that stay at 2 bytes (a vision tower), billions."
    )
    parameters_billion: float | None = Field(
        default=None, gt=0, description="All parameters, billions, where the publisher states them; checked against the other figures."
    )
    active_billion: float | None = Field(
        default=None, gt=0, description="Parameters that one token passes through, billions; computed if not given."
    )

    @model_validator(mode="after")
    def _consistent(self) -> ModelFigures:
        if self.attention_heads % self.kv_heads:
            raise ValueError(f"attention_heads ({self.attention_heads}) is not a multiple of kv_heads ({self.kv_heads})")
        if bool(self.experts) != bool(self.experts_per_token) or bool(self.experts) != bool(self.expert_intermediate_size):
            raise ValueError("experts, experts_per_token and expert_intermediate_size go together")
        if self.experts_per_token > self.experts:
            raise ValueError(f"experts_per_token ({self.experts_per_token}) is more than experts ({self.experts})")
        if not self.experts and not self.intermediate_size:
            raise ValueError("intermediate_size is needed for a dense model")
        if self.dense_layers > self.layers or self.sliding_layers > self.layers:
            raise ValueError("dense_layers and sliding_layers cannot be more than layers")
        if self.dense_layers and not self.intermediate_size:
            raise ValueError("dense_layers needs intermediate_size")
        if bool(self.sliding_layers) != bool(self.sliding_window):
            raise ValueError("sliding_window and sliding_layers go together")
        return self


# Fields of a config.json whose layers this planner has no figures for: refused rather than estimated wrongly.
_NOT_MODELLED = {
    "kv_lora_rank": "multi-head latent attention",
    "linear_num_value_heads": "linear-attention layers",
    "mamba_d_state": "state-space layers",
    "ssm_state_size": "state-space layers",
}
# quant_method of a config.json (and bits where it decides) -> scheme of quantization.toml
_METHODS = {
    ("fp8", None): "fp8",
    ("awq", 4): "awq",
    ("awq", None): "awq",
    ("gptq", 4): "gptq",
    ("gptq", 8): "gptq_int8",
    ("mxfp4", None): "mxfp4",
}


def read_hf_config(path: Path) -> tuple[dict[str, Any], str]:
    """Figures and quantization scheme out of a Hugging Face ``config.json``.

    Returns (keyword arguments of :class:`ModelFigures`, name of the scheme or "" for an unquantized or unknown one). Raises UsageError
    if the file cannot be read, lacks a figure, or describes layers that are not modelled.
    """
    try:
        whole = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"cannot read the model's config {path}: {error.strerror or error}") from error
    except ValueError as error:
        raise UsageError(f"{path} is not JSON: {error}") from error
    if not isinstance(whole, dict):
        raise UsageError(f"{path} is not the config.json of a model")
    inner = whole.get("text_config")
    text: dict[str, Any] = inner if isinstance(inner, dict) else whole
    for key, what in _NOT_MODELLED.items():
        if text.get(key):
            raise UsageError(f"{path}: {what} ({key}) is not modelled; give the figures of a model without it, or serve it without a plan")
    try:
        figures = _figures(text, whole)
    except KeyError as error:
        raise UsageError(f"{path}: the figure {error.args[0]!r} is missing") from error
    return figures, _scheme(whole.get("quantization_config") or {})


def _figures(text: dict[str, Any], whole: dict[str, Any]) -> dict[str, Any]:
    heads, layers = int(text["num_attention_heads"]), int(text["num_hidden_layers"])
    experts = int(text.get("num_experts") or text.get("num_local_experts") or text.get("n_routed_experts") or 0)
    expert_width = int(text.get("moe_intermediate_size") or (text["intermediate_size"] if experts else 0))
    shared = int(text.get("shared_expert_intermediate_size") or 0) or int(text.get("n_shared_experts") or 0) * expert_width
    dense = int(text.get("first_k_dense_replace") or len(text.get("mlp_only_layers") or ()))
    window = int(text.get("sliding_window") or 0) if text.get("use_sliding_window", True) else 0
    sliding = _sliding_layers(text, layers) if window else 0
    return {
        "layers": layers,
        "hidden_size": int(text["hidden_size"]),
        "attention_heads": heads,
        "kv_heads": int(text.get("num_key_value_heads") or heads),
        "head_dim": int(text.get("head_dim") or int(text["hidden_size"]) // heads),
        "intermediate_size": int(text["intermediate_size"]) if not experts or dense else 0,
        "vocab_size": int(text["vocab_size"]),
        "tied_embeddings": bool(text.get("tie_word_embeddings", whole.get("tie_word_embeddings", False))),
        "experts": experts,
        "experts_per_token": int(text.get("num_experts_per_tok") or text.get("experts_per_token") or 0) if experts else 0,
        "expert_intermediate_size": expert_width if experts else 0,
        "shared_intermediate_size": shared if experts else 0,
        "dense_layers": dense if experts else 0,
        "sliding_window": window if sliding else 0,
        "sliding_layers": sliding,
        "max_context": int(text.get("max_position_embeddings") or 0),
    }


def _sliding_layers(text: dict[str, Any], layers: int) -> int:
    """How many layers look back on a window only: from the list of layer types, from the pattern, or all."""
    types = text.get("layer_types")
    if isinstance(types, list):
        return sum(t == "sliding_attention" for t in types)
    pattern = int(text.get("sliding_window_pattern") or 0)
    return layers - layers // pattern if pattern > 1 else layers


def _scheme(config: dict[str, Any]) -> str:
    method, bits = str(config.get("quant_method") or ""), config.get("bits")
    if method == "compressed-tensors":
        return _compressed_tensors(config)
    if method == "modelopt":
        return {"FP8": "fp8", "NVFP4": "nvfp4"}.get(str(config.get("quant_algo") or ""), "")
    return _METHODS.get((method, bits)) or _METHODS.get((method, None)) or ""


def _compressed_tensors(config: dict[str, Any]) -> str:
    groups = config.get("config_groups") or {}
    weights = next((g.get("weights") or {} for g in groups.values() if isinstance(g, dict)), {})
    bits, kind = weights.get("num_bits"), weights.get("type")
    if kind == "float":
        return {8: "fp8", 4: "nvfp4"}.get(int(bits or 0), "")
    return {8: "int8", 4: "awq"}.get(int(bits or 0), "")
