"""What the typed client (:mod:`app.client`) asks of traces, replays, forks and evaluations, and how it asks anything."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any, TypeVar
from urllib.parse import quote

import httpx
from pydantic import BaseModel

from app.client_documents import CasePage, EvaluationPage, EvaluationRunPage, EventDocument, ReplayPage, Run, ShownCase, TracePage
from app.client_room_documents import SuiteJob
from core.errors import MolwrightError
from core.evaluation import EvalChange, EvalSummary
from core.life import CandidateLife, Whereabouts
from core.replays import ReplayJob
from core.run_difference import RunDifference
from core.timeline import Timeline
from core.trace import TraceEvent

M = TypeVar("M", bound=BaseModel)


class ApiError(MolwrightError):
    """What the server answered in place of a result.

    Attributes:
        status: the HTTP status.
        exit_code: what the command line returns for the same error.
        problem: the whole problem document; empty where the answer was none.
    """

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        super().__init__(str(problem.get("detail") or f"the server answered with status {status}"))
        self.status = status
        self.exit_code = int(problem.get("exit_code", 1))
        self.problem = problem


class Calls:
    """Asks the API of one server over a client of httpx; with the token of an account where the server has accounts."""

    _http: httpx.Client
    _token: str = ""

    def _get(self, kind: type[M], method: str, path: str, **more: Any) -> M:
        return kind.model_validate_json(self._ask(method, path, **more).content)

    def _ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        if self._token:
            more["headers"] = {"authorization": f"Bearer {self._token}", **more.get("headers", {})}
        answer = self._http.request(method, f"/api/v1{path}", **more)
        if answer.is_success:
            return answer
        is_problem = answer.headers.get("content-type", "").startswith("application/problem+json")
        raise ApiError(answer.status_code, answer.json() if is_problem else {})


class TraceCalls(Calls):
    """What happened in runs, and how evaluations came out."""

    def trace(
        self,
        run_id: str,
        *,
        kind: str = "",
        node: str = "",
        generation: int | None = None,
        text: str = "",
        limit: int = 50,
        offset: int = 0,
    ) -> TracePage:
        """What happened in a run, in order; perhaps only events of a kind, node or generation, or with a text."""
        asked: dict[str, Any] = {"kind": kind, "node": node, "generation": generation, "text": text}
        given = {name: value for name, value in asked.items() if value not in ("", None)}
        return self._get(TracePage, "GET", f"/runs/{quote(run_id)}/trace", params={**given, "limit": limit, "offset": offset})

    def whole_trace(self, run_id: str) -> Iterator[TraceEvent]:
        """Every event of a run, in order."""
        for line in self._ask("GET", f"/runs/{quote(run_id)}/trace.jsonl").text.splitlines():
            yield TraceEvent.model_validate_json(line)

    def event(self, run_id: str, number: int) -> EventDocument:
        """One event of a run by its number, with what it cost and its neighbours."""
        return self._get(EventDocument, "GET", f"/runs/{quote(run_id)}/trace/{number}")

    def timeline(self, run_id: str) -> Timeline:
        """The run in the order of time: its steps with seconds, tokens and, where a price is known, money."""
        return self._get(Timeline, "GET", f"/runs/{quote(run_id)}/timeline")

    def life(self, run_id: str, candidate: str) -> CandidateLife:
        """One candidate from its proposal to its place, or to where it was lost and why. ``candidate``: its key or the beginning of one."""
        return self._get(CandidateLife, "GET", f"/runs/{quote(run_id)}/candidates/{quote(candidate)}/life")

    def whereabouts(self, run_id: str, structure: str) -> Whereabouts:
        """Where a structure (SMILES, common name, key, rank) is in a run, and why it is no candidate where it is none."""
        return self._get(Whereabouts, "GET", f"/runs/{quote(run_id)}/whereabouts", params={"structure": structure})

    def difference(self, a: str, b: str) -> RunDifference:
        """How run ``b`` differs from run ``a``: what was asked for, what is listed, where their records part."""
        return self._get(RunDifference, "GET", f"/runs/{quote(a)}/difference", params={"to": b})

    def ask_replay(self, run_id: str) -> ReplayJob:
        """Ask for a replay, which a worker executes."""
        return self._get(ReplayJob, "POST", f"/runs/{quote(run_id)}/replays")

    def replays(self, run_id: str) -> ReplayPage:
        """The replays of a run with their verdicts, newest first."""
        return self._get(ReplayPage, "GET", f"/runs/{quote(run_id)}/replays")

    def replay(self, run_id: str, *, poll: float = 1.0) -> ReplayJob:
        """Ask for a replay and wait for its verdict; ``poll``: seconds between two looks. A worker has to be there."""
        job = self.ask_replay(run_id)
        while job.state in ("queued", "running"):
            time.sleep(poll)
            job = self._get(ReplayJob, "GET", f"/runs/{quote(job.run_id)}/replays/{quote(job.replay_id)}")
        return job

    def fork(self, run_id: str, *, from_event: int | None = None, without: str = "", **changes: Any) -> Run:
        """A new run that repeats another up to an event and goes on by itself. ``without``: an event or a role that it does without.

        ``changes``: budget, candidates, seed, met_probability, models (by role), as the API takes them.
        """
        given = {"from_event": from_event, "without": without, **changes}
        return self._get(Run, "POST", f"/runs/{quote(run_id)}/fork", json=given)

    def evaluations(self, suite: str = "") -> EvaluationPage:
        """Suites by version and language models: mean and spread, and the change against the version before."""
        return self._get(EvaluationPage, "GET", "/evaluations", params={"suite": suite})

    def run_suite(self, suite: str, *, limit: int | None = 20, seeds: int = 1, budget: int | None = None) -> SuiteJob:
        """Let a worker run a suite: at most ``limit`` cases (None: all), ``seeds`` from 0, ``budget`` evaluations of each design run."""
        return self._get(SuiteJob, "POST", "/evaluations/jobs", json={"suite": suite, "limit": limit, "seeds": seeds, "budget": budget})

    def suite_job(self, job_id: str) -> SuiteJob:
        """How far the run of a suite is; ``eval_id`` is its result."""
        return self._get(SuiteJob, "GET", f"/evaluations/jobs/{quote(job_id)}")

    def cancel_suite_job(self, job_id: str) -> SuiteJob:
        """End the run of a suite; nothing of it is kept."""
        return self._get(SuiteJob, "POST", f"/evaluations/jobs/{quote(job_id)}/cancel")

    def evaluation_runs(self, suite: str = "", *, limit: int = 50, offset: int = 0) -> EvaluationRunPage:
        """Every stored run of a suite, or of all, newest first."""
        asked = {"suite": suite, "limit": limit, "offset": offset}
        return self._get(EvaluationRunPage, "GET", "/evaluations/runs", params=asked)

    def evaluation(self, eval_id: str) -> EvalSummary:
        """One run of a suite in numbers; the beginning of its id is enough."""
        return self._get(EvalSummary, "GET", f"/evaluations/runs/{quote(eval_id)}")

    def cases(self, eval_id: str, *, wrong: bool = False, text: str = "", limit: int = 50, offset: int = 0) -> CasePage:
        """Cases of a run of a suite: those not entirely right, those with a text in their name."""
        asked = {"wrong": wrong, "text": text, "limit": limit, "offset": offset}
        return self._get(CasePage, "GET", f"/evaluations/runs/{quote(eval_id)}/cases", params=asked)

    def case(self, eval_id: str, number: int) -> ShownCase:
        """One case of a run of a suite by its number, from 1: given, expected, found, and how it stood before."""
        return self._get(ShownCase, "GET", f"/evaluations/runs/{quote(eval_id)}/cases/{number}")

    def evaluation_change(self, a: str, b: str) -> EvalChange:
        """What changed from one run of a suite to another: scores, versions, cases."""
        return self._get(EvalChange, "GET", f"/evaluations/runs/{quote(a)}/change", params={"to": b})
