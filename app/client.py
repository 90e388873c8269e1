"""A typed client of the API: ``Client("http://127.0.0.1:8642")``. It needs httpx and the words of ``core`` alone.

with Client() as molwright:
    run = molwright.start("a molecule with MW < 300", budget=300, approve=True)
    for event in molwright.follow(run.run_id): ...
    report = molwright.report(run.run_id)
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from types import TracebackType
from typing import Any, TypeVar
from urllib.parse import quote

import httpx
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from core.candidate import Candidate
from core.errors import MolwrightError
from core.events import NumberedEvent
from core.forecast import Forecast
from core.report import Report, RunStatus
from core.spec import DesignSpec
from core.trace import TraceEvent

DEFAULT_ADDRESS = "http://127.0.0.1:8642"
#: Longest wait of one long poll, seconds.
POLL = 20.0
_CANDIDATES: TypeAdapter[list[Candidate]] = TypeAdapter(list[Candidate])

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


class _Document(BaseModel):
    """What the server says; members that a later server adds are passed over."""

    model_config = ConfigDict(extra="ignore")


class Reading(_Document):
    """What a goal means."""

    spec: DesignSpec = Field(description="The spec.")
    described: str = Field(description="The spec in plain words.")
    marked: str = Field(description="The goal with its unread words between [? and ?].")
    wishes_checked: int = Field(description="Number of wishes that are checked.")
    wishes_unchecked: int = Field(description="Number of wishes that nothing is held against.")
    objections: list[str] = Field(description="Why a person has to look before it may run.")


class Run(_Document):
    """A run."""

    run_id: str = Field(description="Its id.")
    goal: str = Field(description="The goal sentence.")
    status: RunStatus = Field(description="Its status.")
    created_at: str = Field(description="When it was started, ISO 8601 UTC.")
    finished_at: str = Field(description="When it ended; empty while it has not.")
    approved_by: str = Field(description="Who approved its spec.")
    error: str = Field(description="What went wrong.")
    archived_at: str = Field(default="", description="When somebody put it out of sight; empty where nobody has.")
    spec: DesignSpec | None = Field(default=None, description="The spec in force; None in a list and while there is none.")
    structures: dict[str, int] = Field(default_factory=dict, description="Number of evaluated structures by status; empty in a list.")
    position: int | None = Field(default=None, description="Place in the queue, from 1.")
    objections: list[str] = Field(default_factory=list, description="Why it waits for a person.")


class _Page(_Document):
    """Some of many."""

    total: int = Field(description="Number of all that fit.")
    next: str | None = Field(description="Address of the next page.")


class RunPage(_Page):
    """Some of the runs."""

    runs: list[Run] = Field(description="The runs, newest first.")


class CandidatePage(_Page):
    """Some of a run's candidates."""

    candidates: list[Candidate] = Field(description="The candidates, in the order of evaluation.")


class FoundStructure(_Document):
    """A structure that fits, in its run."""

    run_id: str = Field(description="Its run.")
    goal: str = Field(description="The goal of that run.")
    similarity: float = Field(description="Tanimoto similarity to what was looked for; 1 where a part was.")
    candidate: Candidate = Field(description="What is known of it.")


class FoundPage(_Document):
    """Structures that fit, of so many looked at."""

    hits: list[FoundStructure] = Field(description="At most 100: the most similar first, else the newest runs first.")
    found: int = Field(description="Number of all that fit among those looked at.")
    looked: int = Field(description="Number of structures looked at.")
    runs: int = Field(description="Number of runs that these are from.")
    next: str | None = Field(description="Address that looks on.")


class TracePage(_Page):
    """Some of a run's trace."""

    events: list[TraceEvent] = Field(description="The events, in order.")


class Progress(_Document):
    """What a run told."""

    events: list[NumberedEvent] = Field(description="Progress events after the number asked for.")
    last: int = Field(description="Number to ask with next.")
    under_way: bool = Field(description="Whether more may come.")
    status: RunStatus = Field(description="The run's status.")


