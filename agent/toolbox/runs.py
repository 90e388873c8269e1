"""Tools on stored runs, for conversations: what was designed, and why it ranks where it does. They read the store, so they are recorded."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from agent.toolbox.tool import ToolContext, ToolError, tool
from core.candidate import Candidate, format_value
from core.certainty import uncertainty_words
from core.errors import NotFoundError
from core.interfaces import RunStore
from core.model import Model
from core.report import Report
from core.spec import share_checked, use_in_words

LISTED_RUNS = 20
"""Most runs that are listed at once."""


class RunsArguments(Model):
    """Which runs."""

    containing: str = Field(description="Words that the goal contains; empty for every run.", max_length=200)


class RunArguments(Model):
    """One run."""

    run_id: str = Field(description="The run's id, or the beginning of it; 'latest' for the newest design run.", max_length=64)


class CandidateArguments(Model):
    """One candidate of one run."""

    run_id: str = Field(description="The run's id, or the beginning of it; 'latest' for the newest design run.", max_length=64)
    candidate: str = Field(description="Its rank in the report (such as '3'), its key, or its SMILES.", max_length=2000)


class CompareArguments(Model):
    """Two candidates of one run."""

    run_id: str = Field(description="The run's id, or the beginning of it; 'latest' for the newest design run.", max_length=64)
    first: str = Field(description="Rank, key or SMILES of the first.", max_length=2000)
    second: str = Field(description="Rank, key or SMILES of the second.", max_length=2000)


class DesignArguments(Model):
    """A design goal."""

    goal: str = Field(
        description="The whole goal in one sentence, with every condition and number; nothing of an earlier run is taken over.",
        min_length=3,
        max_length=2000,
    )


@tool(outside=True)
def list_runs(arguments: RunsArguments, context: ToolContext) -> list[dict[str, str]]:
    """List stored design runs, newest first: id, status, date and goal."""
    words = arguments.containing.lower().split()
    found = [r for r in _store(context).runs(500) if r.kind == "design" and all(w in r.goal.lower() for w in words)]
    return [{"run_id": r.run_id, "status": r.status, "created": r.created_at[:19], "goal": r.goal} for r in found[:LISTED_RUNS]]


@tool(outside=True)
def show_report(arguments: RunArguments, context: ToolContext) -> dict[str, Any]:
    """The report of a run: its summary, requirements, ranked candidates with their values, what was rejected and why."""
    report = _report(context, arguments.run_id)
    names, share = report.spec.property_names(), share_checked(report.spec)
    return {
        "run_id": report.run_id,
        "goal": report.goal,
        "status": report.status,
        "summary": report.summary,
        **({"first": use} if (use := use_in_words(report.spec)) else {}),
        "requirements": [r.text for r in report.spec.requirements],
        "objectives": [o.text for o in report.spec.objectives],
        "unchecked": [u.phrase for u in report.unchecked],
        **({"checked": f"{share} of the goal; no value below says anything about the others"} if share else {}),
        "candidates": [_line(c, names) for c in report.candidates],
        "closest": [_line(c, names) for c in report.closest],
        "rejected": report.rejected,
        "evaluated": report.evaluated,
    }


@tool(outside=True)
def show_candidate(arguments: CandidateArguments, context: ToolContext) -> dict[str, Any]:
    """Everything that is stored about one candidate: values, requirements, safety, route, origin, and why it ranks where it does."""
    report = _report(context, arguments.run_id)
    return _whole(_candidate(_store(context), report, arguments.candidate))


@tool(outside=True)
def compare_candidates(arguments: CompareArguments, context: ToolContext) -> dict[str, Any]:
    """Why one candidate stands above another: score, probability, desirability, rank intervals, ties, and each value side by side."""
    report = _report(context, arguments.run_id)
    store = _store(context)
    first, second = _candidate(store, report, arguments.first), _candidate(store, report, arguments.second)
    tied = any(first.key in group and second.key in group for group in report.tied)
    names = [n for n in first.properties if n in second.properties]
    return {
        "order": "ranked by score = probability that every requirement holds x desirability of the objectives; ties go to the one with a route, then by key",
        "tied_within_error": tied,
        "first": _standing(first),
        "second": _standing(second),
        "values": {n: [format_value(first.properties[n]), format_value(second.properties[n])] for n in names},
    }


@tool(effect=True)
def start_design(arguments: DesignArguments, context: ToolContext) -> dict[str, Any]:
    """Start a new design run for a goal. A person is asked first; the answer is the run's id and summary."""
    raise ToolError("a design run can only be started in a conversation, after a person's approval")


