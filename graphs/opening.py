"""The opening of a design run: from the sentence to an approved, screened spec and what the literature says about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from langgraph.types import interrupt

from agent.models import Place
from agent.reading import interpret as interpret_goal
from agent.reading.assemble import asks_for_something
from agent.researcher import research as research_spec
from agent.roles import interpreter as model_interpreter
from agent.roles import researcher as model_researcher
from agent.spec_check import check_spec
from core.candidate import SafetyVerdict
from core.interfaces import Recorder
from core.model import content_hash
from core.spec import DesignSpec
from graphs.context import DesignContext, DesignState, options_of, spec_of, with_note
from graphs.user_inputs import check_brought
from tools.safety.guard import screen_goal
from tools.safety.spec import screen_spec

SPEC_OPTIONS = ("candidates", "budget", "seed", "met_probability")
#: Options about the list that are set in the spec after the sentence was read.
LIST_OPTIONS = ("max_similarity", "list_known")


def screen(state: DesignState, context: DesignContext) -> DesignState:
    """Screen the sentence before anything else reads it. What the user brought along was recorded when the run was stored."""
    check_brought(state, context)
    return _end_if_blocked(screen_goal(state["goal"]), "screen", context)


def interpret(state: DesignState, context: DesignContext) -> DesignState:
    """Turn the sentence into a spec, or check the spec that the user brought, and store it. A model may read the sentence a second time."""
    options, stored = options_of(state), state["options"]
    # word for word as stored: the request's hash covers it, and 1 is not 1.0 there
    asked = {"goal": state["goal"], **{k: stored[k] for k in (*SPEC_OPTIONS, *LIST_OPTIONS, "spec") if stored.get(k) is not None}}
    second_reader = context.models.uses(model_interpreter.ROLE) and not options.spec
    if second_reader:  # what the parser cannot read at all, the model may
        asked["may_be_empty"] = True

    def produce() -> dict[str, Any]:
        if options.spec:
            brought: dict[str, Any] = check_spec(DesignSpec.model_validate(options.spec)).model_dump(mode="json")
            return brought
        wanted = {k: asked[k] for k in (*SPEC_OPTIONS, "may_be_empty") if k in asked}
        listing = {k: asked[k] for k in LIST_OPTIONS if k in asked}
        made: dict[str, Any] = interpret_goal(state["goal"], **wanted).model_copy(update=listing).model_dump(mode="json")
        return made

    spec = DesignSpec.model_validate(context.recorder.record("interpret", 0, "spec", asked, produce))
    if second_reader:
        spec = model_interpreter.read_again(spec, context.models, Place("interpret", 0, model_interpreter.ROLE))
        asks_for_something(spec)
    return {"spec_version": context.store.save_spec(context.lease, spec)}


def approve(state: DesignState, context: DesignContext) -> DesignState:
    """Wait for a person, unless the run was started with ``yes`` and no rule objects. The answer may carry an edited spec."""
    spec = spec_of(state, context)

    def produce() -> dict[str, Any]:
        options = options_of(state)
        if options.yes and (options.despite_objections or not context.objections(spec)):
            return {"decision": "approve", "by": options.user or ""}
        context.store.set_status(context.lease, "waiting")
        answer: dict[str, Any] = interrupt({"spec": spec.model_dump(mode="json")})
        return answer

    answer = _decision(context.recorder, spec, produce)
    if answer["decision"] != "approve":
        context.store.set_status(context.lease, "rejected", finished_at=context.clock().isoformat())
        return {"status": "rejected"}
    version = state["spec_version"]
    if answer.get("spec"):
        version = context.store.save_spec(context.lease, check_spec(DesignSpec.model_validate(answer["spec"])))
    approved_at = context.recorder.record("approve", 0, "clock", {}, lambda: context.clock().isoformat())
    context.store.approve_spec(context.lease, version, answer.get("by", ""), approved_at)
    context.store.set_status(context.lease, "running")
    return {"spec_version": version, "approved_by": answer.get("by", "")}


def record_decision(recorder: Recorder, spec: DesignSpec, answer: dict[str, Any]) -> None:
    """Record a person's ``answer`` to a run that waits with ``spec``: keys decision ('approve' or 'reject'), by, spec (if edited).

    The answer is in the record before the graph goes on, so that a process killed in between neither loses it nor asks again.
    """
    _decision(recorder, spec, lambda: answer)


def _decision(recorder: Recorder, spec: DesignSpec, produce: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    return recorder.record("approve", 0, "decision", {"spec": content_hash(spec)}, produce)


def guard_spec(state: DesignState, context: DesignContext) -> DesignState:
    """Screen the approved spec: its words and every structure it names (an edited spec may say what the goal did not)."""
    return _end_if_blocked(screen_spec(spec_of(state, context)), "guard_spec", context)


def research(state: DesignState, context: DesignContext) -> DesignState:
    """Ask the literature. A store that cannot be read costs the evidence, not the run, and the report says so."""
    spec = spec_of(state, context)
    found = context.recorder.record(
        "research", 0, "literature", {"spec": spec_identity(spec)}, lambda: research_spec(spec, context.literature)
    )
    note = ""
    if context.models.uses(model_researcher.ROLE):
        place = Place("research", 0, model_researcher.ROLE)
        found, note = model_researcher.research_further(spec, found, context.models, place, context.literature)
    return {
        "role_notes": with_note(state, model_researcher.ROLE, note),
        "evidence": found,
        "hints": found["hints"],
        "generation": 0,
        "evaluated": 0,
        "frontier": [],
        "stale": 0,
        "empty": 0,
        "best": 0.0,
    }


def spec_identity(spec: DesignSpec) -> str:
    """Hash of what the spec asks for, without what a fork may change: budget, seed, number listed, threshold."""
    return content_hash(spec.model_dump(mode="json", exclude={"budget", "candidates", "interpreter", "met_probability", "seed"}))


def _end_if_blocked(verdict: SafetyVerdict, node: str, context: DesignContext) -> DesignState:
    context.recorder.step(node, 0, verdict.model_dump(mode="json"))
    if verdict.verdict != "block":
        return {}
    reasons = "; ".join(f"{hit.id}: {hit.reason}" for hit in verdict.rules if hit.verdict == "block")
    context.store.set_status(context.lease, "refused", error=reasons, finished_at=context.clock().isoformat())
    return {"status": "refused"}
