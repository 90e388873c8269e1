"""What cannot work, with the reason; and what works but should be known."""

from __future__ import annotations

from collections import defaultdict
from typing import Literal

from pydantic import Field

from core.model import Model
from serving.planner.flags import managed
from serving.planner.memory import GIB, MemoryPlan, usable_gib
from serving.planner.weights import count_parameters, weight_bytes
from serving.tables import overheads, scheme, schemes
from serving.topology import Card, Deployment, Topology


class Finding(Model):
    """One thing about a deployment that its owner should know."""

    level: Literal["refused", "warning"] = Field(description="refused: it cannot work.")
    field: str = Field(description="Field of the deployment that it is about.")
    message: str = Field(description="What and why.")


#: The roles of the application that call tools.
TOOL_ROLES = ("assistant", "proposer")


def refuse(field: str, message: str) -> Finding:
    """A finding that stops the deployment."""
    return Finding(level="refused", field=field, message=message)


def warn(field: str, message: str) -> Finding:
    """A finding that does not."""
    return Finding(level="warning", field=field, message=message)


def check_before_memory(topology: Topology, deployment: Deployment) -> list[Finding]:
    """Everything that can be said without a memory plan. A refusal here means that none can be made."""
    cards = topology.cards_of(deployment)
    if deployment.quantization and deployment.quantization not in schemes():
        return [refuse("quantization", f"{deployment.quantization!r} is not known; known: {', '.join(schemes())}")]
    found = [*_parallel(deployment, cards), *_format(deployment, cards), *_model(deployment)]
    found += [refuse("flags", said) for said in managed(deployment.flags)]
    found += [warn("cards", f"{c.name} has no uuid; `nvidia-smi -L` on {c.host} prints it; units need it") for c in cards if not c.uuid]
    return found


def _parallel(deployment: Deployment, cards: list[Card]) -> list[Finding]:
    first, tp, f = cards[0], deployment.tensor_parallel, deployment.model.figures
    found = []
    if odd := next((c for c in cards if not c.is_like(first)), None):
        kind = "expert" if deployment.expert_parallel else "data" if deployment.data_parallel > 1 else "tensor"
        found.append(
            refuse(
                "cards",
                f"{kind} parallel over unlike cards ({first.name}: {first.model}, {odd.name}: {odd.model}): every rank holds an equal share"
                " and waits for the others in each pass, so the smallest and slowest card sets memory and pace of all;"
                " serve one model a card instead, under one served_name they make a pool",
            )
        )
    if tp > 1 and f.attention_heads % tp:
        found.append(refuse("cards", f"{f.attention_heads} attention heads cannot be split over {tp} cards"))
    if tp > 1 and f.kv_heads % tp and tp % f.kv_heads:
        found.append(refuse("cards", f"{f.kv_heads} key-value heads cannot be split over or copied to {tp} cards evenly"))
    if deployment.expert_parallel and not f.experts:
        found.append(refuse("expert_parallel", f"{deployment.model.name} has no experts"))
    if deployment.expert_parallel and len(cards) == 1:
        found.append(refuse("expert_parallel", "there is one card; nothing can be spread"))
    return found


def _format(deployment: Deployment, cards: list[Card]) -> list[Finding]:
    s, found = scheme(deployment.quantization), []
    major, minor = (int(x) for x in s.min_capability.split("."))
    for card in cards:
        if card.capability >= (major, minor):
            continue
        if s.fp4:
            why = (
                "has no FP4 arithmetic; vLLM could at best unpack the weights on the fly, which this plan does not count on: use awq or fp8"
            )
        else:
            why = f"does not compute in {s.name} (needs {s.min_capability}): use awq or gptq"
        family = " (Ada)" if card.capability == (8, 9) else ""
        found.append(refuse("quantization", f"{s.name} on {card.name}: {card.model}, capability {card.compute_capability}{family}, {why}"))
    if s.name == "nvfp4" and any(c.capability[0] == 12 for c in cards):
        found.append(warn("quantization", "NVFP4 on consumer Blackwell cards has open problem reports; awq or fp8 are the safer choice"))
    if deployment.kv_cache == "fp8" and any(c.capability < (8, 9) for c in cards):
        found.append(refuse("kv_cache", "an FP8 KV cache needs compute capability 8.9"))
    return found


