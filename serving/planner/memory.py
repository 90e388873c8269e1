"""What one server takes of each of its cards, and how many tokens are left for."""

from __future__ import annotations

from pydantic import Field

from core.model import Model
from serving.model_figures import ModelFigures
from serving.planner.weights import weight_bytes
from serving.tables import overheads, scheme
from serving.topology import Card, Deployment

GIB = float(2**30)


class MemoryPlan(Model):
    """Memory of one card of a deployment, GiB; tokens are of the whole deployment's copy of the model."""

    usable: float = Field(description="What the card shows.")
    budget: float = Field(description="What the server may take of it.")
    weights: float = Field(description="Weights.")
    adapters: float = Field(description="Reserved for LoRA adapters.")
    activations: float = Field(description="Peak of a forward pass.")
    outside_torch: float = Field(description="CUDA context and communication buffers.")
    graphs: float = Field(description="CUDA graphs.")
    kv_available: float = Field(description="Left for the KV cache; below 0 if the rest does not fit.")
    kv_bytes_per_token: float = Field(description="KV cache of one token of a full-attention layer stack, bytes on each card.")
    kv_per_request: float = Field(description="KV cache of one request of full length.")
    kv_tokens: int = Field(description="Tokens of full-length requests that fit.")
    full_requests: float = Field(description="Full-length requests that fit at one time.")
    longest_context: int = Field(description="Longest single request that fits, tokens.")
    room: float = Field(description="Left of the budget with all concurrent requests at full length; below 0: requests wait.")

    @property
    def fixed(self) -> float:
        """All but the KV cache, GiB."""
        return self.weights + self.adapters + self.activations + self.outside_torch + self.graphs


def usable_gib(card: Card) -> float:
    """Memory that the card shows, GiB: as given, or a little less than its name says."""
    return card.usable_gib if card.usable_gib is not None else card.memory_gb * overheads().usable_fraction


def kv_token_bytes(figures: ModelFigures, kv_cache: str, tensor_parallel: int = 1) -> float:
    """Bytes that one token takes on each card in all layers: 2 x layers x key-value heads x head size x bytes."""
    heads = max(1.0, figures.kv_heads / tensor_parallel)
    return 2 * figures.layers * heads * figures.head_dim * (1 if kv_cache == "fp8" else 2)


def kv_request_bytes(figures: ModelFigures, kv_cache: str, tokens: int, tensor_parallel: int = 1) -> float:
    """Bytes of one request of ``tokens`` tokens on each card. A sliding-window layer keeps its window only."""
    per_layer = kv_token_bytes(figures, kv_cache, tensor_parallel) / figures.layers
    full = (figures.layers - figures.sliding_layers) * tokens
    window = figures.sliding_layers * min(tokens, figures.sliding_window)
    return per_layer * (full + window)


def adapter_bytes(deployment: Deployment) -> float:
    """Bytes on each card that vLLM reserves for adapters: rank x (in + out) of every linear layer, for each slot, 2 bytes.

    The inner halves are held whole on every card, the outer ones are split.
    """
    if not deployment.adapters:
        return 0.0
    f, tp = deployment.model.figures, deployment.tensor_parallel
    rank = max(a.rank for a in deployment.adapters)
    slots = deployment.max_adapters or len(deployment.adapters)
    queries, keys = f.attention_heads * f.head_dim, f.kv_heads * f.head_dim
    inner = 3 * f.hidden_size + queries
    outer = queries + 2 * keys + f.hidden_size
    sparse = f.layers - f.dense_layers if f.experts else 0
    dense = f.layers - sparse
    inner_mlp = 2 * f.hidden_size + f.intermediate_size
    outer_mlp = 2 * f.intermediate_size + f.hidden_size
    expert = f.experts * (3 * f.hidden_size + 3 * f.expert_intermediate_size)
    elements = f.layers * (inner + outer / tp) + dense * (inner_mlp + outer_mlp / tp) + sparse * expert
    return 2.0 * rank * slots * elements


