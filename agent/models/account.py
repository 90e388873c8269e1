"""The account of a run's recorded calls: what was spent and who did what. It is computed from the record alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from agent.models.plan import ModelBudget
from core.report import ModelUse
from core.trace import TraceEvent

#: The kind of an exchange that a fork does without.
LEFT_OUT = "left out"
#: Kinds of problem with which nothing was sent.
UNSENT = ("budget", "context", "resting", LEFT_OUT)
#: A language model is left alone after this many calls in a row that found no server.
GIVE_UP = 3
#: Of the calls to a model that is left alone, each one with this number is sent all the same, to find out whether its server is back.
TRY_AGAIN = 8
#: Prompts by which the estimate of tokens is calibrated, and how far it may be.
SCALED_BY, LEAST_SCALE, MOST_SCALE = 20, 0.7, 3.0
_KWH = 3.6e6
_NOTE = 300


@dataclass(frozen=True)
class Spent:
    """What calls took: their number, prompt and completion tokens together, seconds, and money in the currency of the price table."""

    calls: int = 0
    tokens: int = 0
    seconds: float = 0.0
    money: float = 0.0


def spent(events: Sequence[TraceEvent], budget: ModelBudget) -> Spent:
    """The sum over ``events``. A call that was never sent costs nothing."""
    sent = [e for e in events if e.outputs["kind"] not in UNSENT]
    return Spent(
        calls=len(sent),
        tokens=sum(e.tokens_in + e.tokens_out for e in sent),
        seconds=sum(e.seconds for e in sent),
        money=sum(price(e, budget) or 0.0 for e in sent),
    )


def price(event: TraceEvent, budget: ModelBudget) -> float | None:
    """What one exchange cost, in the currency of the price table; None where the model has no price there."""
    known = budget.prices.get(event.model) or budget.prices.get(event.inputs.get("model", ""))
    if known is None:
        return None
    tokens = (known.per_million_in * event.tokens_in + known.per_million_out * event.tokens_out) / 1e6
    return tokens + known.watts * event.seconds / _KWH * budget.price_per_kwh


def stop_reason(so_far: Spent, prompt_tokens: int, budget: ModelBudget) -> str:
    """Why the next call, with a prompt of ``prompt_tokens``, must not be made; empty if it may."""
    if so_far.calls >= budget.calls:
        return f"budget: the {budget.calls} calls to language models of this run are spent"
    if so_far.tokens + prompt_tokens > budget.tokens:
        return f"budget: {so_far.tokens} of {budget.tokens} tokens are spent, and the next prompt has about {prompt_tokens}"
    if so_far.seconds >= budget.seconds:
        return f"budget: the {budget.seconds:g} seconds for language models of this run are spent"
    if budget.money is not None and so_far.money >= budget.money:
        return f"budget: the {budget.money:g} set for language models in this run are spent ({so_far.money:.4g})"
    return ""


def resting(events: Sequence[TraceEvent], model: str) -> bool:
    """Whether ``model`` is to be left alone now because its last calls found no server."""
    kinds = [e.outputs["kind"] for e in reversed(events) if e.inputs.get("model") == model]
    sent = [kind for kind in kinds if kind not in UNSENT]
    last_sent = next((n for n, kind in enumerate(kinds) if kind not in UNSENT), 0)
    waited = kinds[:last_sent].count("resting")
    lost = len(sent) >= GIVE_UP and all(kind in ("unavailable", "timeout") for kind in sent[:GIVE_UP])
    return lost and waited < TRY_AGAIN - 1


def scale(events: Sequence[TraceEvent], model: str, node: str, generation: int) -> float:
    """How many tokens the server of ``model`` counted for each that was estimated, in the prompts before this node began; 1 where none was counted.

    It lies between LEAST_SCALE and MOST_SCALE. A node that runs a second time finds the same, since only what was recorded before it counts.
    """
    begun = min((e.sequence for e in events if (e.node, e.generation) == (node, generation)), default=None)
    earlier = [e for e in events if (begun is None or e.sequence < begun) and e.inputs.get("model") == model]
    counted = [e for e in earlier if e.outputs.get("estimate") and e.tokens_in and not e.outputs["tokens_estimated"]][-SCALED_BY:]
    if not counted:
        return 1.0
    ratio = sum(e.tokens_in for e in counted) / sum(int(e.outputs["estimate"]) for e in counted)
    return round(min(max(ratio, LEAST_SCALE), MOST_SCALE), 2)


def uses(events: Sequence[TraceEvent]) -> list[ModelUse]:
    """What each role's language model did at each endpoint, in the order in which they first took part."""
    rows: dict[tuple[str, str, str], list[TraceEvent]] = {}
    last: dict[tuple[str, int, str, int], TraceEvent] = {}
    for event in events:
        rows.setdefault((event.inputs["role"], event.model, event.endpoint), []).append(event)
        last[(event.node, event.generation, event.index.rsplit(":", 1)[0], event.inputs["ask"])] = event
    lost = {e.sequence for e in last.values() if _why(e)}
    return [_use(role, model, endpoint, made, lost) for (role, model, endpoint), made in rows.items()]


def _use(role: str, model: str, endpoint: str, events: list[TraceEvent], lost: set[int]) -> ModelUse:
    fallback = next((e.inputs["instead_of"] for e in events if e.inputs["instead_of"]), "")
    reasons = list(dict.fromkeys(_why(e) for e in events if e.sequence in lost))
    if fallback and not reasons:
        reasons = [f"asked in place of {fallback}"]
    note = "; ".join(reasons[:2]) + (f"; and {len(reasons) - 2} more reasons" if len(reasons) > 2 else "")
    return ModelUse(
        role=role,
        model=model,
        endpoint=endpoint,
        calls=sum(e.outputs["kind"] not in UNSENT for e in events),
        repairs=sum(bool(e.outputs["mended"]) or e.inputs["attempt"] > 0 for e in events),
        failures=sum(bool(e.outputs["problem"]) for e in events),
        tokens_in=sum(e.tokens_in for e in events),
        tokens_out=sum(e.tokens_out for e in events),
        tokens_estimated=any(e.outputs["tokens_estimated"] for e in events),
        seconds=round(sum(e.seconds for e in events), 3),
        fell_back=bool(reasons),
        note=note if len(note) <= _NOTE else f"{note[: _NOTE - 3]}...",
    )


def _why(event: TraceEvent) -> str:
    """Why the event gave nothing that can be used; empty if it did."""
    return str(event.outputs["problem"] or event.outputs["fault"])
