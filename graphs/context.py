"""What the nodes of a design run work with, and the small state that travels between them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, TypedDict, TypeVar

from agent.models import NO_MODELS, ModelSession
from agent.roles.choose import Roles, choose
from agent.roles.researcher.protocol import OpenTeamPapers, no_papers
from core.approval import objections
from core.events import ProgressSink, silent
from core.interfaces import Executor, Lease, LiteratureStore, Recorder, RunStore
from core.options import RunOptions, stored_options
from core.spec import DesignSpec
from tools.calculators.costly.pool import Callers, NoCallers
from tools.search import policy
from tools.search.policy import SearchPolicy
from tools.search.state import FrontierEntry, SearchState
from tools.workspace import Workspace

T = TypeVar("T")


@dataclass(frozen=True)
class DesignContext:
    """The parts a run is wired to. Built in ``app/wiring.py``; a replay gets a scratch store and a read-only recorder.

    Attributes:
        store: where candidates, specs and the report go.
        lease: the right to write to this run.
        recorder: what came from outside the arithmetic.
        executor: spreads property computation over processes.
        literature: opens the literature store for the length of a ``with`` block.
        clock: the current time, UTC.
        workspace: the properties, calculators and proposers of the run; each node enters it.
        progress: hears what the doors show while the run is executed.
        objections: why a person has to look at a spec before it may run; nothing where nobody has to.
        papers: opens the team's papers for the length of a ``with`` block; None there where there are none.
        stop_if_asked: raises RunStopped if another door wants the run to stop; asked before each step.
        models: the language models of the run; NO_MODELS where every role is built-in.
        policy: how the search divides its work and when it ends.
        callers: who calls costly calculators; nobody in a replay.
    """

    store: RunStore
    lease: Lease
    recorder: Recorder
    executor: Executor
    literature: Callable[[], AbstractContextManager[LiteratureStore]]
    clock: Callable[[], datetime]
    workspace: Workspace
    progress: ProgressSink = silent
    objections: Callable[[DesignSpec], tuple[str, ...]] = objections
    papers: OpenTeamPapers = no_papers
    stop_if_asked: Callable[[], None] = lambda: None
    models: ModelSession = NO_MODELS
    policy: SearchPolicy = field(default_factory=lambda: policy.DEFAULT)
    callers: Callers = field(default_factory=NoCallers)
    _kept: dict[str, Any] = field(default_factory=dict)

    @property
    def run_id(self) -> str:
        """The run that the lease is for."""
        return self.lease.run_id

    def once(self, name: str, read: Callable[[], T]) -> T:
        """What ``read()`` gave when it was first asked for under this ``name``: what the record holds does not change while a run goes on."""
        if name not in self._kept:
            self._kept[name] = read()
        found: T = self._kept[name]
        return found

    @cached_property
    def roles(self) -> Roles:
        """The form of each reasoning role, by the run's own plan."""
        return choose(self.models, self.recorder, self.literature, self.workspace, self.policy, self.papers)


class RoleNote(TypedDict):
    """What became of what a role's language model said. ``built_in``: whether the built-in form took over."""

    role: str
    note: str
    built_in: bool


class DesignState(TypedDict, total=False):
    """What travels between the nodes: ids, counts and the frontier. Populations are in the store.

    Attributes:
        goal: the goal sentence, unchanged.
        options: what the user asked for beside the goal, as JSON (``core.options.RunOptions``); :func:`options_of` reads them.
        status: set when the run ends early: 'refused' or 'rejected'.
        spec_version: version of the approved spec in the store.
        approved_by: who approved it.
        hints: tags that the literature suggests to the proposers.
        evidence: outcome of the research node: evidence, citations, hints, warning; with a model also the rules that it drew, with papers
            how many passages of them were asked.
        generation: generation of the loop, 0 for the seeds.
        costly: whether the spec needs costly calculators; absent where it does not.
        again: keys of parents whose estimates of costly properties were renewed in this generation.
        evaluated: distinct structures whose properties were estimated.
        frontier: the best structures so far, best first.
        best: mean fitness of the ten best.
        stale: generations without an improvement of ``best``.
        empty: generations in a row that brought nothing new.
        stop_reason: why the search ended; empty while it goes on.
        ranking: keys of the ranked and the closest candidates, sensitivity, ties and binding requirement.
        role_notes: what became of the roles' language models, beyond their calls.
        timings: seconds by node.
    """

    goal: str
    options: dict[str, Any]
    status: str
    spec_version: int
    approved_by: str
    hints: list[str]
    evidence: dict[str, Any]
    generation: int
    costly: bool
    again: list[str]
    evaluated: int
    frontier: list[FrontierEntry]
    best: float
    stale: int
    empty: int
    stop_reason: str
    ranking: dict[str, Any]
    role_notes: list[RoleNote]
    timings: dict[str, float]


def with_note(state: DesignState, role: str, note: str, *, built_in: bool = False) -> list[RoleNote]:
    """The role notes of ``state``, and one more unless it is empty."""
    notes = list(state.get("role_notes", []))
    return [*notes, {"role": role, "note": note, "built_in": built_in}] if note else notes


def options_of(state: DesignState) -> RunOptions:
    """What the user asked for beside the goal."""
    return stored_options(state["options"])


def search_of(state: DesignState) -> SearchState:
    """Where the search of the run stands."""
    return SearchState(
        generation=state["generation"],
        evaluated=state["evaluated"],
        frontier=tuple(state["frontier"]),
        best=state["best"],
        stale=state["stale"],
        empty=state["empty"],
        stop_reason=state.get("stop_reason", ""),
    )


def with_search(search: SearchState) -> DesignState:
    """The part of the run's state that says where the search stands."""
    return {
        "frontier": list(search.frontier),
        "best": search.best,
        "stale": search.stale,
        "empty": search.empty,
        "generation": search.generation,
        "stop_reason": search.stop_reason,
    }


def spec_of(state: DesignState, context: DesignContext) -> DesignSpec:
    """The spec in force: the version that the state names."""
    return context.store.spec(context.run_id, state["spec_version"])