class Client:
    """The API of one server. Every method raises ApiError for an answer that is no result; httpx.TransportError where there is none.

    ``http``: a client of httpx to use in place of a new one; its base address counts then.
    """

    def __init__(self, address: str = DEFAULT_ADDRESS, *, http: httpx.Client | None = None) -> None:
        self._http = http or httpx.Client(base_url=address, timeout=POLL + 30)

    def __enter__(self) -> Client:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Give the connections back."""
        self._http.close()

    def read(self, goal: str, **beside: Any) -> Reading:
        """What a goal means. ``beside``: core, like, unlike and their files, as the API takes them."""
        return self._get(Reading, "POST", "/specs", json={"goal": goal, **beside})

    def check(self, spec: DesignSpec) -> Reading:
        """An edited spec with texts and units filled in."""
        return self._get(Reading, "POST", "/specs/check", json={"spec": spec.model_dump(mode="json")})

    def forecast(self, spec: DesignSpec) -> Forecast:
        """How many qualifying candidates to expect of a run of ``spec``; ``known`` is False, with the reason, where nothing can be said."""
        return self._get(Forecast, "POST", "/specs/forecast", json={"spec": spec.model_dump(mode="json")})

    def start(self, goal: str = "", *, key: str = "", **asked: Any) -> Run:
        """Put a run into the queue. ``key``: an idempotency key; ``asked``: spec, budget, candidates, seed, approve, ... as the API takes them."""
        if isinstance(asked.get("spec"), DesignSpec):
            asked["spec"] = asked["spec"].model_dump(mode="json")
        headers = {"idempotency-key": key} if key else {}
        return self._get(Run, "POST", "/runs", json={"goal": goal, **asked}, headers=headers)

    def start_batch(self, runs: Sequence[Mapping[str, Any]], *, key: str = "") -> list[Run | ApiError]:
        """Put several runs into the queue: for each, in their order, the run or what is wrong with it. ``runs``: as the API takes them."""
        given = [{**run, "spec": s.model_dump(mode="json")} if isinstance(s := run.get("spec"), DesignSpec) else dict(run) for run in runs]
        answer = self._ask("POST", "/runs/batch", json={"runs": given}, headers={"idempotency-key": key} if key else {}).json()
        found: list[Run | ApiError] = []
        for outcome in answer["outcomes"]:
            problem = outcome["problem"]
            found.append(ApiError(problem["status"], problem) if problem else Run.model_validate(outcome["run"]))
        return found

    def copy(self, run_id: str, *, key: str = "", **settings: Any) -> Run:
        """A new run with the whole spec of another one. ``settings``: seed, budget, approve, ... as the API takes them."""
        headers = {"idempotency-key": key} if key else {}
        return self._get(Run, "POST", f"/runs/{quote(run_id)}/copy", json=settings, headers=headers)

    def runs(
        self,
        text: str = "",
        *,
        status: Sequence[RunStatus] = (),
        since: str = "",
        until: str = "",
        archived: str = "no",
        limit: int = 50,
        offset: int = 0,
    ) -> RunPage:
        """The runs that fit, newest first; ``archived``: 'no', 'yes' or 'all'."""
        asked = {
            "text": text,
            "status": list(status),
            "since": since,
            "until": until,
            "archived": archived,
            "limit": limit,
            "offset": offset,
        }
        return self._get(RunPage, "GET", "/runs", params=asked)

    def run(self, run_id: str) -> Run:
        """One run; the beginning of its id is enough."""
        return self._get(Run, "GET", f"/runs/{quote(run_id)}")

    def approve(self, run_id: str, spec: DesignSpec | None = None, *, accept_suggestions: bool = False, accept_unread: bool = False) -> Run:
        """Approve the spec that waits, or ``spec`` in its place."""
        given = {
            "spec": spec.model_dump(mode="json") if spec else None,
            "accept_suggestions": accept_suggestions,
            "accept_unread": accept_unread,
        }
        return self._get(Run, "POST", f"/runs/{quote(run_id)}/approve", json=given)

    def reject(self, run_id: str) -> Run:
        """End a run that waits for approval."""
        return self._get(Run, "POST", f"/runs/{quote(run_id)}/reject")

    def delete(self, run_id: str) -> None:
        """Remove a run that is over, with everything that is stored of it; the whole id."""
        self._ask("DELETE", f"/runs/{quote(run_id)}")

    def archive(self, run_id: str) -> Run:
        """Put a run that is over out of sight; the whole id."""
        return self._get(Run, "POST", f"/runs/{quote(run_id)}/archive")

    def restore(self, run_id: str) -> Run:
        """Put an archived run back among the others; the whole id."""
        return self._get(Run, "POST", f"/runs/{quote(run_id)}/restore")

    def pause(self, run_id: str) -> Run:
        """Pause a run."""
        return self._get(Run, "POST", f"/runs/{quote(run_id)}/pause")

    def cancel(self, run_id: str) -> Run:
        """End a run for good."""
        return self._get(Run, "POST", f"/runs/{quote(run_id)}/cancel")

    def resume(self, run_id: str) -> Run:
        """Put a paused, failed or abandoned run into the queue."""
        return self._get(Run, "POST", f"/runs/{quote(run_id)}/resume")

    def candidates(self, run_id: str, *, status: str = "", limit: int = 50, offset: int = 0) -> CandidatePage:
        """Evaluated structures of a run."""
        asked = {"limit": limit, "offset": offset, **({"status": status} if status else {})}
        return self._get(CandidatePage, "GET", f"/runs/{quote(run_id)}/candidates", params=asked)

    def best(self, run_id: str, limit: int = 4) -> list[Candidate]:
        """The fittest structures so far, best first."""
        return _CANDIDATES.validate_json(self._ask("GET", f"/runs/{quote(run_id)}/candidates/best", params={"limit": limit}).content)

    def candidate(self, run_id: str, key: str) -> Candidate:
        """One evaluated structure by its key."""
        return self._get(Candidate, "GET", f"/runs/{quote(run_id)}/candidates/{quote(key)}")

    def find(self, structure: str = "", **wanted: Any) -> FoundPage:
        """Evaluated structures of all runs that contain or resemble ``structure``, or have a property in a range.

        ``wanted``: how ('substructure' or 'similarity'), least, property, low, high, kept, text, status, since, until, after, as the API takes
        them. About 200,000 structures are looked at; ``after`` goes on.
        """
        return self._get(FoundPage, "GET", "/structures", params={"structure": structure, **wanted})

    def trace(self, run_id: str, *, limit: int = 50, offset: int = 0) -> TracePage:
        """What happened in a run."""
        return self._get(TracePage, "GET", f"/runs/{quote(run_id)}/trace", params={"limit": limit, "offset": offset})

    def report(self, run_id: str, *, weights: Mapping[str, float] | None = None) -> Report:
        """The ranked report of a finished run; with other weights of objectives, by their ids, the what-if that they give (0: left out)."""
        return self._get(Report, "GET", f"/runs/{quote(run_id)}/report", params=_weights(weights))

    def export(self, run_id: str, form: str, *, weights: Mapping[str, float] | None = None) -> bytes:
        """The report as a file: html, json, csv, sdf, xlsx or pdf; ``weights`` as for :meth:`report`."""
        return self._ask("GET", f"/runs/{quote(run_id)}/exports/{quote(form)}", params=_weights(weights)).content

    def properties(self, smiles: str) -> Candidate:
        """Every property of one structure."""
        return self._get(Candidate, "POST", "/structures", json={"smiles": smiles})

    def check_structure(self, smiles: str, goal: str, *, accept_unread: bool = False) -> Candidate:
        """How one structure stands to a goal."""
        return self._get(Candidate, "POST", "/structures/check", json={"smiles": smiles, "goal": goal, "accept_unread": accept_unread})

    def progress(self, run_id: str, after: int = 0, wait: float = 0.0) -> Progress:
        """What a run told after event number ``after``; ``wait``: seconds to wait for something new, at most 30."""
        return self._get(Progress, "GET", f"/runs/{quote(run_id)}/progress", params={"after": after, "wait": wait})

    def follow(self, run_id: str, after: int = 0) -> Iterator[NumberedEvent]:
        """What a run tells, as it comes, until nothing executes it and nothing is going to."""
        while True:
            found = self.progress(run_id, after, POLL)
            yield from found.events
            after = found.last
            if not found.events and not found.under_way:
                return
            if not found.events:
                time.sleep(0.1)

    def _get(self, kind: type[M], method: str, path: str, **more: Any) -> M:
        return kind.model_validate_json(self._ask(method, path, **more).content)

    def _ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        answer = self._http.request(method, f"/api/v1{path}", **more)
        if answer.is_success:
            return answer
        is_problem = answer.headers.get("content-type", "").startswith("application/problem+json")
        raise ApiError(answer.status_code, answer.json() if is_problem else {})


def _weights(weights: Mapping[str, float] | None) -> dict[str, list[str]]:
    return {"weight": [f"{name}:{weight!r}" for name, weight in (weights or {}).items()]}