def _model(deployment: Deployment) -> list[Finding]:
    f, found = deployment.model.figures, []
    counted = count_parameters(f).total / 1e9
    if f.parameters_billion and abs(counted / f.parameters_billion - 1) > 0.05:
        found.append(
            refuse(
                "model.figures.parameters_billion",
                f"{f.parameters_billion:g} billion are stated, the other figures make {counted:.1f} billion: one of them is wrong",
            )
        )
    if f.max_context and deployment.context > f.max_context:
        found.append(refuse("context", f"{deployment.context} tokens; the model was made for {f.max_context}"))
    if deployment.batched_tokens > deployment.context and deployment.kind == "generate":
        found.append(warn("batched_tokens", f"{deployment.batched_tokens} is more than the context of {deployment.context}"))
    if callers := [r for r in deployment.roles if r in TOOL_ROLES and not deployment.tool_parser]:
        found.append(warn("tool_parser", f"is missing: the server would refuse the tool calls of {', '.join(callers)}"))
    return found


def check_memory(deployment: Deployment, card: Card, memory: MemoryPlan) -> list[Finding]:
    """Whether weights, overhead and context fit, and what would."""
    if memory.weights >= memory.budget or memory.kv_available <= 0:
        return [refuse("cards", _too_large(deployment, card, memory))]
    found = []
    if memory.full_requests < 1:
        found.append(
            refuse(
                "context",
                f"one request of {deployment.context} tokens needs {memory.kv_per_request:.2f} GiB of KV cache on each card,"
                f" {memory.kv_available:.2f} GiB are left: at most {memory.longest_context} tokens"
                + ("" if deployment.kv_cache == "fp8" else "; kv_cache = 'fp8' halves the need"),
            )
        )
    elif memory.full_requests < deployment.max_concurrency:
        found.append(
            warn(
                "max_concurrency",
                f"{memory.full_requests:.1f} requests of full length fit, {deployment.max_concurrency} may run:"
                " when all are long, some wait or are computed again",
            )
        )
    if card.usable_gib is None:
        text = f"usable_gib of {card.name} is not given; {usable_gib(card):.2f} GiB are assumed (nvidia-smi memory.total in MiB / 1024)"
        found.append(warn("cards", text))
    return found


def _too_large(deployment: Deployment, card: Card, memory: MemoryPlan) -> str:
    f, s = deployment.model.figures, scheme(deployment.quantization)
    billions = count_parameters(f).total / 1e9
    text = (
        f"{deployment.model.name} does not fit: {billions:.1f} billion parameters in {s.name} take {memory.weights:.1f} GiB on each card,"
        f" with {memory.fixed - memory.weights:.1f} GiB beside; the budget is {memory.budget:.1f} GiB"
        f" ({deployment.gpu_memory_utilization:.0%} of the {memory.usable:.1f} GiB of {card.name}, {card.model})"
    )
    room = memory.budget - (memory.fixed - memory.weights)
    tp = deployment.tensor_parallel
    fits = [
        f"{other.name} ({weight_bytes(f, other, tp) / GIB:.1f} GiB)"
        for other in schemes().values()
        if other.name in ("fp8", "awq") and weight_bytes(f, other, tp) / GIB < room and card.capability >= _capability(other.min_capability)
    ]
    return text + (f"; in {' or '.join(fits)} the weights would" if fits else "")


def _capability(text: str) -> tuple[int, int]:
    major, minor = text.split(".")
    return int(major), int(minor)


def check_fleet(topology: Topology) -> dict[str, list[Finding]]:
    """Findings that need more than one deployment, by the deployment's name: cards taken twice over, names used for two things."""
    found: dict[str, list[Finding]] = defaultdict(list)
    shares: dict[str, float] = defaultdict(float)
    for deployment in topology.deployments:
        for card in deployment.cards:
            shares[card] += deployment.gpu_memory_utilization
            if shares[card] > overheads().largest_total_utilization + 1e-9:
                found[deployment.name].append(
                    refuse(
                        "gpu_memory_utilization",
                        f"with this one the servers of {card} take {shares[card]:.2f} of it;"
                        f" at most {overheads().largest_total_utilization:g} can be given out",
                    )
                )
    pools: dict[str, tuple[str, str]] = {}
    for deployment in topology.deployments:
        names = [(deployment.request_name, deployment.model.name), *((a.name, f"adapter {a.path}") for a in deployment.adapters)]
        for name, what in names:
            owner, served = pools.setdefault(name, (deployment.name, what))
            if served != what:
                found[deployment.name].append(
                    refuse("served_name", f"{name!r} means {served} in {owner} and {what} here: a name can mean one model only")
                )
    return dict(found)
