"""Exact replay: the graph runs again from the record, everything else is recomputed, and every step is compared."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from langgraph.checkpoint.memory import InMemorySaver

from core.errors import NotFoundError, ReplayDiffers
from core.events import ProgressSink, silent
from core.interfaces import Executor, RunRecord, RunStore
from core.replays import ReplayResult
from core.report import FINISHED
from evals.replay_ask import replay_ask
from evals.replay_chat import replay_chat
from evals.scratch import nothing_outside, recorded_models, scratch_run
from graphs.ask import KIND as ASK
from graphs.assistant import KIND
from graphs.context import DesignContext
from graphs.design import build
from memory.recorder import ReplayRecorder
from tools.calculators.own_lists import own_list_id
from tools.search.policy import with_patience
from tools.versions import OWN_LIST
from tools.workspace import Workspace, builtin

#: Candidates that are compared at once.
PAGE = 500


def replay(
    store: RunStore,
    run_id: str,
    *,
    executor: Executor,
    workspace: Workspace | None = None,
    progress: ProgressSink = silent,
) -> ReplayResult:
    """Re-execute run ``run_id`` on a fresh thread in a scratch store.

    Nothing from outside is asked again: proposals, literature, decisions and the clock come from the record, and the run's own store is
    only read. ``workspace`` holds the user's own models that there are now; None: none. The replay computes in a workspace of its own,
    with those that the run used. NotFoundError if the run is unknown or never finished.
    """
    workspace = workspace or builtin()
    run = store.run(run_id)
    if run.status == "cancelled":
        raise NotFoundError(f"run {run.run_id} was cancelled; only a run that went to its end can be replayed")
    if run.status not in FINISHED:
        raise NotFoundError(f"run {run.run_id} has not finished (its status is {run.status!r}); resume it before replaying it")
    if run.kind in (KIND, ASK):
        executor.close()
        return _conversation(store, run, workspace)
    used = _own_models_used(store, run, workspace)
    lists = _own_lists_used(store, run, workspace)
    if changed := _changed_own_model(used, workspace) or _changed_own_list(lists, workspace):
        text = f"the replay differs: {changed}"
        executor.close()
        return ReplayResult(run_id=run.run_id, identical=False, events=0, first_difference="versions", text=text)
    recorder = ReplayRecorder(store, run.run_id)
    with scratch_run(run) as (scratch, lease):
        context = DesignContext(
            store=scratch,
            lease=lease,
            recorder=recorder,
            executor=executor,
            literature=nothing_outside,
            clock=lambda: datetime.fromtimestamp(0, UTC),
            workspace=_with_own(workspace, used, lists),
            progress=progress,
            models=recorded_models(run, recorder),
            policy=with_patience(run.given.patience),
        )
        config: Any = {"configurable": {"thread_id": f"replay-{run.run_id}"}, "recursion_limit": 1_000_000}
        try:
            build(InMemorySaver()).invoke({"goal": run.goal, "options": run.options}, config, context=context)
            recorder.finish(after=run.given.copied_events or 0)
        except ReplayDiffers as error:
            return _different(run, recorder, error)
        finally:
            executor.close()
        changed = _changed_in_store(store, scratch, run)
    count = len(recorder.compared)
    if changed:
        text = f"the replay differs: {changed} of run {run.run_id} in the store is not what its record gives"
        return ReplayResult(run_id=run.run_id, identical=False, events=count, first_difference=changed, text=text)
    return ReplayResult(
        run_id=run.run_id, identical=True, events=count, text=f"identical: all {count} recorded events of run {run.run_id} agree"
    )


def _conversation(store: RunStore, run: RunRecord, workspace: Workspace) -> ReplayResult:
    recorder = ReplayRecorder(store, run.run_id)
    try:
        (replay_ask if run.kind == ASK else replay_chat)(run, recorder, workspace)
    except ReplayDiffers as error:
        return _different(run, recorder, error)
    count = len(recorder.compared)
    text = f"identical: all {count} recorded events of {'question' if run.kind == ASK else 'conversation'} {run.run_id} agree"
    return ReplayResult(run_id=run.run_id, identical=True, events=count, text=text)


def _different(run: RunRecord, recorder: ReplayRecorder, error: ReplayDiffers) -> ReplayResult:
    d = recorder.difference
    place = f"{d.node}, generation {d.generation}, {d.index}" if d else "unknown"
    return ReplayResult(run_id=run.run_id, identical=False, events=len(recorder.compared), first_difference=place, text=str(error))


_OWN = "own model "


def _with_own(workspace: Workspace, models: Collection[str], lists: Collection[str]) -> Workspace:
    """``workspace`` with those of the user's own models and of the team's own lists that a run used."""
    found, folder = workspace, workspace.models_folder
    if workspace.lists_folder is not None:
        found = found.with_own_lists(workspace.lists_folder, lists)
    return found if folder is None else found.with_user_models(folder, models)


def _own_lists_used(store: RunStore, run: RunRecord, workspace: Workspace) -> dict[str, str]:
    """Names and versions of the team's own lists that the run knew; a list that came later may change what its goal means."""
    if run.status not in ("success", "no_candidate"):
        named = store.spec(run.run_id).property_names() if run.spec_version else []
        return {name: version for name, version in workspace.list_versions().items() if own_list_id(name) in named}
    versions = store.report(run.run_id).versions
    return {name.removeprefix(OWN_LIST): version for name, version in versions.items() if name.startswith(OWN_LIST)}