def _store(context: ToolContext) -> RunStore:
    if context.store is None:
        raise ToolError("stored runs cannot be read here")
    return context.store


def _report(context: ToolContext, run_id: str) -> Report:
    store = _store(context)
    try:
        if run_id == "latest":
            newest = next((r for r in store.runs(500) if r.kind == "design" and r.status in ("success", "no_candidate")), None)
            if newest is None:
                raise ToolError("there is no finished design run")
            run_id = newest.run_id
        run = store.run(run_id)
        if run.status not in ("success", "no_candidate"):
            raise ToolError(f"run {run.run_id} has no report, its status is {run.status!r}" + (f": {run.error}" if run.error else ""))
        return store.report(run.run_id)
    except NotFoundError as error:
        raise ToolError(str(error)) from error


def _candidate(store: RunStore, report: Report, wanted: str) -> Candidate:
    wanted = wanted.strip().lstrip("#")
    listed = [*report.candidates, *report.closest]
    if wanted.isdigit():
        found = next((c for c in report.candidates if c.rank == int(wanted)), None)
        if found is None:
            raise ToolError(f"run {report.run_id} lists {len(report.candidates)} candidates; there is no rank {wanted}")
        return found
    found = next((c for c in listed if wanted in (c.key, c.smiles)), None)
    if found is not None:
        return found
    stored = store.candidates(report.run_id)
    found = next((c for c in stored if wanted in (c.key, c.smiles)), None)
    if found is None:
        raise ToolError(f"run {report.run_id} evaluated no structure {wanted!r}; give a rank, a key or the SMILES as the report writes it")
    return found


def _line(candidate: Candidate, names: list[str]) -> dict[str, Any]:
    return {
        "rank": candidate.rank,
        "smiles": candidate.smiles,
        "name": candidate.name,
        "p_meets": _round(candidate.p_meets),
        "score": _round(candidate.score),
        "values": {n: format_value(candidate.properties[n]) for n in names if n in candidate.properties},
        "missed": [r.text for r in candidate.requirements if not r.met],
    }


def _standing(candidate: Candidate) -> dict[str, Any]:
    return {
        "smiles": candidate.smiles,
        "rank": candidate.rank,
        "rank_interval": list(candidate.rank_interval) if candidate.rank_interval else None,
        "score": _round(candidate.score),
        "p_meets": _round(candidate.p_meets),
        "desirability": _round(candidate.desirability),
        "pareto_front": candidate.pareto_front,
        "requirements": [{"text": r.text, "probability": _round(r.probability), "met": r.met} for r in candidate.requirements],
        "route": candidate.route.status if candidate.route else "not looked for",
        "rejected_by": candidate.rejected_by,
    }


def _whole(candidate: Candidate) -> dict[str, Any]:
    origin = candidate.origin
    return {
        **_standing(candidate),
        "key": candidate.key,
        "name": candidate.name,
        "values": {n: format_value(v) for n, v in candidate.properties.items()},
        "uncertainty": {n: said for n, v in candidate.properties.items() if (said := uncertainty_words(v))},
        "safety": candidate.safety.model_dump(mode="json") if candidate.safety else None,
        "rejected_reason": candidate.rejected_reason,
        "origin": {
            "proposer": origin.proposer,
            "operator": origin.operator,
            "parents": origin.parent_smiles,
            "generation": origin.generation,
        },
        "route_steps": [s.model_dump(mode="json") for s in candidate.route.steps] if candidate.route else [],
        "rationale": candidate.rationale,
        "citations": [{"number": c.number, "title": c.title, "doi": c.doi} for c in candidate.citations],
    }


def _round(number: float | None) -> float | None:
    return None if number is None else round(number, 3)
