"""How many parameters a model has, and how many bytes of them lie on each card."""

from __future__ import annotations

from dataclasses import dataclass

from serving.model_figures import ModelFigures
from serving.tables import Scheme

UNQUANTIZED_BYTES = 2.0


@dataclass(frozen=True)
class Parameters:
    """Numbers of parameters, by where they are."""

    attention: float
    dense: float
    experts: float
    shared: float
    routers: float
    embeddings: float
    norms: float
    other: float

    @property
    def total(self) -> float:
        """All parameters."""
        return self.attention + self.dense + self.experts + self.shared + self.routers + self.embeddings + self.norms + self.other


def count_parameters(figures: ModelFigures) -> Parameters:
    """Parameters of a decoder with gated MLPs (gate, up, down), from its figures."""
    f = figures
    head_width = f.attention_heads * f.head_dim
    attention = f.layers * f.hidden_size * (2 * head_width + 2 * f.kv_heads * f.head_dim)
    sparse = f.layers - f.dense_layers if f.experts else 0
    dense = (f.layers - sparse) * 3 * f.hidden_size * f.intermediate_size
    return Parameters(
        attention=attention,
        dense=dense,
        experts=sparse * f.experts * 3 * f.hidden_size * f.expert_intermediate_size,
        shared=sparse * 3 * f.hidden_size * f.shared_intermediate_size,
        routers=sparse * f.hidden_size * f.experts,
        embeddings=f.vocab_size * f.hidden_size * (1 if f.tied_embeddings else 2),
        norms=(2 * f.layers + 1) * f.hidden_size,
        other=f.unquantized_billion * 1e9,
    )


def weight_bytes(figures: ModelFigures, scheme: Scheme, tensor_parallel: int = 1) -> float:
    """Bytes of weights on each card when the model is split over ``tensor_parallel`` cards.

    Matrices are split evenly, key and value heads are copied where there are fewer of them than cards, norms and routers are on every
    card. Embeddings, output layer and a vision tower stay at 2 bytes.
    """
    p, tp = count_parameters(figures), tensor_parallel
    linear = UNQUANTIZED_BYTES if scheme.experts_only else scheme.bytes_per_parameter
    copies = max(1.0, tp / figures.kv_heads)
    key_value = figures.layers * figures.hidden_size * 2 * figures.kv_heads * figures.head_dim
    split = (p.attention - key_value + key_value * copies + p.dense + p.shared) * linear / tp
    experts = p.experts * expert_padding(figures, scheme, tp) * scheme.bytes_per_parameter / tp
    embeddings = (p.embeddings + p.other) * UNQUANTIZED_BYTES / tp
    return split + experts + embeddings + (p.norms + p.routers) * UNQUANTIZED_BYTES


def expert_padding(figures: ModelFigures, scheme: Scheme, tensor_parallel: int) -> float:
    """By how much vLLM widens each expert's slice of a card (1.0: not at all)."""
    width = figures.expert_intermediate_size / tensor_parallel
    if not width or scheme.pad_experts_to <= 1:
        return 1.0
    return -(-width // scheme.pad_experts_to) * scheme.pad_experts_to / width


def token_bytes(figures: ModelFigures, scheme: Scheme, batch: int = 1) -> float:
    """Bytes of weights that one decoding step of ``batch`` sequences must read from memory, all cards together.

    Of the experts, those that at least one sequence is sent to (routing taken as even); of the embedding table nothing, the output
    layer whole.
    """
    p = count_parameters(figures)
    linear = UNQUANTIZED_BYTES if scheme.experts_only else scheme.bytes_per_parameter
    touched = 1 - (1 - figures.experts_per_token / figures.experts) ** batch if figures.experts else 0.0
    experts = p.experts * touched * scheme.bytes_per_parameter
    output = figures.vocab_size * figures.hidden_size * UNQUANTIZED_BYTES
    if figures.active_billion and batch == 1:
        dense_part = output + p.routers * UNQUANTIZED_BYTES
        mean = scheme.bytes_per_parameter if figures.experts else linear
        return max(figures.active_billion * 1e9 - figures.vocab_size * figures.hidden_size, 0.0) * mean + dense_part
    return (p.attention + p.dense + p.shared) * linear + experts + output + (p.routers + p.norms) * UNQUANTIZED_BYTES
