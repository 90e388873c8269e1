"""What the gateway shows of itself: models, roles, health."""

from __future__ import annotations

import re
from typing import Any

from core.errors import ServingError
from serving.pool.adapting import HINT, in_words
from serving.pool.call import PoolAnswer
from serving.pool.pool import Pool


def model_list(pool: Pool) -> dict[str, Any]:
    """``/v1/models`` as OpenAI has it; each role is listed too, with its model as ``root``."""
    rows = [_row(model, model) for model in pool.config.models()]
    rows += [_row(role, model) for role, model in pool.config.roles.items() if role != model]
    return {"object": "list", "data": rows}


def _row(name: str, model: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": 0, "owned_by": "molwright", "root": model, "parent": None}


_CONTEXT = re.compile(r"context|maximum.{0,20}length|too long|too many tokens|max_model_len", re.IGNORECASE)
_SCHEMA = re.compile(r"schema|response_format|grammar|json|tool", re.IGNORECASE)


def refusal(answer: PoolAnswer, hint: str = "") -> ServingError:
    """The refusal of a request by a model server, in our words: what the server wrote may tell of its inside and is not passed on.

    ``hint``: the adaptation that it calls for, so that a caller can leave out what the server does not take.
    """
    said = answer.content[:4000].decode("utf-8", "replace")
    kind, message = "refused", f"the model server refused the request (HTTP {answer.status})"
    if _CONTEXT.search(said):
        kind, message = "context_length_exceeded", f"{message}: the prompt with its reply is longer than the model's context"
    elif _SCHEMA.search(said):
        kind, message = "schema_refused", f"{message}: it does not take the schema or the tools"
    if hint:
        message += f" ({HINT.format(hint)}: {in_words(hint)})"
    return ServingError(message, kind=kind, status=answer.status)


def fleet(pool: Pool) -> dict[str, Any]:
    """``/models``: each role's model, health and measured tokens/s, and each server's. Errors of servers are not shown to callers."""
    return pool.status().model_dump(mode="json", exclude={"endpoints": {"__all__": {"last_error"}}})


def health(pool: Pool) -> tuple[int, dict[str, Any]]:
    """Status and body of ``/health``: 200 while every model has a server that can be used, or a fallback that has; else 503."""
    if pool.closing:
        return 503, {"status": "closing", "models_down": []}
    up = {m for m in pool.config.models() if any(e.ready() for e in pool.balancer.of_model(m))}
    down = [m for m in pool.config.models() if m not in up and not up.intersection(pool.config.fallbacks.get(m, []))]
    whole = all(e.ready() for e in pool.endpoints)
    return (503 if down else 200), {"status": "down" if down else "ok" if whole else "degraded", "models_down": down}
