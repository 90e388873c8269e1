"""The opening of a design run: from the sentence to an approved, guarded spec and what the literature says about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from langgraph.types import interrupt

from agent.compound import with_wishes
from agent.models import Place
from agent.reading.assemble import asks_for_something
from agent.roles.interpreter import protocol as interpreter
from agent.roles.interpreter.protocol import GoalRequest
from agent.roles.researcher import protocol as researcher
from agent.roles.researcher.protocol import ResearchRequest
from agent.spec_check import check_spec
from core.candidate import SafetyVerdict
from core.interfaces import Recorder
from core.model import content_hash
from core.spec import DesignSpec
from graphs.context import DesignContext, DesignState, options_of, spec_of, with_note
from graphs.user_inputs import check_inputs
from tools.safety.guard import goal_verdict
from tools.safety.spec import spec_verdict
from tools.search.costly import with_calls

SPEC_OPTIONS = ("candidates", "budget", "seed", "met_probability")
#: Options about the list that are set in the spec after the sentence was read.
LIST_OPTIONS = ("max_similarity", "list_known", "novelty")


def guard_goal(state: DesignState, context: DesignContext) -> DesignState:
    """Have the guard judge the sentence before anything else reads it: the node "screen", as stored runs know it.

    The lists that the user gave were recorded when the run was stored.
    """
    check_inputs(state, context)
    return _end_if_blocked(goal_verdict(state["goal"]), "screen", context)


def interpret(state: DesignState, context: DesignContext) -> DesignState:
    """Turn the sentence into a spec, or check the spec that the user gave, and store it."""
    stored = state["options"]
    # word for word as stored: the request's hash covers it, and 1 is not 1.0 there
    given: dict[str, Any] = {name: stored.get(name) for name in (*SPEC_OPTIONS, *LIST_OPTIONS, "spec")}
    options = options_of(state)
    beside = bool(options.core or options.like or options.unlike)
    request = GoalRequest(state["goal"], may_be_empty=beside and not options.spec, **given)
    spec = context.roles.interpreter.read(request, Place("interpret", 0, interpreter.ROLE))
    if beside:
        spec = asks_for_something(with_wishes(spec, options, catalogue=context.workspace.catalogue))
    spec = with_calls(spec, options.calls, context.workspace.calculators)
    return {"spec_version": context.store.save_spec(context.lease, spec)}


def approve(state: DesignState, context: DesignContext) -> DesignState:
    """Wait for a person, unless the run was started with ``yes`` and no rule objects. The answer may carry an edited spec.

    A goal that was translated is screened a second time before, in the words of its translation.
    """
    spec = spec_of(state, context)
    if spec.translation and (ended := _end_if_blocked(goal_verdict(spec.translation), "approve", context)):
        return ended

    def produce() -> dict[str, Any]:
        options = options_of(state)
        if options.yes and not spec.concerns and (options.despite_objections or not context.objections(spec)):
            return {"decision": "approve", "by": options.user or ""}
        context.store.set_status(context.lease, "waiting")
        answer: dict[str, Any] = interrupt({"spec": spec.model_dump(mode="json"), "objections": list(context.objections(spec))})
        return answer

    answer = _decision(context.recorder, spec, produce)
    if answer["decision"] != "approve":
        context.store.set_status(context.lease, "rejected", finished_at=context.clock().isoformat())
        return {"status": "rejected"}
    version = state["spec_version"]
    if answer.get("spec"):
        version = context.store.save_spec(
            context.lease, check_spec(DesignSpec.model_validate(answer["spec"]), catalogue=context.workspace.catalogue)
        )
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
    """Have the guard judge the approved spec: its words and every structure it names (an edited spec may say what the goal did not)."""
    return _end_if_blocked(spec_verdict(spec_of(state, context)), "guard_spec", context)


def research(state: DesignState, context: DesignContext) -> DesignState:
    """Ask the literature. A store that cannot be read costs the evidence, not the run, and the report says so."""
    request = ResearchRequest(spec_of(state, context))
    answer = context.roles.researcher.research(request, Place("research", 0, researcher.ROLE))
    return {
        "role_notes": with_note(state, researcher.ROLE, answer.note),
        "evidence": answer.findings.plain(),
        "hints": answer.findings.hints,
        "generation": 0,
        "evaluated": 0,
        "frontier": [],
        "stale": 0,
        "empty": 0,
        "best": 0.0,
    }


def _end_if_blocked(verdict: SafetyVerdict, node: str, context: DesignContext) -> DesignState:
    context.recorder.step(node, 0, verdict.model_dump(mode="json"))
    if verdict.verdict != "block":
        return {}
    reasons = "; ".join(f"{hit.id}: {hit.reason}" for hit in verdict.rules if hit.verdict == "block")
    context.store.set_status(context.lease, "refused", error=reasons, finished_at=context.clock().isoformat())
    return {"status": "refused"}
