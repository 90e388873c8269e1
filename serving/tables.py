"""The shipped tables: quantization schemes, overheads, the options of vLLM."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from pydantic import Field

from core import data
from core.errors import UsageError
from core.model import Model


class Scheme(Model):
    """How the weights are held."""

    name: str = Field(description="Name of the scheme.")
    bytes_per_parameter: float = Field(description="Bytes of one quantized parameter, scales included.")
    min_capability: str = Field(description="Lowest compute capability that computes in it.")
    fp4: bool = Field(default=False, description="A 4-bit floating-point format.")
    experts_only: bool = Field(default=False, description="Only the experts are quantized.")
    pad_experts_to: int = Field(default=1, description="vLLM pads the width of an expert to a multiple of this.")
    vllm_quantization: str = Field(default="", description="Value of --quantization; empty: vLLM reads it from the weights.")
    note: str = Field(default="", description="What else to know.")


class Overheads(Model):
    """Memory beside weights and KV cache; see data/overheads.toml for the meaning and the source of each."""

    source: str
    activation_base: float
    sampler_bytes_per_logit: float
    forward_bytes_per_element: float
    outside_torch: float
    communication: float
    communication_datacentre: float
    graph_floor: float
    graph_per_size: float
    graph_largest_batch: int
    usable_fraction: float
    largest_total_utilization: float


@lru_cache(maxsize=8)
def table(name: str) -> dict[str, Any]:
    """A shipped table as it stands in ``serving/data/NAME.toml``."""
    return data.table("serving", f"data/{name}.toml")


@lru_cache(maxsize=1)
def schemes() -> dict[str, Scheme]:
    """All quantization schemes by name."""
    return {name: Scheme(name=name, **row) for name, row in table("quantization").items()}


def scheme(name: str) -> Scheme:
    """The scheme of this name; "" is bf16. Raises UsageError for an unknown one."""
    found = schemes().get(name or "bf16")
    if found is None:
        raise UsageError(f"quantization {name!r} is not known; known: {', '.join(schemes())}")
    return found


@lru_cache(maxsize=1)
def overheads() -> Overheads:
    """The overheads that plans are made with."""
    return Overheads.model_validate(table("overheads"))
