"""Examples for the API's document: traces, replays, forks, evaluations."""

from __future__ import annotations

from typing import Any

from core.candidate import RequirementResult, SafetyVerdict
from core.evaluation import CaseHistory, CaseResult, Comparison, EvalChange, EvalGroup, EvalSummary
from core.life import CandidateLife, ProposedBy, Whereabouts
from core.replays import ReplayJob, ReplayResult
from core.run_difference import EventDifference, RankedTwice, RunDifference, RunSide, SpecChange
from core.timeline import Cost, TimedStep, Timeline, TimelinePart
from core.trace import TraceEvent
from core.verification import Verification

RUN, KEY, AT = "6c141179f229", "OKKJLVBELUTLKV-UHFFFAOYSA-N", "2026-11-30T08:00:00+00:00"
OTHER, REPLAY, EVALUATION, EARLIER = "0f9e8d7c6b5a", "a1b2c3d4e5f6", "3fd1c2b4a596", "17e2b9a4c0d8"
GOAL = "a molecule with MW < 300"


def _plain(model: Any) -> Any:
    return model.model_dump(mode="json", by_alias=True)


_EVENT = TraceEvent(run_id=RUN, sequence=1, node="screen", kind="step", outputs={"verdict": "allow", "rules": []}, seconds=0.002, at=AT)
_STEP = TimedStep(node="screen", generation=0, number=1, start=0.0, between=0.0, cost=Cost(seconds=0.002, money=0.0), what="verdict: allow")
_TIMELINE = Timeline(
    run_id=RUN,
    begun=AT,
    ended=AT,
    events=1,
    cost=Cost(seconds=0.002, money=0.0),
    parts=[TimelinePart(name="opening", steps=[_STEP], cost=Cost(seconds=0.002, money=0.0))],
)
_LIFE = CandidateLife(
    run_id=RUN,
    key=KEY,
    smiles="CO",
    fate="listed",
    why="it is in the ranked list",
    proposed=[ProposedBy(proposer="library", generation=0, number=3, smiles="CO", operator="hit", event=6)],
    safety=SafetyVerdict(verdict="allow"),
    requirements=[
        RequirementResult(id="R1", text="Molecular weight below 300 g/mol", met=True, probability=1.0, value=32.042, unit="g/mol")
    ],
    rank=1,
    steps={"check": 10},
)
_WHERE = Whereabouts(run_id=RUN, asked="OC", smiles="CO", presence="evaluated", key=KEY, why="it is rank 1 of the list")
_JOB = ReplayJob(
    replay_id=REPLAY,
    run_id=RUN,
    state="done",
    asked_by="ada",
    asked_at=AT,
    begun_at=AT,
    finished_at=AT,
    result=ReplayResult(run_id=RUN, identical=True, events=41, text=f"identical: all 41 recorded events of run {RUN} agree"),
    seals=Verification(run_id=RUN, state="sealed", events=41),
)
_DIFFERENCE = RunDifference(
    a=RunSide(run_id=RUN, goal=GOAL, status="success", created_at=AT, evaluated=300, listed=5, events=41),
    b=RunSide(run_id=OTHER, goal=GOAL, status="success", created_at=AT, evaluated=300, listed=5, events=41),
    same_spec=False,
    spec=[SpecChange(part="option", name="seed", a="0", b="1")],
    both=1,
    moved=1,
    ranking=[RankedTwice(key=KEY, smiles="CO", rank_a=1, rank_b=2, score_a=1.0, score_b=1.0)],
    agree=4,
    differ=37,
    first=EventDifference(
        node="propose", generation=0, index="library", kind="record", number_a=5, number_b=5, what="asked for something else"
    ),
    kinds_a={"record": 17, "step": 24},
    kinds_b={"record": 17, "step": 24},
)
_NUMBERS = {"eval_id": EVALUATION, "suite": "guard", "created_at": AT, "cases": 400, "right": 400, "score": 1.0, "seed_scores": {"0": 1.0}}
_SUMMARY = EvalSummary.model_validate({**_NUMBERS, "versions": {"molwright": "0.1.0"}})
_GROUP = EvalGroup(suite="guard", version=_SUMMARY.version, models="none", runs=[_SUMMARY], scores=[1.0], mean=1.0)
_CASE = CaseResult(case="structure: CO", score=1.0, detail={"expected": "pass", "verdict": "allow"})
_COMPARED = Comparison(
    suite="guard", a=EARLIER, b=EVALUATION, pairs=400, mean_a=0.9975, mean_b=1.0, difference=0.0025, low=0.0, high=0.0075,
    verdict="cannot tell", detectable=0.007,
)  # fmt: skip

TRACE_ANSWERS: dict[str, Any] = {
    "show_trace": {"events": [_plain(_EVENT)], "total": 1, "next": None},
    "show_event": {
        "event": _plain(_EVENT), "what": "verdict: allow", "cost": _plain(Cost(seconds=0.002, money=0.0)), "of": 41, "before": None,
        "after": 2, "step": None,
    },
    "show_timeline": _plain(_TIMELINE),
    "show_life": _plain(_LIFE),
    "find_structure": _plain(_WHERE),
    "show_difference": _plain(_DIFFERENCE),
    "ask_replay": _plain(_JOB.model_copy(update={"state": "queued", "begun_at": "", "finished_at": "", "result": None, "seals": None})),
    "list_replays": {"replays": [_plain(_JOB)]},
    "show_replay": _plain(_JOB),
}  # fmt: skip
_SUITE_JOB: dict[str, Any] = {
    "job_id": "0f1e2d3c4b5a6978", "title": "guard", "status": "queued", "user": "ada", "created_at": AT, "started_at": "", "finished_at": "",
    "error": "", "position": 1, "executed": False, "suite": "guard", "limit": 20, "seeds": 1, "budget": None, "done": 0, "of": 0, "told": [],
    "eval_id": "",
}  # fmt: skip
_OVER = {"started_at": AT, "finished_at": AT, "position": 0}
_SUITE_DONE = {**_SUITE_JOB, **_OVER, "status": "finished", "done": 20, "of": 20, "eval_id": EVALUATION}
EVALUATION_ANSWERS: dict[str, Any] = {
    "run_suite": _SUITE_JOB,
    "list_suite_jobs": {"jobs": [_SUITE_DONE], "total": 1, "next": None},
    "show_suite_job": _SUITE_DONE,
    "cancel_suite_job": {**_SUITE_JOB, **_OVER, "status": "cancelled"},
    "list_evaluations": {"suites": {"guard": "block and pass sets of structures and goal sentences"}, "groups": [_plain(_GROUP)]},
    "list_evaluation_runs": {"runs": [_plain(_SUMMARY)], "total": 1, "next": None},
    "show_evaluation": _plain(_SUMMARY),
    "list_cases": {"cases": [_plain(_CASE)], "numbers": [1], "total": 1, "next": None},
    "show_case": {
        "eval_id": EVALUATION, "suite": "guard", "number": 1, "case": "structure: CO", "seed": 0, "score": 1.0, "expected": "pass",
        "got": "allow", "rest": {}, "run_id": "", "history": [_plain(CaseHistory(eval_id=EVALUATION, created_at=AT, number=1, score=1.0))],
    },
    "show_change": _plain(EvalChange(comparison=_COMPARED, asked_alike=True)),
}  # fmt: skip
