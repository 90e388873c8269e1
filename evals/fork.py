"""Forking a run: repeat its record up to an event, change one thing, and go on from there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from core.errors import NotFoundError, UsageError
from core.interfaces import RunStore
from core.spec import DesignSpec

#: What a fork may change in the spec, and how the text after '=' is read.
CHANGEABLE: dict[str, Callable[[str], Any]] = {"budget": int, "candidates": int, "seed": int, "met_probability": float}
#: Decided anew in the fork: its spec is brought along and its approval is the fork itself.
OWN_NODES = ("interpret", "approve")


def fork(
    store: RunStore, run_id: str, from_event: int, changes: Sequence[str], *, new_id: str, user: str, clock: Callable[[], datetime]
) -> str:
    """Store run ``new_id`` with the spec of ``run_id``, ``changes`` applied ('budget=3000'), and the record up to ``from_event``.

    Executing it uses the copied record and asks anew after it. Returns ``new_id``. Raises UsageError for a change that
    is not possible, NotFoundError for an event that does not exist.
    """
    run = store.run(run_id)
    if not run.approved_by and not run.spec_version:
        raise NotFoundError(f"run {run.run_id} has no spec to fork")
    spec = _changed(store.spec(run.run_id), changes)
    events = store.events(run.run_id)
    last = max((e.sequence for e in events), default=0)
    if not 0 <= from_event <= last:
        raise NotFoundError(
            f"run {run.run_id} has no event {from_event}; its events are numbered up to {last} (molwright trace {run.run_id})"
        )
    copied = [e for e in events if e.sequence <= from_event and e.kind in ("record", "model", "tool") and e.node not in OWN_NODES]
    options = {
        **run.options,
        "spec": spec.model_dump(mode="json"),
        "yes": True,
        "user": user,
        "forked_from": f"{run.run_id}:{from_event}",
        "copied_events": len(copied),
    }
    store.create_run(new_id, run.goal, options, clock().isoformat())
    lease = store.acquire(new_id, "fork")
    for event in copied:
        store.add_event(lease, event.model_copy(update={"run_id": new_id, "sequence": 0}))
    store.release(lease)
    return new_id


def _changed(spec: DesignSpec, changes: Sequence[str]) -> DesignSpec:
    update: dict[str, Any] = {}
    for change in changes:
        name, _, text = change.partition("=")
        if name in ("model", "prompt"):
            raise UsageError(f"{change!r}: no role of this run uses a language model, so there is no {name} to change")
        if name not in CHANGEABLE:
            raise UsageError(f"{change!r}: a fork can change {', '.join(CHANGEABLE)}, written as budget=3000")
        try:
            update[name] = CHANGEABLE[name](text)
        except ValueError:
            raise UsageError(f"{change!r}: {text!r} is not a number") from None
    try:
        return DesignSpec.model_validate({**spec.model_dump(mode="json"), **update})
    except ValidationError as error:
        raise UsageError("; ".join(f"{e['loc'][0]}: {e['msg']}" for e in error.errors())) from error
