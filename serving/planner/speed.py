"""Upper bounds of generation speed: every token must read the active weights and its context's KV cache from memory once."""

from __future__ import annotations

from pydantic import Field

from core.model import Model
from serving.planner.memory import kv_request_bytes
from serving.planner.weights import token_bytes
from serving.tables import scheme
from serving.topology import Card, Deployment


class SpeedBounds(Model):
    """Tokens per second that memory bandwidth cannot let a server exceed. Real servers stay below; nothing here was measured."""

    one_request: float = Field(description="One request, short context.")
    one_request_full_context: float = Field(description="One request at full context.")
    all_requests: float = Field(description="All concurrent requests together, short contexts.")


def speed_bounds(deployment: Deployment, card: Card) -> SpeedBounds:
    """Bounds of a deployment on (like) cards: bandwidth x cards / bytes that a step must read.

    A step reads the weights that are active for its batch once, and each request's KV cache. Tensor-parallel cards read their shares at
    the same time; each data-parallel copy works by itself. Meant for text only: an embedding reads a whole request in one step.
    """
    f, s, tp = deployment.model.figures, scheme(deployment.quantization), deployment.tensor_parallel
    bandwidth = card.bandwidth_gb_s * 1e9
    one = token_bytes(f, s) / tp
    context = kv_request_bytes(f, deployment.kv_cache, deployment.context, tp)
    batch = max(1, deployment.max_concurrency // deployment.data_parallel)
    return SpeedBounds(
        one_request=bandwidth / one,
        one_request_full_context=bandwidth / (one + context),
        all_requests=deployment.data_parallel * batch * bandwidth * tp / token_bytes(f, s, batch),
    )
