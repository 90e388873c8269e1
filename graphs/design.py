"""The design graph: from a goal to a ranked report. Read it from the bottom: the last function is the whole way."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Protocol

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import Runtime

from core.events import StageBegun
from graphs import closing, loop, opening
from graphs.confirm import confirm
from graphs.context import DesignContext, DesignState

Step = Callable[[DesignState, DesignContext], DesignState]


class Node(Protocol):
    """What LangGraph calls."""

    def __call__(self, state: DesignState, *, runtime: Runtime[DesignContext]) -> Any: ...


def _node(step: Step, stage: str = "") -> Node:
    """``step`` as a LangGraph node that reports its stage (the step's name unless told otherwise) and adds up its seconds."""
    stage = stage or step.__name__

    def run(state: DesignState, *, runtime: Runtime[DesignContext]) -> DesignState:
        start = time.monotonic()
        runtime.context.stop_if_asked()
        begun = StageBegun(stage=stage, generation=state.get("generation", 0), evaluated=state.get("evaluated", 0))
        runtime.context.progress(begun)
        runtime.context.recorder.begin()
        update = step(state, runtime.context)
        timings = dict(state.get("timings", {}))
        timings[stage] = round(timings.get(stage, 0.0) + time.monotonic() - start, 3)
        return {**update, "timings": timings}

    return run


def _unless_ended(next_node: str) -> Callable[[DesignState], str]:
    """Go on to ``next_node`` unless the run was refused or rejected."""
    return lambda state: END if state.get("status") in ("refused", "rejected") else next_node


def _again_or_close(state: DesignState) -> str:
    """Another generation, until the budget is spent or nothing improves; then, where something costly is asked for, its last calls."""
    if not state["stop_reason"]:
        return "propose"
    return "confirm" if state.get("costly") else "route"


def build(checkpointer: BaseCheckpointSaver[Any] | None = None) -> CompiledStateGraph[DesignState, DesignContext, DesignState, DesignState]:
    """The compiled design graph. Without a checkpointer it cannot be interrupted and resumed."""
    graph: StateGraph[DesignState, DesignContext, DesignState, DesignState] = StateGraph(DesignState, context_schema=DesignContext)

    graph.add_node("screen", _node(opening.guard_goal, "screen"))  # no goal reaches anything before the guard has read it
    graph.add_node("interpret", _node(opening.interpret))  # sentence -> spec, stored
    graph.add_node("approve", _node(opening.approve))  # a person says yes, no, or hands in an edited spec
    graph.add_node("guard_spec", _node(opening.guard_spec))  # an edited spec may say what the goal did not
    graph.add_node("research", _node(opening.research))  # what the literature says becomes evidence and hints
    graph.add_node("propose", _node(loop.propose))  # generation 0 seeds; later ones build on the frontier
    graph.add_node("standardise", _node(loop.standardise))  # identity, duplicates, broken structures
    graph.add_node("guard", _node(loop.guard))  # every generated structure, none skipped
    graph.add_node("estimate", _node(loop.estimate))  # values with their uncertainty and domain
    graph.add_node("check", _node(loop.check))  # requirement by requirement
    graph.add_node("select", _node(loop.select))  # parents for the next generation, or stop
    graph.add_node("confirm", _node(confirm))  # what is listed is computed, not estimated
    graph.add_node("route", _node(closing.route))  # how the fittest could be made
    graph.add_node("rank", _node(closing.rank))  # arithmetic, never an opinion
    graph.add_node("explain", _node(closing.explain))  # why it ranks where it does
    graph.add_node("report", _node(closing.report))  # one document, stored

    graph.add_edge(START, "screen")
    graph.add_conditional_edges("screen", _unless_ended("interpret"), ["interpret", END])
    graph.add_edge("interpret", "approve")
    graph.add_conditional_edges("approve", _unless_ended("guard_spec"), ["guard_spec", END])
    graph.add_conditional_edges("guard_spec", _unless_ended("research"), ["research", END])
    graph.add_edge("research", "propose")
    graph.add_edge("propose", "standardise")
    graph.add_edge("standardise", "guard")
    graph.add_edge("guard", "estimate")
    graph.add_edge("estimate", "check")
    graph.add_edge("check", "select")
    graph.add_conditional_edges("select", _again_or_close, ["propose", "confirm", "route"])
    graph.add_edge("confirm", "route")
    graph.add_edge("route", "rank")
    graph.add_edge("rank", "explain")
    graph.add_edge("explain", "report")
    graph.add_edge("report", END)
    return graph.compile(checkpointer=checkpointer, name="design")


#: The graph as LangGraph's own tools open it (``langgraph.json``).
graph = build()
