"""Recipes of training, and the memory that they take, planned before anything is loaded."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field

from core.errors import NotFoundError
from core.model import Model
from serving.model_figures import ModelFigures, read_hf_config
from serving.planner.weights import count_parameters

FILE = Path(__file__).with_name("recipes.toml")
GIB = 1024.0**3
#: Bytes of a weight as it lies in memory. NF4 with double quantisation: half a byte, and scales of 8 bits for 64 weights.
WEIGHT_BYTES = {"none": 2.0, "nf4": 0.516}
#: What CUDA, the libraries and the allocator's gaps take beside, GiB; on a processor the interpreter and its libraries.
BESIDE_GIB = 1.2


class Recipe(Model):
    """How an adapter is trained."""

    name: str = Field(description="Name of the recipe.")
    card: str = Field(description="What it is trained on.")
    memory_gib: float = Field(gt=0, description="Memory that there is for it, GiB.")
    model: str = Field(default="", description="The model that the recipe is meant for; empty: whatever fits.")
    figures: ModelFigures | None = Field(default=None, description="The figures of that model.")
    quantize: Literal["none", "nf4"] = Field(description="Whether the base's weights are held in 4 bit (QLoRA).")
    rank: int = Field(gt=0, description="Rank of the adapter.")
    batch: int = Field(gt=0, description="Examples at once.")
    accumulate: int = Field(gt=0, description="Batches of one step.")
    length: int = Field(gt=0, description="Longest example, tokens.")
    completion: int = Field(gt=0, description="Longest reply, tokens.")
    sft_rate: float = Field(gt=0, description="Learning rate of supervised training.")
    dpo_rate: float = Field(gt=0, description="Learning rate of preference training.")
    checkpointing: bool = Field(description="Whether activations are computed again instead of kept.")


class MemoryPlan(Model):
    """What training takes, GiB."""

    weights: float = Field(description="The base's weights.")
    adapter: float = Field(description="The adapter with its gradients and both moments of Adam, in 4 bytes each.")
    activations: float = Field(description="What the backward pass needs of the forward pass.")
    logits: float = Field(description="The output layer's values of the replies, with their gradients.")
    beside: float = Field(description="Libraries and gaps.")
    there: float = Field(description="What there is.")
    trainable: int = Field(description="Parameters that are trained.")

    @property
    def total(self) -> float:
        """All of it."""
        return self.weights + self.adapter + self.activations + self.logits + self.beside

    @property
    def fits(self) -> bool:
        """Whether it fits."""
        return self.total <= self.there


@lru_cache(maxsize=1)
def recipes() -> dict[str, Recipe]:
    """Every recipe by name."""
    table = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return {name: Recipe.model_validate({"name": name, **row}) for name, row in table.items()}


def recipe(name: str) -> Recipe:
    """The recipe ``name``. NotFoundError with the names that there are."""
    known = recipes()
    if name not in known:
        raise NotFoundError(f"there is no recipe {name!r}; there are: {', '.join(known)}")
    return known[name]


def figures_of(base: Path) -> ModelFigures:
    """The figures of the model in a folder. UsageError where its config.json cannot be read or is not modelled."""
    return ModelFigures.model_validate(read_hf_config(base / "config.json")[0])


def planned(wanted: Recipe, figures: ModelFigures, *, preferences: bool) -> MemoryPlan:
    """The memory of a training. ``preferences``: whether DPO follows, where each example is two replies."""
    f = figures
    parameters = count_parameters(f)
    linear = parameters.attention + parameters.dense + parameters.experts + parameters.shared
    rest = parameters.total - linear
    heads, key_value = f.attention_heads * f.head_dim, f.kv_heads * f.head_dim
    widths = 4 * f.hidden_size + 2 * heads + 2 * key_value  # q, k, v, o: in + out of each
    widths += 3 * (f.hidden_size + f.intermediate_size)
    trainable = wanted.rank * f.layers * widths
    sequences = wanted.batch * (2 if preferences else 1)
    tokens = sequences * wanted.length
    kept = f.hidden_size * f.layers if wanted.checkpointing else f.layers * (14 * f.hidden_size + 4 * f.intermediate_size)
    one_layer = 14 * f.hidden_size + 4 * f.intermediate_size if wanted.checkpointing else 0
    logits = 3 * 4 * sequences * wanted.completion * f.vocab_size
    return MemoryPlan(
        weights=(linear * WEIGHT_BYTES[wanted.quantize] + rest * 2.0) / GIB,
        adapter=trainable * 16.0 / GIB,
        activations=tokens * (kept + one_layer) * 2.0 / GIB,
        logits=logits / GIB,
        beside=BESIDE_GIB,
        there=wanted.memory_gib,
        trainable=trainable,
    )