def activation_bytes(figures: ModelFigures, sequences: int, batched_tokens: int, tensor_parallel: int = 1, pooling: bool = False) -> float:
    """Peak memory of vLLM's profiling pass on each card, bytes.

    The larger of the sampler (every sequence, the whole vocabulary) and the forward pass (every batched token), and the workspace of
    the experts on top; see data/overheads.toml. A pooling model samples nothing.
    """
    o, f = overheads(), figures
    sampler = 0.0 if pooling else o.sampler_bytes_per_logit * sequences * f.vocab_size
    width: float = max(f.intermediate_size, f.shared_intermediate_size) / tensor_parallel
    forward = o.forward_bytes_per_element * batched_tokens * (3 * width + 3 * f.hidden_size)
    slice_width = f.expert_intermediate_size / tensor_parallel
    workspace: float = (
        2.0 * batched_tokens * f.experts_per_token * (max(2 * slice_width, f.hidden_size) + slice_width) if f.experts else 0.0
    )
    return max(sampler, forward) + workspace + o.activation_base * GIB


def outside_torch_gib(card: Card, cards: int) -> float:
    """CUDA context, and the communication buffers where the model is split over several cards, GiB."""
    o = overheads()
    if cards == 1:
        return o.outside_torch
    datacentre = card.capability[0] == 10 or card.capability == (9, 0)
    return o.outside_torch + (o.communication_datacentre if datacentre else o.communication)


def graph_gib(sequences: int, enforce_eager: bool = False) -> float:
    """CUDA graphs, GiB: one for each captured batch size (1, 2, 4, then steps of 8, above 256 of 16, to twice the sequences or 512)."""
    if enforce_eager:
        return 0.0
    o = overheads()
    largest = min(2 * sequences, o.graph_largest_batch)
    sizes = sum(s <= largest for s in [1, 2, 4, *range(8, 257, 8), *range(272, 513, 16)])
    graphs: float = max(o.graph_floor, o.graph_per_size * sizes)
    return graphs


def plan_memory(deployment: Deployment, card: Card) -> MemoryPlan:
    """Memory of one of the (like) cards of a deployment."""
    f, tp = deployment.model.figures, deployment.tensor_parallel
    usable = usable_gib(card)
    budget = usable * deployment.gpu_memory_utilization
    weights = weight_bytes(f, scheme(deployment.quantization), tp) / GIB
    adapters = adapter_bytes(deployment) / GIB
    pooling = deployment.kind == "embed"
    activations = activation_bytes(f, deployment.max_concurrency, deployment.step_tokens, tp, pooling) / GIB
    outside = outside_torch_gib(card, len(deployment.cards))
    graphs = graph_gib(deployment.max_concurrency, deployment.enforce_eager)
    available = budget - weights - adapters - activations - outside - graphs
    request = kv_request_bytes(f, deployment.kv_cache, deployment.context, tp) / GIB
    fit = max(0.0, available / request)
    return MemoryPlan(
        usable=usable,
        budget=budget,
        weights=weights,
        adapters=adapters,
        activations=activations,
        outside_torch=outside,
        graphs=graphs,
        kv_available=available,
        kv_bytes_per_token=kv_token_bytes(f, deployment.kv_cache, tp),
        kv_per_request=request,
        kv_tokens=int(fit * deployment.context),
        full_requests=fit,
        longest_context=_longest(f, deployment.kv_cache, available * GIB, tp),
        room=available - request * deployment.max_concurrency,
    )


def _longest(figures: ModelFigures, kv_cache: str, room: float, tensor_parallel: int) -> int:
    """The longest single request whose KV cache fits in ``room`` bytes, tokens."""
    if room <= 0:
        return 0
    low, high = 0, 2**24
    while low < high:
        middle = (low + high + 1) // 2
        if kv_request_bytes(figures, kv_cache, middle, tensor_parallel) <= room:
            low = middle
        else:
            high = middle - 1
    return low
