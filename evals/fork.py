"""Forking a run: repeat its record up to an event, change one thing, and go on from there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from agent.models.account import LEFT_OUT
from agent.models.asking import outputs_of
from agent.models.plan import EarlierPlan, RolePlan, stored_plan
from core.errors import ConfigurationError, NotFoundError, UsageError
from core.interfaces import RunStore
from core.model import content_hash
from core.spec import DesignSpec
from core.trace import TraceEvent
from graphs.user_inputs import NODE as USER_INPUTS
from prompts.library import load, parse

#: What a fork may change in the spec, and how the text after '=' is read.
CHANGEABLE: dict[str, Callable[[str], Any]] = {"budget": int, "candidates": int, "seed": int, "met_probability": float}
#: Decided anew in the fork: its spec is given and its approval is the fork itself.
OWN_NODES = ("interpret", "approve")


def fork(
    store: RunStore,
    run_id: str,
    from_event: int | None,
    changes: Sequence[str],
    *,
    without: str = "",
    new_id: str,
    user: str,
    clock: Callable[[], datetime],
) -> str:
    """Store run ``new_id`` with the spec of ``run_id``, ``changes`` applied, and the record up to ``from_event`` (None: its beginning).

    A change is 'budget=3000', 'model=ROLE:NAME' or 'prompt=FILE' (a prompt file; its text is kept with the run). ``without``: the number of
    an event, a proposer's batch that counts as empty or an exchange with a language model that counts as unanswered, or a role, whose
    language model takes no part; the record is repeated up to there. Executing the fork uses the copied record and asks anew after it.
    Returns ``new_id``. Raises UsageError for what is not possible, NotFoundError for an event or a file that does not exist.
    """
    run = store.run(run_id)
    if not run.approved_by and not run.spec_version:
        raise NotFoundError(f"run {run.run_id} has no spec to fork")
    of_models = [c for c in changes if c.partition("=")[0] in ("model", "prompt")]
    spec = _changed(store.spec(run.run_id), [c for c in changes if c not in of_models])
    plan = _changed_plan(stored_plan(run.options), of_models)
    events = store.events(run.run_id)
    last = max((e.sequence for e in events), default=0)
    left_out: TraceEvent | None = None
    if without:
        if from_event is not None:
            raise UsageError("--without says by itself up to where the record is repeated; leave --from out")
        from_event, left_out, plan = _without(without, events, plan)
    from_event = from_event or 0
    if not 0 <= from_event <= last:
        raise NotFoundError(
            f"run {run.run_id} has no event {from_event}; its events are numbered up to {last} (molwright trace {run.run_id})"
        )
    copied = [e for e in events if e.kind in ("record", "model", "tool") and e.node not in OWN_NODES and _before(e, from_event)]
    if left_out is not None:
        copied = [*(e for e in copied if e.sequence != left_out.sequence), left_out]
    options = {
        **run.options,
        "spec": spec.model_dump(mode="json"),
        "yes": True,
        "user": user,
        "forked_from": f"{run.run_id}:{from_event}",
        "copied_events": len(copied),
    }
    if (of_models or (without and left_out is None)) and plan is not None:
        places = [f"{e.node}/{e.generation}/{e.index}" for e in copied if e.kind == "model"]
        earlier = EarlierPlan(plan=RolePlan.model_validate(run.options["models"]), places=places)
        options["models"] = plan.model_copy(update={"earlier": earlier}).model_dump(mode="json", exclude_none=True)
    store.create_run(new_id, run.goal, options, clock().isoformat())
    lease = store.acquire(new_id, "fork")
    for event in copied:
        store.add_event(lease, event.model_copy(update={"run_id": new_id, "sequence": 0}))
    store.release(lease)
    return new_id


def _without(text: str, events: Sequence[TraceEvent], plan: RolePlan | None) -> tuple[int, TraceEvent | None, RolePlan | None]:
    """Up to which event the record is repeated, the event that stands for the one left out, and the plan without a role that is left out."""
    if not text.isdigit():
        if plan is None or text not in plan.roles:
            used = f"those that did: {', '.join(plan.roles)}" if plan else "none did"
            raise UsageError(
                f"--without {text[:80]!r}: neither the number of an event nor a role that used a language model in this run; {used}"
            )
        if text == "interpreter":
            raise UsageError("--without interpreter: the interpreter takes no part in a fork, which brings its spec along")
        asked = next((e for e in events if e.kind == "model" and e.inputs.get("role") == text), None)
        if asked is None:
            raise UsageError(f"--without {text}: the role never asked its language model in this run")
        # its whole step is done anew: what a role is asked for depends on who else takes part
        first = min(e.sequence for e in events if (e.node, e.generation) == (asked.node, asked.generation))
        return first - 1, None, plan.model_copy(update={"roles": {n: m for n, m in plan.roles.items() if n != text}})
    event = next((e for e in events if e.sequence == int(text)), None)
    if event is None:
        raise NotFoundError(f"--without {text}: the run has no such event")
    if event.kind == "model" and event.node not in OWN_NODES:
        nothing: Any = outputs_of(problem="left out in this fork", kind=LEFT_OUT)
    elif event.kind == "record" and event.node == "propose":
        nothing = []
    else:
        raise UsageError(
            f"--without {text}: only a proposer's batch or an exchange with a language model can be left out; this is {event.node}, {event.kind}"
        )
    cleared = {"tokens_in": 0, "tokens_out": 0, "seconds": 0.0, "endpoint": "", "outputs": nothing, "output_hash": content_hash(nothing)}
    return event.sequence, event.model_copy(update=cleared), plan


def _before(event: TraceEvent, last: int) -> bool:
    """Whether an event belongs to what is repeated; the lists that a run was started with always do."""
    return event.sequence <= last or event.node == USER_INPUTS


def _changed(spec: DesignSpec, changes: Sequence[str]) -> DesignSpec:
    update: dict[str, Any] = {}
    for change in changes:
        name, _, text = change.partition("=")
        if name not in CHANGEABLE:
            raise UsageError(
                f"{change!r}: a fork can change {', '.join(CHANGEABLE)}, written as budget=3000, model=ROLE:NAME or prompt=FILE"
            )
        try:
            update[name] = CHANGEABLE[name](text)
        except ValueError:
            raise UsageError(f"{change!r}: {text!r} is not a number") from None
    try:
        return DesignSpec.model_validate({**spec.model_dump(mode="json"), **update})
    except ValidationError as error:
        raise UsageError("; ".join(f"{e['loc'][0]}: {e['msg']}" for e in error.errors())) from error


def _changed_plan(plan: RolePlan | None, changes: Sequence[str]) -> RolePlan | None:
    """The plan with another model for a role, or another text for a prompt."""
    for change in changes:
        what, _, text = change.partition("=")
        if plan is None:
            raise UsageError(f"{change!r}: no role of this run uses a language model, so there is no {what} to change")
        if what == "model":
            role, colon, model = text.partition(":")
            if not colon or not model:
                raise UsageError(f"{change!r}: write model=ROLE:NAME")
            _check_role(change, role, plan)
            changed = plan.roles[role].model_copy(update={"model": model})
            kinds = {kind: {r: m for r, m in named.items() if r != role} for kind, named in plan.kinds.items()}
            plan = plan.model_copy(update={"roles": {**plan.roles, role: changed}, "kinds": kinds})
        else:
            name, prompt = read_prompt(text, change)
            _check_role(change, name.split("/")[0], plan)
            plan = plan.model_copy(update={"prompts": {**plan.prompts, name: prompt}})
    return plan


def _check_role(change: str, role: str, plan: RolePlan) -> None:
    if role == "interpreter":
        raise UsageError(f"{change!r}: the interpreter takes no part in a fork, which brings its spec along")
    if role not in plan.roles:
        raise UsageError(f"{change!r}: the role {role!r} used no language model in this run; those that did: {', '.join(plan.roles)}")


def read_prompt(path: str, change: str = "") -> tuple[str, str]:
    """Name and text of the prompt in a file; its variables must be those of the program's prompt of that name.

    ``change``: the words that asked for it, for errors. NotFoundError, UsageError.
    """
    change = change or path
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise NotFoundError(f"{change!r}: cannot read the prompt: {error}") from error
    try:
        prompt = parse(text)
        known = load(prompt.name)
    except ConfigurationError as error:
        raise UsageError(f"{change!r}: {error}") from error
    if set(prompt.variables) != set(known.variables):
        raise UsageError(f"{change!r}: prompt {prompt.name} has the variables {', '.join(known.variables)}")
    return prompt.name, text
