"""Tools on runs: started, watched, ended, read."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from app.mcp.answers import INNER, bounded, given, judged, requirements, rounded
from app.mcp.structures import Goal, line_of
from app.mcp.tool import Answer, Arguments, Door, tool
from core.candidate import Candidate, CandidateStatus
from core.limits import MAX_BUDGET, MAX_CANDIDATES, MAX_SEED
from core.options import RunOptions
from core.report import Report, RunStatus
from core.runs import RunFilter
from core.spec import share_checked

#: Seconds that a design waits for its run unless it is told otherwise: many clients give a call up after a minute.
PATIENCE = 45
#: Candidates of a report that a run's state shows.
FIRST = 5
#: What the command line returns for a run that ended so.
EXIT_CODES: dict[RunStatus, int] = {"success": 0, "no_candidate": 4, "refused": 3, "failed": 1, "waiting": 5}


class DesignArguments(Arguments):
    """A goal and how it is searched for."""

    goal: Goal
    candidates: int | None = Field(default=None, ge=1, le=MAX_CANDIDATES, description="How many to list.")
    budget: int | None = Field(default=None, ge=1, le=MAX_BUDGET, description="Structures to evaluate.")
    seed: int | None = Field(default=None, ge=0, le=MAX_SEED)
    wait: int = Field(default=PATIENCE, ge=0, le=3600, description="Seconds; 0: return the run id at once.")


class RunArguments(Arguments):
    """A run."""

    run_id: str = Field(min_length=1, max_length=64)


class StateArguments(RunArguments):
    """A run, and how long to wait for its end."""

    wait: int = Field(default=0, ge=0, le=3600, description="Seconds.")


class ListArguments(Arguments):
    """Which runs."""

    text: str = Field(default="", max_length=1000, description="Part of the goal.")
    limit: int = Field(default=20, ge=1, le=100)
    offset: int = Field(default=0, ge=0, le=10_000_000)


class ReportArguments(RunArguments):
    """A run, and which of its candidates."""

    limit: int = Field(default=10, ge=1, le=100)
    offset: int = Field(default=0, ge=0, le=MAX_CANDIDATES)


class EvaluatedArguments(RunArguments):
    """A run, and which of its structures."""

    status: CandidateStatus | None = Field(default=None)
    limit: int = Field(default=20, ge=1, le=100)
    offset: int = Field(default=0, ge=0, le=MAX_BUDGET)


class CandidateArguments(RunArguments):
    """One candidate of a run."""

    candidate: str = Field(min_length=1, max_length=2000, description="Rank, key or SMILES.")


@tool(reads=False, waits=True, owns=True, right="start")
def design(door: Door, arguments: DesignArguments) -> Answer:
    """Search for structures that meet a goal: a run of minutes. Waits with progress and answers the best; if it ends later, wait with run."""
    services = door.services
    services.goals.guard(arguments.goal)
    options = RunOptions(candidates=arguments.candidates, budget=arguments.budget, seed=arguments.seed, yes=True)
    run_id = services.runs().start(arguments.goal, options, queued=True)
    door.work()
    return {"run_id": run_id}


@tool(waits=True)
def run(door: Door, arguments: StateArguments) -> Answer:
    """Status of a run, its place in the queue; once finished, the best candidates."""
    record = door.services.runs().find(arguments.run_id)
    if arguments.wait:
        door.work()
    return {"run_id": record.run_id}


@tool(reads=False, ends=True, right="start")
def cancel_run(door: Door, arguments: RunArguments) -> Answer:
    """End a run for good; what it stored is kept."""
    runs = door.services.runs()
    return {"run_id": runs.find(arguments.run_id).run_id, "status": runs.cancel(arguments.run_id)}


@tool()
def runs(door: Door, arguments: ListArguments) -> Answer:
    """Stored runs, newest first."""
    found, total = door.services.runs().search(RunFilter(arguments.text), arguments.limit, arguments.offset)
    rows = [{"run_id": r.run_id, "status": r.status, "created": r.created_at[:19], "goal": r.goal[:500]} for r in found]
    return bounded({"runs": rows, "total": total}, "runs", "offset={next}", offset=arguments.offset, total=total)


@tool()
def report(door: Door, arguments: ReportArguments) -> Answer:
    """The ranked list of a finished run with values, and what was rejected."""
    return report_of(door.services.runs().report(arguments.run_id), arguments.limit, arguments.offset)


@tool()
def evaluated(door: Door, arguments: EvaluatedArguments) -> Answer:
    """Every structure that a run evaluated, in order."""
    record = door.services.runs().find(arguments.run_id)
    found, total = door.services.runs().candidates(record.run_id, arguments.status, arguments.limit, arguments.offset)
    spec = door.services.runs().asked(record.run_id)
    rows = [_evaluated(c, spec.property_names() if spec else []) for c in found]
    answer = {"run_id": record.run_id, "structures": rows, "total": total}
    return bounded(answer, "structures", "offset={next}", offset=arguments.offset, total=total)


@tool()
def candidate(door: Door, arguments: CandidateArguments) -> Answer:
    """All of one candidate of a run and its life: origin, values, verdicts, places, why it was listed or lost, route."""
    runs = door.services.runs()
    life = door.services.tracing.life(arguments.run_id, arguments.candidate)
    stored = runs.candidate(life.run_id, life.key)
    told: Answer = {"run_id": life.run_id, "rank": life.rank, **judged(stored), "fate": life.fate, "why": life.why}
    told |= {"p_meets": rounded(stored.p_meets), "score": rounded(life.score), "requirements": requirements(stored)}
    told["proposed"] = [p.model_dump(mode="json", exclude={"smiles"}, exclude_defaults=True) for p in life.proposed[:INNER]]
    told["standings"] = [s.model_dump(mode="json") for s in life.standings[-INNER:]]
    told["route"] = stored.route.model_dump(mode="json", exclude_defaults=True) if stored.route is not None else None
    told["children"] = {"number": len(life.children), "first": life.children[:5]}
    told["citations"] = [c.model_dump(mode="json", exclude={"passage"}) for c in stored.citations[:INNER]]
    values = [{"name": n, **given(n, v, method=True)} for n, v in life.values.items()]
    return bounded({**told, "values": values}, "values", "ask for its properties by SMILES")


def state_of(door: Door, run_id: str) -> Answer:
    """How a run stands, with the beginning of its report once it is finished."""
    runs = door.services.runs()
    found = runs.show(run_id)
    record = found.record
    told: Answer = {"run_id": record.run_id, "status": record.status, "goal": record.goal[:500], "structures": found.candidates}
    if (code := EXIT_CODES.get(record.status)) is not None:
        told["exit_code"] = code
    if (place := runs.position(record.run_id)) is not None:
        told["place_in_queue"] = place
    if record.error:
        told["error"] = record.error
    if record.status == "waiting" and found.spec is not None:
        told["waits_for_a_person"] = list(door.services.goals.objections(found.spec))
        told["next"] = f"a person has to look: molwright approve {record.run_id}, or its page; or design with other words"
    elif record.kind == "design" and record.status in ("success", "no_candidate"):
        return {**told, **report_of(runs.report(record.run_id), FIRST, 0)}
    elif runs.goes_on(record.run_id):
        told |= {"budget": runs.budget(record.run_id), "best": [line_of(c, []) for c in runs.best(record.run_id, 3)]}
        told["next"] = f"run(run_id={record.run_id!r}, wait=45)"
    return told


def report_of(report: Report, limit: int, offset: int) -> Answer:
    """The report from candidate number ``offset`` on, as much as fits."""
    names, share = report.spec.property_names(), share_checked(report.spec)
    listed = report.candidates or report.closest
    told: dict[str, Any] = {
        "run_id": report.run_id,
        "goal": report.goal,
        "status": report.status,
        "summary": report.summary,
        "requirements": [r.text for r in report.spec.requirements],
        "objectives": [o.text for o in report.spec.objectives],
        "warnings": report.warnings[:INNER],
        **({"checked": f"only {share} of the goal"} if share else {}),
        "evaluated": report.evaluated,
        "rejected": dict(sorted(report.rejected.items(), key=lambda item: -item[1])[:INNER]),
        "files": f"run://{report.run_id}/report.html, .csv, .sdf, .json",
        "these": "meet every requirement" if report.candidates else "come closest; none meets every requirement",
        "candidates": [line_of(c, names) for c in listed[offset : offset + limit]],
    }
    how = f"report(run_id={report.run_id!r}, offset={{next}})"
    return bounded(told, "candidates", how, offset=offset, total=len(listed))


def _evaluated(candidate: Candidate, names: list[str]) -> Answer:
    told = {"status": candidate.status, **line_of(candidate, names)}
    return {**told, "rejected_by": candidate.rejected_by, "reason": candidate.rejected_reason} if candidate.rejected_by else told