def _changed_own_list(used: dict[str, str], workspace: Workspace) -> str:
    """Which own list is gone or another since the run; empty if all are as they were."""
    now = workspace.list_versions()
    for name, version in used.items():
        if now.get(name) != version:
            return f"the run held candidates against the own list {name} (version {version}), which is {'another now' if name in now else 'gone'}"
    return ""


def _own_models_used(store: RunStore, run: RunRecord, workspace: Workspace) -> dict[str, str]:
    """Names and versions of the user's own models that the run used; no other may change what its goal means."""
    if run.status not in ("success", "no_candidate"):
        return {
            name: version
            for name, version in workspace.model_versions().items()
            if run.spec_version and name in store.spec(run.run_id).property_names()
        }
    versions = store.report(run.run_id).versions
    return {name.removeprefix(_OWN): version for name, version in versions.items() if name.startswith(_OWN)}


def _changed_own_model(used: dict[str, str], workspace: Workspace) -> str:
    """Which own model is gone or was trained again since the run; empty if all are as they were."""
    now = workspace.model_versions()
    for name, version in used.items():
        if name not in now:
            return f"the run used the own model {name} (version {version}), which is gone from {workspace.models_folder}"
        if now[name] != version:
            return f"the run used the own model {name} in version {version}; it has been trained again since and is version {now[name]} now"
    return ""


def _changed_in_store(store: RunStore, scratch: RunStore, run: RunRecord) -> str:
    """What in the store is not what the replay stored anew; empty if nothing."""
    if run.spec_version and store.spec(run.run_id) != scratch.spec(run.run_id):
        return "the spec"
    again = dict.fromkeys(outline.key for outline in scratch.outlines(run.run_id))
    candidates = store.each_candidate(run.run_id)
    while page := list(islice(candidates, PAGE)):
        anew = {candidate.key: candidate for candidate in scratch.candidates(run.run_id, keys=[c.key for c in page])}
        for candidate in page:
            if anew.get(candidate.key) != candidate:
                return f"candidate {candidate.key}"
            again.pop(candidate.key)
    if again:
        return f"candidate {next(iter(again))}"
    if run.status in ("success", "no_candidate"):
        ours, new = (s.report(run.run_id).model_copy(update={"timings": {}}) for s in (store, scratch))
        return "" if ours == new else "the report"
    return ""
