"""What the API takes and gives of traces, replays, forks and evaluations, beside the words of ``core``."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, StrictFloat, StrictInt

from app.services.evaluations import ShownCase
from app.services.jobs import Job
from app.services.suite_runs import FIRST_CASES, MOST_CASES, MOST_SEEDS
from app.services.tracing import EventFilter, ShownEvent
from app.web.room_views import JobView
from core.evaluation import CaseHistory, EvalCasePage, EvalGroup, EvalSummary
from core.limits import MAX_BUDGET, MAX_CANDIDATES, MAX_SEED
from core.model import Model
from core.replays import ReplayJob
from core.timeline import Cost
from core.trace import EventKind, TraceEvent

#: Longest text that is looked for, characters.
LONGEST = 200


class EventDocument(Model):
    """One event of a trace with its neighbours."""

    event: TraceEvent = Field(description="The event.")
    what: str = Field(description="What it holds, in a few words.")
    cost: Cost = Field(description="What it took.")
    of: int = Field(ge=0, description="Number of all events of the run.")
    before: int | None = Field(description="Number of the event before; null for the first.")
    after: int | None = Field(description="Number of the event after; null for the last.")
    step: int | None = Field(description="Number of the result of the step that it belongs to; null where there is none or it is one.")

    @classmethod
    def of_event(cls, shown: ShownEvent) -> EventDocument:
        """The event as a document."""
        return cls(
            event=shown.event, what=shown.what, cost=shown.cost, of=shown.of, before=shown.before, after=shown.after, step=shown.step
        )


class ReplayPage(Model):
    """The replays of a run."""

    replays: list[ReplayJob] = Field(description="The replays, newest first.")


class ForkRequest(Model):
    """A run that is to repeat another one up to an event and then go on by itself, with something changed."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"from_event": 12, "budget": 600}, {"without": "12"}]})

    from_event: StrictInt | None = Field(
        default=None, ge=0, description="Up to which event the record is repeated; null: from the beginning."
    )
    without: Annotated[str, Field(max_length=40)] = Field(
        default="",
        description="In place of `from_event`: the number of an event (a proposer's batch or an exchange with a language model) or a role to do without.",
    )
    budget: StrictInt | None = Field(default=None, ge=1, le=MAX_BUDGET, description="How many distinct structures may be evaluated.")
    candidates: StrictInt | None = Field(default=None, ge=1, le=MAX_CANDIDATES, description="How many candidates to list.")
    seed: StrictInt | None = Field(default=None, ge=0, le=MAX_SEED, description="Seed of every random choice.")
    met_probability: StrictFloat | None = Field(
        default=None, gt=0, lt=1, description="A predicted requirement counts as met at or above this probability."
    )
    models: dict[Literal["researcher", "proposer", "critic", "reporter"], Annotated[str, Field(min_length=1, max_length=200)]] = Field(
        default_factory=dict, description="Another language model of a role that used one, by role."
    )

    def changes(self) -> list[str]:
        """The changes as a fork takes them."""
        named = [(n, getattr(self, n)) for n in ("budget", "candidates", "seed", "met_probability")]
        return [f"{n}={v}" for n, v in named if v is not None] + [f"model={role}:{model}" for role, model in self.models.items()]


def wanted_events(kind: EventKind | str, node: str, generation: int | None, text: str) -> EventFilter:
    """Which events an address asks for."""
    return EventFilter(kind, node.strip(), generation, text.strip()[:LONGEST])


class EvaluationPage(Model):
    """The suites and their stored results."""

    suites: dict[str, str] = Field(description="What each suite measures, by name.")
    groups: list[EvalGroup] = Field(description="Results by suite, version, language models and options.")


class EvaluationRunPage(Model):
    """Some runs of suites, newest first."""

    runs: list[EvalSummary] = Field(description="The runs.")
    total: int = Field(ge=0, description="Number of all.")
    next: str | None = Field(description="Address of the next page; null on the last.")


class CasePage(EvalCasePage):
    """Some cases of a run of a suite."""

    next: str | None = Field(description="Address of the next page; null on the last.")


class CaseDocument(Model):
    """One case of a run of a suite."""

    eval_id: str = Field(description="The run.")
    suite: str = Field(description="Its suite.")
    number: int = Field(ge=1, description="Its number in the run.")
    case: str = Field(description="What was given: the goal sentence, the structure, ...")
    seed: int = Field(ge=0, description="Seed used.")
    score: float = Field(ge=0, le=1, description="1 right, 0 wrong, in between a share.")
    expected: Any = Field(description="What was expected; null where the suite did not keep it.")
    got: Any = Field(description="What came; null where the suite did not keep it.")
    rest: dict[str, Any] = Field(description="What else the suite kept.")
    run_id: str = Field(description="The design run that it is about; empty for none.")
    history: list[CaseHistory] = Field(description="The same case in all runs of the suite, newest first.")

    @classmethod
    def of_case(cls, shown: ShownCase) -> CaseDocument:
        """The case as a document."""
        return cls(
            eval_id=shown.summary.eval_id,
            suite=shown.summary.suite,
            number=shown.number,
            case=shown.case.case,
            seed=shown.case.seed,
            score=shown.case.score,
            expected=shown.expected,
            got=shown.got,
            rest=shown.rest,
            run_id=shown.run_id,
            history=shown.history,
        )


class SuiteRequest(Model):
    """A suite that a worker is to run."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"suite": "guard", "limit": 20}]})

    suite: str = Field(min_length=1, max_length=100, description="Its name, as `GET /evaluations` lists it.")
    limit: StrictInt | None = Field(default=FIRST_CASES, ge=1, le=MOST_CASES, description="At most so many cases; null for all.")
    seeds: StrictInt = Field(default=1, ge=1, le=MOST_SEEDS, description="How many seeds, from 0.")
    budget: StrictInt | None = Field(default=None, ge=1, le=MAX_BUDGET, description="Evaluations of each design run; null as usual.")


class SuiteJobView(JobView):
    """A run of a suite that was asked for."""

    suite: str = Field(description="The suite.")
    limit: int | None = Field(description="At most so many cases; null for all.")
    seeds: int = Field(ge=1, description="Number of seeds.")
    budget: int | None = Field(description="Evaluations of each design run; null as usual.")
    done: int = Field(ge=0, description="Cases that are done.")
    of: int = Field(ge=0, description="Cases in all; 0 before the first.")
    told: list[str] = Field(default_factory=list, description="What the suite said so far, the last lines.")
    eval_id: str = Field(default="", description="Its result, as `GET /evaluations/runs/ID` shows it; empty before the end.")

    @classmethod
    def of_job(cls, job: Job) -> SuiteJobView:
        """The job as the run of a suite."""
        asked = {name: job.asked[name] for name in ("suite", "limit", "seeds", "budget")}
        seen = {"done": 0, "of": 0, **job.progress, **job.result}
        counts = {"done": seen["cases"], "of": seen["cases"]} if job.result else {"done": seen["done"], "of": seen["of"]}
        return cls(**cls.plain(job), **asked, **counts, **{name: seen[name] for name in ("told", "eval_id") if name in seen})


class SuiteJobPage(Model):
    """Some of the runs of suites that were asked for."""

    jobs: list[SuiteJobView] = Field(description="The runs, newest first.")
    total: int = Field(ge=0, description="Number of all.")
    next: str | None = Field(description="Address of the next page; null on the last.")
